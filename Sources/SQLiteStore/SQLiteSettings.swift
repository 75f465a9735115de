internal import CSQLiteSettings

/// What is set once for all of SQLite in this process, before it is used.
enum SQLiteSettings {
    /// Nobody asks how much memory SQLite has in use, and to count it takes one lock of all connections for each allocation: a
    /// thirtieth of a call that reads. Where SQLite was used before it is counted as ever.
    static let made: Void = { _ = citizen_sqlite_without_memory_statistics() }()
}
