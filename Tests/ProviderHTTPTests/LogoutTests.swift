import HTTPTypes
import HummingbirdTesting
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

/// OpenID Connect RP-Initiated Logout 1.0; checklist A5, F5. The names are those of the conformance modules.
@Suite("Logout at a portal's wish")
struct LogoutTests {
    /// A browser that is signed in, and its ID token.
    private func signedIn(_ body: @Sendable (Site, Browser, _ hint: String) async throws -> Void) async throws {
        let (provider, phone) = try await Site.sharedProvider()
        try await Site.serve(provider) { site in
            let browser = Browser(site)
            let hint = try await site.signIn(browser, phone: phone).idTokenText
            try await body(site, browser, hint)
        }
    }

    private func isSignedIn(_ site: Site, _ browser: Browser) async throws -> Bool {
        try await site.ask(browser, ["prompt": "none"])["code"] != nil
    }

    private func parameters(_ hint: String?, _ changes: [String: String] = [:]) -> [String: String] {
        var parameters = ["post_logout_redirect_uri": TestRegion.basic.logoutURI, "state": "a b&c"]
        parameters["id_token_hint"] = hint
        return parameters.merging(changes) { $1 }
    }

    @Test(
        "oidcc-rp-initiated-logout-discovery-endpoint-verification, oidcc-backchannel-logout-discovery-endpoint-verification"
    )
    func discovery() async throws {
        let (provider, _) = try await Site.sharedProvider()
        let metadata = provider.provider.metadata(isDevelopment: true)
        #expect(metadata["end_session_endpoint"] == "https://id.region.example/logout")
        #expect(metadata["backchannel_logout_supported"] == true)
        #expect(metadata["backchannel_logout_session_supported"] == true)
        #expect(metadata["frontchannel_logout_supported"] == nil && metadata["check_session_iframe"] == nil)
    }

    @Test("oidcc-rp-initiated-logout: at once, back to the portal with state, and nobody is signed in")
    func logout() async throws {
        try await signedIn { site, browser, hint in
            let old = try #require(browser.session)
            let response = try await browser.get("/logout", parameters(hint))
            #expect(response.status == .seeOther)
            #expect(response.headers[.location] == "https://basic.example/signed-out?state=a%20b%26c")
            #expect(browser.session == nil)
            browser.plant(old, as: Browser.sessionCookie)
            #expect(try await isSignedIn(site, browser) == false)
        }
    }

    @Test("oidcc-rp-initiated-logout-no-state")
    func noState() async throws {
        try await signedIn { site, browser, hint in
            let request = ["id_token_hint": hint, "post_logout_redirect_uri": TestRegion.basic.logoutURI]
            let response = try await browser.get("/logout", request)
            #expect(response.headers[.location] == "https://basic.example/signed-out")
            #expect(try await isSignedIn(site, browser) == false)
        }
    }

    @Test("oidcc-rp-initiated-logout-no-post-logout-redirect-uri")
    func noReturn() async throws {
        try await signedIn { site, browser, hint in
            let response = try await browser.get("/logout", ["id_token_hint": hint, "ui_locales": "fr en"])
            #expect(response.status == .ok && response.text.contains("You are signed out"))
            #expect(response.text.contains("href=\"/sessions\""))
            #expect(try await isSignedIn(site, browser) == false)
        }
    }

    @Test(
        "the person is asked, and then is signed out",
        arguments: [
            ("oidcc-rp-initiated-logout-no-params", [:]), ("oidcc-rp-initiated-logout-only-state", ["state": "x"]),
            ("client_id alone", ["client_id": "basic"]), ("logout_hint alone", ["logout_hint": "erika"]),
        ])
    func confirmation(module: String, request: [String: String]) async throws {
        try await signedIn { site, browser, _ in
            let question = try await browser.get("/logout", request)
            #expect(question.status == .ok && question.text.contains("id=\"logout-form\""))
            #expect(question.text.contains("Portal basic") == (request["client_id"] != nil))
            #expect(try await isSignedIn(site, browser))
            let end = try await browser.post("/logout/confirm", ["csrf": try question.formToken])
            #expect(end.status == .ok && end.text.contains("Sie sind abgemeldet") && end.headers[.location] == nil)
            #expect(browser.session == nil)
            #expect(try await isSignedIn(site, browser) == false)
        }
    }

    @Test("oidcc-rp-initiated-logout-no-id-token-hint: with client_id the person is asked first; without, an error")
    func noHint() async throws {
        try await signedIn { site, browser, _ in
            let refused = try await browser.get("/logout", parameters(nil))
            #expect(refused.status == .badRequest && refused.headers[.location] == nil)
            let request = parameters(nil, ["client_id": "basic"])
            let question = try await browser.get("/logout", request)
            #expect(question.status == .ok && question.headers[.location] == nil)
            #expect(try await isSignedIn(site, browser))
            let form = request.merging(["csrf": try question.formToken]) { $1 }
            let end = try await browser.post("/logout/confirm", form)
            // No redirect after a form: `form-action` would stop it. The page leads on.
            #expect(end.status == .ok && end.headers[.location] == nil)
            #expect(end.text.contains("url=https://basic.example/signed-out?state=a%20b%26c\""))
            #expect(try await isSignedIn(site, browser) == false)
            // Now that nobody is signed in, nobody confirms either.
            let nobody = try await browser.get("/logout", request)
            #expect(nobody.status == .ok && !nobody.text.contains("basic.example"))
        }
    }

