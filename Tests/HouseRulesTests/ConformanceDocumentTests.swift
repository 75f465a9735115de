import Foundation
import TestVectors
import Testing

/// `docs/conformance.md` claims nothing that no test shows.
@Suite("House rule: no row of docs/conformance.md claims what no test shows")
struct ConformanceDocumentTests {
    private static let document: ConformanceDocument? = {
        let file = SourceTree.root.appendingPathComponent("docs/conformance.md")
        return (try? String(contentsOf: file, encoding: .utf8)).map(ConformanceDocument.init)
    }()

    @Test("every row passes, passes partly or says no, with tests for the first two and reasons for the last two")
    func rows() throws {
        let rows = try #require(Self.document).rows
        #expect(rows.count >= 150)
        #expect(rows.flatMap(\.objections) == [])
        let twice = Dictionary(grouping: rows, by: \.subject).filter { $1.count > 1 }.keys
        #expect(twice.sorted() == [])
    }

    @Test("every test that a row names stands in the file that it links")
    func tests() throws {
        let tests = Set(try #require(Self.document).rows.flatMap(\.tests))
        // What stands in a comment is no test.
        let files = Dictionary(
            uniqueKeysWithValues: SourceTree.tests.map { file in
                let lines = file.text.split(separator: "\n").filter { line in
                    !line.drop(while: \.isWhitespace).hasPrefix("//")
                }
                return (file.path, lines.joined(separator: "\n"))
            })
        #expect(tests.count >= 100)
        let missing = tests.filter { test in
            // A display name or an argument in quotes, or a function's raw identifier.
            ["\"\(test.name)\"", "`\(test.name)`"].allSatisfy { files[test.file]?.contains($0) != true }
        }
        #expect(missing.map { "\($0.file): \($0.name)" }.sorted() == [])
    }

    @Test("the module of a row that passes stands in a file that the row links, so that an expert finds it there")
    func names() throws {
        let files = Dictionary(uniqueKeysWithValues: SourceTree.tests.map { ($0.path, $0.text) })
        let rows = try #require(Self.document).rows.filter { $0.status == "passes" && $0.subject.hasPrefix("`") }
        #expect(rows.count >= 150)
        let missing = rows.flatMap { row in
            let texts = Set(row.tests.map(\.file)).compactMap { files[$0] }
            return ConformanceDocument.codes(in: row.subject).filter { module in
                !texts.contains { text in Self.names(module, in: text) }
            }
        }
        #expect(missing == [])
    }

    /// A module's name is no part of a longer one.
    private static func names(_ module: String, in text: String) -> Bool {
        text.ranges(of: module).contains { range in
            guard let next = text[range.upperBound...].first else { return true }
            return !next.isLetter && !next.isNumber && next != "-" && next != "_"
        }
    }

    @Test(
        "every certification module for a provider has its row, and no row has another",
        .enabled(
            if: TestVectors.read("openid-conformance/modules.tsv") != nil,
            "the list of modules is not here: set CITIZENID_VECTORS"))
    func modules() throws {
        let bytes = try #require(TestVectors.read("openid-conformance/modules.tsv"))
        let listed = String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap(Self.module)
        #expect(listed.count >= 180)
        let rows = Set(
            try #require(Self.document).rows.map(\.subject).filter { $0.hasPrefix("`") }
                .flatMap(ConformanceDocument.codes))
        #expect(Set(listed).subtracting(rows).sorted() == [], "without a row")
        #expect(rows.subtracting(listed).sorted() == [], "not in the list")
    }

    /// The module of a line, unless it tests clients or a country's own profile.
    private static func module(_ line: Substring) -> String? {
        let cells = line.split(separator: "\t", omittingEmptySubsequences: false)
        guard cells.count >= 2, ["openid", "fapi2spfinal", "fapiciba"].contains(cells[0]) else { return nil }
        let others = [
            "-final-client-", "-final-brazil", "-final-australia", "-id1-brazil", "-id1-connectid", "-for-brazil",
        ]
        return others.contains { cells[1].contains($0) } ? nil : String(cells[1])
    }

    @Test("the rules bite")
    func selfTest() {
        func objections(_ row: String) -> Int { ConformanceDocument(row).rows.flatMap(\.objections).count }
        #expect(objections("| a | passes | [T](../Tests/T.swift) ‹b› | |") == 0)
        #expect(objections("| a | passes | | |") == 1)
        #expect(objections("| a | partly | | |") == 2)
        #expect(objections("| a | no | | never |") == 0)
        #expect(objections("| a | no | | |") == 1)
        #expect(objections("| a | yes | | |") == 1)
        let row = ConformanceDocument("| `a` | passes | [T](../Tests/T.swift) ‹b› ‹c› [U](../U.swift) ‹d› | |").rows[0]
        #expect(row.tests.map(\.name) == ["b", "c", "d"] && row.tests.map(\.file).last == "U.swift")
        #expect(ConformanceDocument.codes(in: row.subject) == ["a"])
        #expect(Self.names("a-b", in: "(a-b)") && Self.names("a-b", in: "x, a-b"))
        #expect(!Self.names("a-b", in: "a-b-c") && !Self.names("a-b", in: "…-b"))
    }
}
