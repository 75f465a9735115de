internal import Crypto
internal import Foundation
public import OpenIDMessages
internal import SwiftASN1
internal import X509

/// A simulator of the hardware of phones and computers: it certifies keys under a root that only development regions list.
public struct SimulatedMaker: Sendable {
    /// What is wrong with an authority.
    public struct NoAuthority: Error, Sendable {}

    let key: P256.Signing.PrivateKey
    let certificate: Certificate
    let certificateBytes: [UInt8]
    /// The serial number of the certificates that it makes; nil for one by chance.
    private var serial: Certificate.SerialNumber?

    /// - Parameter certificate: the authority's certificate (DER), a root or one below it.
    public init(key: SigningKey, certificate: [UInt8]) throws(NoAuthority) {
        guard let read = try? Certificate(derEncoded: certificate),
            let key = try? P256.Signing.PrivateKey(derRepresentation: key.derRepresentation),
            P256.Signing.PublicKey(read.publicKey)?.rawRepresentation == key.publicKey.rawRepresentation
        else { throw NoAuthority() }
        self.key = key
        self.certificate = read
        certificateBytes = certificate
    }

    /// The serial number, as revocation lists write it, of the certificate in the evidence that any maker gives for a device's
    /// `K_auth`: whoever plays the device can have it revoked.
    public static func serial(for key: KeyThumbprint) -> String {
        serialBytes(for: key).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Sixteen bytes, the first of which is neither zero nor a negative number's.
    private static func serialBytes(for key: KeyThumbprint) -> [UInt8] {
        [0x53] + Digest.sha256(Array("citizen-id/played-certificate/v1".utf8) + Array(key.rawValue.utf8)).prefix(15)
    }

    private func vouching(for key: KeyThumbprint) -> SimulatedMaker {
        var maker = self
        maker.serial = Certificate.SerialNumber(bytes: Self.serialBytes(for: key))
        return maker
    }

    /// A chain for a fresh leaf: its certificate and the authority's.
    func chain(
        for subject: P256.Signing.PublicKey, named name: String?, at now: Timestamp, extensions: [Certificate.Extension]
    ) throws -> [[UInt8]] {
        let date = Date(timeIntervalSince1970: TimeInterval(now.seconds))
        let leaf = try Certificate(
            version: .v3, serialNumber: serial ?? Certificate.SerialNumber(), publicKey: Certificate.PublicKey(subject),
            notValidBefore: date.addingTimeInterval(-3600), notValidAfter: date.addingTimeInterval(86_400),
            issuer: certificate.subject,
            subject: name.map { name in try DistinguishedName { CommonName(name) } } ?? DistinguishedName(),
            signatureAlgorithm: .ecdsaWithSHA256, extensions: Certificate.Extensions(extensions),
            issuerPrivateKey: Certificate.PrivateKey(key))
        var serializer = DER.Serializer()
        try serializer.serialize(leaf)
        return [serializer.serializedBytes, certificateBytes]
    }
}

/// What a simulator plays.
public enum SimulatedHardware: Sendable {
    /// A phone with Android: the app's package and the digest of the certificate that signs it.
    case androidKey(HardwareKeyStore, package: String, signature: [UInt8])
    /// An iPhone: team and bundle identifier, and the environment in which the app was made.
    case appAttest(application: String, environment: AppAttestPolicy.Environment = .production)
    case tpm

    /// The format of its evidence.
    public var format: String {
        switch self {
        case .androidKey: "android-key"
        case .appAttest: AppAttestObject.format
        case .tpm: "tpm"
        }
    }

    /// Where the keys are that it plays.
    public var keyStore: HardwareKeyStore {
        switch self {
        case .androidKey(let keyStore, _, _): keyStore
        case .appAttest: .secureEnclave
        case .tpm: .tpm
        }
    }
}

extension SimulatedMaker {
    /// Evidence as good hardware gives it, about these keys and this offer.
    public func evidence(
        of hardware: SimulatedHardware, offer: ContentDigest, authentication: VerificationKey,
        installation: KeyThumbprint, pin: KeyThumbprint, now: Timestamp
    ) throws -> DeviceEvidence {
        let challenge = Base64URL.decode(offer.rawValue) ?? []
        let maker = vouching(for: authentication.thumbprint)
        switch hardware {
        case .androidKey(let keyStore, let package, let signature):
            // Whatever the oldest patch is that the region accepts: a simulator is always up to date.
            let description = KeyDescription.sample(
                challenge: challenge, keyStore: keyStore, package: package, signature: signature, patch: 209_912)
            return try maker.androidKey(description, key: authentication, now: now)
        case .appAttest(let application, let environment):
            let clientData = AppAttestVerifier.clientData(
                offer: offer, authentication: authentication.thumbprint, installation: installation, pin: pin)
            return try maker.appAttest(
                clientData: clientData, application: application, environment: environment, now: now)
        case .tpm: return try maker.tpm(challenge: challenge, key: authentication, now: now)
        }
    }

