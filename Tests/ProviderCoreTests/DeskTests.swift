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
        #expect(try await provider.provider.desk.openCases(of: TestRegion.herten).map(\.identifier) == [question])
        #expect(try await provider.provider.desk.openCases(of: TestRegion.marl).isEmpty)

        let second = try await provider.provider.desk.ticket(for: visit, decision: .otherPerson)
        guard case .issued(_, let account, .some) = second else {
            Issue.record("no account")
            return
        }
        #expect(account != first.account)
        #expect(try await provider.provider.desk.openCases(of: TestRegion.herten).isEmpty)
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
        let change = try await desk.rename(erika.account, visit: provider.visit(married))
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
}

extension TestProvider {
    /// Kind, object, town and actor of every audit event.
    fileprivate var writtenEvents: [String] {
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
