import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

@testable import DeviceAuthenticator
@testable import citizen_phone

@Suite("citizen-phone attack: a provider with all its guards resists")
struct ResistedAttackTests {
    /// What shows that it was the guard that resisted, and not something else that failed.
    static let decisive: [Attack: [String]] = [
        .relay: [
            "the victim's phone asks for the request: refused, login_over",
            "the attacker's browser gets no code",
        ],
        .linkRelay: [
            "the victim, careless, approves: done",
            "the victim's own browser, where the phone comes back, gets no code", "the attacker's browser gets no code",
        ],
        .staleQR: ["the victim scans a picture of the QR code that is ten seconds old: refused, scan_again"],
        .flowSwap: [
            "the victim opens a same-device link made of the QR code: refused, unknown_login",
            "the victim opens a QR code made of the same-device link: refused, unknown_login",
        ],
        .replay: [
            "the victim's browser got its code", "the same return again gives no second code",
            "the old answer is sent to it: refused, statement_refused", "the attacker's browser gets no code",
        ],
        .tamperText: [
            "the wire shows the phone another text: refused, statement_refused",
            "it signs the answer over another text: refused, statement_refused",
            "the provider takes no such answer: the login is awaiting_user",
        ],
        .hostileText: [
            "U+001B is in no name that the phone takes", "U+009B is in no name that the phone takes",
            "U+000D is in no name that the phone takes", "U+000A is in no name that the phone takes",
            "U+0008 is in no name that the phone takes", "U+202E is shown as text", "U+E0041 is shown as text",
        ],
        .wrongReturn: [
            "a return with a made-up value gives no code", "another browser with the victim's value gets no code",
        ],
        .enrolHijack: [
            "the attacker goes on: refused, unknown_offer",
            "the attacker begins anew with the used link: refused, unknown_ticket",
            "the attacker's device takes a login: refused, device_suspended", "the victim is told that a device waits",
        ],
        .fakeIssuer: [
            "the phone calls nobody",
            "a request signed by a key of the attacker's reaches the phone: refused, statement_refused",
        ],
        .fatigue: [
            "login 3 reaches the victim's phone: done",
            "login 4 reaches the victim's phone: refused, too_many_logins",
        ],
        .backChannel: [
            "somebody calls the victim and reads the digits out; the victim approves, and the portal gets tokens",
            "the attacker asks five times more, and one request is before the victim",
            "the victim, careless, approves on a phone that wants no digits: refused, wrong_call_code",
            "the attacker gets no tokens: authorization_pending",
            "the attacker asks again, and the victim is asked no more",
            "the report stopped the portal until the victim takes it back",
        ],
        .stolenBrowser: [
            "the victim's own browser needs no digits; the attacker has heard its proof",
            "the victim's proof of another login: the victim's phone shows digits",
            "a proof in the name of the victim's browser, by a key of the attacker's: the victim's phone shows digits",
        ],
        .foreignBrowser: [
            "for the attacker that browser needs no digits",
            "the attacker begins a login in it; the provider knows the browser", "the victim's phone shows digits",
            "the victim's login is signed as one bound by code: rr is no more than that",
            "the victim's phone says of the browser: NO, you did not have this browser remembered. Approve only if you "
                + "typed the digits there yourself",
        ],
        .clone: ["the copy answers, with the victim's PIN: refused, device_cloned"],
    ]

    @Test(arguments: Attack.allCases)
    func resists(_ attack: Attack) async throws {
        try await AttackStage.set { stage in
            let outcome = try await stage.equipped(for: attack).play(attack)
            #expect(outcome.result == .resisted, "\(outcome.evidence)")
            let decisive = try #require(Self.decisive[attack])
            #expect(Set(decisive).isSubset(of: outcome.evidence), "\(outcome.evidence)")
        }
    }

    @Test
    func `a portal that wants more than the attacker's device reaches is nothing resisted, and with evidence it is`()
        async throws
    {
        try await AttackStage.set(playsHardware: true) { stage in
            let outcome = try await stage.scene.play(.foreignBrowser)
            #expect(outcome.result == .notTested, "\(outcome.evidence)")
            #expect(outcome.evidence.first?.contains("--simulator-key") == true, "\(outcome.evidence)")
            #expect(AttackCommand.report([outcome]).status == .notTested)

            var equipped = stage.scene
            equipped.attackerTicket = try await stage.link()
            equipped.evidence = .played(.tpm, stage.provider.simulator.maker)
            let played = try await equipped.play(.foreignBrowser)
            #expect(played.result == .resisted, "\(played.evidence)")
            let decisive = try #require(Self.decisive[.foreignBrowser])
            #expect(Set(decisive).isSubset(of: played.evidence))
        }
    }

    @Test func `after all but the clone the victim's device still logs in, with no login left open`() async throws {
        try await AttackStage.set { stage in
            for attack in Attack.allCases where !attack.endsDevice {
                _ = try await stage.equipped(for: attack).play(attack)
            }
            // Three logins may be open: had an attack left one behind, the third of these would not get in.
            for _ in 1...3 {
                let login = try await stage.scene.newLogin()
                _ = try await stage.scene.victim().claim(try login.sameDeviceLink())
            }
        }
    }

