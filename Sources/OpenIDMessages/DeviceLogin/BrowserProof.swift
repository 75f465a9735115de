/// A browser's word that it holds its key: `browser-proof+jwt` (docs/protocol.md §12).
public struct BrowserProof: DeviceStatement {
    public static let type = "browser-proof+jwt"

    /// What the key is proved for; a proof for one is none for the other.
    public enum Purpose: String, Sendable, CaseIterable {
        /// The key is new; it comes in the header `jwk`.
        case registration
        /// The key is known; its thumbprint is the `kid`.
        case login
    }

    public var issuer: IssuerURL
    public var purpose: Purpose
    /// Of one login.
    public var nonce: Nonce

    public init(issuer: IssuerURL, purpose: Purpose, nonce: Nonce) {
        self.issuer = issuer
        self.purpose = purpose
        self.nonce = nonce
    }

    public init(json: JSONObject) throws(MessageError) {
        var reader = MemberReader(json)
        issuer = try reader.wire("aud")
        purpose = try reader.choice("purpose")
        nonce = try reader.statementNonce("nonce")
        try reader.finish()
    }

    public var json: JSONObject {
        [
            "aud": .string(issuer.rawValue), "purpose": .string(purpose.rawValue), "nonce": .string(nonce.rawValue),
        ]
    }
}
