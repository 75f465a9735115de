import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderHarness
import SQLiteStore
import Testing

@testable import ProviderCore

/// An employee of a company that serves several others: each of them is a hat of its own.
@Suite("One acting context for each membership and company")
struct ServingContextTests {
    private static let namespace = "https://id.region.example/claims/"
    private let parking = "openid org mandate"

    /// Carla works for a service company to which two companies have given mandates; she has one of each.
    struct Office {
        let story: MandateStory
        let service: MandateStory.ServiceCompany
        let second: CompanyIdentifier

        init() async throws {
            let provider = try await TestProvider(companies: nil)
            try provider.changeRegion {
                $0.services = [TestServices.parking, MandateStory.building]
                $0.clients.append(TestServices.garage.client)
            }
            story = try await MandateStory(provider: provider)
            service = try await story.serviceCompany()
            let erik = try await provider.person("Erik", "Zweiter", born: "1971-07-07")
            second = try await provider.registeredCompany(
                [erik], details: TestCompany.registered("Zweite GmbH", number: "888"))
            try await delegate(from: story.company, by: story.ada)
            try await delegate(from: second, by: erik)
        }

        private func delegate(from grantor: CompanyIdentifier, by director: TestPerson) async throws {
            let parent = try await story.propose(by: director) {
                $0.grantor = grantor
                $0.grantee = .company(service.company)
                $0.mayDelegate = true
            }
            try await story.propose(by: service.director) {
                $0.grantor = service.company
                $0.grantee = .membership(service.member)
                $0.parent = parent.mandate.identifier
            }
        }

        func offered() async throws -> [ContextDescription] {
            let login = try await story.provider.login(at: TestServices.garage, ["scope": "openid org mandate"])
            return try await story.provider.claimed(login, by: story.provider.verified(service.employee))
                .statement.contexts
        }
    }

    @Test("I20: the person chooses for which of the companies that their own serves, and the token is about that one")
    func choice() async throws {
        let office = try await Office()
        let offered = try await office.offered()
        let names = offered.compactMap(\.name).sorted()
        #expect(names == ["Muster Elektrotechnik GmbH", "Zweite GmbH"])
        #expect(Set(offered.map(\.context)).count == 2)
        var subjects: Set<String> = []
        for description in offered {
            let signedIn = try await office.story.provider.signIn(
                at: TestServices.garage, phone: office.service.employee.phone, ["scope": parking],
                context: description.context)
            let company = signedIn.idToken[Self.namespace + "acting_for"]?.object
            #expect(company?["organization_name"]?.string == description.name)
            subjects.insert(try #require(signedIn.idToken["sub"]?.string))
            // The grant is read back with the same company.
            let userinfo = try await office.story.provider.userinfo(signedIn.accessToken)
            #expect(userinfo[Self.namespace + "acting_for"]?.object == company)
        }
        #expect(subjects.count == 1, "I21: the human's name is that of the membership")
    }

    @Test("I17: nobody logs in for a service that costs more than the mandate allows")
    func price() async throws {
        let office = try await Office()
        for (amount, isOffered) in [(Int64(50000), true), (50001, false)] {
            try office.story.provider.change(TestServices.parking) { $0.amount = amount }
            if isOffered {
                #expect(try await office.offered().count == 2)
            } else {
                // Of the companies that the own one serves nothing is told.
                let obstacle = ActingObstacle(reason: "no_mandate", company: "Schreibbüro Nord GmbH")
                await #expect(
                    throws: DeviceRefusal(.contextUnavailable, .contextUnavailable, obstacle: obstacle)
                ) {
                    try await office.offered()
                }
            }
        }
    }

