import AccountDirectory
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Synchronization
import Testing

@testable import SQLiteStore

/// A login must cost the same among a million people as among a thousand.
@Suite("Storage: no statement reads a whole table that grows with the directory")
struct QueryPlanTests {
    /// Each statement that ran, once.
    private final class Statements: Sendable {
        private let texts = Mutex<Set<String>>([])

        func add(_ sql: String) { _ = texts.withLock { $0.insert(sql) } }

        /// Forgets those of before.
        func forget() { texts.withLock { $0 = [] } }

        /// Reading and writing statements; those of triggers come as comments.
        var all: [String] {
            let verbs = ["SELECT", "INSERT", "UPDATE", "DELETE", "WITH"]
            return texts.withLock { $0.sorted() }.filter { sql in verbs.contains { sql.hasPrefix($0) } }
        }
    }

    /// Tables whose size the operator decides, not the number of people: a scan of them is no fault.
    private static let small = [
        "region_document", "signing_key", "secret", "client_registration", "audit_chain", "portal",
        "admin_ticket",
    ]

    /// The steps of a plan that read everything there is.
    private static func scans(_ plan: [String]) -> [String] {
        plan.filter { step in
            step.hasPrefix("SCAN ") && step != "SCAN CONSTANT ROW" && !step.hasPrefix("SCAN (")
                && !small.contains { step.hasPrefix("SCAN \($0)") }
                // A list that the statement brings along is no table.
                && !step.hasPrefix("SCAN json_each ")
        }
    }

    /// The steps of a plan that read all that ever happened at one portal, in one town or of one kind: the index begins with
    /// a column of few values, and no other value is compared for equality.
    private static func crowds(_ plan: [String]) -> [String] {
        let columns = ["client", "tenant", "state", "kind", "class", "sector"]
        return plan.filter { step in
            // The index of the notices that wait holds nothing of the past, and is read by bounded steps.
            guard !step.contains(" logout_delivery_due ") else { return false }
            guard step.hasPrefix("SEARCH "), let open = step.lastIndex(of: "("), let close = step.lastIndex(of: ")")
            else {
                return false
            }
            let conditions = step[step.index(after: open)..<close].split(separator: " AND ")
            guard let first = conditions.first else { return false }
            return columns.contains {
                first.hasPrefix($0 + "=") || first.hasPrefix($0 + "<") || first.hasPrefix($0 + ">")
            }
                && !conditions.dropFirst().contains { $0.contains("=?") }
        }
    }

    private static func provider(_ statements: Statements) async throws -> TestProvider {
        let store = try SQLiteStore.inMemory(tracing: { statements.add($0) })
        let provider = try await TestProvider.withGrants(store: store)
        statements.forget()
        return provider
    }

    /// Enrolment, logins, single sign-on, refresh, userinfo, what the person sees, logout, block and the sweep.
    private static func liveThrough(_ provider: TestProvider) async throws {
        let phone = try await provider.enrolledPhone()
        let first = try await provider.signIn(at: TestGrants.refreshing, phone: phone)
        let second = try await provider.signIn(at: TestGrants.everything, phone: phone, cookie: first.cookie)
        let third = try await provider.signIn(at: TestRegion.basic, phone: phone, cookie: second.cookie)
        let refreshed = try await provider.refreshed(
            first.tokens.text("refresh_token"), at: TestGrants.refreshing)
        _ = try await provider.userinfo(refreshed.text("access_token"))
        let account = try await provider.verified(phone).account.identifier
        _ = try await provider.store.devices(of: account)
        for session in try await provider.sessions(of: phone) {
            _ = try await provider.store.portals(of: session.identifier)
        }
        _ = try await provider.provider.audit.page(of: account)
        try await provider.signOut(third.cookie)
        for client in try await provider.store.clientsWithDueLogouts(now: provider.now) {
            _ = try await provider.store.dueLogouts(to: client, now: provider.now, limit: 10)
        }
        let code = try await provider.code(phone: phone)
        _ = try await provider.redeem(code)
        await #expect(throws: ClientRefusal.self) { try await provider.redeem(code) }
        try await provider.provider.block(code: phone.blockCode)
        provider.clock.advance(10 * 86_400)
        try await provider.store.sweep(now: provider.now)
    }

    @Test("every statement of a person's life goes through an index (EXPLAIN QUERY PLAN)")
    func plans() async throws {
        let statements = Statements()
        let provider = try await Self.provider(statements)
        try await Self.liveThrough(provider)
        let all = statements.all
        #expect(all.count > 40, "the trace is not complete")
        for sql in all {
            let plan = try provider.store.queryPlan(of: sql)
            #expect(Self.scans(plan) + Self.crowds(plan) == [], "\(sql)\n\(plan.joined(separator: "\n"))")
        }
    }

    @Test(
        "the rule bites",
        arguments: [
            "SELECT * FROM account", "SELECT id FROM device WHERE name = 'x'", "UPDATE session SET browser = ''",
            "SELECT count(*) FROM audit_event", "DELETE FROM ticket WHERE used_at IS NOT NULL",
        ])
    func bites(sql: String) async throws {
        let store = try SQLiteStore.inMemory()
        #expect(Self.scans(try store.queryPlan(of: sql)).count == 1)
    }

    @Test(
        "the rule bites, also where an index leads to a crowd",
        arguments: [
            "SELECT txn FROM authorization_grant WHERE client = 'x' ORDER BY authenticated_at DESC LIMIT 1",
            "SELECT id FROM data_subject_request WHERE tenant = 'x'",
            "SELECT g.txn FROM account a LEFT JOIN authorization_grant g ON +g.account = a.id AND g.client = 'x' WHERE a.id = 'y'",
            "SELECT txn FROM authorization_grant WHERE client = 'x' AND rowid > 7",
        ])
    func bitesCrowds(sql: String) async throws {
        let store = try SQLiteStore.inMemory()
        #expect(Self.crowds(try store.queryPlan(of: sql)).count == 1)
    }
}
