import ChildProcesses
import Foundation
import Glibc
import OpenIDMessages
import Testing

/// What a program printed and how it ended.
struct ProgramResult: Sendable, CustomStringConvertible {
    let status: Int32
    let output: String
    let errors: String

    var lines: [String] { output.split(separator: "\n").map(String.init) }

    /// The one JSON object on standard output.
    func json() throws -> JSONObject { try StrictJSON.parseObject(Array(output.utf8), maximumLength: 8_388_608) }

    /// What a failed expectation shows.
    var description: String { "exit \(status)\n\(output)\n\(errors)" }
}

/// Runs programs as a shell would: real processes, files for their output, never longer than a timeout.
enum Program {
    struct Overdue: Error { let arguments: [String] }

    /// Four at once, or the key derivation of many phones would need more memory than a build machine has.
    private static let gate = Gate(permits: 4)

    /// - Parameter atOnce: for what takes long or must not wait for others.
    static func run(
        _ path: String, _ arguments: [String], environment: [String: String] = [:], input: String = "/dev/null",
        directory: String? = nil, timeout: Duration = .seconds(120), atOnce: Bool = false
    ) async throws -> ProgramResult {
        guard !atOnce else { return try await runNow(path, arguments, environment, input, directory, timeout) }
        return try await gate.through {
            try await runNow(path, arguments, environment, input, directory, timeout)
        }
    }

    private static func runNow(
        _ path: String, _ arguments: [String], _ environment: [String: String], _ input: String, _ directory: String?,
        _ timeout: Duration
    ) async throws -> ProgramResult {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let (output, errors) = (folder.path + "/output", folder.path + "/errors")
        let process = try start(
            path, arguments, environment: environment, input: input, output: output, errors: errors,
            directory: directory)
        let deadline = ContinuousClock.now + timeout
        while true {
            if let status = process.status {
                return ProgramResult(status: status, output: try text(of: output), errors: try text(of: errors))
            }
            guard ContinuousClock.now < deadline else {
                process.send(SIGTERM)
                throw Overdue(arguments: arguments)
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Starts a program whose output is added to files.
    static func start(
        _ path: String, _ arguments: [String], environment: [String: String] = [:], input: String = "/dev/null",
        output: String, errors: String, directory: String? = nil
    ) throws -> ChildProcess {
        try ChildProcess(
            path, arguments, environment: inherited.merging(environment) { $1 }, input: .file(input), output: output,
            errors: errors, directory: directory)
    }

    /// Starts a program at a terminal, and in a session of its own.
    static func start(_ path: String, _ arguments: [String], at terminal: PseudoTerminal) throws -> ChildProcess {
        try ChildProcess(path, arguments, environment: inherited, at: terminal)
    }

    static func text(of file: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: file)), as: UTF8.self)
    }

    /// The environment of the tests, without settings of the programs, language and time zone that whoever runs the tests
    /// may have.
    private static let inherited = ProcessInfo.processInfo.environment.filter { name, _ in
        !["CITIZEN", "XDG_", "HOME", "LC_", "LANG", "TZ"].contains { name.hasPrefix($0) }
    }
}

/// Lets a few suites of whole programs run at once: what has begun goes on beside few others, and its logins and requests
/// do not grow old behind suites that have not begun.
struct TurnTrait: SuiteTrait, TestScoping {
    private static let gate = Gate(permits: 6)

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        try await Self.gate.through { try await function() }
    }
}

extension Trait where Self == TurnTrait {
    /// For suites that run whole programs.
    static var inTurn: Self { TurnTrait() }
}

extension Trait where Self == TimeLimitTrait {
    /// For suites that run whole programs: one that never ends fails its test, and not the whole run. A test of them
    /// takes up to two minutes beside others on two processors.
    static var endsInTime: Self { .timeLimit(.minutes(10)) }
}

/// Where the products and the sources are.
enum Place {
    /// The package's root: Tests/EndToEndTests/Program.swift, three steps up.
    static let root = (1...3).reduce(URL(fileURLWithPath: #filePath)) { url, _ in url.deletingLastPathComponent() }.path

    /// The folder with the programs, beside the test bundle.
    static let products: String = {
        let bundle = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let folders = [bundle, CommandLine.arguments.first].compactMap(\.self)
            .map { URL(fileURLWithPath: $0).deletingLastPathComponent().path }
        return folders.first { FileManager.default.isExecutableFile(atPath: $0 + "/citizen-id") }
            ?? root + "/.build/debug"
    }()

    static func program(_ name: String) -> String { products + "/" + name }
    static func source(_ path: String) -> String { root + "/" + path }
}

/// A folder for the time of a test.
struct TemporaryFolder: Sendable {
    let path: String

    init() throws {
        // Short, for the path of a Unix socket may have no more than 100 bytes.
        path = FileManager.default.temporaryDirectory.path + "/e2e." + String(UInt32.random(in: 0 ... .max), radix: 36)
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file and gives its path.
    @discardableResult
    func write(_ name: String, _ text: String, mode: Int = 0o600) throws -> String {
        let file = path + "/" + name
        guard
            FileManager.default.createFile(
                atPath: file, contents: Data(text.utf8), attributes: [.posixPermissions: mode])
        else { throw CocoaError(.fileWriteUnknown) }
        return file
    }
}

/// Lets a number of tasks in at once, in the order in which they came.
private actor Gate {
    private var permits: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(permits: Int) { self.permits = permits }

    nonisolated func through<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        await enter()
        do {
            let value = try await body()
            await leave()
            return value
        } catch {
            await leave()
            throw error
        }
    }

    private func enter() async {
        guard permits == 0 else {
            permits -= 1
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    private func leave() {
        if waiting.isEmpty { permits += 1 } else { waiting.removeFirst().resume() }
    }
}
