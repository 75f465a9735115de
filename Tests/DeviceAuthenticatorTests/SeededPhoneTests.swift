import IdentityCrypto
import OpenIDMessages
import ProviderHarness
import Testing

@testable import DeviceAuthenticator

/// docs/decisions/0020-seeded-phones.md: what repeats, what does not, and where a seed is refused.
@Suite("A simulated device whose randomness is a seed")
struct SeededPhoneTests {
    /// What one device did from its enrolment to its answer, without what the provider or a signature made random.
    private struct Story: Equatable {
        var authentication: KeyThumbprint
        var installation: KeyThumbprint
        var pinSalt: [UInt8]
        var registration: JSONObject
        var response: JSONObject
        var returnValue: String
        /// The payloads of the DPoP proofs.
        var calls: [JSONObject]
    }

    private static let evidence = Result { EvidenceSource.simulator(try TestSimulator().attester, .strongbox) }

    private func phone(_ workshop: Workshop, _ provider: FakeProvider, _ random: RandomSource) -> DeviceAuthenticator {
        DeviceAuthenticator(
            folder: workshop.profile(), transport: provider, clock: FakeProvider.clock, random: random, language: "de")
    }

    private func enrol(
        _ workshop: Workshop, _ provider: FakeProvider, seed: UInt64
    ) async throws {
        _ = try await phone(workshop, provider, .seeded(seed, stream: 0)).enrol(
            link: provider.enrolmentLink, pin: .good, device: .mine, evidence: try Self.evidence.get())
    }

    private func payload(_ text: String?, without random: [String]) throws -> JSONObject {
        var payload = try #require(try CompactJWS(parsing: text ?? "").unverifiedPayload)
        for name in random { payload[name] = nil }
        return payload
    }

    /// Enrols with the seed, and logs in with another command.
    private func story(seed: UInt64) async throws -> Story {
        let (workshop, provider) = (Workshop(), FakeProvider(formats: ["simulator"]))
        try await enrol(workshop, provider, seed: seed)
        let later = phone(workshop, provider, try workshop.profile().randomSource())
        _ = try await later.claim(provider.sameDeviceLink)
        let outcome = try await later.approve(pin: .good)
        let keys = try later.keys()
        return Story(
            authentication: keys.publicKey(.authentication).thumbprint,
            installation: keys.publicKey(.installation).thumbprint, pinSalt: keys.pinDerivation.salt,
            registration: try payload(
                await provider.bodies("/enrolments/offer-1").first?["registration"]?.string,
                without: ["offer_sha256", "nonce", "evidence"]),
            response: try payload(
                await provider.bodies("/response").first?["response"]?.string, without: ["req_sha256"]),
            returnValue: try #require(outcome.returnURL),
            calls: try await provider.calls.compactMap { call in
                try call.call.headers.first { $0.name == "DPoP" }.map { try payload($0.value, without: []) }
            })
    }

    @Test func `the same seed and clock give the same keys, salt, identifiers and decisions`() async throws {
        let first = try await story(seed: 7)
        #expect(try await story(seed: 7) == first)
        #expect(first.calls.count == 2 && first.registration["pin_jwk"] != nil && first.response["uc"] != nil)
    }

    @Test func `another seed gives other ones throughout`() async throws {
        let (first, other) = (try await story(seed: 7), try await story(seed: 8))
        #expect(first.authentication != other.authentication && first.installation != other.installation)
        #expect(first.pinSalt != other.pinSalt && first.returnValue != other.returnValue)
        for (mine, others) in [(first.registration, other.registration), (first.response, other.response)] {
            #expect(mine["jti"] != others["jti"] && mine["iat"] == others["iat"])
        }
        let (mine, others) = (first.calls.compactMap(\.identifier), other.calls.compactMap(\.identifier))
        #expect(mine.count == first.calls.count && Set(mine).isDisjoint(with: others))
    }

    @Test func `RFC 9449 §4.2 no two commands have an identifier in common`() async throws {
        let (workshop, provider) = (Workshop(), FakeProvider(formats: ["simulator"]))
        try await enrol(workshop, provider, seed: 7)
        var seen: Set<String> = []
        for _ in 0..<4 {
            let random = try workshop.profile().randomSource()
            #expect(random.seed == 7, "the profile says that it is seeded")
            #expect(seen.insert(random.text(16)).inserted)
        }
        // The enrolment had values of its own.
        #expect(!seen.contains(RandomSource.seeded(7, stream: 0).text(16)))
    }

    @Test func `a device of the system's generator has no seed, and never gets one`() async throws {
        let (workshop, provider) = (Workshop(), FakeProvider())
        #expect(try workshop.profile().randomSource().seed == nil)
        _ = try await workshop.enrolledPhone(provider)
        #expect(try workshop.profile().randomSource().seed == nil)
        let state = try #require(try workshop.profile().state())
        #expect(state.seed == nil && state.json["seed"] == nil && state.json["drawings"] == nil)
    }

    @Test(arguments: [KeyStoreChoice.tpm(connection: "none:"), .pkcs11(module: "/none.so", token: "none")])
    func `a seed is refused for hardware, whatever the evidence`(keyStore: KeyStoreChoice) async throws {
        try await expectRefusal(evidence: try Self.evidence.get(), keyStore: keyStore)
    }

    @Test func `a seed is refused for evidence that is not played`() async throws {
        try await expectRefusal(evidence: .none, keyStore: .file)
        #expect(!EvidenceSource.attested(try TestSimulator().maker).isPlayed, "a TPM speaks for itself")
        #expect(EvidenceSource.played(.tpm, try TestSimulator().maker).isPlayed)
    }

    private func expectRefusal(evidence: EvidenceSource, keyStore: KeyStoreChoice) async throws {
        let (workshop, provider) = (Workshop(), FakeProvider(formats: ["simulator", "none"]))
        let phone = phone(workshop, provider, .seeded(7, stream: 0))
        let invitation = try await phone.beginEnrolment(provider.enrolmentLink)
        let before = await provider.calls.count
        await #expect(throws: DeviceError.seedNotAllowed) {
            try await phone.complete(
                invitation, pin: .good, device: .mine, evidence: evidence, keyStore: keyStore)
        }
        #expect(await provider.calls.count == before, "nothing is sent")
        #expect(try KeyFile.open(in: workshop.profile()) == nil, "no key is made")
    }
}

extension JSONObject {
    fileprivate var identifier: String? { self["jti"]?.string }
}