    @Test func `a copy of files that a passphrase seals is opened with it, and its counter gives it away`()
        async throws
    {
        try await AttackStage.set(passphrase: "a victim's passphrase") { stage in
            let outcome = try await stage.scene.play(.clone)
            #expect(outcome.result == .resisted)
            let decisive = try #require(Self.decisive[.clone])
            #expect(Set(decisive).isSubset(of: outcome.evidence), "\(outcome.evidence)")
        }
    }

    @Test func `the hijack of somebody's link is played by phones that have nothing of a seeded victim's`() async throws
    {
        try await AttackStage.set { stage in
            var scene = stage.scene
            scene.random = .seeded(7, stream: 1)
            let outcome = try await scene.play(.enrolHijack)
            #expect(outcome.result == .resisted)
            let decisive = try #require(Self.decisive[.enrolHijack])
            #expect(Set(decisive).isSubset(of: outcome.evidence), "\(outcome.evidence)")
        }
    }

    @Test func `a portal that asked in vain a moment ago, or for somebody else, tests nothing`() async throws {
        try await AttackStage.set { stage in
            let scene = try await stage.equipped(for: .backChannel)
            #expect(try await scene.play(.backChannel).result == .resisted)
            #expect(try await scene.play(.backChannel).result == .notTested, "the report was less than a minute ago")
            try await scene.wait(.seconds(61))
            #expect(try await scene.play(.backChannel).result == .resisted, "the victim took the report back")
        }
    }

    @Test func `a portal that may ask without the digits of a call tests nothing`() async throws {
        try await AttackStage.set { stage in
            var scene = try await stage.equipped(for: .backChannel)
            scene.asking = try await stage.askingPortal(TestBackChannel.familiar)
            let outcome = try await scene.play(.backChannel)
            #expect(outcome.result == .notTested && outcome.evidence[0].contains("without the digits"))
        }
    }

    @Test(arguments: [Attack.enrolHijack, .foreignBrowser, .backChannel])
    func `without its ticket an attack is not tested, and nothing else is said of it`(_ attack: Attack) async throws {
        try await AttackStage.set { stage in
            var scene = stage.scene
            (scene.ticket, scene.attackerTicket, scene.asking) = (nil, nil, nil)
            let outcome = try await scene.play(attack)
            #expect(outcome.result == .notTested && outcome.evidence.count == 1)
        }
    }

    @Test func `an attacker who is the victim is none: a further device of theirs is not played`() async throws {
        try await AttackStage.set { stage in
            var scene = stage.scene
            let victim = scene.victim()
            let act = try await victim.propose(.addDevice(tenant: TestRegion.herten.rawValue))
            scene.attackerTicket = try await victim.confirm(act, pin: scene.pin)["link"]?.string
            let outcome = try await scene.play(.foreignBrowser)
            #expect(outcome.result == .notTested, "\(outcome.evidence)")
        }
    }
}

/// Each attack bites: with its guard gone it succeeds.
@Suite("citizen-phone attack: without its guard each attack succeeds")
struct SuccessfulAttackTests {
    /// Each attack, the guard that it needs gone, and what it reaches then.
    static let guards: [(Attack, Guards, decisive: String)] = [
        (.relay, .typedDigits, "the attacker's browser is logged in as the victim"),
        (.linkRelay, .browserReturn, "the attacker's browser is logged in as the victim"),
        (.staleQR, .frames, "an old picture leads to a login"),
        (.flowSwap, .flowInLink, "a same-device link made of the QR code leads to the login"),
        // The counter would still stop the old answer.
        (.replay, [.answerBinding, .counter], "the old answer logs the attacker in"),
        // A browser that got its code has no cookie of the login any more.
        (.replay, [.codeOnce, .loginCookie], "the same return gives another code"),
        (
            .tamperText, .shownText,
            "the provider takes an answer to another text: the login is awaiting_return"
        ), (.wrongReturn, .returnValue, "a return with a made-up value gives the code"),
        (.wrongReturn, .loginCookie, "another browser gets the code with the victim's value"),
        (.fatigue, .openLogins, "as many logins as the attacker likes wait on the phone"),
        (
            .stolenBrowser, .browserProof,
            "a proof in the name of the victim's browser, by a key of the attacker's spares the attacker's login the digits"
        ), (.foreignBrowser, .browserAccount, "the victim's login is signed as one bound by known_browser"),
        (
            .backChannel, .prompts,
            "the attacker asks five times more, and another request is before the victim"
        ), (.backChannel, .callCode, "the attacker gets tokens without the digits of a call"),
        (.backChannel, .reports, "the report stops nothing"),
        // Either of them alone would still keep the next request back.
        (.backChannel, [.prompts, .reports], "the attacker asks again, and the victim is asked again"),
        (.clone, .counter, "the copy logs in, and nobody notices"),
    ]

