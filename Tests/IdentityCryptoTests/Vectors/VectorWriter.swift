import Foundation
import OpenIDMessages
import TestVectors
import Testing

@testable import IdentityCrypto

/// Writes `Tests/Vectors` anew. The files are committed: signatures of ECDSA are random, so that each run writes other
/// ones.
@Suite(
    "Writing the project's vectors",
    .enabled(
        if: ProcessInfo.processInfo.environment["CITIZENID_WRITE_VECTORS"] == "1",
        "the vectors are written only with CITIZENID_WRITE_VECTORS=1"))
struct VectorWriter {
    private func write(_ object: JSONObject, _ name: String) throws {
        let text = JSONValue.object(object).prettyText + "\n"
        try text.write(
            toFile: TestVectors.packageRoot + "/Tests/Vectors/\(name).json", atomically: true, encoding: .utf8)
    }

    @Test("all files are written")
    func writeAll() throws {
        let samples = try VectorSamples()
        try write(VectorKey.file, "test-keys")
        for file in try StatementFile.all(samples) { try write(file.json, file.name) }
        for (name, file) in try ContextFiles(samples: samples).all { try write(file, name) }
    }
}
