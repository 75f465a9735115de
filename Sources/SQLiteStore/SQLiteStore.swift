internal import Foundation
internal import GRDB
internal import IdentityCrypto
internal import OpenIDMessages
public import ProviderCore
internal import Synchronization

typealias KnownGrants = Known<TransactionIdentifier, Shared<AuthorizationGrant>>

/// The default storage: one SQLite file, one process.
///
/// Reads run on a few connections of their own; all writes and all checkpoints run on one (`GroupCommitWriter`).
public final class SQLiteStore: ProviderStore {
    let pool: DatabasePool
    let writer: GroupCommitWriter
    /// What was granted never changes, and a transaction never comes again: nothing here can be out of date. Whether a
    /// grant still counts is not remembered; it is read at every call.
    let grants = KnownGrants(capacity: 8_192)
    /// The keys of a device are those that it was enrolled with. Whether it may use them is read at every call.
    let deviceKeys = Known<DeviceIdentifier, DeviceKeys>(capacity: 8_192)
    private let readers: ReadConnections
    private let temporaryDirectory: String?
    private let lock: Mutex<DatabaseLock?>

    /// Opens the database at `path`, makes it where there is none, and brings its schema up to date.
    public convenience init(path: String) throws { try self.init(path: path, temporaryDirectory: nil) }

    /// A database that is gone with its last reference: a real SQLite file, in memory where the system has a place for
    /// that.
    public static func inMemory() throws -> SQLiteStore { try inMemory(tracing: nil) }

    /// - Parameter trace: is told each statement that runs, on any connection, with its places for values.
    static func inMemory(tracing trace: (@Sendable (String) -> Void)?) throws -> SQLiteStore {
        let memory = "/dev/shm"
        let parent =
            FileManager.default.isWritableFile(atPath: memory)
            ? memory : FileManager.default.temporaryDirectory.path
        let directory = "\(parent)/citizen-id-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        LeftDirectories.note(directory)
        return try SQLiteStore(path: directory + "/store.sqlite", temporaryDirectory: directory, trace: trace)
    }

    private init(path: String, temporaryDirectory: String?, trace: (@Sendable (String) -> Void)? = nil) throws {
        SQLiteSettings.made
        let lock = try DatabaseLock(database: path)
        try DatabaseFile.restrict(path)
        let migrator = DatabaseMigrator.citizenID
        try migrator.refuseNewerSchema(path)
        var configuration = Self.configuration
        if let trace { configuration.prepareDatabase { db in db.trace { trace($0.sql) } } }
        pool = try DatabasePool(path: path, configuration: configuration)
        try pool.writeWithoutTransaction(Self.insistOnDurability)
        try migrator.migrate(pool)
        writer = GroupCommitWriter(pool)
        readers = ReadConnections(path: path, configuration: configuration)
        self.temporaryDirectory = temporaryDirectory
        self.lock = Mutex(lock)
    }

    deinit {
        readers.close()
        guard let temporaryDirectory else { return }
        try? pool.close()
        try? FileManager.default.removeItem(atPath: temporaryDirectory)
    }

    /// Finishes the writes that wait, refuses further ones, and closes the file. Do it once.
    public func close() async throws {
        try await writer.close { [readers] pool in
            readers.close()
            // What is in the log goes into the database now, on the writer's connection. A reader that is not done
            // yet may prevent that; the log then stays, and nothing is lost.
            _ = try? pool.writeWithoutTransaction { db in try db.checkpoint(.truncate) }
            try pool.close()
        }
        lock.withLock { $0 = nil }
    }

    /// Runs one SELECT, at once and on this thread: it takes some microseconds, less than handing it to another thread.
    func read<T>(_ body: (Database) throws -> T) throws -> T { try readers.read(body) }

    /// How SQLite would run a statement, one line for each table or index that it goes through.
    func queryPlan(of sql: String) throws -> [String] {
        try pool.read { db in
            let statement = try db.makeStatement(sql: "EXPLAIN QUERY PLAN " + sql)
            // Where parameters are left in the text their values do not matter.
            statement.setUncheckedArguments([])
            return try Row.fetchAll(statement).map { $0["detail"] as String? ?? "" }
        }
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.label = "citizen-id"
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { db in
            // In KiB, taken as pages are used. With SQLite's own 2 MiB a login among many reads its pages from the system.
            try db.execute(sql: "PRAGMA cache_size = -8192")
            // In pages of 4 KiB. Nobody's write is done while the log goes into the database; at SQLite's own 1,000 that
            // was ten times a second under load, and pages that many logins change went over each time.
            try db.execute(sql: "PRAGMA wal_autocheckpoint = 4000")
        }
        return configuration
    }

    /// A commit must be on the disk before it is told. `DatabasePool` sets `synchronous=NORMAL` when it turns the log
    /// on, so FULL is set afterwards; what SQLite says about itself decides whether the store opens.
    private static func insistOnDurability(_ db: Database) throws {
        try db.execute(sql: "PRAGMA synchronous = FULL")
        // What is deleted is overwritten. Copies that SQLite left when it moved rows stay: `cleanFile` is for them.
        try db.execute(sql: "PRAGMA secure_delete = ON")
        let demands = [("synchronous", "2"), ("foreign_keys", "1"), ("journal_mode", "wal"), ("secure_delete", "1")]
        for (setting, value) in demands {
            let actual = try Row.fetchOne(db, sql: "PRAGMA \(setting)")?[0] as (any DatabaseValueConvertible)?
            guard actual.map({ "\($0)" }) == value else { throw StorageFault.settingNotInForce(setting) }
        }
    }
}

extension Database.TraceEvent {
    /// The statement's text, without values.
    fileprivate var sql: String {
        switch self {
        case .statement(let statement), .profile(let statement, _): statement.sql
        }
    }
}

/// Folders of databases in memory whose last reference outlives the program: they would stay in the machine's memory.
private enum LeftDirectories {
    private static let paths = Mutex<[String]>([])
    private static let removal: Void = {
        atexit {
            for path in LeftDirectories.paths.withLock({ $0 }) { try? FileManager.default.removeItem(atPath: path) }
        }
        return ()
    }()

    static func note(_ path: String) {
        _ = removal
        paths.withLock { $0.append(path) }
    }
}
