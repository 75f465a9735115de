import DeviceAuthenticator
import Foundation
import Glibc
import IdentityCrypto

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
            return try SecretInput.line(of: terminal, leftBy: controlC)
        }
    }

    /// What Ctrl-C types where it sends no signal.
    private static let controlC: UInt8 = 3

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
        // Without ISIG an interrupt arrives as a character, and the echo is switched on again in any case. As a second end
        // of line it arrives at once.
        silent.c_lflag &= ~tcflag_t(ECHO | ISIG)
        unsafe withUnsafeMutableBytes(of: &silent.c_cc) { unsafe $0[Int(VEOL)] = controlC }
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
    ///
    /// - Parameter leaver: the character by which a person leaves a prompt.
    static func line(of descriptor: Int32, leftBy leaver: UInt8? = nil) throws(CommandFailure) -> [UInt8] {
        var line: [UInt8] = []
        // Growing would leave copies behind.
        line.reserveCapacity(1025)
        while line.count <= 1024 {
            // One byte at a time: what follows the line belongs to others.
            guard let byte = byte(of: descriptor), byte != UInt8(ascii: "\n") else { return line }
            guard byte != leaver else {
                throw CommandFailure(.declined, "Abgebrochen. Es wurde nichts getan.", "Left. Nothing was done.")
            }
            line.append(byte)
        }
        throw CommandFailure(
            .usage, "Das Geheimnis ist länger als 1024 Bytes.", "The secret is longer than 1024 bytes.")
    }

    /// The next byte; nil at the end.
    private static func byte(of descriptor: Int32) -> UInt8? {
        var byte: UInt8 = 0
        while true {
            let (count, code) = unsafe (read(descriptor, &byte, 1), errno)
            if count == 1 { return byte }
            guard count < 0, code == EINTR else { return nil }
        }
    }

    /// The first line of a file that nobody else can reach.
    static func line(ofFile path: String) throws(FileRefusal) -> [UInt8] {
        var contents = try PrivateFile.read(path)
        defer { SecretBytes.wipe(&contents) }
        return Array(contents.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") })
    }
}
