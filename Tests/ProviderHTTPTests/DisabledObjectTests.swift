import AccountDirectory
import HTTPTypes
import HummingbirdTesting
import IdentityCrypto
import NIOCore
import OpenIDMessages
import ProviderCore
import ProviderHarness
import SQLiteStore
import Testing

/// Everything alive that hangs on one person, one phone, one browser and one portal.
struct LiveObjects: Sendable {
    /// A way to get something, each tried once; those that use something up come last.
    enum Path: CaseIterable, Sendable {
        case userinfo, introspection, exchange, clientCredentials, deviceCall, attestationRenewal
        /// The session lists itself, and answers.
        case sessionsPage, singleSignOn
        /// A new login begins.
        case authorize, par, deviceAuthorization, backChannel
        /// What was pushed before begins a login.
        case pushedRequest
        case code, approvedDeviceCode, approvedBackChannel, refreshToken
        /// A login that was claimed before ends with tokens.
        case claimedLogin

        /// What is given here tells of the person.
        static let telling: Set<Path> = [
            .userinfo, .code, .approvedDeviceCode, .approvedBackChannel, .refreshToken, .claimedLogin,
        ]
    }

    /// What a way gives.
    enum Gift: Sendable {
        case nothing
        /// Without a word of the person.
        case something
        /// With claims of the person, in the answer or at `/userinfo` for it.
        case claims
    }

    let site: Site
    let portal: TestPortal
    let browser: Browser
    let phone: TestPhone
    let session: String
    /// The company for which the person acts.
    let story: MandateStory?
    private let tokens: JSONObject
    private let code: String
    private let requestURI: String
    private let page: String
    private let transaction: String
    private let deviceCode: String
    private let backChannel: [String: String]
    private let exchangeable: String

