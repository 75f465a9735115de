internal import GRDB
public import OpenIDMessages
public import ProviderCore

extension SQLiteStore {
    public func clientsWithDueLogouts(now: Timestamp) async throws -> [ClientIdentifier] {
        try read { db in
            var clients: [ClientIdentifier] = []
            var last = ""
            // From client to client by the index, however many deliveries wait for each.
            while let next = try db.row(
                "SELECT min(client) AS client FROM logout_delivery WHERE state = 'pending' AND client > ?", [last]
            )?.optionalText("client") {
                let due = try db.row(
                    """
                    SELECT client FROM logout_delivery
                    WHERE client = ? AND state = 'pending' AND next_attempt_at <= ? LIMIT 1
                    """, [next, now.seconds])
                if let due { clients.append(try due.value("client")) }
                last = next
            }
            return clients
        }
    }

    public func dueLogouts(to client: ClientIdentifier, now: Timestamp, limit: Int) async throws -> [LogoutDelivery] {
        try read { db in
            try db.rows(
                """
                SELECT * FROM logout_delivery WHERE client = ? AND state = 'pending' AND next_attempt_at <= ?
                ORDER BY next_attempt_at, id LIMIT ?
                """, [client.rawValue, now.seconds, limit]
            ).map { row in try row.logoutDelivery }
        }
    }

    public func save(_ delivery: LogoutDelivery) async throws {
        try await writer.write { db in
            // Of an account that is gone the notice is the last that names it: it goes when its work is done.
            if delivery.session == nil, delivery.state != .pending {
                let removed = try db.run("DELETE FROM logout_delivery WHERE id = ?", [delivery.identifier])
                guard removed == 1 else { throw StorageFault.missing("logout_delivery") }
                try db.noteTraces(at: delivery.nextAttemptAt)
                return
            }
            let saved = try db.run(
                """
                UPDATE logout_delivery SET state = ?, attempts = ?, next_attempt_at = ?, last_failure = ? WHERE id = ?
                """,
                [
                    delivery.state.rawValue, delivery.attempts, delivery.nextAttemptAt.seconds, delivery.lastFailure,
                    delivery.identifier,
                ])
            guard saved == 1 else { throw StorageFault.missing("logout_delivery") }
        }
    }

    public func logouts(to client: ClientIdentifier, limit: Int) async throws -> [LogoutDelivery] {
        try read { db in
            try db.rows(
                "SELECT * FROM logout_delivery WHERE client = ? ORDER BY id DESC LIMIT ?", [client.rawValue, limit]
            ).map { row in try row.logoutDelivery }
        }
    }
}

extension StoredRow {
    fileprivate var logoutDelivery: LogoutDelivery {
        get throws {
            LogoutDelivery(
                identifier: try integer("id"), client: try value("client"), subject: try value("subject"),
                session: try optionalValue("session"), state: try value("state"), attempts: try integer("attempts"),
                createdAt: try time("created_at"), nextAttemptAt: try time("next_attempt_at"),
                lastFailure: try optionalText("last_failure"))
        }
    }
}
