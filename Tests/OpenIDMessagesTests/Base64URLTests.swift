import OpenIDMessages
import Testing

@Suite("RFC 4648 §5: base64url has one spelling for each byte sequence")
struct Base64URLTests {
    /// RFC 4648 §10, without padding, and the characters in which base64url differs from base64.
    static let vectors: [(text: String, bytes: [UInt8])] =
        zip(
            ["", "f", "fo", "foo", "foob", "fooba", "foobar"],
            ["", "Zg", "Zm8", "Zm9v", "Zm9vYg", "Zm9vYmE", "Zm9vYmFy"]
        ).map { (text: $1, bytes: Array($0.utf8)) } + [(text: "-_-_", bytes: [0xFB, 0xFF, 0xBF])]

    @Test("the vectors of §10 are written and read", arguments: vectors)
    func vectorsAreRead(text: String, bytes: [UInt8]) {
        #expect(Base64URL.encode(bytes) == text)
        #expect(Base64URL.decode(text) == bytes)
    }

    @Test(
        "another spelling is refused",
        arguments: [
            // Padding.
            "Zg==", "Zg=", "Zm8=", "Zm9v=", "Zm9v====", "=", "Zg%3D%3D",
            // Spare bits that are not zero: a signature must not have a second spelling.
            "Zh", "Zv", "Zm9", "Zm-", "YR", "_x", "AB", "AAB",
            // Impossible lengths.
            "A", "AAAAA", "Zm9vY",
            // White space and line breaks.
            "Zm9v ", " Zm9v", "Zm 9v", "Zm9v\n", "Zm9v\r\n", "\tZm9v", "Zm9v\u{0}",
            // The alphabet of base64, look-alikes and other characters.
            "+/+/", "Zm9+", "Zm9/", "Zm9.", "Zm9~", "Zm9v.", "Ｚm9v", "Zm9ｖ", "Zm9ö", "\u{212A}m9v", "Zm9v\u{301}",
        ])
    func otherSpellingsAreRefused(_ text: String) {
        #expect(Base64URL.decode(text) == nil)
    }

    @Test("every length survives")
    func everyLengthSurvives() {
        var generator = SeededGenerator(seed: 1)
        for count in 0...300 {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let text = Base64URL.encode(bytes)
            #expect(text.utf8.count == (count * 4 + 2) / 3)
            #expect(Base64URL.decode(text) == bytes)
            #expect(Base64URL.decode(Array(text.utf8)) == bytes)
        }
    }

    @Test("of all last characters exactly those with zero spare bits are taken")
    func spareBits() {
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        let twoCharacters = alphabet.filter { Base64URL.decode("A\($0)") != nil }
        #expect(twoCharacters == "AQgw")
        let threeCharacters = alphabet.filter { Base64URL.decode("AA\($0)") != nil }
        #expect(threeCharacters == "AEIMQUYcgkosw048")
        for byte in UInt8.min...UInt8.max {
            let isInAlphabet = alphabet.utf8.contains(byte)
            #expect((Base64URL.decode([0x41, 0x41, 0x41, byte]) != nil) == isInAlphabet)
        }
    }
}
