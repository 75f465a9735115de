public import OpenIDMessages

/// How long a signing key waits and how long it signs, in seconds.
public struct RotationTimes: Sendable, Equatable {
    /// The least time for which a key is published before it signs: longer than portals keep the key set.
    public let publication: Int64
    /// The time after which the next key takes over.
    public let use: Int64

    public init(publication: Int64, use: Int64) {
        self.publication = publication
        self.use = use
    }
}

/// When keys change (OpenID Connect Core §10.1.1).
extension SigningKeyRing {
    /// What is to be done with the keys of one algorithm.
    public enum Step: Sendable, Equatable {
        /// There is no next key: one has to be published.
        case publishNext
        /// The current key has signed for long enough, and the next one was published for long enough.
        case rotate
    }

    /// What is due at `now`; nil when nothing is, or when the ring has no current key of `algorithm`.
    public func stepDue(_ algorithm: JWSAlgorithm, now: Timestamp, times: RotationTimes) -> Step? {
        guard let current = entry(algorithm, .current) else { return nil }
        guard let readiness = nextIsReady(algorithm, times: times) else { return .publishNext }
        return now >= readiness && now >= current.since + times.use ? .rotate : nil
    }

    /// From when on the next key of `algorithm` was published for long enough to sign; nil without a next key.
    public func nextIsReady(_ algorithm: JWSAlgorithm, times: RotationTimes) -> Timestamp? {
        entry(algorithm, .next).map { $0.since + times.publication }
    }

    /// The ring with one key more.
    public func adding(_ key: SigningKey, as stage: Stage, since: Timestamp) -> SigningKeyRing? {
        SigningKeyRing(entries + [Entry(key: key, stage: stage, since: since)])
    }
}
