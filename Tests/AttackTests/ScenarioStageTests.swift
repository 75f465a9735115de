import DeviceAuthenticator
import Foundation
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

@testable import citizen_phone

/// The scenarios that the project ships.
enum ShippedScenarios {
    static let folder: String = {
        // Tests/AttackTests/ScenarioStageTests.swift: three steps up.
        let root = (1...3).reduce(URL(fileURLWithPath: #filePath)) { url, _ in url.deletingLastPathComponent() }
        return root.path + "/Scenarios"
    }()

    static let names: [String] =
        (try? FileManager.default.contentsOfDirectory(atPath: folder))?
        .filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted() ?? []

    static func read(_ name: String) throws -> Scenario {
        try #require(try ScenarioFile.read(paths: [folder + "/" + name + ".yaml"]).first)
    }

    /// The states that no scenario can show, and why.
    static let outOfReach: [LoginState: String] = [
        .claimed: "passed within one step of the provider: nobody sees a login in it (P-4.2.3)"
    ]
}

extension AttackStage {
    /// - Parameters:
    ///   - asks: whether there is a portal that may ask by itself; it knows the victim by a login of theirs.
    ///   - revokes: whether the operator's list is read.
    func scenarios(
        transport: (any HTTPTransport)? = nil, asks: Bool = false, revokes: Bool = true
    ) async throws -> ScenarioStage {
        let wire = FaultyWire(transport ?? scene.transport)
        let makePhone: @Sendable (String) -> DeviceAuthenticator = { [scene] path in
            DeviceAuthenticator(
                folder: SealedFolder(path: path), transport: wire, clock: scene.clock,
                language: scene.language)
        }
        return ScenarioStage(
            issuer: scene.issuer, phone: makePhone(scene.folderPath), wire: wire, pin: scene.pin,
            wrongPIN: PIN(Array("135791".utf8))!, transport: scene.transport, language: scene.language,
            start: try await scene.start(), asking: asks ? try await askingPortal() : nil,
            revoke: { [provider] serial in
                guard revokes else { return }
                try await provider.provider.evidenceReview.adopt(RevocationList(serials: [serial]))
            }, opensPortal: false,
            wait: scene.wait,
            copyDevice: { [scene] in try DeviceCopy(of: scene.folderPath, makePhone: makePhone) })
    }
}

private func scenario(_ steps: String) throws -> Scenario {
    try ScenarioFile.parse("name: made-up\ndescription: For a test\nsteps:\n" + steps, file: "made-up.yaml")
}

@Suite("citizen-phone run: the shipped scenarios")
struct ShippedScenarioTests {
    @Test(arguments: ShippedScenarios.names)
    func `is met, and leaves nothing open`(name: String) async throws {
        let scenario = try ShippedScenarios.read(name)
        try await AttackStage.set(playsHardware: scenario.revokes) { stage in
            let outcome = try await stage.scenarios(asks: scenario.asks).play(scenario)
            #expect(outcome.result == .met, "\(outcome.complaint ?? "")")
            #expect(outcome.leftOpen == 0)
        }
    }

    @Test func `there are a dozen, named as their files`() throws {
        #expect(ShippedScenarios.names.count >= 12)
        for name in ShippedScenarios.names { #expect(try ShippedScenarios.read(name).name == name) }
    }

    @Test func `together they show every state of a login, but those that none can`() throws {
        var shown: Set<LoginState> = []
        for name in ShippedScenarios.names {
            for case .expect(let expectation) in try ShippedScenarios.read(name).steps.map(\.action) {
                if let state = expectation.page.flatMap(LoginState.init(rawValue:)) { shown.insert(state) }
            }
        }
        #expect(shown.union(ShippedScenarios.outOfReach.keys) == Set(LoginState.allCases))
        #expect(shown.isDisjoint(with: ShippedScenarios.outOfReach.keys))
    }

    static let guards: [(name: String, missing: Guards)] = [
        ("stale-qr", .frames), ("too-many-logins", .openLogins), ("return-mismatch", .returnValue),
        ("wrong-code-locks", .typedDigits), ("approve-link", .browserReturn), ("device-cloned", .counter),
        ("back-channel-silence", .prompts),
    ]

    @Test func `a browser that a scenario has remembered is forgotten after it`() async throws {
        try await AttackStage.set { stage in
            let outcome = try await stage.scenarios().play(try ShippedScenarios.read("known-browser"))
            #expect(outcome.result == .met, "\(outcome.complaint ?? "")")
            let browsers = try await stage.scene.victim().accountView("/browsers")["browsers"]?.array
            #expect(browsers?.isEmpty == true)
        }
    }

    @Test func `evidence that nobody takes back is told, and so is a device that never had any`() async throws {
        let scenario = try ShippedScenarios.read("device-lowered")
        for (hasHardware, revokes) in [(true, false), (false, true)] {
            try await AttackStage.set(playsHardware: hasHardware) { stage in
                let outcome = try await stage.scenarios(revokes: revokes).play(scenario)
                #expect(outcome.complaint?.contains("the provider took nothing back") == true, "\(outcome.result)")
            }
        }
    }

    @Test(arguments: guards.map(\.name))
    func `is not met at a provider without the guard it is about`(name: String) async throws {
        let missing = try #require(Self.guards.first { $0.name == name }).missing
        try await AttackStage.set(without: missing) { stage in
            let scenario = try ShippedScenarios.read(name)
            let outcome = try await stage.scenarios(asks: scenario.asks).play(scenario)
            #expect(outcome.complaint != nil)
        }
    }
}

@Suite("citizen-phone run: which scenarios are played")
struct ScenarioPartsTests {
    /// - Parameter profile: the profile whose device plays it.
    private func scenario(_ name: String, of profile: String, endsDevice: Bool = true) throws -> Scenario {
        try ScenarioFile.parse(
            """
            name: \(name)
            description: \(profile)
            ends_device: \(endsDevice)
            steps:
              - open: portal
              - expect: {page: created}
            """,
            file: name + ".yaml")
    }

    @Test func `each device is ended once, whoever plays it, and what ends one comes last`() throws {
        let scenarios = try [
            scenario("a", of: "erika"), scenario("b", of: "lina", endsDevice: false), scenario("c", of: "erika"),
            scenario("d", of: "lina"),
        ]
        let parts = RunCommand.parts(scenarios, isDisposable: true, profile: \.description)
        #expect(parts.map(\.scenario.name) == ["b", "a", "c", "d"])
        #expect(parts.map { $0.skipped == nil } == [true, true, false, true])
        let spared = RunCommand.parts(scenarios, isDisposable: false, profile: \.description)
        #expect(spared.map { $0.skipped == nil } == [true, false, false, false])
    }

    @Test func `a phone that is not there is found before anything is played, where it is needed at all`() async throws
    {
        try await AttackStage.set { stage in
            let there = try await stage.scenarios()
            let scenarios = try [
                scenario("a", of: "here", endsDevice: false), scenario("b", of: "nowhere", endsDevice: false),
                scenario("c", of: "nowhere"),
            ]
            var played: [String] = []
            func play(_ scenarios: [Scenario]) async throws -> Int {
                let parts = RunCommand.parts(scenarios, isDisposable: false, profile: \.description)
                return try await RunCommand.play(
                    parts,
                    on: { scenario in
                        guard scenario.description == "here" else { throw DeviceError.notEnrolled }
                        return there
                    }
                ) { played.append($0.name) }.count
            }
            await #expect(throws: DeviceError.notEnrolled) { try await play(scenarios) }
            #expect(played.isEmpty)
            #expect(try await play([scenarios[0], scenarios[2]]) == 2)
            #expect(played == ["a"])
        }
    }
}

@Suite("citizen-phone run: how a scenario is played")
struct ScenarioPlayTests {
    private func failure(_ steps: String) async throws -> ScenarioOutcome {
        let scenario = try scenario(steps)
        nonisolated(unsafe) var outcome: ScenarioOutcome?
        try await AttackStage.set { stage in
            let end = try await stage.scenarios().play(scenario)
            unsafe outcome = end
        }
        return try #require(unsafe outcome)
    }

    @Test func `a login that nobody claims expires after two minutes, and one that nobody answers after three`()
        async throws
    {
        let steps = """
              - open: portal
              - wait: 121s
              - expect: {page: expired}
              - open: portal
              - claim: link
              - wait: 181s
              - approve
              - expect: {error: login_over}
              - expect: {page: expired}
            """
        #expect(try await failure(steps).complaint == nil)
    }

    @Test func `what is not as expected is named with its step and its line, and ends the scenario`() async throws {
        let outcome = try await failure(
            """
              - open: portal
              - claim: link
              - expect: {page: awaiting_code, phone: awaiting_user, callback: code}
              - deny
              - expect: {page: denied}
            """)
        guard case .failed(let failure) = outcome.result else {
            Issue.record("\(outcome.result)")
            return
        }
        #expect(failure.number == 3 && failure.step.line == 6)
        #expect(
            failure.reasons == ["page is awaiting_user, not awaiting_code", "callback is none, not code"])
        #expect(
            outcome.complaint
                == "made-up.yaml:6: step 3, `expect: {page: awaiting_code, phone: awaiting_user, callback: code}`: "
                + "page is awaiting_user, not awaiting_code; callback is none, not code")
        #expect(outcome.leftOpen == 1, "the login was not denied any more")
    }

    @Test(arguments: [
        "  - expect: {page: awaiting_user}", "  - deny\n  - expect: {error: none}",
    ])
    func `a refusal that the next step does not expect ends the scenario`(after: String) async throws {
        let outcome = try await failure("  - open: portal\n  - claim: link\n  - claim: qr\n" + after)
        guard case .failed(let failure) = outcome.result else {
            Issue.record("\(outcome.result)")
            return
        }
        #expect(failure.number == 3)
        #expect(failure.reasons == ["refused with already_claimed, and the next step expects no `error`"])
    }

    @Test func `a refusal that is expected and does not come is told`() async throws {
        let outcome = try await failure(
            "  - open: portal\n  - claim: link\n  - expect: {error: already_claimed, tries_left: 2, status: 200}")
        #expect(outcome.complaint?.contains("error is none, not already_claimed") == true)
        #expect(outcome.complaint?.contains("tries_left is none, not 2; status is none, not 200") == true)
    }

    @Test(arguments: [
        ("  - open: portal\n  - type: right\n  - expect: {error: none}", "shows no digits"),
        ("  - open: portal\n  - return: right\n  - expect: {error: none}", "no way back"),
    ])
    func `a step that cannot be done ends the scenario`(steps: String, says: String) async throws {
        #expect(try await failure(steps).complaint?.contains(says) == true)
    }

    @Test func `what a scenario leaves open does not stand in the way of the next`() async throws {
        try await AttackStage.set { stage in
            let scenarios = try await stage.scenarios()
            let untidy = try scenario(
                String(repeating: "  - open: portal\n  - claim: link\n", count: 3)
                    + "  - expect: {phone: awaiting_user}")
            for _ in 1...2 {
                let outcome = try await scenarios.play(untidy)
                #expect(outcome.result == .met && outcome.leftOpen == 3, "\(outcome.complaint ?? "")")
            }
        }
    }

    @Test func `a login that waits on the phone from before is a person's own: no scenario answers it`() async throws {
        try await AttackStage.set { stage in
            let own = try await stage.scene.newLogin()
            _ = try await stage.scene.victim().claim(try own.sameDeviceLink())
            let scenarios = try await stage.scenarios()
            for answer in ["approve", "deny", "report"] {
                let outcome = try await scenarios.play(
                    try scenario("  - open: portal\n  - \(answer)\n  - expect: {error: no_login, page: created}"))
                #expect(outcome.result == .met && outcome.leftOpen == 1, "\(outcome.complaint ?? "")")
            }
            #expect(try await stage.scene.victim().approve(pin: stage.scene.pin).receipt.state == .awaitingReturn)
        }
    }

    @Test func `each device answers what it claimed, and a copy what was claimed before it was made`() async throws {
        let outcome = try await failure(
            """
              - open: portal
              - claim: link
              - copy: device
              - device: copy
              - approve
              - expect: {error: none, page: awaiting_return}
              - open: portal
              - claim: link
              - device: own
              - approve
              - expect: {error: login_over}
              - device: copy
              - deny
              - expect: {error: none, page: denied}
            """)
        #expect(outcome.result == .met && outcome.leftOpen == 1, "\(outcome.complaint ?? "")")
    }

    @Test func `a portal's request that a scenario leaves open is denied, and the next portal's place is free`()
        async throws
    {
        try await AttackStage.set { stage in
            let scenarios = try await stage.scenarios(asks: true)
            let untidy = try scenario("  - ask: portal\n  - receive\n  - expect: {phone: awaiting_code}")
            let outcome = try await scenarios.play(untidy)
            #expect(outcome.result == .met && outcome.leftOpen == 1, "\(outcome.complaint ?? "")")
            try await stage.scene.wait(.seconds(61))
            #expect(try await scenarios.play(try ShippedScenarios.read("back-channel")).result == .met)
        }
    }

    @Test func `a browser that its session lets in has no login page`() async throws {
        let steps = """
              - open: portal
              - claim: link
              - approve
              - return: right
              - finish
              - open: again
              - cancel
              - expect: {error: not_cancellable}
              - claim: link
              - expect: {page: none}
            """
        #expect(try await failure(steps).complaint?.hasSuffix("The login page shows no link.") == true)
    }

    @Test func `an acknowledgement that one scenario loses without need is not lost in the next`() async throws {
        try await AttackStage.set { stage in
            let scenarios = try await stage.scenarios()
            let careless = try scenario(
                "  - open: portal\n  - claim: link\n  - deny\n  - lose: acknowledgement\n  - expect: {page: denied}")
            let outcomes = [
                try await scenarios.play(careless), try await scenarios.play(try ShippedScenarios.read("approve-link")),
            ]
            #expect(outcomes.allSatisfy { $0.result == .met }, "\(outcomes.compactMap(\.complaint))")
        }
    }

    @Test func `resend must send the same bytes, also where the provider refuses what it gets instead`() async throws {
        let outcome = try await failure(
            """
              - open: portal
              - claim: link
              - approve: {pin: wrong}
              - expect: {error: not_accepted}
              - resend
              - expect: {error: not_accepted}
            """)
        #expect(outcome.complaint?.contains("the phone signed another answer") == true, "\(outcome.result)")
    }

    @Test func `copies that interrupted commands left are removed, and nothing else`() async throws {
        try await AttackStage.set { stage in
            let path = stage.scene.folderPath
            _ = try DeviceCopy(of: path) { try stage.scene.copyOfVictim(in: $0) }
            for other in [path + "-2.copy-abc", path + "-copy"] {
                try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: false)
            }
            let copies = { try FileManager.default.contentsOfDirectory(atPath: path + "/..").sorted() }
            #expect(try copies().count == 4)
            try DeviceCopy.removeLeftovers(of: path)
            #expect(try copies() == ["victim", "victim-2.copy-abc", "victim-copy"])
        }
    }

    @Test func `without an answer of the provider nothing is known`() async throws {
        struct Silent: HTTPTransport {
            func send(_ call: HTTPCall) async throws(NetworkFailure) -> HTTPAnswer {
                throw NetworkFailure(.unreachable, authority: "id.example")
            }
        }
        try await AttackStage.set { stage in
            let scenarios = try await stage.scenarios(transport: Silent())
            await #expect(throws: DeviceError.self) {
                try await scenarios.play(try ShippedScenarios.read("approve-link"))
            }
        }
    }
}
