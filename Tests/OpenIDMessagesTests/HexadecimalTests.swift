import OpenIDMessages
import Testing

@Suite("Hexadecimal has one spelling for each byte sequence")
struct HexadecimalTests {
    @Test("digits in lower case are read")
    func good() {
        #expect(Hexadecimal.decode("") == [])
        #expect(Hexadecimal.decode("00ff1a90") == [0, 255, 26, 144])
    }

    @Test("anything else is not", arguments: ["0", "abc", "+f", "-0", "0x", "FF", "aF", " 1", "1:", "ä", "g0", "١٢"])
    func refused(text: String) {
        #expect(Hexadecimal.decode(text) == nil)
    }
}
