import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import SQLiteStore
import Testing

/// What a login at a client of one-for-all services is, in each of the towns that it serves.
@Suite("I28: a client of one-for-all services acts for the town that its request names")
struct OneForAllTests {
    private static let namespace = "https://id.region.example/claims/"
    private let portal = TestOneForAll.portal
    private let scope = "openid person residency"

    private func asking(_ town: TenantIdentifier?, _ more: [String: String?] = [:]) -> [String: String?] {
        ["served_tenant": town?.rawValue, "scope": scope].merging(more) { $1 }
    }

    @Test("I28: sub, tenant claim, answers about the town, the phone's text and the trail are the served town's")
    func townsApart() async throws {
        let provider = try await TestProvider.withOneForAll()
        let person = try await provider.registered(person: TestServices.erika)
        var subjects: [TenantIdentifier: String] = [:]
        for (town, name, key, isResident) in [
            (TestRegion.herten, "Stadt Herten", "05562020", true), (TestRegion.marl, "Stadt Marl", "05562024", false),
        ] {
            let login = try await provider.login(at: portal, asking(town))
            #expect(login.view?.tenantName == name)
            let device = try await provider.verified(person.phone)
            let request = try await provider.claimed(login, by: device)
            #expect(request.statement.portal.tenant == town && request.statement.portal.tenantName == name)
            #expect(request.statement.text.contains(name) && !request.statement.text.contains("Bottrop"))
            try await provider.answer(
                request, try person.phone.response(to: request, now: provider.now), by: device)
            let code = try #require(login.collect()?["code"])
            let tokens = try await provider.redeem(code, at: portal)
            let idToken = try unverifiedPayload(tokens.text("id_token"))
            #expect(
                idToken[Self.namespace + "tenant"]?.object
                    == ["id": .string(town.rawValue), "ags": .string(key), "name": .string(name)])
            #expect(idToken[Self.namespace + "predicates"]?.object == ["resident_here": .bool(isResident)])
            let access = try unverifiedPayload(tokens.text("access_token"))
            #expect(access[Self.namespace + "tenant"]?.object == ["id": .string(town.rawValue)])
            subjects[town] = try idToken.text("sub")
        }
        // Each town's own portals know the person under the same name, and the two towns under two.
        #expect(try await provider.subject(of: person.phone, at: TestRegion.basic) == subjects[TestRegion.herten])
        #expect(try await provider.subject(of: person.phone, at: TestRegion.post) == subjects[TestRegion.marl])
        #expect(subjects[TestRegion.herten] != subjects[TestRegion.marl])
    }

    @Test("I28: what happens is in the served town's trail and not in its publisher's")
    func trail() async throws {
        let provider = try await TestProvider.withOneForAll()
        let phone = try await provider.enrolledPhone()
        let signedIn = try await provider.signIn(at: portal, phone: phone, asking(TestRegion.marl))
        _ = try await provider.refresh(signedIn.tokens, at: portal)
        let login = try await provider.login(at: portal, asking(TestRegion.marl))
        let device = try await provider.verified(phone)
        let request = try await provider.claimed(login, by: device)
        try await provider.answer(request, try phone.response(to: request, .report, now: provider.now), by: device)
        func kinds(_ town: TenantIdentifier) async throws -> Set<String> {
            Set(try await provider.provider.audit.page(of: .tenant(town)).entries.map(\.kind))
        }
        #expect(
            try await kinds(TestRegion.marl)
                == [
                    "session.created", "auth.approved", "release.granted", "token.issued", "token.refreshed",
                    "auth.reported",
                ])
        #expect(try await kinds(TestOneForAll.bottrop).isEmpty)
    }

    @Test("I28, I32: a session releases to no town what was released to another, and each town keeps its own sub")
    func singleSignOn() async throws {
        let provider = try await TestProvider.withOneForAll()
        let phone = try await provider.enrolledPhone()
        let herten = try await provider.signIn(at: portal, phone: phone, asking(TestRegion.herten))
        let silent = asking(TestRegion.marl, ["prompt": "none"])
        guard case .refused(let error, _) = try await provider.enter(portal, silent, cookie: herten.cookie) else {
            Issue.record("Marl got what Herten was given")
            return
        }
        #expect(error.code == .consentRequired)
        let marl = try await provider.signIn(
            at: portal, phone: phone, cookie: herten.cookie, asking(TestRegion.marl))
        for (town, first) in [(TestRegion.herten, herten), (TestRegion.marl, marl)] {
            let again = try await provider.signIn(
                at: portal, phone: phone, cookie: marl.cookie, asking(town, ["prompt": "none"]))
            #expect(again.idToken["sub"] == first.idToken["sub"])
            #expect(again.idToken["sid"] == first.idToken["sid"])
        }
        #expect(herten.idToken["sid"] != marl.idToken["sid"], "one session, under a name for each town")
        #expect(herten.idToken["sub"] != marl.idToken["sub"])
        // Another town is no other hat.
        let kinds = try await provider.provider.audit.page(of: .tenant(TestRegion.marl)).entries.map(\.kind)
        #expect(!kinds.contains("context.switched"))
        // People see both towns where they are signed in.
        let account = try await provider.verified(phone).account.identifier
        let session = try #require(try await provider.store.sessions(of: account, now: provider.now).first)
        let portals = try await provider.store.portals(of: session.identifier)
        #expect(portals.map(\.tenant) == [TestRegion.herten, TestRegion.marl])
        let list = try #require(try await provider.provider.sessionList.list(cookie: marl.cookie))
        #expect(
            list.entries.flatMap(\.portals)
                == ["Portal einer-fuer-alle (Stadt Herten)", "Portal einer-fuer-alle (Stadt Marl)"])
    }

    @Test("I28: a hint names a person to the town of its token, and to no other")
    func hint() async throws {
        let provider = try await TestProvider.withOneForAll()
        let phone = try await provider.enrolledPhone()
        let herten = try await provider.signIn(at: portal, phone: phone, asking(TestRegion.herten))
        let hint = try herten.tokens.text("id_token")
        guard
            case .code = try await provider.enter(
                portal, asking(TestRegion.herten, ["id_token_hint": hint]), cookie: herten.cookie),
            case .refused(let error, let reason) = try await provider.enter(
                portal, asking(TestRegion.marl, ["id_token_hint": hint]), cookie: herten.cookie)
        else {
            Issue.record("the hint of one town counts in another, or not in its own")
            return
        }
        #expect(error.code == .invalidRequest && reason == .hintUnusable)
        // To sign out the town need not be served any more.
        try provider.adopted(by: [TestRegion.marl])
        let out = FormParameters(["id_token_hint": hint, "post_logout_redirect_uri": portal.logoutURI])
        let answer = try await provider.provider.logout.begin(out, cookie: herten.cookie)
        guard case .signedOut(let back?) = answer else {
            Issue.record("not signed out: \(answer)")
            return
        }
        #expect(back.location == portal.logoutURI)
    }

    @Test("I28: refreshed tokens, userinfo and introspection stay with the town")
    func laterCalls() async throws {
        let provider = try await TestProvider.withOneForAll()
        let phone = try await provider.enrolledPhone()
        let signedIn = try await provider.signIn(at: portal, phone: phone, asking(TestRegion.marl))
        let fresh = try await provider.refresh(signedIn.tokens, at: portal)
        let idToken = SignedIn.payload(fresh)
        #expect(idToken["sub"] == signedIn.idToken["sub"])
        #expect(idToken[Self.namespace + "tenant"]?.object?["id"] == "marl")
        let access = try fresh.text("access_token")
        #expect(try await provider.userinfo(access)["sub"] == idToken["sub"])
        for token in [access, try fresh.text("refresh_token")] {
            let answer = try await introspected(token, provider)
            #expect(answer["active"] == true && answer["sub"] == idToken["sub"])
            #expect(answer[Self.namespace + "tenant"]?.object == ["id": "marl"])
        }
    }

    private func introspected(_ token: String, _ provider: TestProvider) async throws -> JSONObject {
        try await provider.provider.introspection.inquire(
            TokenInquiry(parameters: FormParameters(["token": token])), by: try await provider.authenticated(portal))
    }

    @Test("I28: with the adoption ends all that came of it; asking spends a code, and no refresh token")
    func adoptionEnds() async throws {
        let provider = try await TestProvider.withOneForAll()
        let phone = try await provider.enrolledPhone()
        let signedIn = try await provider.signIn(at: portal, phone: phone, asking(TestRegion.herten))
        let other = try await provider.signIn(at: portal, phone: phone, asking(TestRegion.marl))
        let code = try await provider.code(at: portal, phone: phone, asking(TestRegion.herten))
        let pushed = try await provider.provider.authorization.push(
            FormParameters(portal.request(asking(TestRegion.herten))), by: try await provider.authenticated(portal))
        let forFiles = asking(
            TestRegion.herten, ["resource": TestGrants.files.rawValue, "scope": "openid person"])
        let subject = try await provider.granted(at: portal, phone: phone, forFiles).text("access_token")
        let exchanged = try await provider.exchanged(
            subject, to: TestGrants.archive, by: TestGrants.filesService
        ).text("access_token")
        let refresh = try signedIn.tokens.text("refresh_token")

        try provider.adopted(by: [TestRegion.marl])
        let calls: [(String, OAuthError.Code, Refusal, () async throws -> Void)] = [
            ("the code", .invalidGrant, .tenantNotServed, { _ = try await provider.redeem(code, at: portal) }),
            (
                "the refresh token", .invalidGrant, .tenantNotServed,
                { _ = try await provider.refreshed(refresh, at: portal) }
            ),
            (
                "userinfo", .invalidToken, .tenantNotServed,
                { _ = try await provider.userinfo(signedIn.accessToken) }
            ),
            (
                "the exchange", .invalidRequest, .tenantNotServed,
                { _ = try await provider.exchanged(subject, to: TestGrants.archive, by: TestGrants.filesService) }
            ),
            (
                "what was exchanged", .invalidRequest, .tenantNotServed,
                { _ = try await provider.exchanged(exchanged, to: TestGrants.vault, by: TestGrants.archiveService) }
            ),
        ]
        for (name, code, reason, call) in calls {
            let refusal = try await provider.refusal(call)
            #expect(refusal?.error.code == code && refusal?.reason == reason, "\(name): \(String(describing: refusal))")
        }
        for token in [signedIn.accessToken, refresh] {
            #expect(try await introspected(token, provider) == ["active": false])
        }
        let reference = FormParameters(["client_id": portal.identifier, "request_uri": pushed.text])
        await #expect(throws: AuthorizationRefusal.self) {
            _ = try await provider.provider.authorization.authorize(reference)
        }
        // The other town goes on.
        _ = try await provider.refresh(other.tokens, at: portal)

        try provider.adopted(by: [TestRegion.herten, TestRegion.marl])
        _ = try await provider.refreshed(refresh, at: portal)
        #expect(try await provider.refusal { _ = try await provider.redeem(code, at: portal) } != nil, "it is spent")
    }

    @Test("I28: a code gives no tokens while its town or its client's own is suspended; the town's refusal spends it")
    func townSuspended() async throws {
        let provider = try await TestProvider.withOneForAll()
        let phone = try await provider.enrolledPhone()
        func set(_ town: TenantIdentifier, _ state: TenantState) throws {
            try provider.changeRegion { region in
                for index in region.tenants.indices where region.tenants[index].identifier == town {
                    region.tenants[index].state = state
                }
            }
        }
        for (town, code, reason, isSpent) in [
            (TestRegion.herten, OAuthError.Code.invalidGrant, Refusal.tenantNotServed, true),
            // Its client is unknown, and proves nothing to anybody.
            (TestOneForAll.bottrop, .invalidClient, .unknownClient, false),
        ] {
            let text = try await provider.code(at: portal, phone: phone, asking(TestRegion.herten))
            try set(town, .suspended)
            let refusal = try await provider.refusal { _ = try await provider.redeem(text, at: portal) }
            #expect(refusal?.error.code == code && refusal?.reason == reason, "\(town)")
            try set(town, .live)
            let again = try await provider.refusal { _ = try await provider.redeem(text, at: portal) }
            #expect((again != nil) == isSpent, "\(town): \(String(describing: again))")
        }
    }

    @Test("I28: what an exchanged token says of the town is the grant's")
    func exchange() async throws {
        let provider = try await TestProvider.withOneForAll()
        let phone = try await provider.enrolledPhone()
        let forFiles = asking(
            TestRegion.marl, ["resource": TestGrants.files.rawValue, "scope": "openid person"])
        let first = try await provider.granted(at: portal, phone: phone, forFiles).text("access_token")
        let second = try await provider.exchanged(first, to: TestGrants.archive, by: TestGrants.filesService)
        let third = try await provider.exchanged(
            second.text("access_token"), to: TestGrants.vault, by: TestGrants.archiveService)
        for text in [first, try second.text("access_token"), try third.text("access_token")] {
            #expect(try unverifiedPayload(text)[Self.namespace + "tenant"]?.object == ["id": "marl"])
        }
        // The town of an ordinary portal follows from the client, and its tokens say nothing more.
        let plain = try await provider.granted(at: TestRegion.basic, phone: phone).text("access_token")
        #expect(try unverifiedPayload(plain)[Self.namespace + "tenant"] == nil)
    }

    @Test("I28, I30: what the town adopted more strictly holds there and not elsewhere")
    func levels() async throws {
        let provider = try await TestProvider.withOneForAll()
        try provider.changeRegion { region in
            for index in region.tenants.indices where region.tenants[index].identifier == TestRegion.marl {
                region.tenants[index].floor = .substantiell
            }
        }
        let phone = try await provider.enrolledPhone()
        _ = try await provider.code(at: portal, phone: phone, asking(TestRegion.herten))
        let refusal = await #expect(throws: DeviceRefusal.self) {
            _ = try await provider.code(at: portal, phone: phone, asking(TestRegion.marl))
        }
        #expect(refusal?.reason == .levelUnreachable)
    }

    @Test("I28: every login is for a service that the town adopted")
    func services() async throws {
        let companies = TestCompanies()
        let provider = try await TestProvider.withOneForAll(companies: companies)
        let phone = try await provider.enrolledPhone()
        companies.add(try await provider.verified(phone).account.identifier)
        let workshop = TestOneForAll.workshop
        func refused(_ town: TenantIdentifier, _ scope: String) async throws -> OAuthError.Code? {
            do {
                _ = try await provider.login(at: workshop, ["served_tenant": town.rawValue, "scope": scope])
                return nil
            } catch AuthorizationRefusal.redirect(let error, _, _) { return error.code }
        }
        #expect(try await refused(TestRegion.herten, "openid") == .invalidScope, "two, and none named")
        #expect(try await refused(TestRegion.marl, "openid service:handwerkerausweis") == .invalidScope)
        #expect(try await refused(TestRegion.marl, "openid") == nil, "one alone is every login's")
        let signedIn = try await provider.signIn(
            at: workshop, phone: phone,
            ["served_tenant": "herten", "scope": "openid person org service:handwerkerausweis"])
        let acting = try #require(signedIn.idToken[Self.namespace + "acting_for"]?.object)
        #expect(acting["sub"] == "muster.sectorherten", "the company is known by its name in the served town's sector")
        // In another town the person as such is no change of the hat worn in this one.
        _ = try await provider.signIn(
            at: workshop, phone: phone, cookie: signedIn.cookie,
            ["served_tenant": "marl", "scope": "openid person service:anwohnerausweis"])
        let kinds = try await provider.provider.audit.page(of: .tenant(TestRegion.marl)).entries.map(\.kind)
        #expect(kinds.contains("auth.approved") && !kinds.contains("context.switched"))
    }
}
