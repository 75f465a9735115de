public import AccountDirectory
internal import GRDB
public import OpenIDMessages
public import ProviderCore

extension SQLiteStore {
    public func requestClosing(
        of from: AccountProfile, liftsOrder: Bool, eraseAt: Timestamp, request: DataSubjectRequest?, by author: Author,
        time: Timestamp
    ) async throws -> AccountChange {
        try await writer.write { db in
            let change = try db.requestClosing(
                of: from, liftsOrder: liftsOrder, eraseAt: eraseAt, by: author, at: time)
            if change == .changed, let request { _ = try db.open(request, mostOpen: .max, by: author, time: time) }
            return change
        }
    }

    public func dueErasures(now: Timestamp, limit: Int) async throws -> [AccountIdentifier] {
        try read { db in
            try db.rows(
                "SELECT id FROM account WHERE state = 'closing' AND erase_at <= ? ORDER BY erase_at LIMIT ?",
                [now.seconds, limit]
            ).map { row in try row.value("id") }
        }
    }

    public func relations(of account: AccountIdentifier) async throws -> AccountRelations {
        try read { db in
            let portals = try db.rows(
                """
                SELECT client, tenant FROM claim_release WHERE account = :account
                UNION SELECT client, tenant FROM authorization_grant WHERE account = :account
                """, ["account": account.rawValue])
            let subjects = try db.rows(
                "SELECT sector, subject FROM pairwise WHERE account = ? ORDER BY rowid", [account.rawValue])
            return AccountRelations(
                portals: try portals.map { row in
                    AccountRelations.Portal(client: try row.value("client"), tenant: try row.optionalValue("tenant"))
                },
                subjects: try subjects.map { row in
                    AccountRelations.Subject(sector: try row.text("sector"), subject: try row.value("subject"))
                })
        }
    }

    public func erase(
        _ account: AccountIdentifier, telling notices: [PurgeNotice], time: Timestamp
    ) async throws -> Bool {
        let isErased = try await writer.write { db in
            guard let profile = try db.profile(of: account), profile.state == .closing,
                let eraseAt = profile.eraseAt, eraseAt <= time
            else { return false }
            try db.erase(profile, telling: notices, at: time)
            return true
        }
        forgetWhatWasRead()
        return isErased
    }

    /// What was erased leaves the memory, too. A read that was under way may remember it once more: so the next sweep
    /// forgets again, and what goes in other ways goes from here with it.
    func forgetWhatWasRead() {
        ReadLately.people.forget()
        ReadLately.keys.forget()
        grants.forget()
        deviceKeys.forget()
    }

    public func cleanFile(ifErasedBefore time: Timestamp) async throws -> Bool {
        let isDue = try read { db in
            try db.row("SELECT 1 FROM erasure_trace WHERE since <= ?", [time.seconds]) != nil
        }
        guard isDue else { return false }
        // Overwriting what is deleted does not reach the copies of rows that SQLite once moved from page to page
        // (docs/decisions/0010): only a file that is written anew is sure to have none.
        try await writer.alone { db in
            try db.execute(sql: "VACUUM")
            _ = try db.checkpoint(.truncate)
            try db.execute(sql: "DELETE FROM erasure_trace")
        }
        return true
    }
}

extension Database {
    func requestClosing(
        of from: AccountProfile, liftsOrder: Bool = false, eraseAt: Timestamp, by author: Author, at time: Timestamp
    ) throws -> AccountChange {
        guard let now = try profile(of: from.identifier) else { return .unknown }
        guard (try? AccountRules.checkClosing(locks: now.locks, liftsOrder: liftsOrder)) != nil else {
            return .notPossible(now.state)
        }
        guard now.state == from.state, now.locks == from.locks,
            try move(now, .requestClose, eraseAt: eraseAt, by: author, at: time)
        else { return .notPossible(now.state) }
        try endSessions(of: from.identifier, at: time)
        try revokeDevices(of: from.identifier, by: author.consequence, at: time)
        try run("DELETE FROM ticket WHERE account = ? AND used_at IS NULL", [from.identifier.rawValue])
        return .changed
    }

