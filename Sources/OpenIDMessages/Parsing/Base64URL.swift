/// Canonical base64url without padding (RFC 4648 §5, RFC 7515 §2).
///
/// Decoding accepts exactly one spelling of each byte sequence: no padding, no white space and no spare bits that are
/// not zero, so that a value cannot be changed without changing what it stands for.
public enum Base64URL {
    private static let alphabet = [UInt8]("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// The six bits of each character; a character that is none has all bits, so that the sign of a group shows it.
    private static let values: [Int32] = {
        var table = [Int32](repeating: -1, count: 256)
        for (value, character) in alphabet.enumerated() { table[Int(character)] = Int32(value) }
        return table
    }()

    /// The ASCII bytes of the encoding of `bytes`.
    ///
    /// The loops run over arrays: over a generic collection, which other modules cannot specialise, each byte costs a
    /// call or more.
    public static func encodedBytes(_ bytes: some Collection<UInt8>) -> [UInt8] { encodedBytes(Array(bytes)) }

    public static func encodedBytes(_ bytes: [UInt8]) -> [UInt8] {
        let alphabet = alphabet
        var output = [UInt8](repeating: 0, count: (bytes.count * 4 + 2) / 3)
        let whole = bytes.count / 3
        for group in 0..<whole {
            let (read, write) = (group * 3, group * 4)
            let bits = Int(bytes[read]) << 16 | Int(bytes[read + 1]) << 8 | Int(bytes[read + 2])
            output[write] = alphabet[bits >> 18]
            output[write + 1] = alphabet[bits >> 12 & 63]
            output[write + 2] = alphabet[bits >> 6 & 63]
            output[write + 3] = alphabet[bits & 63]
        }
        let (read, write) = (whole * 3, whole * 4)
        guard read < bytes.count else { return output }
        let second = read + 1 < bytes.count ? Int(bytes[read + 1]) : 0
        let bits = Int(bytes[read]) << 16 | second << 8
        output[write] = alphabet[bits >> 18]
        output[write + 1] = alphabet[bits >> 12 & 63]
        if read + 1 < bytes.count { output[write + 2] = alphabet[bits >> 6 & 63] }
        return output
    }

    /// The encoding of `bytes` as text.
    public static func encode(_ bytes: some Collection<UInt8>) -> String { encode(Array(bytes)) }

    public static func encode(_ bytes: [UInt8]) -> String { String(decoding: encodedBytes(bytes), as: UTF8.self) }

    /// The bytes that `text` stands for, or nil when `text` is not their canonical encoding.
    public static func decode(_ text: some StringProtocol) -> [UInt8]? { decode(Array(String(text).utf8)) }

    /// The bytes that the ASCII characters `characters` stand for, or nil when they are not a canonical encoding.
    public static func decode(_ characters: some Collection<UInt8>) -> [UInt8]? { decode(Array(characters)) }

    public static func decode(_ characters: [UInt8]) -> [UInt8]? {
        let values = values
        let (whole, rest) = characters.count.quotientAndRemainder(dividingBy: 4)
        guard rest != 1 else { return nil }
        var output = [UInt8](repeating: 0, count: characters.count * 3 / 4)
        var union: Int32 = 0
        for group in 0..<whole {
            let (read, write) = (group * 4, group * 3)
            let bits =
                values[Int(characters[read])] << 18 | values[Int(characters[read + 1])] << 12
                | values[Int(characters[read + 2])] << 6 | values[Int(characters[read + 3])]
            union |= bits
            output[write] = UInt8(truncatingIfNeeded: bits >> 16)
            output[write + 1] = UInt8(truncatingIfNeeded: bits >> 8)
            output[write + 2] = UInt8(truncatingIfNeeded: bits)
        }
        if rest > 0 {
            let (read, write) = (whole * 4, whole * 3)
            let third = rest == 3 ? values[Int(characters[read + 2])] : 0
            let bits = values[Int(characters[read])] << 18 | values[Int(characters[read + 1])] << 12 | third << 6
            union |= bits
            // Bits that no byte takes are zero.
            guard bits & (rest == 3 ? 0xFF : 0xFFFF) == 0 else { return nil }
            output[write] = UInt8(truncatingIfNeeded: bits >> 16)
            if rest == 3 { output[write + 1] = UInt8(truncatingIfNeeded: bits >> 8) }
        }
        return union < 0 ? nil : output
    }
}
