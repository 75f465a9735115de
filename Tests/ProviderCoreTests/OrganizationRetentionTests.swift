import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderHarness
import SQLiteStore
import Testing

@testable import ProviderCore

/// What is over in administration and companies goes in its time (invariant I40), and nothing that is still in force.
@Suite("Retention: administration and companies")
struct OrganizationRetentionTests {
    private let policy = RetentionPolicy()

    private func rows(_ table: String, _ file: TemporaryDatabase) throws -> Int {
        try file.texts("SELECT 'row' FROM \(table)").count
    }

    /// What the retention does so many seconds after a moment, to the second.
    private func retain(_ provider: TestProvider, _ seconds: Int64, after moment: Timestamp) async throws
        -> RetentionReport
    {
        try await provider.store.applyRetention(policy, now: moment + seconds)
    }

    // MARK: Administration

    @Test("I40: a right, an emergency and what was told of it go three years after their end, not a second before")
    func administration() async throws {
        let file = try TemporaryDatabase()
        let provider = try await TestProvider(
            store: SQLiteStore(path: file.path), administrationAddress: TestAdministrator.address)
        let administrator = try await provider.administrator()
        let end = provider.now + 3600
        try await provider.appoint(
            administrator, .dataProtectionOfficer, at: .tenant(TestRegion.herten), until: end)
        provider.clock.advance(3600)
        try file.execute(
            """
            INSERT INTO admin_notice (tenant, kind, object, created_at)
            VALUES ('herten', 'emergency_approved', 'x', \(provider.now.seconds));
            INSERT INTO admin_emergency (id, tenant, requester, requester_subject, reason, duration, requested_at, state,
                approver, decided_at)
            SELECT 'decided', 'herten', account, subject, 'Störung', 600, 1, 'refused', account, \(provider.now.seconds)
            FROM admin_assignment;
            INSERT INTO admin_emergency (id, tenant, requester, requester_subject, reason, duration, requested_at, state)
            SELECT 'never', 'herten', account, subject, 'Störung', 600, \(provider.now.seconds), 'requested'
            FROM admin_assignment;
            """)
        let tables = ["admin_assignment", "admin_emergency", "admin_notice"]
        let before = try await retain(provider, policy.administration - 1, after: provider.now)
        #expect(try tables.map { try rows($0, file) } == [1, 2, 1], "\(before)")
        let report = try await retain(provider, policy.administration, after: provider.now)
        #expect(try tables.map { try rows($0, file) } == [0, 0, 0])
        #expect(report["ended_assignments"] == 1 && report["emergencies"] == 2 && report["administration_notices"] == 1)
    }

    @Test("whoever gave a right that is in force stays to be seen, and what was revoked counts from then on")
    func granters() async throws {
        let file = try TemporaryDatabase()
        let provider = try await TestProvider(
            store: SQLiteStore(path: file.path), administrationAddress: TestAdministrator.address)
        let (first, second) = (try await provider.administrator(), try await provider.administrator())
        let granter = try await provider.appoint(first, .tenantAdministrator, at: .tenant(TestRegion.herten))
        let given = try await provider.appoint(
            second, .auditor, at: .tenant(TestRegion.herten), until: provider.now + 20 * 365 * 86_400)
        try file.execute("UPDATE admin_assignment SET granted_by = '\(granter)' WHERE id = '\(given)'")
        let over = policy.administration + 3600
        _ = try await retain(provider, over, after: provider.now)
        #expect(try rows("admin_assignment", file) == 2)
        try file.execute("UPDATE admin_assignment SET revoked_at = \(provider.now.seconds) WHERE id = '\(given)'")
        #expect(try await retain(provider, over, after: provider.now)["ended_assignments"] == 1)
        #expect(try await retain(provider, over, after: provider.now)["ended_assignments"] == 1)
        #expect(try rows("admin_assignment", file) == 0)
    }

    // MARK: Companies

    private func story(_ file: TemporaryDatabase) async throws -> MandateStory {
        let provider = try await TestProvider(store: SQLiteStore(path: file.path))
        try provider.changeRegion { $0.services = [MandateStory.parking, MandateStory.building] }
        return try await MandateStory(provider: provider)
    }