    /// Removes everything that says who the person was; an identifier and a date are left (I39).
    fileprivate func erase(_ account: AccountProfile, telling notices: [PurgeNotice], at time: Timestamp) throws {
        // Memberships end before the rows go that they are judged by; a company without administrators is frozen (I14).
        try companiesHear(.closed, of: account.identifier, now: time)
        try removePersonalRows(of: account.identifier)
        let person = try row("SELECT person FROM account WHERE id = ?", [account.identifier.rawValue])?.text("person")
        try run(
            """
            UPDATE account SET state = 'closed', person = NULL, level = 'undefined', locks = '[]', block_digest = NULL,
                created_at = :now, seen_at = :now, warned_at = NULL, erase_at = NULL, closed_at = :now
            WHERE id = :account
            """, ["now": time.seconds, "account": account.identifier.rawValue])
        try run("DELETE FROM person WHERE id = ?", [person])
        for notice in notices {
            try run(
                """
                INSERT INTO logout_delivery (client, subject, session, state, attempts, created_at, next_attempt_at)
                VALUES (?, ?, NULL, 'pending', 0, ?, ?)
                """, [notice.client.rawValue, notice.subject.rawValue, time.seconds, time.seconds])
        }
        try endRequests(of: account.identifier, at: time)
        for kept in KeptRows.all { try kept.rename(in: self, of: account.identifier) }
        try buryUnderAnotherName(account.identifier)
        try audit(SecurityEvent(.accountClosed, time: time, actor: .system))
        try audit(SecurityEvent(.accountErased, time: time, actor: .system))
        try noteTraces(at: time)
    }

    /// The rows that stay refer to a closed account of another identifier, which nobody has on paper and no event names.
    private func buryUnderAnotherName(_ account: AccountIdentifier) throws {
        let tombstone = AccountIdentifier.random().rawValue
        try run(
            """
            INSERT INTO account (id, level, state, created_at, seen_at, closed_at)
            SELECT ?, level, state, created_at, seen_at, closed_at FROM account WHERE id = ?
            """, [tombstone, account.rawValue])
        for kept in KeptRows.all {
            for column in kept.holders {
                try run(
                    "UPDATE \(kept.table) SET \(column) = ? WHERE \(column) = ?", [tombstone, account.rawValue])
            }
        }
        try run("DELETE FROM account WHERE id = ?", [account.rawValue])
    }

    /// What was asked for with the erasure is done; of the rest nothing is left to be answered.
    private func endRequests(of account: AccountIdentifier, at time: Timestamp) throws {
        try endRequests(of: account, "kind = 'erase'", refusal: nil, person: nil, at: time)
        try endRequests(of: account, "TRUE", refusal: .withdrawn, person: nil, at: time)
    }

    /// The account stays: what began its closing is taken back.
    func withdrawErasure(
        of account: AccountIdentifier, because refusal: DataSubjectRefusal, at time: Timestamp
    ) throws {
        try endRequests(
            of: account, "kind = 'erase' AND tenant IS NULL", refusal: refusal, person: account, at: time)
    }

    private func endRequests(
        of account: AccountIdentifier, _ condition: String, refusal: DataSubjectRefusal?, person: AccountIdentifier?,
        at time: Timestamp
    ) throws {
        let ended = try rows(
            """
            UPDATE data_subject_request SET state = :state, refusal = :refusal, ended_at = :now
            WHERE account = :account AND ended_at IS NULL AND \(condition) RETURNING id, tenant
            """,
            [
                "state": (refusal == nil ? DataSubjectRequestState.done : .refused).rawValue,
                "refusal": refusal?.rawValue, "now": time.seconds, "account": account.rawValue,
            ])
        for row in ended {
            try audit(
                SecurityEvent(
                    refusal == nil ? .requestDone : .requestRefused, time: time,
                    tenant: try row.optionalValue("tenant"), object: try row.text("id"), actor: .system,
                    person: person))
        }
    }

    func removePersonalRows(of account: AccountIdentifier) throws {
        for table in PersonalTable.all {
            for statement in table.erasure { try run(statement, ["account": account.rawValue]) }
        }
    }

    func noteTraces(at time: Timestamp) throws {
        try run("INSERT INTO erasure_trace (id, since) VALUES (1, ?) ON CONFLICT DO NOTHING", [time.seconds])
    }
}
