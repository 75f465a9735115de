internal import AccountDirectory
public import IdentityCrypto
internal import GRDB
internal import OpenIDMessages
public import ProviderCore

extension SQLiteStore {
    public func register(_ account: AccountRecord, ticket: TicketRecord, events: [SecurityEvent]) async throws {
        try await writer.write { db in
            try db.run("INSERT INTO person (attributes) VALUES (?)", [account.person.json.text])
            try db.run(
                "INSERT INTO account (id, person, level, state) VALUES (?, ?, ?, ?)",
                [
                    account.identifier.rawValue, db.lastInsertedRowID, account.level.name,
                    account.isActive ? "active" : "registered",
                ])
            try db.run(
                "INSERT INTO ticket (digest, account, tenant, expires_at) VALUES (?, ?, ?, ?)",
                [
                    ticket.digest.bytes.data, ticket.account.rawValue, ticket.tenant.rawValue,
                    ticket.expiresAt.seconds,
                ])
            // Whoever gets a ticket was at the counter of its town.
            if account.level > .undefined, let time = events.first?.time {
                let evidence = Evidence(
                    identifier: .random(), account: account.identifier, method: .counter, performer: ticket.tenant,
                    checkedAt: time, level: account.level)
                try db.record(evidence, for: VerificationRules.claims(of: account.person))
            }
            for event in events { try db.audit(event) }
        }
    }

    public func ticket(_ digest: SecretDigest) async throws -> (TicketRecord, AccountRecord)? {
        try read { db in
            let row = try db.row(
                """
                SELECT t.digest, t.account, t.tenant, t.expires_at,
                    a.level AS account_level, a.state AS account_state, p.attributes
                FROM ticket t JOIN account a ON a.id = t.account JOIN person p ON p.id = a.person
                WHERE t.digest = ? AND t.used_at IS NULL
                """, [digest.bytes.data])
            guard let row else { return nil }
            let ticket = TicketRecord(
                digest: try row.digest("digest"), account: try row.accountIdentifier,
                tenant: try row.value("tenant"), expiresAt: try row.time("expires_at"))
            return (ticket, try row.account)
        }
    }

    public func enrol(
        _ device: DeviceRecordRow, ticket: SecretDigest, event: SecurityEvent
    ) async throws -> EnrolmentOutcome {
        do {
            return try await writer.write { db in
                // One conditional write decides which of several enrolments has the ticket.
                let used = try db.run(
                    "UPDATE ticket SET used_at = ? WHERE digest = ? AND account = ? AND used_at IS NULL",
                    [event.time.seconds, ticket.bytes.data, device.account.rawValue])
                guard used == 1 else { return .ticketUsed }
                try db.insert(device)
                try db.insert(device.keys.authentication, kind: "auth", of: device.identifier)
                try db.insert(device.keys.installation, kind: "inst", of: device.identifier)
                try db.insert(device.keys.pin, kind: "pin", of: device.identifier)
                try db.run(
                    "UPDATE account SET state = 'active' WHERE id = ? AND state = 'registered'",
                    [device.account.rawValue])
                try db.audit(event)
                return .enrolled
            }
        } catch is KeyKnown { return .keyKnown }
    }
}

/// Thrown, not returned, so that everything the enrolment wrote is taken back.
private struct KeyKnown: Error {}

extension Database {
    fileprivate func insert(_ device: DeviceRecordRow) throws {
        try run(
            """
            INSERT INTO device (id, account, name, model, system, ceiling, is_simulated, state, counter,
                pin_tries_left, block_digest, created_at, last_used_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                device.identifier.rawValue, device.account.rawValue, device.description.name,
                device.description.model, device.description.system, device.ceiling.level.name,
                device.ceiling.isSimulated, device.state.rawValue, device.counter, device.pinTriesLeft,
                device.blockDigest.bytes.data, device.createdAt.seconds, device.lastUsedAt?.seconds,
            ])
    }

    fileprivate func insert(_ key: VerificationKey, kind: String, of device: DeviceIdentifier) throws {
        let written = try run(
            """
            INSERT INTO device_key (thumbprint, device, kind, jwk) VALUES (?, ?, ?, ?)
            ON CONFLICT (thumbprint) DO NOTHING
            """, [key.thumbprint.rawValue, device.rawValue, kind, key.jwk.text])
        guard written == 1 else { throw KeyKnown() }
    }
}
