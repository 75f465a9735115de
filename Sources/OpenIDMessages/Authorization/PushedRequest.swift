/// A `request_uri` of a pushed authorization request (RFC 9126 §2.2).
public struct PushedRequestURI: Sendable, Hashable {
    static let prefix = "urn:ietf:params:oauth:request_uri:"
    /// The handle of the pushed request.
    public let reference: String

    /// Nil when `text` does not look like one of ours.
    public init?(parsing text: String) {
        guard text.utf8.starts(with: Self.prefix.utf8) else { return nil }
        let reference = String(text.dropFirst(Self.prefix.count))
        guard reference.isASCII(1...128, CharacterClass.isUnreserved) else { return nil }
        self.reference = reference
    }

    /// The URI of a handle.
    public init(reference: String) { self.reference = reference }

    public var text: String { Self.prefix + reference }
}
