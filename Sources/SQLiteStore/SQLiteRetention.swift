public import AccountDirectory
internal import GRDB
public import IdentityCrypto
public import OpenIDMessages
public import ProviderCore

extension SQLiteStore {
    public func applyRetention(_ policy: RetentionPolicy, now: Timestamp) async throws -> RetentionReport {
        var report = RetentionReport()
        for step in RetentionStep.all {
            while true {
                let done = try await writer.write { db in try step.run(db, policy, now) }
                if done > 0 { report.counts[step.name, default: 0] += done }
                if done < RetentionStep.atOnce { break }
            }
        }
        return report
    }

    public func peopleWithoutLikeness(limit: Int) async throws -> [(PersonIdentifier, PersonRecord)] {
        try read { db in
            try db.rows(
                """
                SELECT id, attributes FROM person
                WHERE likeness IS NULL AND json_extract(attributes, '$.birthdate') IS NOT NULL LIMIT ?
                """, [limit]
            ).map { row in (try row.value("id"), try PersonRecord(json: row.json("attributes"))) }
        }
    }

    public func save(likeness: SecretDigest, of person: PersonIdentifier) async throws {
        _ = try await writer.write { db in
            try db.run(
                "UPDATE person SET likeness = ? WHERE id = ? AND likeness IS NULL",
                [likeness.bytes, person.rawValue])
        }
    }
}

/// One kind of thing whose time is over. Each step finds its rows by an index.
struct RetentionStep: Sendable {
    /// Rows in one transaction.
    static let atOnce = 100

    let name: String
    /// From which it takes rows.
    var tables: [String] = []
    /// Gives how many it did, at most `atOnce`.
    let run: @Sendable (Database, RetentionPolicy, Timestamp) throws -> Int

    static let all: [RetentionStep] = accounts + administration + companies

    private static let accounts: [RetentionStep] = [
        RetentionStep(name: "pending_accounts") { db, policy, now in
            let due = try db.accounts("state = 'pending' AND created_at <= ?", (now - policy.pendingAccount).seconds)
            for account in due { try db.purge(account) }
            if !due.isEmpty { try db.noteTraces(at: now) }
            return due.count
        },
        RetentionStep(name: "devices_without_objection") { db, _, now in
            let due = try db.rows(
                "SELECT id, account, ceiling FROM device WHERE state = 'pending' AND usable_from <= ? LIMIT \(atOnce)",
                [now.seconds])
            for row in due {
                try db.settleWaiting(
                    row.value("id"), reaching: row.level("ceiling"), of: row.accountIdentifier, at: now)
            }
            return due.count
        },
        RetentionStep(name: "devices_without_approval") { db, policy, now in
            try db.changeDevices(
                "state = 'pending' AND usable_from IS NULL AND created_at <= ?", (now - policy.pendingDevice).seconds,
                by: .revoke, at: now)
        },
        RetentionStep(name: "old_devices") { db, policy, now in
            try db.changeDevices(
                "state = 'active' AND created_at <= ?", (now - policy.deviceAge).seconds, by: .expire, at: now)
        },
        RetentionStep(name: "expired_evidence") { db, _, now in try db.expireEvidence(at: now, limit: atOnce) },
        RetentionStep(name: "unused_accounts_told") { db, policy, now in
            let due = try db.accounts(
                "state = 'active' AND warned_at IS NULL AND seen_at <= ?", (now - policy.unused).seconds)
            for account in due {
                try db.run("UPDATE account SET warned_at = ? WHERE id = ?", [now.seconds, account.rawValue])
                try db.tell(account, .notUsed, at: now)
                try db.audit(Author.system.event(.accountUnused, person: account, time: now))
            }
            return due.count
        },
        RetentionStep(name: "unused_accounts_closing") { db, policy, now in
            let due = try db.accounts(
                "state = 'active' AND warned_at IS NOT NULL AND warned_at <= ?", (now - policy.afterNotice).seconds)
            for account in due {
                guard let profile = try db.profile(of: account) else { continue }
                _ = try db.requestClosing(of: profile, eraseAt: now + policy.closing, by: .system, at: now)
            }
            return due.count
        },
        // Whoever cannot log in is told of it once, with the lock. What an authority ordered to be kept has no end here.
        RetentionStep(name: "locked_accounts_closing") { db, policy, now in
            let due = try db.accounts(
                """
                state = 'locked' AND warned_at <= ?1 AND instr(locks, '"authority"') = 0
                    AND (seen_at <= ?1 + \(policy.afterNotice - policy.unused) OR instr(locks, '"deceased"') > 0)
                """, (now - policy.afterNotice).seconds)
            for account in due {
                guard let profile = try db.profile(of: account) else { continue }
                _ = try db.requestClosing(of: profile, eraseAt: now + policy.closing, by: .system, at: now)
            }
            return due.count
        },
        RetentionStep(name: "notices", tables: ["notice"]) { db, policy, now in
            try db.remove("notice", where: "time <= ?", (now - policy.notices).seconds)
        },
        RetentionStep(name: "requests", tables: ["data_subject_request"]) { db, policy, now in
            try db.remove(
                "data_subject_request", where: "ended_at IS NOT NULL AND ended_at <= ?",
                (now - policy.requests).seconds)
        },
        RetentionStep(name: "ended_releases", tables: ["claim_release"]) { db, policy, now in
            try db.remove(
                "claim_release", where: "state <> 'granted' AND ended_at <= ?", (now - policy.releases).seconds)
        },
        RetentionStep(name: "duplicate_cases", tables: ["duplicate_case"]) { db, policy, now in
            try db.remove("duplicate_case", where: "opened_at <= ?", (now - policy.duplicateCase).seconds)
        },
    ]
}

extension Database {
    fileprivate func accounts(_ condition: String, _ time: Int64) throws -> [AccountIdentifier] {
        try rows("SELECT id FROM account WHERE \(condition) LIMIT \(RetentionStep.atOnce)", [time])
            .map { row in try row.value("id") }
    }

    fileprivate func changeDevices(
        _ condition: String, _ time: Int64, by event: DeviceState.Event, at now: Timestamp
    ) throws -> Int {
        let due = try rows("SELECT id, account FROM device WHERE \(condition) LIMIT \(RetentionStep.atOnce)", [time])
        for row in due {
            try change(row.value("id"), of: row.accountIdentifier, event, by: .system, at: now)
        }
        return due.count
    }

    func remove(_ table: String, where condition: String, _ time: Int64) throws -> Int {
        try run(
            """
            DELETE FROM \(table) WHERE rowid IN
                (SELECT rowid FROM \(table) WHERE \(condition) LIMIT \(RetentionStep.atOnce))
            """, [time])
    }

    /// Nobody ever logged in with it: nothing of it is kept, not even its identifier.
    fileprivate func purge(_ account: AccountIdentifier) throws {
        try removePersonalRows(of: account)
        try run("DELETE FROM data_subject_request WHERE account = ?", [account.rawValue])
        let person = try row("SELECT person FROM account WHERE id = ?", [account.rawValue])?.text("person")
        try run("DELETE FROM account WHERE id = ?", [account.rawValue])
        try run("DELETE FROM person WHERE id = ?", [person])
    }
}
