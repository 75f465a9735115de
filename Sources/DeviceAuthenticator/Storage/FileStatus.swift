internal import CFileStatus
internal import Glibc

/// What the system says of a file: what it is, who can reach it, and what tells it from every other one.
struct FileStatus: Sendable {
    private let file: citizen_file

    /// The status of an open file; nil with `errno`.
    init?(of descriptor: Int32) {
        var file = citizen_file()
        guard unsafe citizen_file_status(descriptor, &file) == 0 else { return nil }
        self.file = file
    }

    /// The status of what has this name in an open folder; nil with `errno`.
    init?(of name: String, in folder: Int32) {
        var file = citizen_file()
        guard unsafe citizen_file_status_at(folder, name, &file) == 0 else { return nil }
        self.file = file
    }

    var size: Int64 { file.size }

    /// Owner, kind and mode (checklist J2): ours, of the right kind and closed to group and others.
    func requirePrivate(_ kind: mode_t, path: @autoclosure () -> String) throws(FileRefusal) {
        guard file.kind != S_IFLNK else { throw .symbolicLink(path()) }
        guard file.kind == kind else { throw .wrongKind(path()) }
        guard file.owner == geteuid() else { throw .foreignOwner(path()) }
        guard file.mode & 0o077 == 0 else { throw .openToOthers(path(), mode: file.mode) }
    }

    /// Whether it is the same file with the same content, owner and mode, as long as one of the two is kept open: till then no
    /// other file has its number.
    func isUnchanged(since earlier: FileStatus) -> Bool {
        let (a, b) = (file, earlier.file)
        return a.device == b.device && a.number == b.number && a.size == b.size
            && a.modified_seconds == b.modified_seconds && a.modified_nanoseconds == b.modified_nanoseconds
            && a.kind == b.kind && a.owner == b.owner && a.mode == b.mode
    }
}
