public import AccountDirectory
internal import IdentityCrypto
internal import OpenIDMessages

/// A person in one chain: a keyed hash of the account. The key is the person's own and random, so that nobody can link
/// events to the person when it is destroyed; and as the chain is hashed too, two towns that lay their chains side by
/// side do not see which of their events are one person's.
public struct AuditPseudonym: Sendable, Hashable {
    public static let length = 16
    public let bytes: [UInt8]

    /// A stored pseudonym; nil unless it has 16 bytes.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Self.length else { return nil }
        self.bytes = bytes
    }

    /// - Parameter key: the person's audit key.
    public init(of account: AccountIdentifier, in chain: AuditChain, key: AuditKey) {
        let message = AuditText.netstring(chain.rawValue) + AuditText.netstring(account.rawValue)
        bytes = Array(Digest.authenticationCode(message, key: key.bytes).prefix(Self.length))
    }

    public var text: String { Base64URL.encode(bytes) }
}

/// The key of one person's pseudonyms: 256 random bits that go when the account is erased.
public struct AuditKey: Sendable {
    public let bytes: [UInt8]

    /// A fresh key.
    public init() { bytes = RandomBytes.make(32) }

    /// A stored key; nil unless it has 32 bytes.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.bytes = bytes
    }
}
