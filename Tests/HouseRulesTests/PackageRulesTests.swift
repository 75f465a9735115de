import Foundation
import Testing

@Suite("House rule: every target is built with the same strictness")
struct PackageRulesTests {
    private static func text(_ path: String) throws -> String {
        try String(contentsOf: SourceTree.root.appendingPathComponent(path), encoding: .utf8)
    }

    /// The declarations of targets without the settings that all share.
    private static func lax(_ manifest: String) -> [String] {
        let declarations = manifest.split(
            separator: /\n +\.(?=(?:[a-zA-Z]*[tT]arget|systemLibrary|library|executable)\()/)
        return declarations.dropFirst().filter { $0.prefix { $0 != "(" }.hasSuffix("arget") }
            .filter { !$0.contains(/swiftSettings: (?:everyTarget|sourceTarget|settings)\b/) }
            .map { String($0.split(separator: "\"")[1]) }
    }

    @Test("warnings are errors and memory safety is strict, in the package and in those beside it")
    func settings() throws {
        let manifests = try ["Package.swift", "Tests/Benchmarks/Package.swift", "Tests/Fuzzing/Package.swift"]
            .map(Self.text)
        #expect(manifests.flatMap(Self.lax) == [])
        let lists = manifests.compactMap { $0.firstMatch(of: /\[SwiftSetting\] = \[\n([^\]]*)\]/)?.output.1 }
        // One that is built for the sources of the root has what those have besides.
        try #require(lists.count == 3)
        #expect(lists.dropFirst().allSatisfy { $0.hasPrefix(lists[0]) })
        #expect(lists[0].contains(".strictMemorySafety()") && lists[0].contains(".treatAllWarnings(as: .error)"))
    }

    @Test("the rule bites")
    func bites() {
        let manifest = """
            targets: [
                .target(
                    name: "Strict", dependencies: [], swiftSettings: everyTarget),
                .systemLibrary(name: "CNothing"),
                .testTarget(name: "Lax", dependencies: ["Strict"]),
                .executableTarget(name: "Other", swiftSettings: [.enableUpcomingFeature("ExistentialAny")]),
            ]
            """
        #expect(Self.lax(manifest) == ["Lax", "Other"])
    }

    /// docs/architecture.md: whoever writes another store must be able to run the promises without SQLite.
    @Test("the promises of stores know no store")
    func promises() throws {
        let folder = SourceTree.root.appendingPathComponent("Tests/StoreConformance")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(files.count > 3)
        for file in files {
            let lines = try Self.text("Tests/StoreConformance/" + file).split(separator: "\n")
            let imported = Set(lines.flatMap(ImportTable.importedModules))
            #expect(imported.isDisjoint(with: ["SQLiteStore", "GRDB", "GRDBSQLite"]), "\(file)")
        }
    }
}
