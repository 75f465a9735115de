import AccountDirectory
import HTTPTypes
import HummingbirdTesting
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHTTP
import ProviderHarness
import Testing

/// RFC 9126; checklist C4, C5.
@Suite("Pushed authorization requests")
struct PushedRequestTests {
    private static func use(
        _ site: Site, _ uri: String, as client: String = "pushing", _ more: [String: String] = [:]
    ) async throws -> TestResponse {
        try await site.get("/authorize", more.merging(["client_id": client, "request_uri": uri]) { $1 })
    }

    private static func isRefused(_ response: TestResponse) -> Bool {
        response.status == .badRequest && response.headers[.location] == nil && response.headers[.setCookie] == nil
    }

    @Test(
        "a request_uri has 256 random bits and is good once (fapi2-security-profile-final-par-attempt-reuse-request_uri)"
    )
    func once() async throws {
        try await Site.serve { site in
            let uri = try await site.pushed()
            let prefix = "urn:ietf:params:oauth:request_uri:pr_"
            #expect(uri.hasPrefix(prefix) && Base64URL.decode(uri.dropFirst(prefix.count))?.count == 32)
            #expect(try await Self.use(site, uri).headers[.location]?.hasPrefix("/login/") == true)
            for _ in 0..<2 { #expect(Self.isRefused(try await Self.use(site, uri))) }
        }
    }

    @Test(
        "what stands beside request_uri is ignored (RFC 9126 §4, fapi2-security-profile-final-par-without-duplicate-parameters)"
    )
    func otherParameters() async throws {
        try await Site.serve { site in
            let uri = try await site.pushed()
            let response = try await Self.use(
                site, uri,
                [
                    "prompt": "none", "scope": "openid phone", "redirect_uri": "https://evil.example/",
                    "request": "e30.e30.", "response_mode": "form_post", "state": "other",
                ])
            #expect(response.headers[.location]?.hasPrefix("/login/") == true)
        }
    }

    @Test("every way to answer uses it up (Keycloak CVE-2026-96446)")
    func everyAnswerUsesItUp() async throws {
        try await Site.serve { site in
            let phone = try await site.provider.enrolledPhone()
            let signedIn = Browser(site)
            let begun = try await signedIn.get(
                "/authorize", ["client_id": "pushing", "request_uri": try await site.pushed()])
            _ = try await site.finishLogin(
                signedIn, page: try #require(begun.headers[.location]), phone: phone)
            let ways: [(String, Browser, [String: String?])] = [
                ("login", Browser(site), [:]), ("prompt=none without a session", Browser(site), ["prompt": "none"]),
                ("an id_token_hint of nobody", Browser(site), ["id_token_hint": "e30.e30.e30"]),
                ("the session", signedIn, [:]), ("prompt=none with a session", signedIn, ["prompt": "none"]),
                ("prompt=login with a session", signedIn, ["prompt": "login"]),
                ("max_age=0", signedIn, ["max_age": "0", "prompt": "none"]),
                ("a level out of reach", signedIn, ["acr_values": "substantiell", "prompt": "none"]),
            ]
            var outcomes: Set<String> = []
            for (name, browser, changes) in ways {
                let uri = try await site.pushed(TestRegion.pushing, changes)
                let first = try await browser.get("/authorize", ["client_id": "pushing", "request_uri": uri])
                let target = try #require(first.target, "\(name)")
                outcomes.insert(target["code"] == nil ? target["error"] ?? "login" : "code")
                for again in [Browser(site), browser] {
                    let second = try await again.get("/authorize", ["client_id": "pushing", "request_uri": uri])
                    // Only the browser that began a login with it comes back to that one.
                    let isBegun = again === browser && first.headers[.location]?.hasPrefix("/login/") == true
                    #expect(
                        isBegun
                            ? second.headers[.location] == first.headers[.location] && second.status == .seeOther
                            : Self.isRefused(second), "\(name)")
                }
            }
            #expect(outcomes.isSuperset(of: ["login", "code", "login_required", "invalid_request"]), "\(outcomes)")
        }
    }

    @Test(
        "a second visit by the browser that began goes on to its login until the outcome is taken (fapi2-security-profile-final-par-ensure-reused-request-uri-prior-to-auth-completion-succeeds)"
    )
    func secondVisit() async throws {
        try await Site.serve { site in
            let phone = try await site.provider.enrolledPhone()
            let (browser, other) = (Browser(site), Browser(site))
            let uri = try await site.pushed()
            func visit(_ browser: Browser, as client: String = "pushing") async throws -> TestResponse {
                try await browser.get("/authorize", ["client_id": client, "request_uri": uri])
            }
            let page = try #require(try await visit(browser).headers[.location])
            _ = try await other.begin(TestRegion.pushing)
            #expect(site.provider.provider.loginsInFlight == 2)
            // Also when the reference itself would be over by now.
            for wait in [0, 60] as [Int64] {
                site.provider.clock.advance(wait)
                let again = try await visit(browser)
                #expect(again.headers[.location] == page && again.headers[.setCookie] == nil)
                #expect(Self.isRefused(try await visit(browser, as: "basic")))
                for stranger in [Browser(site), other] { #expect(Self.isRefused(try await visit(stranger))) }
            }
            #expect(site.provider.provider.loginsInFlight == 2, "no further login begins")
            let outcome = try await site.finishLogin(browser, page: page, phone: phone)
            #expect(outcome["code"] != nil)
            #expect(Self.isRefused(try await visit(browser)), "the person has decided")
        }
    }

    @Test("who gave up is led back to the portal by a second visit, once")
    func secondVisitAfterTheEnd() async throws {
        try await Site.serve { site in
            let browser = Browser(site)
            let request = ["client_id": "pushing", "request_uri": try await site.pushed()]
            let page = try #require(try await browser.get("/authorize", request).headers[.location])
            let token = try await browser.get(page).formToken
            _ = try await browser.post(page + "/cancel", ["csrf": token])
            #expect(try await browser.get("/authorize", request).headers[.location] == page)
            #expect(try await browser.get(page + "/finish").target?["error"] == "access_denied")
            #expect(Self.isRefused(try await browser.get("/authorize", request)))
        }
    }

    @Test("a refusal for want of room uses it up, too")
    func overload() async throws {
        let provider = try await TestProvider(capacity: Provider.Capacity(logins: 1, pushedRequests: 10))
        try await Site.serve(provider) { site in
            let (first, second) = (try await site.pushed(), try await site.pushed())
            #expect(try await Self.use(site, first).headers[.location]?.hasPrefix("/login/") == true)
            #expect(try await Self.use(site, second).target?["error"] == "temporarily_unavailable")
            #expect(Self.isRefused(try await Self.use(site, second)))
        }
    }

    // fapi2-security-profile-final-ensure-mismatched-dpop-jkt-fails
    @Test(
        "the code is bound to the key of the proof and of dpop_jkt (fapi2-security-profile-final-ensure-dpopproof-at-par-endpoint-binding-success)"
    )
    func proofKeys() async throws {
        try await Site.serve { site in
            let key = SigningKey.makeES256()
            let own = key.thumbprint.rawValue
            let other = SigningKey.makeES256().thumbprint.rawValue
            for (parameter, isGood) in [(nil, true), (own, true), (other, false), ("x", false)] as [(String?, Bool)] {
                let proof = try site.provider.proof(key, "POST", "/par")
                let (form, headers) = try site.credentials(
                    of: TestRegion.pushing, added: TestRegion.pushing.request(["dpop_jkt": parameter]))
                var withProof = headers
                withProof[.proof] = proof.text
                let response = try await site.post("/par", form: form, headers: withProof)
                #expect(response.status == (isGood ? .created : .badRequest), "\(parameter ?? "none")")
                if parameter == other { #expect(response.error == "invalid_dpop_proof") }
                guard isGood else { continue }
                let uri = try #require(response.json["request_uri"]?.string)
                let validated = try await site.provider.provider.authorization.authorize(
                    FormParameters(["client_id": "pushing", "request_uri": uri]))
                #expect(validated.request.proofKey == key.thumbprint)
            }
        }
    }

    @Test("of 32 uses at once one begins a login")
    func parallelUses() async throws {
        try await Site.serve { site in
            let uri = try await site.pushed()
            let begun = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<32 { group.addTask { try await Self.use(site, uri).status == .seeOther } }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(begun == 1)
        }
    }

    @Test(
        "another client cannot use it, and does not use it up (fapi2-security-profile-final-par-attempt-to-use-request_uri-for-different-client)"
    )
    func otherClient() async throws {
        try await Site.serve { site in
            let uri = try await site.pushed()
            for client in ["basic", "post", "rsa", "nobody", "", "pushing "] {
                #expect(Self.isRefused(try await Self.use(site, uri, as: client)))
            }
            #expect(Self.isRefused(try await site.get("/authorize", ["request_uri": uri])))
            #expect(try await Self.use(site, uri).status == .seeOther)
        }
    }

    @Test("it expires after 60 s (fapi2-security-profile-final-par-attempt-to-use-expired-request_uri)")
    func expiry() async throws {
        try await Site.serve { site in
            let (first, second) = (try await site.pushed(), try await site.pushed())
            site.provider.clock.advance(59)
            #expect(try await Self.use(site, first).status == .seeOther)
            site.provider.clock.advance(1)
            #expect(Self.isRefused(try await Self.use(site, second)))
        }
    }

    @Test("guessed and changed references find nothing")
    func guesses() async throws {
        try await Site.serve { site in
            let uri = try await site.pushed()
            for guess in [
                "urn:ietf:params:oauth:request_uri:" + OneTimeHandle(.pushedRequest).text,
                // No handle of another class is a pushed request (CVE-2026-4282).
                uri.replacing(":pr_", with: ":ac_"), uri.replacing(":pr_", with: ":"),
                "urn:ietf:params:oauth:request_uri:", String(uri.dropLast()) + "_", uri + "=",
                String(uri.dropLast()), uri.uppercased(), "https://evil.example/request.jwt",
                String(uri.dropFirst("urn:ietf:params:oauth:request_uri:".count)),
            ] {
                #expect(Self.isRefused(try await Self.use(site, guess)), "\(guess)")
            }
            #expect(try await Self.use(site, uri).status == .seeOther)
        }
    }

    @Test("FAPI 2.0 §5.3.2.2-4: a push needs the client's authentication and is for the client itself (B5)")
    func authentication() async throws {
        try await Site.serve { site in
            let request = TestRegion.pushing.request()
            let anonymous = try await site.post("/par", form: request)
            #expect(anonymous.status == .unauthorized && anonymous.error == "invalid_client")
            for portal in TestRegion.portals {
                for other in TestRegion.portals where other.identifier != portal.identifier {
                    var form = other.request()
                    if portal.identifier == "post" { form["client_id"] = "post" }
                    let response = try await site.post("/par", form: form, as: portal)
                    #expect((400...401).contains(response.status.code), "\(portal.identifier) for \(other.identifier)")
                    #expect(response.json["request_uri"] == nil)
                }
                var own = portal.request()
                if portal.identifier != "post" { own["client_id"] = nil }
                #expect(try await site.post("/par", form: own, as: portal).status == .created)
            }
        }
    }

    @Test(
        "a request_uri inside a pushed request is refused (fapi2-security-profile-final-par-authorization-request-containing-request_uri-form-param)"
    )
    func nested() async throws {
        try await Site.serve { site in
            let uri = try await site.pushed()
            for value in [uri, "https://pushing.example/r", "x"] {
                let response = try await site.post(
                    "/par", form: TestRegion.pushing.request(["request_uri": value]), as: TestRegion.pushing)
                #expect(response.status == .badRequest && response.error == "invalid_request")
            }
            #expect(try await Self.use(site, uri).status == .seeOther)
        }
    }

    @Test("a client that must push gets no login without it")
    func required() async throws {
        try await Site.serve { site in
            let response = try await site.get("/authorize", TestRegion.pushing.request())
            #expect(response.target?["error"] == "invalid_request" && response.target?["iss"] != nil)
            #expect(response.headers[.setCookie] == nil)
        }
    }

    @Test(
        "requests of clients that prove nothing are limited per address, and leave room for whom they are named after")
    func unproved() async throws {
        let provider = try await TestProvider(
            capacity: Provider.Capacity(pushedRequests: 20), administrationAddress: TestAdministrator.address)
        let television = TestGrants.portal("television", .baseline, .none) { $0.grantTypes = [.deviceCode] }
        try provider.add([television])
        let limits = ProviderApplication.Limits(loginBurst: 5, loginsPerMinute: 0.001)
        try await Site.serve(provider, limits: limits) { site in
            let request = TestAdministrator.portal.request([
                "scope": "openid", "resource": TestAdministrator.resource.rawValue,
                "dpop_jkt": SigningKey.makeES256().thumbprint.rawValue,
            ])
            for count in 1...10 {
                let answer = try await site.post("/par", form: request, as: TestAdministrator.portal)
                #expect(answer.status == (count <= 5 ? .created : .tooManyRequests), "\(answer.text)")
                guard count > 5 else { continue }
                #expect(answer.error == "temporarily_unavailable" && Int(answer.headers[.retryAfter] ?? "") ?? 0 > 0)
            }
            let device = try await site.post("/device_authorization", form: ["scope": "openid"], as: television)
            #expect(device.status == .tooManyRequests)
            // Whoever proves itself is not counted.
            _ = try await site.pushed()
        }
        // From another address, which has its own limit.
        _ = try await provider.administrator()
    }
}
