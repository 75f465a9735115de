import AsyncHTTPClient
import Foundation
import IdentityCrypto
import NIOCore
import NIOHTTP1
import OpenIDMessages
import ProviderCore
import SQLiteStore

/// What a login, a start and the sweep cost among more and more people.
struct DirectoryMeasurement {
    let effort: Effort
    /// How many people, one measurement after the other.
    let people: [Int]

    /// People with real phones among them; logins go round, so that no row of the last one is at hand by chance.
    private static let phones = 128
    private static let atOnce = 4

    func measure(_ report: Report) async throws {
        var lines: [String] = []
        for count in people {
            report.section("\(count) people")
            lines.append(try await measure(count, report))
        }
        report.section("Directory")
        report.note(Self.row(["people", "login µs", "login ms", "RSS MiB", "start ms", "sweep ms", "bytes/person"]))
        for line in lines { report.note(line) }
    }

    private func measure(_ count: Int, _ report: Report) async throws -> String {
        let folder = try WorkFolder()
        defer { folder.remove() }
        let (port, key, town, masterKey) = try folder.prepareServer()
        let loader = DirectoryLoader(database: folder.database)
        let bytes = try await load(count, loader, town, masterKey, report)
        let lastEvent = try loader.lastEvent

        progress("enrolling \(Self.phones) phones among \(count) people")
        let store = try SQLiteStore(path: folder.database)
        let provider = try await town.provider(store: store, masterKey: masterKey)
        var phones: [SimulatedPhone] = []
        for _ in 0..<Self.phones { phones.append(try await .enrolled(at: provider)) }
        let sweep = try await sweep(store)
        report.add(Figure(name: "sweep of a database with nothing to sweep", unit: "ms", spread: sweep))
        let portal = SimulatedPortal(
            issuer: town.issuer, key: key, providerKeys: provider.keys.ring.verificationKeys)
        let signer = provider.keys.ring.current(.es256)
        try await store.close()

        let starts = try await starts(folder, town, port: port)
        report.add(Figure(name: "start to the first answer", unit: "ms", spread: starts))
        let server = try ServerProcess.start(folder, port: port)
        defer {
            server.terminate()
            server.waitUntilExit()
        }
        let http = try HTTPClient.benchmark(folder)
        do {
            let nonce = try await Self.firstNonce(http, town.issuer, server)
            let journey = LoginJourney(
                port: HTTPPort(issuer: town.issuer, http: http), portal: portal, client: ClientWork())
            let run = DirectoryRun(
                journey: journey, phones: phones.map { $0.withNonce(nonce) }, signer: signer,
                server: server.processIdentifier)
            progress("logins among \(count) people")
            let rounds = try await run.rounds(atOnce: Self.atOnce, effort: effort)
            try loader.checkEvents(after: lastEvent)
            let cost = Spread(rounds.map { $0.perLogin($0.serverProcessor) })
            let time = Spread(rounds.map { $0.seconds / Double(max($0.logins, 1)) * Double(Self.atOnce) * 1000 })
            let memory = ProcessMemory.resident("\(server.processIdentifier)")
            report.add(Figure(name: "processor time of the server", unit: "µs/login", spread: cost))
            report.add(Figure(name: "time of a login, \(Self.atOnce) at once", unit: "ms", spread: time))
            report.add(Figure(name: "resident memory of the server", unit: "MiB", spread: Spread([memory])))
            try await http.shutdown()
            return Self.row(
                [String(count)]
                    + [cost.median, time.median, memory, starts.median, sweep.median, bytes].map(Figure.number))
        } catch {
            try? await http.shutdown()
            throw error
        }
    }

