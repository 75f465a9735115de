import ChildProcesses
import Foundation
import Glibc

/// Tokens in software (SoftHSM 2), with a configuration and a folder of their own.
public final class SoftTokens: Sendable {
    public struct NotMade: Error {
        public let errors: String
    }

    private static let program = "/usr/bin/softhsm2-util"
    /// The PKCS#11 module of Debian's package.
    public static let module = "/usr/lib/softhsm/libsofthsm2.so"
    public static var isInstalled: Bool {
        FileManager.default.isExecutableFile(atPath: program) && FileManager.default.fileExists(atPath: module)
    }

    private let folder: String

    /// What a process needs in its environment to find these tokens.
    public var environment: [String: String] { ["SOFTHSM2_CONF": folder + "/softhsm2.conf"] }

    /// - Parameter labels: the labels of the tokens; two may have the same one.
    public init(labels: [String], pin: String) throws {
        folder = "/tmp/hsm." + String(UInt64.random(in: 0 ... .max), radix: 36)
        try FileManager.default.createDirectory(
            atPath: folder + "/tokens", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try "directories.tokendir = \(folder)/tokens\nobjectstore.backend = file\nlog.level = ERROR\n".write(
            toFile: folder + "/softhsm2.conf", atomically: true, encoding: .utf8)
        for label in labels {
            let process = try ChildProcess(
                Self.program,
                ["--init-token", "--free", "--label", label, "--so-pin", "00112233", "--pin", pin],
                environment: environment.merging(["PATH": "/usr/bin:/bin"]) { $1 }, errors: folder + "/errors")
            while process.isRunning { usleep(2_000) }
            guard process.status == 0 else {
                throw NotMade(errors: (try? String(contentsOfFile: folder + "/errors", encoding: .utf8)) ?? "")
            }
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// The tokens of the process that runs the tests. A module reads its configuration once in a process, so that all
    /// tests share them: `citizen` for all, `quiet` for those that count keys, `spare` for another one than that, `counting`
    /// for `CountingToken`, and two that are called `twin`.
    public static let ofThisProcess = Result { () throws -> SoftTokens in
        let tokens = try SoftTokens(labels: ["citizen", "quiet", "spare", "counting", "twin", "twin"], pin: "135790")
        // Before the module is loaded for the first time.
        for (name, value) in tokens.environment { unsafe setenv(name, value, 1) }
        return tokens
    }
}
