import Foundation
import Glibc

/// Asks at the controlling terminal whether something is to be done; only a clear yes is one.
enum Consent {
    static func ask(language: String) throws(CommandFailure) -> Bool {
        let terminal = unsafe open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
        guard terminal >= 0, isatty(terminal) == 1 else {
            throw CommandFailure(.noTerminal, "Somebody must confirm this and there is no terminal. Use --yes.")
        }
        defer { _ = close(terminal) }
        let handle = FileHandle(fileDescriptor: terminal, closeOnDealloc: false)
        let question = language == "en" ? "Is this what you want? [yes/no] " : "Wollen Sie das? [ja/nein] "
        try? handle.write(contentsOf: Data(question.utf8))
        let answer = String(decoding: try SecretInput.line(of: terminal), as: UTF8.self)
        return ["j", "ja", "y", "yes"].contains(answer.lowercased())
    }
}
