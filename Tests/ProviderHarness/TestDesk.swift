import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import SQLiteStore

extension TestProvider {
    /// A tenant's scope, as the local administration socket has it.
    public func scope(_ tenant: TenantIdentifier) throws -> TenantScope {
        guard let scope = provider.registry.scope(for: LocalOperator(), at: tenant) else { throw Unexpected.link }
        return scope
    }

    /// Somebody at Herten's desk.
    public func visit(
        _ person: JSONObject = TestRegion.person, level: AssuranceLevel = .substantiell, link: PresentedLink? = nil,
        evidence: JSONObject? = nil
    ) throws -> DeskVisit {
        var visit = try DeskVisit(
            in: scope(TestRegion.herten), level: level, person: try PersonRecord(json: person), link: link)
        visit.evidence = try provider.desk.evidence(evidence, of: visit)
        return visit
    }

    /// A ticket for a new account: the clerk says that it is somebody else when people look alike.
    func newTicket(
        for visit: DeskVisit
    ) async throws -> (issued: IssuedTicket, account: AccountIdentifier, blockCode: String) {
        var decision: DuplicateDecision?
        // Others may answer the same question at the same time.
        for _ in 0..<1_000 {
            do {
                switch try await provider.desk.ticket(for: visit, decision: decision) {
                case .issued(let issued, let account, let blockCode?): return (issued, account, blockCode)
                case .issued: throw Unexpected.link
                case .similar: decision = .otherPerson
                }
            } catch DeskRefusal.nothingToDecide { decision = nil }
        }
        throw Unexpected.link
    }

    /// A person whom a clerk registers, with a phone.
    public func registered(
        _ phone: TestPhone = TestPhone(), person: JSONObject = TestRegion.person, level: AssuranceLevel = .substantiell,
        link: PresentedLink? = nil, evidence: JSONObject? = nil,
        simulating keyStore: SimulatorAttestation.KeyStore = .tee
    ) async throws -> RegisteredPerson {
        let ticket = try await newTicket(for: visit(person, level: level, link: link, evidence: evidence))
        try await enrol(phone, with: ticket.issued, simulating: keyStore)
        return RegisteredPerson(account: ticket.account, phone: phone, blockCode: ticket.blockCode)
    }

    /// Enrols a phone by a ticket.
    @discardableResult
    public func enrol(
        _ phone: TestPhone, with issued: IssuedTicket, simulating keyStore: SimulatorAttestation.KeyStore = .tee
    ) async throws -> EnrolledDevice {
        guard case .enrolment(let secret, _) = issued.link.target else { throw Unexpected.link }
        let offer = try await offer(ticket: secret)
        return try await register(
            phone, phone.registration(for: offer, evidence: .simulated(simulator.attester, keyStore), now: now),
            offer: offer)
    }

    /// A further phone by a clerk, who says that it is the same person.
    @discardableResult
    public func furtherPhone(
        _ phone: TestPhone, of account: AccountIdentifier, person: JSONObject = TestRegion.person,
        level: AssuranceLevel = .substantiell
    ) async throws -> EnrolledDevice {
        let ticket = try await provider.desk.ticket(
            for: visit(person, level: level), decision: .samePerson(account))
        guard case .issued(let issued, _, _) = ticket else { throw Unexpected.link }
        return try await enrol(phone, with: issued)
    }

    /// The account with its state and lock.
    public func profile(of account: AccountIdentifier) async throws -> AccountProfile {
        guard let profile = try await store.profile(of: account) else { throw Unexpected.link }
        return profile
    }
}

/// What a person takes home from a desk.
public struct RegisteredPerson: Sendable {
    public let account: AccountIdentifier
    public let phone: TestPhone
    /// On paper.
    public let blockCode: String
}

extension AuditFlow {
    /// A chain's events, as the machine's operator reads them.
    public func page(
        of chain: AuditChain, _ filter: AuditFilter = .everything, before cursor: Int64? = nil, limit: Int = 100
    ) async throws -> AuditPage {
        try await page(of: AuditReach(chain, for: LocalOperator()), filter, before: cursor, limit: limit)
    }

    public func export(_ chain: AuditChain, after number: Int64) async throws -> [AuditEntry] {
        try await export(AuditReach(chain, for: LocalOperator()), after: number)
    }
}
