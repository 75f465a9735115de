import ArgumentParser

/// How many logins begin in a second: `50/s`, `3000/min` or `0.5/s`.
struct FleetRate: ExpressibleByArgument, Equatable {
    /// Logins in a second, above 0 and at most 10,000.
    let perSecond: Double

    init?(argument: String) {
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }),
            let count = Double(parts[0])
        else { return nil }
        switch parts[1] {
        case "s": perSecond = count
        case "min": perSecond = count / 60
        default: return nil
        }
        guard perSecond > 0, perSecond <= 10_000 else { return nil }
    }

    var defaultValueDescription: String { "\(perSecond)/s" }

    /// From the beginning to the login with this number, counted from 0.
    func delay(of login: Int) -> Duration { .seconds(Double(login) / perSecond) }

    /// How many logins begin within so many seconds.
    func logins(in seconds: Int) -> Int { max(1, Int((perSecond * Double(seconds)).rounded())) }
}
