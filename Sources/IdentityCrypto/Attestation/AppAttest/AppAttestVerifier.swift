internal import Crypto
public import OpenIDMessages
internal import SwiftASN1
internal import X509

/// Checks App Attest attestations (docs/protocol.md §7.3).
///
/// The attested key is not gated by its user: it vouches for `K_auth` through the thumbprints in the client data.
public struct AppAttestVerifier: Sendable {
    let policy: AppAttestPolicy
    let anchors: AttestationAnchors

    /// - Parameter simulatorRoots: roots (DER) whose evidence is played.
    public init(policy: AppAttestPolicy, simulatorRoots: [[UInt8]]) throws(UnreadableCertificate) {
        self.policy = policy
        anchors = try AttestationAnchors(published: policy.roots, simulated: simulatorRoots)
    }

    /// Offer and keys, as the app hands them to App Attest: 128 bytes.
    public static func clientData(
        offer: ContentDigest, authentication: KeyThumbprint, installation: KeyThumbprint, pin: KeyThumbprint
    ) -> [UInt8] {
        // Digests and thumbprints are base64url of 32 bytes by construction.
        [offer.rawValue, authentication.rawValue, installation.rawValue, pin.rawValue].flatMap {
            Base64URL.decode($0) ?? []
        }
    }

    /// Judges `{"attestation": base64url of the attestation object, "key_id": base64url}`.
    ///
    /// - Parameter revoked: nil when there is no list that can be relied on. Apple publishes none: then nothing is revoked.
    public func verify(
        _ evidence: JSONObject, clientData: [UInt8], revoked: RevocationList?, now: Timestamp
    ) -> AttestationResult {
        let bytes = evidence["attestation"]?.string.flatMap { Base64URL.decode($0) }
        let keyIdentifier = evidence["key_id"]?.string.flatMap { Base64URL.decode($0) }
        let isComplete = Set(evidence.names) == ["attestation", "key_id"]
        let object = isComplete ? bytes.flatMap(AppAttestObject.init) : nil
        return verify(
            object, keyIdentifier: keyIdentifier, clientDataDigest: Digest.sha256(clientData), revoked: revoked,
            now: now)
    }

    func verify(
        _ object: AppAttestObject?, keyIdentifier: [UInt8]?, clientDataDigest: [UInt8], revoked: RevocationList?,
        now: Timestamp
    ) -> AttestationResult {
        var verdicts = VerdictList()
        guard
            verdicts.check(
                "form", object != nil && keyIdentifier != nil, "the attestation is well-formed",
                "the attestation or a part of it is malformed"), let object, let keyIdentifier
        else { return AttestationResult(unreadable: verdicts) }
        let (chain, data) = (object.chain, object.authenticatorData)
        let anchor = chain.anchor(among: anchors, at: now)
        verdicts.check(
            "chain", anchor != nil && chain.isLinked(at: now, anchors: anchors),
            "the chain leads to a root of the region", "the chain does not lead to a root of the region")
        verdicts.checkRevocation(of: chain, revoked ?? RevocationList())
        verdicts.check(
            "nonce", chain.leaf.appAttestNonce == Digest.sha256(object.authenticatorDataBytes + clientDataDigest),
            "made for this offer and these keys", "made for another offer or other keys")
        verdicts.check(
            "key_id",
            data.credential.identifier == keyIdentifier && chain.leaf.publicKey.pointDigest == keyIdentifier
                && chain.leafKey(is: data.credential.key), "about the key that it names",
            "about another key than the one that it names")
        verdicts.check(
            "rp_id", policy.applications.contains { Digest.sha256(Array($0.utf8)) == data.partyDigest },
            "made by an app that is accepted", "made by an app that is not accepted")
        verdicts.check("counter", data.counter == 0, "a fresh key", "a key that was used before")
        verdicts.check(
            "environment", data.credential.makeIdentifier == policy.environment.makeIdentifier,
            "made in the environment \(policy.environment.rawValue)", "made in another environment")
        return AttestationResult(
            verdicts, keyStore: .secureEnclave, isSimulated: anchor?.isSimulated ?? false, chain: chain)
    }
}

/// App Attest's attestation object: WebAuthn's (§6.5.4), with the format `apple-appattest`.
struct AppAttestObject: Sendable {
    static let format = "apple-appattest"

    let chain: AttestationChain
    let authenticatorData: AuthenticatorData
    let authenticatorDataBytes: [UInt8]

    init?(_ bytes: [UInt8]) { self.init(bytes, format: Self.format) }

    init?(_ bytes: [UInt8], format: String) {
        guard let map = try? CBORReader.read(bytes).map, map.names == ["fmt", "attStmt", "authData"],
            map["fmt"]?.text == format, let statement = map["attStmt"]?.map,
            let names = statement.names, names == ["x5c"] || names == ["x5c", "receipt"],
            let chain = statement["x5c"]?.listOfBytes.flatMap({ AttestationChain($0) }),
            let data = map["authData"]?.bytes, let read = AuthenticatorData(data)
        else { return nil }
        self.chain = chain
        authenticatorData = read
        authenticatorDataBytes = data
    }
}

extension AppAttestPolicy.Environment {
    /// The AAGUID of the environment.
    var makeIdentifier: [UInt8] {
        switch self {
        case .production: Array("appattest".utf8) + [UInt8](repeating: 0, count: 7)
        case .development: Array("appattestdevelop".utf8)
        }
    }
}

extension Certificate {
    static let appAttestNonceIdentifier: ASN1ObjectIdentifier = [1, 2, 840, 113635, 100, 8, 2]

    /// The OCTET STRING in `SEQUENCE { [1] EXPLICIT OCTET STRING }`, where that is all.
    fileprivate var appAttestNonce: [UInt8]? {
        guard let value = extensions[oid: Self.appAttestNonceIdentifier]?.value else { return nil }
        return try? DER.sequence(DER.parse(value), identifier: .sequence) { nodes in
            try DER.explicitlyTagged(&nodes, tagNumber: 1, tagClass: .contextSpecific) { try $0.octets }
        }
    }
}

extension Certificate.PublicKey {
    /// SHA-256 over the uncompressed point; nil for other keys than P-256.
    fileprivate var pointDigest: [UInt8]? {
        P256.Signing.PublicKey(self).map { Digest.sha256(Array($0.x963Representation)) }
    }
}
