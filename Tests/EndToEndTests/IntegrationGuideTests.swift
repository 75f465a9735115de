import Foundation
import IdentityCrypto
import OpenIDMessages
import Testing

/// docs/integration.md as somebody follows it who has a portal.
@Suite("The guide for portals, followed to the letter", .inTurn, .endsInTime)
struct IntegrationGuideTests {
    /// The code blocks of a section.
    private func blocks(of section: String) throws -> [String] {
        let guide = try Program.text(of: Place.source("docs/integration.md"))
        let start = try #require(guide.range(of: "\n## \(section)"))
        let text = guide[start.upperBound...]
        let end = text.range(of: "\n## ")?.lowerBound ?? text.endIndex
        return text[..<end].matches(of: /\n```[a-z]*\n(.*?)```\n/.dotMatchesNewlines()).map { String($0.output.1) }
    }

    @Test func `a portal is added to the region of the demonstration, and nothing goes`() async throws {
        let here = try await Installation.start(withPortal: false)
        let blocks = try blocks(of: "2. Make a key and register the portal")
        try #require(blocks.count == 2)
        let jwk = here.portalKey.publicKey.listedJWK(identifier: "2026-1").text
        let file = try here.folder.write(
            "my-region.yaml", blocks[0].replacing(/jwks: {keys: \[.*\]}/, with: "jwks: {keys: [\(jwk)]}"))
        var said: [String] = []
        let commands = blocks[1].split(separator: "\n")
        #expect(commands.count == 3)
        for command in commands {
            let words = command.split(separator: " ").map { word in
                switch word {
                case "BIN/citizen-id": Place.program("citizen-id")
                case "DATA/demo-region.yaml": here.overlay
                case "DATA/provider": here.data
                case "my-region.yaml": file
                default: word.hasPrefix("Config/") ? Place.source(String(word)) : String(word)
                }
            }
            let result = try await Program.run(words[0], Array(words.dropFirst()), atOnce: true)
            // A plan that was only shown ends with 2 (docs/administration.md).
            let expected: Int32 = command.contains(" apply ") && !command.hasSuffix(" --yes") ? 2 : 0
            #expect(result.status == expected, "\(command): \(result)")
            said.append(result.output + result.errors)
        }
        #expect(said[1].contains("my-portal"), "\(said[1])")
        #expect(!said[1].contains("removed"), "\(said[1])")
        let shown = try await here.administer("client", "show", "my-portal", "--json")
        #expect(shown.status == 0, "\(shown)")
        #expect(try shown.json()["tenant"] == "herten", "\(shown)")
        #expect(try await here.administer("client", "show", "herten-demo-portal").status == 0)
    }
}
