import Foundation

/// Where tests find their vectors: public collections outside the package, and the project's own under `Tests/Vectors`.
///
/// Public vectors are not part of the package. A test that needs them is skipped in sight when they are not here:
/// `.enabled(if: TestVectors.directory != nil, "public test vectors are not here: set CITIZENID_VECTORS")`.
public enum TestVectors {
    /// The folder that holds `Package.swift`.
    public static let packageRoot: String = {
        // Tests/TestVectors/TestVectors.swift: three steps up.
        var root = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { root.deleteLastPathComponent() }
        return root.path
    }()

    /// The folder of the public vectors: `CITIZENID_VECTORS`, else `../shared/vectors` beside the package.
    public static let directory: String? = {
        let named = ProcessInfo.processInfo.environment["CITIZENID_VECTORS"]
        let path = named ?? packageRoot + "/../shared/vectors"
        guard (try? FileManager.default.contentsOfDirectory(atPath: path)) != nil else { return nil }
        return path
    }()

    /// The names of the files in a folder of the public vectors whose names end with `suffix`, in order.
    public static func files(in folder: String, suffix: String = "") -> [String] {
        guard let directory else { return [] }
        let names = try? FileManager.default.contentsOfDirectory(atPath: directory + "/" + folder)
        return (names ?? []).filter { $0.hasSuffix(suffix) }.sorted()
    }

    /// The bytes of a file of the public vectors, named by its path inside their folder.
    public static func read(_ path: String) -> [UInt8]? { directory.flatMap { contents(of: $0 + "/" + path) } }

    /// The bytes of one of the project's own vectors, named by its path inside `Tests/Vectors`.
    public static func packageFile(_ relative: String) -> [UInt8]? {
        contents(of: packageRoot + "/Tests/Vectors/" + relative)
    }

    private static func contents(of path: String) -> [UInt8]? {
        FileManager.default.contents(atPath: path).map { [UInt8]($0) }
    }
}
