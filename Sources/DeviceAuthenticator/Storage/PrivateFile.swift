internal import Glibc

/// Reads and writes a file that holds a secret, wherever it lies: a PIN, a passphrase, a key.
public enum PrivateFile {
    /// The bytes of a regular file that belongs to this user and that nobody else can reach.
    public static func read(_ path: String, maximumLength: Int = 65_536) throws(FileRefusal) -> [UInt8] {
        guard let file = try OpenFile.at(AT_FDCWD, path, flags: O_RDONLY, path: path) else { throw .missing(path) }
        let status = try file.requirePrivate(mode_t(S_IFREG), path: path)
        return try file.read(expecting: status.size, atMost: maximumLength, path: path)
    }

    /// Makes the file, or replaces the content of a file that is private already.
    public static func write(_ bytes: [UInt8], to path: String) throws(FileRefusal) {
        guard let file = try OpenFile.at(AT_FDCWD, path, flags: O_WRONLY | O_CREAT, path: path) else {
            throw .missing(path)
        }
        // Asked before anything is lost: the path may name a file that holds something else.
        try file.requirePrivate(mode_t(S_IFREG), path: path)
        guard ftruncate(file.descriptor, 0) == 0 else {
            throw .system(path, operation: "truncate", code: errno)
        }
        try file.write(bytes, path: path)
        try file.synchronize(path: path)
    }
}
