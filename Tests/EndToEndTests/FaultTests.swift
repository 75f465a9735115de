import DeviceAuthenticator
import OpenIDMessages
import Synchronization
import Testing

@testable import citizen_phone

/// A provider that takes every call and counts them.
private final class CountingProvider: HTTPTransport {
    let count = Mutex(0)

    func send(_ call: HTTPCall) async throws(NetworkFailure) -> HTTPAnswer {
        count.withLock { $0 += 1 }
        return HTTPAnswer(status: 200)
    }
}

@Suite("Faults between phone and provider", .inTurn, .endsInTime)
struct FaultTests {
    @Test func `faults are read in any order, each once`() throws {
        var all = Faults()
        (all.latency, all.drop, all.skew, all.losesAcknowledgement, all.seed) = (.milliseconds(200), 0.1, -600, true, 7)
        #expect(try Faults(parsing: "latency=200ms,drop=0.1,skew=-600s,lose=acknowledgement,seed=7") == all)
        #expect(try Faults(parsing: "seed=7,lose=acknowledgement,skew=-600s,drop=0.1,latency=200ms") == all)
        #expect(try Faults(parsing: "latency=2s").latency == .seconds(2))
    }

    @Test(arguments: [
        "", "latency", "latency=", "latency=200", "latency=61s", "latency=-1ms", "drop=1.1", "drop=-0.1", "drop=nan",
        "skew=600", "skew=s", "skew=31536001s", "skew=-31536001s", "skew=-9223372036854775808s",
        "lose=answer", "seed=-1", "drop=0.1,drop=0.2", "drop=0.1,", "speed=2",
    ])
    func `a fault that is none is refused`(text: String) {
        #expect(throws: Faults.Mistake.self) { try Faults(parsing: text) }
    }

    /// Which of the calls got lost, and how many arrived.
    private func lost(_ faults: Faults, calls: Int) async -> (lost: [Int], arrived: Int) {
        let provider = CountingProvider()
        let wire = FaultyWire(provider, faults: faults)
        var lost: [Int] = []
        for number in 0..<calls {
            do { _ = try await wire.send(HTTPCall(method: "GET", url: "https://id.example/secret")) } catch {
                #expect(error == NetworkFailure(.connectionLost, authority: "id.example"), "without the path")
                lost.append(number)
            }
        }
        return (lost, provider.count.withLock { $0 })
    }

    @Test func `the same calls get lost with the same seed, some before and some after they arrive`() async throws {
        let faults = try Faults(parsing: "drop=0.3,seed=7")
        let first = await lost(faults, calls: 400)
        #expect(await lost(faults, calls: 400) == first)
        #expect(await lost(try Faults(parsing: "drop=0.3,seed=8"), calls: 400).lost != first.lost)
        #expect((80...160).contains(first.lost.count))
        #expect(first.arrived < 400 && first.arrived > 400 - first.lost.count)
        #expect(await lost(Faults(), calls: 50) == (lost: [], arrived: 50))
        #expect(await lost(try Faults(parsing: "drop=1"), calls: 50).lost.count == 50)
    }

    @Test func `latency delays a call, and skew moves the phone's clock`() async throws {
        let start = ContinuousClock.now
        _ = await lost(try Faults(parsing: "latency=30ms"), calls: 2)
        #expect(ContinuousClock.now - start >= .milliseconds(60))
        let skewed = try Faults(parsing: "skew=-600s").skewed(.live).now.seconds - DeviceClock.live.now.seconds
        #expect((-601 ... -599).contains(skewed))
    }

    @Test func `what was lost is tried again twice, and what was refused is not`() async throws {
        var tries = 0
        let failure = NetworkFailure(.connectionLost, authority: "id.example")
        await #expect(throws: DeviceError.network(failure)) {
            try await again { () throws(DeviceError) in
                tries += 1
                throw DeviceError.network(failure)
            }
        }
        #expect(tries == 3)
        for error in [DeviceError.noLogin, .network(NetworkFailure(.certificateExpired, authority: "id.example"))] {
            tries = 0
            await #expect(throws: error) {
                try await again { () throws(DeviceError) in
                    tries += 1
                    throw error
                }
            }
            #expect(tries == 1)
        }
    }
}

