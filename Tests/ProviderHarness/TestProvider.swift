import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import SQLiteStore

/// A provider over a real store with real keys; only its clock is the test's.
public final class TestProvider: Sendable {
    public let clock: SettableClock
    public let store: SQLiteStore
    public let provider: Provider
    public let simulator: TestSimulator

    public var now: Timestamp { clock.now }

    /// - Parameter companies: in which companies people may act; nil for what the provider's own directory says.
    public convenience init(
        formats: [String] = ["simulator", "none"], capacity: Provider.Capacity = Provider.Capacity(),
        store: SQLiteStore? = nil, clock: SettableClock = SettableClock(),
        companies: (any ActingContextSource)? = NoCompanies(),
        documents: @escaping DocumentFetch = NoDocuments.fetch, companyUpstream: (any CompanyUpstream)? = nil,
        administrationAddress: IssuerURL? = nil, region change: (inout Region) -> Void = { _ in },
        wrapping: (SQLiteStore) -> any ProviderStore = { $0 }
    ) async throws {
        try await self.init(
            guards: .all, formats: formats, capacity: capacity, store: store, clock: clock, companies: companies,
            documents: documents, companyUpstream: companyUpstream, administrationAddress: administrationAddress,
            region: change, wrapping: wrapping)
    }

    /// - Parameter guards: all but in tests of the attacker.
    package init(
        guards: Guards, formats: [String] = ["simulator", "none"],
        capacity: Provider.Capacity = Provider.Capacity(),
        store: SQLiteStore? = nil, clock: SettableClock = SettableClock(),
        companies: (any ActingContextSource)? = NoCompanies(),
        documents: @escaping DocumentFetch = NoDocuments.fetch, companyUpstream: (any CompanyUpstream)? = nil,
        administrationAddress: IssuerURL? = nil, region change: (inout Region) -> Void = { _ in },
        wrapping: (SQLiteStore) -> any ProviderStore = { $0 }
    ) async throws {
        self.clock = clock
        self.store = try store ?? .inMemory()
        simulator = try Self.sharedSimulator.get()
        if try await self.store.signingKeys().isEmpty {
            try await self.store.replaceSigningKeys(try await Self.readyKeys.value, events: [])
        }
        let keys = try await KeyCustodian(
            masterKey: Self.masterKey, store: self.store, clock: clock.asProviderClock)
        var region = TestRegion.region(formats: formats, simulatorRoots: [simulator.root])
        change(&region)
        provider = try await Provider(
            guards: guards, issuer: TestRegion.issuer, registry: ClientRegistry(region: region),
            keys: keys, store: wrapping(self.store), clock: clock.asProviderClock, capacity: capacity,
            companies: companies, documents: documents, companyUpstream: companyUpstream,
            administrationAddress: administrationAddress)
    }

    private static let masterKey = [UInt8](repeating: 7, count: 32)
    private static let sharedSimulator = Result { try TestSimulator() }

    /// Keys for every provider of a test run: RSA keys are slow to make.
    private static let readyKeys = Task {
        let store = try SQLiteStore.inMemory()
        let keys = try await KeyCustodian(
            masterKey: masterKey, store: store, clock: SettableClock().asProviderClock)
        try await keys.rotateIfDue()
        return try await store.signingKeys()
    }

    // MARK: Enrolment

    /// A fresh ticket's secret, for a new account whoever looks like the person.
    public func ticket(
        person: JSONObject = TestRegion.person, level: AssuranceLevel = .substantiell
    ) async throws -> String {
        let issued = try await newTicket(for: visit(person, level: level)).issued
        guard case .enrolment(let ticket, _) = issued.link.target else { throw Unexpected.link }
        return ticket
    }

    public func offer(ticket: String) async throws -> SignedStatement<EnrolmentOffer> {
        try .verify(try await provider.enrolment.offer(ticket: ticket), keys: provider.keys.ring.verificationKeys)
    }

    @discardableResult
    public func register(
        _ phone: TestPhone, _ message: TestPhone.Registration, offer: SignedStatement<EnrolmentOffer>
    ) async throws -> EnrolledDevice {
        let enrolled = try await provider.enrolment.register(
            offer: offer.statement.identifier.rawValue, registration: message.registration,
            installationProof: message.installationProof, pinProof: message.pinProof)
        let record = try SignedStatement<DeviceRecord>.verify(
            enrolled.record, keys: provider.keys.ring.verificationKeys)
        phone.adopt(
            record.statement.device, attestation: enrolled.attestation, blockCode: enrolled.blockCode,
            ceiling: AuthenticationContext(acr: record.statement.ceiling))
        return enrolled
    }

    /// A phone of a new account. With simulated hardware it reaches *substantiell*, else *normal*.
    public func enrolledPhone(
        _ phone: TestPhone = TestPhone(), person: JSONObject = TestRegion.person,
        level: AssuranceLevel = .substantiell, simulating keyStore: SimulatorAttestation.KeyStore? = nil
    ) async throws -> TestPhone {
        let offer = try await offer(ticket: try await ticket(person: person, level: level))
        let evidence = keyStore.map { TestPhone.Evidence.simulated(simulator.attester, $0) } ?? .none
        try await register(phone, phone.registration(for: offer, evidence: evidence, now: now), offer: offer)
        return phone
    }

    // MARK: Calls

    /// The proof that a call comes from this phone.
    public func verified(
        _ phone: TestPhone, method: String = "POST", path: String = "/device/v1/claims", renews: Bool = true
    ) async throws -> VerifiedDevice {
        do {
            return try await verified(phone, phone.attestation, method, path)
        } catch let refusal as DeviceRefusal where renews && refusal.reason == .attestationExpired {
            // As a phone does after a while: it renews its attestation and goes on.
            let device = try await verified(
                phone, phone.attestation, "POST", "/device/v1/attestation", acceptsExpired: true)
            let fresh = try await provider.renewedAttestation(for: device)
            return try await verified(phone, fresh, method, path)
        }
    }

    private func verified(
        _ phone: TestPhone, _ attestation: String, _ method: String, _ path: String, acceptsExpired: Bool = false
    ) async throws -> VerifiedDevice {
        let nonce = provider.deviceAuthentication.nonce()
        return try await provider.deviceAuthentication.verify(
            DeviceCredentials(
                attestation: attestation, proof: phone.proof(method, path, nonce: nonce, now: now), method: method,
                path: path), acceptsExpired: acceptsExpired)
    }

    public func authenticated(_ portal: TestPortal) async throws -> AuthenticatedClient {
        try await provider.authenticate(portal.credentials(now: now))
    }

    /// What must never happen in a harness.
    public enum Unexpected: Error {
        case noToken, link, loginNotBegun, noRequest, noLocation, noPayload, noCompany, noDevice
    }
}
