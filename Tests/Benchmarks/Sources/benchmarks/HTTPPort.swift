import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import OpenIDMessages

/// Calls a provider over HTTPS with connections that are kept.
struct HTTPPort: LoginPort {
    let issuer: IssuerURL
    let http: HTTPClient

    private struct Answer {
        let status: UInt
        let headers: [(name: String, value: String)]
        let body: [UInt8]

        func header(_ name: String) -> String? {
            headers.first { $0.name.lowercased() == name }?.value
        }
    }

    private func send(
        _ method: String, _ target: String, _ headers: [(String, String)] = [], body: [UInt8]? = nil, expect: UInt
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: issuer.appending(target))
        request.method = .RAW(value: method)
        for header in headers { request.headers.add(name: header.0, value: header.1) }
        if let body { request.body = .bytes(ByteBuffer(bytes: body)) }
        let response = try await http.execute(request, timeout: .seconds(30))
        let bytes = try await response.body.collect(upTo: 1 << 20)
        let answer = Answer(
            status: response.status.code, headers: response.headers.map { ($0.name, $0.value) },
            body: Array(bytes.readableBytesView))
        guard answer.status == expect else {
            throw BenchmarkFault(
                "\(method) \(target): \(answer.status) \(String(decoding: answer.body, as: UTF8.self))")
        }
        return answer
    }

    private func form(_ path: String, _ form: String, expect: UInt) async throws -> JSONObject {
        let headers = [("Content-Type", "application/x-www-form-urlencoded")]
        return try StrictJSON.parseObject(
            try await send("POST", path, headers, body: Array(form.utf8), expect: expect).body)
    }

    func push(_ form: String) async throws -> String {
        guard let reference = try await self.form("/par", form, expect: 201)["request_uri"]?.string else {
            throw BenchmarkFault("no request_uri")
        }
        return reference
    }

    func authorize(_ query: String) async throws -> BrowserPage {
        let begun = try await send("GET", "/authorize?" + query, expect: 303)
        guard let location = begun.header("location"), let set = begun.header("set-cookie"),
            let page = location.split(separator: "/").last, let cookie = set.split(separator: ";").first
        else { throw BenchmarkFault("no login page") }
        let shown = try await send("GET", location, [("Cookie", String(cookie))], expect: 200)
        let html = String(decoding: shown.body, as: UTF8.self)
        guard let link = Self.attribute("data-qr-link=\"", in: html), let form = html.firstRange(of: "name=\"csrf\""),
            let token = Self.attribute("value=\"", in: String(html[form.upperBound...]))
        else { throw BenchmarkFault("the login page has no link or no form token") }
        return BrowserPage(page: String(page), cookie: String(cookie), link: link, formToken: token)
    }

    private static func attribute(_ start: String, in html: String) -> String? {
        guard let range = html.firstRange(of: start) else { return nil }
        return String(html[range.upperBound...].prefix { $0 != "\"" })
    }

    func call(_ call: PhoneCall) async throws -> (answer: JSONObject, nonce: String) {
        var target = call.path
        var expected: UInt = 200
        switch call.step {
        case .claim: expected = 202
        case .wait: target += "?wait=25"
        case .answer: break
        }
        var headers = [
            ("OAuth-Client-Attestation", call.attestation), ("DPoP", call.proof), ("Accept-Language", "de"),
        ]
        if call.body != nil { headers.append(("Content-Type", "application/json")) }
        let answer = try await send(call.method, target, headers, body: call.body?.serialized, expect: expected)
        guard let nonce = answer.header("dpop-nonce") else { throw BenchmarkFault("no nonce") }
        return (try StrictJSON.parseObject(answer.body), nonce)
    }

    func enter(_ digits: String, _ page: BrowserPage) async throws {
        let form = FormParameters(["csrf": page.formToken, "code": digits]).encoded
        let headers = [
            ("Content-Type", "application/x-www-form-urlencoded"), ("Cookie", page.cookie),
            ("Origin", issuer.rawValue), ("Sec-Fetch-Site", "same-origin"),
        ]
        _ = try await send("POST", "/login/\(page.page)/code", headers, body: Array(form.utf8), expect: 303)
    }

    func finish(_ page: BrowserPage) async throws -> String {
        let answer = try await send("GET", "/login/\(page.page)/finish", [("Cookie", page.cookie)], expect: 303)
        guard let location = answer.header("location") else { throw BenchmarkFault("no location") }
        return location
    }

    func token(_ form: String) async throws -> JSONObject { try await self.form("/token", form, expect: 200) }

    func userinfo(_ accessToken: String) async throws -> JSONObject {
        try StrictJSON.parseObject(
            try await send("GET", "/userinfo", [("Authorization", "Bearer " + accessToken)], expect: 200).body)
    }
}
