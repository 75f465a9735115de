internal import Foundation
internal import Synchronization

/// The right to use a folder alone; it ends with the value.
///
/// As long as it lives, its folder stays open, and a file that was read or written in it is not read again while it lies there
/// unchanged.
public final class FolderUse: Sendable {
    let folder: OpenFile
    /// Holds the right between processes.
    private let mark: OpenFile
    fileprivate let lock: OpenFile
    fileprivate let threads = NSLock()
    private let files = Mutex<[String: KnownFile]>([:])
    private let held = Mutex<HeldLogin?>(nil)

    init(folder: OpenFile, mark: OpenFile, lock: OpenFile) {
        self.folder = folder
        self.mark = mark
        self.lock = lock
    }

    deinit { login?.settle() }

    /// The login that waits, where it is held in memory.
    var login: HeldLogin? { held.withLock(\.self) }

    /// The login that waits is held in memory as long as this use lasts.
    func hold(_ login: HeldLogin) { held.withLock { $0 = login } }

    /// What is in a file; nil where that is not known and must be read. Some who change a profile do not use it alone, so that
    /// the file is looked at each time: who owns it and who can reach it as well.
    func bytes(of name: String) -> [UInt8]? {
        guard let known = files.withLock({ $0[name] }), let status = FileStatus(of: name, in: folder.descriptor),
            status.isUnchanged(since: known.status)
        else { return nil }
        return known.bytes
    }

    /// What this use read or wrote last as a file, without a look at what lies there now.
    func lastBytes(of name: String) -> [UInt8]? { files.withLock { $0[name]?.bytes } }

    /// - Parameter file: nil where nothing is known of it any more.
    func keep(_ file: KnownFile?, as name: String) { files.withLock { $0[name] = file } }

    func forget(_ name: String) { keep(nil, as: name) }
}

/// A file and what is in it. As long as it is kept, no other file of the folder can be mistaken for it.
struct KnownFile: Sendable {
    let file: OpenFile
    let status: FileStatus
    let bytes: [UInt8]
}

/// Who uses a folder alone at present, in this process.
final class CurrentUse: Sendable {
    private struct Reference {
        weak var use: FolderUse?
    }

    private let reference = Mutex(Reference())

    var use: FolderUse? { reference.withLock(\.use) }

    func begin(_ use: FolderUse) { reference.withLock { $0.use = use } }
}

/// The right to change files of a folder, which no other process and no other thread has; it ends with the value.
final class ChangeLock {
    private let file: OpenFile
    private let threads: NSLock?

    /// - Parameter file: opened for this lock alone, which ends when it is closed.
    init(_ file: OpenFile, path: @autoclosure () -> String) throws(FileRefusal) {
        self.file = file
        threads = nil
        try file.lockExclusively(path: path())
    }

    /// The lock's file stays open while the folder is used: it tells processes apart, but not their threads.
    init(_ use: FolderUse, path: @autoclosure () -> String) throws(FileRefusal) {
        use.threads.lock()
        do throws(FileRefusal) { try use.lock.lockExclusively(path: path()) } catch {
            use.threads.unlock()
            throw error
        }
        file = use.lock
        threads = use.threads
    }

    deinit {
        guard let threads else { return }
        file.unlock()
        threads.unlock()
    }
}
