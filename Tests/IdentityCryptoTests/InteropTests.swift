import ChildProcesses
import Foundation
import IdentityCrypto
import OpenIDMessages
import TestVectors
import Testing

/// Python as a second reader of the vectors.
enum Python {
    /// The end and the output of `python3` with these arguments; nil when there is no `python3`.
    static func run(_ arguments: [String]) -> (status: Int32, output: String)? {
        let result = try? ChildProcess.run("/usr/bin/env", ["python3"] + arguments)
        return result.map { ($0.status, $0.output + $0.errors) }
    }

    static let hasCryptography = run(["-c", "import cryptography"])?.status == 0
}

@Suite("Python's cryptography reads the project's vectors as the package does")
struct InteropTests {
    @Test(
        "each statement, link and digest", .timeLimit(.minutes(5)),
        .enabled(if: Python.hasCryptography, "python3 with the package cryptography is not here"))
    func vectors() throws {
        let root = TestVectors.packageRoot
        let result = try #require(Python.run([root + "/Tests/Interop/verify_vectors.py", root + "/Tests/Vectors"]))
        #expect(result.status == 0, "\(result.output)")
    }
}

@Suite(
    "Python's cryptography agrees about encrypted tokens",
    .enabled(if: Python.hasCryptography, "python3 with the package cryptography is not here"))
struct EncryptionInteropTests {
    private static let script = TestVectors.packageRoot + "/Tests/Interop/jwe.py"

    @Test("it opens ours, and changed ones not", .timeLimit(.minutes(5)), arguments: TestRecipients.all)
    func fromHere(key: DecryptionKey) throws {
        let token = try CompactJWE.encrypt(Array("content".utf8), to: key.publicKey, contentType: "JWT")
        let der = Base64URL.encode(key.derRepresentation)
        let result = try #require(Python.run([Self.script, "decrypt", der, token]))
        #expect(result.status == 0 && result.output == "content", "\(result.output)")
        let other = try CompactJWE.encrypt(Array("content".utf8), to: key.publicKey).split(separator: ".")
        let changed = (token.split(separator: ".").dropLast() + [other[4]]).joined(separator: ".")
        #expect(try #require(Python.run([Self.script, "decrypt", der, changed])).status != 0)
    }

    @Test("its tokens are opened here", .timeLimit(.minutes(5)), arguments: TestRecipients.all)
    func fromThere(key: DecryptionKey) throws {
        let result = try #require(Python.run([Self.script, "encrypt", key.publicKey.jwk.text, "content"]))
        #expect(result.status == 0, "\(result.output)")
        #expect(try CompactJWE(parsing: result.output).decrypt(with: key) == Array("content".utf8))
    }
}
