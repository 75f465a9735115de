internal import Foundation
internal import OpenIDMessages

/// What the provider has seen of a client since it started. A pure rule.
struct ObservationDiagnosis {
    let seen: ClientObservations.Observation
    /// The client makes assertions, which say what time it is there.
    let makesAssertions: Bool

    /// Seconds that are no sign of a wrong clock: libraries date assertions back a little.
    private static let tolerated: ClosedRange<Int64> = -15...5

    var findings: [IntegrationFinding] { [clock, requests] + refusals + [keyCaching] }

    private var clock: IntegrationFinding {
        let check = ClientCheck.clock
        guard let skew = seen.skew else {
            return check.notTested(
                makesAssertions
                    ? "No client assertion with iat has come since the start." : "The client makes no assertions.",
                "citizen-phone doctor compares the clocks from outside.")
        }
        let range = "iat was between \(skew.least) and \(skew.most) s from the provider's clock, last \(skew.last) s."
        guard !Self.tolerated.contains(skew.last) else { return check.ok(range) }
        let remedy = "Have the portal's machine keep time by NTP, and make each assertion when it is sent."
        return skew.last > 60 || skew.last < -300 ? check.failure(range, remedy) : check.warning(range, remedy)
    }

    private var requests: IntegrationFinding {
        let check = ClientCheck.requests
        guard seen.requests > 0 else {
            let cause =
                seen.refusals.keys.contains(where: Self.isFault)
                ? "No request for a login was good since the start." : "No login was asked for since the start."
            return check.notTested(cause, "Log in at the portal once.")
        }
        let counts =
            "Of \(seen.requests) requests \(seen.pushed) were pushed, \(seen.withState) had state, "
            + "\(seen.withNonce) nonce, \(seen.withChallenge) a code challenge."
        let remedy = "Send state, nonce and a code challenge (S256) with each login, fresh each time."
        guard seen.withChallenge == seen.requests || seen.withNonce == seen.requests else {
            return check.failure(counts, remedy)
        }
        guard [seen.withState, seen.withNonce, seen.withChallenge].allSatisfy({ $0 == seen.requests }) else {
            return check.warning(counts, remedy)
        }
        return check.ok(counts)
    }

    private var refusals: [IntegrationFinding] {
        let check = ClientCheck.refusals
        let caused = seen.refusals.filter { Self.isFault($0.key) }
        guard !caused.isEmpty else { return [check.ok("Nothing that the portal sent was refused since the start.")] }
        return caused.sorted { ($1.value.count, $0.key.rawValue) < ($0.value.count, $1.key.rawValue) }
            .map { reason, count in
                let often = count.count == 1 ? "once" : "\(count.count) times"
                return check.warning(
                    "\(reason.rawValue), \(often), the last at \(Self.text(count.lastAt)): \(reason.entry.meaning) "
                        + "The portal heard: \(count.lastHeard).",
                    reason.entry.remedy)
            }
    }

    /// What the portal does in the ordinary course of things is none.
    private static func isFault(_ reason: Refusal) -> Bool {
        guard reason != .promptNone, reason != .proofNonce else { return false }
        switch reason.entry.side {
        case .portal, .device: return true
        case .person, .operator: return false
        }
    }

    private static func text(_ time: Timestamp) -> String {
        Date(timeIntervalSince1970: TimeInterval(time.seconds)).formatted(.iso8601)
    }

    /// Said rather than guessed: a fetch of the key set names no client.
    private var keyCaching: IntegrationFinding {
        ClientCheck.keyCaching.notTested(
            "Who fetches the provider's keys is not visible from here.",
            "Use citizen-phone doctor URL --wait-for-rotation 600, and meanwhile citizen-id keys rotate.")
    }
}
