public import AccountDirectory
internal import IdentityCrypto
internal import OpenIDMessages

/// What portals may call a mandate: another name in each sector, so that portals of two towns cannot tell by it that
/// their people are the same.
public struct MandateReferences: Sendable {
    private let key: [UInt8]

    /// - Parameter key: 32 random bytes.
    init(key: [UInt8]) { self.key = key }

    /// HMAC-SHA256, cut to 128 bits, as base64url after `md_`.
    public func reference(to mandate: MandateIdentifier, in sector: SubjectSector) -> String {
        let message = "citizen-id/mandate/v1\n\(sector.name)\n\(mandate)"
        return "md_" + Base64URL.encode(Digest.authenticationCode(Array(message.utf8), key: key).prefix(16))
    }
}
