import DeviceAuthenticator
import Foundation
import Glibc

/// Asks for a PIN at the controlling terminal, without echo. Without a terminal it does not ask at all.
enum PINPrompt {
    static func ask(_ question: String) throws(CommandFailure) -> [UInt8] {
        let terminal = unsafe open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
        guard terminal >= 0, isatty(terminal) == 1 else {
            throw CommandFailure(
                .noTerminal, "Die PIN wird gebraucht, und es gibt kein Terminal. Nehmen Sie --pin-file oder --pin-fd.",
                "A PIN is needed and there is no terminal. Use --pin-file or --pin-fd.")
        }
        defer { _ = close(terminal) }
        return try withoutEcho(terminal) { () throws(CommandFailure) in
            let handle = FileHandle(fileDescriptor: terminal, closeOnDealloc: false)
            try? handle.write(contentsOf: Data(question.utf8))
            defer { try? handle.write(contentsOf: Data("\n".utf8)) }
            return try SecretInput.line(of: terminal)
        }
    }

    private static var noSecretInput: CommandFailure {
        CommandFailure(
            .noTerminal, "Am Terminal lässt sich keine PIN eingeben, ohne dass sie zu sehen ist.",
            "The terminal cannot be set up for a PIN.")
    }

    private static func withoutEcho<Value>(
        _ terminal: Int32, _ body: () throws(CommandFailure) -> Value
    ) throws(CommandFailure) -> Value {
        var saved = termios()
        guard unsafe tcgetattr(terminal, &saved) == 0 else {
            throw noSecretInput
        }
        var silent = saved
        // Without ISIG an interrupt arrives as a character, and the echo is switched on again in any case.
        silent.c_lflag &= ~tcflag_t(ECHO | ISIG)
        guard unsafe tcsetattr(terminal, TCSAFLUSH, &silent) == 0 else {
            throw noSecretInput
        }
        defer { _ = unsafe tcsetattr(terminal, TCSAFLUSH, &saved) }
        return try body()
    }
}

/// Reads a secret that a file or a descriptor brings.
enum SecretInput {
    /// The first line of a descriptor, at most 1024 bytes, without its line feed.
    static func line(of descriptor: Int32) throws(CommandFailure) -> [UInt8] {
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
        var line: [UInt8] = []
        while line.count <= 1024 {
            // One byte at a time: what follows the line belongs to others.
            guard let data = try? handle.read(upToCount: 1), let byte = data.first, byte != UInt8(ascii: "\n") else {
                return line
            }
            line.append(byte)
        }
        throw CommandFailure(
            .usage, "Das Geheimnis ist länger als 1024 Bytes.", "The secret is longer than 1024 bytes.")
    }

    /// The first line of a file that nobody else can reach.
    static func line(ofFile path: String) throws(FileRefusal) -> [UInt8] {
        Array(try PrivateFile.read(path).prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") })
    }
}
