public import AccountDirectory
internal import GRDB
public import OpenIDMessages
public import ProviderCore

extension SQLiteStore {
    public func request(_ emergency: Emergency, in scope: TenantScope, event: SecurityEvent) async throws -> Bool {
        try await writer.write { db in
            let told = try db.whoHears(of: emergency, in: scope, at: emergency.requestedAt)
            guard !told.isEmpty else { return false }
            try db.run(
                """
                INSERT INTO admin_emergency (id, tenant, requester, requester_subject, reason, duration, requested_at,
                    state)
                VALUES (?, ?, ?, ?, ?, ?, ?, 'requested')
                """,
                [
                    emergency.identifier.rawValue, scope.name, emergency.requester.rawValue,
                    emergency.requesterSubject.rawValue, emergency.reason, emergency.duration,
                    emergency.requestedAt.seconds,
                ])
            try db.tell(told, .emergencyRequested, in: scope, at: emergency.requestedAt)
            try db.audit(event)
            return true
        }
    }

    public func emergencies(in scope: TenantScope, page: PageRequest) async throws -> [Emergency] {
        try read { db in
            try db.rows(
                """
                SELECT * FROM admin_emergency WHERE tenant = :tenant
                    AND rowid < coalesce(
                        (SELECT rowid FROM admin_emergency WHERE tenant = :tenant AND id = :after), 9223372036854775807)
                ORDER BY rowid DESC LIMIT :limit
                """, ["tenant": scope.name, "after": page.after, "limit": page.limit]
            ).map { row in try row.emergency }
        }
    }

    public func emergency(_ identifier: EmergencyIdentifier, in scope: TenantScope) async throws -> Emergency? {
        try read { db in
            try db.row(
                "SELECT * FROM admin_emergency WHERE tenant = ? AND id = ?", [scope.name, identifier.rawValue])?
                .emergency
        }
    }

    public func approve(
        _ emergency: Emergency, in scope: TenantScope, _ approved: ApprovedAssignment, approver: AccountIdentifier,
        now: Timestamp, event: SecurityEvent
    ) async throws -> Bool {
        try await writer.write { db in
            // Who asked may have lost the right to ask while the request waited (I25, I26).
            let rights = try db.assignments(of: emergency.requester, now: now)
            guard case .allowed = AdministrationRules.decide(.requestEmergency, at: scope.tenant, by: rights, now: now)
            else { return false }
            let told = try db.whoHears(of: emergency, in: scope, at: now)
            guard !told.isEmpty else { return false }
            guard try db.insertAssignment(approved.assignment, now: now) else { return false }
            guard try db.decide(emergency, in: scope, .approve, by: approver, now: now) else {
                // The right that was just written must not stay.
                try db.run(
                    "DELETE FROM admin_assignment WHERE id = ?", [approved.assignment.identifier.rawValue])
                return false
            }
            try db.note(.emergencyApproved, emergency.identifier.rawValue, in: scope, at: now)
            try db.tell(told, .emergencyApproved, in: scope, at: now)
            try db.audit(event)
            return true
        }
    }

    public func refuse(
        _ emergency: Emergency, in scope: TenantScope, approver: AccountIdentifier, event: SecurityEvent
    ) async throws -> Bool {
        try await writer.write { db in
            guard try db.decide(emergency, in: scope, .refuse, by: approver, now: event.time) else { return false }
            try db.audit(event)
            return true
        }
    }

    public func notices(in scope: TenantScope, page: PageRequest) async throws -> [AdministrationNotice] {
        let after = page.after.flatMap { Int64($0) } ?? .max
        return try read { db in
            try db.rows(
                "SELECT * FROM admin_notice WHERE tenant = ? AND id < ? ORDER BY id DESC LIMIT ?",
                [scope.name, after, page.limit]
            ).map { row in
                AdministrationNotice(
                    identifier: try row.integer("id"), kind: try row.value("kind"), object: try row.text("object"),
                    createdAt: try row.time("created_at"))
            }
        }
    }
}

extension Database {
    /// Something that is read in the tenant's list of notices.
    func note(
        _ kind: AdministrationNotice.Kind, _ object: String, in scope: TenantScope, at time: Timestamp
    ) throws {
        try run(
            "INSERT INTO admin_notice (tenant, kind, object, created_at) VALUES (?, ?, ?, ?)",
            [scope.name, kind.rawValue, object, time.seconds])
    }

    /// A notice on the phones of people who answer for the tenant.
    func tell(
        _ people: [AccountIdentifier], _ kind: NoticeKind, in scope: TenantScope, at time: Timestamp
    ) throws {
        for person in people { try tell(person, kind, detail: scope.tenant.officialName, at: time) }
    }

    /// Everybody who has one of the roles at the tenant now and whose phone can say something.
    ///
    /// - Parameter account: of whom it is about.
    func holders(
        of roles: [AdministrationRole], in scope: TenantScope, but account: AccountIdentifier, at time: Timestamp
    ) throws -> [AccountIdentifier] {
        try rows(
            """
            SELECT DISTINCT r.account FROM admin_assignment r JOIN account a ON a.id = r.account
            WHERE r.tenant = :tenant AND r.role IN (SELECT value FROM json_each(:roles)) AND r.revoked_at IS NULL
                AND r.valid_from <= :now AND r.valid_until > :now AND a.state = 'active' AND r.account <> :account
            """,
            [
                "tenant": scope.name, "roles": roles.map(\.rawValue).jsonText, "now": time.seconds,
                "account": account.rawValue,
            ]
        ).map { row in try row.accountIdentifier }
    }

    /// The tenant's data protection officers; its administrators where there are none.
    fileprivate func whoHears(
        of emergency: Emergency, in scope: TenantScope, at time: Timestamp
    ) throws -> [AccountIdentifier] {
        let officers = try holders(of: [.dataProtectionOfficer], in: scope, but: emergency.requester, at: time)
        guard officers.isEmpty else { return officers }
        return try holders(of: [.tenantAdministrator], in: scope, but: emergency.requester, at: time)
    }

    /// One conditional write lets one of several decide.
    fileprivate func decide(
        _ emergency: Emergency, in scope: TenantScope, _ event: Emergency.State.Event, by approver: AccountIdentifier,
        now: Timestamp
    ) throws -> Bool {
        let step = Emergency.State.step(event)
        return try run(
            """
            UPDATE admin_emergency SET state = :state, approver = :approver, decided_at = :now
            WHERE tenant = :tenant AND id = :id AND state IN (SELECT value FROM json_each(:from))
                AND requested_at > :oldest
            """,
            [
                "state": step.state, "from": step.from, "approver": approver.rawValue, "now": now.seconds,
                "tenant": scope.name,
                "id": emergency.identifier.rawValue, "oldest": (now - Emergency.patience).seconds,
            ]) == 1
    }
}

extension StoredRow {
    fileprivate var emergency: Emergency {
        get throws {
            Emergency(
                identifier: try value("id"), tenant: try value("tenant"), requester: try value("requester"),
                requesterSubject: try value("requester_subject"), reason: try text("reason"),
                duration: try integer("duration"), requestedAt: try time("requested_at"), state: try value("state"),
                approver: try optionalValue("approver"), decidedAt: try optionalTime("decided_at"))
        }
    }
}
