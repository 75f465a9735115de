import DeviceAuthenticator
import OpenIDMessages

/// What is wrong with the way between phone and provider, and with the phone's clock.
struct Faults: Equatable {
    /// Each call comes so much later.
    var latency = Duration.zero
    /// How likely a call gets lost: half of them before they arrive, half with their answers.
    var drop = 0.0
    /// How far the phone's clock is ahead, in seconds; behind when it is negative.
    var skew: Int64 = 0
    /// The acknowledgement of the first answer gets lost.
    var losesAcknowledgement = false
    /// The same calls get lost for the same number.
    var seed: UInt64 = 1

    /// What is wrong with a text that names faults.
    struct Mistake: Error, Equatable { let part: String }
}

extension Faults {
    /// Reads `latency=200ms,drop=0.1,skew=-600s,lose=acknowledgement,seed=7`, each at most once, in any order.
    init(parsing text: String) throws(Mistake) {
        self.init()
        var names: Set<Substring> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let sides = part.split(separator: "=", maxSplits: 1)
            guard sides.count == 2, names.insert(sides[0]).inserted, take(sides[0], sides[1]) else {
                throw Mistake(part: String(part))
            }
        }
    }

    private mutating func take(_ name: Substring, _ value: Substring) -> Bool {
        switch name {
        case "latency":
            guard let milliseconds = Self.milliseconds(value), milliseconds <= 60_000 else { return false }
            latency = .milliseconds(milliseconds)
        case "drop":
            guard let share = Double(value), (0...1).contains(share) else { return false }
            drop = share
        case "skew":
            // A year; not by `abs`, which the smallest number has none of.
            guard value.last == "s", let seconds = Int64(value.dropLast()),
                (-31_536_000...31_536_000).contains(seconds)
            else { return false }
            skew = seconds
        case "lose":
            guard value == "acknowledgement" else { return false }
            losesAcknowledgement = true
        case "seed":
            guard let number = UInt64(value) else { return false }
            seed = number
        default: return false
        }
        return true
    }

    /// `200ms` or `2s`.
    private static func milliseconds(_ text: Substring) -> Int64? {
        if text.hasSuffix("ms") { return UInt32(text.dropLast(2)).map(Int64.init) }
        return text.hasSuffix("s") ? UInt32(text.dropLast()).map { Int64($0) * 1000 } : nil
    }

    /// The phone's clock, which goes wrong by `skew`.
    func skewed(_ clock: DeviceClock) -> DeviceClock {
        guard skew != 0 else { return clock }
        let skew = skew
        return DeviceClock { clock.now + skew }
    }
}