    @Test("oidcc-rp-initiated-logout-bad-id-token-hint, oidcc-rp-initiated-logout-modified-id-token-hint")
    func unusableHint() async throws {
        let (provider, phone) = try await Site.sharedProvider()
        try await Site.serve(provider) { site in
            let browser = Browser(site)
            let tokens = try await site.signIn(browser, phone: phone)
            let hints = try UnusableHint.all(
                like: tokens.idTokenText, accessToken: try #require(tokens["access_token"]?.string),
                provider: provider)
            for (mistake, hint) in hints {
                for request in [parameters(hint), ["id_token_hint": hint], parameters(hint, ["client_id": "basic"])] {
                    let response = try await browser.get("/logout", request)
                    #expect(response.status == .badRequest && response.headers[.location] == nil, "\(mistake)")
                }
            }
            #expect(try await isSignedIn(site, browser))
        }
    }

    @Test(
        "oidcc-rp-initiated-logout-bad-post-logout-redirect-uri, oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri"
    )
    func unregisteredReturn() async throws {
        try await signedIn { site, browser, hint in
            let good = TestRegion.basic.logoutURI
            for uri in [
                "https://evil.example", "//evil.example", good + "?foo=bar", good + "/", good + "#",
                "HTTPS" + good.dropFirst(5),
                TestRegion.post.logoutURI, TestRegion.basic.redirectURI, "javascript:alert(1)", good + "\u{2060}",
                "https://basic.example\\@evil.example/signed-out",
            ] {
                let response = try await browser.get("/logout", parameters(hint, ["post_logout_redirect_uri": uri]))
                #expect(response.status == .badRequest && response.headers[.location] == nil, "\(uri)")
                #expect(!response.text.contains("http-equiv"))
            }
            #expect(try await isSignedIn(site, browser))
        }
    }

    @Test("malformed, contradicting and doubled parameters are refused")
    func malformed() async throws {
        try await signedIn { site, browser, hint in
            let long = String(repeating: "a", count: 8193)
            for changes in [
                ["client_id": "post"], ["client_id": "nobody"], ["client_id": "a b"], ["state": "ä"],
                ["state": String(long.prefix(1025))], ["id_token_hint": long], ["logout_hint": long],
                ["ui_locales": long], ["post_logout_redirect_uri": long],
            ] {
                let response = try await browser.get("/logout", parameters(hint, changes))
                #expect(response.status == .badRequest && response.headers[.location] == nil, "\(changes.keys)")
            }
            let twice = try await browser.get("/logout?state=a&state=b")
            #expect(twice.status == .badRequest)
            #expect(try await isSignedIn(site, browser))
        }
    }

    @Test("a hint of another session leaves this one until the person confirms")
    func otherSession() async throws {
        let (provider, phone) = try await Site.sharedProvider()
        let other = try await provider.enrolledPhone()
        try await Site.serve(provider) { site in
            let hint = try await site.signIn(Browser(site), phone: other).idTokenText
            let browser = Browser(site)
            try await site.signIn(browser, phone: phone)
            let question = try await browser.get("/logout", parameters(hint))
            #expect(question.status == .ok && question.text.contains("id=\"logout-form\""))
            #expect(try await isSignedIn(site, browser))
            #expect(try await site.sessions(of: other).count == 1)
            // Without any session the hint alone proves the way back, and ends nobody's session.
            let elsewhere = try await site.get("/logout", parameters(hint))
            #expect(
                elsewhere.status == .seeOther
                    && elsewhere.target?.location.hasPrefix(TestRegion.basic.logoutURI) == true)
            #expect(try await site.sessions(of: other).count == 1)
        }
    }

    @Test("a portal's form comes without the cookie: our page sends it again (SameSite=Lax)")
    func postFromPortal() async throws {
        try await signedIn { site, browser, hint in
            let foreign: HTTPFields = [.origin: "https://basic.example", .fetchSite: "cross-site"]
            let handOver = try await site.post("/logout", form: parameters(hint), headers: foreign)
            #expect(handOver.status == .ok && handOver.headers[.location] == nil && handOver.headers[.setCookie] == nil)
            #expect(handOver.text.contains("id=\"hand-over-form\" method=\"post\" action=\"/logout\""))
            #expect(handOver.text.contains("name=\"state\" value=\"a b&amp;c\""))
            #expect(try await isSignedIn(site, browser))
            let end = try await browser.post("/logout", parameters(hint))
            #expect(end.status == .ok && end.text.contains("url=\(TestRegion.basic.logoutURI)?state="))
            #expect(try await isSignedIn(site, browser) == false)
        }
    }

    @Test("confirmation is a POST of our page for this session (F5)")
    func foreignConfirmation() async throws {
        let (provider, phone) = try await Site.sharedProvider()
        try await Site.serve(provider) { site in
            let browser = Browser(site)
            try await site.signIn(browser, phone: phone)
            let other = Browser(site)
            try await site.signIn(other, phone: phone)
            let token = try await browser.get("/logout").formToken
            let foreign = try await other.get("/logout").formToken
            for csrf in [nil, "x", foreign, String(token.dropLast())] {
                let form = csrf.map { ["csrf": $0] } ?? [:]
                #expect(try await browser.post("/logout/confirm", form).status == .forbidden)
            }
            for origin in [
                [.origin: "https://evil.example"], [.fetchSite: "cross-site"],
                [.origin: "null", .fetchSite: "same-site"],
            ] as [HTTPFields] {
                #expect(try await browser.post("/logout/confirm", ["csrf": token], origin).status == .forbidden)
            }
            let get = try await browser.get("/logout/confirm", ["csrf": token])
            #expect(get.status == .notFound || get.status == .methodNotAllowed)
            #expect(try await isSignedIn(site, browser))
        }
    }
}
