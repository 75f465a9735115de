import CSpawn
import Foundation
import Glibc
import Synchronization

/// A terminal without a screen: what a program shows is kept, and what is typed goes to the program.
public final class PseudoTerminal: Sendable {
    public struct NotThere: Error {}

    private let master: Int32
    /// Held open so that the terminal lives when no program has it open.
    private let slave: Int32
    /// Of the end that a program opens.
    public let path: String
    private let contents = Mutex<[UInt8]>([])

    /// - Parameter columns: how wide it says it is; 0 when it does not say.
    public init(columns: UInt16 = 0) throws {
        master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)
        var name = [CChar](repeating: 0, count: 128)
        guard master >= 0, grantpt(master) == 0, unlockpt(master) == 0,
            unsafe ptsname_r(master, &name, name.count) == 0
        else { throw NotThere() }
        path = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        slave = unsafe open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard slave >= 0, cspawn_set_columns(slave, columns) == 0 else { throw NotThere() }
        _ = fcntl(master, F_SETFL, O_NONBLOCK)
    }

    deinit {
        close(slave)
        close(master)
    }

    /// Everything that was shown so far, with what the terminal itself echoed.
    public var transcript: String {
        contents.withLock { contents in
            var buffer = [UInt8](repeating: 0, count: 4096)
            while case let count = unsafe read(master, &buffer, buffer.count), count > 0 {
                contents += buffer[..<count]
            }
            return String(decoding: contents, as: UTF8.self)
        }
    }

    /// As a person at the keyboard: "\r" is Enter and "\u{3}" is Ctrl-C.
    public func type(_ text: String) {
        let bytes = Array(text.utf8)
        _ = unsafe write(master, bytes, bytes.count)
    }

    /// True when the terminal shows what is typed.
    public var echoes: Bool {
        var settings = termios()
        return unsafe tcgetattr(slave, &settings) == 0 && settings.c_lflag & tcflag_t(ECHO) != 0
    }

    /// True when Ctrl-C ends a program.
    public var interrupts: Bool {
        var settings = termios()
        return unsafe tcgetattr(slave, &settings) == 0 && settings.c_lflag & tcflag_t(ISIG) != 0
    }
}
