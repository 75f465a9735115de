import AccountDirectory
import HTTPTypes
import HummingbirdTesting
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

@testable import ProviderHTTP

/// One text of each class that the provider hands out or takes, and whoever shows them.
struct Artefacts: Sendable {
    let site: Site
    let administration: AdministrationSite
    /// Of the person whose the texts are.
    let phone: TestPhone
    /// Of somebody else.
    let otherPhone: TestPhone
    /// Without any right.
    let administrator: TestAdministrator
    /// With every right at Herten.
    let clerk: TestAdministrator
    /// Not yet claimed; "browser's proof" is for it.
    let knowing: TestLogin
    /// Approved, with the wish to be remembered; "browser's registration" is for it.
    let remembering: TestLogin
    let texts: [String: String]

    /// Empty where there is none.
    subscript(name: String) -> String { texts[name] ?? "" }

    /// Portals that ask over the back channel.
    static let (caller, otherCaller) = (asking("caller"), asking("other-caller"))

    private static func asking(_ name: String) -> TestPortal {
        TestGrants.portal(name) {
            $0.grantTypes = [.backChannel]
            $0.backChannel = ClientBackChannel(delivery: .poll)
        }
    }

    static func serve(_ body: @Sendable (Artefacts) async throws -> Void) async throws {
        let provider = try await TestProvider.withAdministration(companies: nil)
        try provider.add(TestGrants.portals + [TestProfiles.baseline, TestServices.garage, caller, otherCaller])
        try provider.changeRegion { $0.services.append(TestServices.parking) }
        try await Site.serve(provider) { site in
            try await AdministrationSite.serve(provider) { try await body(Artefacts(site, $0)) }
        }
    }

    private init(_ site: Site, _ administration: AdministrationSite) async throws {
        let provider = site.provider
        (self.site, self.administration) = (site, administration)
        otherPhone = try await provider.enrolledPhone()
        administrator = try await provider.administrator()
        clerk = try await provider.administrator()
        for role in AdministrationRole.allCases where role.reach == .tenant {
            try await provider.appoint(clerk, role, at: .tenant(TestRegion.herten))
        }
        knowing = try await provider.login()
        phone = try await provider.enrolledPhone(simulating: .strongbox)
        let browserKey = try await provider.knownBrowser(of: phone)
        remembering = try await provider.rememberingLogin(of: phone).login
        var texts = try await Self.company(provider, phone)
        texts["browser's proof"] = try browserKey.browserProof(.login, knowing.view?.browserNonce ?? "")
        texts["browser's registration"] = try SigningKey.makeES256().browserProof(
            .registration, remembering.view?.rememberNonce ?? "")
        texts.merge(try await Self.portals(site, phone)) { $1 }
        texts.merge(try await Self.administration(provider, administrator)) { $1 }
        texts.merge(try await Self.enrolment(provider)) { $1 }
        // The last: each answer of a phone has a higher counter than the one before.
        texts.merge(try await Self.device(site, phone)) { $1 }
        self.texts = texts
    }

    /// What portals, browsers and clients show.
    private static func portals(_ site: Site, _ phone: TestPhone) async throws -> [String: String] {
        let (provider, browser) = (site.provider, Browser(site))
        let forFiles = ["resource": TestGrants.files.rawValue]
        let tokens = try await site.signIn(browser, at: TestGrants.everything, phone: phone)
        try await provider.signOut(provider.signIn(at: TestRegion.basic, phone: phone).cookie)
        let device = try await provider.beginDevice(at: TestGrants.everything)
        let registered = try await provider.register(TestRegistrant.metadata())
        let uri = try await site.pushed()
        let page = try await browser.begin(TestGrants.everything, ["prompt": "login"])
        let login = browser.cookies.first { $0.key == "__Host-login-" + page.dropFirst("/login/".count) }
        let links = try await browser.get(page)
        return [
            "login page": String(page.dropFirst("/login/".count)), "login cookie": try #require(login?.value),
            "form token": try links.formToken, "link in a QR code": try links.attribute("data-qr-link"),
            "link on the same device": try links.attribute("data-same-device-link"),
            "nonce": provider.provider.proofs.nonce(),
            "code": try await provider.code(at: TestGrants.everything, phone: phone),
            "refresh token": try tokens.text("refresh_token"), "access token": try tokens.text("access_token"),
            "access token for a resource": try await provider.granted(
                at: TestGrants.everything, phone: phone, forFiles
            ).text("access_token"),
            "ID token": try tokens.text("id_token"), "logout token": try await logoutToken(provider),
            "device code": try device.text("device_code"), "user code": try device.text("user_code"),
            "auth_req_id": try await provider.ask(for: "nobody", at: TestGrants.everything).text("auth_req_id"),
            "request_uri": uri, "reference": String(uri.dropFirst("urn:ietf:params:oauth:request_uri:".count)),
            "session": try #require(browser.session),
            "initial access token": try await provider.initialAccessToken(uses: 100),
            "registration access token": try registered.text("registration_access_token"),
            "client secret": try registered.text("client_secret"), "registered": try registered.text("client_id"),
            "client assertion": try TestRegion.pushing.assertion(now: site.now),
            "request object": try TestProfiles.baseline.requestObject(now: site.now),
            "DPoP proof": try provider.proof(.makeES256(), "POST", "/token").text,
        ]
    }

