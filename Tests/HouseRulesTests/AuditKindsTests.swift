import Foundation
import ProviderCore
import Testing

/// `docs/domain.md`, "Kinds", is made from the kinds of audit events.
@Suite("House rule: every kind of audit event is in docs/domain.md")
struct AuditKindsTests {
    private static let writes = ProcessInfo.processInfo.environment["CITIZENID_WRITE_DOCUMENTS"] == "1"
    private static let file = SourceTree.root.path + "/docs/domain.md"
    private static let (begin, end) = ("<!-- audit kinds: begin -->\n", "<!-- audit kinds: end -->\n")

    /// One row for each family: its kinds, those that tell of a refusal in italics.
    private static var table: String {
        let families = Dictionary(grouping: SecurityEvent.Kind.allCases) { $0.rawValue.prefix { $0 != "." } }
        let rows = families.sorted { $0.key < $1.key }.map { family, kinds in
            let words = kinds.sorted { $0.rawValue < $1.rawValue }.map { kind in
                let word = "`\(kind.rawValue.dropFirst(family.count + 1))`"
                return kind.usualOutcome == .refusal ? "*\(word)*" : word
            }
            return "| `\(family)` | \(words.joined(separator: ", ")) |"
        }
        return "| family | kinds |\n|---|---|\n" + rows.joined(separator: "\n") + "\n"
    }

    private static func parts() throws -> (before: Substring, table: Substring, after: Substring) {
        let text = try String(contentsOfFile: file, encoding: .utf8)
        let begin = try #require(text.firstRange(of: begin))
        let end = try #require(text.firstRange(of: end))
        return (text[..<begin.upperBound], text[begin.upperBound..<end.lowerBound], text[end.lowerBound...])
    }

    @Test(
        "the kinds are written", .enabled(if: writes, "the document is written only with CITIZENID_WRITE_DOCUMENTS=1"))
    func write() throws {
        let (before, _, after) = try Self.parts()
        try (before + Self.table + after).write(toFile: Self.file, atomically: true, encoding: .utf8)
    }

    @Test("docs/domain.md has every kind as the code has it", .disabled(if: writes, "it is being written"))
    func document() throws {
        #expect(try String(Self.parts().table) == Self.table, "run with CITIZENID_WRITE_DOCUMENTS=1")
    }
}
