import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

@testable import DeviceAuthenticator
@testable import citizen_phone

@Suite("citizen-phone attack: a provider with all its guards resists")
struct ResistedAttackTests {
    @Test(arguments: Attack.allCases)
    func resists(_ attack: Attack) async throws {
        try await AttackStage.set { stage in
            let outcome = try await stage.scene.play(attack)
            #expect(outcome.result == .resisted, "\(outcome.evidence)")
        }
    }

    @Test func `after all but the clone the victim's device still logs in, with no login left open`() async throws {
        try await AttackStage.set { stage in
            for attack in Attack.allCases where !attack.endsDevice { _ = try await stage.scene.play(attack) }
            // Three logins may be open: had an attack left one behind, the third of these would not get in.
            for _ in 1...3 {
                let login = try await stage.scene.newLogin()
                _ = try await stage.scene.victim().claim(try login.sameDeviceLink())
            }
        }
    }

    @Test func `without a ticket the hijack is not tested, and nothing else is said of it`() async throws {
        try await AttackStage.set { stage in
            let scene = stage.scene
            let without = AttackScene(
                folder: scene.folder, folderPath: scene.folderPath, issuer: scene.issuer, pin: scene.pin,
                transport: scene.transport, language: "de", start: scene.start, ticket: nil, clock: scene.clock,
                wait: scene.wait)
            let outcome = try await without.play(.enrolHijack)
            #expect(outcome.result == .notTested)
        }
    }
}

/// Each attack bites: with its guard gone it succeeds.
@Suite("citizen-phone attack: without its guard each attack succeeds")
struct SuccessfulAttackTests {
    static let guards: [(Attack, Guards)] = [
        (.relay, .typedDigits), (.linkRelay, .browserReturn), (.staleQR, .frames), (.flowSwap, .flowInLink),
        // The counter would still stop the old answer.
        (.replay, [.answerBinding, .counter]), (.tamperText, .shownText), (.wrongReturn, .returnValue),
        (.fatigue, .openLogins), (.clone, .counter),
    ]

    @Test(arguments: guards.map(\.0))
    func succeeds(_ attack: Attack) async throws {
        let missing = try #require(Self.guards.first { $0.0 == attack }).1
        try await AttackStage.set(without: missing) { stage in
            let outcome = try await stage.scene.play(attack)
            #expect(outcome.result == .succeeded, "\(outcome.evidence)")
        }
    }

    @Test func `enrol-hijack succeeds where a ticket is good for ever`() async throws {
        let forgetful = """
            CREATE TRIGGER forgetful AFTER UPDATE OF used_at ON ticket WHEN NEW.used_at IS NOT NULL
            BEGIN UPDATE ticket SET used_at = NULL WHERE digest = NEW.digest; END
            """
        try await AttackStage.set(sabotage: forgetful) { stage in
            let outcome = try await stage.scene.play(.enrolHijack)
            #expect(outcome.result == .succeeded, "\(outcome.evidence)")
        }
    }

    /// This guard is the phone's own: a phone that follows any link is the one that falls for it.
    @Test func `fake-issuer succeeds with a phone that calls whatever a link names`() async throws {
        try await AttackStage.set { stage in
            var scene = stage.scene
            scene.claim = { (phone, link) throws(DeviceError) in
                // The call is what counts; the other provider does not exist.
                if DeviceLink(parsing: link)?.issuer != TestRegion.issuer {
                    _ = try? await phone.transport.send(HTTPCall(method: "POST", url: link))
                }
                return try await phone.claim(link)
            }
            let outcome = try await scene.play(.fakeIssuer)
            #expect(outcome.result == .succeeded, "\(outcome.evidence)")
        }
    }

    @Test func `every attack has its self-test`() {
        let tested = Set(Self.guards.map(\.0)).union([.enrolHijack, .fakeIssuer])
        #expect(tested == Set(Attack.allCases))
        let used = Self.guards.reduce(into: Guards()) { $0.formUnion($1.1) }
        #expect(used == .all, "a guard that no attack needs")
    }
}

@Suite("citizen-phone attack: the command line")
struct AttackCommandTests {
    @Test func `all are all, in an order that leaves the clone to the end`() throws {
        #expect(try AttackCommand.attacks(["all"]) == Attack.allCases)
        #expect(try AttackCommand.attacks(["clone", "relay"]) == [.relay, .clone])
        #expect(Attack.allCases.last == .clone)
        #expect(throws: (any Error).self) { try AttackCommand.attacks(["reley"]) }
    }

    @Test func `one success makes the whole a finding`() {
        func outcome(_ result: AttackOutcome.Result) -> AttackOutcome {
            AttackOutcome(attack: .relay, result: result, evidence: ["a\u{202E}b"])
        }
        #expect(AttackCommand.report([outcome(.resisted), outcome(.notTested)]).status == .ok)
        let bad = AttackCommand.report([outcome(.resisted), outcome(.succeeded)])
        #expect(bad.status == .findings)
        #expect(bad.lines.last == "resisted 1, succeeded 1, not tested 0")
        #expect(bad.lines.allSatisfy { !$0.contains("\u{202E}") })
    }
}
