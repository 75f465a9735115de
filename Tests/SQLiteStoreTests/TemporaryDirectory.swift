import Foundation

/// A directory that is gone with its last reference.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/citizen-id-test-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The database in it.
    var database: String { path + "/store.sqlite" }

    /// Every byte of every file in it.
    func contents() throws -> Data {
        try FileManager.default.contentsOfDirectory(atPath: path).reduce(into: Data()) { all, name in
            all.append(try Data(contentsOf: URL(fileURLWithPath: path + "/" + name)))
        }
    }
}
