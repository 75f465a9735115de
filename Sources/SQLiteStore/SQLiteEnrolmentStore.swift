internal import AccountDirectory
public import IdentityCrypto
internal import GRDB
internal import OpenIDMessages
public import ProviderCore

extension SQLiteStore {
    public func register(_ new: NewAccount, events: [SecurityEvent]) async throws -> RegistrationOutcome {
        try await writer.write { db in
            if let link = new.link, let account = try db.account(linkedBy: link.digest) {
                return .linkKnown(account.identifier)
            }
            // Looked at here: of two desks at once one has the account, and the other one's clerk is asked.
            if let likeness = new.likeness, !new.isOtherPerson, try !db.accounts(like: likeness).isEmpty {
                return .similar
            }
            try db.insert(new)
            try db.insert(new.ticket)
            // Whoever gets a ticket was at the counter of its town.
            let account = new.account
            if account.level > .undefined, let time = events.first?.time {
                let counter = Evidence(
                    identifier: .random(), account: account.identifier, method: .counter, performer: new.ticket.tenant,
                    checkedAt: time, level: account.level)
                try db.record(new.evidence ?? counter, for: VerificationRules.claims(of: account.person))
            }
            for event in events { try db.audit(event) }
            return .registered
        }
    }

    public func ticket(_ digest: SecretDigest) async throws -> (TicketRecord, AccountRecord)? {
        try read { db in
            let row = try db.row(
                """
                SELECT t.digest, t.account, t.tenant, t.purpose, t.level, t.expires_at,
                    a.level AS account_level, a.state AS account_state, p.attributes
                FROM ticket t JOIN account a ON a.id = t.account JOIN person p ON p.id = a.person
                WHERE t.digest = ? AND t.used_at IS NULL
                """, [digest.bytes])
            guard let row else { return nil }
            return (try row.ticket, try row.account)
        }
    }

    public func enrol(
        _ device: DeviceRecordRow, ticket: SecretDigest, event: SecurityEvent
    ) async throws -> EnrolmentOutcome {
        do {
            return try await writer.write { db in try db.enrol(device, ticket: ticket, event: event) }
        } catch is KeyKnown { return .keyKnown } catch is AccountNotOpen { return .accountNotOpen }
    }
}

/// Thrown, not returned, so that everything the enrolment wrote is taken back.
private struct KeyKnown: Error {}
private struct AccountNotOpen: Error {}

