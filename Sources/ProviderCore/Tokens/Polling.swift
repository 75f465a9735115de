internal import IdentityCrypto
internal import OpenIDMessages

/// How often somebody may ask whether a person has decided (RFC 8628 §3.5, CIBA Core §7.3 and §11).
struct PollingPace: Sendable {
    /// Seconds between two questions.
    static let interval: Int64 = 5
    /// The pace never becomes slower.
    private static let slowest: Int64 = 60

    private var interval = PollingPace.interval
    private var askedAt: Timestamp?

    /// Counts a question; true when it came too early, which lengthens the interval.
    mutating func isTooFast(at now: Timestamp) -> Bool {
        let isEarly = askedAt.map { now < $0 + interval } ?? false
        askedAt = now
        if isEarly { interval = min(interval + Self.interval, Self.slowest) }
        return isEarly
    }
}

/// What the one who asks hears. Values in, decision out.
enum PollingRules {
    /// Where the person's decision stands.
    enum Decision: Sendable, Equatable {
        case open, approved, refused
    }

    /// Returns when the person approved; the store decides who redeems.
    static func answer(
        _ decision: Decision, expiresAt: Timestamp, isTooFast: Bool, now: Timestamp
    ) throws(ClientRefusal) {
        // Approved in time is approved: the store knows how long its grant can be redeemed.
        if decision == .approved { return }
        guard expiresAt > now else { throw ClientRefusal(.expiredToken, "the request expired", .codeExpired) }
        switch decision {
        case .approved: return
        case .refused: throw ClientRefusal(.accessDenied, "the person refused", .personRefused)
        case .open:
            throw isTooFast
                ? ClientRefusal(.slowDown, "the client asks too often", .polledTooOften)
                : ClientRefusal(.authorizationPending, "the person has not decided yet", .decisionPending)
        }
    }
}

/// What redeems a grant in place of a code: a device code or an `auth_req_id`, and until when.
struct PolledRedemption: Sendable {
    let handle: HandleDigest
    /// The login and its grant are kept until then, so that who asks slowly is answered, too.
    let until: Timestamp
}
