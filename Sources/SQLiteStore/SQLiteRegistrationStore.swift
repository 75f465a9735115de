public import AccountDirectory
internal import GRDB
public import IdentityCrypto
public import OpenIDMessages
public import ProviderCore

extension SQLiteStore {
    public func clientRegistrations() async throws -> [ClientRegistration] {
        try read { db in
            try db.rows("SELECT * FROM client_registration ORDER BY created_at, rowid")
                .map { row in try row.clientRegistration }
        }
    }

    public func save(_ token: InitialAccessToken, in scope: TenantScope, event: SecurityEvent) async throws {
        try await writer.write { db in
            try db.run(
                """
                INSERT INTO initial_access_token (digest, name, tenant, uses_left, expires_at) VALUES (?, ?, ?, ?, ?)
                """,
                [
                    try token.handle.stored(as: .initialAccessToken), token.name.rawValue, scope.name, token.usesLeft,
                    token.expiresAt.seconds,
                ])
            try db.audit(event)
        }
    }

    public func initialAccessToken(_ handle: HandleDigest, now: Timestamp) async throws -> InitialAccessToken? {
        try read { db in
            try db.row(
                """
                SELECT digest, name, tenant, uses_left, expires_at FROM initial_access_token
                WHERE digest = ? AND uses_left > 0 AND expires_at > ?
                """, [try handle.stored(as: .initialAccessToken), now.seconds]
            ).map { row in try row.initialAccessToken }
        }
    }

    public func initialAccessTokens(in scope: TenantScope, now: Timestamp) async throws -> [InitialAccessToken] {
        try read { db in
            try db.rows(
                """
                SELECT digest, name, tenant, uses_left, expires_at FROM initial_access_token
                WHERE tenant = ? AND uses_left > 0 AND expires_at > ? ORDER BY expires_at, name
                """, [scope.name, now.seconds]
            ).map { row in try row.initialAccessToken }
        }
    }

    public func revokeInitialAccessToken(
        _ name: RegistrationTokenIdentifier, in scope: TenantScope, now: Timestamp, event: SecurityEvent
    ) async throws -> Bool {
        try await writer.write { db in
            let revoked = try db.run(
                """
                DELETE FROM initial_access_token
                WHERE name = ? AND tenant = ? AND uses_left > 0 AND expires_at > ?
                """, [name.rawValue, scope.name, now.seconds])
            guard revoked == 1 else { return false }
            try db.audit(event)
            return true
        }
    }

    public func register(
        _ registration: ClientRegistration, with token: HandleDigest, now: Timestamp, event: SecurityEvent
    ) async throws -> Bool {
        try await writer.write { db in
            // One conditional write decides who has the last use.
            let used = try db.run(
                """
                UPDATE initial_access_token SET uses_left = uses_left - 1
                WHERE digest = :token AND tenant = :tenant AND uses_left > 0 AND expires_at > :now
                    AND NOT EXISTS (SELECT 1 FROM client_registration WHERE client = :client)
                """,
                [
                    "token": try token.stored(as: .initialAccessToken), "tenant": registration.tenant.rawValue,
                    "now": now.seconds, "client": registration.identifier.rawValue,
                ])
            guard used == 1 else { return false }
            try db.run(
                """
                INSERT INTO client_registration (client, tenant, metadata, secret_digest, access_token, created_at)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
                [
                    registration.identifier.rawValue, registration.tenant.rawValue, registration.metadata.text,
                    registration.secretDigest?.rawValue,
                    try registration.accessToken.stored(as: .registrationAccessToken),
                    registration.createdAt.seconds,
                ])
            try db.audit(event)
            return true
        }
    }

    public func replace(
        _ registration: ClientRegistration, previous: HandleDigest, event: SecurityEvent
    ) async throws -> Bool {
        try await writer.write { db in
            let replaced = try db.run(
                """
                UPDATE client_registration
                SET tenant = ?, metadata = ?, secret_digest = ?, access_token = ?, created_at = ?
                WHERE client = ? AND access_token = ?
                """,
                [
                    registration.tenant.rawValue, registration.metadata.text, registration.secretDigest?.rawValue,
                    try registration.accessToken.stored(as: .registrationAccessToken),
                    registration.createdAt.seconds, registration.identifier.rawValue,
                    try previous.stored(as: .registrationAccessToken),
                ])
            guard replaced == 1 else { return false }
            try db.audit(event)
            return true
        }
    }

    public func removeRegistration(
        _ client: ClientIdentifier, holding token: HandleDigest, event: SecurityEvent
    ) async throws -> Bool {
        try await writer.write { db in
            let removed = try db.run(
                "DELETE FROM client_registration WHERE client = ? AND access_token = ?",
                [client.rawValue, try token.stored(as: .registrationAccessToken)])
            return try db.endGrants(of: client, removed: removed, event: event)
        }
    }

    public func removeRegistration(
        _ client: ClientIdentifier, in scope: TenantScope, event: SecurityEvent
    ) async throws -> Bool {
        try await writer.write { db in
            let removed = try db.run(
                "DELETE FROM client_registration WHERE tenant = ? AND client = ?", [scope.name, client.rawValue])
            return try db.endGrants(of: client, removed: removed, event: event)
        }
    }
}

extension Database {
    /// The grants of a client whose registration was removed; false when none was.
    fileprivate func endGrants(of client: ClientIdentifier, removed: Int, event: SecurityEvent) throws -> Bool {
        guard removed == 1 else { return false }
        try run(
            "UPDATE authorization_grant SET revoked_at = ? WHERE client = ? AND revoked_at IS NULL",
            [event.time.seconds, client.rawValue])
        try audit(event)
        return true
    }
}

extension StoredRow {
    fileprivate var initialAccessToken: InitialAccessToken {
        get throws {
            InitialAccessToken(
                handle: HandleDigest(.initialAccessToken, digest: try digest("digest")), name: try value("name"),
                tenant: try value("tenant"), usesLeft: try integer("uses_left"), expiresAt: try time("expires_at"))
        }
    }

    fileprivate var clientRegistration: ClientRegistration {
        get throws {
            ClientRegistration(
                identifier: try value("client"), tenant: try value("tenant"), metadata: try json("metadata"),
                secretDigest: try optionalValue("secret_digest"),
                accessToken: HandleDigest(.registrationAccessToken, digest: try digest("access_token")),
                createdAt: try time("created_at"))
        }
    }
}
