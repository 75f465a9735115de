internal import Glibc

/// Reads a file that holds a secret, wherever it lies: a PIN, a passphrase, a key.
public enum PrivateFile {
    /// The bytes of a regular file that belongs to this user and that nobody else can reach.
    public static func read(_ path: String, maximumLength: Int = 65_536) throws(FileRefusal) -> [UInt8] {
        guard let file = try OpenFile.at(AT_FDCWD, path, flags: O_RDONLY, path: path) else { throw .missing(path) }
        try file.requirePrivate(mode_t(S_IFREG), path: path)
        return try file.read(atMost: maximumLength, path: path)
    }
}
