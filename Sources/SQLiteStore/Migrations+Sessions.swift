/// Version 2: sessions that let other portals in, refresh tokens, consent, logout and clients that registered
/// themselves.
///
/// Version 1 wrote a session for each login and never used it: its sessions are over. The codes that it gave out are
/// not of the class that is asked for now, and lived for a minute anyway; their grants stay as a record.
let schema2 = """
    DROP INDEX authorization_grant_expiry;
    DROP INDEX authorization_grant_session;
    DROP INDEX session_start;
    ALTER TABLE authorization_grant RENAME TO grant_of_version_1;
    ALTER TABLE session RENAME TO session_of_version_1;

    -- Only sessions of version 1, which are over, have no cookie.
    CREATE TABLE session (
        id TEXT NOT NULL PRIMARY KEY CHECK (id <> ''),
        account TEXT NOT NULL REFERENCES account (id),
        device TEXT NOT NULL REFERENCES device (id),
        cookie_digest BLOB UNIQUE CHECK (length(cookie_digest) = 32),
        acr TEXT NOT NULL,
        methods TEXT NOT NULL CHECK (json_type(methods) = 'array'),
        flow TEXT NOT NULL CHECK (flow IN ('qr', 'link')),
        started_at INTEGER NOT NULL,
        authenticated_at INTEGER NOT NULL,
        last_used_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL,
        ended_at INTEGER,
        browser TEXT NOT NULL,
        CHECK (cookie_digest IS NOT NULL OR ended_at IS NOT NULL)
    ) STRICT;
    INSERT INTO session (id, account, device, acr, methods, flow, started_at, authenticated_at, last_used_at,
            expires_at, ended_at, browser)
        SELECT s.id, s.account, s.device, coalesce(g.acr, 'http://bsi.bund.de/eID/LoA/undefined'),
            coalesce(g.methods, '[]'), coalesce(g.flow, 'qr'), s.started_at, s.started_at, s.started_at,
            s.started_at, s.started_at, ''
        FROM session_of_version_1 s LEFT JOIN grant_of_version_1 g ON g.session = s.id ORDER BY s.rowid;
    CREATE INDEX session_account ON session (account, started_at);
    CREATE INDEX session_device ON session (device);
    CREATE INDEX session_over ON session (coalesce(ended_at, expires_at));

    -- A grant's transaction is that of a login, or of a request that a session answered.
    CREATE TABLE authorization_grant (
        txn TEXT NOT NULL PRIMARY KEY,
        handle_class TEXT NOT NULL CHECK (handle_class IN ('ac', 'dc')),
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
        flow TEXT NOT NULL CHECK (flow IN ('qr', 'link')),
        authenticated_at INTEGER NOT NULL,
        session TEXT NOT NULL REFERENCES session (id),
        released TEXT NOT NULL CHECK (json_type(released) = 'array'),
        id_token_claims TEXT NOT NULL CHECK (json_type(id_token_claims) = 'array'),
        expires_at INTEGER NOT NULL,
        redeemed_at INTEGER,
        revoked_at INTEGER,
        UNIQUE (handle_class, handle_digest)
    ) STRICT;
    INSERT INTO authorization_grant (txn, handle_class, handle_digest, client, tenant, account, redirect_uri, scope,
            nonce, code_challenge, subject, acr, methods, flow, authenticated_at, session, released, id_token_claims,
            expires_at, redeemed_at, revoked_at)
        SELECT txn, 'ac', code_digest, client, tenant, account, redirect_uri, scope, nonce, code_challenge, subject,
            acr, methods, flow, authenticated_at, session, released, '[]', expires_at, redeemed_at, revoked_at
        FROM grant_of_version_1 ORDER BY rowid;
    DROP TABLE grant_of_version_1;
    DROP TABLE session_of_version_1;
    CREATE INDEX authorization_grant_expiry ON authorization_grant (expires_at);
    CREATE INDEX authorization_grant_session ON authorization_grant (session);
    CREATE INDEX authorization_grant_client ON authorization_grant (client);

    CREATE TABLE refresh_token (
        digest BLOB NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
        txn TEXT NOT NULL REFERENCES authorization_grant (txn),
        client TEXT NOT NULL,
        proof_key TEXT CHECK (length(proof_key) = 43),
        issued_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL,
        used_at INTEGER,
        successor BLOB CHECK (length(successor) = 32),
        CHECK ((used_at IS NULL) = (successor IS NULL)),
        -- A token that is bound to a key stays what it is.
        CHECK (proof_key IS NULL OR used_at IS NULL)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX refresh_token_txn ON refresh_token (txn);
    CREATE INDEX refresh_token_expiry ON refresh_token (expires_at);

    CREATE TABLE consent (
        account TEXT NOT NULL REFERENCES account (id),
        client TEXT NOT NULL,
        asked TEXT NOT NULL CHECK (json_type(asked) = 'array'),
        released TEXT NOT NULL CHECK (json_type(released) = 'array'),
        granted_at INTEGER NOT NULL,
        PRIMARY KEY (account, client)
    ) STRICT, WITHOUT ROWID;

    -- Deliveries outlive the session that they speak of.
    CREATE TABLE logout_delivery (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        client TEXT NOT NULL,
        subject TEXT NOT NULL REFERENCES pairwise (subject),
        session TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
        attempts INTEGER NOT NULL CHECK (attempts >= 0),
        created_at INTEGER NOT NULL,
        next_attempt_at INTEGER NOT NULL,
        last_failure TEXT,
        UNIQUE (session, client)
    ) STRICT;
    CREATE INDEX logout_delivery_due ON logout_delivery (next_attempt_at) WHERE state = 'pending';
    CREATE INDEX logout_delivery_over ON logout_delivery (created_at) WHERE state <> 'pending';
    CREATE INDEX logout_delivery_client ON logout_delivery (client);

    CREATE TABLE client_registration (
        client TEXT NOT NULL PRIMARY KEY,
        tenant TEXT NOT NULL,
        metadata TEXT NOT NULL CHECK (json_type(metadata) = 'object'),
        secret_digest TEXT CHECK (length(secret_digest) = 43),
        access_token BLOB NOT NULL UNIQUE CHECK (length(access_token) = 32),
        created_at INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE initial_access_token (
        digest BLOB NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
        tenant TEXT NOT NULL,
        uses_left INTEGER NOT NULL CHECK (uses_left >= 0),
        expires_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX initial_access_token_expiry ON initial_access_token (expires_at);
    """