    @Test("I40: ended mandates and memberships go after ten years, the delegated before those that they came from")
    func past() async throws {
        let file = try TemporaryDatabase()
        let story = try await story(file)
        let provider = story.provider
        let service = try await story.serviceCompany()
        let parent = try await story.propose(by: story.ada) {
            $0.grantee = .company(service.company)
            $0.mayDelegate = true
        }
        let child = try await story.propose(by: service.director) {
            $0.grantor = service.company
            $0.grantee = .membership(service.member)
            $0.parent = parent.mandate.identifier
        }
        let open = try await story.propose(by: story.ada) {
            $0.powers.scopes = [MandateScope(rawValue: "building.application")!]
        }
        #expect(child.mandate.depth == 2)
        _ = try await story.revoke(parent, by: story.ada)
        try await provider.companies.leave(service.company, by: provider.verified(service.employee))
        let memberships = try rows("membership", file)
        _ = try await retain(provider, policy.companyPast - 1, after: provider.now)
        #expect(try rows("mandate", file) == 3)
        #expect(try rows("membership", file) == memberships)
        let report = try await retain(provider, policy.companyPast, after: provider.now)
        #expect(report["ended_mandates"] == 2 && report["ended_memberships"] == 1)
        #expect(try file.texts("SELECT id FROM mandate") == [open.mandate.identifier.rawValue])
        #expect(try file.texts("SELECT id FROM membership WHERE state = 'ended'").isEmpty)
    }

    @Test("I40: whom an earlier extract named goes a year after the next one took its place")
    func powers() async throws {
        let file = try TemporaryDatabase()
        let story = try await story(file)
        let provider = story.provider
        provider.clock.advance(86_400)
        let bob = try await provider.person("Bob", "Neu", born: "1971-01-31")
        try await provider.companies.record(
            extract: provider.extract([bob.power()]), of: story.company, by: TestCompany.clerk)
        #expect(try rows("register_power", file) == 2)
        _ = try await retain(provider, policy.supersededPowers - 1, after: provider.now)
        #expect(try rows("register_power", file) == 2)
        #expect(try await retain(provider, policy.supersededPowers, after: provider.now)["superseded_powers"] == 1)
        #expect(try file.texts("SELECT state FROM register_power") == ["recorded"])
        #expect(try rows("company_evidence", file) == 2, "which office looked after it stays to be seen")
    }

    @Test("I40: a closed company goes ten years later with all that proved it, one that was never verified after one")
    func companies() async throws {
        let file = try TemporaryDatabase()
        let story = try await story(file)
        let provider = story.provider
        let founder = try await provider.verified(story.max)
        _ = try await provider.companies.create(TestCompany.unregistered(), by: founder)
        provider.clock.advance(CompanyRules.draftLifetime)
        try await provider.store.sweep(now: provider.now)
        #expect(try file.texts("SELECT state FROM company WHERE level = 'undefined'") == ["closed"])
        #expect(try file.texts("SELECT id FROM company WHERE details IS NULL").count == 1, "nobody's word is kept")
        _ = try await retain(provider, policy.abandonedCompany - 1, after: provider.now)
        #expect(try rows("company", file) == 2)
        #expect(try await retain(provider, policy.abandonedCompany, after: provider.now)["abandoned_companies"] == 1)
        #expect(try file.texts("SELECT id FROM company") == [story.company.rawValue])

        _ = try await provider.companies.close(story.company, by: provider.verified(story.ada))
        provider.clock.advance(CompanyRules.closingGrace)
        try await provider.store.sweep(now: provider.now)
        #expect(try file.texts("SELECT state FROM company") == ["closed"])
        _ = try await retain(provider, policy.companyPast - 1, after: provider.now)
        #expect(try rows("company", file) == 1)
        #expect(try await retain(provider, policy.companyPast, after: provider.now)["closed_companies"] == 1)
        for table in ["company", "company_evidence", "register_power", "membership", "mandate", "invitation"] {
            #expect(try rows(table, file) == 0, "\(table)")
        }
    }
}
