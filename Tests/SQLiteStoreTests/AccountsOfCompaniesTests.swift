import AccountDirectory
import GRDB
import OpenIDMessages
import ProviderCore
import StoreConformance
import Testing

@testable import SQLiteStore

/// What becomes of a company when its last administrator's account is locked, comes back, and is closed (I13, I14).
@Suite("A company and the life of its administrator's account")
struct AccountsOfCompaniesTests {
    @Test("I14: a company is frozen while its last administrator's account is locked, and after it was closed")
    func life() async throws {
        let store = try SQLiteStore.inMemory()
        let account = try await Fixtures.enrolledDevice(in: store).account
        let company = try await founded(by: account, in: store)
        #expect(try await state(of: company, in: store) == "active")

        _ = try await store.lock(account, for: .own, by: .person, time: Fixtures.now)
        #expect(try await state(of: company, in: store) == "frozen")

        let locked = try #require(try await store.profile(of: account))
        let reactivation = try AccountRules.reactivation(
            of: .locked, locks: [.own], level: .substantiell,
            by: AccountRules.Identification(level: .substantiell, isAccountsPerson: true), now: Fixtures.now)
        let record = AccountRecord(
            identifier: account, person: locked.person, level: locked.level, state: locked.state)
        _ = try await store.reactivate(
            locked, as: reactivation, found: nil, ticket: Fixtures.ticket(for: record), by: Author(.clerk),
            time: Fixtures.now)
        #expect(try await state(of: company, in: store) == "active")

        // No human is kept in an account for the sake of a company: closing freezes it, and is not refused.
        let active = try #require(try await store.profile(of: account))
        let eraseAt = Fixtures.now + 100
        #expect(
            try await store.requestClosing(
                of: active, liftsOrder: false, eraseAt: eraseAt, request: nil, by: .person, time: Fixtures.now)
                == .changed)
        #expect(try await state(of: company, in: store) == "frozen")
        #expect(try await store.erase(account, telling: [], time: eraseAt))
        #expect(try await state(of: company, in: store) == "frozen")
        let memberships = try await store.pool.read { db in
            try String.fetchAll(db, sql: "SELECT state || ' ' || end_reason FROM membership")
        }
        #expect(memberships == ["ended account_closed"])
    }

    private func state(of company: CompanyIdentifier, in store: SQLiteStore) async throws -> String? {
        try await store.pool.read { db in
            try String.fetchOne(db, sql: "SELECT state FROM company WHERE id = ?", arguments: [company.rawValue])
        }
    }

    private func founded(by account: AccountIdentifier, in store: SQLiteStore) async throws -> CompanyIdentifier {
        let company = CompanyRecord(
            identifier: .random(),
            details: try CompanyDetails(json: [
                "name": "Muster GbR", "kind": "NNatPers", "legal_form": .object(["code": "220", "text": "GbR"]),
                "trade": .object(["tenant": "herten", "number": "HE-1"]),
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
}
