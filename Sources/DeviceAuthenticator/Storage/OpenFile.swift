internal import CFileStatus
internal import Glibc

/// An open file descriptor that closes itself.
final class OpenFile: Sendable {
    let descriptor: Int32

    private init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { _ = close(descriptor) }

    /// Opens `name` in `folder` without following a symbolic link at its end; nil when there is nothing.
    static func at(
        _ folder: Int32, _ name: String, flags: Int32, path: String
    ) throws(FileRefusal) -> OpenFile? {
        let descriptor = unsafe openat(folder, name, flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0o600)
        if descriptor >= 0 { return OpenFile(descriptor: descriptor) }
        switch errno {
        case ENOENT: return nil
        case ELOOP: throw .symbolicLink(path)
        // O_DIRECTORY | O_NOFOLLOW says ENOTDIR for a symbolic link as well.
        case ENOTDIR: throw .wrongKind(path)
        default: throw .system(path, operation: flags & O_CREAT == 0 ? "open" : "create", code: errno)
        }
    }

    /// Owner, kind and mode (checklist J2): ours, of the right kind and closed to group and others.
    func requirePrivate(_ kind: mode_t, path: String) throws(FileRefusal) {
        var actualKind: UInt32 = 0
        var mode: UInt32 = 0
        var owner: UInt32 = 0
        guard unsafe citizen_file_status(descriptor, &actualKind, &mode, &owner) == 0 else {
            throw .system(path, operation: "stat", code: errno)
        }
        guard actualKind == kind else { throw .wrongKind(path) }
        guard owner == geteuid() else { throw .foreignOwner(path) }
        guard mode & 0o077 == 0 else { throw .openToOthers(path, mode: mode) }
    }

    func read(atMost limit: Int, path: String) throws(FileRefusal) -> [UInt8] {
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 16_384)
        while bytes.count <= limit {
            let (count, code) = unsafe part.withUnsafeMutableBytes {
                unsafe (Glibc.read(descriptor, $0.baseAddress, $0.count), errno)
            }
            guard count != 0 else { return bytes }
            if count > 0 {
                bytes += part[..<count]
            } else if code != EINTR {
                throw .system(path, operation: "read", code: code)
            }
        }
        throw .tooLong(path)
    }

    func write(_ bytes: [UInt8], path: String) throws(FileRefusal) {
        // Not FileHandle, whose error does not say that the disk is full.
        var rest = bytes[...]
        while !rest.isEmpty {
            let (count, code) = unsafe rest.withUnsafeBytes {
                unsafe (Glibc.write(descriptor, $0.baseAddress, $0.count), errno)
            }
            guard count < 0 else {
                rest = rest.dropFirst(count)
                continue
            }
            guard code == EINTR else { throw .system(path, operation: "write", code: code) }
        }
    }

    func synchronize(path: String) throws(FileRefusal) {
        guard fsync(descriptor) == 0 else { throw .system(path, operation: "fsync", code: errno) }
    }

    func lockExclusively(path: String) throws(FileRefusal) {
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { throw .system(path, operation: "lock", code: errno) }
        }
    }
}
