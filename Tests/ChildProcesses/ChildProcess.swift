import CSpawn
import Foundation
import Glibc
import Synchronization

/// A program that runs beside the tests.
///
/// Foundation's `Process` reads past the end of the directory entries of `/proc/self/fd` when it looks for descriptors
/// to close, and stops the tests now and then when more than a thousand are open
/// (swiftlang/swift-corelibs-foundation#5472). Here the system closes them.
public final class ChildProcess: Sendable {
    public struct NotStarted: Error {
        public let path: String
        public let code: Int32
    }

    /// What the program reads.
    public enum Input: Sendable {
        case file(String)
        /// The test's descriptor, which stays open in the test.
        case descriptor(Int32)
    }

    public let identifier: pid_t
    private let end = Mutex<Int32?>(nil)

    /// Starts a program in a session of its own, at a terminal that is all it has: input, output and errors.
    public convenience init(
        _ path: String, _ arguments: [String], environment: [String: String] = ProcessInfo.processInfo.environment,
        at terminal: PseudoTerminal
    ) throws {
        // The terminal that a new session opens first becomes its controlling one: /dev/tty.
        try self.init(
            path, arguments, environment: environment, input: .file(terminal.path), output: terminal.path,
            errors: terminal.path, inNewSession: true)
    }

    /// Starts a program. What it prints is added to files, which are made where there are none.
    ///
    /// - Parameter inNewSession: without a controlling terminal, until it opens one.
    public init(
        _ path: String, _ arguments: [String], environment: [String: String] = ProcessInfo.processInfo.environment,
        input: Input = .file("/dev/null"), output: String = "/dev/null", errors: String = "/dev/null",
        directory: String? = nil, inNewSession: Bool = false
    ) throws {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        switch input {
        case .file(let path):
            unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, path, inNewSession ? O_RDWR : O_RDONLY, 0)
        case .descriptor(let descriptor): unsafe posix_spawn_file_actions_adddup2(&actions, descriptor, STDIN_FILENO)
        }
        for (descriptor, path) in [(STDOUT_FILENO, output), (STDERR_FILENO, errors)] {
            unsafe posix_spawn_file_actions_addopen(
                &actions, descriptor, path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        }
        unsafe posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1)
        if let directory { unsafe posix_spawn_file_actions_addchdir_np(&actions, directory) }

        // Threads of the tests block signals, which a program would inherit; and Ctrl-C is for the tests alone.
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var noSignals = sigset_t()
        unsafe sigemptyset(&noSignals)
        unsafe posix_spawnattr_setsigmask(&attributes, &noSignals)
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        let group = inNewSession ? Int32(CSPAWN_SETSID) : POSIX_SPAWN_SETPGROUP
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | group))

        var argv = unsafe ([path] + arguments).map { unsafe strdup($0) } + [nil]
        var envp = unsafe environment.map { unsafe strdup("\($0.key)=\($0.value)") } + [nil]
        defer { unsafe (argv + envp).forEach { unsafe free($0) } }
        var identifier = pid_t()
        let code = unsafe posix_spawn(&identifier, path, &actions, &attributes, &argv, &envp)
        guard code == 0 else { throw NotStarted(path: path, code: code) }
        self.identifier = identifier
        Thread.detachNewThread { self.awaitEnd() }
    }

    /// Reaps the program as soon as it has ended. An exit test waits for whichever child ends, and a child that nobody
    /// reaps would hide its own from it for ever.
    private func awaitEnd() {
        var information = unsafe siginfo_t()
        while unsafe waitid(P_PID, id_t(identifier), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        end.withLock { end in
            var status: Int32 = 0
            guard unsafe waitpid(identifier, &status, 0) == identifier else { return }
            end = status & 0x7F == 0 ? (status >> 8) & 0xFF : status & 0x7F
        }
    }

    /// The exit status, or the signal that ended the program; nil while it runs.
    public var status: Int32? { end.withLock { $0 } }

    public var isRunning: Bool { status == nil }

    /// Before the program is reaped its number belongs to nobody else.
    public func send(_ signal: Int32) { end.withLock { end in if end == nil { kill(identifier, signal) } } }

    /// Runs a program to its end on this thread.
    ///
    /// - Returns: how it ended, and what it printed.
    public static func run(_ path: String, _ arguments: [String]) throws -> (
        status: Int32, output: String, errors: String
    ) {
        let folder = FileManager.default.temporaryDirectory.path + "/run." + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (output, errors) = (folder + "/output", folder + "/errors")
        let process = try ChildProcess(path, arguments, output: output, errors: errors)
        while true {
            if let status = process.status { return (status, try text(of: output), try text(of: errors)) }
            usleep(2_000)
        }
    }

    private static func text(of file: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: file)), as: UTF8.self)
    }
}