@Suite("citizen-phone login and run with faults", .inTurn, .endsInTime)
struct FaultyLoginTests {
    static let installation = Task { try await Installation.start() }

    /// What the device did in its latest login, and how often the provider took an answer.
    private func story(_ phone: Phone) async throws -> (steps: [String], approvals: Int) {
        let listed = try await phone.run("receipts", "--json")
        let login = try #require(try listed.json()["receipts"]?.array?.first?.object?["txn"]?.string, "\(listed)")
        let events = try await phone.run("trace", login, "--json").json()["events"]?.array?.compactMap(\.object) ?? []
        return (
            events.filter { $0["leg"] == "device" }.compactMap { $0["what"]?.string },
            events.filter { $0["what"] == "auth.approved" }.count
        )
    }

    @Test(arguments: ["qr", "link"])
    func `a lost acknowledgement: the same answer is sent again, signed once and counted once`(flow: String)
        async throws
    {
        let phone = try await Self.installation.value.enrolledPhone(family: "Verlust")
        let login = try await phone.login(at: nil, "--flow", flow, "--fault", "lose=acknowledgement")
        #expect(login.status == 0, "\(login)")
        let (steps, approvals) = try await story(phone)
        #expect(steps == ["begun", "claimed", "received", "signed", "lost", "receipt"])
        #expect(approvals == 1)
        #expect(try await phone.run("receipts", "verify").status == 0)
    }

    @Test func `late calls end well`() async throws {
        let phone = try await Self.installation.value.enrolledPhone(family: "Langsam")
        let login = try await phone.login(at: nil, "--fault", "latency=300ms")
        #expect(login.status == 0, "\(login)")
    }

    @Test(arguments: ["1", "2", "3", "4"])
    func `calls that get lost: the login ends well or says so, and nothing is signed twice`(seed: String) async throws {
        let phone = try await Self.installation.value.enrolledPhone(family: "Funkloch")
        let login = try await phone.login(at: nil, "--flow", "link", "--fault", "drop=0.3,seed=\(seed)")
        guard login.status == 0 else { return try expectFailure(login, 14, "network") }
        let (steps, approvals) = try await story(phone)
        #expect(steps.filter { $0 == "signed" }.count == 1 && approvals == 1, "\(steps)")
    }

    @Test func `when everything gets lost the network is to blame, and the next login is a good one`() async throws {
        let phone = try await Self.installation.value.enrolledPhone(family: "Funkstille")
        let login = try await phone.login(at: nil, "--fault", "drop=1")
        try expectFailure(login, 14, "network")
        #expect(login.errors.contains("ist abgerissen. Versuchen Sie es noch einmal."))
        #expect(try await phone.login().status == 0)
    }

    @Test(arguments: ["-600s", "600s"])
    func `a clock that is wrong is refused by the provider before anything is signed`(skew: String) async throws {
        let phone = try await Self.installation.value.enrolledPhone(family: "Zeitumstellung")
        let login = try await phone.login(at: nil, "--fault", "skew=\(skew)")
        try expectFailure(login, 32, "clock")
        #expect(try await phone.run("receipts", "--json").json()["receipts"]?.array?.isEmpty == true)
        #expect(try await phone.login(at: nil, "--fault", "skew=20s").status == 0, "a little is allowed")
    }

    @Test func `scenarios are met over a bad line, and say themselves what is lost`() async throws {
        let phone = try await Self.installation.value.enrolledPhone(family: "Szene")
        let here = phone.here
        let run = [
            "run", Place.source("Scenarios/lost-acknowledgement.yaml"), "--portal", here.loginURL, "--pin-file",
            phone.pinFile,
        ]
        let played = try await phone.run(
            run + ["--stop-at-callback", "--fault", "latency=50ms,drop=0.05,seed=3", "--json"])
        #expect(played.status == 0, "\(played)")
        try expectFailure(try await phone.run(run + ["--fault", "lose=acknowledgement", "--json"]), 64, "usage")
        try expectFailure(try await phone.run(run + ["--fault", "drop=2", "--json"]), 64, "usage")
    }
}
