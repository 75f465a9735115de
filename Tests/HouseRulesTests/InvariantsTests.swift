import Foundation
import Testing

/// `docs/domain.md`, "Tests of the invariants", is made from the names of the tests.
@Suite("House rule: docs/domain.md names the tests of each invariant")
struct InvariantsTests {
    private static let writes = ProcessInfo.processInfo.environment["CITIZENID_WRITE_DOCUMENTS"] == "1"
    private static let file = SourceTree.root.path + "/docs/domain.md"
    private static let (begin, end) = ("<!-- invariants: begin -->\n", "<!-- invariants: end -->\n")
    private static let invariants = (1...40).map { "I\($0)" }

    /// The names of tests and of a store's promises in a file: as a text, or in backticks.
    private static func names(in text: String) -> [String] {
        let makers = ["@Test(", "StorePromise("]
        var before: Substring = ""
        return text.split(separator: "\n").compactMap { line in
            let line = line.drop(while: \.isWhitespace)
            defer { before = line }
            let opening = makers.first { line.hasPrefix($0) }
            let isNext = makers.contains { before.hasSuffix($0) }
            if let opening { return quoted(line.dropFirst(opening.count)) }
            if isNext { return quoted(line) }
            return line.firstRange(of: "func `").map { String(line[$0.upperBound...].prefix { $0 != "`" }) }
        }
    }

    private static func quoted(_ text: Substring) -> String? {
        text.first == "\"" ? String(text.dropFirst().prefix { $0 != "\"" }) : nil
    }

    /// The invariants that a test's name begins with: `O5, I39: …` tries I39.
    private static func invariants(of name: String) -> [String] {
        guard let head = name.firstIndex(of: ":").map({ name[..<$0] }) else { return [] }
        let words = head.split { $0 == "," || $0 == " " }.map(String.init)
        let areRules = words.allSatisfy { word in
            word.first?.isUppercase == true && word.dropFirst().first?.isNumber == true && word.count <= 4
        }
        return areRules ? words.filter(invariants.contains) : []
    }

    private static let named: [String: [String]] = {
        let all = SourceTree.tests.flatMap { names(in: $0.text) }
        return all.reduce(into: [:]) { named, name in
            for invariant in invariants(of: name) where named[invariant]?.contains(name) != true {
                named[invariant, default: []].append(name)
            }
        }
    }()

    private static var table: String {
        let rows = invariants.map { invariant in
            "| \(invariant) | " + (named[invariant] ?? []).map { "‹\($0)›" }.joined(separator: " ") + " |"
        }
        return "| invariant | tests |\n|---|---|\n" + rows.joined(separator: "\n") + "\n"
    }

    private static func parts() throws -> (before: Substring, table: Substring, after: Substring) {
        let text = try String(contentsOfFile: file, encoding: .utf8)
        let begin = try #require(text.firstRange(of: begin))
        let end = try #require(text.firstRange(of: end))
        return (text[..<begin.upperBound], text[begin.upperBound..<end.lowerBound], text[end.lowerBound...])
    }

    @Test("each invariant has a test that bears its number", arguments: invariants)
    func each(invariant: String) { #expect(Self.named[invariant]?.isEmpty == false) }

    @Test(
        "the tests are written",
        .enabled(if: writes, "the document is written only with CITIZENID_WRITE_DOCUMENTS=1"))
    func write() throws {
        let (before, _, after) = try Self.parts()
        try (before + Self.table + after).write(toFile: Self.file, atomically: true, encoding: .utf8)
    }

    @Test("docs/domain.md has every test of every invariant", .disabled(if: writes, "it is being written"))
    func document() throws {
        #expect(try String(Self.parts().table) == Self.table, "run with CITIZENID_WRITE_DOCUMENTS=1")
    }

    @Test("docs/domain.md cuts no test's name short and counts none instead of naming it")
    func whole() throws {
        let text = try String(contentsOfFile: Self.file, encoding: .utf8)
        let rows = text.split(separator: "\n").filter { $0.hasPrefix("| I") && $0.dropFirst(3).first?.isNumber == true }
        #expect(rows.count > 40)
        #expect(rows.filter { $0.contains("…") || $0.contains(" more)") } == [])
    }

    @Test("the rules bite")
    func selfTest() {
        // In parts: the rules read this file, too.
        let (maker, promise, function) = ("@Test", "StorePromise", "func")
        let file = """
                \(maker)("I1: one")
                func one() {}
                \(maker)(
                    "O5, I39: two", arguments: [1])
                \(promise)("I40: three") { store in
                #expect(true, "I7: none")
                \(maker) \(function) `I2, I3: four`() {}
            """
        #expect(Self.names(in: file) == ["I1: one", "O5, I39: two", "I40: three", "I2, I3: four"])
        #expect(Self.invariants(of: "O5, I39: two") == ["I39"])
        #expect(Self.invariants(of: "I2, I3: four") == ["I2", "I3"])
        #expect(Self.invariants(of: "I13 I14: five") == ["I13", "I14"])
        #expect(Self.invariants(of: "In short: six").isEmpty && Self.invariants(of: "I41: seven").isEmpty)
    }
}
