import AccountDirectory
import GRDB
import IdentityCrypto
import OpenIDMessages
import ProviderCore
@testable import SQLiteStore
import StoreConformance
import Testing

@Suite("Companies in SQLite")
struct CompanySchemaTests {
    @Test("words in the CHECKs are those of the Swift enumerations")
    func words() async throws {
        let store = try SQLiteStore.inMemory()
        func all<State: RawRepresentable<String> & CaseIterable>(_: State.Type) -> [String] {
            State.allCases.map(\.rawValue)
        }
        let expected: [(column: String, words: [String])] = [
            ("state", all(CompanyState.self)), ("freeze_reason", all(FreezeReason.self)),
            ("state", all(MembershipState.self)), ("suspension", all(SuspensionCause.self)),
            ("end_reason", all(MembershipEnd.self)), ("state", all(InvitationState.self)),
            ("act", all(CompanyApproval.Act.self)), ("method", all(CompanyEvidence.Method.self)),
            ("state", all(RegisterPowerState.self)),
            ("state", all(EstablishmentState.self)),
        ]
        let schema = try await store.pool.read { db in
            try String.fetchAll(db, sql: "SELECT sql FROM sqlite_master WHERE type = 'table' AND sql IS NOT NULL")
        }.joined().split(whereSeparator: \.isWhitespace).joined(separator: " ")
        for (column, words) in expected {
            let list = words.map { "'\($0)'" }.joined(separator: ", ")
            #expect(schema.contains("CHECK (\(column) IN (\(list)))"), "\(column)")
        }
        let kinds = RegisterPowerKind.allCases.map(\.rawValue)
        for kind in kinds { #expect(schema.contains("'\(kind)'")) }
    }

    @Test(
        "values that no type allows are refused",
        arguments: [
            "UPDATE company SET state = 'frozen'", "UPDATE company SET freeze_reason = 'dispute'",
            "UPDATE company SET details = NULL", "UPDATE company SET level = 'undefined'",
            "UPDATE company SET approvers_needed = 0", "UPDATE membership SET roles = '[]'",
            "UPDATE membership SET state = 'ended'", "UPDATE membership SET state = 'suspended'",
            "UPDATE membership SET valid_until = 1", "UPDATE membership SET account = 'nobody'", "DELETE FROM company",
        ])
    func refused(sql: String) async throws {
        let scene = try await Scene()
        _ = try await scene.company()
        await #expect(throws: DatabaseError.self) { try await scene.store.execute(sql) }
    }

    @Test("I14: an account that is locked freezes the company of its last administrator, and its return cures it")
    func locked() async throws {
        let scene = try await Scene()
        let company = try await scene.company()
        try await scene.hear(.locked)
        let frozen = try #require(try await scene.store.file(of: company))
        #expect(frozen.company.state == .frozen && frozen.company.freezeReason == .noAdministrator)
        #expect(frozen.people.map(\.membership.suspension) == [.accountLocked])
        // Heard twice is heard once.
        try await scene.hear(.locked)
        try await scene.hear(.unlocked)
        let cured = try #require(try await scene.store.file(of: company))
        #expect(cured.company.state == .active && cured.people.map(\.membership.state) == [.active])
        let kinds = try await scene.store.auditEvents().map { $0["kind"] }
        #expect(
            kinds.suffix(4) == [
                "membership.suspended", "company.frozen", "membership.resumed", "company.cured",
            ])
    }

    @Test("I14: closing the account of the last administrator freezes the company; a sole trader's goes with it")
    func closed() async throws {
        let scene = try await Scene()
        let company = try await scene.company()
        let trader = try await scene.company(kind: "NatPers", trade: "HE-7")
        try await scene.hear(.locked)
        try await scene.hear(.closed)
        let frozen = try #require(try await scene.store.file(of: company))
        #expect(frozen.company.state == .frozen && frozen.people.isEmpty)
        #expect(try await scene.store.file(of: trader) == nil)
        #expect(try await scene.store.companies(of: scene.account).isEmpty)
        let erased = try await scene.store.pool.read { db in
            try Row.fetchAll(db, sql: "SELECT details, trade, state FROM company ORDER BY rowid").map { "\($0)" }
        }
        #expect(erased[1] == "[details:NULL trade:NULL state:\"closed\"]")
    }

    @Test("every change leaves its trace, without a name or number of the company")
    func trace() async throws {
        let scene = try await Scene()
        _ = try await scene.company()
        let events = try await scene.store.auditEvents()
        #expect(
            events.suffix(5).map { $0["kind"] } == [
                "company.created", "membership.created", "company.rated", "company.submitted", "company.verified",
            ])
        for value in ["Muster", "HE-1", "DE123456788"] { #expect(!events.description.contains(value)) }
    }
}

/// One person with a device, and companies of that person.
private struct Scene {
    let store: SQLiteStore
    let account: AccountIdentifier

    init() async throws {
        store = try SQLiteStore.inMemory()
        account = try await Fixtures.enrolledDevice(in: store).account
    }

    func company(kind: String = "NNatPers", trade: String = "HE-1") async throws -> CompanyIdentifier {
        let company = CompanyRecord(
            identifier: .random(),
            details: try CompanyDetails(json: [
                "name": "Muster GbR", "kind": .string(kind), "legal_form": .object(["code": "220", "text": "GbR"]),
                "trade": .object(["tenant": "herten", "number": .string(trade)]),
                "address": .object(["street": "Musterweg", "postal_code": "45699", "locality": "Herten"]),
            ]), floor: .substantiell, createdAt: Fixtures.now, changedAt: Fixtures.now)
        let founder = MembershipRecord(
            identifier: .random(), company: company.identifier, account: account, roles: .administrator,
            level: .substantiell, since: Fixtures.now)
        _ = try await store.found(company, founder: founder)
        _ = try await store.change(
            company.identifier, concerning: CompanyConcern(), by: .system, now: Fixtures.now
        ) { _ in
            CompanyDecision([
                .standing(level: .substantiell, approversNeeded: 1), .company(.submit, nil), .company(.verify, nil),
            ])
        }
        return company.identifier
    }

    func hear(_ news: AccountNews) async throws {
        let account = account
        try await store.writer.write { db in
            // The account's own area changes its state in the same transaction.
            try db.companiesHear(news, of: account, now: Fixtures.now)
        }
    }
}
