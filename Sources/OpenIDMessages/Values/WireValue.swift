/// A value type over one wire string: it cannot hold a malformed value.
///
/// Every wire value is ASCII, so that equality of strings is equality of bytes.
public protocol WireValue: RawRepresentable<String>, Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Nil when `rawValue` is malformed.
    init?(rawValue: String)
}

extension WireValue {
    public var description: String { rawValue }
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

enum CharacterClass {
    /// `ALPHA / DIGIT / "-" / "." / "_" / "~"` (RFC 3986 §2.3).
    static func isUnreserved(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
            || byte == UInt8(ascii: "~")
    }

    static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        default: isDigit(byte)
        }
    }

    static func isLowerCase(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") }

    static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    /// `%x20-7E` (RFC 6749 Appendix A, VSCHAR).
    static func isVisible(_ byte: UInt8) -> Bool { byte >= 0x20 && byte <= 0x7E }

    /// `%x21 / %x23-5B / %x5D-7E` (RFC 6749 §3.3, scope-token).
    static func isScopeCharacter(_ byte: UInt8) -> Bool {
        byte == 0x21 || (byte >= 0x23 && byte <= 0x5B) || (byte >= 0x5D && byte <= 0x7E)
    }
}

extension String {
    /// True when the text has so many characters, all of them unreserved (RFC 3986 §2.3).
    public func isUnreserved(_ lengths: ClosedRange<Int>) -> Bool {
        isASCII(lengths, CharacterClass.isUnreserved)
    }

    func isASCII(_ lengths: ClosedRange<Int>, _ allowed: (UInt8) -> Bool) -> Bool {
        let bytes = utf8.span
        guard lengths.contains(bytes.count) else { return false }
        for index in bytes.indices where !allowed(bytes[index]) { return false }
        return true
    }
}
