public import AccountDirectory
internal import GRDB
public import IdentityCrypto
public import OpenIDMessages
public import ProviderCore

extension SQLiteStore {
    public func assignments(of account: AccountIdentifier, now: Timestamp) async throws -> [AdminAssignment] {
        try read { db in try db.assignments(of: account, now: now) }
    }

    public func assignments(in scope: TenantScope, page: PageRequest) async throws -> [AdminAssignment] {
        try read { db in
            try db.rows(
                """
                SELECT * FROM admin_assignment WHERE tenant = :tenant
                    AND rowid > coalesce(
                        (SELECT rowid FROM admin_assignment WHERE tenant = :tenant AND id = :after), 0)
                ORDER BY rowid LIMIT :limit
                """, ["tenant": scope.name, "after": page.after, "limit": page.limit]
            ).map { row in try row.assignment }
        }
    }

    public func assignment(
        _ identifier: AssignmentIdentifier, in scope: TenantScope
    ) async throws -> AdminAssignment? {
        try read { db in
            try db.row(
                "SELECT * FROM admin_assignment WHERE tenant = ? AND id = ?", [scope.name, identifier.rawValue])?
                .assignment
        }
    }

    public func assignments(by capability: RegionCapability, page: PageRequest) async throws -> [AdminAssignment] {
        try read { db in
            try db.rows(
                """
                SELECT * FROM admin_assignment WHERE tenant IS NULL
                    AND rowid > coalesce(
                        (SELECT rowid FROM admin_assignment WHERE tenant IS NULL AND id = :after), 0)
                ORDER BY rowid LIMIT :limit
                """, ["after": page.after, "limit": page.limit]
            ).map { row in try row.assignment }
        }
    }

    public func assignment(
        _ identifier: AssignmentIdentifier, by capability: RegionCapability
    ) async throws -> AdminAssignment? {
        try read { db in
            try db.row(
                "SELECT * FROM admin_assignment WHERE tenant IS NULL AND id = ?", [identifier.rawValue])?
                .assignment
        }
    }

    public func grant(
        _ approved: ApprovedAssignment, telling town: TenantScope?, now: Timestamp, event: SecurityEvent
    ) async throws -> Bool {
        try await writer.write { db in
            let assignment = approved.assignment
            guard try db.insertAssignment(assignment, now: now) else { return false }
            try db.tell(assignment.account, .roleGiven, detail: assignment.shown, at: now)
            if let town {
                try db.note(.roleGivenByRegion, assignment.identifier.rawValue, in: town, at: now)
                let roles: [AdministrationRole] = [.dataProtectionOfficer, .tenantAdministrator]
                try db.tell(
                    db.holders(of: roles, in: town, but: assignment.account, at: now), .roleGivenByRegion, in: town,
                    at: now)
            }
            try db.audit(event)
            return true
        }
    }

    public func revoke(_ assignment: AdminAssignment, event: SecurityEvent) async throws -> Bool {
        try await writer.write { db in
            let revoked = try db.run(
                """
                UPDATE admin_assignment SET revoked_at = :now
                WHERE id = :id AND tenant IS :tenant AND revoked_at IS NULL AND valid_until > :now
                """,
                [
                    "now": event.time.seconds, "id": assignment.identifier.rawValue,
                    "tenant": assignment.scope.tenant?.rawValue,
                ])
            guard revoked == 1 else { return false }
            try db.tell(assignment.account, .roleEnded, detail: assignment.shown, at: event.time)
            try db.audit(event)
            return true
        }
    }

    public func administrator(
        named subject: SubjectIdentifier, in sector: SubjectSector
    ) async throws -> AccountIdentifier? {
        try read { db in
            try db.row(
                "SELECT account FROM pairwise WHERE subject = ? AND sector = ?", [subject.rawValue, sector.name])?
                .accountIdentifier
        }
    }

    // MARK: The first administrator

    public func hasRegionAdministrator(now: Timestamp) async throws -> Bool {
        try read { db in
            try db.row(
                """
                SELECT 1 AS found FROM admin_assignment
                WHERE role = 'region_admin' AND revoked_at IS NULL AND valid_until > ? LIMIT 1
                """, [now.seconds]) != nil
        }
    }

    public func save(_ ticket: BootstrapTicket, event: SecurityEvent) async throws {
        try await writer.write { db in
            // One ticket at a time: a new one replaces those that were not used.
            try db.run("DELETE FROM admin_ticket")
            try db.run(
                "INSERT INTO admin_ticket (digest, expires_at) VALUES (?, ?)",
                [try ticket.handle.stored(as: .bootstrapTicket), ticket.expiresAt.seconds])
            try db.audit(event)
        }
    }

    public func bootstrap(
        _ ticket: HandleDigest, _ approved: ApprovedAssignment, now: Timestamp, event: SecurityEvent
    ) async throws -> Bool {
        try await writer.write { db in
            let used = try db.run(
                "DELETE FROM admin_ticket WHERE digest = ? AND expires_at > ?",
                [try ticket.stored(as: .bootstrapTicket), now.seconds])
            guard used == 1 else { return false }
            // Nothing is given, and the ticket is there still.
            guard try db.insertAssignment(approved.assignment, now: now) else {
                throw AdministrationProblem.conflictingDuty
            }
            try db.tell(
                approved.assignment.account, .roleGiven, detail: approved.assignment.shown, at: now)
            try db.audit(event)
            return true
        }
    }

    // MARK: Traces

