import HTTPTypes
import Hummingbird
import HummingbirdTesting
import OpenIDMessages
import ProviderCore
import ProviderHTTP
import ProviderHarness
import Testing
import TestVectors

@Suite("Where /authorize and /par send people, and where never (RFC 9700 §2.1, §4.11)")
struct AuthorizationAnswersTests {
    static let provider = Task { try await TestProvider() }

    static func withRouter(_ body: @Sendable (any TestClientProtocol) async throws -> Void) async throws {
        let limits = ProviderApplication.Limits(loginBurst: 1_000_000, loginsPerMinute: 1_000_000)
        let router = ProviderApplication.router(provider: try await provider.value.provider, limits: limits)
        try await Application(router: router).test(.router, body)
    }

    static func query(_ parameters: [String: String]) -> String {
        "/authorize?"
            + parameters.map { "\(FormParameters.percentEncode($0.key))=\(FormParameters.percentEncode($0.value))" }
            .joined(separator: "&")
    }

    @Test("no hostile variant is redirected to", arguments: [TestRegion.basic, TestRegion.substantial])
    func hostileRedirectURIs(portal: TestPortal) async throws {
        let variants = RedirectURICorpus.hostileVariants(of: portal.redirectURI)
        try #require(variants.count >= 300)
        try await Self.withRouter { client in
            for variant in variants {
                let uri = Self.query(portal.request(["redirect_uri": variant]))
                try await client.execute(uri: uri, method: .get) { response in
                    #expect(response.headers[.location] == nil, "\(variant)")
                    #expect(response.status == .badRequest, "\(variant)")
                    #expect(response.headers[.setCookie] == nil, "\(variant)")
                }
            }
        }
    }

    @Test("the registered URI itself begins a login")
    func registeredRedirectURI() async throws {
        try await Self.withRouter { client in
            try await client.execute(uri: Self.query(TestRegion.basic.request()), method: .get) { response in
                #expect(response.status == .seeOther)
                #expect(response.headers[.location]?.hasPrefix("/login/") == true)
                let cookie = try #require(response.headers[.setCookie])
                #expect(cookie.hasPrefix("__Host-login-"))
                for attribute in ["; Path=/", "; Secure", "; HttpOnly", "; SameSite=Lax"] {
                    #expect(cookie.contains(attribute))
                }
                #expect(!cookie.contains("Domain"))
            }
        }
    }

    @Test(
        "until client and redirect URI are proved, errors are pages (RFC 6749 §4.1.2.1)",
        arguments: [
            ["client_id": nil], ["client_id": "unknown"], ["client_id": "a b"], ["client_id": ""],
            ["redirect_uri": nil],
            ["redirect_uri": ""], ["client_id": "pushing"],
        ] as [[String: String?]])
    func localErrors(changes: [String: String?]) async throws {
        try await Self.withRouter { client in
            try await client.execute(uri: Self.query(TestRegion.basic.request(changes)), method: .get) { response in
                #expect(response.status == .badRequest)
                #expect(response.headers[.location] == nil)
            }
        }
    }

