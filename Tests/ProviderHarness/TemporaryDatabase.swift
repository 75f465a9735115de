import Foundation
import GRDB

/// A place for a database file that a test opens more than once or weighs.
public final class TemporaryDatabase: Sendable {
    private let directory: String
    public var path: String { directory + "/store.sqlite" }

    public init() throws {
        directory = FileManager.default.temporaryDirectory.path + "/citizen-id-test-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
    }

    /// The bytes of the database with everything beside it.
    public var size: Int {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: directory).reduce(0) { sum, name in
                let attributes = try FileManager.default.attributesOfItem(atPath: "\(directory)/\(name)")
                return sum + ((attributes[.size] as? Int) ?? 0)
            }
        }
    }

    /// Everything that the files hold.
    public var contents: Data {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: directory).reduce(into: Data()) { data, name in
                data += try Data(contentsOf: URL(fileURLWithPath: "\(directory)/\(name)"))
            }
        }
    }

    /// Does by hand what no command does yet; the provider that has the file open sees it.
    public func execute(_ sql: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.write { try $0.execute(sql: sql) }
        try queue.close()
    }

    /// Every row of every table as text, but for tables that change with each call.
    public func tables(except ignored: Set<String>) throws -> [String: [String]] {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.read { db in
            let names = try String.fetchAll(db, sql: "SELECT name FROM sqlite_master WHERE type = 'table'")
            return try names.filter { !ignored.contains($0) }.reduce(into: [:]) { tables, name in
                tables[name] = try Row.fetchAll(db, sql: "SELECT * FROM \"\(name)\"").map { "\($0)" }.sorted()
            }
        }
    }

    /// The texts of one column.
    public func texts(_ sql: String) throws -> [String] {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.read { try String.fetchAll($0, sql: sql) }
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }
}
