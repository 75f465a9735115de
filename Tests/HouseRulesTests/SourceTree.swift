import Foundation

/// The Swift files of the package, as texts.
enum SourceTree {
    struct File: Sendable {
        /// The path below the package's root.
        let path: String
        let text: String

        /// The target that the file belongs to: the folder below `Sources`.
        var room: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }

        /// The lines of the file with their numbers.
        var lines: [(number: Int, text: Substring)] {
            text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().map {
                ($0.offset + 1, $0.element)
            }
        }
    }

    /// The files below `Sources`.
    static let sources = files(below: "Sources")
    /// Everything that is written in Swift and committed.
    static let everything = sources + files(below: "Tests") + manifest
    static let manifest = files(named: ["Package.swift"])

    static let root: URL = {
        // Tests/HouseRulesTests/SourceTree.swift: three steps up.
        var root = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { root.deleteLastPathComponent() }
        return root
    }()

    /// The Swift files below `Tests`.
    static let tests = files(below: "Tests")

    private static func files(below folder: String) -> [File] {
        let names = FileManager.default.enumerator(atPath: root.path + "/" + folder)?.compactMap { $0 as? String } ?? []
        return files(
            named: names.filter { $0.hasSuffix(".swift") && !$0.contains(".build/") }.map { folder + "/" + $0 })
    }

    private static func files(named paths: [String]) -> [File] {
        paths.sorted().compactMap { path in
            let text = try? String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
            return text.map { File(path: path, text: $0) }
        }
    }
}