    @Test(
        "every answer to the portal carries iss and state",
        arguments: [
            (["response_type": nil], "invalid_request"), (["response_type": "token"], "unsupported_response_type"),
            (["response_type": "code id_token"], "unsupported_response_type"),
            (["response_mode": "fragment"], "invalid_request"), (["scope": nil], "invalid_scope"),
            (["scope": "person"], "invalid_scope"), (["scope": "openid phone"], "invalid_scope"),
            (["code_challenge": nil], "invalid_request"), (["code_challenge_method": nil], "invalid_request"),
            (["code_challenge_method": "plain"], "invalid_request"), (["code_challenge": "short"], "invalid_request"),
            (["prompt": "none"], "login_required"), (["prompt": "none login"], "invalid_request"),
            (["prompt": "other"], "invalid_request"), (["max_age": "-1"], "invalid_request"),
            (["max_age": "soon"], "invalid_request"), (["request": "x"], "request_not_supported"),
            (["request_uri": "https://evil.example"], "request_uri_not_supported"),
            (["registration": "{}"], "registration_not_supported"), (["claims": "{}"], "invalid_request"),
            (["acr_values": "unknown"], "unmet_authentication_requirements"),
            (["nonce": String(repeating: "n", count: 513)], "invalid_request"),
            (["acr_values": String(repeating: "a", count: 513)], "invalid_request"),
            (["display": "fax"], "invalid_request"),
        ] as [([String: String?], String)])
    func redirectedErrors(changes: [String: String?], code: String) async throws {
        try await Self.withRouter { client in
            try await client.execute(uri: Self.query(TestRegion.basic.request(changes)), method: .get) { response in
                #expect(response.status == .seeOther)
                let location = try #require(response.headers[.location])
                let expected = TestRegion.basic.redirectURI + "?"
                #expect(location.hasPrefix(expected))
                let answer = try FormParameters(parsing: location.utf8.dropFirst(expected.utf8.count))
                #expect(answer["error"] == code)
                #expect(answer["iss"] == TestRegion.issuer.rawValue)
                #expect(answer["state"] == "state of basic")
            }
        }
    }

    @Test(
        "a parameter that occurs twice is refused and redirected nowhere (Keycloak CVE-2026-9689)",
        arguments: [
            "client_id", "redirect_uri", "scope", "state", "code_challenge", "nonce",
        ])
    func duplicates(name: String) async throws {
        try await Self.withRouter { client in
            let uri = Self.query(TestRegion.basic.request()) + "&\(name)=again"
            try await client.execute(uri: uri, method: .get) { response in
                #expect(response.status == .badRequest)
                #expect(response.headers[.location] == nil)
            }
        }
    }

    @Test(
        "hostile headers change no byte of any link (Zitadel CVE-2025-64101)",
        arguments: [
            "/.well-known/openid-configuration", "/jwks", "/authorize?client_id=unknown", "/app/e/x",
        ])
    func hostileHeaders(path: String) async throws {
        let hostile: HTTPFields = [
            .init("X-Forwarded-Host")!: "evil.example", .init("X-Forwarded-Proto")!: "http",
            .init("Forwarded")!: "host=evil.example;proto=http", .init("X-Forwarded-For")!: "127.0.0.1",
        ]
        try await Self.withRouter { client in
            try await client.execute(uri: path, method: .get, headers: hostile) { response in
                #expect(!String(buffer: response.body).contains("evil.example"))
                #expect(!response.headers.contains { $0.value.contains("evil.example") })
            }
        }
    }

    @Test(
        "every answer carries the security headers, errors too",
        arguments: [
            "/", "/health", "/jwks", "/.well-known/openid-configuration", "/authorize", "/login/x", "/login/x/finish",
            "/app/q/x", "/userinfo", "/device/v1/devices", "/nowhere",
        ])
    func securityHeaders(path: String) async throws {
        try await Self.withRouter { client in
            try await client.execute(uri: path, method: .get) { response in
                #expect(response.status.code < 500)
                #expect(response.headers[.strictTransportSecurity]?.hasPrefix("max-age=63072000") == true)
                #expect(response.headers[.xContentTypeOptions] == "nosniff")
                #expect(response.headers[.init("Referrer-Policy")!] == "no-referrer")
                #expect(response.headers[.init("Cross-Origin-Opener-Policy")!] == "same-origin")
                let policy = try #require(response.headers[.contentSecurityPolicy])
                #expect(policy.hasPrefix("default-src 'none'"))
                #expect(policy.contains("frame-ancestors 'none'"))
                #expect(policy.contains("base-uri 'none'"))
                let isPublished = path == "/jwks" || path.hasPrefix("/.well-known")
                #expect(response.headers[.cacheControl] == (isPublished ? "public, max-age=300" : "no-store"))
            }
        }
    }
}
