import OpenIDMessages

/// Compares the clocks of portal and provider by the `Date` headers of their answers.
enum ClockRules {
    /// An answer's `Date` and this machine's time when it came.
    struct Sample {
        var date: Timestamp
        var seenAt: Timestamp

        fileprivate var skew: Int64 { date.seconds - seenAt.seconds }
    }

    /// Seconds that headers, with their whole seconds, and the network may take.
    static let tolerated: Int64 = 5
    /// What the provider tolerates of a client assertion's `iat`.
    static let limit: Int64 = 60

    static func finding(portal: [Sample], provider: [Sample]) -> IntegrationFinding {
        let check = PortalCheck.clock
        guard let there = middle(portal) else { return check.notTested("The portal's answers have no Date header.") }
        // Without a Date of the provider this machine's clock has to do.
        let skew = there - (middle(provider) ?? 0)
        let other = provider.isEmpty ? "this machine's" : "the provider's"
        guard abs(skew) > tolerated else { return check.ok("The portal's clock agrees with \(other) (\(skew) s).") }
        let cause = "The portal's clock is \(abs(skew)) s \(skew > 0 ? "ahead of" : "behind") \(other)."
        return abs(skew) > limit ? check.failure(cause) : check.warning(cause)
    }

    private static func middle(_ samples: [Sample]) -> Int64? {
        let skews = samples.map(\.skew).sorted()
        return skews.isEmpty ? nil : skews[skews.count / 2]
    }
}
