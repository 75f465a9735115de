internal import Crypto
internal import CryptoExtras
internal import Foundation
public import OpenIDMessages

/// A private key that cannot be read.
public struct PrivateKeyError: Error, Sendable, Equatable {
    public init() {}
}

/// A private key that signs compact JWSs with one algorithm. It has no description and no public private part.
public struct SigningKey: Sendable, CustomStringConvertible {
    private enum Material: Sendable {
        case es256(P256.Signing.PrivateKey)
        case rs256(_RSA.Signing.PrivateKey)
        case ps256(_RSA.Signing.PrivateKey)
        case edDSA(Curve25519.Signing.PrivateKey)
    }

    private let material: Material
    public let publicKey: VerificationKey

    public var algorithm: JWSAlgorithm { publicKey.algorithm }
    public var thumbprint: KeyThumbprint { publicKey.thumbprint }
    public var description: String { "(private key \(thumbprint))" }

    /// A fresh P-256 key.
    public static func makeES256() -> SigningKey { SigningKey(P256.Signing.PrivateKey()) }

    /// A fresh RSA key of 3072 bits.
    public static func makeRS256() throws -> SigningKey { try makeRSA(.rs256) }

    /// A fresh RSA key of 3072 bits for PS256. One RSA key never serves both paddings.
    public static func makePS256() throws -> SigningKey { try makeRSA(.ps256) }

    /// A fresh Ed25519 key.
    public static func makeEdDSA() throws -> SigningKey { try SigningKey(Curve25519.Signing.PrivateKey()) }

    /// A fresh key for `algorithm`.
    public static func make(_ algorithm: JWSAlgorithm) throws -> SigningKey {
        switch algorithm {
        case .es256: makeES256()
        case .rs256: try makeRS256()
        case .ps256: try makePS256()
        case .edDSA: try makeEdDSA()
        }
    }

    private static func makeRSA(_ algorithm: JWSAlgorithm) throws -> SigningKey {
        try SigningKey(
            _RSA.Signing.PrivateKey(keySize: _RSA.Signing.KeySize(bitCount: 3072)), algorithm: algorithm)
    }

    init(_ key: P256.Signing.PrivateKey) {
        material = .es256(key)
        publicKey = VerificationKey(key.publicKey)
    }

    private init(_ key: _RSA.Signing.PrivateKey, algorithm: JWSAlgorithm) throws {
        material = algorithm == .ps256 ? .ps256(key) : .rs256(key)
        publicKey = try VerificationKey(key.publicKey, algorithm: algorithm)
    }

    init(_ key: Curve25519.Signing.PrivateKey) throws(PrivateKeyError) {
        guard let point = Ed25519PublicKey(Array(key.publicKey.rawRepresentation)) else { throw PrivateKeyError() }
        material = .edDSA(key)
        publicKey = VerificationKey(point)
    }

    /// Reads the DER that `derRepresentation` gave.
    public init(_ algorithm: JWSAlgorithm, derRepresentation: [UInt8]) throws(PrivateKeyError) {
        do {
            switch algorithm {
            case .es256: self.init(try P256.Signing.PrivateKey(derRepresentation: derRepresentation))
            case .rs256, .ps256:
                try self.init(_RSA.Signing.PrivateKey(derRepresentation: derRepresentation), algorithm: algorithm)
            case .edDSA:
                guard let seed = CurvePrivateKeyInfo.decode(.ed25519, derRepresentation) else {
                    throw PrivateKeyError()
                }
                try self.init(Curve25519.Signing.PrivateKey(rawRepresentation: seed))
            }
        } catch { throw PrivateKeyError() }
    }

    /// Reads a P-256 key from PEM (PKCS #8 or SEC 1).
    public init(es256PEM pem: String) throws(PrivateKeyError) {
        guard let key = try? P256.Signing.PrivateKey(pemRepresentation: pem) else { throw PrivateKeyError() }
        self.init(key)
    }

    /// The private key in DER. For a sealed box and nothing else.
    public var derRepresentation: [UInt8] {
        switch material {
        case .es256(let key): Array(key.derRepresentation)
        case .rs256(let key), .ps256(let key): Array(key.derRepresentation)
        case .edDSA(let key): CurvePrivateKeyInfo.encode(.ed25519, Array(key.rawRepresentation))
        }
    }

    /// Signs a payload as a compact JWS with `typ` and, unless the header carries the key itself, `kid`.
    ///
    /// `header` holds further header members; with a member `jwk` or `x5c` the header names its key by that.
    public func sign(type: String, payload: JSONObject, keyIdentifier: String? = nil, header extra: JSONObject = [:])
        throws -> String
    {
        try CompactJWS.signed(
            type: type, payload: payload, key: publicKey, keyIdentifier: keyIdentifier, header: extra,
            signature: signature)
    }

    /// Signs a device statement.
    public func sign<Statement: DeviceStatement>(
        _ statement: Statement, keyIdentifier: String? = nil, header: JSONObject = [:]
    ) throws -> String {
        try sign(type: Statement.type, payload: statement.json, keyIdentifier: keyIdentifier, header: header)
    }

    /// The signature over a message: for ES256 the 64 bytes `r ‖ s` (RFC 7518 §3.4).
    package func signature(for message: [UInt8]) throws -> [UInt8] {
        switch material {
        case .es256(let key): Array(try key.signature(for: Digest.hash(message)).rawRepresentation)
        case .rs256(let key):
            Array(try key.signature(for: Digest.hash(message), padding: .insecurePKCS1v1_5).rawRepresentation)
        case .ps256(let key):
            Array(try key.signature(for: Digest.hash(message), padding: .PSS).rawRepresentation)
        case .edDSA(let key): Array(try key.signature(for: message))
        }
    }
}
