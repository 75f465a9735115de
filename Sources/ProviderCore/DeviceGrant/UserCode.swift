internal import IdentityCrypto

/// The code that a person types for a device without a keyboard (RFC 8628 §6.1): eight consonants, no vowels that
/// could make words, none that look alike.
public struct UserCode: Sendable, Hashable {
    static let alphabet = Array("BCDFGHJKLMNPQRSTVWXZ".utf8)
    static let length = 8

    /// Eight letters without a hyphen.
    let letters: String

    /// The code as people see it, e.g. `WDJB-MJHT`.
    public var text: String { "\(letters.prefix(4))-\(letters.suffix(4))" }

    /// 34 bits of randomness; how many are tried is limited per address (RFC 8628 §5.1).
    static func random() -> UserCode {
        var letters: [UInt8] = []
        while letters.count < length {
            // 240 is the largest multiple of 20 in a byte: every letter has the same chance.
            letters += RandomBytes.make(length).filter { $0 < 240 }.map { alphabet[Int($0) % alphabet.count] }
        }
        return UserCode(letters: String(decoding: letters.prefix(length), as: UTF8.self))
    }

    private init(letters: String) { self.letters = letters }

    /// Reads what somebody typed: case, spaces and hyphens do not matter (RFC 8628 §6.1).
    public init?(typed text: String) {
        guard text.utf8.count <= 64 else { return nil }
        let letters = text.uppercased().filter { !$0.isWhitespace && $0 != "-" }
        guard letters.utf8.count == Self.length, letters.utf8.allSatisfy(Self.alphabet.contains) else { return nil }
        self.letters = letters
    }
}
