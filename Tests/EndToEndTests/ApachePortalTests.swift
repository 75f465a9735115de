import Foundation
import IdentityCrypto
import OpenIDMessages
import Testing

@Suite(
    "Independent clients: Apache with mod_auth_openidc, a certified relying party, in profile baseline",
    .enabled(if: ApachePortal.isInstalled, "libapache2-mod-auth-openidc is needed"), .inTurn, .endsInTime)
struct ApachePortalTests {
    static let portal = Task { try await ApachePortal.start() }

    @Test func `discovery, code flow, ID token, userinfo, introspection, refresh, logout, revocation`() async throws {
        let portal = try await Self.portal.value
        let browser = try Browser(portal.client.here)
        try await portal.login(browser)

        let session = try await portal.session(browser)
        let token = try #require(session["access_token"]?.string)
        #expect(session["id_token"]?.object?["iss"]?.string == portal.client.here.issuer, "ID token validation")
        #expect(session["id_token"]?.object?["acr"]?.string == IndependentClient.level, "ID token validation")
        #expect(session["userinfo"]?.object?["family_name"]?.string == IndependentClient.family, "userinfo")
        #expect(try await portal.callProgramPage(token: token) == 200, "introspection\n\(portal.log)")
        #expect(try await portal.callProgramPage(token: token + "x") == 401, "introspection")

        let refreshed = try await browser.load(
            portal.callback + "?refresh=\(FormParameters.percentEncode(portal.url + "/"))"
                + "&access_token=\(FormParameters.percentEncode(token))")
        #expect(refreshed.address == portal.url + "/", "refresh: \(refreshed)")
        let renewed = try #require(try await portal.session(browser)["access_token"]?.string)
        #expect(renewed != token, "refresh\n\(portal.log)")
        #expect(try await portal.callProgramPage(token: renewed) == 200, "refresh")

        let goodbye = try await browser.load(
            portal.callback + "?logout=\(FormParameters.percentEncode(portal.url + "/goodbye"))")
        #expect(goodbye.address.hasPrefix(portal.url + "/goodbye"), "RP-initiated logout: \(goodbye)")
        #expect(goodbye.text.contains("<title>goodbye</title>"), "RP-initiated logout: \(goodbye)")
        #expect(try await portal.sessionStatus(browser) == 401, "RP-initiated logout")
        #expect(try await portal.callProgramPage(token: renewed) == 401, "revocation\n\(portal.log)")
    }

    @Test func `back-channel logout: who signs out at the provider is signed out at the portal`() async throws {
        let portal = try await Self.portal.value
        let browser = try Browser(portal.client.here)
        try await portal.login(browser)
        #expect(try await portal.sessionStatus(browser) == 200)

        let issuer = portal.client.here.issuer
        let question = try await browser.load(issuer + "/logout")
        let form = try #require(question.text.firstMatch(of: /name="csrf" value="([^"]+)"/), "\(question)")
        let done = try await browser.load(issuer + "/logout/confirm", fields: [("csrf", String(form.output.1))])
        #expect(done.status == 200, "\(done)")

        let deadline = ContinuousClock.now + .seconds(20)
        var status = try await portal.sessionStatus(browser)
        while status != 401, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(50))
            status = try await portal.sessionStatus(browser)
        }
        #expect(status == 401, "back-channel logout\n\(portal.log)")
    }

    @Test func `docs/integration.md shows the configuration that was tested`() throws {
        let document = try Program.text(of: Place.source("docs/integration.md"))
        let configuration = try Program.text(of: Place.source("Tests/Interop/apache_portal.conf"))
        #expect(document.contains("```apache\n" + configuration + "```\n"))
    }
}

/// An Apache of its own in front of a few pages.
struct ApachePortal: Sendable {
    static let isInstalled = FileManager.default.fileExists(atPath: "/usr/lib/apache2/modules/mod_auth_openidc.so")