extension Database {
    fileprivate func insert(_ new: NewAccount) throws {
        let person = PersonIdentifier.random().rawValue
        try run(
            "INSERT INTO person (id, attributes, likeness) VALUES (?, ?, ?)",
            [person, new.account.person.json.text, new.likeness?.bytes])
        try run(
            """
            INSERT INTO account (id, person, level, state, block_digest, created_at, seen_at)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [
                new.account.identifier.rawValue, person, new.account.level.name, new.account.state.rawValue,
                new.blockDigest?.bytes, new.createdAt.seconds, new.createdAt.seconds,
            ])
        if let link = new.link { try insert(link, of: new.account.identifier, at: new.createdAt) }
    }

    func insert(_ link: IdentityLink, of account: AccountIdentifier, at time: Timestamp) throws {
        try run(
            "INSERT INTO identity_link (digest, account, upstream, level, linked_at) VALUES (?, ?, ?, ?, ?)",
            [link.digest.bytes, account.rawValue, link.upstream.rawValue, link.level.name, time.seconds])
    }

    func insert(_ ticket: TicketRecord) throws {
        try run(
            "INSERT INTO ticket (digest, account, tenant, purpose, level, expires_at) VALUES (?, ?, ?, ?, ?, ?)",
            [
                ticket.digest.bytes, ticket.account.rawValue, ticket.tenant.rawValue, ticket.purpose.rawValue,
                ticket.level.name, ticket.expiresAt.seconds,
            ])
    }

    fileprivate func enrol(
        _ device: DeviceRecordRow, ticket digest: SecretDigest, event: SecurityEvent
    ) throws -> EnrolmentOutcome {
        // One conditional write decides which of several enrolments has the ticket.
        let used = try row(
            "UPDATE ticket SET used_at = ? WHERE digest = ? AND account = ? AND used_at IS NULL RETURNING *",
            [event.time.seconds, digest.bytes, device.account.rawValue])
        guard let ticket = try used?.ticket else { return .ticketUsed }
        guard let account = try profile(of: device.account) else { throw AccountNotOpen() }
        let isReactivation = ticket.purpose == .reactivation
        guard [.pending, .active].contains(account.state) || isReactivation && account.state != .closed else {
            throw AccountNotOpen()
        }
        var device = device
        var event = event
        event.person = device.account
        let counts = ticket.purpose.counts(hasActiveDevice: try hasActiveDevice(device.account))
        device.state = counts ? .active : .pending
        device.ceiling.level = AccountRules.level(approvedAt: ticket.level, ceiling: device.ceiling.level)
        let usableFrom = ticket.purpose == .device ? nil : event.time + RetentionPolicy().objection
        try insert(device, usableFrom: counts ? nil : usableFrom)
        try insert(device.keys.authentication, kind: "auth", of: device.identifier)
        try insert(device.keys.installation, kind: "inst", of: device.identifier)
        try insert(device.keys.pin, kind: "pin", of: device.identifier)
        try audit(
            SecurityEvent(
                .keyCreated, time: event.time, tenant: event.tenant, object: device.identifier.rawValue, actor: .person,
                person: device.account))
        for (position, serial) in device.certificates.enumerated() {
            try run(
                "INSERT INTO device_certificate (device, position, serial) VALUES (?, ?, ?)",
                [device.identifier.rawValue, position, serial])
        }
        guard counts else {
            try audit(
                SecurityEvent(
                    .deviceAdded, time: event.time, tenant: event.tenant, object: event.object, actor: .person,
                    person: device.account))
            try tell(device.account, .devicePending, detail: device.description.name, at: event.time)
            return .waits(usableFrom: usableFrom)
        }
        try audit(event)
        try activate(account, by: Author(.person, at: event.tenant), at: event.time)
        if account.state != .pending {
            try tell(device.account, .deviceAdded, detail: device.description.name, at: event.time)
        }
        return .enrolled
    }

    /// An account whose first active device this is becomes active.
    private func activate(_ account: AccountProfile, by author: Author, at time: Timestamp) throws {
        switch account.state {
        case .pending: try move(account, .firstDevice, by: author, at: time)
        case .locked: try move(account, .reactivate, by: author, at: time)
        case .closing:
            guard let eraseAt = account.eraseAt, eraseAt > time else { throw AccountNotOpen() }
            try move(account, .cancelClose, by: author, at: time)
        case .active, .closed: break
        }
    }

    fileprivate func insert(_ device: DeviceRecordRow, usableFrom: Timestamp?) throws {
        try run(
            """
            INSERT INTO device (id, account, name, model, system, ceiling, is_simulated, state, usable_from, counter,
                pin_tries_left, block_digest, created_at, last_used_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                device.identifier.rawValue, device.account.rawValue, device.description.name,
                device.description.model, device.description.system, device.ceiling.level.name,
                device.ceiling.isSimulated, device.state.rawValue, usableFrom?.seconds, device.counter,
                device.pinTriesLeft, device.blockDigest.bytes, device.createdAt.seconds,
                device.lastUsedAt?.seconds,
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

extension StoredRow {
    var ticket: TicketRecord {
        get throws {
            TicketRecord(
                digest: try digest("digest"), account: try accountIdentifier, tenant: try value("tenant"),
                purpose: try value("purpose"), level: try level("level"), expiresAt: try time("expires_at"))
        }
    }
}
