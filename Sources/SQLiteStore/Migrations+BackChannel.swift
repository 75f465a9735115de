internal import GRDB

extension DatabaseMigrator {
    /// Logins without a browser (OpenID Connect CIBA Core 1.0). SQLite cannot change a CHECK: sessions and grants are built
    /// again with their rows. Foreign keys are checked at the end, because others refer to both.
    mutating func registerBackChannel() {
        registerMigration("v4-back-channel") { db in try db.execute(sql: backChannel) }
    }
}

private let backChannel = """
    CREATE TABLE new_session (
        id TEXT NOT NULL PRIMARY KEY CHECK (id <> ''),
        account TEXT NOT NULL REFERENCES account (id),
        device TEXT NOT NULL REFERENCES device (id),
        cookie_digest BLOB UNIQUE CHECK (length(cookie_digest) = 32),
        acr TEXT NOT NULL,
        methods TEXT NOT NULL CHECK (json_type(methods) = 'array'),
        flow TEXT NOT NULL CHECK (flow IN ('qr', 'link', 'backchannel')),
        started_at INTEGER NOT NULL,
        authenticated_at INTEGER NOT NULL,
        last_used_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL,
        ended_at INTEGER,
        browser TEXT NOT NULL,
        CHECK (cookie_digest IS NOT NULL OR ended_at IS NOT NULL)
    ) STRICT;
    INSERT INTO new_session (id, account, device, cookie_digest, acr, methods, flow, started_at, authenticated_at,
            last_used_at, expires_at, ended_at, browser)
        SELECT id, account, device, cookie_digest, acr, methods, flow, started_at, authenticated_at, last_used_at,
            expires_at, ended_at, browser
        FROM session ORDER BY rowid;
    DROP TABLE session;
    ALTER TABLE new_session RENAME TO session;
    CREATE INDEX session_account ON session (account, started_at);
    CREATE INDEX session_device ON session (device);
    CREATE INDEX session_over ON session (coalesce(ended_at, expires_at));

    -- What bound the answer to where it was asked for; NULL where the flow says it.
    CREATE TABLE new_grant (
        txn TEXT NOT NULL PRIMARY KEY,
        handle_class TEXT NOT NULL CHECK (handle_class IN ('ac', 'dc', 'ar')),
        handle_digest BLOB NOT NULL CHECK (length(handle_digest) = 32),
        client TEXT NOT NULL,
        tenant TEXT NOT NULL,
        account TEXT NOT NULL REFERENCES account (id),
        redirect_uri TEXT,
        scope TEXT NOT NULL,
        resource TEXT,
        nonce TEXT,
        code_challenge TEXT CHECK (length(code_challenge) = 43),
        proof_key TEXT CHECK (length(proof_key) = 43),
        subject TEXT NOT NULL REFERENCES pairwise (subject),
        acr TEXT NOT NULL,
        methods TEXT NOT NULL CHECK (json_type(methods) = 'array'),
        flow TEXT NOT NULL CHECK (flow IN ('qr', 'link', 'backchannel')),
        binding TEXT CHECK (binding IN ('code', 'return', 'call_code', 'none')),
        authenticated_at INTEGER NOT NULL,
        session TEXT NOT NULL REFERENCES session (id),
        released TEXT NOT NULL CHECK (json_type(released) = 'array'),
        id_token_claims TEXT NOT NULL CHECK (json_type(id_token_claims) = 'array'),
        expires_at INTEGER NOT NULL,
        redeemed_at INTEGER,
        revoked_at INTEGER,
        service TEXT,
        purpose_version TEXT NOT NULL DEFAULT '',
        context TEXT NOT NULL DEFAULT 'citizen',
        company TEXT,
        mandate TEXT,
        release TEXT,
        verified_claims TEXT CHECK (json_type(verified_claims) = 'object'),
        UNIQUE (handle_class, handle_digest)
    ) STRICT;
    INSERT INTO new_grant (txn, handle_class, handle_digest, client, tenant, account, redirect_uri, scope, resource,
            nonce, code_challenge, proof_key, subject, acr, methods, flow, authenticated_at, session, released,
            id_token_claims, expires_at, redeemed_at, revoked_at, service, purpose_version, context, company, mandate,
            release, verified_claims)
        SELECT txn, handle_class, handle_digest, client, tenant, account, redirect_uri, scope, resource, nonce,
            code_challenge, proof_key, subject, acr, methods, flow, authenticated_at, session, released,
            id_token_claims, expires_at, redeemed_at, revoked_at, service, purpose_version, context, company, mandate,
            release, verified_claims
        FROM authorization_grant ORDER BY rowid;
    DROP TABLE authorization_grant;
    ALTER TABLE new_grant RENAME TO authorization_grant;
    CREATE INDEX authorization_grant_expiry ON authorization_grant (expires_at);
    CREATE INDEX authorization_grant_session ON authorization_grant (session);
    CREATE INDEX authorization_grant_client ON authorization_grant (client);

    -- Whoever reported a request of a client hears of no other.
    CREATE TABLE back_channel_stop (
        account TEXT NOT NULL REFERENCES account (id),
        client TEXT NOT NULL CHECK (client <> ''),
        stopped_at INTEGER NOT NULL,
        PRIMARY KEY (account, client)
    ) STRICT, WITHOUT ROWID;
    """
