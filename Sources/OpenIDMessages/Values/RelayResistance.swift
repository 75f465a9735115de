/// What stood against somebody who relays a login to its victim: the claim `rr` (docs/integration.md).
public enum RelayResistance: String, Sendable, Hashable, CaseIterable {
    /// Nothing.
    case none
    /// A person carried digits from one side to the other: stops whoever cannot talk with that person.
    case code
    /// The phone handed a one-time value back to the very browser that began.
    case sameDevice = "same_device"
    /// The browser proved a key that it was given in an earlier login of the same person.
    case knownBrowser = "known_browser"
    /// The key that signs knows the origin to which it signs.
    case origin

    /// Whether this stops all that `other` stops. Same device and known browser are worth the same.
    public func reaches(_ other: RelayResistance) -> Bool { rank >= other.rank }

    var rank: Int {
        switch self {
        case .none: 0
        case .code: 1
        case .sameDevice, .knownBrowser: 2
        case .origin: 3
        }
    }

    /// What a binding is worth.
    public init(_ binding: BrowserBinding) {
        self =
            switch binding {
            case .none: .none
            case .code, .callCode: .code
            case .return: .sameDevice
            case .knownBrowser: .knownBrowser
            }
    }
}
