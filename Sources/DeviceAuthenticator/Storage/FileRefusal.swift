internal import Glibc

/// Why a file of the device is not used.
public enum FileRefusal: Error, Sendable, Equatable {
    /// A symbolic link stands where a file or folder must be.
    case symbolicLink(String)
    /// Group or others may read or write it.
    case openToOthers(String, mode: UInt32)
    /// It belongs to another user.
    case foreignOwner(String)
    /// It is no regular file, or no folder where one must be.
    case wrongKind(String)
    case tooLong(String)
    case missing(String)
    /// Damaged, or sealed under another passphrase: the two look the same.
    case cannotOpen(String)
    /// Written by a newer version of this program.
    case newerVersion(String)
    /// The system refused; `code` is `errno`.
    case system(String, operation: String, code: Int32)
}

extension FileRefusal {
    /// What is to be mended outside of the files themselves.
    public enum Trouble: Sendable, Equatable {
        /// The folder, or the disk, cannot be written.
        case readOnly
        case diskFull
        case newerVersion
    }

    /// Nil where the file itself is what is wrong.
    public var trouble: Trouble? {
        switch self {
        case .newerVersion: return .newerVersion
        case .system(_, let operation, let code):
            switch code {
            case ENOSPC, EDQUOT, EFBIG: return .diskFull
            case EROFS: return .readOnly
            case EACCES, EPERM: return operation == "open" || operation == "read" ? nil : .readOnly
            default: return nil
            }
        default: return nil
        }
    }
}

extension FileRefusal: CustomStringConvertible {
    /// What is wrong and how to mend it.
    public var description: String {
        switch self {
        case .symbolicLink(let path): "\(path) is a symbolic link. Put the real file there."
        case .openToOthers(let path, let mode):
            "\(path) can be reached by other users (mode \(String(mode, radix: 8))). Mend it with: chmod go= '\(path)'"
        case .foreignOwner(let path): "\(path) belongs to another user. Use files of your own."
        case .wrongKind(let path): "\(path) is neither a regular file nor the folder that is expected there."
        case .tooLong(let path): "\(path) is longer than such a file can be."
        case .missing(let path): "\(path) is not there."
        case .cannotOpen(let path): "\(path) cannot be opened: the passphrase is wrong or the file is damaged."
        case .newerVersion(let path):
            "\(path) was written by a newer version of this program. Use that version; nothing was changed."
        case .system(let path, let operation, let code):
            "\(path): \(operation) failed: \(Self.text(of: code))." + remedy
        }
    }

    private var remedy: String {
        switch trouble {
        case .readOnly: " Make the folder writable, or name another one with --home."
        case .diskFull: " Make room on the disk and give the command again."
        case .newerVersion, nil: ""
        }
    }

    private static func text(of code: Int32) -> String {
        guard let text = unsafe strerror(code) else { return "error \(code)" }
        return unsafe String(cString: text)
    }
}
