import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import Testing

@testable import ProviderCore

@Suite("H3 evidence is of one accepted format and of that format's form")
struct EvidenceRulesTests {
    static let none = DeviceEvidence(format: "none", evidence: [:])

    private func judge(_ evidence: [DeviceEvidence], formats: [String]) async throws -> DeviceCeiling {
        let keys = DeviceKeys(
            authentication: SigningKey.makeES256().publicKey, installation: SigningKey.makeES256().publicKey,
            pin: SigningKey.makeES256().publicKey)
        return try await EvidenceRules.judge(
            evidence, verifiers: EvidenceVerifiers(EvidencePolicy(formats: formats, simulatorRoots: [])),
            context: EvidenceContext(
                offer: ContentDigest(of: "offer"), keys: keys, revoked: RevocationList(), now: Timestamp(seconds: 0))
        ).ceiling
    }

    @Test("I8: no evidence is accepted where the region accepts it, and reaches normal at most")
    func accepted() async throws {
        #expect(try await judge([Self.none], formats: ["none"]) == .withoutEvidence)
        #expect(DeviceCeiling.withoutEvidence.level == .normal)
    }

    @Test(
        "anything else is refused and earns no lower ceiling",
        arguments: [
            ([], ["none"]), ([none], []), ([none], ["simulator"]), ([none, none], ["none"]),
            ([DeviceEvidence(format: "none", evidence: ["level": "hoch"])], ["none"]),
            ([DeviceEvidence(format: "None", evidence: [:])], ["none"]),
            ([DeviceEvidence(format: "simulator", evidence: [:])], ["simulator", "none"]),
            ([DeviceEvidence(format: "simulator", evidence: [:]), none], ["simulator", "none"]),
            ([DeviceEvidence(format: "android", evidence: [:])], ["android"]),
            // Accepted by name, without a policy behind it.
            ([DeviceEvidence(format: "android-key", evidence: [:])], ["android-key"]),
            ([DeviceEvidence(format: "apple-appattest", evidence: [:])], ["apple-appattest"]),
            ([DeviceEvidence(format: "tpm", evidence: [:])], ["tpm"]),
        ] as [([DeviceEvidence], [String])])
    func refused(evidence: [DeviceEvidence], formats: [String]) async throws {
        let refusal = await #expect(throws: DeviceRefusal.self) { try await judge(evidence, formats: formats) }
        #expect(refusal?.code == .evidenceRefused)
    }
}