    /// - Parameter portal: one for companies has somebody who acts for one, by a mandate.
    init(_ site: Site, _ portal: TestPortal) async throws {
        self.site = site
        self.portal = portal
        browser = Browser(site)
        if portal.client.services == [TestServices.parking.identifier] {
            let story = try await MandateStory(provider: site.provider)
            try await story.propose(by: story.ada)
            (self.story, phone) = (story, story.max.phone)
        } else {
            story = nil
            phone = try await site.provider.enrolledPhone(
                simulating: portal.client.requiredLevel == .normal ? nil : .strongbox)
        }
        tokens = try await site.signIn(browser, at: portal, phone: phone)
        session = try await site.session(of: phone)
        code = try #require(try await site.ask(browser, at: portal)["code"])
        let resource = try await site.ask(browser, at: portal, ["resource": EveryGrant.resource.rawValue])
        exchangeable = try await site.tokens(resource, at: portal)["access_token"]?.string ?? ""
        requestURI = try await site.pushed(portal, ["prompt": "login"])
        let begun = try await site.post("/device_authorization", form: ["scope": "openid person"], as: portal).json
        deviceCode = try #require(begun["device_code"]?.string)
        let entered = try await browser.post("/device", ["user_code": try #require(begun["user_code"]?.string)])
        let devicePage = try #require(entered.headers[.location])
        let decided = try await site.claimLogin(browser, page: devicePage, phone: phone)
        #expect(try await site.approve(decided, phone: phone).status == .ok)
        backChannel = try await site.approvedBackChannel(
            for: try tokens.idToken["sub"]?.string ?? "", phone: phone, at: portal)
        page = try await browser.begin(portal, ["prompt": "login"])
        transaction = try await site.claimLogin(browser, page: page, phone: phone)
    }

    func gift(of path: Path) async throws -> Gift {
        switch path {
        case .authorize:
            return gift(try await browser.get("/authorize", portal.request(["prompt": "login"])).target?.isLoginPage)
        case .par: return gift(try await site.post("/par", form: portal.request(), as: portal).status == .created)
        case .pushedRequest:
            let request = ["client_id": portal.identifier, "request_uri": requestURI]
            return gift(try await browser.get("/authorize", request).target?.isLoginPage)
        case .singleSignOn:
            return gift(try await browser.get("/authorize", portal.request(["prompt": "none"])).target?["code"] != nil)
        case .sessionsPage: return gift(try await browser.get("/sessions").text.contains("class=\"end-form\""))
        case .claimedLogin:
            // Another browser's cookies do not matter here: the login has its own.
            guard try await site.approve(approving: transaction, phone: phone),
                let code = try await browser.get(page + "/finish").target?["code"]
            else { return .nothing }
            return try await redeemed(portal.tokenRequest(code: code))
        case .code: return try await redeemed(portal.tokenRequest(code: code))
        case .refreshToken:
            let token = tokens["refresh_token"]?.string ?? ""
            return try await redeemed(["grant_type": "refresh_token", "refresh_token": token])
        case .userinfo: return try await userinfo(accessToken) ?? .nothing
        case .introspection:
            let answer = try await site.post("/introspect", form: ["token": accessToken], as: portal)
            return gift(answer.json["active"] == true)
        case .exchange:
            return try await redeemed([
                "grant_type": GrantType.tokenExchange.rawValue, "resource": EveryGrant.resource.rawValue,
                "subject_token_type": TokenExchangeRequest.accessTokenType, "subject_token": exchangeable,
            ])
        case .clientCredentials:
            return try await redeemed([
                "grant_type": "client_credentials", "resource": EveryGrant.resource.rawValue,
            ])
        case .deviceAuthorization:
            let answer = try await site.post("/device_authorization", form: ["scope": "openid"], as: portal)
            return gift(answer.status == .ok)
        case .approvedDeviceCode:
            return try await redeemed(["grant_type": GrantType.deviceCode.rawValue, "device_code": deviceCode])
        case .backChannel:
            // What comes back is the same for everybody and nobody (docs/decisions/0014).
            let form = ["scope": "openid", "login_hint": try tokens.idToken["sub"]?.string ?? ""]
            return gift(try await site.post("/bc-authorize", form: form, as: portal).status == .ok)
        case .approvedBackChannel: return try await redeemed(backChannel)
        case .deviceCall: return gift(try await site.call(phone, .get, "/device/v1/devices").status == .ok)
        case .attestationRenewal:
            return gift(try await site.call(phone, .post, "/device/v1/attestation", json: [:]).status == .ok)
        }
    }

    private var accessToken: String { tokens["access_token"]?.string ?? "" }

    private func gift(_ works: Bool?) -> Gift { works == true ? .something : .nothing }

    /// Tokens, and what they give at `/userinfo`: nothing there for a token that is for somebody else.
    private func redeemed(_ form: [String: String]) async throws -> Gift {
        let answer = try await site.post("/token", form: form, as: portal)
        #expect(answer.status.code < 500)
        #expect((answer.json["access_token"] != nil) == (answer.status == .ok))
        guard answer.status == .ok else { return .nothing }
        return try await userinfo(answer.json.text("access_token")) ?? .something
    }

    /// Nil where the token is not taken.
    private func userinfo(_ token: String) async throws -> Gift? {
        let answer = try await site.get("/userinfo", headers: [.authorization: "Bearer " + token])
        guard answer.status == .ok else { return nil }
        return answer.json["family_name"] == nil ? .something : .claims
    }
}

extension Site {
    /// Approves where that is still possible.
    fileprivate func approve(approving transaction: String, phone: TestPhone) async throws -> Bool {
        guard try await call(phone, .get, "/device/v1/logins/\(transaction)").status == .ok else { return false }
        return try await approve(transaction, phone: phone).status == .ok
    }
}

/// What is disabled gives nothing any more on any way. Zitadel CVE-2024-46999, CVE-2024-47000; authentik CVE-2025-53942;
/// Keycloak CVE-2026-1609.
@Suite(
    "Disabled objects do not work (Zitadel CVE-2024-46999, CVE-2024-47000; authentik CVE-2025-53942; Keycloak CVE-2026-1609)"
)
struct DisabledObjectTests {
    struct Object: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var portal = EveryGrant.herten
        /// What still works.
        let left: Set<LiveObjects.Path>
        /// What of that tells nothing of the person any more.
        var silent: Set<LiveObjects.Path> = []
        let disable: @Sendable (LiveObjects, TemporaryDatabase) async throws -> Void
    }

    /// What a person needs no portal for.
    private static let ofThePerson: Set<LiveObjects.Path> = [.sessionsPage, .deviceCall, .attestationRenewal]
    /// What a portal needs no person for.
    private static let ofThePortal: Set<LiveObjects.Path> = [
        .authorize, .par, .pushedRequest, .clientCredentials, .deviceAuthorization, .backChannel,
    ]

    /// The same portal, whose logins are for a service.
    private static let ofService: TestPortal = {
        var client = EveryGrant.herten.client
        client.services = [TestServices.dog.identifier]
        return TestPortal(EveryGrant.herten, as: client)
    }()

    /// For people who act for a company.
    private static let ofCompany: TestPortal = {
        var client = EveryGrant.herten.client
        client.services = [TestServices.parking.identifier]
        return TestPortal(EveryGrant.herten, as: client)
    }()

    /// For logins at *substantiell* alone.
    private static let substantial: TestPortal = {
        var client = EveryGrant.herten.client
        client.requiredLevel = .substantiell
        return TestPortal(EveryGrant.herten, as: client)
    }()

    static let objects: [Object] = [
        Object(testDescription: "nothing of a service", portal: ofService, left: Set(LiveObjects.Path.allCases)) {
            _, _ in
        },
        Object(testDescription: "nothing", left: Set(LiveObjects.Path.allCases)) { _, _ in },
        Object(testDescription: "the tenant is suspended", left: ofThePerson) { live, _ in
            try live.site.provider.changeRegion { region in
                for index in region.tenants.indices where region.tenants[index].identifier == TestRegion.herten {
                    region.tenants[index].state = .suspended
                }
            }
        },
        Object(testDescription: "the client is removed", left: ofThePerson) { live, _ in
            try live.site.provider.changeRegion { region in
                region.clients.removeAll { $0.identifier == EveryGrant.herten.client.identifier }
            }
        },
        Object(testDescription: "the client is suspended", left: ofThePerson) { live, _ in
            try live.site.provider.change(EveryGrant.herten) { $0.state = .suspended }
        },
        Object(testDescription: "the client is retired", left: ofThePerson) { live, _ in
            try live.site.provider.change(EveryGrant.herten) { $0.state = .retired }
        },
        // Of a service that is over nothing is left but logins that are for none.
        Object(testDescription: "the service is suspended", portal: ofService, left: ofThePerson.union(ofThePortal)) {
            live, _ in
            try live.site.provider.change(TestServices.dog) { $0.state = .suspended }
        },
        Object(testDescription: "the service is retired", portal: ofService, left: ofThePerson.union(ofThePortal)) {
            live, _ in
            try live.site.provider.change(TestServices.dog) { $0.state = .retired }
        },
        Object(
            testDescription: "the town offers the service no more", portal: ofService,
            left: ofThePerson.union(ofThePortal)
        ) { live, _ in
            try live.site.provider.change(TestServices.dog) { $0.servedTenants = [TestRegion.marl] }
        },
        Object(testDescription: "the account is suspended", left: ofThePortal) { _, database in
            try database.execute("UPDATE account SET state = 'locked', lock_reason = 'authority'")
        },
        Object(testDescription: "the device is blocked", left: ofThePortal) { live, _ in
            let code: JSONObject = ["code": .string(live.phone.blockCode)]
            let answer = try await live.site.post("/device/v1/blocks", json: code)
            #expect(answer.status == .ok)
        },
        Object(
            // A login by phone makes a session of its own, whatever became of the browser's former one.
            testDescription: "the session is ended",
            left: ofThePortal.union([
                .deviceCall, .attestationRenewal, .claimedLogin, .approvedDeviceCode, .approvedBackChannel,
            ])
        ) { live, _ in
            let token = try await live.browser.get("/sessions").formToken
            let form = ["csrf": token, "session": live.session]
            let answer = try await live.browser.post("/sessions/end", form)
            #expect(answer.status == .seeOther)
        },
        // Other ways give what they gave; it is about the person no more, until they release it anew.
        Object(
            testDescription: "the release is withdrawn",
            left: Set(LiveObjects.Path.allCases).subtracting([.singleSignOn]),
            silent: LiveObjects.Path.telling.subtracting([.claimedLogin])
        ) { live, _ in
            let listed = try await live.site.call(live.phone, .get, "/account/v1/releases").json["releases"]?.array
            let release = try #require(listed?.first?.object?["release"]?.string)
            let answer = try await live.site.act(live.phone, "/releases/\(release)/withdrawal")
            #expect(answer.status == .ok)
        },
        Object(testDescription: "nothing of a level", portal: substantial, left: Set(LiveObjects.Path.allCases)) {
            _, _ in
        },
        // With it goes the session that reached more.
        Object(
            testDescription: "the person's level fell", portal: substantial,
            left: ofThePortal.union([.deviceCall, .attestationRenewal])
        ) { live, database in
            try database.execute("UPDATE evidence SET expires_at = \(live.site.now.seconds)")
            try await live.site.provider.provider.sweep(includingStore: true)
        },
        Object(testDescription: "nothing of a company", portal: ofCompany, left: Set(LiveObjects.Path.allCases)) {
            _, _ in
        },
        Object(
            testDescription: "the right to act for the company ended", portal: ofCompany,
            left: ofThePerson.union(ofThePortal)
        ) { live, _ in
            let story = try #require(live.story)
            _ = try await live.site.provider.companies.remove(
                story.member, from: story.company, by: live.site.provider.verified(story.ada))
        },
        Object(testDescription: "the mandate is revoked", portal: ofCompany, left: ofThePerson.union(ofThePortal)) {
            live, _ in
            let story = try #require(live.story)
            let ada = try await live.site.provider.verified(story.ada).account.identifier
            for record in try await live.site.provider.provider.mandates.mandates(of: story.company, for: ada) {
                _ = try await story.revoke(record, by: story.ada)
            }
        },
        Object(testDescription: "the company is closed", portal: ofCompany, left: ofThePerson.union(ofThePortal)) {
            live, _ in
            let story = try #require(live.story)
            _ = try await live.site.provider.companies.close(
                story.company, by: live.site.provider.verified(story.ada))
        },
    ]

    @Test("each live path after each disabled object", arguments: objects)
    func disabled(object: Object) async throws {
        let database = try TemporaryDatabase()
        let provider = try await TestProvider.withEveryGrant(store: SQLiteStore(path: database.path), companies: nil)
        try provider.changeRegion { $0.services += [TestServices.dog, TestServices.parking] }
        try provider.change(EveryGrant.herten) { $0 = object.portal.client }
        try await Site.serve(provider) { site in
            let live = try await LiveObjects(site, object.portal)
            try await object.disable(live, database)
            for path in LiveObjects.Path.allCases {
                let gift = try await live.gift(of: path)
                let tells = LiveObjects.Path.telling.contains(path) && !object.silent.contains(path)
                #expect(
                    gift == (!object.left.contains(path) ? .nothing : tells ? .claims : .something),
                    "\(path)")
            }
        }
    }

