import AccountDirectory
import Foundation
import GRDB
import OpenIDMessages
import ProviderCore
import StoreConformance
import Testing

@testable import SQLiteStore

@Suite("Connections that only read")
struct ReadConnectionsTests {
    private struct Refused: Error {}

    @Test("A read that fails leaves its connection good for the next one")
    func failure() throws {
        let store = try SQLiteStore.inMemory()
        for _ in 0..<3 {
            #expect(throws: Refused.self) {
                try store.read { db in
                    _ = try db.rows("SELECT * FROM sqlite_master")
                    throw Refused()
                }
            }
            #expect(throws: (any Error).self) { try store.read { db in try db.rows("SELECT nothing FROM nowhere") } }
            #expect(try store.read { db in try db.row("SELECT 7 AS number")?.integer("number") } == 7)
        }
        #expect(try descriptors(of: store).count { $0.hasSuffix(".sqlite") } == 2)
    }

    @Test("A read cannot write")
    func writing() throws {
        let store = try SQLiteStore.inMemory()
        #expect(throws: (any Error).self) {
            try store.read { db in try db.run("INSERT INTO secret (name, sealed) VALUES ('a', x'00')") }
        }
    }

    @Test("A company's name in a sector is read without the writer once it is there")
    func companySubject() async throws {
        let store = try SQLiteStore.inMemory()
        let mandate = try await Fixtures.mandate(in: store)
        let row = try store.read { db in
            try db.row("SELECT company FROM mandate WHERE id = ?", [mandate.rawValue])?.text("company")
        }
        let company = try #require(row.flatMap(CompanyIdentifier.init(rawValue:)))
        let name = try await store.subject(of: company, in: Fixtures.sector)
        try await store.writer.close { _ in }
        #expect(try await store.subject(of: company, in: Fixtures.sector) == name)
        await #expect(throws: StorageFault.closed) {
            try await store.subject(of: company, in: .public)
        }
    }

    @Test("A write that was answered is in the next read", .timeLimit(.minutes(5)))
    func freshness() async throws {
        let store = try SQLiteStore.inMemory()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for index in 0..<100 {
                        let name = "\(task) \(index)"
                        _ = try await store.secret(name, fresh: [7])
                        #expect(try store.read { try $0.row("SELECT name FROM secret WHERE name = ?", [name]) } != nil)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test("Reads without pause do not keep the log from being used again", .timeLimit(.minutes(10)))
    func checkpoints() async throws {
        let store = try SQLiteStore.inMemory()
        let written = 40_000_000
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    while !Task.isCancelled {
                        _ = try store.read { db in try db.rows("SELECT name FROM secret ORDER BY name LIMIT 50") }
                        await Task.yield()
                    }
                }
            }
            for index in 0..<(written / 20_000) {
                _ = try await store.secret("\(index)", fresh: Array(repeating: 7, count: 20_000))
            }
            group.cancelAll()
            try await group.waitForAll()
        }
        let log = try FileManager.default.attributesOfItem(atPath: store.pool.path + "-wal")[.size] as? Int
        #expect(try #require(log) < written / 2, "\(log ?? 0) bytes")
    }

    @Test("A store that is closed while others read leaves no file open, and they are told")
    func closing() async throws {
        let store = try SQLiteStore.inMemory()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    while true {
                        do { _ = try store.read { db in try db.rows("SELECT name FROM sqlite_master") } } catch {
                            #expect(error as? StorageFault == .closed)
                            return
                        }
                        await Task.yield()
                    }
                }
            }
            try? await Task.sleep(for: .milliseconds(50))
            await #expect(throws: Never.self) { try await store.close() }
        }
        #expect(try descriptors(of: store) == [])
    }

    /// The store's files that this process has open.
    private func descriptors(of store: SQLiteStore) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
            .compactMap { try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)") }
            .filter { $0.hasPrefix(store.pool.path) }
    }
}
