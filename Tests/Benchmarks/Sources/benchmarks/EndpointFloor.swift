import Foundation
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import SQLiteStore

/// The signatures and commits of one request.
struct EndpointWork: Hashable, Sendable {
    var signs = 0
    var verifies = 0
    var commits = 0

    var isNothing: Bool { self == EndpointWork() }
    var text: String { "\(signs) signatures made, \(verifies) verified, \(commits) commits" }
}

/// What signatures and commits cost when nothing else is done: so many tasks at once that do only these, in this
/// process, with the same store.
struct EndpointFloor: Sendable {
    let rate: Spread
    /// Microseconds of processor time for one request.
    let processor: Spread

    static func measure(_ work: EndpointWork, atOnce: Int, effort: Effort) async throws -> EndpointFloor {
        let folder = try WorkFolder()
        defer { folder.remove() }
        let store = try SQLiteStore(path: folder.database)
        var rates: [Double] = []
        var processor: [Double] = []
        for _ in 0..<effort.rounds {
            let start = wallClock
            let before = ProcessorTime.process
            let done = try await round(work, atOnce, store, until: start + effort.endpointSeconds)
            rates.append(Double(done) / (wallClock - start))
            processor.append((ProcessorTime.process - before) / Double(done) * 1e6)
        }
        try await store.close()
        return EndpointFloor(rate: Spread(rates), processor: Spread(processor))
    }

    private static func round(
        _ work: EndpointWork, _ atOnce: Int, _ store: SQLiteStore, until end: Double
    ) async throws -> Int {
        try await countTogether(atOnce) {
            let signatures = try SignatureWork()
            var count = 0
            repeat {
                signatures.verify(work.verifies)
                for _ in 0..<work.commits {
                    _ = try await store.use(
                        RandomBytes.text(16), class: .clientAssertion, expiresAt: Town.clock.now() + 60)
                }
                try signatures.sign(work.signs)
                count += 1
            } while wallClock < end
            return count
        }
    }
}
