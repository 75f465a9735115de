import ChildProcesses
import Foundation
import Glibc
import Synchronization

/// Kills the programs of an installation and removes its folder when the tests end, however they end.
///
/// A shell of its own waits for the end of its input, which the system closes even when the tests are killed.
final class Caretaker: Sendable {
    private let input: FileHandle

    private static let script = """
        running=
        while read -r word pid; do
            others=
            for other in $running; do [ "$other" = "$pid" ] || others="$others $other"; done
            running=$others
            [ "$word" = forget ] || running="$running $pid"
        done
        for pid in $running; do kill -KILL "$pid"; done
        rm -rf "$0"
        """

    init(folder: String) throws {
        let pipe = Pipe()
        _ = try ChildProcess(
            "/bin/sh", ["-c", Self.script, folder], input: .descriptor(pipe.fileHandleForReading.fileDescriptor))
        input = pipe.fileHandleForWriting
    }

    deinit { try? input.close() }

    func watch(_ process: ChildProcess) throws { try tell("watch \(process.identifier)") }
    func forget(_ process: ChildProcess) throws { try tell("forget \(process.identifier)") }

    private func tell(_ line: String) throws { try input.write(contentsOf: Data((line + "\n").utf8)) }
}

/// Ports of this machine.
enum Port {
    private enum Attempt { case toListen, toConnect }

    /// Those that were given: a program that is about to listen has not taken its port yet.
    private static let given = Mutex<Set<Int>>([])

    /// A port that nobody listens on, below those that the system gives to outgoing connections; each is given once.
    static func free() -> Int {
        while true {
            let port = Int.random(in: 20_000..<32_000)
            if given.withLock({ $0.insert(port).inserted }), succeeds(.toListen, port) { return port }
        }
    }

    /// True when somebody listens on the port.
    static func isListening(_ port: Int) -> Bool { succeeds(.toConnect, port) }

    private static func succeeds(_ attempt: Attempt, _ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { _ = close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                switch attempt {
                case .toListen: unsafe bind(descriptor, address, length) == 0
                case .toConnect: unsafe connect(descriptor, address, length) == 0
                }
            }
        }
    }
}
