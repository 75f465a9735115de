import OpenIDMessages
import Testing

@Suite("RFC 6749 §3.1: each parameter at most once, and one reading of each")
struct FormParametersTests {
    private func parse(_ text: String) throws(FormError) -> FormParameters {
        try FormParameters(parsing: Array(text.utf8))
    }

    @Test("parameters are read in their order")
    func parametersAreRead() throws {
        let form = try parse("client_id=portal&scope=openid+profile&state=a%26b%3Dc%2B&x=%C3%A4=1")
        #expect(form.names == ["client_id", "scope", "state", "x"])
        #expect(form["client_id"] == "portal" && form["scope"] == "openid profile")
        #expect(form["state"] == "a&b=c+" && form["x"] == "ä=1")
        #expect(form["CLIENT_ID"] == nil && form["client_id "] == nil && form["absent"] == nil)
        #expect(try parse("").isEmpty)
    }

    @Test("a parameter without a value counts as absent", arguments: ["state", "state=", "state=&nonce=1"])
    func emptyValuesAreAbsent(_ text: String) throws {
        var form = try parse(text)
        #expect(form["state"] == nil)
        #expect(form.names.first == "state")
        form.append("state", "added")
        #expect(form["state"] == "added")
    }

    @Test(
        "a parameter that occurs twice is refused in every spelling",
        arguments: [
            "state=a&state=a", "state=a&state=b", "state=a&x=1&state=b", "state=a&st%61te=b", "%73tate=a&s%74ate=b",
            "state=a&state=", "state=&state=a", "state&state", "%73%74%61%74%65&state=1",
        ])
    func duplicatesAreRefused(_ text: String) {
        #expect(throws: FormError.duplicate("state")) { try parse(text) }
    }

    @Test(
        "malformed text is refused",
        arguments: [
            "a=%", "a=%4", "a=%4g", "a=%g4", "a=%%41", "a=% 41", "a=%+1", "a=%-1", "a=%u0041", "%=1", "%4=1",
            "a=%00", "a=%0a", "a=%0D", "a=%1f", "a=%7F", "a%00b=1", "a=b\nc", "a=\u{0}", "a=\tb", "a\u{7F}=1",
            "a=%ff", "a=%c0%af", "a=%ed%a0%80", "a=%e2%82", "a=%f4%90%80%80", "%ff=1",
            "=1", "=", "&", "&a=1", "a=1&", "a=1&&b=2", "a=1&=2", "a=%４1",
        ])
    func malformedTextIsRefused(_ text: String) {
        #expect(throws: FormError.malformed) { try parse(text) }
    }

    @Test("bytes that are not UTF-8 are refused")
    func invalidUTF8IsRefused() {
        #expect(throws: FormError.malformed) { try FormParameters(parsing: [0x61, 0x3D, 0xFF]) }
        #expect(throws: FormError.malformed) { try FormParameters(parsing: [0xC3, 0x3D, 0x61]) }
    }

    @Test("in a form of 64 parameters each is found by its name, and the last may be no earlier one")
    func manyParameters() throws {
        let names = (0..<63).map { "parameter_\($0)" }
        let text = names.map { "\($0)=%76\($0)" }.joined(separator: "&")
        let form = try parse(text + "&last=x")
        for name in names { #expect(form[name] == "v" + name) }
        for name in names { #expect(throws: FormError.duplicate(name)) { try parse(text + "&\(name)") } }
    }

    @Test("64 parameters are read and 65 are not")
    func countIsBounded() throws {
        func text(_ count: Int) -> String { (0..<count).map { "p\($0)=1" }.joined(separator: "&") }
        #expect(try parse(text(64)).names.count == 64)
        #expect(throws: FormError.tooManyParameters) { try parse(text(65)) }
        #expect(throws: FormError.tooManyParameters) { try parse(text(5000)) }
    }

    @Test("length ends at the limit")
    func lengthIsBounded() throws {
        #expect(throws: Never.self) { try FormParameters(parsing: Array("a=12".utf8), maximumLength: 4) }
        #expect(throws: FormError.tooLong) { try FormParameters(parsing: Array("a=123".utf8), maximumLength: 4) }
        #expect(throws: FormError.tooLong) { try parse("a=" + String(repeating: "x", count: 65_535)) }
    }

    @Test("what is written is read again", arguments: UInt64(0)..<50)
    func encodingSurvives(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var form = FormParameters()
        for index in 0..<10 { form.append("n\(index)" + text(&generator), text(&generator)) }
        let read = try FormParameters(parsing: Array(form.encoded.utf8))
        #expect(read == form)
        #expect(read.encoded == form.encoded)
        #expect(form.encodedLength == form.encoded.utf8.count)
    }

    private func text(_ generator: inout SeededGenerator) -> String {
        var scalars = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0..<8, using: &generator) {
            let limit: UInt32 = [0x7F, 0x7F, 0x800, 0x11_0000].randomElement(using: &generator) ?? 0x7F
            guard let scalar = Unicode.Scalar(UInt32.random(in: 0x20..<limit, using: &generator)), scalar != "\u{7F}",
                !(0x80..<0xA0).contains(scalar.value)
            else { continue }
            scalars.append(scalar)
        }
        return String(scalars)
    }

    @Test("everything but unreserved characters is percent-encoded")
    func percentEncoding() {
        #expect(FormParameters.percentEncode("aZ09-._~") == "aZ09-._~")
        #expect(FormParameters.percentEncode(" +&=%/ä\n\"<") == "%20%2B%26%3D%25%2F%C3%A4%0A%22%3C")
        #expect(FormParameters.percentDecode("a+b%20%2b") == "a b +")
        #expect(FormParameters.percentDecode("a%2") == nil)
        #expect(FormParameters(["a": "1 2", "b": ""]).encoded == "a=1%202&b=")
    }

    @Test("query and body are joined, and a name in both is a duplicate")
    func queryAndBody() throws {
        let query = try parse("client_id=a&state=1")
        #expect(try query.joined(with: parse("nonce=2")).names == ["client_id", "state", "nonce"])
        #expect(try query.joined(with: FormParameters()) == query)
        for body in ["state=1", "state=2", "state=", "nonce=2&st%61te=1"] {
            #expect(throws: FormError.duplicate("state")) { try query.joined(with: parse(body)) }
        }
    }
}
