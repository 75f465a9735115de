public import OpenIDMessages
internal import SwiftASN1
internal import X509

/// Checks TPM attestations (docs/protocol.md §7.4; WebAuthn §8.3).
public struct TPMVerifier: Sendable {
    let anchors: AttestationAnchors

    /// - Parameter simulatorRoots: roots (DER) whose evidence is played.
    public init(policy: TPMPolicy, simulatorRoots: [[UInt8]]) throws(UnreadableCertificate) {
        anchors = try AttestationAnchors(published: policy.roots, simulated: simulatorRoots)
    }

    /// Judges `{"att_stmt": base64url of WebAuthn's attestation statement of format tpm}`.
    ///
    /// - Parameters:
    ///   - challenge: SHA-256 over the exact bytes of the offer.
    ///   - key: `K_auth`.
    ///   - revoked: nil when there is no list that can be relied on: then nothing is accepted.
    public func verify(
        _ evidence: JSONObject, challenge: [UInt8], key: VerificationKey, revoked: RevocationList?, now: Timestamp
    ) -> AttestationResult {
        let text = evidence.names == ["att_stmt"] ? evidence["att_stmt"]?.string : nil
        let statement = text.flatMap { Base64URL.decode($0) }.flatMap(TPMStatement.init)
        return verify(statement, challenge: challenge, key: key, revoked: revoked, now: now)
    }

    func verify(
        _ statement: TPMStatement?, challenge: [UInt8], key: VerificationKey, revoked: RevocationList?, now: Timestamp
    ) -> AttestationResult {
        var verdicts = VerdictList()
        guard
            verdicts.check(
                "form", statement != nil, "the statement is well-formed", "the statement or a part of it is malformed"),
            let statement
        else { return AttestationResult(unreadable: verdicts) }
        let (certification, area, chain) = (statement.certification, statement.publicArea, statement.chain)
        verdicts.check(
            "magic", certification.magic == TPMConstant.generated, "made inside a TPM", "not made inside a TPM")
        verdicts.check(
            "type", certification.type == TPMConstant.attestCertify, "certifies a key",
            "does not certify a key")
        verdicts.check(
            "challenge", certification.extraData == challenge, "made for this offer", "made for another offer")
        verdicts.check("name", certification.name == area.name, "certifies this key", "certifies another key")
        verdicts.check(
            "fixed_tpm",
            area.attributes.isSuperset(of: [.fixedTPM, .fixedParent, .userWithAuth, .sign])
                && !area.attributes.contains(.decrypt),
            "the key signs, stays in its TPM and may be used with its authorisation value",
            "the key may leave its TPM, or is for another use")
        // Wrong PINs count (noDA is clear), and nothing but the PIN opens the key: whoever satisfies a policy needs none.
        verdicts.check(
            "authorization", !area.attributes.contains(.noDA) && area.policy.isEmpty,
            "the TPM counts wrong authorisation values, and nothing else opens the key",
            "authorisation values can be tried without end, or a policy opens the key without one")
        verdicts.check(
            "origin", area.attributes.contains(.sensitiveDataOrigin), "the TPM generated the key",
            "the TPM did not generate the key")
        verdicts.check(
            "signature", statement.isSigned, "signed by the attestation key", "not signed by the attestation key")
        verdicts.check(
            "attestation_key", chain.leaf.isAttestationKeyCertificate, "the attestation key is certified as one",
            "the certificate is none of an attestation key")
        verdicts.check(
            "chain", chain.isLinked(at: now, anchors: anchors), "every certificate is signed by the next one",
            "a certificate is not signed by the next one, or is out of time")
        let anchor = chain.anchor(among: anchors, at: now)
        verdicts.check(
            "root", anchor != nil, "the chain leads to a root of the region",
            "the chain does not lead to a root of the region")
        verdicts.checkRevocation(of: chain, revoked)
        verdicts.check(
            "key", area.key == key, "the attested key is the registered one",
            "the attested key is not the registered one")
        return AttestationResult(
            verdicts, keyStore: .tpm, isSimulated: anchor?.isSimulated ?? false, chain: chain)
    }
}

/// WebAuthn's attestation statement of the format `tpm` (§8.3), in CBOR.
struct TPMStatement: Sendable {
    let algorithm: COSEAlgorithm
    let signature: [UInt8]
    let certifyInfo: [UInt8]
    let certification: TPMCertification
    let publicArea: TPMPublicArea
    let chain: AttestationChain

    init?(_ bytes: [UInt8]) {
        guard let value = try? CBORReader.read(bytes) else { return nil }
        self.init(value)
    }

    init?(_ value: CBORValue) {
        guard let map = value.map, map.entries.count == 6, map["ver"]?.text == "2.0",
            let algorithm = map["alg"]?.integer.flatMap(COSEAlgorithm.init), let signature = map["sig"]?.bytes,
            let chain = map["x5c"]?.listOfBytes.flatMap({ AttestationChain($0) }),
            let certifyInfo = map["certInfo"]?.bytes, let certification = TPMCertification(certifyInfo),
            let publicArea = map["pubArea"]?.bytes.flatMap(TPMPublicArea.init)
        else { return nil }
        self.algorithm = algorithm
        self.signature = signature
        self.certifyInfo = certifyInfo
        self.certification = certification
        self.publicArea = publicArea
        self.chain = chain
    }

    /// True when the leaf's key signed `certInfo` with the algorithm that the statement names.
    var isSigned: Bool {
        let scheme: Certificate.SignatureAlgorithm =
            switch algorithm {
            case .es256: .ecdsaWithSHA256
            case .rs256: .sha256WithRSAEncryption
            }
        return chain.leaf.publicKey.isValidSignature(signature, for: certifyInfo, signatureAlgorithm: scheme)
    }
}

extension Certificate {
    /// `tcg-kp-AIKCertificate` (TCG EK Credential Profile).
    static let attestationKeyUsage: ASN1ObjectIdentifier = [2, 23, 133, 8, 3]

    /// The requirements of WebAuthn §8.3.1, but for the list of makers: the chain says who made the TPM.
    fileprivate var isAttestationKeyCertificate: Bool {
        guard version == .v3, subject.isEmpty, (try? extensions.subjectAlternativeNames) != nil,
            let usage = ExtendedKeyUsage.Usage(oid: Self.attestationKeyUsage) as ExtendedKeyUsage.Usage?,
            let usages = try? extensions.extendedKeyUsage, usages.contains(usage),
            let constraints = try? extensions.basicConstraints
        else { return false }
        if case .notCertificateAuthority = constraints { return true }
        return false
    }
}
