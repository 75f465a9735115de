public import OpenIDMessages

/// The provider's signing keys: those that will sign, sign now, and signed until lately.
///
/// `kid` is the key's RFC 7638 thumbprint. An unknown `kid` finds nothing.
public struct SigningKeyRing: Sendable {
    /// Where a key stands in its life.
    public enum Stage: String, Sendable, Hashable, CaseIterable {
        /// Published, so that portals know it before it signs.
        case next
        /// Signs.
        case current
        /// Signs no more; still published until everything it signed has expired.
        case retiring

        /// Where a key stands after a rotation; nil for one that the rotation leaves as it is. What retires goes with time.
        public var afterRotation: Stage? {
            switch self {
            case .next: .current
            case .current: .retiring
            case .retiring: nil
            }
        }
    }

    /// A key and where it stands.
    public struct Entry: Sendable {
        public let key: SigningKey
        public let stage: Stage
        public let since: Timestamp

        public init(key: SigningKey, stage: Stage, since: Timestamp) {
            self.key = key
            self.stage = stage
            self.since = since
        }
    }

    public let entries: [Entry]

    /// Keys by algorithm that sign now.
    private let current: [JWSAlgorithm: SigningKey]

    /// Algorithms that every ring signs with: ES256, with which the provider signs what is its own, and RS256, which every
    /// relying party understands (OpenID Connect Core §15.1).
    public enum Required: CaseIterable, Sendable {
        case es256
        case rs256

        var algorithm: JWSAlgorithm {
            switch self {
            case .es256: .es256
            case .rs256: .rs256
            }
        }
    }

    /// Nil unless each required algorithm has a current key, no algorithm has two keys that are current or two that are
    /// next, and no key occurs twice.
    public init?(_ entries: [Entry]) {
        var current: [JWSAlgorithm: SigningKey] = [:]
        for entry in entries where entry.stage == .current {
            guard current.updateValue(entry.key, forKey: entry.key.algorithm) == nil else { return nil }
        }
        let next = entries.filter { $0.stage == .next }.map(\.key.algorithm)
        guard Required.allCases.allSatisfy({ current[$0.algorithm] != nil }), Set(next).count == next.count,
            Set(entries.map(\.key.thumbprint)).count == entries.count
        else { return nil }
        self.entries = entries
        self.current = current
        verificationKeys = VerificationKeySet(entries.map { ($0.key.thumbprint.rawValue, $0.key.publicKey) })
    }

    /// The key that signs now with an algorithm that every ring has.
    public func current(_ algorithm: Required) -> SigningKey {
        // The initializer refuses a ring that lacks a current key of a required algorithm.
        current[algorithm.algorithm]!
    }

    /// The key that signs now with `algorithm`; nil where the ring has none.
    public func signingKey(_ algorithm: JWSAlgorithm) -> SigningKey? { current[algorithm] }

    /// The only key of `algorithm` at this stage, which is `next` or `current`.
    func entry(_ algorithm: JWSAlgorithm, _ stage: Stage) -> Entry? {
        entries.first { $0.stage == stage && $0.key.algorithm == algorithm }
    }

    /// Every published key, for verifying what this provider signed.
    public let verificationKeys: VerificationKeySet

    /// The JWK Set (RFC 7517 §5): public members only.
    public var jwks: JSONObject {
        [
            "keys": .array(
                entries.map { .object($0.key.publicKey.listedJWK(identifier: $0.key.thumbprint.rawValue)) })
        ]
    }

    /// The ring after a rotation of `algorithm` at `now`: the next key signs, the current one retires, and `fresh`
    /// becomes the next. Without a next key `fresh` signs at once.
    public func rotated(_ algorithm: JWSAlgorithm, fresh: SigningKey, now: Timestamp) -> SigningKeyRing? {
        let hasNext = entry(algorithm, .next) != nil
        var result = entries.map { entry in
            guard entry.key.algorithm == algorithm, let stage = entry.stage.afterRotation else { return entry }
            return Entry(key: entry.key, stage: stage, since: now)
        }
        result.append(Entry(key: fresh, stage: hasNext ? .next : .current, since: now))
        return SigningKeyRing(result)
    }

    /// The ring without the keys that have been retiring for longer than `seconds`.
    public func pruned(now: Timestamp, keeping seconds: Int64) -> SigningKeyRing? {
        SigningKeyRing(entries.filter { $0.stage != .retiring || $0.since + seconds > now })
    }
}
