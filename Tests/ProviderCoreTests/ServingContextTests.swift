import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import SQLiteStore
import Testing

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
                await #expect(throws: DeviceRefusal(.contextUnavailable, .contextUnavailable)) {
                    try await office.offered()
                }
            }
        }
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
}