    /// A logout token that was just sent.
    private static func logoutToken(_ provider: TestProvider) async throws -> String {
        let (tokens, continuation) = AsyncStream.makeStream(of: String.self)
        try await provider.provider.logoutDeliveries.deliverDue { form, _ in
            continuation.yield(form["logout_token"] ?? "")
            return 200
        }
        continuation.finish()
        var first: String?
        for await token in tokens where first == nil { first = token }
        return try #require(first)
    }

    /// What an employee of a company has, and an invitation that waits for the phone's person.
    private static func company(_ provider: TestProvider, _ phone: TestPhone) async throws -> [String: String] {
        let story = try await MandateStory(provider: provider)
        try await story.propose(by: story.ada)
        let signedIn = try await provider.signIn(
            at: TestServices.garage, phone: story.max.phone, ["scope": "openid org mandate"])
        let acting = signedIn.idToken["https://id.region.example/claims/acting_for"]?.object
        let guest = TestPerson(phone: phone, record: TestRegion.person)
        let invited = try await provider.companies.invite(
            ["roles": ["member"], "identity": .object(guest.identity)], into: story.company,
            by: try await provider.verified(story.ada))
        return [
            "company": try #require(acting?["sub"]?.string), "access token for a company": signedIn.accessToken,
            "invitation": invited.code,
        ]
    }

    private static func administration(
        _ provider: TestProvider, _ administrator: TestAdministrator
    ) async throws -> [String: String] {
        let ticket = try await provider.provider.administration.issueBootstrapTicket(recover: true)
        return [
            "bootstrap ticket": try #require(ticket).text, "access token for administration": administrator.accessToken,
            "DPoP proof for administration": try provider.administrationProof(
                administrator, "GET", AdministrationAPI.path + "/me"
            ).text,
        ]
    }

    /// What a phone shows that is not enrolled yet.
    private static func enrolment(_ provider: TestProvider) async throws -> [String: String] {
        let offer = try await provider.offer(ticket: provider.ticket())
        let message = try TestPhone().registration(for: offer, now: provider.now)
        return [
            "ticket": try await provider.ticket(), "offer": offer.text,
            "offer's name": offer.statement.identifier.rawValue, "registration": message.registration,
            "installation proof": message.installationProof, "registration's PIN proof": message.pinProof,
        ]
    }

    /// What an enrolled phone shows: an answer that was given, one that was not, and the confirmation of an act.
    private static func device(_ site: Site, _ phone: TestPhone) async throws -> [String: String] {
        let provider = site.provider
        let answered = try await provider.claimed(provider.login(), by: provider.verified(phone))
        let receipt = try await provider.answer(
            answered, phone.response(to: answered, now: provider.now), by: provider.verified(phone))
        let asked = try await provider.claimed(provider.login(), by: provider.verified(phone))
        let answer = try phone.response(to: asked, now: provider.now)
        let act = try await site.proposed(phone, "/devices/\(phone.device)/suspension")
        let confirmation = try phone.confirmation(of: act, now: provider.now)
        return [
            "transaction": asked.statement.transaction.rawValue, "login request": asked.text,
            "login response": answer.response, "PIN proof": answer.pinProof ?? "", "receipt": receipt.text,
            "act": act.statement.transaction.rawValue, "confirmation request": act.text,
            "confirmation": confirmation.response, "confirmation's PIN proof": confirmation.pinProof,
            "client attestation": phone.attestation, "block code": phone.blockCode,
            "device's proof": try phone.proof(
                "GET", "/device/v1/devices", nonce: provider.provider.deviceAuthentication.nonce(), now: provider.now),
        ]
    }
}
