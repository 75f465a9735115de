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

/// Each command that takes `--fault` does with it what it says: nothing comes through, the clock is wrong, calls come late.
@Suite("citizen-phone with faults, command by command", .serialized, .inTurn, .endsInTime)
struct FaultyCommandTests {
    /// One address may not begin so much in a minute, elsewhere.
    private static let phone = Task {
        try await Installation.start(environment: ["CITIZEN_ID_LIMITS_LOGINS_PER_MINUTE": "6000"])
            .enrolledPhone(family: "Stoerung")
    }

    private func link(_ here: Installation) async throws -> String {
        try #require(try await Browser(here).open(here.loginURL).sameDeviceLink)
    }

    /// Refused by a line that loses everything and, where calls are signed, by a clock that is wrong; and then well, but late.
    private func expectFaults(
        _ phone: Phone, _ command: [String], isSigned: Bool = true, lateEnd: Int32 = 0
    ) async throws {
        let command = command + ["--json"]
        try expectFailure(try await phone.run(command + ["--fault", "drop=1"]), 14, "network")
        if isSigned {
            let skewed = try await phone.run(command + ["--fault", "skew=-600s"])
            #expect(skewed.status == 32, "\(command[0]): \(skewed)")
        }
        let start = ContinuousClock.now
        let late = try await phone.run(command + ["--fault", "latency=3s"])
        #expect(late.status == lateEnd, "\(command[0]): \(late)")
        #expect(ContinuousClock.now - start >= .seconds(3), "\(command[0])")
    }

    @Test func `scan`() async throws {
        let phone = try await Self.phone.value
        try await expectFaults(phone, ["scan", try await link(phone.here)])
    }

    @Test func `wait`() async throws {
        try await expectFaults(try await Self.phone.value, ["wait", "--timeout", "0"], lateEnd: 21)
    }

    @Test(arguments: ["approve", "deny", "report"])
    func `an answer`(answer: String) async throws {
        // Logins that were approved and never came back count as open for a while.
        let phone = try await Self.phone.value.here.enrolledPhone(family: "Antwort")
        let command = [answer, "--pin-file", phone.pinFile]
        try #require(try await phone.run("scan", try await link(phone.here), "--json").status == 0)
        try await expectFaults(phone, command)
        try #require(try await phone.run("scan", try await link(phone.here), "--json").status == 0)
        let lost = try await phone.run(command + ["--fault", "lose=acknowledgement", "--json"])
        try expectFailure(lost, 14, "network")
        #expect(try await phone.run(command + ["--json"]).status == 0, "the same answer, whose receipt comes now")
    }

    @Test func `enrol`() async throws {
        let here = try await Self.phone.value.here
        let phone = try here.newPhone()
        let link = try await here.ticket(family: "Neu")
        try await expectFaults(phone, ["enrol", link, "--pin-file", phone.pinFile], isSigned: false)
    }

    @Test func `fleet login`() async throws {
        let here = try await Self.phone.value.here
        let fleet = try here.newPhone()
        let people = try await fleet.fleet("people", "1", "--seed", "7")
        let tickets = try await here.administer(
            "desk", "tickets", "--tenant", "marl", "--people", try here.folder.write("one.jsonl", people.output))
        let links = try here.folder.write("one.txt", tickets.output)
        let enrolled = try await fleet.run(
            "fleet", "enrol", links, "--pin-file", fleet.pinFile, "--simulator-key",
            here.certificates + "/simulator-attester-key.pem", "--simulator-certificate",
            here.certificates + "/simulator-attester.pem")
        try #require(enrolled.status == 0, "\(enrolled)")
        for (fault, code) in [("drop=1", "network"), ("skew=-600s", "clock")] {
            let load = try await fleet.run([
                "fleet", here.loginURL, "--rate", "1/s", "--seconds", "1", "--pin-file", fleet.pinFile, "--fault",
                fault, "--json",
            ])
            #expect(try load.status == 23 && load.json()["failed"]?.object?[code] == 1, "\(load)")
        }
    }
}
