public import AccountDirectory
internal import GRDB
public import IdentityCrypto
public import OpenIDMessages
public import ProviderCore

extension SQLiteStore {
    public func profile(of account: AccountIdentifier) async throws -> AccountProfile? {
        try read { db in try db.profile(of: account) }
    }

    public func accounts(like likeness: SecretDigest) async throws -> [AccountProfile] {
        try read { db in try db.accounts(like: likeness) }
    }

    public func account(linkedBy digest: SecretDigest) async throws -> AccountProfile? {
        try read { db in try db.account(linkedBy: digest) }
    }

    public func issue(_ ticket: TicketRecord, event: SecurityEvent) async throws -> AccountChange {
        try await writer.write { db in
            guard let account = try db.profile(of: ticket.account) else { return .unknown }
            guard account.state.takesTickets else { return .notPossible(account.state) }
            try db.insert(ticket)
            try db.audit(event)
            return .changed
        }
    }

    public func lock(
        _ account: AccountIdentifier, for reason: LockReason, by author: Author, time: Timestamp
    ) async throws -> AccountChange {
        try await writer.write { db in try db.lock(account, for: reason, by: author, at: time) }
    }

    public func reactivate(
        _ from: AccountProfile, as reactivation: AccountRules.Reactivation, found: DeviceIdentifier?,
        ticket: TicketRecord, by author: Author, time: Timestamp
    ) async throws -> AccountChange {
        try await writer.write { db in
            guard let now = try db.profile(of: from.identifier) else { return .unknown }
            guard now.state == from.state, now.locks == from.locks, now.level == from.level else {
                return .notPossible(now.state)
            }
            let account = from.identifier
            // First: a device that cannot be found leaves everything as it was.
            if let found {
                let outcome = try db.find(found, of: account, by: author, at: time)
                guard outcome == .changed else { return .deviceRefused(outcome) }
            }
            if reactivation.revokesDevices { try db.revokeDevices(of: account, by: author, at: time) }
            try db.audit(author.event(.ticketIssued, person: account, time: time))
            guard try db.hasActiveDevice(account) else {
                // Whoever identifies themself twice has one right, the later one.
                try db.run("DELETE FROM ticket WHERE account = ? AND used_at IS NULL", [account.rawValue])
                try db.insert(ticket)
                return .awaitsDevice
            }
            try db.move(from, reactivation.event, by: author, at: time)
            return .changed
        }
    }

    public func change(
        _ device: DeviceIdentifier, of account: AccountIdentifier, by event: DeviceState.Event,
        approval: AssuranceLevel?, author: Author, time: Timestamp
    ) async throws -> DeviceChange {
        try await writer.write { db in
            try db.change(device, of: account, event, approval: approval, by: author, at: time)
        }
    }

    public func supersede(
        _ from: AccountProfile, by person: PersonRecord, likeness: SecretDigest?, change: AttributeChange,
        evidence: Evidence, link: IdentityLink?, ticket: TicketRecord?, events: [SecurityEvent], time: Timestamp
    ) async throws -> AccountChange {
        try await writer.write { db in
            guard let now = try db.profile(of: from.identifier) else { return .unknown }
            guard now.person == from.person, now.level == from.level, now.state != .closing else {
                return .notPossible(now.state)
            }
            guard ticket == nil || now.state.takesTickets else { return .notPossible(now.state) }
            if let link {
                guard try db.account(linkedBy: link.digest) == nil else { return .notPossible(now.state) }
                try db.insert(link, of: from.identifier, at: time)
            }
            if let ticket { try db.insert(ticket) }
            try db.run(
                """
                UPDATE person SET attributes = ?, likeness = ?
                WHERE id = (SELECT person FROM account WHERE id = ?)
                """, [person.json.text, likeness?.bytes, from.identifier.rawValue])
            try db.record(evidence, for: change.proved)
            try db.makeStale(change.stale, of: from.identifier)
            try db.change(from, to: evidence.level, at: time)
            for event in events { try db.audit(event) }
            try db.tell(from.identifier, .attributesChanged, at: time)
            return .changed
        }
    }

    public func changeContact(
        of account: AccountIdentifier, email: String?, phoneNumber: String?, time: Timestamp
    ) async throws -> AccountChange {
        try await writer.write { db in
            guard let profile = try db.profile(of: account) else { return .unknown }
            guard profile.state == .active else { return .notPossible(profile.state) }
            var person = profile.person
            person.email = email
            person.phoneNumber = phoneNumber
            try db.run(
                "UPDATE person SET attributes = ? WHERE id = (SELECT person FROM account WHERE id = ?)",
                [person.json.text, account.rawValue])
            try db.audit(SecurityEvent(.accountContactChanged, time: time, actor: .person, person: account))
            try db.tell(account, .contactChanged, at: time)
            return .changed
        }
    }

    public func replaceBlockCode(
        of account: AccountIdentifier, with digest: SecretDigest, by author: Author, time: Timestamp
    ) async throws -> AccountChange {
        try await writer.write { db in
            guard let profile = try db.profile(of: account) else { return .unknown }
            guard profile.state != .closing else { return .notPossible(.closing) }
            try db.run(
                "UPDATE account SET block_digest = ? WHERE id = ?", [digest.bytes, account.rawValue])
            try db.audit(author.event(.accountBlockCodeReplaced, person: account, time: time))
            try db.tell(account, .blockCodeReplaced, at: time)
            return .changed
        }
    }

    public func notices(of account: AccountIdentifier, limit: Int) async throws -> [NoticeRecord] {
        try read { db in
            try db.rows(
                """
                SELECT n.id, n.kind, n.detail, n.time, n.read_at, json_extract(c.details, '$.name') AS company_name
                FROM notice n
                LEFT JOIN mandate m ON m.id = n.detail
                LEFT JOIN company c ON c.id = coalesce(m.company, n.detail)
                    AND c.state IN ('active', 'frozen', 'closing')
                WHERE n.account = ? ORDER BY n.time DESC, n.rowid DESC LIMIT ?
                """,
                [account.rawValue, limit]
            ).map { row in
                let kind: NoticeKind = try row.value("kind")
                return NoticeRecord(
                    identifier: try row.value("id"), kind: kind, detail: try row.optionalText("detail"),
                    // What people call their devices finds no company.
                    companyName: try (kind.isOfCompany ? row.optionalText("company_name") : nil),
                    time: try row.time("time"), readAt: try row.optionalTime("read_at"))
            }
        }
    }

    public func markRead(
        _ notice: NoticeIdentifier, of account: AccountIdentifier, time: Timestamp
    ) async throws -> Bool {
        try await writer.write { db in
            try db.run(
                "UPDATE notice SET read_at = ? WHERE id = ? AND account = ? AND read_at IS NULL",
                [time.seconds, notice.rawValue, account.rawValue]) == 1
        }
    }
}

extension Database {
    /// A suspended device that was found, or a locked one whose owner was identified again.
    fileprivate func find(
        _ device: DeviceIdentifier, of account: AccountIdentifier, by author: Author, at time: Timestamp
    ) throws -> DeviceChange {
        let found = try change(device, of: account, .found, by: author, at: time)
        guard case .notPossible(.locked) = found else { return found }
        return try change(device, of: account, .unlock, by: author, at: time)
    }
}
