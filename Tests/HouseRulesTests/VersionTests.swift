import Foundation
import OpenIDMessages
import Testing

@Suite("House rule: one version")
struct VersionTests {
    @Test("the programs' version is the one at the head of CHANGELOG.md")
    func head() throws {
        let text = try String(contentsOfFile: SourceTree.root.path + "/CHANGELOG.md", encoding: .utf8)
        let head = try #require(text.split(separator: "\n").first { $0.hasPrefix("## ") })
        // `## [Unreleased] 1.2.3-dev` before a release, `## [1.2.3] - 2026-01-31` after it.
        let named = try #require(head.firstMatch(of: /\d+\.\d+\.\d+(?:-[0-9a-z.]+)?/)).output
        #expect(named == ProductVersion.text)
        #expect(head.contains("[Unreleased]") == ProductVersion.text.hasSuffix("-dev"))
    }
}
