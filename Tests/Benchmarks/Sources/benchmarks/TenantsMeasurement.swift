import AsyncHTTPClient
import Foundation
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import SQLiteStore

/// Whether one busy town slows the others (checklist K4): the time of a quiet town's logins, alone and beside a town with ten
/// times as many, in turns, so that both have the same machine.
struct TenantsMeasurement {
    let effort: Effort

    /// People who log in at the quiet town, one login of each in a second, and those at the busy one.
    private static let quiet = 2
    private static let busy = 20
    private static let period = 1.0

    func measure(_ report: Report) async throws {
        let folder = try WorkFolder()
        defer { folder.remove() }
        let (port, key, town, masterKey) = try folder.prepareServer()
        progress("enrolling \(Self.quiet + Self.busy) phones")
        let store = try SQLiteStore(path: folder.database)
        let provider = try await town.provider(store: store, masterKey: masterKey)
        var phones: [SimulatedPhone] = []
        for _ in 0..<(Self.quiet + Self.busy) { phones.append(try await .enrolled(at: provider)) }
        let portal = SimulatedPortal(
            issuer: town.issuer, key: key, providerKeys: provider.keys.ring.verificationKeys)
        var other = portal
        (other.client, other.redirectURI) = (Town.neighbour, Town.neighbourURI)
        let signer = provider.keys.ring.current(.es256)
        try await store.close()

        let server = try ServerProcess.start(folder, port: port)
        defer {
            server.terminate()
            server.waitUntilExit()
        }
        let http = try HTTPClient.benchmark(folder)
        do {
            let nonce = try await DirectoryMeasurement.firstNonce(http, town.issuer, server)
            let ready = phones.map { $0.withNonce(nonce) }
            let way = HTTPPort(issuer: town.issuer, http: http)
            let run = TenantsRun(
                quiet: LoginJourney(port: way, portal: portal, client: ClientWork()),
                quietPhones: Array(ready.prefix(Self.quiet)),
                busy: LoginJourney(port: way, portal: other, client: ClientWork()),
                busyPhones: Array(ready.dropFirst(Self.quiet)), signer: signer, period: Self.period)
            // Ten times as long as a round of logins: a hundredth of the few logins of a quiet town must be some.
            let seconds = effort.loginSeconds * 10
            progress("a quiet town, in turns alone and beside a busy one")
            _ = try await run.round(isBusy: true, seconds: effort.loginSeconds)
            var (alone, beside): ([TenantsRun.Round], [TenantsRun.Round]) = ([], [])
            for _ in 0..<effort.rounds {
                alone.append(try await run.round(isBusy: false, seconds: seconds))
                beside.append(try await run.round(isBusy: true, seconds: seconds))
            }
            try await http.shutdown()
            add(report, alone, beside)
        } catch {
            try? await http.shutdown()
            throw error
        }
    }

    private func add(_ report: Report, _ alone: [TenantsRun.Round], _ beside: [TenantsRun.Round]) {
        report.add(
            Figure(name: "the quiet town's logins", unit: "/s", spread: Spread(beside.map(\.quietRate)), isRate: true))
        report.add(
            Figure(name: "the busy town's logins", unit: "/s", spread: Spread(beside.map(\.busyRate)), isRate: true))
        report.addWaits(
            "a quiet town's login", "alone", alone.map(\.times), "beside the busy one", beside.map(\.times))
    }
}

/// Logins that each have a time to begin and are measured from it: a server that is late shows it, also in the logins that have
/// to wait for an earlier one of the same phone.
private struct TenantsRun: Sendable {
    struct Round: Sendable {
        /// Milliseconds of the quiet town's logins, from the time at which each was to begin.
        let times: [Double]
        let quietRate: Double
        let busyRate: Double
    }

    let quiet: LoginJourney
    let quietPhones: [SimulatedPhone]
    let busy: LoginJourney
    let busyPhones: [SimulatedPhone]
    let signer: SigningKey
    let period: Double

    func round(isBusy: Bool, seconds: Double) async throws -> Round {
        let start = wallClock + 0.5
        let others = isBusy ? busyPhones : []
        async let crowd = logins(busy, others, from: start, seconds: seconds)
        let times = try await logins(quiet, quietPhones, from: start, seconds: seconds)
        let count = try await crowd.count
        return Round(
            times: times, quietRate: Double(times.count) / seconds, busyRate: Double(count) / seconds)
    }

    /// Each phone logs in once in a period, the phones one after the other.
    private func logins(
        _ journey: LoginJourney, _ phones: [SimulatedPhone], from start: Double, seconds: Double
    ) async throws -> [Double] {
        let each = Int(seconds / period)
        return try await withThrowingTaskGroup(of: [Double].self) { group in
            for (index, phone) in phones.enumerated() {
                var stocked = try phone.stocked(each, by: signer)
                stocked.startCounting(at: Int64(start * 1e6))
                let first = start + period * Double(index) / Double(phones.count)
                group.addTask { [stocked] in
                    var phone = stocked
                    var times: [Double] = []
                    for number in 0..<each {
                        let due = first + period * Double(number)
                        let wait = due - wallClock
                        if wait > 0 { try await Task.sleep(for: .seconds(wait)) }
                        try await journey.run(&phone)
                        times.append((wallClock - due) * 1000)
                    }
                    return times
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }
}
