import Foundation
import IdentityCrypto
import OpenIDMessages
import ProviderHarness
import Testing

@testable import DeviceAuthenticator

/// Checklist H5, with a TPM in software instead of a simulator: what it says is judged by the provider's verifier.
@Suite("The TPM's own attestation", .enabled(if: KeyStoreStage.isInstalled, KeyStoreStage.needed))
struct TPMAttestationTests {
    private let offer = ContentDigest(of: "offer")
    private let now = Timestamp(seconds: Int64(Date().timeIntervalSince1970))

    private func evidence(
        _ keys: any DeviceKeyStore, by simulator: TestSimulator, offer: ContentDigest? = nil
    ) throws -> DeviceEvidence {
        try EvidenceSource.attested(simulator.maker).evidence(
            offer: offer ?? self.offer, keys: keys, pin: try keys.credential(.good), now: now)
    }

    private func failures(
        _ evidence: DeviceEvidence, key: VerificationKey, roots: [[UInt8]] = [], simulatorRoots: [[UInt8]] = []
    ) throws -> [String] {
        let verifier = try TPMVerifier(policy: TPMPolicy(roots: roots), simulatorRoots: simulatorRoots)
        let result = verifier.verify(
            evidence.evidence, challenge: try #require(Base64URL.decode(offer.rawValue)), key: key,
            revoked: RevocationList(), now: now)
        #expect(result.verdicts.count >= 12)
        return result.verdicts.filter { !$0.passed }.map(\.check)
    }

    @Test func `passes every check, and a near miss fails its own`() throws {
        let stage = try KeyStoreStage(.tpm)
        let keys = try stage.keys()
        let authority = try TestSimulator()
        let key = keys.publicKey(.authentication)
        let good = try evidence(keys, by: authority)
        #expect(good.format == "tpm")
        #expect(try failures(good, key: key, roots: [authority.root]) == [])
        #expect(try failures(good, key: key, simulatorRoots: [authority.root]) == [])
        #expect(try failures(good, key: key, roots: [TestSimulator("Other").root]) == ["root"])
        #expect(try failures(good, key: keys.publicKey(.installation), roots: [authority.root]) == ["key"])
        let other = try evidence(keys, by: authority, offer: ContentDigest(of: "another offer"))
        #expect(try failures(other, key: key, roots: [authority.root]) == ["challenge"])
    }

    @Test func `a wrong PIN certifies nothing`() throws {
        let stage = try KeyStoreStage(.tpm)
        let store = try #require(try stage.keys() as? TPMKeyStore)
        #expect(throws: KeyStoreRefusal.wrongPIN(triesLeft: 2)) {
            try store.attestation(challenge: [1], pin: try store.credential(.wrong))
        }
    }

    @Test func `a device enrols with it`() async throws {
        let stage = try KeyStoreStage(.tpm)
        let provider = FakeProvider(formats: ["tpm"])
        let phone = stage.workshop.phone(provider)
        _ = try await phone.enrol(
            link: provider.enrolmentLink, pin: .good, device: .mine, evidence: .attested(try TestSimulator().maker),
            keyStore: stage.choice)
        #expect(try phone.state().keyMethod == "hwk")
    }
}
