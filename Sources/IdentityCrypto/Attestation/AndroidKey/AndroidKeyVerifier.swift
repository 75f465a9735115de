internal import Crypto
public import OpenIDMessages
internal import X509

/// Checks Android key attestations (docs/protocol.md §7.2). The policy's roots are read once.
public struct AndroidKeyVerifier: Sendable {
    let policy: AndroidKeyPolicy
    let anchors: AttestationAnchors

    /// - Parameter simulatorRoots: roots (DER) whose evidence is played.
    public init(policy: AndroidKeyPolicy, simulatorRoots: [[UInt8]]) throws(UnreadableCertificate) {
        self.policy = policy
        anchors = try AttestationAnchors(published: policy.roots, simulated: simulatorRoots)
    }

    /// Judges `{"x5c": [certificate, …]}`, the leaf first.
    ///
    /// - Parameters:
    ///   - challenge: SHA-256 over the exact bytes of the offer.
    ///   - key: `K_auth`.
    ///   - revoked: nil when there is no list that can be relied on: then nothing is accepted.
    public func verify(
        _ evidence: JSONObject, challenge: [UInt8], key: VerificationKey, revoked: RevocationList?, now: Timestamp
    ) -> AttestationResult {
        var verdicts = VerdictList()
        let texts = evidence.names == ["x5c"] ? evidence["x5c"]?.strings : nil
        let chain = texts.flatMap { AttestationChain(x5c: $0) }
        guard
            verdicts.check(
                "form", chain != nil, "the chain is well-formed", "the chain has no certificates that can be read"),
            let chain
        else { return AttestationResult(unreadable: verdicts) }
        let anchor = chain.anchor(among: anchors, at: now)
        checkChain(chain, anchor: anchor, revoked: revoked, now: now, &verdicts)
        guard let description = extensionOfLeaf(chain, &verdicts) else {
            return AttestationResult(unreadable: verdicts, chain: chain)
        }
        verdicts.check(
            "challenge", description.challenge == challenge, "made for this offer", "made for another offer")
        checkKey(description, &verdicts)
        checkSystem(description, &verdicts)
        verdicts.check(
            "key", chain.leafKey(is: key), "the attested key is the registered one",
            "the attested key is not the registered one")
        return AttestationResult(
            verdicts, keyStore: description.attestationLevel == .strongBox ? .strongbox : .tee,
            isSimulated: anchor?.isSimulated ?? false, chain: chain)
    }

    /// Checks 1 to 3: the chain, its root, and that none of its certificates is revoked.
    private func checkChain(
        _ chain: AttestationChain, anchor: AttestationAnchors.Anchor?, revoked: RevocationList?, now: Timestamp,
        _ verdicts: inout VerdictList
    ) {
        verdicts.check(
            "chain", chain.isLinked(at: now, anchors: anchors, needsAuthorities: false),
            "every certificate is signed by the next one",
            "a certificate is not signed by the next one, or is out of time")
        verdicts.check(
            "root", anchor != nil && !chain.hasSoftwareRoot, "the chain leads to a root of the region",
            "the chain does not lead to a root of the region")
        verdicts.checkRevocation(of: chain, revoked)
    }

    /// Check 4. Whoever may sign certificates with an attested key could put a leaf of their own below it.
    private func extensionOfLeaf(_ chain: AttestationChain, _ verdicts: inout VerdictList) -> KeyDescription? {
        let holders = chain.certificates.filter { $0.extensions[oid: KeyDescription.identifier] != nil }
        let value = chain.leaf.extensions[oid: KeyDescription.identifier]?.value
        let description = holders.count == 1 ? value.flatMap { try? KeyDescription($0) } : nil
        verdicts.check(
            "extension", description != nil, "the leaf alone has the attestation",
            "the attestation is missing, malformed, or not in the leaf alone")
        return description
    }

    /// Checks 6, 7.
    private func checkKey(_ description: KeyDescription, _ verdicts: inout VerdictList) {
        let level = description.attestationLevel
        verdicts.check(
            "security_level", level == description.keyMintLevel && level >= .trustedEnvironment,
            "key and attestation are in \(level == .strongBox ? "a StrongBox" : "a trusted environment")",
            "key or attestation is in software, or they are in different places")
        let hardware = description.hardwareEnforced
        let isForAll = hardware.isForAllApplications || description.softwareEnforced.isForAllApplications
        verdicts.check(
            "key_properties",
            hardware.origin == .generated && hardware.isSigningKey && hardware.isP256WithSHA256 && !isForAll,
            "generated in hardware, on P-256, to sign with SHA-256",
            "not a key that was generated in hardware, on P-256, to sign with SHA-256, for one app")
    }

    /// Checks 8 to 11.
    private func checkSystem(_ description: KeyDescription, _ verdicts: inout VerdictList) {
        let (hardware, software) = (description.hardwareEnforced, description.softwareEnforced)
        verdicts.check(
            "boot", software.rootOfTrust == nil && hardware.rootOfTrust.map(isAccepted) ?? false,
            "locked, with a system that is accepted", "unlocked, or with a system that is not accepted")
        let isGated = !hardware.needsNoAuthentication && !software.needsNoAuthentication
        verdicts.check(
            "user_authentication",
            isGated && (hardware.userAuthentication ?? 0) != 0 && (hardware.authenticationTimeout ?? 0) == 0,
            "the key asks for its user each time", "the key does not ask for its user each time")
        verdicts.check(
            "application", software.application.map(isAccepted) ?? false, "made by an app that is accepted",
            "made by an app that is not accepted")
        verdicts.check(
            "patch_level", hardware.systemPatch.map { $0 >= policy.oldestPatch } ?? false,
            "the system's security patch is recent enough", "the system's security patch is too old or not attested")
    }

    /// A maker's system, or one that boots with an accepted key: the state alone says only that some key signed it.
    private func isAccepted(_ root: RootOfTrust) -> Bool {
        guard root.isLocked else { return false }
        switch root.state {
        case .verified: return true
        case .selfSigned: return policy.bootKeys.contains(root.bootKey)
        case .unverified, .failed: return false
        }
    }

    /// Apps that share a user identifier are all named, and any of them could have made the key.
    private func isAccepted(_ attested: AttestedApplication) -> Bool {
        guard !attested.packages.isEmpty, !attested.signatures.isEmpty else { return false }
        return attested.packages.allSatisfy { package in
            policy.applications.contains { application in
                Array(application.package.utf8) == package.name
                    && attested.signatures.allSatisfy(application.signatures.contains)
            }
        }
    }
}

extension AuthorizationList {
    /// Values of `KeyPurpose`, `Algorithm`, `EcCurve` and `Digest`.
    private static let (sign, verify, ellipticCurve, p256, sha256): (Int64, Int64, Int64, Int64, Int64) = (
        2, 3, 3, 1, 4
    )

    /// Signs, and does nothing else with its private half: above all, it certifies no other keys.
    fileprivate var isSigningKey: Bool {
        purposes.contains(Self.sign) && purposes.allSatisfy { [Self.sign, Self.verify].contains($0) }
    }

    fileprivate var isP256WithSHA256: Bool {
        algorithm == Self.ellipticCurve && curve == Self.p256 && keySize == 256 && digests == [Self.sha256]
    }
}

extension VerdictList {
    mutating func checkRevocation(of chain: AttestationChain, _ list: RevocationList?) {
        let detail = list == nil ? "there is no revocation list to look into" : "a certificate is revoked"
        check(
            "revocation", list.map { $0.listed(chain.serials).isEmpty } ?? false, "no certificate is revoked", detail)
    }
}