    func androidKey(_ description: KeyDescription, key: VerificationKey, now: Timestamp) throws -> DeviceEvidence {
        guard case .es256(let subject) = key.material else { throw NoAuthority() }
        let attestation = Certificate.Extension(
            oid: KeyDescription.identifier, critical: false, value: try description.encoded()[...])
        let chain = try chain(for: subject, named: "Android Keystore Key", at: now, extensions: [attestation])
        return DeviceEvidence(
            format: "android-key", evidence: ["x5c": .strings(chain.map(StandardBase64.encode))])
    }

    /// Evidence as a good iPhone gives it: a fresh key of its App Attest vouches for the client data.
    func appAttest(
        clientData: [UInt8], application: String, environment: AppAttestPolicy.Environment, now: Timestamp
    ) throws -> DeviceEvidence {
        let attested = P256.Signing.PrivateKey().publicKey
        let identifier = Digest.sha256(Array(attested.x963Representation))
        let party = Digest.sha256(Array(application.utf8))
        let data =
            party + [0x40, 0, 0, 0, 0] + environment.makeIdentifier + [0, 32] + identifier
            + COSEKey.encoded(attested).encoded
        let nonce = Digest.sha256(data + Digest.sha256(clientData))
        let chain = try chain(
            for: attested, named: "App Attest key", at: now,
            extensions: [
                Certificate.Extension(
                    oid: Certificate.appAttestNonceIdentifier, critical: false,
                    value: ([0x30, 0x24, 0xa1, 0x22, 0x04, 0x20] + nonce)[...])
            ])
        let object: CBORValue = [
            "fmt": .text(AppAttestObject.format),
            "attStmt": ["x5c": .array(chain.map { .bytes($0) }), "receipt": .bytes([])], "authData": .bytes(data),
        ]
        return DeviceEvidence(
            format: AppAttestObject.format,
            evidence: [
                "attestation": .string(Base64URL.encode(object.encoded)),
                "key_id": .string(Base64URL.encode(identifier)),
            ])
    }

    /// Evidence as a good TPM gives it: a fresh attestation key certifies the registered key.
    func tpm(challenge: [UInt8], key: VerificationKey, now: Timestamp) throws -> DeviceEvidence {
        guard case .es256(let subject) = key.material else { throw NoAuthority() }
        let attributes: TPMPublicArea.Attributes = [
            .fixedTPM, .fixedParent, .sensitiveDataOrigin, .userWithAuth, .sign,
        ]
        let area = TPMPublicArea.encoded(subject, attributes: attributes)
        let statement = try tpmStatement(
            certifyInfo: TPMCertification.encoded(extraData: challenge, certifying: area), publicArea: area, now: now)
        return Self.evidence(statement)
    }

    /// Evidence of a TPM that is no simulator's: this authority certifies its attestation key, unseen. In production whoever
    /// certifies it makes sure first that it lies in a TPM of a known maker (TCG, "TPM 2.0 Keys for Device Identity and
    /// Attestation", §5).
    package func evidence(
        of attestation: TPMKeyAttestation, authentication: KeyThumbprint, now: Timestamp
    ) throws -> DeviceEvidence {
        guard case .es256(let attestationKey) = attestation.attestationKey.material else { throw NoAuthority() }
        let signature = try P256.Signing.ECDSASignature(rawRepresentation: attestation.signature)
        return Self.evidence(
            Self.tpmStatement(
                certifyInfo: attestation.statement, publicArea: attestation.publicArea,
                signature: Array(signature.derRepresentation),
                chain: try vouching(for: authentication).attestationKeyChain(for: attestationKey, now: now)))
    }

    private static func evidence(_ statement: CBORValue) -> DeviceEvidence {
        DeviceEvidence(format: "tpm", evidence: ["att_stmt": .string(Base64URL.encode(statement.encoded))])
    }

