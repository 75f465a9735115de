public import OpenIDMessages

/// The header of an encrypted token: what it asks for is offered here (RFC 7516 §4, RFC 7518 §4.6.1). Nothing in it may be
/// believed before the content was decrypted.
public struct JWEHeader: Sendable {
    public let members: JSONObject
    public let algorithm: JWEAlgorithm
    public let contentEncryption: JWEContentEncryption
    /// `kid`: the name of the recipient's key.
    public let keyIdentifier: String?
    /// `cty`: `JWT` for a nested token (RFC 7519 §5.2).
    public let contentType: String?
    /// `epk`, where the algorithm has one.
    let ephemeral: EncryptionKey?
    /// `apu` and `apv`.
    let partyU: [UInt8]
    let partyV: [UInt8]

    init(_ object: JSONObject) throws(JWEError) {
        // A name of the wrong type is no name: it must not count as one that is absent.
        guard ["typ", "cty", "kid", "apu", "apv"].allSatisfy({ object[$0] == nil || object[$0]?.string != nil }),
            let algorithm = object["alg"]?.string, let encryption = object["enc"]?.string
        else { throw .malformed }
        // Compression leaks what it compresses, and small tokens could grow without bound.
        guard object["crit"] == nil, object["zip"] == nil, let algorithm = JWEAlgorithm(rawValue: algorithm),
            let encryption = JWEContentEncryption(rawValue: encryption)
        else { throw .notSupported }
        guard let partyU = Base64URL.decode(object["apu"]?.string ?? ""),
            let partyV = Base64URL.decode(object["apv"]?.string ?? "")
        else { throw .malformed }
        members = object
        self.algorithm = algorithm
        contentEncryption = encryption
        keyIdentifier = object["kid"]?.string
        contentType = object["cty"]?.string
        self.partyU = partyU
        self.partyV = partyV
        switch algorithm {
        case .ecdhESA256KW:
            // A point that is not on its curve would betray the private key bit by bit (RFC 8725 §3.4).
            guard let key = object["epk"]?.object.flatMap({ try? EncryptionKey(publicMembersOf: $0) }) else {
                throw .cannotDecrypt
            }
            ephemeral = key
        case .rsaOAEP256: ephemeral = nil
        }
    }
}
