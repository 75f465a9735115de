import AccountDirectory
import OpenIDMessages
import Testing

@Suite("Checklist K5: branding is data")
struct BrandingTests {
    /// What somebody would write who wants to run or to load something on our pages.
    static let payloads = [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "javascript:alert(1)",
        "url(https://evil.example/)",
        "#fff;background:url(//evil.example)", "expression(alert(1))", "</style><script>",
        "https://evil.example/logo.png",
        "//evil.example/a.svg", "<svg onload=alert(1)>", "data:image/svg+xml;base64,PHN2Zz4=", "@import 'x'",
        "a\u{202E}b",
        "{{secret}}", "${7*7}", "&#x3c;script&#x3e;", "\\3c script", "a@b.example<script>", "a@evil.example/../",
        "1;DROP",
    ]

    @Test(arguments: payloads) func `nothing that runs or loads is branding`(payload: String) {
        #expect(BrandColour(rawValue: payload) == nil)
        #expect(!Branding.isInitials(payload))
        #expect(!Contact.isEmail(payload))
        #expect(!Contact.isPhone(payload))
        #expect(throws: RasterImage.Mistake.notPNG) { try RasterImage(png: Array(payload.utf8)) }
    }

    @Test func `colours, initials and contacts are`() {
        #expect(BrandColour(rawValue: "#0b5394") != nil)
        for wrong in ["0b5394", "#0B5394", "#0b539", "#0b53944", "#0b539g", "red"] {
            #expect(BrandColour(rawValue: wrong) == nil)
        }
        for right in ["A", "EL", "ÄÖÜ", "ĆẞǄ"] { #expect(Branding.isInitials(right)) }
        for wrong in ["", "a", "ABCD", "A1", "A ", "Aa"] { #expect(!Branding.isInitials(wrong)) }
        for right in ["rathaus@marl.example", "a.b-c_d+e@x.y.example"] { #expect(Contact.isEmail(right)) }
        for wrong in [
            "", "a", "a@b", "@b.example", "a@", "a@@b.example", "a b@c.example", "ä@c.example", "\"a\"@c.example",
        ] {
            #expect(!Contact.isEmail(wrong))
        }
        for right in ["115", "+49 2365 99-0", "(02365) 99/0"] { #expect(Contact.isPhone(right)) }
        for wrong in ["", "11", "115a", "+-/()", String(repeating: "1", count: 41)] {
            #expect(!Contact.isPhone(wrong))
        }
    }

    @Test(
        "white letters stand on dark colours, black ones on light",
        arguments: [
            ("#000000", true), ("#0a4f8f", true), ("#1b7a3d", true), ("#b3261e", true), ("#757575", true),
            ("#ffffff", false), ("#ffd400", false), ("#8ec5ff", false), ("#00ff00", false), ("#808080", false),
        ])
    func letters(colour: String, isDark: Bool) throws {
        #expect(try #require(BrandColour(rawValue: colour)).isDark == isDark)
    }

    // MARK: Pictures

    /// A grey pixel, as a PNG encoder writes it.
    static let png: [UInt8] = [
        0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0x00, 0x00, 0x00, 0x0D, 0x49, 0x48, 0x44, 0x52, 0x00, 0x00,
        0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x00, 0x00, 0x00, 0x00, 0x3A, 0x7E, 0x9B, 0x55, 0x00, 0x00, 0x00,
        0x0A, 0x49, 0x44, 0x41, 0x54, 0x78, 0xDA, 0x63, 0x68, 0x00, 0x00, 0x00, 0x82, 0x00, 0x81, 0xDA, 0x45, 0x08,
        0x3B, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82,
    ]

    /// A chunk as it stands in a PNG.
    private func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
        let named = Array(name.utf8) + data
        var register = UInt32.max
        for byte in named {
            register ^= UInt32(byte)
            for _ in 0..<8 { register = register & 1 == 1 ? register >> 1 ^ 0xEDB8_8320 : register >> 1 }
        }
        func bytes(_ number: UInt32) -> [UInt8] {
            [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> UInt32($0)) }
        }
        return bytes(UInt32(data.count)) + named + bytes(~register)
    }

    private func png(width: UInt8 = 1, extra: [UInt8] = [], size: [UInt8]? = nil) -> [UInt8] {
        Array(Self.png[..<8]) + chunk("IHDR", size ?? [0, 0, 0, width, 0, 0, 0, 1, 8, 0, 0, 0, 0]) + extra
            + Array(Self.png[33...])
    }

    @Test func `a small PNG of pixels is a picture`() throws {
        let image = try RasterImage(png: Self.png)
        #expect(image.width == 1 && image.height == 1 && image.bytes == Self.png)
        #expect(try RasterImage(png: png(width: 200, extra: chunk("PLTE", [1, 2, 3]))).width == 200)
        #expect(try RasterImage(png: png(size: [0, 0, 1, 0, 0, 0, 1, 0, 8, 0, 0, 0, 0])).height == 256)
    }

    @Test func `anything else in it is refused`() {
        func expect(_ bytes: [UInt8], _ mistake: RasterImage.Mistake) {
            #expect(throws: mistake) { try RasterImage(png: bytes) }
        }
        for name in ["tEXt", "iTXt", "zTXt", "iCCP", "eXIf", "acTL", "fdAT", "caBX", "abcd"] {
            expect(png(extra: chunk(name, Array("<script>".utf8))), .foreignPart)
        }
        expect(Self.png + Array("<script>alert(1)</script>".utf8), .foreignPart)
        expect(Self.png + Self.png, .foreignPart)
        expect(png(size: [0, 0, 1, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]), .tooLarge)
        expect(png(size: [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 1, 8, 0, 0, 0, 0]), .tooLarge)
        expect(png(size: [0, 0, 0, 0, 0, 0, 0, 1, 8, 0, 0, 0, 0]), .damaged)
        expect(png(extra: chunk("tRNS", [UInt8](repeating: 0, count: 17_000))), .tooLong)
        expect(Array(Self.png[..<8]) + Array(Self.png[33...]), .damaged)
        expect(Array(Self.png[..<33]) + Array(Self.png[(Self.png.count - 12)...]), .damaged)
        expect([], .notPNG)
        expect(Array("GIF89a".utf8), .notPNG)
    }

    @Test func `no byte can be missing or different`() {
        for index in Self.png.indices {
            var changed = Self.png
            changed[index] ^= 0x10
            #expect(throws: RasterImage.Mistake.self) { try RasterImage(png: changed) }
            #expect(throws: RasterImage.Mistake.self) { try RasterImage(png: Array(Self.png[..<index])) }
        }
    }
}
