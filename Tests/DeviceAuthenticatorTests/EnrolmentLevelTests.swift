import IdentityCrypto
import OpenIDMessages
import ProviderHarness
import Testing

@testable import DeviceAuthenticator

/// D-6.2.4: what a device will reach is known before it has keys.
@Suite("The level that an enrolment would reach")
struct EnrolmentLevelTests {
    private static let formats = ["tpm", "simulator", "none"]

    private func simulator(_ keyStore: SimulatorAttestation.KeyStore) throws -> EvidenceSource {
        .simulator(try TestSimulator().attester, keyStore)
    }

    private func refusal(_ wanted: AssuranceLevel, reached: AssuranceLevel?) -> DeviceError {
        .levelOutOfReach(
            LevelOutOfReach(
                wanted: wanted, reached: reached, identity: .hoch,
                enough: FakeProvider.ceilings.filter { $0.level >= wanted }))
    }

    @Test func `a device that the town has no use for is refused before there are keys, unless its person insists`()
        async throws
    {
        let (workshop, provider) = (
            Workshop(), FakeProvider(formats: Self.formats, requiredLevel: .substantiell)
        )
        let phone = workshop.phone(provider)
        let invitation = try await phone.beginEnrolment(provider.enrolmentLink)
        for evidence in [EvidenceSource.none, try simulator(.software)] {
            await #expect(throws: refusal(.substantiell, reached: .normal)) {
                try await phone.complete(invitation, pin: .good, device: .mine, evidence: evidence)
            }
        }
        await #expect(throws: refusal(.substantiell, reached: nil)) {
            try await phone.complete(invitation, pin: .good, device: .mine, evidence: try simulator(.tee))
        }
        #expect(try workshop.profile().begunEnrolment().offer == nil, "no keys were made")
        #expect(try KeyFile.open(in: workshop.profile()) == nil)
        #expect(await provider.bodies("/enrolments/offer-1").isEmpty, "the ticket is not spent")

        _ = try await phone.complete(invitation, pin: .good, device: .mine, reaching: .normal)
        #expect(try phone.enrolment() != nil)
    }

    @Test func `what is wanted beyond the town's demand is refused likewise`() async throws {
        let (workshop, provider) = (Workshop(), FakeProvider(formats: Self.formats))
        let phone = workshop.phone(provider)
        let invitation = try await phone.beginEnrolment(provider.enrolmentLink)
        await #expect(throws: refusal(.substantiell, reached: .normal)) {
            try await phone.complete(invitation, pin: .good, device: .mine, reaching: .substantiell)
        }
        await #expect(throws: refusal(.hoch, reached: .substantiell)) {
            try await phone.complete(
                invitation, pin: .good, device: .mine, evidence: try simulator(.strongbox), reaching: .hoch)
        }
        _ = try await phone.complete(
            invitation, pin: .good, device: .mine, evidence: try simulator(.strongbox), reaching: .substantiell)
    }

    @Test func `the person's identity is the other limit, and no device is told to be enough for it`() throws {
        let key = SigningKey.makeES256()
        func invitation(level: AssuranceLevel) throws -> EnrolmentInvitation {
            var offer = FakeProvider.offer(formats: Self.formats, requiredLevel: .substantiell)
            offer.level = level
            return EnrolmentInvitation(
                offer: try .verify(try key.sign(offer), key: key.publicKey), providerKeys: ProviderKeys([key.publicKey])
            )
        }
        let (normal, high) = (try invitation(level: .normal), try invitation(level: .hoch))
        let (strong, other) = (try simulator(.strongbox), try simulator(.tee))
        #expect(normal.ceiling(of: strong) == .normal && high.ceiling(of: strong) == .substantiell)
        #expect(high.ceiling(of: .none) == .normal && high.ceiling(of: other) == nil)
        // Whatever the town demands, no device helps: the person may have one all the same.
        try normal.require(.none)
        #expect(throws: DeviceError.self) { try high.require(.none) }
        let shortfall = LevelOutOfReach(wanted: .substantiell, reached: .normal, identity: .normal, enough: [])
        #expect(throws: DeviceError.levelOutOfReach(shortfall)) { try normal.require(strong, reaches: .substantiell) }
        #expect(shortfall.text.english.contains("prove it at a desk"))
    }
}