    @Test("a registration that was removed: no login, no token, no code, no refresh, and its own token is nothing")
    func registration() async throws {
        let provider = try await TestProvider.withEveryGrant()
        let phone = try await provider.enrolledPhone()
        try await Site.serve(provider) { site in
            let key = SigningKey.makeES256()
            let grants: JSONValue = ["authorization_code", "refresh_token"]
            let made = try await provider.register(TestRegistrant.keyed(key, ["grant_types": grants]))
            let name = try #require(made["client_id"]?.string)
            let own = try #require(made["registration_access_token"]?.string)
            var client = TestProfiles.baseline.client
            client.identifier = try #require(ClientIdentifier(rawValue: name))
            client.redirectURIs = [try #require(RedirectURI(rawValue: TestRegistrant.redirectURI))]
            client.requiresPushedAuthorizationRequests = made["require_pushed_authorization_requests"]?.bool != false
            let portal = TestPortal(client: client, key: key, secret: nil)
            let browser = Browser(site)
            let tokens = try await site.signIn(browser, at: portal, phone: phone)
            let code = try #require(try await site.ask(browser, at: portal)["code"])
            let uri = try await site.pushed(portal)
            let headers: HTTPFields = [.authorization: "Bearer " + own]
            let path = "/register/\(name)"
            #expect(try await site.client.execute(uri: path, method: .delete, headers: headers).status == .noContent)
            #expect(try await site.get(path, headers: headers).status == .unauthorized)
            let refresh = ["grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]?.string ?? ""]
            for form in [portal.tokenRequest(code: code), refresh] {
                let answer = try await site.post("/token", form: form, as: portal)
                #expect(answer.status == .unauthorized && answer.error == "invalid_client")
            }
            #expect(try await site.post("/par", form: portal.request(), as: portal).status == .unauthorized)
            for request in [portal.request(), ["client_id": name, "request_uri": uri]] {
                let answer = try await browser.get("/authorize", request)
                #expect(answer.status == .badRequest && answer.headers[.location] == nil)
            }
            let access = tokens["access_token"]?.string ?? ""
            let userinfo = try await site.get("/userinfo", headers: [.authorization: "Bearer " + access])
            #expect(userinfo.status == .unauthorized)
        }
    }

    @Test("a signing key that was retired and forgotten verifies nothing; what a phone's own key proves is renewed")
    func signingKey() async throws {
        let provider = try await TestProvider.withEveryGrant()
        let phone = try await provider.enrolledPhone()
        try await Site.serve(provider) { site in
            let browser = Browser(site)
            let hint = try await site.signIn(browser, at: EveryGrant.herten, phone: phone).idTokenText
            let custodian = provider.provider.keys
            try await custodian.rotate(.es256, evenIfUnpublished: true)
            func isHint() async throws -> Bool {
                try await site.get("/logout", ["id_token_hint": hint]).status == .ok
            }
            func isAttested() async throws -> Bool {
                try await site.call(phone, .get, "/device/v1/devices").status == .ok
            }
            var (isUsable, isTaken) = (try await isHint(), try await isAttested())
            #expect(isUsable && isTaken, "a retired key still verifies")
            provider.clock.advance(Lifetime.retiredKey + 1)
            try await custodian.rotateIfDue()
            (isUsable, isTaken) = (try await isHint(), try await isAttested())
            #expect(!isUsable && !isTaken)
            // P-8.1
            #expect(try await site.call(phone, .post, "/device/v1/attestation", json: [:]).status == .ok)
        }
    }
}
