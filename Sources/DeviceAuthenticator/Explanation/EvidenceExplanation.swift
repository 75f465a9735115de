internal import IdentityCrypto
internal import OpenIDMessages

/// Explains evidence of hardware with the provider's own verifiers (docs/protocol.md §7). What depends on the region's policy
/// is not checked here, nor what depends on an offer or a key that is not known.
enum EvidenceExplanation {
    /// What evidence was made for, where that is known: in a registration.
    struct Subject: Sendable {
        let offer: ContentDigest
        let authentication: VerificationKey
        let installation: KeyThumbprint
        let pin: KeyThumbprint
    }

    /// The format of evidence that stands alone, told by its members; nil for an object that is none.
    static func evidence(_ object: JSONObject) -> DeviceEvidence? {
        switch Set(object.names) {
        case ["fmt", "evidence"]:
            guard let format = object["fmt"]?.string, let evidence = object["evidence"]?.object else { return nil }
            return DeviceEvidence(format: format, evidence: evidence)
        case ["x5c"]: return DeviceEvidence(format: "android-key", evidence: object)
        case ["attestation", "key_id"]: return DeviceEvidence(format: "apple-appattest", evidence: object)
        case ["att_stmt"]: return DeviceEvidence(format: "tpm", evidence: object)
        case ["attestation"]: return DeviceEvidence(format: "simulator", evidence: object)
        default: return nil
        }
    }

    /// - Parameter subject: nil when nobody knows for which offer and keys it was made.
    /// - Returns: nil for a format that the protocol does not know, and for `none`.
    static func explain(
        _ evidence: DeviceEvidence, about subject: Subject?, profile: ExplainingProfile?, now: Timestamp
    ) -> Explanation? {
        let object = evidence.evidence
        // Nobody's: the checks that would compare it are left out.
        let key = subject?.authentication ?? SigningKey.makeES256().publicKey
        let challenge = (subject?.offer.rawValue).flatMap { Base64URL.decode($0) } ?? []
        switch evidence.format {
        case "android-key":
            let policy = AndroidKeyPolicy(roots: [], applications: [], oldestPatch: 0)
            let verifier = try? AndroidKeyVerifier(policy: policy, simulatorRoots: [])
            return explanation(
                evidence, "evidence of an Android phone: a chain of certificates for a key in its hardware",
                verifier?.verify(object, challenge: challenge, key: key, revoked: RevocationList(), now: now),
                policies: ["root", "revocation", "application", "patch_level"],
                subjects: subject == nil ? ["challenge", "key"] : [])
        case "apple-appattest":
            let policy = AppAttestPolicy(roots: [], applications: [])
            let verifier = try? AppAttestVerifier(policy: policy, simulatorRoots: [])
            let clientData = subject.map {
                AppAttestVerifier.clientData(
                    offer: $0.offer, authentication: $0.authentication.thumbprint, installation: $0.installation,
                    pin: $0.pin)
            }
            return explanation(
                evidence, "evidence of an iPhone: App Attest for the keys of an app",
                verifier?.verify(object, clientData: clientData ?? [], revoked: nil, now: now),
                policies: ["chain", "revocation", "rp_id", "environment"], subjects: subject == nil ? ["nonce"] : [])
        case "tpm":
            let verifier = try? TPMVerifier(policy: TPMPolicy(roots: []), simulatorRoots: [])
            return explanation(
                evidence, "evidence of a TPM: its attestation key certifies a key in it",
                verifier?.verify(object, challenge: challenge, key: key, revoked: RevocationList(), now: now),
                policies: ["root", "revocation"], subjects: subject == nil ? ["challenge", "key"] : [])
        case "simulator":
            return object["attestation"]?.string.map { StatementExplanation.explain($0, profile: profile, now: now) }
        default: return nil
        }
    }

    private static func explanation(
        _ evidence: DeviceEvidence, _ title: String, _ result: AttestationResult?, policies: Set<String>,
        subjects: Set<String>
    ) -> Explanation {
        var list = CheckList()
        for verdict in result?.verdicts ?? [] {
            if policies.contains(verdict.check) {
                list.skip(verdict.check, "only the provider knows what its region takes")
            } else if subjects.contains(verdict.check) {
                list.skip(verdict.check, "by itself it does not say for which offer and keys it was made")
            } else {
                list.check(verdict.check, verdict.passed, verdict.detail, else: verdict.detail)
            }
        }
        var content: JSONObject = ["fmt": .string(evidence.format)]
        if let serials = result?.serials, !serials.isEmpty { content["serials"] = .strings(serials) }
        return Explanation("evidence", title: title, content: content, checks: list.checks)
    }
}
