internal import Glibc

/// An open file descriptor that closes itself. What it is called is put together for a refusal alone.
final class OpenFile: Sendable {
    let descriptor: Int32

    private init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { _ = close(descriptor) }

    /// Opens `name` in `folder` without following a symbolic link at its end; nil when there is nothing.
    static func at(
        _ folder: Int32, _ name: String, flags: Int32, path: @autoclosure () -> String
    ) throws(FileRefusal) -> OpenFile? {
        let descriptor = unsafe openat(folder, name, flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0o600)
        if descriptor >= 0 { return OpenFile(descriptor: descriptor) }
        let code = errno
        switch code {
        case ENOENT: return nil
        case ELOOP: throw .symbolicLink(path())
        // O_DIRECTORY | O_NOFOLLOW says ENOTDIR for a symbolic link as well.
        case ENOTDIR: throw .wrongKind(path())
        default: throw .system(path(), operation: flags & O_CREAT == 0 ? "open" : "create", code: code)
        }
    }

    /// Owner, kind and mode (checklist J2): ours, of the right kind and closed to group and others.
    @discardableResult
    func requirePrivate(_ kind: mode_t, path: @autoclosure () -> String) throws(FileRefusal) -> FileStatus {
        guard let status = FileStatus(of: descriptor) else {
            let code = errno
            throw .system(path(), operation: "stat", code: code)
        }
        try status.requirePrivate(kind, path: path())
        return status
    }

    /// - Parameter size: what the file had a moment ago; it may have grown.
    func read(expecting size: Int64, atMost limit: Int, path: @autoclosure () -> String) throws(FileRefusal) -> [UInt8]
    {
        var bytes: [UInt8] = []
        // One more than it had: a regular file that gives less than it was asked for is at its end.
        let capacity = Int(min(max(size, 0), Int64(limit))) + 1
        while bytes.count <= limit {
            var code: Int32 = 0
            let part = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
                let read = unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
                code = read < 0 ? errno : 0
                count = max(read, 0)
            }
            guard code != EINTR else { continue }
            guard code == 0 else { throw .system(path(), operation: "read", code: code) }
            if bytes.isEmpty { bytes = part } else { bytes += part }
            if part.count < capacity, bytes.count <= limit { return bytes }
        }
        throw .tooLong(path())
    }

    func write(_ bytes: [UInt8], path: @autoclosure () -> String) throws(FileRefusal) {
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
            guard code == EINTR else { throw .system(path(), operation: "write", code: code) }
        }
    }

    func synchronize(path: @autoclosure () -> String) throws(FileRefusal) {
        guard fsync(descriptor) != 0 else { return }
        let code = errno
        throw .system(path(), operation: "fsync", code: code)
    }

    func lockExclusively(path: @autoclosure () -> String) throws(FileRefusal) {
        while flock(descriptor, LOCK_EX) != 0 {
            let code = errno
            guard code == EINTR else { throw .system(path(), operation: "lock", code: code) }
        }
    }

    func unlock() { _ = flock(descriptor, LOCK_UN) }
}
