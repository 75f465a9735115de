import AccountDirectory
import GRDB
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

@testable import SQLiteStore

/// Invariant I1, and what a clerk does.
@Suite("At the desk")
struct DeskTests {
    private let eid = PresentedLink(.eid, pseudonym: "dienste-und-kartenspezifisch-1")

    @Test("I1: equal names and birth date raise a case that the clerk must answer, and never merge")
    func duplicates() async throws {
        let provider = try await TestProvider()
        let first = try await provider.registered()
        let visit = try provider.visit()
        guard case .similar(let candidates, let question?) = try await provider.provider.desk.ticket(for: visit) else {
            Issue.record("nobody asked the clerk")
            return
        }
        #expect(candidates.map(\.account) == [first.account])
        #expect(candidates.first?.maskedName == "E. M…n")
        let seen = try await provider.provider.audit.page(of: first.account).entries.first
        #expect(seen?.kind == "admin.subject_seen" && seen?.actor == "clerk", "whom a clerk was shown reads it")
        #expect(
            try await provider.provider.desk.openCases(in: provider.scope(TestRegion.herten)).map(\.identifier) == [
                question
            ])
        #expect(try await provider.provider.desk.openCases(in: provider.scope(TestRegion.marl)).isEmpty)

        let second = try await provider.provider.desk.ticket(for: visit, decision: .otherPerson)
        guard case .issued(_, let account, .some) = second else {
            Issue.record("no account")
            return
        }
        #expect(account != first.account)
        #expect(try await provider.provider.desk.openCases(in: provider.scope(TestRegion.herten)).isEmpty)
    }

    @Test(
        "I1: a name in composed and in decomposed letters is one name: it is kept, found and given out in normal form C"
    )
    func normalForm() async throws {
        let provider = try await TestProvider()
        let typed: JSONObject = [
            "given_name": "Jose\u{301}", "family_name": "S\u{30C}koda", "birthdate": "1970-01-01",
            "title": "Prof. Se\u{301}",
            "birth_family_name": "Nguye\u{302}\u{303}n", "place_of_birth": "Me\u{301}rida",
            "address": .object([
                "street": "Cafe\u{301}weg", "house_number": "1", "postal_code": "45699", "locality": "He\u{301}rten",
                "addition": "E\u{301}tage",
            ]),
        ]
        let composed: JSONObject = ["given_name": "José", "family_name": "Škoda", "birthdate": "1970-01-01"]
        let person = try await provider.registered(person: typed)
        guard case .similar(let candidates, _) = try await provider.provider.desk.ticket(for: provider.visit(composed))
        else {
            Issue.record("two accounts for one person")
            return
        }
        #expect(candidates.map(\.account) == [person.account])
        let stored = try await provider.store.pool.read { db in
            try String.fetchAll(db, sql: "SELECT attributes FROM person").joined()
        }
        #expect(!stored.unicodeScalars.contains { (0x300...0x36F).contains($0.value) }, "\(stored)")
        let record = try await provider.profile(of: person.account).person
        #expect(record.givenName.unicodeScalars.count == 4)
        #expect(record.claim("address", namespace: "")?.object?["locality"]?.string?.unicodeScalars.count == 6)
        try await provider.provider.desk.lock(person.account, for: .own, in: provider.scope(TestRegion.herten))
        let given = try await provider.provider.desk.reactivate(person.account, visit: provider.visit(composed))
        guard case .active = given else {
            Issue.record("the right person is not known")
            return
        }
    }

    @Test("other marks than those of umlauts tell people apart")
    func marks() throws {
        func likeness(_ name: String) throws -> String? {
            try PersonRecord(json: [
                "given_name": "Ada", "family_name": .string(name), "birthdate": "1970-01-01",
            ]).likeness
        }
        #expect(try likeness("Čapek") != likeness("Capek"))
        #expect(try likeness("Müller") == likeness("MUELLER"))
    }

    @Test("I1: of tickets for one person at many desks at once one is given, and the other clerks are asked")
    func atOnce() async throws {
        let provider = try await TestProvider()
        let visit = try provider.visit()
        let desk = provider.provider.desk
        let answers = try await withThrowingTaskGroup(of: DeskTicket.self) { group in
            for _ in 0..<8 { group.addTask { try await desk.ticket(for: visit) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let given = answers.compactMap { answer -> AccountIdentifier? in
            guard case .issued(_, let account, _) = answer else { return nil }
            return account
        }
        #expect(given.count == 1)
        for answer in answers {
            guard case .similar(let candidates, let question) = answer else { continue }
            #expect(candidates.map(\.account) == given && question != nil)
        }
        #expect(try await desk.candidates(for: visit).map(\.account) == given)
    }

    @Test("I1: nobody decides about a question that was not asked")
    func blindDecision() async throws {
        let provider = try await TestProvider()
        await #expect(throws: DeskRefusal.nothingToDecide) {
            try await provider.provider.desk.ticket(for: provider.visit(), decision: .otherPerson)
        }
        _ = try await provider.registered()
        await #expect(throws: DeskRefusal.nothingToDecide) {
            try await provider.provider.desk.ticket(for: provider.visit(), decision: .otherPerson)
        }
    }

    @Test(
        "a child that is born after midnight in Germany is born today, whatever the day is in Coordinated Universal Time"
    )
    func birthday() async throws {
        let provider = try await TestProvider()
        let day = CalendarDate(provider.now)
        // A quarter of an hour after midnight in Germany, in winter and in summer.
        provider.clock.advance(day.endInGermany.seconds - provider.now.seconds + 900)
        #expect(CalendarDate(provider.now) == day)
        func read(bornOn day: CalendarDate) throws -> PersonRecord {
            try provider.provider.desk.person([
                "given_name": "Eva", "family_name": "Neu", "birthdate": .string(day.rawValue),
            ])
        }
        #expect(try read(bornOn: day.adding(days: 1)).givenName == "Eva")
        #expect(throws: MessageError.malformed("birthdate")) { try read(bornOn: day.adding(days: 2)) }
    }

    @Test("I1: one open account for an identity elsewhere, whatever the name")
    func links() async throws {
        let provider = try await TestProvider()
        let first = try await provider.registered(link: eid)
        let other: JSONObject = ["given_name": "Eva", "family_name": "Anders", "birthdate": "1970-01-01"]
        let visit = try provider.visit(other, link: eid)
        guard case .similar(let candidates, _) = try await provider.provider.desk.ticket(for: visit) else {
            Issue.record("the identity is not known")
            return
        }
        #expect(candidates.map(\.account) == [first.account])
        await #expect(throws: DeskRefusal.linkKnown(first.account)) {
            try await provider.provider.desk.ticket(for: visit, decision: .otherPerson)
        }
        let same = try await provider.provider.desk.ticket(for: visit, decision: .samePerson(first.account))
        guard case .issued(_, first.account, nil) = same else {
            Issue.record("no ticket for the account")
            return
        }
        let another = PresentedLink(.eid, pseudonym: "dienste-und-kartenspezifisch-2")
        guard case .issued = try await provider.provider.desk.ticket(for: provider.visit(other, link: another)) else {
            Issue.record("another identity is another person")
            return
        }
    }

    @Test("a clerk cannot give a phone of one person to another")
    func strangersAccount() async throws {
        let provider = try await TestProvider()
        let erika = try await provider.registered()
        let eva: JSONObject = ["given_name": "Eva", "family_name": "Anders", "birthdate": "1970-01-01"]
        await #expect(throws: DeskRefusal.otherPerson) {
            try await provider.provider.desk.ticket(for: provider.visit(eva), decision: .samePerson(erika.account))
        }
        await #expect(throws: DeskRefusal.unknownAccount) {
            try await provider.provider.desk.ticket(for: provider.visit(), decision: .samePerson(.random()))
        }
    }

    @Test("I5, I6: only new evidence changes a name, at the account's level or above")
    func rename() async throws {
        let provider = try await TestProvider()
        let erika = try await provider.registered()
        var married = TestRegion.person
        married["family_name"] = "Gabler"
        let desk = provider.provider.desk
        await #expect(throws: DeskRefusal.levelTooLow(needed: .substantiell)) {
            try await desk.rename(erika.account, visit: provider.visit(married, level: .normal))
        }
        let eva: JSONObject = ["given_name": "Eva", "family_name": "Anders", "birthdate": "1970-01-01"]
        await #expect(throws: DeskRefusal.otherPerson) {
            try await desk.rename(erika.account, visit: provider.visit(eva))
        }
        let change = try await desk.rename(erika.account, visit: provider.visit(married)).change
        #expect(change.superseded == ["family_name"])
        #expect(try await provider.profile(of: erika.account).person.familyName == "Gabler")
        let notices = try await provider.provider.accounts.notices(of: provider.verified(erika.phone))
        #expect(notices.map(\.kind) == [.attributesChanged])
        // From now on the new name finds the account, and the old one does not.
        #expect(try await desk.candidates(for: provider.visit(married)).map(\.account) == [erika.account])
        #expect(try await desk.candidates(for: provider.visit()).isEmpty)
        await #expect(throws: DeskRefusal.nothingChanged) {
            try await desk.rename(erika.account, visit: provider.visit(married))
        }
    }

    @Test("a proof at a higher level, each claim that it proves and each that goes stale leave events, with who did it")
    func proofEvents() async throws {
        let provider = try await TestProvider()
        let first: JSONObject = [
            "given_name": "Erika", "family_name": "Gabler", "birthdate": "1964-08-12", "title": "Dr.",
        ]
        let desk = provider.provider.desk
        guard case .issued(_, let erika, _) = try await desk.ticket(for: provider.visit(first, level: .normal)) else {
            Issue.record("no account")
            return
        }
        let before = try await provider.writtenEvents.count
        var person = first
        person["title"] = nil
        person["nationalities"] = ["AT", "DE"]
        _ = try await desk.rename(erika, visit: provider.visit(person, level: .substantiell))
        person["family_name"] = "Mustermann"
        _ = try await desk.rename(erika, visit: provider.visit(person))
        let proved = ["given_name", "family_name", "birthdate", "nationalities"].map {
            "attribute.verified \($0) herten clerk"
        }
        let expected =
            ["proofing.passed substantiell herten clerk"] + proved + proved + ["attribute.stale title herten clerk"]
        #expect(try await provider.writtenEvents.suffix(from: before) == expected[...])
        let profile = try await provider.profile(of: erika)
        #expect(profile.level == .substantiell && profile.person.nationalities == ["AT", "DE"])
        #expect(profile.person.title == "Dr.")
    }

    @Test("nobody can tell from the database alone who is in it")
    func keyedHashes() async throws {
        let provider = try await TestProvider()
        _ = try await provider.registered(link: eid)
        let plain = SecretDigest(of: "citizen-id/identity-link/v1\neid\ndienste-und-kartenspezifisch-1")
        #expect(try await provider.store.account(linkedBy: plain) == nil)
    }

    // MARK: What is in the trail

    /// Kind, chain and author of the events about a person since a number of them, the oldest first.
    private func trail(_ person: RegisteredPerson, _ provider: TestProvider, after: Int) async throws -> [String] {
        let entries = try await provider.provider.audit.page(of: person.account, limit: 200).entries
        return entries.reversed().dropFirst(after).map { "\($0.kind) \($0.chain) \($0.actor ?? "-")" }
    }

    @Test("O2: whoever finds, exports, gives a new code or closes at a desk is in the person's trail, who is told")
    func traces() async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered()
        var seen = try await trail(person, provider, after: 0).count
        func fresh() async throws -> [String] {
            let events = try await trail(person, provider, after: seen)
            seen += events.count
            return events
        }
        let visit = try provider.visit()
        #expect(try await provider.provider.desk.find(for: visit).map(\.devices.count) == [1])
        #expect(try await fresh() == ["admin.subject_seen herten clerk"])
        _ = try await provider.provider.exports.export(of: person.account, visit: visit)
        #expect(
            try await fresh() == [
                "dsr.received herten clerk", "dsr.identity_checked herten clerk", "dsr.running herten system",
                "admin.subject_seen herten clerk", "dsr.done herten system",
            ])
        _ = try await provider.provider.desk.freshBlockCode(of: person.account, visit: visit)
        #expect(try await fresh() == ["account.block_code_replaced herten clerk"])
        _ = try await provider.provider.erasures.close(person.account, visit: visit)
        let closing = try await fresh()
        #expect(closing.first == "account.close_requested herten clerk")
        #expect(closing.contains("dsr.received herten clerk") && closing.contains("device.revoked herten system"))
        let notices = try await provider.store.notices(of: person.account, limit: 20).map(\.kind)
        #expect(Set(notices).isSuperset(of: [.exported, .blockCodeReplaced, .closingBegun]))
    }

    @Test("R1: without the account's person at the desk, at its level, nothing is exported, replaced or closed")
    func whoStandsThere() async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered()
        let other: JSONObject = ["given_name": "Eva", "family_name": "Beispiel", "birthdate": "1970-01-01"]
        let before = try await provider.store.notices(of: person.account, limit: 20).count
        for (visit, refusal) in [
            (try provider.visit(other), DeskRefusal.otherPerson),
            (try provider.visit(level: .normal), .levelTooLow(needed: .substantiell)),
        ] {
            await #expect(throws: refusal) {
                _ = try await provider.provider.exports.export(of: person.account, visit: visit)
            }
            await #expect(throws: refusal) {
                _ = try await provider.provider.desk.freshBlockCode(of: person.account, visit: visit)
            }
            await #expect(throws: refusal) {
                _ = try await provider.provider.erasures.close(person.account, visit: visit)
            }
        }
        try await provider.provider.block(code: person.blockCode)
        #expect(try await provider.profile(of: person.account).state == .locked, "the code is the one they have")
        #expect(try await provider.store.requests(of: person.account).isEmpty)
        #expect(try await provider.store.notices(of: person.account, limit: 20).count == before + 1)
        let failed = try await provider.auditEntries(.proofingFailed)
        #expect(failed.count == 6 && failed.allSatisfy { $0.actor == "clerk" && $0.chain.tenant == TestRegion.herten })
    }

    @Test("the account of somebody who died is closed by who proves the death, and is nobody's wish")
    func death() async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered()
        let other: JSONObject = ["given_name": "Eva", "family_name": "Beispiel", "birthdate": "1970-01-01"]
        await #expect(throws: DeskRefusal.otherPerson) {
            _ = try await provider.provider.erasures.close(person.account, visit: provider.visit(other), died: true)
        }
        _ = try await provider.provider.erasures.close(
            person.account, visit: provider.visit(level: .normal), died: true)
        #expect(try await provider.profile(of: person.account).state == .closing)
        #expect(try await provider.store.requests(of: person.account).isEmpty)
    }

    @Test("O2: what happens to an account and its devices has its author: the person, the desk or the provider")
    func authors() async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered()
        func author(_ kind: SecurityEvent.Kind) async throws -> String? {
            try await provider.provider.audit.page(of: person.account, limit: 200).entries
                .first { $0.kind == kind.rawValue }?.actor
        }
        let second = TestPhone()
        try await provider.furtherPhone(second, of: person.account)
        try await provider.provider.accounts.approve(second.device, by: provider.verified(person.phone))
        #expect(try await author(.deviceActivated) == "person")
        try await provider.suspend(second.device, by: provider.verified(person.phone))
        #expect(try await author(.deviceSuspended) == "person")
        try await provider.provider.desk.block(
            second.device, of: person.account, forGood: true, in: provider.scope(TestRegion.herten))
        #expect(try await author(.deviceRevoked) == "clerk")
        _ = try await provider.signIn(at: TestRegion.basic, phone: person.phone)
        try await provider.provider.block(code: person.phone.blockCode)
        #expect(try await author(.deviceSuspended) == "person")
        #expect(try await author(.accountLocked) == "system", "a consequence (I2)")
        #expect(try await author(.sessionEnded) == "system")
        _ = try await provider.provider.desk.reactivate(
            person.account, visit: provider.visit(), found: person.phone.device)
        #expect(try await author(.accountUnlocked) == "clerk")
        #expect(try await author(.deviceActivated) == "clerk")
        #expect(try await author(.ticketIssued) == "clerk")
        let entries = try await provider.provider.audit.page(of: person.account, limit: 200).entries
        #expect(entries.filter { $0.actor == nil }.map(\.kind) == [])
    }
}

extension TestProvider {
    /// Kind, object, town and actor of every audit event.
    var writtenEvents: [String] {
        get async throws {
            try await store.pool.read { db in
                try Row.fetchAll(db, sql: "SELECT kind, object, tenant, actor FROM audit_event ORDER BY rowid").map {
                    row in
                    ["kind", "object", "tenant", "actor"].compactMap { row[$0] as String? }.joined(separator: " ")
                }
            }
        }
    }
}
