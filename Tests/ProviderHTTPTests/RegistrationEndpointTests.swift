import HTTPTypes
import HummingbirdTesting
import IdentityCrypto
import NIOCore
import OpenIDMessages
import ProviderCore
import ProviderHTTP
import ProviderHarness
import Testing

/// RFC 7591 §3, RFC 7592 §2.
@Suite("/register")
struct RegistrationEndpointTests {
    private static func call(
        _ site: Site, _ method: HTTPRequest.Method, _ path: String, token: String?, _ body: JSONObject? = nil,
        type: String = "application/json"
    ) async throws -> TestResponse {
        var headers = HTTPFields()
        headers[.authorization] = token.map { "Bearer " + $0 }
        headers[.contentType] = body == nil ? nil : type
        return try await site.client.execute(
            uri: path, method: method, headers: headers, body: body.map { ByteBuffer(bytes: $0.serialized) })
    }

    @Test("a client registers, reads, replaces and removes itself")
    func life() async throws {
        try await Site.serve { site in
            let token = try await site.provider.initialAccessToken()
            let created = try await Self.call(site, .post, "/register", token: token, TestRegistrant.metadata())
            #expect(created.status == .created)
            #expect(created.headers[.cacheControl]?.contains("no-store") == true)
            let name = try #require(created.json["client_id"]?.string)
            let own = try #require(created.json["registration_access_token"]?.string)
            let path = "/register/" + name
            #expect(created.json["registration_client_uri"]?.string == TestRegion.issuer.appending(path))
            let read = try await Self.call(site, .get, path, token: own)
            #expect(read.status == .ok)
            #expect(read.json["client_name"] == "Meldeportal")
            #expect(read.json["client_secret"] == nil)
            let change = TestRegistrant.metadata(["client_id": .string(name), "client_name": "Neu"])
            let changed = try await Self.call(site, .put, path, token: own, change)
            #expect(changed.status == .ok)
            #expect(changed.json["client_name"] == "Neu")
            let gone = try await Self.call(site, .delete, path, token: own)
            #expect(gone.status == .noContent)
            #expect(gone.text.isEmpty)
            let late = try await Self.call(site, .get, path, token: own)
            #expect(late.status == .unauthorized)
            #expect(late.error == "invalid_token")
        }
    }

    @Test("every token that does not fit is 401 with a challenge, whatever the address")
    func tokens() async throws {
        try await Site.serve { site in
            let initial = try await site.provider.initialAccessToken()
            let client = try await site.provider.register(TestRegistrant.metadata())
            let own = try #require(client["registration_access_token"]?.string)
            let other = try await site.provider.register(TestRegistrant.metadata())
            let name = try #require(other["client_id"]?.string)
            let attempts: [(HTTPRequest.Method, String, String?, JSONObject?)] = [
                (.post, "/register", nil, TestRegistrant.metadata()),
                (.post, "/register", own, TestRegistrant.metadata()),
                (.post, "/register", "ia_", TestRegistrant.metadata()),
                (.get, "/register/" + name, nil, nil), (.get, "/register/" + name, own, nil),
                (.get, "/register/" + name, initial, nil), (.get, "/register/nobody", own, nil),
                (.put, "/register/" + name, own, TestRegistrant.metadata(["client_id": .string(name)])),
                (.delete, "/register/" + name, own, nil), (.delete, "/register/basic", own, nil),
            ]
            for (method, path, token, body) in attempts {
                let answer = try await Self.call(site, method, path, token: token, body)
                #expect(answer.status == .unauthorized, "\(method) \(path)")
                #expect(answer.error == "invalid_token")
                #expect(answer.headers[.wwwAuthenticate]?.hasPrefix("Bearer error=\"invalid_token\"") == true)
            }
            #expect(
                try await Self.call(site, .get, "/register/" + name, token: other["registration_access_token"]?.string)
                    .status == .ok)
        }
    }

    @Test("metadata that cannot be used is 400 with the standard code")
    func mistakes() async throws {
        let log = OperatorLog()
        try await Site.serve(log: log) { site in
            let token = try await site.provider.initialAccessToken()
            let attempts: [(JSONObject, String)] = [
                (TestRegistrant.metadata(["redirect_uris": ["https://evil.example/*"]]), "invalid_redirect_uri"),
                (TestRegistrant.metadata(["grant_types": ["implicit"]]), "invalid_client_metadata"),
                (TestRegistrant.metadata(["software_statement": "eyJ"]), "unapproved_software_statement"),
                ([:], "invalid_redirect_uri"),
            ]
            for (metadata, code) in attempts {
                let answer = try await Self.call(site, .post, "/register", token: token, metadata)
                #expect(answer.status == .badRequest)
                #expect(answer.error == code)
                #expect(log.takeRefusals().map(\.reason) == ["clientMetadataRefused"])
            }
            let form = try await Self.call(
                site, .post, "/register", token: token, TestRegistrant.metadata(),
                type: "application/x-www-form-urlencoded")
            #expect(form.status == .badRequest)
            let query = try await Self.call(
                site, .post, "/register?access_token=" + token, token: token, TestRegistrant.metadata())
            #expect(query.status == .badRequest)
            let good = try await Self.call(site, .post, "/register", token: token, TestRegistrant.metadata())
            #expect(good.status == .created, "no attempt took the token's use")
        }
    }

    @Test("a body that is no object, names a member twice or is too large is refused")
    func bodies() async throws {
        try await Site.serve { site in
            let token = try await site.provider.initialAccessToken()
            let headers: HTTPFields = [.authorization: "Bearer " + token, .contentType: "application/json"]
            for body in ["", "[]", "{", #"{"scope":"openid","scope":"openid"}"#, String(repeating: " ", count: 70_000)]
            {
                let answer = try await site.client.execute(
                    uri: "/register", method: .post, headers: headers, body: ByteBuffer(string: body))
                #expect(answer.status == .badRequest, "\(body.prefix(20))")
            }
        }
    }

    @Test("calls without a right are limited, and answered in JSON")
    func limit() async throws {
        let limits = ProviderApplication.Limits(loginBurst: 1_000_000, codeBurst: 3, codesPerMinute: 0.001)
        let log = OperatorLog()
        try await Site.serve(limits: limits, log: log) { site in
            for _ in 0..<3 {
                #expect(try await Self.call(site, .get, "/register/nobody", token: "ra_").status == .unauthorized)
            }
            let answer = try await Self.call(site, .post, "/register", token: "ia_", TestRegistrant.metadata())
            #expect(answer.status == .tooManyRequests)
            #expect(answer.error == "temporarily_unavailable")
            #expect(answer.headers[.retryAfter] != nil)
            let reasons = log.takeRefusals().map(\.reason)
            #expect(reasons == Array(repeating: "registrationTokenUnknown", count: 3) + ["rateLimited"])
            // The desk behind the same address goes on.
            let offer = try await site.post("/device/v1/enrolments", json: ["ticket": "x"])
            #expect(offer.status != .tooManyRequests)
        }
    }

    @Test("the metadata names the endpoint")
    func discovery() async throws {
        try await Site.serve { site in
            let document = try await site.get("/.well-known/openid-configuration").json
            #expect(document["registration_endpoint"]?.string == TestRegion.issuer.appending("/register"))
        }
    }
}
