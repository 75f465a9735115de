public import OpenIDMessages

/// Why a token was refused.
public enum JWSError: Error, Sendable, Equatable {
    case malformed
    /// `crit` names extensions; none is understood here (RFC 7515 §4.1.11).
    case criticalExtension
    /// The `typ` is not the one that is expected (RFC 8725 §3.11).
    case wrongType
    /// The `alg` is not the key's (RFC 8725 §3.1).
    case wrongAlgorithm
    /// No key with this `kid`.
    case unknownKey
    case wrongSignature
    /// The payload is not the expected message.
    case wrongPayload
}

/// A compact JWS (RFC 7515 §7.1), parsed strictly and not yet believed.
public struct CompactJWS: Sendable {
    /// The longest token that is read, in bytes.
    public static let maximumLength = 16_384
    /// The most JSON values in a header and in a payload. Both are read before the signature is verified: without these
    /// limits a forged token could cost several times its signature.
    static let maximumValues = (header: 128, payload: 1024)

    /// The exact text.
    public let text: String
    /// Nothing in it may be believed before the signature is verified.
    public let header: JSONObject
    /// The payload without belief; only to choose the key or to show it to a person. Nil when it is no JSON object.
    public let unverifiedPayload: JSONObject?
    let signature: [UInt8]
    package let signingInput: [UInt8]

    public init(parsing text: String) throws(JWSError) {
        guard text.utf8.count <= Self.maximumLength else { throw .malformed }
        let bytes = Array(text.utf8)
        // The first and the last dot: between them is none, for it is no character of base64url.
        let dot = UInt8(ascii: ".")
        guard let first = bytes.firstIndex(of: dot), let last = bytes.lastIndex(of: dot), first < last,
            let header = Base64URL.decode(bytes[..<first]), let payload = Base64URL.decode(bytes[(first + 1)..<last]),
            let signature = Base64URL.decode(bytes[(last + 1)...]), !signature.isEmpty,
            let object = try? StrictJSON.parseObject(header, maximumValues: Self.maximumValues.header)
        else { throw .malformed }
        guard object["crit"] == nil else { throw .criticalExtension }
        // A name of the wrong type is no name: it must not count as one that is absent.
        guard object["alg"]?.string != nil,
            ["typ", "kid"].allSatisfy({ object[$0] == nil || object[$0]?.string != nil })
        else { throw .malformed }
        self.text = text
        self.header = object
        unverifiedPayload = try? StrictJSON.parseObject(payload, maximumValues: Self.maximumValues.payload)
        self.signature = signature
        signingInput = Array(bytes[..<last])
    }

    /// The header's `kid`.
    public var keyIdentifier: String? { header["kid"]?.string }

    /// The header's `typ` in lower case and without its optional prefix `application/`; nil when there is none.
    public var normalizedType: String? { (header["typ"]?.string).map(Self.normalized) }

    /// Verifies type, algorithm and signature, and reads the payload.
    public func verified(by key: VerificationKey, type: String?) throws(JWSError) -> VerifiedJWS {
        if let type {
            guard let actual = header["typ"]?.string, actual == type || Self.normalized(actual) == type else {
                throw .wrongType
            }
        }
        guard header["alg"]?.string == key.algorithm.rawValue else { throw .wrongAlgorithm }
        guard key.isValid(signature: signature, for: signingInput) else { throw .wrongSignature }
        guard let payload = unverifiedPayload else { throw .wrongPayload }
        return VerifiedJWS(text: text, payload: payload, key: key)
    }

    /// `typ` without its optional prefix, in lower case (RFC 7515 §4.1.9).
    ///
    /// Only ASCII has a lower case here: for Unicode the Kelvin sign is a `k`.
    private static func normalized(_ type: String) -> String {
        let bytes = type.utf8.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
        let lower = String(decoding: bytes, as: UTF8.self)
        return lower.hasPrefix("application/") ? String(lower.dropFirst("application/".count)) : lower
    }
}

/// A token whose signature was verified. Only `CompactJWS` makes it.
public struct VerifiedJWS: Sendable {
    /// The exact text.
    public let text: String
    public let payload: JSONObject
    /// The key that signed.
    public let key: VerificationKey

    fileprivate init(text: String, payload: JSONObject, key: VerificationKey) {
        self.text = text
        self.payload = payload
        self.key = key
    }
}

/// Several public keys, found by `kid`. An unknown `kid` finds nothing; there is no default key.
public struct VerificationKeySet: Sendable {
    private let keys: [(identifier: String, key: VerificationKey)]

    /// Keys with their identifiers, which must differ.
    public init(_ keys: [(identifier: String, key: VerificationKey)]) { self.keys = keys }

    /// Reads a JWK Set (RFC 7517 §5); keys that cannot verify signatures here are passed over, as §5 asks.
    ///
    /// - Parameter algorithm: the algorithm that the owner of the keys is registered for: keys that do not fit it are
    ///   passed over, too. Nil when each key says its own.
    public init(jwks object: JSONObject, algorithm: JWSAlgorithm? = nil) {
        var keys: [(identifier: String, key: VerificationKey)] = []
        for element in object["keys"]?.array ?? [] {
            guard let jwk = element.object,
                let key = try? algorithm.map({ try VerificationKey(jwk: jwk, algorithm: $0) })
                    ?? VerificationKey(jwk: jwk)
            else { continue }
            let identifier = jwk["kid"]?.string ?? key.thumbprint.rawValue
            guard !keys.contains(where: { $0.identifier == identifier }) else { continue }
            keys.append((identifier, key))
        }
        self.keys = keys
    }

    public var isEmpty: Bool { keys.isEmpty }

    public func key(identifier: String) -> VerificationKey? { keys.first { $0.identifier == identifier }?.key }

    /// Verifies a token by the key that its `kid` names; without `kid`, by the only key there is.
    public func verify(_ token: CompactJWS, type: String?) throws(JWSError) -> VerifiedJWS {
        let key = token.keyIdentifier.map { self.key(identifier: $0) } ?? (keys.count == 1 ? keys[0].key : nil)
        guard let key else { throw .unknownKey }
        return try token.verified(by: key, type: type)
    }
}
