/// A `request_uri` of a pushed authorization request (RFC 9126 §2.2).
public struct PushedRequestURI: Sendable, Hashable {
    static let prefix = "urn:ietf:params:oauth:request_uri:"
    /// The random part: 32 bytes in base64url.
    public let reference: String

    /// Nil when `text` is not one of ours.
    public init?(parsing text: String) {
        guard text.hasPrefix(Self.prefix) else { return nil }
        let reference = String(text.dropFirst(Self.prefix.count))
        guard Base64URL.decode(reference)?.count == 32 else { return nil }
        self.reference = reference
    }

    /// The URI with a fresh random part of 32 bytes, base64url.
    public init(reference: String) { self.reference = reference }

    public var text: String { Self.prefix + reference }
}
