import Foundation
import Testing

/// strace around a program: counts its calls, and kills it at one of them or lets that one fail.
enum Strace {
    private static let program = "/usr/bin/strace"
    static var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: program) }

    /// What goes before the program's own command line.
    ///
    /// - Parameters:
    ///   - calls: those that are seen.
    ///   - files: only calls on these are seen, unless there are none; by its folder whatever is opened, renamed or removed in
    ///     it.
    static func command(_ calls: [String], on files: [String] = [], _ more: [String]) -> [String] {
        [program, "-f", "-qq", "-e", "trace=" + calls.joined(separator: ",")] + files.flatMap { ["-P", $0] } + more
    }

    /// Options with which one call of its kind fails or ends the program. strace counts the calls of each thread for itself:
    /// where the program goes on in another one, nothing happens.
    static func injecting(_ fault: String, at call: String, _ occurrence: Int) -> [String] {
        ["-e", "inject=\(call):\(fault):when=\(occurrence)", "-o", "/dev/null"]
    }

    static func faults(of call: String) -> [String] {
        ["signal=KILL", "error=EIO"] + (["openat", "write"].contains(call) ? ["error=ENOSPC"] : [])
    }

    /// How often each call happens in a run in which nothing fails.
    ///
    /// - Parameters:
    ///   - folder: where what was seen is written.
    ///   - run: does it with these further options.
    static func count(
        in folder: String, _ run: (_ more: [String]) async throws -> ProgramResult
    ) async throws -> [String: Int] {
        let file = folder + "/\(UUID().uuidString).trace"
        let result = try await run(["-o", file])
        try #require(result.status == 0, "\(result)")
        var counts: [String: Int] = [:]
        for line in try Program.text(of: file).split(separator: "\n") {
            guard let match = line.firstMatch(of: /^\d+\s+(\w+)\(/) else { continue }
            counts[String(match.output.1), default: 0] += 1
        }
        return counts
    }
}
