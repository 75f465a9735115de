import Foundation
import OpenIDMessages
import ProviderCore
import Testing

/// One catalogue of errors: the code answers by it, and `docs/errors.md` shows it.
@Suite("House rule: every error is in the catalogue, and the catalogue is in docs/errors.md")
struct ErrorCatalogueTests {
    private static let writes = ProcessInfo.processInfo.environment["CITIZENID_WRITE_DOCUMENTS"] == "1"
    private static let file = SourceTree.root.appendingPathComponent(ErrorsDocument.path)

    @Test(
        "docs/errors.md is written",
        .enabled(if: writes, "the document is written only with CITIZENID_WRITE_DOCUMENTS=1"))
    func write() throws {
        try ErrorsDocument.text.write(to: Self.file, atomically: true, encoding: .utf8)
    }

    @Test("docs/errors.md says what the catalogue says", .disabled(if: writes, "it is being written"))
    func document() throws {
        let written = try String(contentsOf: Self.file, encoding: .utf8)
        let expected = ErrorsDocument.text
        let wrong = expected.split(separator: "\n").filter { !written.contains($0) }
        #expect(wrong == [], "run with CITIZENID_WRITE_DOCUMENTS=1")
        #expect(written == expected)
    }

    @Test("a cell breaks no table, and every entry says something")
    func cells() {
        for row in ErrorsDocument.text.split(separator: "\n") where row.hasPrefix("|") {
            #expect(!row.contains("|  |"), "\(row)")
        }
        for code in OAuthError.Code.allCases {
            #expect(!code.entry.places.isEmpty, "\(code)")
            #expect(code.pages.isEmpty != code.entry.places.contains(.page), "\(code)")
        }
        for reason in Refusal.allCases { #expect(!reason.entry.answers.isEmpty, "\(reason)") }
        let widths = ErrorsDocument.text.split(separator: "\n").filter { $0.hasPrefix("|") }
            .map { $0.count { $0 == "|" } }
        #expect(Set(widths).isSubset(of: [3, 4, 5, 6, 7]))
    }

    @Test("every case is used, so that none stands in the catalogue for nothing")
    func used() {
        let text = Self.sources.map(\.text).joined(separator: "\n")
        let names =
            OAuthError.Code.allCases.map { "\($0)" } + Refusal.allCases.map { "\($0)" }
            + ProblemCode.allCases.map { "\($0)" }
        let words = Set(text.matches(of: /\.([A-Za-z]+)/).map { String($0.output.1) })
        #expect(names.filter { !words.contains($0) } == [])
    }

    @Test("every refusal in the sources answers with an error that its entry names")
    func pairs() {
        let portal = Dictionary(uniqueKeysWithValues: OAuthError.Code.allCases.map { ("\($0)", $0) })
        let device = Dictionary(uniqueKeysWithValues: ProblemCode.allCases.map { ("\($0)", $0) })
        let reasons = Dictionary(uniqueKeysWithValues: Refusal.allCases.map { ("\($0)", $0) })
        var seen = 0
        for found in Self.sources.flatMap(Self.pairs) {
            guard let reason = reasons[found.reason] else { continue }
            seen += 1
            let answer: RefusalAnswer? =
                found.isDevice ? device[found.error].map { .problem($0) } : portal[found.error].map { .oauth($0) }
            #expect(answer.map(reason.entry.answers.contains) == true, "\(found)")
        }
        #expect(seen >= 90)
    }

    @Test("descriptions are ASCII without quotes and backslashes (RFC 6749 §5.2)")
    func descriptions() {
        // The rooms that write answers; others have errors of the same names for the operator.
        let rooms: Set = ["OpenIDMessages", "AccountDirectory", "ProviderCore", "ProviderHTTP"]
        let found = Self.sources.filter { rooms.contains($0.room) }.flatMap(Self.descriptions)
        #expect(found.count >= 100)
        #expect(found.filter { !Self.isClean($0) } == [])
        #expect(!Self.isClean("für") && !Self.isClean(#"a \n"#) && !Self.isClean("a \u{7F}"))
    }

    struct Pair {
        let error: String
        let reason: String
        let isDevice: Bool
    }

    private static let sources = SourceTree.sources.filter {
        !$0.path.hasSuffix("Catalogue.swift") && !$0.path.hasSuffix("OAuthError.swift")
            && !$0.path.hasSuffix("Refusal.swift") && !$0.path.hasSuffix("ProblemCode.swift")
    }

    private static func pairs(in file: SourceTree.File) -> [Pair] {
        let grants = file.text.matches(of: /ClientRefusal\(invalidGrant:\s*\.(\w+)\)/).map {
            Pair(error: "invalidGrant", reason: String($0.output.1), isDevice: false)
        }
        let portals = file.text.matches(
            of: /(?:ClientRefusal|OAuthError|refusal)\(\s*\.(\w+),\s*"[^"]*"\)?,\s*\.(\w+)\)/
        ).map { Pair(error: String($0.output.1), reason: String($0.output.2), isDevice: false) }
        let devices = file.text.matches(of: /DeviceRefusal\(\s*\.(\w+),\s*\.(\w+)/).map {
            Pair(error: String($0.output.1), reason: String($0.output.2), isDevice: true)
        }
        return grants + portals + devices
    }

    private static func descriptions(in file: SourceTree.File) -> [String] {
        file.text.matches(
            of:
                /(?:(?:ClientRefusal|OAuthError|ClientMetadataError|refusal)\(\s*[\w.: ]+,\s*|(?:refuse|malformed|LogoutRefusal)\(\s*)"([^"]*)"/
        ).map { String($0.output.1) }
    }

    /// What the programmer wrote; the parts that are put in are names of parameters and references.
    private static func isClean(_ description: String) -> Bool {
        let text = description.replacing(/\\\([^)]*\)+/, with: "x")
        return text.utf8.allSatisfy { (0x20...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }
    }
}
