internal import AccountDirectory
internal import GRDB
internal import IdentityCrypto
internal import OpenIDMessages
internal import ProviderCore

extension Database {
    /// The session that an approval rests on: the browser's earlier one, if it lives and is the same person's, else a
    /// new one. Another person's session in this browser ends.
    func beginSession(_ approval: LoginApproval, at time: Timestamp) throws -> SessionIdentifier {
        let session = approval.session
        if let previous = approval.previousSession {
            if let before = try level(of: previous, at: time),
                try continueSession(previous, as: session, at: time)
            {
                if session.context.level > before { try audit(.sessionSteppedUp, previous, approval, at: time) }
                return previous
            }
            let event = SecurityEvent(
                .sessionEnded, time: time, tenant: approval.grant.tenant, object: previous.rawValue,
                transaction: approval.grant.transaction, actor: .system)
            try end(previous, event: event)
        }
        try insert(session)
        try audit(.sessionCreated, session.identifier, approval, at: time)
        return session.identifier
    }

    private func audit(
        _ kind: SecurityEvent.Kind, _ session: SessionIdentifier, _ approval: LoginApproval, at time: Timestamp
    ) throws {
        try audit(
            SecurityEvent(
                kind, time: time, tenant: approval.grant.tenant, object: session.rawValue,
                transaction: approval.grant.transaction, actor: .person, person: approval.grant.account))
    }

    /// What the last login of a session that lives has reached.
    private func level(of session: SessionIdentifier, at time: Timestamp) throws -> AssuranceLevel? {
        try row(
            "SELECT acr FROM session WHERE id = ? AND ended_at IS NULL AND expires_at > ?",
            [session.rawValue, time.seconds])?
            .context.level
    }

    private func continueSession(
        _ previous: SessionIdentifier, as session: SessionRecord, at time: Timestamp
    ) throws -> Bool {
        try run(
            """
            UPDATE session SET cookie_digest = :cookie, device = :device, acr = :acr, bounds = :bounds, methods = :methods, flow = :flow,
                relay_resistance = :relay_resistance, authenticated_at = :authenticated_at, last_used_at = :last_used_at, browser = :browser
            WHERE id = :previous AND account = :account AND ended_at IS NULL AND expires_at > :now
            """,
            [
                "cookie": try session.cookie.stored(as: .session), "device": session.device.rawValue,
                "acr": session.context.acr, "bounds": session.bounds.json.text, "methods": session.methods.jsonText,
                "flow": session.flow.rawValue,
                "relay_resistance": session.relayResistance.rawValue,
                "authenticated_at": session.authenticatedAt.seconds, "last_used_at": session.lastUsedAt.seconds,
                "browser": session.browser, "previous": previous.rawValue, "account": session.account.rawValue,
                "now": time.seconds,
            ]) == 1
    }

    private func insert(_ session: SessionRecord) throws {
        try run(
            """
            INSERT INTO session (id, account, device, cookie_digest, acr, bounds, methods, flow, relay_resistance, started_at,
                authenticated_at, last_used_at, expires_at, browser)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                session.identifier.rawValue, session.account.rawValue, session.device.rawValue,
                try session.cookie.stored(as: .session), session.context.acr, session.bounds.json.text,
                session.methods.jsonText,
                session.flow.rawValue, session.relayResistance.rawValue, session.startedAt.seconds,
                session.authenticatedAt.seconds,
                session.lastUsedAt.seconds, session.expiresAt.seconds, session.browser,
            ])
    }

    /// Notes a use of the session, if it lives, has this cookie and account, and account and device are active.
    func touch(
        _ session: SessionIdentifier, cookie: HandleDigest, account: AccountIdentifier, now: Timestamp
    ) throws -> Bool {
        try run(
            """
            UPDATE session SET last_used_at = max(last_used_at, :now)
            WHERE id = :session AND cookie_digest = :cookie AND account = :account
                AND ended_at IS NULL AND expires_at > :now
                AND EXISTS (SELECT 1 FROM device d JOIN account a ON a.id = d.account
                    WHERE d.id = session.device AND d.state = 'active'
                        AND a.id = session.account AND a.state = 'active')
            """,
            [
                "session": session.rawValue, "cookie": try cookie.stored(as: .session),
                "account": account.rawValue, "now": now.seconds,
            ]) == 1
    }

    /// Ends a session and queues a logout token for each of its portals; false when it was over.
    @discardableResult
    func end(
        _ session: SessionIdentifier, of account: AccountIdentifier? = nil, event: SecurityEvent
    ) throws -> Bool {
        // Of several who end a session at once, this one conditional write lets one queue the logout tokens.
        let ended = try row(
            """
            UPDATE session SET ended_at = :now
            WHERE id = :session AND account = coalesce(:account, account) AND ended_at IS NULL AND expires_at > :now
            RETURNING account
            """,
            ["now": event.time.seconds, "session": session.rawValue, "account": account?.rawValue])
        guard let ended else { return false }
        try queueLogouts(of: session, at: event.time)
        var event = event
        event.person = try ended.accountIdentifier
        try audit(event)
        return true
    }

    /// Ends every session in which a device logged in, also one that another device has gone on with since: what the
    /// earlier one approved is not that one's word.
    func endSessions(of device: DeviceIdentifier, at time: Timestamp) throws {
        let sessions = try rows(
            """
            SELECT id FROM session
            WHERE account = (SELECT account FROM device WHERE id = :device) AND ended_at IS NULL AND expires_at > :now
                AND (device = :device OR EXISTS (SELECT 1 FROM authorization_grant g JOIN login_answer l ON l.txn = g.txn
                    WHERE g.session = session.id AND l.device = :device))
            """, ["device": device.rawValue, "now": time.seconds])
        for session in sessions {
            let identifier = try session.value("id", as: SessionIdentifier.self)
            try end(
                identifier,
                event: Author.system.event(.sessionEnded, object: identifier.rawValue, time: time))
        }
    }

    /// A portal hears once for each town that it serves, of the subject that it knew last there: once also where two towns
    /// know one subject, as they do when an ordinary portal with a sector of its own moved from one to the other.
    private func queueLogouts(of session: SessionIdentifier, at time: Timestamp) throws {
        try run(
            """
            INSERT INTO logout_delivery (client, subject, session, state, attempts, created_at, next_attempt_at)
            SELECT client, subject, session, 'pending', 0, :now, :now FROM authorization_grant
            WHERE rowid IN (SELECT max(rowid) FROM authorization_grant
                WHERE session = :session AND redeemed_at IS NOT NULL GROUP BY client, tenant, subject)
            ORDER BY rowid
            ON CONFLICT (session, client, subject) DO NOTHING
            """, ["now": time.seconds, "session": session.rawValue])
    }
}

extension StoredRow {
    var session: SessionRecord {
        get throws {
            SessionRecord(
                identifier: try value("id"), account: try accountIdentifier, device: try value("device"),
                cookie: HandleDigest(.session, digest: try digest("cookie_digest")), context: try context,
                bounds: try bounds, methods: try strings("methods"), flow: try value("flow"),
                relayResistance: try value("relay_resistance"), startedAt: try time("started_at"),
                authenticatedAt: try time("authenticated_at"), lastUsedAt: try time("last_used_at"),
                expiresAt: try time("expires_at"), browser: try text("browser"))
        }
    }
}
