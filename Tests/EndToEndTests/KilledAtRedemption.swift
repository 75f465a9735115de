import Foundation
import Testing

/// Kills the provider again and again while something that counts once is redeemed there, until it was killed once between the
/// redemption and its answer: the database says that it was redeemed, and nobody heard it.
struct KilledAtRedemption {
    let here: Installation
    let use: DatabaseCopy.Use
    /// So many rounds are done in any case, and no more than the others.
    let rounds: ClosedRange<Int>

    /// What became of one round.
    struct Round {
        let number: Int
        let isAcknowledged: Bool
        let isRedeemed: Bool
    }

    /// - Parameters:
    ///   - redeem: redeems something fresh; true when it is told of success.
    ///   - check: looks at what is left, with the provider running again.
    func run(
        prepare: () async throws -> @Sendable () async -> Bool, check: (Round) async throws -> Void
    ) async throws {
        var (number, lost, acknowledged) = (0, 0, 0)
        var random = SeededGenerator(seed: 9_126)
        while number < rounds.lowerBound || lost == 0 && number < rounds.upperBound {
            number += 1
            let redeem = try await prepare()
            let before = try DatabaseCopy(of: here.database).count(use)
            let written = DatabaseStamp(here.database)
            async let answer = redeem()
            // From the write on there is a moment until the answer; before it there is nothing to lose.
            let deadline = ContinuousClock.now + .seconds(2)
            while DatabaseStamp(here.database) == written, ContinuousClock.now < deadline { await Task.yield() }
            let pause = ContinuousClock.now + .microseconds(Int.random(in: 0...3_000, using: &random))
            while ContinuousClock.now < pause { await Task.yield() }
            try await here.killProvider()
            let isAcknowledged = await answer
            let state = try DatabaseCopy(of: here.database)
            #expect(state.integrity == ["ok"] && state.brokenReferences == 0, "round \(number)")
            let round = Round(
                number: number, isAcknowledged: isAcknowledged, isRedeemed: state.count(use) > before)
            #expect(round.isRedeemed || !isAcknowledged, "round \(number)")
            acknowledged += isAcknowledged ? 1 : 0
            lost += round.isRedeemed && !isAcknowledged ? 1 : 0
            try await here.startProvider()
            try await check(round)
        }
        print("killed \(number) times at a \(use); \(acknowledged) acknowledged, \(lost) redeemed and never answered")
        #expect(lost > 0, "no kill came between redemption and answer")
    }
}

/// When and how far the files of a database were written.
private struct DatabaseStamp: Equatable {
    private let times: [Date?]
    private let sizes: [Int?]

    init(_ path: String) {
        let files = [path, path + "-wal"].map { try? FileManager.default.attributesOfItem(atPath: $0) }
        times = files.map { $0?[.modificationDate] as? Date }
        sizes = files.map { $0?[.size] as? Int }
    }
}
