internal import AccountDirectory
internal import IdentityCrypto
internal import OpenIDMessages

/// The region's policy about evidence, with its certificates read once.
struct EvidenceVerifiers: Sendable {
    let policy: EvidencePolicy
    let simulator: SimulatorEvidenceVerifier
    let androidKey: AndroidKeyVerifier?
    let appAttest: AppAttestVerifier?
    let tpm: TPMVerifier?

    /// Throws when a root cannot be read, or can be none.
    init(_ policy: EvidencePolicy) throws(UnreadableCertificate) {
        self.policy = policy
        let simulated = policy.simulatorRoots
        simulator = try SimulatorEvidenceVerifier(roots: simulated)
        if let policy = policy.androidKey {
            androidKey = try AndroidKeyVerifier(policy: policy, simulatorRoots: simulated)
        } else {
            androidKey = nil
        }
        if let policy = policy.appAttest {
            appAttest = try AppAttestVerifier(policy: policy, simulatorRoots: simulated)
        } else {
            appAttest = nil
        }
        if let policy = policy.tpm {
            tpm = try TPMVerifier(policy: policy, simulatorRoots: simulated)
        } else {
            tpm = nil
        }
    }
}

/// What evidence is judged against.
struct EvidenceContext: Sendable {
    let offer: ContentDigest
    let keys: DeviceKeys
    /// Nil when there is no list that can be relied on.
    let revoked: RevocationList?
    let now: Timestamp
}

/// Evidence that was accepted.
struct JudgedEvidence: Sendable {
    let ceiling: DeviceCeiling
    let verdicts: [EvidenceVerdict]
    /// The serial numbers of its chain, for the day when one of them is revoked.
    var serials: [String] = []
}

/// Which ceiling a device's evidence earns (docs/protocol.md §7). Failure is refusal, never a silent lower ceiling.
enum EvidenceRules {
    static func judge(
        _ evidence: [DeviceEvidence], verifiers: EvidenceVerifiers, context: EvidenceContext
    ) async throws(DeviceRefusal) -> JudgedEvidence {
        guard evidence.count == 1, let only = evidence.first, verifiers.policy.formats.contains(only.format) else {
            throw refusal("format", "exactly one piece of evidence in an accepted format is needed")
        }
        switch only.format {
        case "none":
            guard only.evidence.isEmpty else { throw refusal("form", "the format none has no evidence") }
            let verdict = EvidenceVerdict(
                check: "format", passed: true, detail: "no evidence: the device reaches normal at most")
            return JudgedEvidence(ceiling: .withoutEvidence, verdicts: [verdict])
        case "simulator":
            let result = await verifiers.simulator.verify(
                only.evidence, offerDigest: context.offer, keys: context.keys)
            guard let keyStore = result.keyStore else {
                throw DeviceRefusal(.evidenceRefused, .evidenceRefused, verdicts: result.verdicts)
            }
            return JudgedEvidence(ceiling: .simulated(keyStore), verdicts: result.verdicts)
        default: return try hardware(only, verifiers: verifiers, context: context)
        }
    }

    /// Evidence of hardware: the level is the policy's, and simulated when a simulator vouched for it.
    private static func hardware(
        _ evidence: DeviceEvidence, verifiers: EvidenceVerifiers, context: EvidenceContext
    ) throws(DeviceRefusal) -> JudgedEvidence {
        let (result, levels) = try attestation(evidence, verifiers: verifiers, context: context)
        guard let keyStore = result.keyStore, let level = levels[keyStore] else {
            throw DeviceRefusal(.evidenceRefused, .evidenceRefused, verdicts: result.verdicts)
        }
        return JudgedEvidence(
            ceiling: DeviceCeiling(level: level, isSimulated: result.isSimulated), verdicts: result.verdicts,
            serials: result.serials)
    }

    private static func attestation(
        _ evidence: DeviceEvidence, verifiers: EvidenceVerifiers, context: EvidenceContext
    ) throws(DeviceRefusal) -> (AttestationResult, [HardwareKeyStore: AssuranceLevel]) {
        let keys = context.keys
        // A digest is base64url of 32 bytes by construction.
        let challenge = Base64URL.decode(context.offer.rawValue) ?? []
        switch evidence.format {
        case "android-key":
            guard let verifier = verifiers.androidKey, let policy = verifiers.policy.androidKey else { break }
            let result = verifier.verify(
                evidence.evidence, challenge: challenge, key: keys.authentication, revoked: context.revoked,
                now: context.now)
            return (result, policy.levels)
        case "apple-appattest":
            guard let verifier = verifiers.appAttest, let policy = verifiers.policy.appAttest else { break }
            let clientData = AppAttestVerifier.clientData(
                offer: context.offer, authentication: keys.authentication.thumbprint,
                installation: keys.installation.thumbprint, pin: keys.pin.thumbprint)
            let result = verifier.verify(
                evidence.evidence, clientData: clientData, revoked: context.revoked, now: context.now)
            return (result, policy.levels)
        case "tpm":
            guard let verifier = verifiers.tpm, let policy = verifiers.policy.tpm else { break }
            let result = verifier.verify(
                evidence.evidence, challenge: challenge, key: keys.authentication, revoked: context.revoked,
                now: context.now)
            return (result, policy.levels)
        default: break
        }
        throw refusal("format", "the region has no policy for this format")
    }

    private static func refusal(_ check: String, _ detail: String) -> DeviceRefusal {
        DeviceRefusal(
            .evidenceRefused, .evidenceRefused,
            verdicts: [EvidenceVerdict(check: check, passed: false, detail: detail)])
    }
}
