import Foundation
import TestVectors
import Testing

/// Python as a second reader of the vectors.
enum Python {
    /// The end and the output of `python3` with these arguments; nil when there is no `python3`.
    static func run(_ arguments: [String]) -> (status: Int32, output: String)? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3"] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        guard (try? process.run()) != nil else { return nil }
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }

    static let hasCryptography = run(["-c", "import cryptography"])?.status == 0
}

@Suite("Python's cryptography reads the project's vectors as the package does")
struct InteropTests {
    @Test(
        "each statement, link and digest", .timeLimit(.minutes(1)),
        .enabled(if: Python.hasCryptography, "python3 with the package cryptography is not here"))
    func vectors() throws {
        let root = TestVectors.packageRoot
        let result = try #require(Python.run([root + "/Tests/Interop/verify_vectors.py", root + "/Tests/Vectors"]))
        #expect(result.status == 0, "\(result.output)")
    }
}