    @Test(arguments: guards.indices)
    func succeeds(row: Int) async throws {
        let (attack, missing, decisive) = Self.guards[row]
        try await AttackStage.set(without: missing) { stage in
            let outcome = try await stage.equipped(for: attack).play(attack)
            #expect(outcome.result == .succeeded, "\(outcome.evidence)")
            #expect(outcome.evidence.contains(decisive), "\(outcome.evidence)")
        }
    }

    @Test func `clone succeeds with files that a passphrase seals, too`() async throws {
        try await AttackStage.set(without: .counter, passphrase: "a victim's passphrase") { stage in
            let outcome = try await stage.scene.play(.clone)
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
            let decisive: Set = ["the attacker's device is enrolled, too", "the used link gives another offer"]
            #expect(!decisive.isDisjoint(with: outcome.evidence), "\(outcome.evidence)")
        }
    }

    @Test func `enrol-hijack succeeds where a further device counts at once`() async throws {
        let hasty = """
            CREATE TRIGGER hasty AFTER INSERT ON device WHEN NEW.state = 'pending'
            BEGIN UPDATE device SET state = 'active', usable_from = NULL WHERE id = NEW.id; END
            """
        try await AttackStage.set(sabotage: hasty) { stage in
            let outcome = try await stage.scene.play(.enrolHijack)
            #expect(outcome.result == .succeeded, "\(outcome.evidence)")
            #expect(outcome.evidence.contains("the attacker's device counts at once"), "\(outcome.evidence)")
        }
    }

    @Test func `tamper-text succeeds with a phone that shows whatever came`() async throws {
        try await AttackStage.set { stage in
            var scene = stage.scene
            scene.claim = { (phone, link) throws(DeviceError) in
                do throws(DeviceError) { return try await phone.claim(link) } catch {
                    guard case .statementRefused = error else { throw error }
                    return .awaitingCode("", ClaimedPortal(name: "", host: "", tenantName: ""))
                }
            }
            let outcome = try await scene.play(.tamperText)
            #expect(outcome.result == .succeeded, "\(outcome.evidence)")
            #expect(outcome.evidence.contains("the phone takes the changed request"), "\(outcome.evidence)")
        }
    }

    @Test func `hostile-text succeeds with a phone that prints names as they come`() async throws {
        try await AttackStage.set { stage in
            var scene = stage.scene
            scene.tell = { (digits, portal, _) in ["\(portal.tenantName): \(portal.name)", digits] }
            let outcome = try await scene.play(.hostileText)
            #expect(outcome.result == .succeeded, "\(outcome.evidence)")
            // What is a control character comes into no name that is read.
            #expect(outcome.evidence.count { $0.contains("reaches the victim's terminal") } == 2, "\(outcome.evidence)")
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
            #expect(outcome.evidence.contains("the phone calls the wrong provider"), "\(outcome.evidence)")
        }
    }

    @Test func `fake-issuer succeeds with a phone that believes a key of somebody else`() async throws {
        try await AttackStage.set { stage in
            var scene = stage.scene
            let key = scene.forgerKey.publicKey
            scene.claim = { (phone, link) throws(DeviceError) in
                try phone.folder.updateState { $0.providerKeys = ProviderKeys($0.providerKeys.keys + [key]) }
                return try await phone.claim(link)
            }
            let outcome = try await scene.play(.fakeIssuer)
            #expect(outcome.result == .succeeded, "\(outcome.evidence)")
            let decisive = "the phone takes a request of somebody else's key"
            #expect(outcome.evidence.contains(decisive), "\(outcome.evidence)")
        }
    }

    @Test func `every attack has its self-test`() {
        let tested = Set(Self.guards.map(\.0)).union([.enrolHijack, .fakeIssuer, .hostileText])
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

    @Test func `one success makes the whole a finding, and one that was not tried no success`() {
        func outcome(_ result: AttackOutcome.Result) -> AttackOutcome {
            AttackOutcome(attack: .relay, result: result, evidence: ["a\u{202E}b"])
        }
        #expect(AttackCommand.report([outcome(.resisted), outcome(.resisted)]).status == .ok)
        #expect(AttackCommand.report([outcome(.resisted), outcome(.notTested)]).status == .notTested)
        #expect(AttackCommand.report([outcome(.succeeded), outcome(.notTested)]).status == .findings)
        let bad = AttackCommand.report([outcome(.resisted), outcome(.succeeded)])
        #expect(bad.status == .findings)
        #expect(bad.lines.last == "resisted 1, succeeded 1, not tested 0")
        #expect(bad.lines.allSatisfy { !$0.contains("\u{202E}") })
    }

    @Test(arguments: Attack.allCases)
    func `what is said of an attack fits a terminal of 80 columns`(attack: Attack) {
        let evidence = String(repeating: "the attacker asks ", count: 12)
        let report = AttackCommand.report([AttackOutcome(attack: attack, result: .resisted, evidence: [evidence])])
        #expect(report.lines.allSatisfy { $0.count <= 80 }, "\(report.lines)")
    }
}