    public func owner(of name: MissedName, otherThan scope: TenantScope) async throws -> NameOwner? {
        try read { db in
            switch name {
            case .assignment(let identifier):
                try db.row(
                    "SELECT tenant FROM admin_assignment WHERE id = ? AND tenant IS NOT ?",
                    [identifier.rawValue, scope.name]
                ).map { row in try row.optionalValue("tenant").map { .tenant($0) } ?? .region }
            case .emergency(let identifier):
                try db.row(
                    "SELECT tenant FROM admin_emergency WHERE id = ? AND tenant <> ?",
                    [identifier.rawValue, scope.name]
                ).map { row in .tenant(try row.value("tenant")) }
            case .subject(let subject):
                try db.row(
                    "SELECT sector FROM pairwise WHERE subject = ? AND sector <> ?",
                    [subject.rawValue, scope.tenant.sector.rawValue]
                ).map { row in .sector(try row.text("sector")) }
            case .session(let name, let account):
                try db.rows(
                    """
                    SELECT DISTINCT g.tenant, g.subject, g.session
                    FROM session s JOIN authorization_grant g ON g.session = s.id
                    WHERE s.account = ? AND g.tenant <> ? AND g.redeemed_at IS NOT NULL
                    """, [account.rawValue, scope.name]
                ).first { row in
                    let session = try row.value("session", as: SessionIdentifier.self)
                    return try session.name(for: row.value("subject")) == name
                }.map { row in .tenant(try row.value("tenant")) }
            case .company(let company):
                try db.row("SELECT \(companyOffice) AS tenant FROM company WHERE id = ?", [company.rawValue])
                    .map { row in try row.optionalValue("tenant").map { .tenant($0) } ?? .region }
            case .mandate(let mandate):
                try db.row(
                    """
                    SELECT \(companyOffice) AS tenant FROM mandate JOIN company ON company.id = mandate.company
                    WHERE mandate.id = ?
                    """, [mandate.rawValue]
                ).map { row in try row.optionalValue("tenant").map { .tenant($0) } ?? .region }
            case .request(let request):
                try db.row("SELECT tenant FROM data_subject_request WHERE id = ?", [request.rawValue])
                    .map { row in try row.optionalValue("tenant").map { .tenant($0) } ?? .region }
            case .registrationToken(let token):
                try db.row(
                    "SELECT tenant FROM initial_access_token WHERE name = ? AND tenant <> ?",
                    [token.rawValue, scope.name]
                ).map { row in .tenant(try row.value("tenant")) }
            case .login(let transaction):
                try db.row(
                    "SELECT tenant FROM authorization_grant WHERE txn = ? AND tenant <> ?",
                    [transaction.rawValue, scope.name]
                ).map { row in .tenant(try row.value("tenant")) }
            }
        }
    }

    public func record(_ event: SecurityEvent) async throws {
        try await writer.write { db in try db.audit(event) }
    }
}

extension TenantScope {
    /// The tenant's name in the tables.
    var name: String { tenant.identifier.rawValue }
}

extension Database {
    /// Those that are not over.
    func assignments(of account: AccountIdentifier, now: Timestamp) throws -> [AdminAssignment] {
        try rows(
            """
            SELECT * FROM admin_assignment WHERE account = ? AND revoked_at IS NULL AND valid_until > ?
            ORDER BY rowid
            """, [account.rawValue, now.seconds]
        ).map { row in try row.assignment }
    }

    /// Writes an assignment if that of its granter counts now, the person does not have the role there already, and nothing
    /// that they have stands against it.
    func insertAssignment(_ assignment: AdminAssignment, now: Timestamp) throws -> Bool {
        let held = try assignments(of: assignment.account, now: now)
        guard !AdministrationRules.conflicts(assignment, with: held) else { return false }
        return try run(
            """
            INSERT INTO admin_assignment (id, account, subject, role, reach, tenant, operator, valid_from, valid_until,
                granted_by, granted_at)
            SELECT :id, :account, :subject, :role, :reach, :tenant, :operator, :valid_from, :valid_until, :granted_by,
                :now
            WHERE (:granted_by IS NULL OR EXISTS (SELECT 1 FROM admin_assignment
                    WHERE id = :granted_by AND revoked_at IS NULL AND valid_from <= :now AND valid_until > :now))
                AND NOT EXISTS (SELECT 1 FROM admin_assignment WHERE account = :account AND role = :role
                    AND tenant IS :tenant AND operator IS :operator AND revoked_at IS NULL
                    AND valid_from = :valid_from AND valid_until = :valid_until)
            """,
            [
                "id": assignment.identifier.rawValue, "account": assignment.account.rawValue,
                "subject": assignment.subject.rawValue, "role": assignment.role.rawValue,
                "reach": assignment.scope.reach.rawValue, "tenant": assignment.scope.tenant?.rawValue,
                "operator": assignment.scope.operatorIdentifier?.rawValue,
                "valid_from": assignment.validFrom.seconds, "valid_until": assignment.validUntil.seconds,
                "granted_by": assignment.grantedBy?.rawValue, "now": now.seconds,
            ]) == 1
    }
}

extension AdminAssignment {
    /// How its person is told which one it is, for instance `clerk (herten)`.
    fileprivate var shown: String { role.rawValue + (scope.tenant.map { " (\($0))" } ?? "") }
}

extension StoredRow {
    fileprivate var assignment: AdminAssignment {
        get throws {
            AdminAssignment(
                identifier: try value("id"), account: try accountIdentifier, subject: try value("subject"),
                role: try value("role"), scope: try scope, validFrom: try time("valid_from"),
                validUntil: try time("valid_until"), grantedBy: try optionalValue("granted_by"),
                grantedAt: try time("granted_at"), revokedAt: try optionalTime("revoked_at"))
        }
    }

    private var scope: AdministrationScope {
        get throws {
            switch try value("reach", as: AdministrationRole.Reach.self) {
            case .region: .region
            case .tenant: .tenant(try value("tenant"))
            case .operated: .operated(by: try value("operator"), for: try value("tenant"))
            }
        }
    }
}
