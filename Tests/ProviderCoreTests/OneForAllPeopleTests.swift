import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import SQLiteStore
import Testing

/// What people see and take back of a portal that serves several towns, and what each town hears at the end.
@Suite("I28: people and a portal that serves several towns")
struct OneForAllPeopleTests {
    private let portal = TestOneForAll.portal

    /// Somebody who is signed in for two towns in one session.
    private func signedIn(
        _ provider: TestProvider, _ person: RegisteredPerson
    ) async throws -> (herten: SignedIn, marl: SignedIn) {
        let herten = try await provider.signIn(
            at: portal, phone: person.phone, ["served_tenant": "herten", "scope": "openid person"])
        let marl = try await provider.signIn(
            at: portal, phone: person.phone, cookie: herten.cookie,
            ["served_tenant": "marl", "scope": "openid person"])
        return (herten, marl)
    }

    /// How a portal stops serving a town.
    private enum End: CaseIterable {
        case adoptionOver
        /// It serves its own town alone from now on.
        case ordinary

        func come(to portal: TestPortal, _ provider: TestProvider) throws {
            switch self {
            case .adoptionOver: try provider.adopted(by: [TestRegion.marl])
            case .ordinary: try provider.change(portal) { $0.servedTenants = [] }
            }
        }
    }

    private actor Sent {
        var tokens: [JSONObject] = []
        func note(_ token: JSONObject) { tokens.append(token) }
    }

    private func deliver(_ provider: TestProvider) async throws -> [JSONObject] {
        let sent = Sent()
        try await provider.provider.logoutDeliveries.deliverDue { form, _ in
            await sent.note(try unverifiedPayload(form["logout_token"]))
            return 200
        }
        return await sent.tokens
    }

    @Test("I28, I37: a release is one town's; taken back there, it goes on in the other")
    func releases() async throws {
        let provider = try await TestProvider.withOneForAll()
        let person = try await provider.registered()
        let (herten, marl) = try await signedIn(provider, person)
        let flow = provider.provider.selfService.releases.flow
        let listed = try await flow.list(of: person.account)
        #expect(Set(listed.map(\.tenantName)) == ["Stadt Herten", "Stadt Marl"])
        #expect(listed.allSatisfy { $0.portal == "Portal einer-fuer-alle" && $0.service?.german == "Anwohnerausweis" })
        let release = try #require(listed.first { $0.tenantName == "Stadt Herten" }?.release)
        #expect(try await flow.withdraw(release.identifier, of: person.account, transaction: .random(bytes: 16)))
        #expect(try await provider.userinfo(herten.accessToken)["given_name"] == nil)
        #expect(try await provider.userinfo(marl.accessToken)["given_name"] == "Erika")
        let trail = try await provider.provider.audit.page(of: .tenant(TestRegion.herten)).entries.map(\.kind)
        #expect(trail.contains("release.withdrawn"))
    }

    @Test("I28: at a logout the portal hears of each town by the name that the person has there")
    func logout() async throws {
        let provider = try await TestProvider.withOneForAll()
        let person = try await provider.registered()
        let (herten, marl) = try await signedIn(provider, person)
        try await provider.signOut(marl.cookie)
        let tokens = try await deliver(provider)
        #expect(
            Set(tokens.map { $0["sub"]?.string })
                == [herten.idToken["sub"]?.string, marl.idToken["sub"]?.string])
        #expect(
            Set(tokens.map { $0["sid"]?.string })
                == [herten.idToken["sid"]?.string, marl.idToken["sid"]?.string])
        #expect(tokens.count == 2)
    }

    @Test(
        "I28, I39: after an erasure the portal hears of every town that it served, also of those that it serves no more",
        arguments: End.allCases)
    private func erasure(end: End) async throws {
        let provider = try await TestProvider.withOneForAll()
        let person = try await provider.registered()
        let (herten, marl) = try await signedIn(provider, person)
        _ = try await provider.provider.erasures.close(person.account, visit: provider.visit())
        _ = try await deliver(provider)
        try end.come(to: portal, provider)
        provider.clock.advance(RetentionPolicy().closing)
        try await provider.provider.erasures.sweep()
        let tokens = try await deliver(provider)
        #expect(
            tokens.map { $0["sub"]?.string ?? "" }.sorted()
                == [herten, marl].map { $0.idToken["sub"]?.string ?? "" }.sorted())
        #expect(tokens.allSatisfy { $0["sid"] == nil })
    }

    @Test(
        "I28, I39: the export says which town is responsible, also for what it was served with once",
        arguments: End.allCases)
    private func export(end: End) async throws {
        let provider = try await TestProvider.withOneForAll()
        let person = try await provider.registered()
        _ = try await signedIn(provider, person)
        try end.come(to: portal, provider)
        let export = try await provider.provider.exports.export(of: person.account, visit: provider.visit()).document
        for section in ["logins", "releases"] {
            let rows = (export[section]?.array ?? []).compactMap(\.object)
            #expect(Set(rows.map { $0["controller"]?.string }) == ["herten", "marl"], "\(section)")
            #expect(rows.allSatisfy { $0["controller"] == $0["tenant"] })
        }
        let responsible = (export["controllers"]?.array ?? []).compactMap(\.object).filter {
            $0["responsible_for"]?.strings?.contains(portal.identifier) == true
        }
        // What names no town is an ordinary portal's own town's.
        let own = end == .ordinary ? ["bottrop"] : []
        #expect(responsible.map { $0["tenant"]?.string } == ["herten", "marl"] + own)
    }

    @Test("I28, I24: each town sees the sessions that are its own, by its own names, and the publisher sees none")
    func administration() async throws {
        let provider = try await TestProvider.withOneForAll()
        let person = try await provider.registered()
        let (herten, marl) = try await signedIn(provider, person)
        let registry = Registry(region: provider.provider.registry.region)
        for (own, other, local) in [
            (herten, marl, TestRegion.basic), (marl, herten, TestRegion.post), (nil, herten, portal),
        ] as [(SignedIn?, SignedIn, TestPortal)] {
            let scope = try #require(registry.resolve(local.client.identifier)).scope
            let town = scope.tenant.identifier
            if let own {
                let subject = try #require(SubjectIdentifier(rawValue: try own.idToken.text("sub")))
                let sessions = try await provider.store.sessions(of: subject, in: scope, now: provider.now)
                #expect(sessions.map(\.clients) == [[portal.client.identifier]], "\(town)")
            }
            let foreign = try #require(SubjectIdentifier(rawValue: try other.idToken.text("sub")))
            #expect(try await provider.store.sessions(of: foreign, in: scope, now: provider.now).isEmpty, "\(town)")
        }
    }
}
