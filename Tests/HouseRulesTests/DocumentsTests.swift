import Foundation
import Testing

/// What the documents promise must be there.
@Suite("House rule: documents tell the truth about files and tests")
struct DocumentsTests {
    static let documents: [String] = {
        let root = SourceTree.root.path
        let tracked = ["README.md", "CHANGELOG.md", "Certs/README.md"]
        let docs = FileManager.default.subpaths(atPath: root + "/docs") ?? []
        let tests = FileManager.default.subpaths(atPath: root + "/Tests") ?? []
        return tracked + docs.filter { $0.hasSuffix(".md") }.map { "docs/" + $0 }
            + tests.filter { $0.hasSuffix(".md") && !$0.contains(".build") }.map { "Tests/" + $0 }
    }()

    @Test("every relative link leads to a file", arguments: documents)
    func links(document: String) throws {
        let text = try String(contentsOfFile: SourceTree.root.path + "/" + document, encoding: .utf8)
        let folder = (document as NSString).deletingLastPathComponent
        let broken = Self.relativeLinks(in: text).filter { link in
            let path = link.prefix { $0 != "#" }
            return !path.isEmpty
                && !FileManager.default.fileExists(atPath: "\(SourceTree.root.path)/\(folder)/\(path)")
        }
        #expect(broken == [])
    }

    @Test("every test that a document names exists", arguments: [("threat-model.md", 20), ("domain.md", 300)])
    func namedTests(document: String, atLeast count: Int) throws {
        let text = try String(contentsOfFile: SourceTree.root.path + "/docs/" + document, encoding: .utf8)
        let named = Self.testNames(in: text)
        #expect(named.count >= count)
        let tests = SourceTree.tests.map(\.text).joined()
        #expect(named.filter { !tests.contains("`\($0)`") && !tests.contains("\"\($0)\"") } == [])
    }

    @Test("the rules bite")
    func selfTest() {
        #expect(
            Self.relativeLinks(in: "[a](docs/a.md) ![b](b.png) [c](https://c.example) [d](#d)") == [
                "docs/a.md", "b.png", "#d",
            ])
        #expect(
            Self.testNames(in: "| relay | guard | ‹a stale frame is refused› and ‹b› |") == [
                "a stale frame is refused", "b",
            ])
    }

    private static func relativeLinks(in text: String) -> [String] {
        text.matches(of: /\]\(([^)\s]+)\)/).map { String($0.output.1) }.filter { !$0.contains("://") }
    }

    /// Names of tests stand between ‹ and ›.
    private static func testNames(in text: String) -> [String] {
        text.matches(of: /‹([^›]+)›/).map { String($0.output.1) }
    }
}
