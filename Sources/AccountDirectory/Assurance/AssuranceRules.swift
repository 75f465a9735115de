public import OpenIDMessages

/// The highest level that a device can reach, and why.
public struct DeviceCeiling: Sendable, Equatable {
    public var level: AssuranceLevel
    public var isSimulated: Bool

    public init(level: AssuranceLevel, isSimulated: Bool) {
        self.level = level
        self.isSimulated = isSimulated
    }

    /// A device without evidence: its keys may be copied.
    public static let withoutEvidence = DeviceCeiling(level: .normal, isSimulated: false)

    /// A simulated device plays the ceiling of what it simulates (docs/protocol.md §7).
    public static func simulated(_ keyStore: SimulatorAttestation.KeyStore) -> DeviceCeiling {
        switch keyStore {
        case .software: DeviceCeiling(level: .normal, isSimulated: true)
        case .tee, .strongbox: DeviceCeiling(level: .substantiell, isSimulated: true)
        }
    }

    public var context: AuthenticationContext { AuthenticationContext(level: level, isSimulated: isSimulated) }
}

/// Which level a login has (invariant I4): the minimum of its reasons.
public enum AssuranceRules {
    /// The level to answer with, or nil when what is wanted is out of reach: never a silent lower level.
    ///
    /// - Parameters:
    ///   - acrValues: levels that satisfy the portal, in its order of preference; empty for no wish.
    ///   - required: what client and tenant demand of every login.
    public static func answer(
        acrValues: [AssuranceLevel], required: AssuranceLevel, reached: AuthenticationContext
    ) -> AuthenticationContext? {
        guard reached.level >= required else { return nil }
        guard !acrValues.isEmpty else { return reached }
        guard let wish = acrValues.first(where: { $0 <= reached.level }) else { return nil }
        return AuthenticationContext(level: max(wish, required), isSimulated: reached.isSimulated)
    }
}
