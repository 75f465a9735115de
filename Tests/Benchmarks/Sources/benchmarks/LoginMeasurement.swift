import AsyncHTTPClient
import Foundation
import IdentityCrypto
import NIOCore
import NIOHTTP1
import OpenIDMessages
import ProviderCore
import SQLiteStore

/// Whole logins per second, in process and over HTTPS, beside the floor that the signatures set.
struct LoginMeasurement {
    let effort: Effort
    let cost: SignatureCost
    let cores: Int
    let atOnce: [Int]

    func inProcess(_ report: Report) async throws {
        let folder = try WorkFolder()
        defer { folder.remove() }
        let key = SigningKey.makeES256()
        let town = Town(issuer: "https://localhost:8443", portalKey: key.publicKey.jwk)
        let store = try SQLiteStore(path: folder.database)
        let provider = try await town.provider(store: store, masterKey: RandomBytes.make(32))
        let run = LoadRun(
            journey: LoginJourney(
                port: InProcessPort(provider: provider),
                portal: SimulatedPortal(
                    issuer: town.issuer, key: key, providerKeys: provider.keys.ring.verificationKeys),
                client: ClientWork()), phones: try await phones(provider),
            signer: provider.keys.ring.current(.es256))
        for count in atOnce {
            progress("logins in process, \(count) at once")
            let primitives = Primitives(effort: effort)
            let (rounds, shares) = try await run.rounds(atOnce: count, effort: effort) {
                try await primitives.rateOfSignatures(processors: cores)
            }
            let total = cost.microseconds(provider: nil)
            let own = cost.microseconds(provider: true)
            let name = "in process, \(count) at once"
            addRate(report, name, rounds, floorCost: total) { $0.processor }
            report.add(
                Figure(
                    name: "  share of signatures alone, in turns", unit: "%", spread: Spread(shares.map { $0 * 100 })))
            addCost(report, "  processor time, all parties", rounds, floor: total) { $0.perLogin($0.processor) }
            addCost(report, "  processor time, provider alone", rounds, floor: own) {
                $0.perLogin($0.processor - $0.clientProcessor)
            }
            addCost(report, "  processor time, phone and portal", rounds, floor: total - own) {
                $0.perLogin($0.clientProcessor)
            }
            addShare(report, rounds) { $0.processor }
        }
        report.add(
            Figure(name: "peak memory of this process", unit: "MiB", spread: Spread([ProcessMemory.peak()])))
        try await store.close()
    }

    func overHTTP(_ report: Report) async throws {
        let folder = try WorkFolder()
        defer { folder.remove() }
        let (port, key, town, masterKey) = try folder.prepareServer()
        // Phones are enrolled before the server opens the database; their first nonces are not its own.
        let store = try SQLiteStore(path: folder.database)
        let provider = try await town.provider(store: store, masterKey: masterKey)
        let phones = try await phones(provider)
        let portal = SimulatedPortal(
            issuer: town.issuer, key: key, providerKeys: provider.keys.ring.verificationKeys)
        try await store.close()
        let server = try ServerProcess.start(folder, port: port)
        defer {
            server.terminate()
            server.waitUntilExit()
        }
        let http = try HTTPClient.benchmark(folder)
        do {
            let fresh = try await nonce(http, town.issuer, server)
            let run = LoadRun(
                journey: LoginJourney(
                    port: HTTPPort(issuer: town.issuer, http: http), portal: portal, client: ClientWork()),
                phones: phones.map { $0.withNonce(fresh) }, signer: provider.keys.ring.current(.es256),
                server: server.processIdentifier)
            for count in atOnce {
                progress("logins over HTTPS, \(count) at once")
                let rounds = try await run.rounds(atOnce: count, effort: effort)
                addRate(
                    report, "over HTTPS, \(count) at once", rounds, floorCost: cost.microseconds(provider: nil)
                ) { $0.processor + $0.serverProcessor }
                addCost(
                    report, "  processor time, server process", rounds, floor: cost.microseconds(provider: true)
                ) { $0.perLogin($0.serverProcessor) }
                addCost(report, "  processor time, clients' process", rounds, floor: cost.microseconds(provider: false))
                { $0.perLogin($0.processor) }
                addShare(report, rounds) { $0.processor + $0.serverProcessor }
            }
            report.add(
                Figure(
                    name: "peak memory of the server", unit: "MiB",
                    spread: Spread([ProcessMemory.peak("\(server.processIdentifier)")])))
        } catch {
            try? await http.shutdown()
            throw error
        }
        try await http.shutdown()
    }

    /// Waits for the server; the nonce of its first answer to a device.
    private func nonce(_ http: HTTPClient, _ issuer: IssuerURL, _ server: Process) async throws -> String {
        for _ in 0..<2000 {
            guard server.isRunning else { throw BenchmarkFault("the server ended") }
            let request = HTTPClientRequest(url: issuer.appending("/device/v1/devices"))
            if let answer = try? await http.execute(request, timeout: .seconds(5)),
                let nonce = answer.headers.first(name: "dpop-nonce")
            {
                return nonce
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw BenchmarkFault("the server does not answer")
    }

    /// One phone of one citizen for each login at once: an account has at most three logins open.
    private func phones(_ provider: Provider) async throws -> [SimulatedPhone] {
        progress("enrolling \(atOnce.max() ?? 1) phones")
        var phones: [SimulatedPhone] = []
        for _ in 0..<(atOnce.max() ?? 1) { phones.append(try await .enrolled(at: provider)) }
        return phones
    }

    // MARK: Figures

    /// The rate as it was, and the rate that the processor time of a login allows on this machine when nobody else
    /// uses it and the disk is never waited for.
    private func addRate(
        _ report: Report, _ name: String, _ rounds: [LoadRun.Round], floorCost: Double,
        _ processor: (LoadRun.Round) -> Double
    ) {
        let floor = Double(cores) / floorCost * 1e6
        let meaning = "signatures alone, \(cores) cores"
        report.add(
            Figure(
                name: name, unit: "logins/s", spread: Spread(rounds.map(\.rate)), floor: floor, floorMeaning: meaning,
                isRate: true))
        report.add(
            Figure(
                name: "  rate that its processor time allows", unit: "logins/s",
                spread: Spread(rounds.map { Double(cores) / $0.perLogin(processor($0)) * 1e6 }), floor: floor,
                floorMeaning: meaning, isRate: true))
    }

    private func addCost(
        _ report: Report, _ name: String, _ rounds: [LoadRun.Round], floor: Double,
        _ value: (LoadRun.Round) -> Double
    ) {
        report.add(
            Figure(
                name: name, unit: "µs/login", spread: Spread(rounds.map(value)), floor: floor,
                floorMeaning: "signatures alone"))
    }

    /// How much of the machine the measurement had: the rest was idle, waiting for the disk or busy with others.
    private func addShare(_ report: Report, _ rounds: [LoadRun.Round], _ processor: (LoadRun.Round) -> Double) {
        report.add(
            Figure(
                name: "  share of the machine's processors", unit: "%",
                spread: Spread(rounds.map { processor($0) / ($0.seconds * Double(cores)) * 100 })))
    }
}
