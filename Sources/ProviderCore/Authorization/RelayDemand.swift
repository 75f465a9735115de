internal import AccountDirectory
internal import OpenIDMessages

/// What must stand against a relayed login. A portal demands it by an essential claim `rr` (OpenID Connect Core §5.5.1).
struct RelayDemand: Sendable, Equatable {
    /// The weakest that is enough; `none` when nothing is demanded.
    let least: RelayResistance

    /// Nil when no login of this grant could satisfy the request.
    init?(_ request: ClaimsRequest, grantType: GrantType) {
        var least = RelayResistance.none
        for values in request.relayResistance {
            // Of several values the weakest is enough; of several demands the strongest counts.
            guard let weakest = values.min(by: { !$0.reaches($1) }) else { return nil }
            if weakest.reaches(least) { least = weakest }
        }
        guard Self.reachable(grantType).reaches(least) else { return nil }
        self.least = least
    }

    func isMet(by happened: RelayResistance) -> Bool { happened.reaches(least) }

    /// The most that a login can have. A device's code (RFC 8628 §5.4) comes from anywhere: whatever binds the phone to the
    /// browser in which it was typed, nothing binds the device that waits for the tokens.
    private static func reachable(_ grantType: GrantType) -> RelayResistance {
        switch grantType {
        case .deviceCode: .none
        case .backChannel: .code
        default: .sameDevice
        }
    }
}
