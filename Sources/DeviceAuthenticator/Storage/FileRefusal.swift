internal import Glibc
public import OpenIDMessages

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
    public var description: String { text.english }

    /// What is wrong and how to mend it.
    public var text: BilingualText {
        switch self {
        case .symbolicLink(let path):
            BilingualText(
                "\(path) ist eine symbolische Verknüpfung. Legen Sie dort die Datei selbst ab.",
                "\(path) is a symbolic link. Put the real file there.")
        case .openToOthers(let path, let mode):
            BilingualText(
                "\(path) ist für andere zugänglich (Modus \(Self.octal(mode))). Das behebt: chmod go= '\(path)'",
                "\(path) can be reached by other users (mode \(Self.octal(mode))). Mend it with: chmod go= '\(path)'")
        case .foreignOwner(let path):
            BilingualText(
                "\(path) gehört jemand anderem. Nehmen Sie eigene Dateien.",
                "\(path) belongs to another user. Use files of your own.")
        case .wrongKind(let path):
            BilingualText(
                "\(path) ist weder eine gewöhnliche Datei noch der Ordner, der dort erwartet wird.",
                "\(path) is neither a regular file nor the folder that is expected there.")
        case .tooLong(let path):
            BilingualText(
                "\(path) ist länger, als eine solche Datei sein kann.", "\(path) is longer than such a file can be.")
        case .missing(let path): BilingualText("\(path) ist nicht da.", "\(path) is not there.")
        case .cannotOpen(let path):
            BilingualText(
                "\(path) lässt sich nicht öffnen: Die Passphrase ist falsch, oder die Datei ist beschädigt.",
                "\(path) cannot be opened: the passphrase is wrong or the file is damaged.")
        case .newerVersion(let path):
            BilingualText(
                "\(path) ist von einer neueren Version dieses Programms. Nehmen Sie diese; es wurde nichts verändert.",
                "\(path) was written by a newer version of this program. Use that version; nothing was changed.")
        case .system(let path, let operation, let code):
            BilingualText(
                "\(path): \(operation) ist fehlgeschlagen: \(Self.text(of: code)).",
                "\(path): \(operation) failed: \(Self.text(of: code)).") + remedy
        }
    }

    private var remedy: BilingualText {
        switch trouble {
        case .readOnly:
            BilingualText(
                " Machen Sie den Ordner beschreibbar, oder nennen Sie mit --home einen anderen.",
                " Make the folder writable, or name another one with --home.")
        case .diskFull:
            BilingualText(
                " Schaffen Sie Platz auf dem Datenträger, und geben Sie den Befehl noch einmal.",
                " Make room on the disk and give the command again.")
        case .newerVersion, nil: .nothing
        }
    }

    private static func octal(_ mode: UInt32) -> String { String(mode, radix: 8) }

    /// As the system says it.
    private static func text(of code: Int32) -> String {
        guard let text = unsafe strerror(code) else { return "error \(code)" }
        return unsafe String(cString: text)
    }
}
