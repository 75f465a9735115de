import Foundation

/// The tables of `docs/conformance.md`.
struct ConformanceDocument: Sendable {
    enum Status: String {
        case passes, partly, no
    }

    /// A test that a row names: the link's file below the package's root, and a name that stands there in quotes.
    struct NamedTest: Hashable {
        let file: String
        let name: String
    }

    /// A row `| subject | status | tests | remark |`.
    struct Row: CustomStringConvertible {
        let subject: String
        let status: String
        let tests: [NamedTest]
        let remark: String

        var description: String { subject }

        /// What is wrong with the row by itself.
        var objections: [String] {
            guard let status = Status(rawValue: status) else { return ["\(subject): the status is “\(status)”"] }
            var objections: [String] = []
            if status != .no, tests.isEmpty { objections.append("\(subject): no test shows it") }
            if status != .passes, remark.isEmpty { objections.append("\(subject): no reason") }
            return objections
        }
    }

    let rows: [Row]

    /// Every table has the head `| … | status | tests | … |`; texts outside of tables are passed over.
    init(_ text: String) {
        rows = text.split(separator: "\n").filter { $0.hasPrefix("|") }.compactMap { line in
            let cells = line.dropFirst().dropLast().split(separator: "|", omittingEmptySubsequences: false)
                .map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count == 4, cells[1] != "status", !cells[0].hasPrefix("---") else { return nil }
            return Row(subject: cells[0], status: cells[1], tests: Self.tests(in: cells[2]), remark: cells[3])
        }
    }

    /// `[File](../Tests/Room/File.swift) ‹name› ‹another›`: names belong to the link before them.
    private static func tests(in cell: String) -> [NamedTest] {
        var file = ""
        return cell.matches(of: /\]\(\.\.\/([^)]+)\)|‹([^›]+)›/).compactMap { match in
            if let link = match.output.1 { file = String(link) }
            return match.output.2.map { NamedTest(file: file, name: String($0)) }
        }
    }

    /// Names in backticks, such as those of modules.
    static func codes(in text: String) -> [String] {
        text.matches(of: /`([^`]+)`/).map { String($0.output.1) }
    }
}
