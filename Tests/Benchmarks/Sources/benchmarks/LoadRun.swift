import Foundation
import IdentityCrypto

/// Many logins, a fixed number of them at once.
struct LoadRun: Sendable {
    /// What one round gave.
    struct Round: Sendable {
        let logins: Int
        let seconds: Double
        /// Processor seconds of this process, of its client side alone, and of the server if it is another process.
        let processor: Double
        let clientProcessor: Double
        let serverProcessor: Double

        var rate: Double { Double(logins) / seconds }
        func perLogin(_ processorSeconds: Double) -> Double { processorSeconds / Double(max(logins, 1)) * 1e6 }
    }

    let journey: LoginJourney
    let phones: [SimulatedPhone]
    /// The provider's key, for the phones' attestations.
    let signer: SigningKey
    /// The server's process; nil when it is this one.
    var server: Int32?

    /// More than there are logins in one round.
    private static let attestations = 16_384

    /// Logs in with `atOnce` phones for about `seconds`; each phone finishes the login that it began.
    func round(atOnce: Int, seconds: Double) async throws -> Round {
        let phones = try phones.prefix(atOnce).map { try $0.stocked(Self.attestations / atOnce, by: signer) }
        let done = Counter()
        let start = wallClock
        let processor = ProcessorTime.process
        let client = journey.client.seconds
        let serverProcessor = server.map { ProcessorTime.process($0) } ?? 0
        let end = start + seconds
        try await withThrowingTaskGroup(of: Void.self) { group in
            for phone in phones {
                group.addTask {
                    // A counter far above the earlier rounds' (the phone is a copy).
                    var phone = phone
                    phone.startCounting(at: Int64(start * 1e6))
                    repeat {
                        try await journey.run(&phone)
                        done.add(1)
                    } while wallClock < end
                }
            }
            try await group.waitForAll()
        }
        return Round(
            logins: done.value, seconds: wallClock - start, processor: ProcessorTime.process - processor,
            clientProcessor: journey.client.seconds - client,
            serverProcessor: (server.map { ProcessorTime.process($0) } ?? 0) - serverProcessor)
    }

    func rounds(atOnce: Int, effort: Effort) async throws -> [Round] {
        _ = try await round(atOnce: atOnce, seconds: effort.loginSeconds / 4)
        var rounds: [Round] = []
        for _ in 0..<effort.rounds { rounds.append(try await round(atOnce: atOnce, seconds: effort.loginSeconds)) }
        return rounds
    }

    /// Rounds in turns with those of a floor, so that both have the same machine: one that others use is half as fast in
    /// one minute as in the next.
    ///
    /// - Returns: the rounds, and of each its share of the floor just before and after it.
    func rounds(
        atOnce: Int, effort: Effort, beside floor: () async throws -> Double
    ) async throws -> (rounds: [Round], shares: [Double]) {
        _ = try await round(atOnce: atOnce, seconds: effort.loginSeconds / 4)
        var rounds: [Round] = []
        var shares: [Double] = []
        var before = try await floor()
        for _ in 0..<effort.rounds {
            let round = try await round(atOnce: atOnce, seconds: effort.loginSeconds)
            let after = try await floor()
            rounds.append(round)
            shares.append(round.rate / ((before + after) / 2))
            before = after
        }
        return (rounds, shares)
    }
}
