public import OpenIDMessages

/// A version as SemVer 2.0.0 §2 has it, without pre-release and build parts: three numbers without leading zeros.
public struct SemanticVersion: WireValue {
    public let major: UInt32
    public let minor: UInt32
    public let patch: UInt32

    public init?(rawValue: String) {
        let numbers = rawValue.split(separator: ".", omittingEmptySubsequences: false).map { part in
            UInt32(part).flatMap { String($0) == part ? $0 : nil }
        }
        guard numbers.count == 3, let major = numbers[0], let minor = numbers[1], let patch = numbers[2] else {
            return nil
        }
        (self.major, self.minor, self.patch) = (major, minor, patch)
    }

    public var rawValue: String { "\(major).\(minor).\(patch)" }

    /// By their numbers (SemVer §11), not by their text.
    public static func < (left: Self, right: Self) -> Bool {
        (left.major, left.minor, left.patch) < (right.major, right.minor, right.patch)
    }

    /// How far `later` is from this version; nil when it is not later.
    public func step(to later: SemanticVersion) -> Step? {
        guard self < later else { return nil }
        if later.major != major { return .major }
        return later.minor != minor ? .minor : .patch
    }

    /// The number that changed first, the least important one first.
    public enum Step: Int, Sendable, Comparable, CaseIterable {
        case patch, minor, major

        public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }
}
