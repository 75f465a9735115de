public import OpenIDMessages

/// What somebody may do for a company, as services name it: 1 to 64 characters, words of small letters, digits, `_` and
/// `-` with dots between them, e.g. `parking.permit`.
///
/// A scope is one code. `parking` does not contain `parking.permit`: a hierarchy would give with one code what nobody
/// had in mind when it was granted.
public struct MandateScope: WireValue {
    public let rawValue: String

    public init?(rawValue: String) {
        let words = rawValue.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard (1...64).contains(rawValue.utf8.count), words.allSatisfy(Self.isWord) else { return nil }
        self.rawValue = rawValue
    }

    private static func isWord(_ word: Substring.UTF8View.SubSequence) -> Bool {
        guard let first = word.first, isLetter(first) else { return false }
        return word.allSatisfy { byte in
            isLetter(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
                || byte == UInt8(ascii: "-")
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
}
