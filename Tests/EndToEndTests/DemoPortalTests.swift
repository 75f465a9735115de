import OpenIDMessages
import Testing

@testable import citizen_phone

/// One after another: they share a phone.
@Suite("demo-portal: logout here and at the provider, and bound tokens", .serialized, .inTurn, .endsInTime)
struct DemoPortalTests {
    static let installation = Task { try await Installation.start() }
    private static let citizen = Task { try await installation.value.enrolledPhone() }

    /// A browser in which the person is logged in at the portal.
    private func signedInBrowser() async throws -> Browser {
        let phone = try await Self.citizen.value
        let browser = try Browser(phone.here)
        let result = try await phone.login(at: nil, "--cookie-jar", browser.jar)
        try #require(result.status == 0, "\(result)")
        #expect(try await status(browser) == 200)
        return browser
    }

    /// 200 for a browser that is logged in at the portal, 401 for another.
    private func status(_ browser: Browser) async throws -> Int {
        try await browser.load(browser.here.portalURL + "/account", accept: "application/json").status
    }

    @Test func `the button ends the session here and at the provider, and the page says so`() async throws {
        let browser = try await signedInBrowser()
        let portal = browser.here.portalURL
        let account = try await browser.load(portal + "/account")
        #expect(account.text.contains("Sie werden auch beim Anmeldedienst abgemeldet"), "\(account)")
        let goodbye = try await browser.load(portal + "/logout", fields: [("button", "logout")], from: portal)
        #expect(goodbye.status == 200 && goodbye.address.hasPrefix(portal + "/oidc/logged-out?state="), "\(goodbye)")
        #expect(goodbye.text.contains("in diesem Portal und beim Anmeldedienst abgemeldet"), "\(goodbye)")
        #expect(try await status(browser) == 401)
        // With a session at the provider the browser would be at the portal's account by now.
        _ = try await browser.open(browser.here.loginURL)
        let again = try await browser.load(goodbye.address)
        #expect(again.status == 400 && again.text.contains("hier nicht bekannt"), "a return is good once: \(again)")
    }

    @Test func `a form of another site logs nobody out`() async throws {
        let browser = try await signedInBrowser()
        let page = try await browser.load(
            browser.here.portalURL + "/logout", fields: [("button", "logout")], from: "https://evil.example")
        #expect(page.status == 400)
        #expect(try await status(browser) == 200)
    }

    @Test func `Back-Channel Logout §2.7: who signs out at the provider is signed out here, and nobody else is`()
        async throws
    {
        let browser = try await signedInBrowser()
        let other = try await signedInBrowser()
        let question = try await browser.load(browser.here.issuer + "/logout")
        let form = try #require(question.text.firstMatch(of: /name="csrf" value="([^"]+)"/), "\(question)")
        let done = try await browser.load(
            browser.here.issuer + "/logout/confirm", fields: [("csrf", String(form.output.1))])
        #expect(done.status == 200, "\(done)")
        let deadline = ContinuousClock.now + .seconds(20)
        while try await status(browser) != 401, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(try await status(browser) == 401)
        #expect(try await status(other) == 200)
    }

    @Test func `Back-Channel Logout §2.8: what is no logout token of the provider gets 400 and ends nothing`()
        async throws
    {
        let browser = try await signedInBrowser()
        let address = browser.here.portalURL + "/oidc/backchannel-logout"
        for fields in [[("logout_token", "a.b.c")], [("id_token", "a.b.c")]] {
            let answer = try await browser.load(address, fields: fields)
            #expect(answer.status == 400, "\(answer)")
            #expect(try StrictJSON.parseObject(Array(answer.text.utf8))["error"] == "invalid_request")
        }
        #expect(try await status(browser) == 200)
    }

    @Test func `--dpop: a portal of profile fapi2 logs in, and without the option it cannot`() async throws {
        let phone = try await Self.citizen.value
        let here = phone.here
        let (bound, bearer) = (Port.free(), Port.free())
        let key = here.folder.path + "/portal-key.pem"
        let jwk = try await Program.run(Place.program("demo-portal"), ["--key", key, "--print-jwk"])
        func origin(_ port: Int) -> String { "https://localhost:\(port)" }
        let file = try here.folder.write(
            "fapi2.yaml",
            """
            clients:
              - id: fapi2-demo-portal
                tenant: herten
                name: Portal nach FAPI 2.0
                profile: fapi2
                redirect_uris: ["\(origin(bound))/oidc/callback", "\(origin(bearer))/oidc/callback"]
                jwks: {keys: [\(jwk.lines[0])]}
                scopes: [openid, person]

            """)
        let applied = try await Program.run(
            Place.program("citizen-id"),
            ["region", "apply", "--yes", "--data", here.data] + here.regionFiles + [file])
        try #require(applied.status == 0, "\(applied)")
        for (port, options) in [(bound, ["--dpop"]), (bearer, [])] {
            try await here.start(
                Place.program("demo-portal"),
                [
                    "--issuer", here.issuer, "--client-id", "fapi2-demo-portal", "--key", key, "--listen",
                    "localhost:\(port)", "--tls-certificate", here.certificates + "/server.pem", "--tls-key",
                    here.certificates + "/server-key.pem", "--ca", here.ca, "--scope", "openid person",
                    "--accept-simulated",
                ] + options, log: here.folder.path + "/fapi2-\(port).log", says: "the portal is open")
        }
        let result = try await phone.login(
            at: origin(bound) + "/oidc/start", "--accept", "application/json", "--show-page")
        #expect(try result.json()["page"]?.object?["userinfo"]?.object?["family_name"] == "Mustermann", "\(result)")
        let without = try await phone.login(at: origin(bearer) + "/oidc/start", "--accept", "application/json")
        #expect(try without.json()["status"]?.integer == 503, "\(without)")
    }
}
