internal import GRDB

extension DatabaseMigrator {
    /// Every version of the schema, the oldest first. A migration that was released is never changed.
    static var citizenID: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("v1", foreignKeyChecks: .immediate) { db in try db.execute(sql: schema1) }
        migrator.registerSigningAlgorithms()
        migrator.registerMigration("v2", foreignKeyChecks: .immediate) { db in try db.execute(sql: schema2) }
        migrator.registerAudit()
        migrator.registerAccounts()
        migrator.registerCompanies()
        migrator.registerMandates()
        migrator.registerReleases()
        migrator.registerMigration("v3-administration", foreignKeyChecks: .immediate) { db in
            try db.execute(sql: schema3Administration)
        }
        migrator.registerTemplates()
        migrator.registerCompanyClerks()
        migrator.registerCompanyFreezes()
        migrator.registerInvitationExpectations()
        migrator.registerAuditRetention()
        migrator.registerDataRequests()
        migrator.registerDeviceCertificates()
        migrator.registerBackChannel()
        migrator.registerFoundingPowers()
        migrator.registerLoweredDevices()
        migrator.registerRelayResistance()
        migrator.registerKnownBrowsers()
        migrator.registerSessionGrants()
        migrator.registerServedTenants()
        migrator.registerObjections()
        migrator.registerRegisterEntries()
        migrator.registerRetention()
        migrator.registerLogoutTurns()
        migrator.registerRefusedAnswers()
        migrator.registerContextGrants()
        migrator.registerLocks()
        migrator.registerRolesOfRegion()
        migrator.registerNormalForm()
        migrator.registerRegistrationTokens()
        migrator.registerLevelBounds()
        migrator.registerMembershipEvents()
        return migrator
    }

    /// Looks at the database with a connection that cannot write, before any other connection opens it.
    func refuseNewerSchema(_ path: String) throws {
        var configuration = Configuration()
        configuration.readonly = true
        let database = try DatabaseQueue(path: path, configuration: configuration)
        defer { try? database.close() }
        guard try !database.read(hasBeenSuperseded) else { throw StorageFault.newerSchema }
    }
}

