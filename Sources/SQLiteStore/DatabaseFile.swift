internal import Foundation

/// The database's file on disk.
enum DatabaseFile {
    /// Makes sure that only the owner can read the file; SQLite gives its companions (`-wal`, `-shm`) the same mode.
    ///
    /// An existing file is not opened: closing it again would drop the locks that SQLite holds on it in this process.
    static func restrict(_ path: String) throws {
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            close(descriptor)
        } else {
            guard errno == EEXIST, unsafe chmod(path, 0o600) == 0 else { throw StorageFault.cannotOpen(errno) }
        }
    }
}

/// Keeps a second process away while the store is open: SQLite 3.7.0 to 3.51.2 can lose pages when one connection
/// writes and another checkpoints, so one connection must do both.
final class DatabaseLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock file beside the database. The system frees it when the process ends, however it ends.
    init(database path: String) throws {
        descriptor = unsafe open(path + "-lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw StorageFault.cannotOpen(errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { throw StorageFault.inUse }
    }

    deinit {
        guard descriptor >= 0 else { return }
        // A program that is just being started shares the descriptor until it runs, and the lock with it.
        _ = flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}
