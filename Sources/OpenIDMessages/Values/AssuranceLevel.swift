/// A level of assurance of TR-03107-1; the region's canonical vocabulary for `acr`.
///
/// These are levels of the region's own scheme. They are not eIDAS levels: the scheme is not notified.
public enum AssuranceLevel: Int, Sendable, Hashable, Comparable, CaseIterable {
    case undefined = 0
    case normal = 1
    case substantiell = 2
    case hoch = 3

    /// The levels that a login in the region can reach, lowest first. `hoch` would need another means behind it, such as the
    /// eID card: it is understood, and never reached.
    public static let offered: [AssuranceLevel] = [.normal, .substantiell]

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    /// The word for the level in configuration and on pages.
    public var name: String {
        switch self {
        case .undefined: "undefined"
        case .normal: "normal"
        case .substantiell: "substantiell"
        case .hoch: "hoch"
        }
    }

    public init?(name: String) {
        guard let level = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = level
    }

    /// The level in plain words; the names are the scheme's own, in both languages.
    public var title: BilingualText {
        switch self {
        case .undefined: BilingualText("nicht bestimmt", "undefined")
        case .normal: BilingualText("normal", "normal")
        case .substantiell: BilingualText("substantiell", "substantial (substantiell)")
        case .hoch: BilingualText("hoch", "high (hoch)")
        }
    }

    /// The `typ` of the provider's signed explanation why a login has its level.
    public static let explanationType = "assurance-explanation+jwt"

    /// The level as `acr` (OpenID Connect Core §2).
    public var acr: String { "http://bsi.bund.de/eID/LoA/" + name }

    /// Reads an `acr` value of a request in any vocabulary that the region understands: TR-03107-1, eIDAS, STORK QAA, the
    /// trust levels of AKDB. Where a vocabulary has a level below the region's lowest, that asks for the lowest.
    public init?(acr: String) {
        // Strings are equal by Unicode equivalence, which takes U+212A for K; texts of ASCII are equal by their bytes.
        guard acr.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        let level = Self.allCases.first { level in
            level != .undefined && (level.acr == acr || level.name == acr || level.aliases.contains(acr))
        }
        guard let level else { return nil }
        self = level
    }

    private var aliases: [String] {
        switch self {
        case .undefined: []
        case .normal:
            [
                "http://eidas.europa.eu/LoA/low", "low", "STORK-QAA-Level-1", "STORK-QAA-Level-2", "UNTERGEORDNET",
                "NORMAL",
            ]
        case .substantiell:
            ["http://eidas.europa.eu/LoA/substantial", "substantial", "STORK-QAA-Level-3", "SUBSTANTIELL"]
        case .hoch: ["http://eidas.europa.eu/LoA/high", "high", "STORK-QAA-Level-4", "HOCH"]
        }
    }
}

/// What a login reached: a level and whether it was reached by simulation.
public struct AuthenticationContext: Sendable, Hashable {
    public var level: AssuranceLevel
    /// True when the device's evidence came from the simulator: such a login is for tests and says so in its `acr`.
    public var isSimulated: Bool

    public init(level: AssuranceLevel, isSimulated: Bool) {
        self.level = level
        self.isSimulated = isSimulated
    }

    /// The `acr` that tokens carry: simulated levels have the prefix `sim:`.
    public var acr: String { (isSimulated ? "sim:" : "") + level.acr }

    /// Reads what `acr` wrote.
    public init?(acr: String) {
        let isSimulated = acr.hasPrefix("sim:")
        guard let level = AssuranceLevel.allCases.first(where: { $0.acr == acr.dropFirst(isSimulated ? 4 : 0) }) else {
            return nil
        }
        self.init(level: level, isSimulated: isSimulated)
    }
    /// The level in plain words, and whether it is only simulated.
    public var title: BilingualText {
        level.title + (isSimulated ? BilingualText(", simuliert", ", simulated") : BilingualText(verbatim: ""))
    }
}