/// The words in the CHECKs are those of the Swift enumerations; a test compares them. Kinds of audit events and classes
/// of one-time values are open: more will come, and old rows must stay as they are.
private let schema1 = """
    CREATE TABLE person (
        id INTEGER PRIMARY KEY,
        attributes TEXT NOT NULL CHECK (json_type(attributes) = 'object')
    ) STRICT;

    CREATE TABLE account (
        id TEXT NOT NULL PRIMARY KEY CHECK (id <> ''),
        person INTEGER NOT NULL UNIQUE REFERENCES person (id),
        level TEXT NOT NULL CHECK (level IN ('undefined', 'normal', 'substantiell', 'hoch')),
        state TEXT NOT NULL CHECK (state IN ('registered', 'active', 'suspended'))
    ) STRICT;

    CREATE TABLE ticket (
        digest BLOB NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
        account TEXT NOT NULL REFERENCES account (id),
        tenant TEXT NOT NULL,
        expires_at INTEGER NOT NULL,
        used_at INTEGER
    ) STRICT;
    CREATE INDEX ticket_expiry ON ticket (expires_at);

    CREATE TABLE device (
        id TEXT NOT NULL PRIMARY KEY,
        account TEXT NOT NULL REFERENCES account (id),
        name TEXT NOT NULL,
        model TEXT NOT NULL,
        system TEXT NOT NULL,
        ceiling TEXT NOT NULL CHECK (ceiling IN ('undefined', 'normal', 'substantiell', 'hoch')),
        is_simulated INTEGER NOT NULL CHECK (is_simulated IN (0, 1)),
        state TEXT NOT NULL CHECK (state IN ('active', 'suspended', 'locked')),
        counter INTEGER NOT NULL CHECK (counter >= 0),
        pin_tries_left INTEGER NOT NULL CHECK (pin_tries_left BETWEEN 0 AND 3),
        block_digest BLOB NOT NULL UNIQUE CHECK (length(block_digest) = 32),
        created_at INTEGER NOT NULL,
        last_used_at INTEGER,
        CHECK (pin_tries_left > 0 OR state <> 'active')
    ) STRICT;
    CREATE INDEX device_account ON device (account);

    -- One thumbprint occurs once in the whole region, whatever kind of key it is.
    CREATE TABLE device_key (
        thumbprint TEXT NOT NULL PRIMARY KEY CHECK (length(thumbprint) = 43),
        device TEXT NOT NULL REFERENCES device (id),
        kind TEXT NOT NULL CHECK (kind IN ('auth', 'inst', 'pin')),
        jwk TEXT NOT NULL CHECK (json_type(jwk) = 'object'),
        UNIQUE (device, kind)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE pairwise (
        subject TEXT NOT NULL PRIMARY KEY,
        account TEXT NOT NULL REFERENCES account (id),
        sector TEXT NOT NULL,
        context TEXT NOT NULL CHECK (context IN ('citizen')),
        UNIQUE (account, sector, context)
    ) STRICT;

    CREATE TABLE login_answer (
        txn TEXT NOT NULL PRIMARY KEY,
        device TEXT NOT NULL REFERENCES device (id),
        response_digest TEXT NOT NULL CHECK (length(response_digest) = 43),
        decision TEXT NOT NULL CHECK (decision IN ('approve', 'deny', 'report')),
        answered_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX login_answer_time ON login_answer (answered_at);

    CREATE TABLE session (
        id TEXT NOT NULL PRIMARY KEY CHECK (id <> ''),
        account TEXT NOT NULL REFERENCES account (id),
        device TEXT NOT NULL REFERENCES device (id),
        started_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX session_start ON session (started_at);

    CREATE TABLE authorization_grant (
        txn TEXT NOT NULL PRIMARY KEY REFERENCES login_answer (txn),
        code_digest BLOB NOT NULL UNIQUE CHECK (length(code_digest) = 32),
        client TEXT NOT NULL,
        tenant TEXT NOT NULL,
        account TEXT NOT NULL REFERENCES account (id),
        redirect_uri TEXT NOT NULL,
        scope TEXT NOT NULL,
        nonce TEXT,
        code_challenge TEXT NOT NULL CHECK (length(code_challenge) = 43),
        subject TEXT NOT NULL REFERENCES pairwise (subject),
        acr TEXT NOT NULL,
        methods TEXT NOT NULL CHECK (json_type(methods) = 'array'),
        flow TEXT NOT NULL CHECK (flow IN ('qr', 'link')),
        authenticated_at INTEGER NOT NULL,
        session TEXT NOT NULL REFERENCES session (id),
        released TEXT NOT NULL CHECK (json_type(released) = 'array'),
        expires_at INTEGER NOT NULL,
        redeemed_at INTEGER,
        revoked_at INTEGER
    ) STRICT;
    CREATE INDEX authorization_grant_expiry ON authorization_grant (expires_at);
    CREATE INDEX authorization_grant_session ON authorization_grant (session);

    -- The class is part of the key: no value of one class counts in another.
    CREATE TABLE used_once (
        class TEXT NOT NULL CHECK (class <> ''),
        value TEXT NOT NULL,
        expires_at INTEGER NOT NULL,
        PRIMARY KEY (class, value)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX used_once_expiry ON used_once (expires_at);

    CREATE TABLE signing_key (
        position INTEGER PRIMARY KEY,
        thumbprint TEXT NOT NULL UNIQUE CHECK (length(thumbprint) = 43),
        algorithm TEXT NOT NULL CHECK (algorithm IN ('ES256', 'RS256')),
        stage TEXT NOT NULL CHECK (stage IN ('next', 'current', 'retiring')),
        since INTEGER NOT NULL,
        sealed BLOB NOT NULL
    ) STRICT;

    CREATE TABLE secret (
        name TEXT NOT NULL PRIMARY KEY,
        sealed BLOB NOT NULL
    ) STRICT;

    CREATE TABLE region_document (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        document TEXT NOT NULL
    ) STRICT;

    CREATE TABLE audit_event (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        kind TEXT NOT NULL CHECK (kind GLOB '[a-z]*.[a-z]*'),
        time INTEGER NOT NULL,
        tenant TEXT,
        object TEXT,
        txn TEXT
    ) STRICT;
    CREATE TRIGGER audit_event_not_updated BEFORE UPDATE ON audit_event
    BEGIN SELECT RAISE(ABORT, 'audit events are not changed'); END;
    CREATE TRIGGER audit_event_not_deleted BEFORE DELETE ON audit_event
    BEGIN SELECT RAISE(ABORT, 'audit events are not deleted'); END;
    -- INSERT OR REPLACE would delete without asking the trigger above.
    CREATE TRIGGER audit_event_not_replaced BEFORE INSERT ON audit_event
    WHEN EXISTS (SELECT 1 FROM audit_event WHERE seq = NEW.seq)
    BEGIN SELECT RAISE(ABORT, 'audit events are not replaced'); END;
    """
