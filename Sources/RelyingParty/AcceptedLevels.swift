internal import OpenIDMessages

/// Which `acr` values satisfy the portal.
struct AcceptedLevels: Sendable {
    /// The values that the portal asked for; empty when every known level will do.
    let wanted: [String]
    /// Simulated logins are for tests: a portal must ask for them in so many words.
    let acceptsSimulated: Bool

    /// Every known level, simulated or not.
    static let any = AcceptedLevels(wanted: [], acceptsSimulated: true)

    static let simulatedPrefix = "sim:"

    /// The meaning of `acr`, or nil when it does not satisfy: it must be known, and at least the lowest wanted level.
    func context(ofSatisfying acr: String) -> AuthenticationContext? {
        let isSimulated = acr.hasPrefix(Self.simulatedPrefix)
        guard acceptsSimulated || !isSimulated else { return nil }
        let value = isSimulated ? String(acr.dropFirst(Self.simulatedPrefix.utf8.count)) : acr
        guard let level = AssuranceLevel(acr: value) else { return nil }
        guard wanted.isEmpty || wanted.contains(value) || isHigh(level) else { return nil }
        return AuthenticationContext(level: level, isSimulated: isSimulated)
    }

    private func isHigh(_ level: AssuranceLevel) -> Bool {
        guard let lowest = wanted.compactMap(AssuranceLevel.init(acr:)).min() else { return false }
        return level >= lowest
    }
}
