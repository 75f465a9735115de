internal import IdentityCrypto
internal import OpenIDMessages

/// Where a chain begins after its oldest events have gone: the last event that went, sealed with a key that the database
/// has only in sealed form, under the master key beside it. Without the seal anybody who can write to the file could call the removal of events a retention.
public struct AuditAnchor: Sendable, Equatable {
    public var chain: AuditChain
    /// The number of the last event that went.
    public var number: Int64
    /// That event's hash, which the first event that is left names as the one before it.
    public var hash: [UInt8]
    /// HMAC-SHA256 over the rest.
    public var seal: [UInt8]

    public init(chain: AuditChain, number: Int64, hash: [UInt8], seal: [UInt8]) {
        self.chain = chain
        self.number = number
        self.hash = hash
        self.seal = seal
    }

    /// How the event of the cut names the anchor, so that an outsider finds it in an export: the number, a colon, the hash.
    public var text: String { "\(number):\(Base64URL.encode(hash))" }
}

/// Seals anchors and tells true ones from forged ones.
public struct AuditSealing: Sendable {
    private let key: [UInt8]

    /// - Parameter key: 32 random bytes.
    public init(key: [UInt8]) { self.key = key }

    /// The anchor behind that event.
    public func anchor(_ chain: AuditChain, number: Int64, hash: [UInt8]) -> AuditAnchor {
        AuditAnchor(chain: chain, number: number, hash: hash, seal: seal(chain, number, hash))
    }

    /// True for an anchor that was made with this key.
    public func holds(_ anchor: AuditAnchor) -> Bool {
        constantTimeEqual(anchor.seal, seal(anchor.chain, anchor.number, anchor.hash))
    }

    private func seal(_ chain: AuditChain, _ number: Int64, _ hash: [UInt8]) -> [UInt8] {
        let message = "citizen-id/audit-anchor/v1\n\(chain.rawValue)\n\(number)\n\(Base64URL.encode(hash))"
        return Digest.authenticationCode(Array(message.utf8), key: key)
    }
}