    /// Fills the database; the bytes of one person.
    private func load(
        _ count: Int, _ loader: DirectoryLoader, _ town: Town, _ masterKey: [UInt8], _ report: Report
    ) async throws -> Double {
        // The provider makes the tables and its keys.
        let store = try SQLiteStore(path: loader.database)
        _ = try await town.provider(store: store, masterKey: masterKey)
        try await store.close()
        let before = loader.size
        let start = wallClock
        try loader.load(count) { done in
            if done % 50_000 == 0 || done == count {
                progress("\(done) of \(count) people, \(Int(Double(done) / (wallClock - start))) a second")
            }
        }
        let bytes = Double(loader.size - before) / Double(count)
        report.add(Figure(name: "bytes of one person on the disk", unit: "bytes", spread: Spread([bytes])))
        return bytes
    }

    private func sweep(_ store: SQLiteStore) async throws -> Spread {
        var times: [Double] = []
        for _ in 0..<effort.rounds {
            let start = wallClock
            try await store.sweep(now: Town.clock.now())
            times.append((wallClock - start) * 1000)
        }
        return Spread(times)
    }

    /// Milliseconds from the start of the process to its first answer.
    private func starts(_ folder: WorkFolder, _ town: Town, port: Int) async throws -> Spread {
        var times: [Double] = []
        for _ in 0..<effort.starts {
            let began = wallClock
            let server = try ServerProcess.start(folder, port: port)
            let http = try HTTPClient.benchmark(folder)
            do {
                _ = try await Self.firstNonce(http, town.issuer, server)
                times.append((wallClock - began) * 1000)
            } catch {
                server.terminate()
                try? await http.shutdown()
                throw error
            }
            server.terminate()
            server.waitUntilExit()
            try await http.shutdown()
        }
        return Spread(times)
    }

    /// Waits for the server; the nonce of its first answer to a device.
    static func firstNonce(_ http: HTTPClient, _ issuer: IssuerURL, _ server: Process) async throws -> String {
        for _ in 0..<10_000 {
            guard server.isRunning else { throw BenchmarkFault("the server ended") }
            let request = HTTPClientRequest(url: issuer.appending("/device/v1/devices"))
            if let answer = try? await http.execute(request, timeout: .seconds(5)),
                let nonce = answer.headers.first(name: "dpop-nonce")
            {
                return nonce
            }
            try await Task.sleep(for: .milliseconds(2))
        }
        throw BenchmarkFault("the server does not answer")
    }

    private static func row(_ columns: [String]) -> String { columns.map { $0.leftPadded(13) }.joined() }
}

/// Logins that go round many phones.
private struct DirectoryRun: Sendable {
    let journey: LoginJourney
    let phones: [SimulatedPhone]
    let signer: SigningKey
    let server: Int32

    func rounds(atOnce: Int, effort: Effort) async throws -> [LoadRun.Round] {
        _ = try await round(atOnce: atOnce, seconds: effort.loginSeconds / 4)
        var rounds: [LoadRun.Round] = []
        for _ in 0..<effort.rounds { rounds.append(try await round(atOnce: atOnce, seconds: effort.loginSeconds)) }
        return rounds
    }

    private func round(atOnce: Int, seconds: Double) async throws -> LoadRun.Round {
        let done = Counter()
        let (start, processor) = (wallClock, ProcessorTime.process)
        let (client, before) = (journey.client.seconds, ProcessorTime.process(server))
        let share = phones.count / atOnce
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<atOnce {
                group.addTask {
                    var mine = Array(phones[task * share..<(task + 1) * share])
                    for index in mine.indices { mine[index].startCounting(at: Int64(start * 1e6)) }
                    var next = 0
                    repeat {
                        let index = next % mine.count
                        mine[index] = try journey.client.measure { try mine[index].stocked(1, by: signer) }
                        try await journey.run(&mine[index])
                        next += 1
                        done.add(1)
                    } while wallClock < start + seconds
                }
            }
            try await group.waitForAll()
        }
        return LoadRun.Round(
            logins: done.value, seconds: wallClock - start, processor: ProcessorTime.process - processor,
            clientProcessor: journey.client.seconds - client,
            serverProcessor: ProcessorTime.process(server) - before)
    }
}
