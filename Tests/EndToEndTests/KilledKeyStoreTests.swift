import Foundation
import KeyStoreHarness
import Testing

/// Checklist J2: each file operation of making keys is killed or made to fail, one at a time; what is there afterwards is the
/// old key store or the new one, and it signs.
@Suite(
    "Key stores that are killed at any file operation",
    .enabled(
        if: Strace.isInstalled && SoftTPM.isInstalled && SoftTokens.isInstalled,
        "strace, swtpm and softhsm2 are needed"), .inTurn, .endsInTime)
struct KilledKeyStoreTests {
    @Test func `file`() async throws { try await sweep(["file"]) }

    @Test func `tpm`() async throws {
        let tpm = try SoftTPM()
        try await sweep(["tpm", tpm.connection])
        withExtendedLifetime(tpm) {}
    }

    @Test func `pkcs11`() async throws {
        let tokens = try SoftTokens(labels: ["card"], pin: "135790")
        try await sweep(["pkcs11", SoftTokens.module, "card"], environment: tokens.environment)
        withExtendedLifetime(tokens) {}
    }

    private func sweep(_ store: [String], environment: [String: String] = [:]) async throws {
        let sweep = try FaultSweep(store: store, environment: environment.merging(["TSS2_LOG": "all+NONE"]) { $1 })
        defer { sweep.folder.remove() }
        var keys = try await sweep.make()
        let counts = try await sweep.count()
        keys = try await sweep.use().lines.last ?? keys
        // The names of what must be there, so that a sweep over nothing does not pass.
        #expect(["openat", "write", "fsync", "renameat"].allSatisfy { counts[$0, default: 0] >= 1 }, "\(counts)")
        var (old, new) = (0, 0)
        for (call, count) in counts.sorted(by: { $0.key < $1.key }) {
            for occurrence in 1...count {
                for fault in Strace.faults(of: call) {
                    let found = try await sweep.run(call, occurrence, fault)
                    if found == keys { old += 1 } else { new += 1 }
                    keys = found
                }
            }
        }
        #expect(old >= 5 && new >= 1, "\(old) times the old keys, \(new) times new ones")
    }
}

/// Makes keys over those of the run before, under strace, which kills the program or fails one of its calls.
struct FaultSweep {
    private static let calls = ["openat", "write", "fsync", "renameat", "unlinkat"]

    let store: [String]
    let environment: [String: String]
    let folder: TemporaryFolder
    private var profile: String { folder.path + "/profile" }

    init(store: [String], environment: [String: String]) throws {
        self.store = store
        self.environment = environment
        folder = try TemporaryFolder()
    }

    /// Makes keys; their thumbprint.
    func make() async throws -> String {
        let made = try await drive("make")
        return try #require(Self.acknowledged(made), "\(made)")
    }

    func use() async throws -> ProgramResult { try await drive("use") }

    private func drive(_ verb: String, under strace: [String] = []) async throws -> ProgramResult {
        let command = strace + [Place.program("key-store-driver"), verb, profile] + store
        return try await Program.run(
            command[0], Array(command.dropFirst()), environment: environment, atOnce: true)
    }

    private static func acknowledged(_ result: ProgramResult) -> String? {
        result.lines.first { $0.hasPrefix("ACK ") }.map { String($0.dropFirst(4)) }
    }

    /// strace for the calls that concern the profile.
    private func tracing(_ calls: [String], _ more: [String]) -> [String] {
        let names = [
            "", "/making.sealed", "/.making.sealed.new", "/keys.sealed", "/.keys.sealed.new", "/seal.key",
            "/.seal.key.new", "/.lock",
        ]
        return Strace.command(calls, on: names.map { profile + $0 }, more)
    }

    /// How often each call happens when nothing fails.
    func count() async throws -> [String: Int] {
        try await Strace.count(in: folder.path) { more in try await drive("make", under: tracing(Self.calls, more)) }
    }

    /// Makes new keys with one fault. The thumbprint of those that are there afterwards, and sign.
    func run(_ call: String, _ occurrence: Int, _ fault: String) async throws -> String {
        let made = try await drive(
            "make", under: tracing([call], Strace.injecting(fault, at: call, occurrence)))
        let used = try await use()
        let what = "\(store[0]), \(call) \(occurrence), \(fault)"
        try #require(used.status == 0, "\(what): neither the old nor the new keys sign\n\(made)\n\(used)")
        let found = try #require(used.lines.last)
        if let new = Self.acknowledged(made) {
            #expect(found == new, "\(what): what was acknowledged is there")
        } else {
            #expect(made.status != 0, "\(what): a failure is told")
        }
        return found
    }
}