    @Test(
        "who may act for none of the own companies hears the nearest reason, and the portal hears no more than before")
    func obstacle() async throws {
        let provider = try await TestProvider(companies: nil)
        try provider.changeRegion {
            $0.services = [TestServices.parking, MandateStory.building]
            $0.clients.append(TestServices.garage.client)
        }
        let story = try await MandateStory(provider: provider)
        func refused(_ person: TestPerson, _ obstacle: ActingObstacle?) async throws {
            let login = try await provider.login(at: TestServices.garage, ["scope": parking])
            await #expect(throws: DeviceRefusal(.contextUnavailable, .contextUnavailable, obstacle: obstacle)) {
                _ = try await provider.claimed(login, by: provider.verified(person))
            }
            let answer = try #require(login.collect())
            #expect(answer["error"] == "access_denied")
            #expect(answer["error_description"] == "the person may use this service in no context that it allows")
        }
        let company = "Muster Elektrotechnik GmbH"
        try await refused(story.max, ActingObstacle(reason: "no_mandate", company: company))
        try await story.propose(by: story.ada) {
            $0.powers.scopes = [MandateScope(rawValue: "building.application")!]
        }
        try await refused(story.max, ActingObstacle(reason: "scope_not_covered", company: company))
        try await story.propose(by: story.ada)
        try provider.change(TestServices.parking) { $0.amount = 50001 }
        // The nearer reason goes before the other mandate's.
        try await refused(
            story.max,
            ActingObstacle(
                reason: "amount_exceeded", company: company, limit: "500.00 EUR", price: "500.01 EUR"))
        // Somebody else's companies are none of theirs.
        let stranger = try await provider.person("Sven", "Fremd", born: "1979-09-09")
        try await refused(stranger, nil)
    }

    @Test("a release for one of the companies is none for another")
    func releases() async throws {
        let office = try await Office()
        for description in try await office.offered() {
            _ = try await office.story.provider.signIn(
                at: TestServices.garage, phone: office.service.employee.phone, ["scope": parking],
                context: description.context)
        }
        let account = try await office.story.provider.verified(office.service.employee).account.identifier
        let releases = try await office.story.provider.store.releases(of: account)
        #expect(Set(releases.map(\.key.context)).count == 2)
    }

    @Test("I18: one of the companies ends its mandate, and the context for the other stands")
    func oneEnds() async throws {
        let office = try await Office()
        let offered = try await office.offered()
        let first = try #require(offered.first { $0.name == "Muster Elektrotechnik GmbH" })
        let signedIn = try await office.story.provider.signIn(
            at: TestServices.garage, phone: office.service.employee.phone, ["scope": parking], context: first.context)
        let ada = try await office.story.provider.verified(office.story.ada)
        let given = try await office.story.provider.provider.mandates.mandates(
            of: office.story.company, for: ada.account.identifier)
        for record in given where record.mandate.parent == nil {
            _ = try await office.story.revoke(record, by: office.story.ada)
        }
        #expect(try await office.offered().map(\.name) == ["Zweite GmbH"])
        await #expect(throws: ClientRefusal.self) { try await office.story.provider.userinfo(signedIn.accessToken) }
    }

    /// An employee with a mandate of the own company, at the real directory.
    private func employee() async throws -> (story: MandateStory, mandate: MandateIdentifier, context: ContextName) {
        let provider = try await TestProvider(companies: nil)
        try provider.changeRegion {
            $0.services = [TestServices.parking, MandateStory.building]
            $0.clients.append(TestServices.garage.client)
        }
        let story = try await MandateStory(provider: provider)
        let mandate = try await story.propose(by: story.ada).mandate.identifier
        return (story, mandate, ContextName(membership: story.member))
    }

    @Test("a login for a company, with the phone or in silence, is in its trail: who, where, by which mandate")
    func trail() async throws {
        let (story, mandate, context) = try await employee()
        let provider = story.provider
        let first = try await provider.signIn(
            at: TestServices.garage, phone: story.max.phone, ["scope": parking], context: context)
        guard
            case .code(let code) = try await provider.enter(
                TestServices.garage, ["scope": parking], cookie: first.cookie)
        else {
            Issue.record("the session did not answer in silence")
            return
        }
        _ = try await provider.redeem(code, at: TestServices.garage)
        let company = try await provider.companies.administered(
            story.company, by: try await provider.verified(story.ada))
        let page = try await provider.provider.audit.page(of: company).events
        let uses = page.filter { $0.entry.kind == "mandate.used" }
        #expect(uses.count == 2, "one event for each login")
        for use in uses {
            #expect(use.member == story.member && use.entry.object == mandate.rawValue)
            #expect(use.entry.chain == AuditChain(TestRegion.herten) && use.entry.transaction != nil)
        }
        // I21: the phone, the session and the tokens of the login are the employee's own.
        #expect(
            !page.contains { event in
                ["auth", "context", "session", "token"].contains { event.entry.kind.hasPrefix($0 + ".") }
            })
        // The person reads for whom it was.
        let account = try await provider.verified(story.max).account.identifier
        let own = try await provider.provider.selfService.audit.page(of: account).events
        func text(_ kind: String) -> String? { own.first { $0.entry.kind == kind }?.what.text(.german) }
        #expect(text("context.chosen") == "Sie handelten für „Muster Elektrotechnik GmbH“.")
        #expect(text("mandate.used") == "Für „Muster Elektrotechnik GmbH“ wurde gehandelt.")
    }

    /// What ends a right to act, or lets it rest, and what brings it back.
    struct Ending: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let ends: @Sendable (MandateStory, MandateIdentifier) async throws -> Void
        let returns: @Sendable (MandateStory, MandateIdentifier) async throws -> Void

        init(
            _ name: String, _ ends: @escaping @Sendable (MandateStory, MandateIdentifier) async throws -> Void,
            back returns: @escaping @Sendable (MandateStory, MandateIdentifier) async throws -> Void = { _, _ in }
        ) {
            (testDescription, self.ends, self.returns) = (name, ends, returns)
        }

        static let all = [
            Ending("the company is frozen") { story, _ in
                try await story.provider.companies.freeze(story.company, for: .dispute, by: TestCompany.clerk)
            } back: { story, _ in
                let proof: JSONObject = [
                    "as_of": .string(story.provider.today), "level": "substantiell", "method": "register_extract",
                ]
                try await story.provider.companies.cure(
                    story.company, proof: proof, appointing: nil, by: TestCompany.clerk)
            },
            Ending("the membership is suspended") { story, _ in
                try await story.provider.companies.suspend(
                    story.member, in: story.company, by: try await story.provider.verified(story.ada))
            } back: { story, _ in
                try await story.provider.companies.resume(
                    story.member, in: story.company, by: try await story.provider.verified(story.ada))
            },
            Ending("the consent is withdrawn") { story, _ in
                try await story.provider.companies.setConsent(
                    false, in: story.company, by: try await story.provider.verified(story.max))
            } back: { story, _ in
                try await story.provider.companies.setConsent(
                    true, in: story.company, by: try await story.provider.verified(story.max))
            },
            Ending("the mandate rests") { story, mandate in
                _ = try await story.provider.provider.mandates.suspend(
                    mandate, by: try await story.provider.verified(story.ada))
            } back: { story, mandate in
                _ = try await story.provider.provider.mandates.resume(
                    mandate, by: try await story.provider.verified(story.ada))
            },
            Ending("the mandate is revoked") { story, mandate in
                _ = try await story.provider.provider.mandates.revoke(
                    mandate, by: try await story.provider.verified(story.ada))
            },
            Ending("the membership ends") { story, _ in
                try await story.provider.companies.leave(
                    story.company, by: try await story.provider.verified(story.max))
            },
            Ending("the company closes") { story, _ in
                _ = try await story.provider.companies.close(
                    story.company, by: try await story.provider.verified(story.ada))
            },
        ]
    }

    @Test(
        "I18: code, access and refresh token end with the right to act, and stay ended when it comes back",
        arguments: Ending.all)
    func stayEnded(ending: Ending) async throws {
        let (story, mandate, context) = try await employee()
        let (provider, portal) = (story.provider, TestServices.garage)
        let signedIn = try await provider.signIn(
            at: portal, phone: story.max.phone, ["scope": parking], context: context)
        guard
            case .code(let code) = try await provider.enter(portal, ["scope": parking], cookie: signedIn.cookie)
        else {
            Issue.record("the session did not answer in silence")
            return
        }
        let refreshToken = try #require(signedIn.tokens["refresh_token"]?.string)
        func isActive(_ token: String) async throws -> Bool {
            try await provider.provider.introspection.inquire(
                TokenInquiry(parameters: FormParameters(["token": token])), by: provider.authenticated(portal)
            )["active"] == true
        }
        #expect(try await isActive(signedIn.accessToken))
        #expect(try await isActive(refreshToken))
        func expectNothing(_ when: Comment) async throws {
            for token in [signedIn.accessToken, refreshToken] {
                let isLive = try await isActive(token)
                #expect(!isLive, when)
            }
            await #expect(throws: ClientRefusal.self, when) { try await provider.userinfo(signedIn.accessToken) }
            await #expect(throws: ClientRefusal.self, when) { try await provider.refresh(signedIn.tokens, at: portal) }
        }
        try await ending.ends(story, mandate)
        try await expectNothing("at its end")
        try await ending.returns(story, mandate)
        try await expectNothing("when it is back")
        await #expect(throws: ClientRefusal.self) { try await provider.redeem(code, at: portal) }
        let revoked = try await provider.auditTrail().filter { $0.kind == "token.revoked" }
        #expect(revoked.count == 2 && revoked.allSatisfy { $0.actor == "system" && $0.tenant == "herten" })
        // The session is the person's own, and goes on.
        #expect(try await provider.sessions(of: story.max.phone).count == 1)
    }

    @Test("I18: what the register let a director do alone ends when an extract names two together, and stays ended")
    func registerEnds() async throws {
        let (story, _, _) = try await employee()
        let (provider, portal) = (story.provider, TestServices.garage)
        let seat = try await provider.membership(of: story.ada, in: story.company)
        let signedIn = try await provider.signIn(
            at: portal, phone: story.ada.phone, ["scope": parking], context: ContextName(membership: seat))
        let bob = try await provider.person("Bob", "Zweiter", born: "1970-01-31")
        for powers in [[story.ada.power(joint: 2), bob.power(joint: 2)], [story.ada.power()]] {
            try await provider.companies.record(
                extract: provider.extract(powers), of: story.company, by: TestCompany.clerk)
            await #expect(throws: ClientRefusal.self) { try await provider.refresh(signedIn.tokens, at: portal) }
            await #expect(throws: ClientRefusal.self) { try await provider.userinfo(signedIn.accessToken) }
        }
        let revoked = try await provider.auditTrail().filter { $0.kind == "token.revoked" }
        #expect(revoked.count == 1)
    }

    @Test("I18: a service company that is frozen takes the tokens of all whom it serves along, and nobody else's")
    func serviceFrozen() async throws {
        let office = try await Office()
        let provider = office.story.provider
        var tokens: [String] = []
        for description in try await office.offered() {
            tokens.append(
                try await provider.signIn(
                    at: TestServices.garage, phone: office.service.employee.phone, ["scope": parking],
                    context: description.context
                ).accessToken)
        }
        try await office.story.propose(by: office.story.ada)
        let other = try await provider.signIn(
            at: TestServices.garage, phone: office.story.max.phone, ["scope": parking],
            context: ContextName(membership: office.story.member))
        try await provider.companies.freeze(office.service.company, for: .dispute, by: TestCompany.clerk)
        let revoked = try await provider.auditTrail().filter { $0.kind == "token.revoked" }
        #expect(tokens.count == 2 && revoked.count == 2)
        for token in tokens { await #expect(throws: ClientRefusal.self) { try await provider.userinfo(token) } }
        _ = try await provider.userinfo(other.accessToken)
    }
}
