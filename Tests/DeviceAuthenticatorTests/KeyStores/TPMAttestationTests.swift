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
        #expect(result.verdicts.count >= 13)
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

    /// A TPM makes such keys when it is asked to, and certifies them as what they are.
    @Test func `a key that may leave, whose PIN may be tried without end, or that a policy opens is told apart`() throws
    {
        let stage = try KeyStoreStage(.tpm)
        let good = try #require(try stage.keys() as? TPMKeyStore)
        let authority = try TestSimulator()
        let template = TPMTemplate.authentication
        func changed(_ change: (inout [UInt8]) -> Void) -> [UInt8] {
            var template = template
            change(&template)
            return template
        }
        let cases: [(String, [UInt8], [String])] = [
            ("as it is asked for", template, []),
            ("neither fixedTPM nor fixedParent", changed { $0[7] &= ~0b1_0010 }, ["fixed_tpm"]),
            ("noDA", changed { $0[6] |= 0b100 }, ["authorization"]),
            (
                "a policy", changed { $0.replaceSubrange(8..<10, with: [0, 32] + Digest.sha256([1])) },
                ["authorization"]
            ),
        ]
        for (name, template, expected) in cases {
            let pin = try good.credential(.good)
            let blob = try TPMConnection.open(good.connection) { (tpm) throws(KeyStoreRefusal) in
                try tpm.create(
                    template, authorization: pin.derived.authorization, below: try tpm.primary().handle)
            }
            let key = try #require(TPMPublicArea(blob.publicArea)).key
            let keys = TPMKeyStore(
                connection: good.connection, parent: good.parent, installation: good.installation,
                authentication: TPMKeyStore.Key(blob: blob, publicKey: key), pinDerivation: good.pinDerivation)
            let evidence = try evidence(keys, by: authority)
            #expect(try failures(evidence, key: key, roots: [authority.root]) == expected, "\(name)")
        }
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