    func tpmStatement(certifyInfo: [UInt8], publicArea: [UInt8], now: Timestamp) throws -> CBORValue {
        let attestationKey = P256.Signing.PrivateKey()
        let signature = try attestationKey.signature(for: Digest.hash(certifyInfo))
        return Self.tpmStatement(
            certifyInfo: certifyInfo, publicArea: publicArea, signature: Array(signature.derRepresentation),
            chain: try attestationKeyChain(for: attestationKey.publicKey, now: now))
    }

    private static func tpmStatement(
        certifyInfo: [UInt8], publicArea: [UInt8], signature: [UInt8], chain: [[UInt8]]
    ) -> CBORValue {
        [
            "ver": .text("2.0"), "alg": .negative(6), "sig": .bytes(signature),
            "x5c": .array(chain.map { .bytes($0) }), "certInfo": .bytes(certifyInfo), "pubArea": .bytes(publicArea),
        ]
    }

    /// The chain of an attestation key, as WebAuthn §8.3.1 wants it.
    private func attestationKeyChain(for key: P256.Signing.PublicKey, now: Timestamp) throws -> [[UInt8]] {
        try chain(
            for: key, named: nil, at: now,
            extensions: [
                Certificate.Extension(BasicConstraints.notCertificateAuthority, critical: true),
                Certificate.Extension(
                    ExtendedKeyUsage([ExtendedKeyUsage.Usage(oid: Certificate.attestationKeyUsage)]), critical: false),
                Certificate.Extension(
                    SubjectAlternativeNames([.directoryName(try DistinguishedName { CommonName("id:53494d00") })]),
                    critical: true),
            ])
    }
}

extension KeyDescription {
    /// What a locked phone with its maker's system says about a key for logins.
    static func sample(
        challenge: [UInt8], keyStore: HardwareKeyStore, package: String, signature: [UInt8], patch: Int64
    ) -> KeyDescription {
        var (software, hardware) = (AuthorizationList(), AuthorizationList())
        software.createdAt = 1_700_000_000_000
        software.application = AttestedApplication(
            packages: [AttestedApplication.Package(name: Array(package.utf8), version: 1)], signatures: [signature])
        hardware.purposes = [2]
        hardware.algorithm = 3
        hardware.keySize = 256
        hardware.digests = [4]
        hardware.curve = 1
        hardware.userAuthentication = 2
        hardware.origin = .generated
        hardware.rootOfTrust = RootOfTrust(
            bootKey: [UInt8](repeating: 0, count: 32), isLocked: true, state: .verified,
            bootHash: [UInt8](repeating: 1, count: 32))
        hardware.systemVersion = 160_000
        hardware.systemPatch = patch
        let level: SecurityLevel = keyStore == .strongbox ? .strongBox : .trustedEnvironment
        return KeyDescription(
            attestationVersion: 300, attestationLevel: level, keyMintVersion: 300, keyMintLevel: level,
            challenge: challenge, uniqueIdentifier: [], softwareEnforced: software, hardwareEnforced: hardware)
    }
}

extension TPMPublicArea {
    static func encoded(
        _ key: P256.Signing.PublicKey, attributes: Attributes, policy: [UInt8] = []
    ) -> [UInt8] {
        let point = Array(key.rawRepresentation)
        return TPMConstant.ellipticCurve.bigEndianBytes + TPMConstant.sha256.bigEndianBytes
            + attributes.rawValue.bigEndianBytes + UInt16(policy.count).bigEndianBytes + policy
            + [TPMConstant.null, TPMConstant.null, TPMConstant.p256, TPMConstant.null].flatMap(\.bigEndianBytes)
            + [0, 32] + point[..<32] + [0, 32] + point[32...]
    }
}

extension TPMCertification {
    static func encoded(extraData: [UInt8], certifying area: [UInt8]) -> [UInt8] {
        let name = TPMConstant.sha256.bigEndianBytes + Digest.sha256(area)
        let head = TPMConstant.generated.bigEndianBytes + TPMConstant.attestCertify.bigEndianBytes + [0, 0]
        let clock = [UInt8](repeating: 0, count: clockAndFirmware)
        return head + UInt16(extraData.count).bigEndianBytes + extraData + clock + UInt16(name.count).bigEndianBytes
            + name + [0, 0]
    }
}

extension FixedWidthInteger {
    fileprivate var bigEndianBytes: [UInt8] {
        stride(from: Self.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: self >> Self($0)) }
    }
}
