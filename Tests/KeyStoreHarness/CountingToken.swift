import ChildProcesses
import Foundation
import Glibc

/// SoftHSM's tokens, with a count of wrong PINs as cards have it: three in a row lock the token. The module is compiled for
/// the tests, of `Tests/CountingToken/counting_token.c`.
public final class CountingToken: Sendable {
    public struct NotMade: Error {
        public let errors: String
    }

    private static let compiler = "/usr/bin/cc"
    public static var isInstalled: Bool {
        SoftTokens.isInstalled && FileManager.default.isExecutableFile(atPath: compiler)
    }

    private let folder: String
    /// The PKCS#11 module.
    public var module: String { folder + "/counting_token.so" }
    /// What a process needs in its environment beside what finds SoftHSM's tokens.
    public var environment: [String: String] { ["COUNTING_TOKEN_FOLDER": folder + "/counted"] }

    public init() throws {
        folder = "/tmp/counting." + String(UInt64.random(in: 0 ... .max), radix: 36)
        try FileManager.default.createDirectory(
            atPath: folder + "/counted", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        // Tests/KeyStoreHarness/CountingToken.swift: two steps up.
        let tests = (1...2).reduce(URL(fileURLWithPath: #filePath)) { url, _ in url.deletingLastPathComponent() }
        let process = try ChildProcess(
            Self.compiler,
            [
                "-shared", "-fPIC", "-Wall", "-Werror", "-o", folder + "/counting_token.so",
                tests.path + "/CountingToken/counting_token.c",
            ], errors: folder + "/errors")
        while process.isRunning { usleep(2_000) }
        guard process.status == 0 else {
            throw NotMade(errors: (try? String(contentsOfFile: folder + "/errors", encoding: .utf8)) ?? "")
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// What was counted is forgotten, as when the security officer unlocks the token.
    public func unlock() throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: folder + "/counted") {
            try FileManager.default.removeItem(atPath: folder + "/counted/" + name)
        }
    }

    /// That of the process which runs the tests: a module reads its environment in it. Its token is `counting`.
    public static let ofThisProcess = Result { () throws -> CountingToken in
        _ = try SoftTokens.ofThisProcess.get()
        let token = try CountingToken()
        for (name, value) in token.environment { unsafe setenv(name, value, 1) }
        return token
    }
}
