internal import OpenIDMessages

/// When a logout token is sent again, and when never. Values in, decision out.
enum LogoutSchedule {
    /// Seconds after the first, second … failed attempt; the last goes on.
    static let delays: [Int64] = [5, 30, 120, 600, 3600]
    /// A session is over after half a day by itself, and so is what portals keep of it after a day.
    static let patience: Int64 = 24 * 3600

    static func delivered(_ delivery: LogoutDelivery) -> LogoutDelivery {
        var delivery = delivery
        delivery.state = .delivered
        delivery.attempts += 1
        delivery.lastFailure = nil
        return delivery
    }

    /// The portal has no address for logout tokens: nothing is sent, ever.
    static func withoutAddress(_ delivery: LogoutDelivery) -> LogoutDelivery {
        var delivery = delivery
        delivery.state = .delivered
        return delivery
    }

    static func failed(_ delivery: LogoutDelivery, _ failure: String, now: Timestamp) -> LogoutDelivery {
        var delivery = delivery
        let delay = delays[Int(min(max(delivery.attempts, 0), Int64(delays.count - 1)))]
        delivery.attempts += 1
        delivery.lastFailure = failure
        delivery.nextAttemptAt = now + delay
        if delivery.nextAttemptAt > delivery.createdAt + patience { delivery.state = .failed }
        return delivery
    }

    /// The portal was out of reach a moment ago: this one waits as long, without an attempt of its own.
    static func postponed(_ delivery: LogoutDelivery, behind failed: LogoutDelivery) -> LogoutDelivery {
        var delivery = delivery
        delivery.lastFailure = failed.lastFailure
        delivery.nextAttemptAt = failed.nextAttemptAt
        if delivery.nextAttemptAt > delivery.createdAt + patience { delivery.state = .failed }
        return delivery
    }
}