    let client: IndependentClient
    var url: String { client.here.portalURL }
    var callback: String { url + "/oidc/callback" }
    private var logFile: String { client.here.folder.path + "/apache/apache.log" }
    /// What Apache and the module say, and what the provider refused.
    var log: String {
        let provider = (try? Program.text(of: client.here.providerLog)) ?? ""
        let refusals = provider.split(separator: "\n").filter { $0.hasSuffix(" refused") }
        return ((try? Program.text(of: logFile)) ?? "there is no log") + refusals.joined(separator: "\n")
    }

    static func start() async throws -> ApachePortal {
        let secret = Base64URL.encode(RandomBytes.make(32))
        let portal = ApachePortal(
            client: try await IndependentClient.start { here in
                """
                  - id: apache-portal
                    tenant: marl
                    name: Portal hinter Apache
                    profile: baseline
                    redirect_uris: ["\(here.portalURL)/oidc/callback"]
                    authentication: client_secret_basic
                    secret_sha256: \(Base64URL.encode(Digest.sha256(Array(secret.utf8))))
                    require_pushed_authorization_requests: false
                    grant_types: [authorization_code, refresh_token]
                    scopes: [openid, person]
                    post_logout_redirect_uris: ["\(here.portalURL)/goodbye"]
                    backchannel_logout_uri: "\(here.portalURL)/oidc/callback?logout=backchannel"
                    backchannel_logout_session_required: true

                """
            })
        try await portal.run(secret: secret)
        return portal
    }

    private func run(secret: String) async throws {
        let here = client.here
        let folder = here.folder.path + "/apache"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        // Apache gives up root's rights: it must pass here to find its pages. Every secret file is closed by itself.
        for path in [here.folder.path, folder] {
            try FileManager.default.setAttributes([.posixPermissions: 0o711], ofItemAtPath: path)
        }
        let environment = [
            "ISSUER": here.issuer, "CLIENT_ID": "apache-portal", "CLIENT_SECRET": secret, "PORTAL": url,
            "LEVEL": IndependentClient.level, "CA": here.ca, "CERTIFICATE": here.certificates + "/server.pem",
            "CERTIFICATE_KEY": here.certificates + "/server-key.pem",
        ]
        try await here.start(
            Place.source("Tests/Interop/apache_portal.sh"), [folder, "\(here.portalPort)"], environment: environment,
            log: logFile, says: "mod_auth_openidc-")
    }

    /// A person of their own opens the portal's first page: the module sends the browser to the provider and back.
    func login(_ browser: Browser) async throws {
        let phone = try await client.here.enrolledPhone(family: IndependentClient.family)
        let result = try await phone.login(at: url + "/", "--cookie-jar", browser.jar)
        try #require(result.status == 0, "discovery, code flow: \(result)\n\(log)")
        let end = try result.json()
        try #require(end["final_url"]?.string == url + "/", "code flow: \(result)\n\(log)")
        #expect(end["status"]?.integer == 200, "ID token validation: \(result)\n\(log)")
        #expect(end["title"]?.string == "index", "code flow: \(result)")
    }

    /// What the module keeps about the browser's session.
    func session(_ browser: Browser) async throws -> JSONObject {
        let page = try await browser.load(callback + "?info=json", accept: "application/json")
        try #require(page.status == 200, "\(page)\n\(log)")
        return try StrictJSON.parseObject(Array(page.text.utf8))
    }

    func sessionStatus(_ browser: Browser) async throws -> Int {
        try await browser.load(callback + "?info=json", accept: "application/json").status
    }

    /// The status for a program that calls with an access token.
    func callProgramPage(token: String) async throws -> Int? {
        let result = try await Program.run(
            "/usr/bin/curl",
            [
                "--silent", "--max-time", "30", "--cacert", client.here.ca, "--header",
                "Authorization: Bearer \(token)",
                "--output", "/dev/null", "--write-out", "%{http_code}", url + "/api/",
            ])
        return Int(result.output)
    }
}
