import AccountDirectory
import HTTPTypes
import HummingbirdTesting
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHTTP
import ProviderHarness
import Testing

/// RFC 6749 §4.1.1, OpenID Connect Core §3.1.2, RFC 7636, RFC 9207; checklist A7, A8, C1, C3.
@Suite("Authorization endpoint")
struct AuthorizeTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let error: String?
        let changes: [String: String?]
        /// What only a browser's session can refuse is accepted when it is pushed.
        let isGoodToPush: Bool

        init(_ description: String, _ error: String?, _ changes: [String: String?], isGoodToPush: Bool = false) {
            testDescription = description
            self.error = error
            self.changes = changes
            self.isGoodToPush = isGoodToPush || error == nil
        }
    }

    private static func text(_ count: Int) -> String { String(repeating: "a", count: count) }

    static let responseTypes: [Case] = [
        // oidcc-response-type-missing
        Case("response_type missing", "invalid_request", ["response_type": nil]),
        // fapi2-security-profile-final-ensure-response-type-token-fails
        Case("token", "unsupported_response_type", ["response_type": "token"]),
        Case("id_token", "unsupported_response_type", ["response_type": "id_token"]),
        // fapi2-security-profile-final-ensure-response-type-code-idtoken-fails
        Case("code id_token", "unsupported_response_type", ["response_type": "code id_token"]),
        Case("code code", "unsupported_response_type", ["response_type": "code code"]),
        Case("Code", "unsupported_response_type", ["response_type": "Code"]),
        Case("none", "unsupported_response_type", ["response_type": "none"]),
        Case("response_mode query", nil, ["response_mode": "query"]),
        Case("response_mode fragment", "invalid_request", ["response_mode": "fragment"]),
        Case("response_mode form_post", "invalid_request", ["response_mode": "form_post"]),
    ]

    static let challenges: [Case] = [
        // fapi2-security-profile-final-par-ensure-pkce-required
        Case("no challenge", "invalid_request", ["code_challenge": nil]),
        Case("no challenge at all", "invalid_request", ["code_challenge": nil, "code_challenge_method": nil]),
        Case("no method", "invalid_request", ["code_challenge_method": nil]),
        // fapi2-security-profile-final-par-plain-pkce-rejected
        Case("plain", "invalid_request", ["code_challenge_method": "plain"]),
        Case("s256", "invalid_request", ["code_challenge_method": "s256"]),
        Case("42 characters", "invalid_request", ["code_challenge": text(42)]),
        Case("44 characters", "invalid_request", ["code_challenge": text(44)]),
        Case("padding", "invalid_request", ["code_challenge": text(43) + "="]),
        Case("spare bits", "invalid_request", ["code_challenge": text(42) + "b"]),
        Case("standard base64", "invalid_request", ["code_challenge": text(42) + "+"]),
        Case("not ASCII", "invalid_request", ["code_challenge": text(42) + "ä"]),
        Case("empty", "invalid_request", ["code_challenge": ""]),
    ]

    static let scopes: [Case] = [
        Case("no scope", "invalid_scope", ["scope": nil]), Case("no openid", "invalid_scope", ["scope": "person"]),
        Case("a scope that is not registered", "invalid_scope", ["scope": "openid phone"]),
        Case("an unknown scope", "invalid_scope", ["scope": "openid admin"]),
        Case("a scope twice", nil, ["scope": "openid person openid"]),
        Case("a scope twice that is not registered", "invalid_scope", ["scope": "openid phone phone"]),
        Case("33 scopes", "invalid_scope", ["scope": Array(repeating: "openid", count: 33).joined(separator: " ")]),
        Case("two spaces", "invalid_scope", ["scope": "openid  person"]),
        Case("letter case", "invalid_scope", ["scope": "OpenID"]),
        Case("openid alone", nil, ["scope": "openid"]),
    ]

    static let rest: [Case] = [
        Case("prompt none", "login_required", ["prompt": "none"], isGoodToPush: true),
        Case("prompt none and login", "invalid_request", ["prompt": "none login"]),
        Case("prompt unknown", "invalid_request", ["prompt": "create"]),
        Case("prompt login", nil, ["prompt": "login"]),
        Case("max_age -1", "invalid_request", ["max_age": "-1"]),
        Case("max_age text", "invalid_request", ["max_age": "1e3"]),
        Case("max_age beyond 64 bits", "invalid_request", ["max_age": "99999999999999999999"]),
        Case("max_age 1", nil, ["max_age": "1"]),
        // oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported
        Case("request_uri of somebody", "request_uri_not_supported", ["request_uri": "https://evil.example/r"]),
        Case("registration", "registration_not_supported", ["registration": "{}"]),
        Case("claims", nil, ["claims": "{\"userinfo\":{\"name\":null}}"]),
        Case("claims that are no JSON", "invalid_request", ["claims": "{'userinfo':{}}"]),
        Case("a resource of another client", "invalid_target", ["resource": "https://files.example/api"]),
        // RFC 8707 §2: invalid, missing, unknown or malformed.
        Case("a resource with a fragment", "invalid_target", ["resource": "https://files.example/api#x"]),
        Case("a resource that is a path", "invalid_target", ["resource": "/api"]),
        Case("no level that is known", "unmet_authentication_requirements", ["acr_values": "gold silver"]),
        // oidcc-ensure-request-with-acr-values-succeeds
        Case("one level that is known", nil, ["acr_values": "gold normal"]),
        Case("display unknown", "invalid_request", ["display": "hologram"]),
        // oidcc-display-page, oidcc-display-popup, oidcc-login-hint, oidcc-ui-locales, oidcc-claims-locales
        Case("display page", nil, ["display": "page"]), Case("display popup", nil, ["display": "popup"]),
        Case(
            "hints and languages", nil, ["login_hint": "bob@example.com", "ui_locales": "se", "claims_locales": "se"]),
        // oidcc-ensure-request-with-unknown-parameter-succeeds
        Case("an unknown parameter", nil, ["colour": "blue", "audience": "x"]),
        Case("empty parameters", nil, ["nonce": "", "prompt": "", "max_age": "", "claims": "", "request": ""]),
    ]

    static let lengths: [Case] = [
        // fapi2-security-profile-final-ensure-authorization-request-with-long-state
        Case("state at its limit", nil, ["state": text(1024)]),
        Case("state beyond", "invalid_request", ["state": text(1025)]),
        // fapi2-security-profile-final-ensure-authorization-request-with-long-nonce
        Case("nonce at its limit", nil, ["nonce": text(512)]),
        Case("nonce beyond", "invalid_request", ["nonce": text(513)]),
        Case("nonce not ASCII", "invalid_request", ["nonce": "ü"]),
        Case("login_hint at its limit", nil, ["login_hint": text(512)]),
        Case("login_hint beyond", "invalid_request", ["login_hint": text(513)]),
        Case("acting_hint at its limit", nil, ["acting_hint": text(64)]),
        Case("acting_hint beyond", "invalid_request", ["acting_hint": text(65)]),
        Case("ui_locales at its limit", nil, ["ui_locales": text(512)]),
        Case("ui_locales beyond", "invalid_request", ["ui_locales": text(513)]),
        Case(
            "id_token_hint at its limit, but no token of ours", "invalid_request", ["id_token_hint": text(8192)],
            isGoodToPush: true),
        Case("id_token_hint beyond", "invalid_request", ["id_token_hint": text(8193)]),
        Case("acr_values beyond", "invalid_request", ["acr_values": text(513)]),
        Case("eight levels", nil, ["acr_values": "normal b c d e f g h"]),
        Case("nine levels", "invalid_request", ["acr_values": "normal b c d e f g h i"]),
        Case("a scope token beyond", "invalid_scope", ["scope": "openid " + text(65)]),
    ]

    @Test(
        "each error goes back with error, state and iss, and the same is refused when it is pushed",
        arguments: responseTypes + challenges + scopes + rest + lengths)
    func refusals(example: Case) async throws {
        let provider = try await Self.provider.value
        try await Site.serve(provider) { site in
            let portal = TestRegion.basic
            let request = portal.request(example.changes)
            for response in [
                try await site.get("/authorize", request),
                try await site.postAuthorize(FormParameters(request).encoded),
            ] {
                #expect(response.status == .seeOther)
                guard let error = example.error else {
                    #expect(response.headers[.location]?.hasPrefix("/login/") == true)
                    continue
                }
                let target = try #require(response.target)
                #expect(target.location.hasPrefix(portal.redirectURI + "?"))
                #expect(target["error"] == error)
                #expect(target["iss"] == "https://id.region.example")
                #expect(target["state"] == (example.changes["state"] == nil ? "state of basic" : nil))
                #expect(target["code"] == nil)
            }
            let pushed = try await site.post("/par", form: request, as: portal)
            if request["request_uri"] != nil {
                #expect(pushed.status == .badRequest && pushed.error == "invalid_request")
            } else {
                #expect(pushed.status == (example.isGoodToPush ? .created : .badRequest))
                #expect(pushed.error == (example.isGoodToPush ? nil : example.error))
            }
        }
    }

    private static let provider = Task { try await TestProvider() }

    @Test("whatever is refused is counted for the client's doctor, with its remedy")
    func observed() async throws {
        let provider = try await TestProvider()
        let client = TestRegion.basic.client.identifier
        @Sendable func seen() -> Int64 {
            provider.provider.observations.observation(of: client).refusals.values.reduce(0) { $0 + $1.count }
        }
        try await Site.serve(provider) { site in
            let cases = Self.responseTypes + Self.challenges + Self.scopes + Self.rest + Self.lengths
            for example in cases where example.error != nil {
                let before = seen()
                _ = try await site.get("/authorize", TestRegion.basic.request(example.changes))
                #expect(seen() == before + 1, "\(example)")
                if !example.isGoodToPush {
                    _ = try await site.post(
                        "/par", form: TestRegion.basic.request(example.changes), as: TestRegion.basic)
                    #expect(seen() == before + 2, "\(example), pushed")
                }
            }
        }
        let reasons = Set(provider.provider.observations.observation(of: client).refusals.keys)
        #expect(
            reasons.isSuperset(of: [
                .requestMalformed, .responseTypeUnsupported, .responseModeNotAllowed, .codeChallengeMissing,
                .requestURIForeign, .scopeNotAllowed, .hintUnusable, .promptNone,
            ]))
        #expect(reasons.allSatisfy { !$0.entry.remedy.isEmpty })
    }

    // fapi2-security-profile-final-ensure-authorization-request-with-64-char-nonce-success,
    // fapi2-security-profile-final-ensure-authorization-request-without-nonce-success
    @Test(
        "oidcc-ensure-request-without-nonce-succeeds-for-code-flow, fapi2-security-profile-final-ensure-authorization-request-without-state-success"
    )
    func stateAndNonce() async throws {
        let (provider, phone) = (try await Self.provider.value, try await Self.provider.value.enrolledPhone())
        try await Site.serve(provider) { site in
            let examples: [[String: String?]] = [
                ["nonce": Self.text(64)], ["nonce": Self.text(384), "state": Self.text(1024)], ["nonce": nil],
                ["state": nil], ["state": nil, "nonce": nil],
            ]
            for changes in examples {
                let browser = Browser(site)
                let page = try await browser.begin(TestRegion.pushing, changes)
                let outcome = try await site.finishLogin(browser, page: page, phone: phone)
                let asked = TestRegion.pushing.request(changes)
                #expect(outcome["state"] == asked["state"] && outcome["iss"] == "https://id.region.example")
                let token = try await site.tokens(outcome, at: TestRegion.pushing).idToken
                #expect(token["nonce"]?.string == asked["nonce"])
            }
        }
    }

    // oidcc-redirect-uri-query-OK
    @Test("a redirect URI with a query keeps it, and hostile state stays data")
    func queryIsKept() async throws {
        try await Site.serve(Self.provider.value) { site in
            let state = "a&code=stolen#x?y=\"<script>' %0d%0aSet-Cookie: a=b"
            let uri = "https://pushing.example/back?way=2"
            let response = try await site.get(
                "/authorize", TestRegion.pushing.request(["redirect_uri": uri, "state": state]))
            let target = try #require(response.target)
            // This portal must push: a plain request is refused.
            #expect(target.location.hasPrefix(uri + "&error=invalid_request&"))
            #expect(target["state"] == state && target["way"] == "2" && target["code"] == nil)
        }
    }

    @Test("a parameter that occurs twice is refused before anything else (Keycloak CVE-2026-9689)")
    func duplicates() async throws {
        try await Site.serve(Self.provider.value) { site in
            let request = FormParameters(TestRegion.basic.request()).encoded
            for name in ["client_id", "redirect_uri", "state", "scope", "colour", "prompt"] {
                let twice = request + "&\(name)=a&\(name)=b"
                for response in [
                    try await site.get("/authorize?" + twice), try await site.post("/authorize", text: twice),
                    try await site.post("/authorize?\(name)=c", text: request + "&\(name)=d"),
                ] {
                    #expect(response.status == .badRequest && response.headers[.location] == nil, "\(name)")
                }
            }
            for malformed in ["%", "%zz=1", "a=%ff", "a=%00", "=x", request + "&&"] {
                #expect(try await site.get("/authorize?" + malformed).status == .badRequest, "\(malformed)")
            }
            let many = request + (0..<64).map { "&p\($0)=1" }.joined()
            #expect(try await site.get("/authorize?" + many).status == .badRequest)
            #expect(try await site.get("/authorize?" + request + "&x=" + Self.text(16_384)).status == .badRequest)
        }
    }

    @Test("a form body has its type, no encoding and at most 20 KiB, with the query (N2)")
    func bodies() async throws {
        try await Site.serve(Self.provider.value) { site in
            let request = FormParameters(TestRegion.basic.request()).encoded
            for type in [
                nil, "", "text/plain", "application/json", "multipart/form-data",
                "application/x-www-form-urlencoded; charset=utf-16",
            ] {
                let response = try await site.post("/authorize", text: request, type: type)
                #expect(response.status == .badRequest && response.headers[.location] == nil)
            }
            let typed = "Application/X-WWW-Form-URLEncoded; Charset=UTF-8"
            #expect(try await site.postAuthorize(request, type: typed).headers[.location]?.hasPrefix("/login/") == true)
            #expect(
                try await site.post("/authorize", text: request, headers: [.contentEncoding: "gzip"]).status
                    == .badRequest)
            let large = request + "&x=" + Self.text(20_481 - request.utf8.count - 3)
            #expect(try await site.post("/authorize", text: large).status == .badRequest)
            let both = "/authorize?y=" + Self.text(10_240)
            #expect(try await site.post(both, text: request + "&x=" + Self.text(10_240)).status == .badRequest)
            // What is too long for an address is answered at once.
            let whole = try await site.post("/authorize", text: String(large.dropLast()))
            #expect(whole.headers[.location]?.hasPrefix("/login/") == true)
        }
    }

    @Test("when no more logins fit, the portal hears temporarily_unavailable")
    func full() async throws {
        let provider = try await TestProvider(capacity: Provider.Capacity(logins: 3, pushedRequests: 3))
        try await Site.serve(provider) { site in
            for _ in 0..<2 { _ = try await Browser(site).begin() }
            let response = try await site.get("/authorize", TestRegion.basic.request())
            let target = try #require(response.target)
            #expect(target["error"] == "temporarily_unavailable" && target["iss"] != nil)
            #expect(response.headers[.setCookie] == nil)
            for _ in 0..<2 { _ = try await site.pushed() }
            let pushed = try await site.post("/par", form: TestRegion.pushing.request(), as: TestRegion.pushing)
            #expect(pushed.status == .serviceUnavailable && pushed.error == "temporarily_unavailable")
            provider.clock.advance(421)
            _ = try await Browser(site).begin()
        }
    }

    @Test("a person reads what the catalogue says of the error (docs/errors.md)")
    func pages() async throws {
        try await Site.serve(Self.provider.value) { site in
            let unknown = PushedRequestURI(reference: OneTimeHandle(.pushedRequest).text).text
            for (path, parameters, code) in [
                ("/authorize", TestRegion.basic.request(["client_id": "nobody"]), .invalidRequest),
                ("/authorize", ["client_id": "pushing", "request_uri": unknown], .invalidRequestURI),
                ("/authorize", ["request_uri": "https://evil.example/r"], .requestURINotSupported),
                ("/authorize", ["client_id": "pushing", "request": "x"], .invalidRequestObject),
                ("/logout", ["id_token_hint": "x"], .invalidRequest),
            ] as [(String, [String: String], OAuthError.Code)] {
                let page = try await site.get(path, parameters)
                #expect(page.status == .badRequest && page.text.contains("(\(code.rawValue): "), "\(page.text)")
                let expected: PersonProblem = path == "/logout" ? .logoutRefused : .loginRefused
                #expect(code.pages.contains(expected))
                #expect(page.text.contains(expected.text(.german).title))
            }
        }
    }

    @Test("a form that is sent on to the same request by GET counts once, and is refused where nothing is left")
    func formCountsOnce() async throws {
        let limits = ProviderApplication.Limits(loginBurst: 3, loginsPerMinute: 0.001)
        try await Site.serve(Self.provider.value, limits: limits) { site in
            let form = FormParameters(TestRegion.basic.request()).encoded
            for _ in 0..<3 {
                let begun = try await site.postAuthorize(form)
                #expect(begun.headers[.location]?.hasPrefix("/login/") == true)
            }
            #expect(try await site.post("/authorize", text: form).status == .tooManyRequests)
            #expect(try await site.get("/authorize?" + form).status == .tooManyRequests)
        }
    }

    @Test("logins that begin are limited per address, however the path is spelled")
    func rateLimit() async throws {
        let limits = ProviderApplication.Limits(loginBurst: 3, loginsPerMinute: 0.001)
        try await Site.serve(Self.provider.value, limits: limits) { site in
            let request = TestRegion.basic.request()
            for _ in 0..<3 { #expect(try await site.get("/authorize", request).status == .seeOther) }
            for path in ["/authorize", "//authorize", "/authorize/", "/%61uthorize", "///authorize//"] {
                let response = try await site.get(path, request)
                #expect(response.status == .tooManyRequests || response.status == .notFound, "\(path)")
                if response.status == .tooManyRequests { #expect(Int(response.headers[.retryAfter] ?? "") ?? 0 > 0) }
            }
        }
    }
}
