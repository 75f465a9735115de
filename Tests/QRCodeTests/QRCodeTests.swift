import Foundation
import QRCode
import Testing

private let link = "https://login.example/app/q/AAAAAAAAAAAAAAAAAAAAAA.1.BBBBBBBBBBBBBBBBBBBBBB"

@Suite("A QR code (ISO/IEC 18004)") struct QRCodeTests {
    @Test(
        "is the smallest version that holds the text at level M (table 7)",
        arguments: [(1, 21), (14, 21), (15, 25), (26, 25), (27, 29), (2331, 177)])
    func size(bytes: Int, size: Int) throws {
        #expect(try #require(QRCode(String(repeating: "a", count: bytes))).size == size)
    }

    @Test("counts bytes, not characters") func multibyte() throws {
        #expect(try #require(QRCode(String(repeating: "ü", count: 7))).size == 21)
        #expect(try #require(QRCode(String(repeating: "ü", count: 8))).size == 25)
    }

    @Test("does not exist for a text that is empty or one byte too long")
    func refused() {
        #expect(QRCode("") == nil)
        #expect(QRCode(String(repeating: "a", count: QRCode.maximumLength + 1)) == nil)
        #expect(QRCode(String(repeating: "a", count: 1_000_000)) == nil)
    }

    @Test("has a finder pattern in three corners and none in the fourth (§6.3.3)")
    func finderPatterns() throws {
        let code = try #require(QRCode(link))
        let far = code.size - 7
        for (x, y) in [(0, 0), (far, 0), (0, far)] {
            #expect(rows(of: code, x: x, y: y) == finderPattern, "corner \(x), \(y)")
        }
        #expect(rows(of: code, x: far, y: far) != finderPattern)
    }

    @Test("is light wherever there is no symbol") func outside() throws {
        let code = try #require(QRCode(link))
        for place in -QRCode.quietZone..<(code.size + QRCode.quietZone) {
            for outside in [-4, -1, code.size, code.size + 3] {
                #expect(!code.isDark(place, outside) && !code.isDark(outside, place))
            }
        }
    }

    private let finderPattern = ["#######", "#     #", "# ### #", "# ### #", "# ### #", "#     #", "#######"]

    private func rows(of code: QRCode, x: Int, y: Int) -> [String] {
        (y..<y + 7).map { row in String((x..<x + 7).map { code.isDark($0, row) ? "#" : " " }) }
    }
}

@Suite("The SVG picture") struct SVGTests {
    @Test("is well-formed and says what it is") func wellFormed() throws {
        let svg = try #require(QRCode(link)).svg(label: #"<Log in> & "scan"\#u{1B}"#)
        let elements = try ParsedXML(svg).elements
        #expect(elements.map(\.name) == ["svg", "rect", "path"])
        #expect(elements[0].attributes["role"] == "img")
        #expect(elements[0].attributes["aria-label"] == #"<Log in> & "scan" "#)
        #expect(elements[0].attributes["shape-rendering"] == "crispEdges")
    }

    @Test("is black on white whatever the theme, four modules of white around it") func quietZone() throws {
        let code = try #require(QRCode(link))
        let side = code.size + 8
        let elements = try ParsedXML(code.svg(label: "")).elements
        #expect(elements[0].attributes["viewBox"] == "0 0 \(side) \(side)")
        #expect(elements[1].attributes == ["width": "\(side)", "height": "\(side)", "fill": "#fff"])
        #expect(elements[2].attributes["fill"] == "#000")
    }

    @Test("covers the dark modules and no other", arguments: ["a", link]) func path(text: String) throws {
        let code = try #require(QRCode(text))
        let path = try #require(try ParsedXML(code.svg(label: "")).elements[2].attributes["d"])
        var dark = Set<[Int]>()
        for rectangle in path.split(separator: "z") {
            let match = try #require(try /M(\d+) (\d+)h(\d+)v1h-(\d+)/.wholeMatch(in: rectangle))
            let (x, y, width) = (try #require(Int(match.1)), try #require(Int(match.2)), try #require(Int(match.3)))
            #expect(match.3 == match.4)
            for column in x..<x + width { dark.insert([column - QRCode.quietZone, y - QRCode.quietZone]) }
        }
        for y in 0..<code.size {
            for x in 0..<code.size { #expect((dark.remove([x, y]) != nil) == code.isDark(x, y)) }
        }
        #expect(dark.isEmpty)
    }
}

@Suite("The terminal picture") struct TerminalTests {
    private let colours = "\u{1B}[38;5;16;48;5;231m"

    @Test("sets both colours on every line and puts them back") func colouring() throws {
        let code = try #require(QRCode(link))
        #expect(code.terminalText.hasSuffix("\n"))
        for line in code.terminalText.dropLast().split(separator: "\n", omittingEmptySubsequences: false) {
            #expect(line.hasPrefix(colours) && line.hasSuffix("\u{1B}[0m"))
            #expect(line.dropFirst(colours.count).dropLast(4).count == code.size + 8)
        }
    }

    @Test("shows the modules, two rows to a line, with the quiet zone") func modules() throws {
        let code = try #require(QRCode(link))
        let lines = code.terminalText.dropLast().split(separator: "\n").map {
            Array($0.dropFirst(colours.count).dropLast(4))
        }
        #expect(lines.count == (code.size + 8 + 1) / 2)
        for y in 0..<lines.count * 2 {
            let half: Set<Character> = y.isMultiple(of: 2) ? ["█", "▀"] : ["█", "▄"]
            for x in 0..<code.size + 8 {
                #expect(half.contains(lines[y / 2][x]) == code.isDark(x - 4, y - 4))
            }
        }
    }
}
