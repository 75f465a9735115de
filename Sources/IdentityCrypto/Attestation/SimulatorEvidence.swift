internal import Crypto
public import OpenIDMessages
internal import SwiftASN1
internal import X509

/// Reads a region's simulator roots once and checks simulator evidence against them (docs/protocol.md §7).
public struct SimulatorEvidenceVerifier: Sendable {
    private let roots: [Certificate]

    /// - Parameter roots: DER certificates.
    public init(roots: [[UInt8]]) throws(UnreadableCertificate) {
        var certificates: [Certificate] = []
        for root in roots {
            guard let certificate = try? Certificate(derEncoded: root) else { throw UnreadableCertificate() }
            certificates.append(certificate)
        }
        self.roots = certificates
    }

    /// What the evidence said, if every check passed, and how each check ended.
    public struct Result: Sendable {
        /// Nil when a check failed.
        public let keyStore: SimulatorAttestation.KeyStore?
        public let verdicts: [EvidenceVerdict]
    }

    /// Checks the chain, the signature and that the attestation is about exactly this offer and these keys.
    public func verify(_ evidence: JSONObject, offerDigest: ContentDigest, keys: DeviceKeys) async -> Result {
        var list = VerdictList()
        let text = evidence.names == ["attestation"] ? evidence["attestation"]?.string : nil
        let token = text.flatMap { try? CompactJWS(parsing: $0) }
        let chain = token?.header["x5c"]?.strings.flatMap(Self.certificates) ?? []
        guard
            list.check(
                "form", token != nil && !chain.isEmpty, "attestation and chain are well-formed",
                "attestation or chain is malformed"), let token, let leaf = chain.first
        else { return Result(keyStore: nil, verdicts: list.verdicts) }
        let isChained = await isTrusted(leaf, intermediates: Array(chain.dropFirst()))
        list.check(
            "chain", isChained, "chain leads to a simulator root of the region",
            "chain does not lead to a simulator root of the region")
        let signed = P256.Signing.PublicKey(leaf.publicKey).flatMap { key in
            try? token.verified(by: VerificationKey(key), type: SimulatorAttestation.type)
        }
        // Believed by nobody unless signed; judged all the same, so that whoever looks for a fault sees all of them.
        let attestation = token.unverifiedPayload.flatMap { try? SimulatorAttestation(json: $0) }
        list.check(
            "signature", signed != nil && attestation != nil, "signed by the attester", "not signed by the attester")
        guard let attestation else { return Result(keyStore: nil, verdicts: list.verdicts) }
        let isFresh = attestation.offerDigest == offerDigest
        let isAboutKeys =
            attestation.authenticationKey == keys.authentication.thumbprint
            && attestation.installationKey == keys.installation.thumbprint
            && attestation.pinKey == keys.pin.thumbprint
        list.check("challenge", isFresh, "made for this offer", "made for another offer")
        list.check("keys", isAboutKeys, "names exactly these keys", "names other keys")
        Self.checkHardware(attestation.defects, &list)
        let isGood = list.verdicts.allSatisfy(\.passed)
        return Result(keyStore: isGood ? attestation.keyStore : nil, verdicts: list.verdicts)
    }

    /// What a simulator says of the hardware that it plays, under the names that `android-key` has for it (§7.2).
    private static func checkHardware(_ defects: [SimulatorAttestation.Defect], _ list: inout VerdictList) {
        list.check(
            "revocation", !defects.contains(.revoked), "no certificate is played as revoked",
            "a certificate is played as revoked")
        list.check(
            "boot", !defects.contains(.unlocked), "the boot loader is played as locked",
            "the boot loader is played as unlocked")
        list.check(
            "patch_level", !defects.contains(.outdated), "the system is played as up to date",
            "the system is played as older than any policy takes")
    }

    /// The key of a token's first certificate, believed by nobody yet; nil when there is none.
    public static func attesterKey(of token: CompactJWS) -> VerificationKey? {
        guard let leaf = (token.header["x5c"]?.strings).flatMap(certificates)?.first else { return nil }
        return P256.Signing.PublicKey(leaf.publicKey).map { VerificationKey($0) }
    }

    private func isTrusted(_ leaf: Certificate, intermediates: [Certificate]) async -> Bool {
        // A root is no attester: a chain of the root alone would let the root's key vouch for devices directly.
        guard !roots.isEmpty, !roots.contains(leaf) else { return false }
        var verifier = Verifier(rootCertificates: CertificateStore(roots)) { RFC5280Policy() }
        let result = await verifier.validate(leaf: leaf, intermediates: CertificateStore(intermediates))
        if case .validCertificate = result { return true }
        return false
    }

    /// RFC 7515 §4.1.6: standard base64 with padding, at most four certificates.
    private static func certificates(_ chain: [String]) -> [Certificate]? {
        guard (1...4).contains(chain.count) else { return nil }
        var result: [Certificate] = []
        for element in chain {
            guard let der = StandardBase64.decode(element), let certificate = try? Certificate(derEncoded: der) else {
                return nil
            }
            result.append(certificate)
        }
        return result
    }
}

/// Simulator evidence, as a phone under test makes it.
public struct SimulatorAttester: Sendable {
    private let key: SigningKey
    private let chain: [[UInt8]]

    /// - Parameters:
    ///   - key: the attester's private key.
    ///   - chain: the attester's certificate and those above it, DER, without the root.
    public init(key: SigningKey, chain: [[UInt8]]) {
        self.key = key
        self.chain = chain
    }

    public func evidence(for attestation: SimulatorAttestation) throws -> DeviceEvidence {
        let token = try key.sign(attestation, header: ["x5c": .strings(chain.map(StandardBase64.encode))])
        return DeviceEvidence(format: "simulator", evidence: ["attestation": .string(token)])
    }
}
