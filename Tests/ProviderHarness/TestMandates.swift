import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import SQLiteStore

/// A company with its people, in a region with services for companies.
public struct MandateStory: Sendable {
    public let provider: TestProvider
    public let company: CompanyIdentifier
    /// The managing director.
    public let ada: TestPerson
    /// An employee.
    public let max: TestPerson
    public let member: MembershipIdentifier

    public static let parking = Service(
        identifier: ServiceIdentifier(rawValue: "handwerkerparkausweis")!,
        title: LocalizedText(german: "Handwerkerparkausweis"), publisher: TestRegion.herten, version: "1.0.0",
        contexts: [.company], requiredLevel: .substantiell, mandateScope: "parking.permit",
        servedTenants: [TestRegion.herten, TestRegion.marl])

    public static let building = Service(
        identifier: ServiceIdentifier(rawValue: "bauantrag")!, title: LocalizedText(german: "Bauantrag"),
        publisher: TestRegion.herten, version: "1.0.0", contexts: [.citizen, .company], requiredLevel: .substantiell,
        mandateScope: "building.application", servedTenants: [TestRegion.herten])

    /// - Parameter directors: how many sign together.
    public init(directors: Int = 1, provider ready: TestProvider? = nil) async throws {
        if let ready {
            provider = ready
        } else {
            provider = try await TestProvider()
            try provider.changeRegion { $0.services = [Self.parking, Self.building] }
        }
        ada = try await provider.person("Ada", "Direktorin")
        var all = [ada]
        for index in 1..<Swift.max(directors, 1) {
            all.append(try await provider.person("Bob", "Direktor", born: "197\(index)-01-31"))
        }
        self.directors = all
        company = try await provider.registeredCompany(all, together: directors > 1)
        max = try await provider.person("Max", "Beispiel")
        member = try await provider.join(max, ["member"], in: company, by: ada)
    }

    public let directors: [TestPerson]

    public func proposal(_ change: (inout MandateProposal) -> Void = { _ in }) -> MandateProposal {
        let today = CalendarDate(inGermanyAt: provider.now)
        var proposal = MandateProposal(
            grantor: company, grantee: .membership(member),
            powers: MandatePowers(
                scopes: [MandateScope(rawValue: "parking.permit")!], tenants: .all,
                limit: MoneyAmount("500", .euro), establishments: .all,
                validity: MandateValidity(from: today, until: today.adding(days: 300))),
            reason: "Handwerkerparkausweise für Montagefahrzeuge")
        change(&proposal)
        return proposal
    }

    @discardableResult
    public func propose(
        by person: TestPerson, _ change: (inout MandateProposal) -> Void = { _ in }
    ) async throws -> MandateRecord {
        try await provider.provider.mandates.propose(proposal(change), by: try await provider.verified(person))
    }

    public func approve(_ record: MandateRecord, by person: TestPerson) async throws -> MandateRecord {
        try await provider.provider.mandates.approve(
            record.mandate.identifier, by: try await provider.verified(person))
    }

    public func revoke(_ record: MandateRecord, by person: TestPerson) async throws -> MandateRecord {
        try await provider.provider.mandates.revoke(
            record.mandate.identifier, by: try await provider.verified(person))
    }

    /// A service company of another director, with an employee.
    public func serviceCompany() async throws -> ServiceCompany {
        let dora = try await provider.person("Dora", "Dienst", born: "1965-05-05")
        let company = try await provider.registeredCompany(
            [dora], details: TestCompany.registered("Schreibbüro Nord GmbH", number: "777"))
        let carla = try await provider.person("Carla", "Schreiber", born: "1990-09-09")
        return ServiceCompany(
            company: company, director: dora, employee: carla,
            member: try await provider.join(carla, ["member"], in: company, by: dora))
    }

    public struct ServiceCompany {
        public let company: CompanyIdentifier
        public let director: TestPerson
        public let employee: TestPerson
        public let member: MembershipIdentifier
    }

    public func authorizes(
        _ member: MembershipIdentifier, for company: CompanyIdentifier? = nil, amount: String? = "100",
        scope: String = "parking.permit"
    ) async throws -> AuthorityDecision {
        let facts = try await provider.store.authority(of: member, for: company ?? self.company, now: provider.now)
        guard let facts else { return .disallowed(.unknown) }
        return AuthorityRules.authorizes(
            AuthorityQuestion(
                scope: MandateScope(rawValue: scope), tenant: TestRegion.herten,
                act: .act(amount: amount.flatMap { MoneyAmount($0, .euro) }, establishment: nil),
                today: CalendarDate(inGermanyAt: provider.now)), facts)
    }
}
