import ChildProcesses
import Foundation
import Glibc
import Synchronization

/// A TPM 2.0 in software (swtpm), with a state and sockets of its own.
public final class SoftTPM: Sendable {
    public struct NotReady: Error {
        public let log: String
    }

    private static let program = "/usr/bin/swtpm"
    public static var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: program) }

    private let folder: String
    private let process: Mutex<ChildProcess>

    /// How tpm2-tss reaches it.
    public var connection: String { "swtpm:path=\(folder)/tpm" }

    public init() throws {
        // Before there is a first connection: what tpm2-tss has to say about wrong PINs is no part of a report.
        unsafe setenv("TSS2_LOG", "all+NONE", 0)
        // Short: the path of a Unix socket has room for about 100 bytes.
        folder = "/tmp/tpm." + String(UInt64.random(in: 0 ... .max), radix: 36)
        process = Mutex(try Self.start(in: folder))
    }

    private static func start(in folder: String) throws -> ChildProcess {
        try FileManager.default.createDirectory(
            atPath: folder + "/state", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let process = try ChildProcess(
            program,
            [
                "socket", "--tpm2", "--tpmstate", "dir=\(folder)/state", "--server", "type=unixio,path=\(folder)/tpm",
                "--ctrl", "type=unixio,path=\(folder)/tpm.ctrl", "--flags", "not-need-init,startup-clear",
                // Every command and every answer, byte for byte.
                "--log", "file=\(folder)/log,level=20",
            ], errors: folder + "/errors")
        for _ in 0..<500 where !FileManager.default.fileExists(atPath: folder + "/tpm.ctrl") { usleep(10_000) }
        guard FileManager.default.fileExists(atPath: folder + "/tpm.ctrl"), process.isRunning else {
            throw NotReady(log: (try? String(contentsOfFile: folder + "/errors", encoding: .utf8)) ?? "")
        }
        return process
    }

    deinit {
        process.withLock { Self.stop($0) }
        try? FileManager.default.removeItem(atPath: folder)
    }

    private static func stop(_ process: ChildProcess) {
        process.send(SIGKILL)
        while process.isRunning { usleep(2_000) }
    }

    /// Puts another TPM, fresh from its maker, in the place of this one.
    public func replace() throws {
        try process.withLock { process in
            Self.stop(process)
            try FileManager.default.removeItem(atPath: folder)
            process = try Self.start(in: folder)
        }
    }

    /// All that went over the bus, as hexadecimal digits.
    public func trace() throws -> String {
        let log = try String(contentsOfFile: folder + "/log", encoding: .utf8)
        // Lines of bytes begin with a blank and have two digits to a byte; the others are for people.
        return log.split(separator: "\n").filter { line in
            line.hasPrefix(" ")
                && line.split(separator: " ").allSatisfy { $0.count == 2 && $0.allSatisfy(\.isHexDigit) }
        }.joined().filter(\.isHexDigit).lowercased()
    }
}
