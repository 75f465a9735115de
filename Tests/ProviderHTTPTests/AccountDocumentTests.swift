import Foundation
import OpenIDMessages
import ProviderCore
import TestVectors
import Testing

@testable import ProviderHTTP

/// `docs/domain.md`, "What a person may do alone", is made from the table of routes.
@Suite("The account API: its table in docs/domain.md")
struct AccountDocumentTests {
    private static let writes = ProcessInfo.processInfo.environment["CITIZENID_WRITE_DOCUMENTS"] == "1"
    private static let file = TestVectors.packageRoot + "/docs/domain.md"
    private static let (begin, end) = ("<!-- account routes: begin -->\n", "<!-- account routes: end -->\n")

    static var table: String {
        let rows = AccountRoutes.all.map { route in
            let effect =
                switch route.effect {
                case .read: "looks"
                case .change: "no"
                case .confirmed(let action, _): "`\(action.rawValue)`"
                }
            let events = route.events.isEmpty ? "none" : route.events.map { "`\($0.rawValue)`" }.joined(separator: ", ")
            return "| \(route.summary) | \(route.who) | `\(route.name)` | \(effect) | \(events) |"
        }
        return "| act | who | route | confirmation | audit event |\n|---|---|---|---|---|\n"
            + rows.joined(separator: "\n") + "\n"
    }

    private static func parts() throws -> (before: Substring, table: Substring, after: Substring) {
        let text = try String(contentsOfFile: file, encoding: .utf8)
        let begin = try #require(text.firstRange(of: begin))
        let end = try #require(text.firstRange(of: end))
        return (text[..<begin.upperBound], text[begin.upperBound..<end.lowerBound], text[end.lowerBound...])
    }

    @Test(
        "the table is written", .enabled(if: writes, "the document is written only with CITIZENID_WRITE_DOCUMENTS=1"))
    func write() throws {
        let (before, _, after) = try Self.parts()
        try (before + Self.table + after).write(toFile: Self.file, atomically: true, encoding: .utf8)
    }

    @Test("docs/domain.md has every route as the server has it", .disabled(if: writes, "it is being written"))
    func document() throws {
        #expect(try String(Self.parts().table) == Self.table, "run with CITIZENID_WRITE_DOCUMENTS=1")
    }
}
