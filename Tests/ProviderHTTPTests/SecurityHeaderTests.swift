import HTTPTypes
import HummingbirdTesting
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHTTP
import ProviderHarness
import Testing

/// Checklist F7, F8, B7; Zitadel CVE-2025-64101 (links from hostile headers).
@Suite("Headers of every answer")
struct SecurityHeaderTests {
    /// Answers of every kind, good and bad.
    private static func crawl(_ site: Site, headers: HTTPFields = [:]) async throws -> [(String, TestResponse)] {
        let request = TestRegion.basic.request()
        var answers: [(String, TestResponse)] = []
        for path in [
            "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "/jwks", "/health", "/",
            "/nowhere", "/login/x", "/app/e/x", "/app/q/x", "/app/s/x", "/userinfo", "/device/v1/devices",
            "/device/v1/nowhere", "/device/v1/logins/x", "/token", "/authorize", "/authorize?client_id=%",
        ] {
            answers.append(("GET \(path)", try await site.get(path, headers: headers)))
        }
        answers.append(("login", try await site.get("/authorize", request, headers: headers)))
        answers.append(
            ("error", try await site.get("/authorize", TestRegion.basic.request(["prompt": "none"]), headers: headers)))
        for path in [
            "/authorize", "/par", "/token", "/userinfo", "/device/v1/enrolments", "/device/v1/enrolments/x",
            "/device/v1/blocks", "/device/v1/claims", "/device/v1/attestation", "/device/v1/logins/x/response",
            "/login/x/code", "/login/x/cancel", "/nowhere",
        ] {
            answers.append(("POST \(path)", try await site.post(path, form: request, headers: headers)))
        }
        for method in [HTTPRequest.Method.put, .delete, .patch, .options, .head, .trace] {
            answers.append(
                ("\(method)", try await site.client.execute(uri: "/authorize", method: method, headers: headers)))
        }
        return answers
    }

    @Test("every answer, errors too, has HSTS, nosniff, no-referrer, COOP, a policy against frames, and no CORS")
    func everyAnswer() async throws {
        let (provider, _) = try await Site.sharedProvider()
        try await Site.serve(provider) { site in
            for (name, response) in try await Self.crawl(site, headers: [.origin: "https://evil.example"]) {
                func header(_ field: String) -> String { response.headers[HTTPField.Name(field)!] ?? "" }
                #expect(header("Strict-Transport-Security").contains("max-age=63072000"), "\(name)")
                #expect(header("X-Content-Type-Options") == "nosniff", "\(name)")
                #expect(header("Referrer-Policy") == "no-referrer", "\(name)")
                #expect(header("Cross-Origin-Opener-Policy") == "same-origin", "\(name)")
                let policy = header("Content-Security-Policy")
                for directive in ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"] {
                    #expect(policy.contains(directive), "\(name)")
                }
                #expect(!policy.contains("unsafe") && !policy.contains("http"), "\(name)")
                let isPublic = name.contains("well-known") || name.contains("jwks")
                #expect(header("Cache-Control") == (isPublic ? "public, max-age=300" : "no-store"), "\(name)")
                #expect(header("Access-Control-Allow-Origin") == (isPublic ? "*" : ""), "\(name)")
                #expect(header("Access-Control-Allow-Credentials").isEmpty)
                #expect(response.status.code < 500, "\(name)")
                #expect(header("Server").isEmpty && header("X-Powered-By").isEmpty)
            }
        }
    }

    @Test("a page's nonce is fresh in each answer and nothing in a page comes from elsewhere")
    func pages() async throws {
        let (provider, _) = try await Site.sharedProvider()
        try await Site.serve(provider) { site in
            let browser = Browser(site)
            let page = try await browser.begin()
            let answers = [try await browser.get(page), try await browser.get(page), try await site.get("/nowhere")]
            let policies = answers.compactMap { $0.headers[.contentSecurityPolicy] }
            #expect(Set(policies).count == 3)
            for answer in answers {
                for found in answer.text.matches(of: /(?:src|href|action)="([^"]*)"/) {
                    let target = String(found.output.1)
                    #expect(
                        target.hasPrefix("/") && !target.hasPrefix("//") || target.hasPrefix("#")
                            || target.hasPrefix("?") || target.hasPrefix("https://id.region.example/")
                            || target.hasPrefix("data:"), "\(target)")
                }
            }
        }
    }

    @Test("Host, Forwarded and X-Forwarded-* change no byte of an address, link or area (B7, Zitadel CVE-2025-64101)")
    func hostileHeaders() async throws {
        let (provider, phone) = try await Site.sharedProvider()
        try await Site.serve(provider) { site in
            var hostile = HTTPFields()
            for (name, value) in [
                ("Host", "evil.example"), ("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Proto", "http"),
                ("X-Forwarded-For", "198.51.100.7"), ("X-Forwarded-Port", "81"), ("X-Original-URL", "/evil"),
                ("X-Rewrite-URL", "/evil"), ("Forwarded", "for=198.51.100.7;host=evil.example;proto=http"),
                ("X-Real-IP", "198.51.100.7"), ("X-SSL-Client-Cert", "evil"), ("X-Forwarded-Prefix", "/evil"),
            ] { hostile[HTTPField.Name(name)!] = value }
            for path in ["/.well-known/openid-configuration", "/jwks"] {
                #expect(try await site.get(path, headers: hostile).text == site.get(path).text)
            }
            for (name, response) in try await Self.crawl(site, headers: hostile) {
                let headers = response.headers.map { "\($0.name): \($0.value)" }.joined(separator: "\n")
                #expect(!(response.text + headers).contains("evil"), "\(name)")
                #expect(!(response.text + headers).contains("198.51"), "\(name)")
            }
            let begun = try await site.get("/authorize", TestRegion.basic.request(), headers: hostile)
            let page = try #require(begun.headers[.location])
            let cookie = try #require(begun.headers[.setCookie]?.split(separator: ";").first.map(String.init))
            hostile[.cookie] = cookie
            let html = try await site.get(page, headers: hostile)
            let link = try html.attribute("data-same-device-link")
            #expect(link.hasPrefix("https://id.region.example/app/s/"))
            #expect(try html.attribute("data-qr-link").hasPrefix("https://id.region.example/app/q/"))
            let claim = try await site.call(phone, .post, "/device/v1/claims", json: ["link": .string(link)])
            let request = try unverifiedPayload(claim.json["request"]?.string)
            #expect(request["initiator"]?.object?["area"]?.string == "local")
        }
    }
}
