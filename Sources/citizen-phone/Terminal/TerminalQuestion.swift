import Foundation
import Glibc
import OpenIDMessages

/// Asks at the controlling terminal; the answer may be seen.
enum TerminalQuestion {
    /// - Parameter message: why it fails without a terminal, with the remedy.
    static func ask(
        _ question: String, withoutTerminal message: BilingualText
    ) throws(CommandFailure) -> String {
        let terminal = unsafe open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
        guard terminal >= 0, isatty(terminal) == 1 else { throw CommandFailure(.noTerminal, message) }
        defer { _ = close(terminal) }
        let handle = FileHandle(fileDescriptor: terminal, closeOnDealloc: false)
        try? handle.write(contentsOf: Data(question.utf8))
        return String(decoding: try SecretInput.line(of: terminal), as: UTF8.self)
    }
}
