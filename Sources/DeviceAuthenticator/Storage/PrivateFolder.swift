internal import Foundation
internal import Glibc

/// A folder that only its owner can reach and whose files are always the old or the new one, never half of each.
///
/// Files have the mode 0600 and the folder 0700; whatever group or others can reach is refused. A file is replaced by
/// writing a new one beside it, `fsync`, `rename` and `fsync` of the folder, under a lock between processes.
public struct PrivateFolder: Sendable {
    public let path: String

    private static let maximumLength = 1_048_576
    private static let lockName = ".lock"
    private static let useName = ".in-use"
    private let current = CurrentUse()

    public init(path: String) { self.path = path }

    /// The use that this process makes of the folder, if it uses it alone.
    var currentUse: FolderUse? { current.use }

    /// The folder `name` inside this one.
    public func folder(_ name: String) -> PrivateFolder { PrivateFolder(path: path + "/" + name) }

    /// Makes the folder, and those above it, where they are missing.
    public func create() throws(FileRefusal) { _ = try made() }

    private func made() throws(FileRefusal) -> OpenedFolder {
        if let folder = try openedIfThere() { return folder }
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
            guard FileManager.default.fileExists(atPath: path) else {
                throw .system(path, operation: "mkdir", code: underlying.map { Int32($0.code) } ?? EACCES)
            }
        }
        return try opened()
    }

    /// The bytes of a file; nil when it or the folder does not exist.
    public func read(_ name: String) throws(FileRefusal) -> [UInt8]? {
        guard let folder = try openedIfThere() else { return nil }
        return try read(name, in: folder)
    }

    /// Whether anything has this name in the folder `inner` of this one.
    func contains(_ name: String, in inner: String) -> Bool {
        let name = inner + "/" + name
        if let use = current.use { return FileStatus(of: name, in: use.folder.descriptor) != nil }
        return FileStatus(of: path(of: name), in: AT_FDCWD) != nil
    }

    /// The names of what is in the folder, sorted; none when the folder does not exist.
    func names() throws(FileRefusal) -> [String] {
        guard try openedIfThere() != nil else { return [] }
        do { return try FileManager.default.contentsOfDirectory(atPath: path).sorted() } catch {
            throw .system(path, operation: "readdir", code: EIO)
        }
    }

    /// Writes a file whole or not at all.
    public func replace(_ name: String, with bytes: [UInt8]) throws(FileRefusal) {
        try update(name) { (_) throws(FileRefusal) in (bytes, ()) }
    }

    /// Writes a file of the folder `inner` in this one whole or not at all, in the place of what lies there, and makes that folder
    /// where it is missing.
    ///
    /// - Parameter isDurable: as for `update`.
    func keep(_ name: String, in inner: String, _ bytes: [UInt8], isDurable: Bool = true) throws(FileRefusal) {
        let around = try opened()
        let lock = try lockForChanges(in: around)
        // Not before the new file is in place.
        defer { withExtendedLifetime(lock) {} }
        let folder = folder(inner)
        let there = try folder.openedAnew(inner, in: around.file.descriptor)
        let target = if let there { OpenedFolder(file: there, use: nil) } else { try folder.made() }
        // What lies there is refused as when it is read.
        if let status = FileStatus(of: name, in: target.file.descriptor) {
            try status.requirePrivate(mode_t(S_IFREG), path: folder.path(of: name))
        }
        try folder.write(bytes, to: name, in: target, isDurable: isDurable)
    }

    /// Replaces a file by what `change` makes of it, or removes it for nil, while no other process changes anything in the
    /// folder.
    ///
    /// - Parameter isDurable: whether to wait for the disk. Where nobody waits, a process that is killed leaves the old file or
    ///   the new one as well, but a machine that fails may leave an earlier one, an empty one, or half of one.
    func update<Result, Failure: Error>(
        _ name: String, isDurable: Bool = true, _ change: ([UInt8]?) throws(Failure) -> ([UInt8]?, Result)
    ) throws(Failure) -> Result where Failure: FromFileRefusal {
        let folder: OpenedFolder
        let lock: ChangeLock
        let old: [UInt8]?
        do throws(FileRefusal) {
            folder = try opened()
            lock = try lockForChanges(in: folder)
            old = try read(name, in: folder)
        } catch { throw Failure(error) }
        // Not before the new file is in place.
        defer { withExtendedLifetime(lock) {} }
        let (new, result) = try change(old)
        do throws(FileRefusal) {
            if let new {
                try write(new, to: name, in: folder, isDurable: isDurable)
            } else {
                try remove(name, in: folder, isDurable: isDurable)
            }
        } catch { throw Failure(error) }
        return result
    }

    /// Removes a file, if it is there.
    func remove(_ name: String) throws(FileRefusal) {
        guard let folder = try openedIfThere() else { return }
        let lock = try lockForChanges(in: folder)
        defer { withExtendedLifetime(lock) {} }
        try remove(name, in: folder, isDurable: true)
    }

    private func remove(_ name: String, in folder: OpenedFolder, isDurable: Bool) throws(FileRefusal) {
        if unsafe unlinkat(folder.file.descriptor, name, 0) != 0, errno != ENOENT {
            throw .system(path(of: name), operation: "unlink", code: errno)
        }
        folder.use?.forget(name)
        if isDurable { try folder.file.synchronize(path: path) }
    }

    private func path(of name: String) -> String { path + "/" + name }

    private func opened() throws(FileRefusal) -> OpenedFolder {
        guard let folder = try openedIfThere() else { throw .missing(path) }
        return folder
    }

    private func openedIfThere() throws(FileRefusal) -> OpenedFolder? {
        if let use = current.use { return OpenedFolder(file: use.folder, use: use) }
        return try openedAnew().map { OpenedFolder(file: $0, use: nil) }
    }

    /// By its path, or by its name in a folder that is open.
    private func openedAnew(_ name: String? = nil, in around: Int32 = AT_FDCWD) throws(FileRefusal) -> OpenFile? {
        guard let folder = try OpenFile.at(around, name ?? path, flags: O_RDONLY | O_DIRECTORY, path: path) else {
            return nil
        }
        try folder.requirePrivate(mode_t(S_IFDIR), path: path)
        return folder
    }

    /// Waits until no other process uses the folder, and keeps it until the returned value is gone: two devices that
    /// answer with one counter look like a copy. Nil when there is no folder yet.
    ///
    /// - Parameter creating: makes the folder where there is none: two that begin in it do so one after the other.
    public func use(creating: Bool = false) throws(FileRefusal) -> FolderUse? {
        if creating { try create() }
        guard let folder = try openedAnew() else { return nil }
        let mark = try lockFile(Self.useName, in: folder)
        try mark.lockExclusively(path: path(of: Self.useName))
        let use = FolderUse(folder: folder, mark: mark, lock: try lockFile(Self.lockName, in: folder))
        current.begin(use)
        return use
    }

    private func lockForChanges(in folder: OpenedFolder) throws(FileRefusal) -> ChangeLock {
        if let use = folder.use { return try ChangeLock(use, path: path(of: Self.lockName)) }
        return try ChangeLock(lockFile(Self.lockName, in: folder.file), path: path(of: Self.lockName))
    }

    private func lockFile(_ name: String, in folder: OpenFile) throws(FileRefusal) -> OpenFile {
        guard let file = try OpenFile.at(folder.descriptor, name, flags: O_RDWR | O_CREAT, path: path(of: name)) else {
            throw .missing(path(of: name))
        }
        try file.requirePrivate(mode_t(S_IFREG), path: path(of: name))
        return file
    }

    private func read(_ name: String, in folder: OpenedFolder) throws(FileRefusal) -> [UInt8]? {
        if let known = folder.use?.bytes(of: name) { return known }
        let descriptor = folder.file.descriptor
        guard let file = try OpenFile.at(descriptor, name, flags: O_RDONLY, path: path(of: name)) else { return nil }
        let status = try file.requirePrivate(mode_t(S_IFREG), path: path(of: name))
        let bytes = try file.read(expecting: status.size, atMost: Self.maximumLength, path: path(of: name))
        folder.use?.keep(KnownFile(file: file, status: status, bytes: bytes), as: name)
        return bytes
    }

    private func write(
        _ bytes: [UInt8], to name: String, in folder: OpenedFolder, isDurable: Bool
    ) throws(FileRefusal) {
        let descriptor = folder.file.descriptor
        // One name is enough, because the lock admits one writer.
        let temporary = "." + name + ".new"
        do throws(FileRefusal) {
            let file = try newFile(temporary, in: folder.file)
            try file.write(bytes, path: path(of: temporary))
            if isDurable { try file.synchronize(path: path(of: temporary)) }
            // Before it takes its name, with the length and the time that it will be known by.
            let status = try file.requirePrivate(mode_t(S_IFREG), path: path(of: temporary))
            guard unsafe renameat(descriptor, temporary, descriptor, name) == 0 else {
                let code = errno
                throw .system(path(of: name), operation: "rename", code: code)
            }
            folder.use?.keep(KnownFile(file: file, status: status, bytes: bytes), as: name)
        } catch {
            _ = unsafe unlinkat(descriptor, temporary, 0)
            throw error
        }
        if isDurable { try folder.file.synchronize(path: path) }
    }

    /// A file that was not there. What a killed writer left goes.
    private func newFile(_ name: String, in folder: OpenFile) throws(FileRefusal) -> OpenFile {
        let flags = O_WRONLY | O_CREAT | O_EXCL
        do throws(FileRefusal) {
            if let file = try OpenFile.at(folder.descriptor, name, flags: flags, path: path(of: name)) { return file }
        } catch {
            guard case .system(_, _, EEXIST) = error else { throw error }
            _ = unsafe unlinkat(folder.descriptor, name, 0)
        }
        guard let file = try OpenFile.at(folder.descriptor, name, flags: flags, path: path(of: name)) else {
            throw .missing(path(of: name))
        }
        return file
    }
}

/// A folder that is open, for one call or as long as this process uses it alone.
private struct OpenedFolder {
    let file: OpenFile
    let use: FolderUse?
}

/// An error that can say that a file was refused.
protocol FromFileRefusal: Error {
    init(_ refusal: FileRefusal)
}

extension FileRefusal: FromFileRefusal {
    init(_ refusal: FileRefusal) { self = refusal }
}

extension DeviceError: FromFileRefusal {
    init(_ refusal: FileRefusal) { self = .file(refusal) }
}
