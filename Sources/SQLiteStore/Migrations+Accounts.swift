internal import GRDB

extension DatabaseMigrator {
    /// Version 3, the life of accounts: their states and those of their devices, links to identities elsewhere, notices,
    /// cases of possible duplicates and requests of the person.
    ///
    /// Tables whose CHECKs change are made anew. Foreign keys are off meanwhile and are checked at the end.
    mutating func registerAccounts() {
        registerMigration("v3-accounts") { db in try db.execute(sql: schemaOfAccounts) }
    }
}

private let schemaOfAccounts = """
    -- A person's number told in which order people came.
    CREATE TEMPORARY TABLE renamed_person (old INTEGER NOT NULL PRIMARY KEY, new TEXT NOT NULL UNIQUE);
    INSERT INTO renamed_person SELECT id, lower(hex(randomblob(16))) FROM person;
    CREATE TABLE person_of_version_3 (
        id TEXT NOT NULL PRIMARY KEY CHECK (id <> ''),
        attributes TEXT NOT NULL CHECK (json_type(attributes) = 'object'),
        -- A keyed hash of names and birth date; nothing is merged by it.
        likeness BLOB CHECK (length(likeness) = 32)
    ) STRICT;
    INSERT INTO person_of_version_3 (id, attributes)
        SELECT r.new, p.attributes FROM person p JOIN renamed_person r ON r.old = p.id;

    CREATE TABLE account_of_version_3 (
        id TEXT NOT NULL PRIMARY KEY CHECK (id <> ''),
        person TEXT UNIQUE REFERENCES person (id),
        level TEXT NOT NULL CHECK (level IN ('undefined', 'normal', 'substantiell', 'hoch')),
        state TEXT NOT NULL CHECK (state IN ('pending', 'active', 'locked', 'closing', 'closed')),
        lock_reason TEXT
            CHECK (lock_reason IN ('no_authenticator', 'self', 'attribute_invalid', 'fraud', 'authority', 'deceased')),
        block_digest BLOB UNIQUE CHECK (length(block_digest) = 32),
        created_at INTEGER NOT NULL,
        -- The last login, only so often written that a year without one is known.
        seen_at INTEGER NOT NULL,
        warned_at INTEGER,
        erase_at INTEGER,
        closed_at INTEGER,
        CHECK ((state = 'locked') = (lock_reason IS NOT NULL)),
        CHECK ((state = 'closing') = (erase_at IS NOT NULL)),
        CHECK ((state = 'closed') = (closed_at IS NOT NULL)),
        -- Of a closed account nothing is left that could say whose it was.
        CHECK ((state = 'closed') = (person IS NULL)),
        CHECK (state <> 'closed' OR block_digest IS NULL)
    ) STRICT;
    INSERT INTO account_of_version_3 (id, person, level, state, lock_reason, created_at, seen_at)
        SELECT a.id, r.new, a.level,
            CASE
                WHEN NOT EXISTS (SELECT 1 FROM device WHERE account = a.id) THEN 'pending'
                WHEN a.state = 'active' AND EXISTS (SELECT 1 FROM device WHERE account = a.id AND state = 'active')
                    THEN 'active'
                ELSE 'locked'
            END,
            CASE
                WHEN NOT EXISTS (SELECT 1 FROM device WHERE account = a.id) THEN NULL
                WHEN a.state = 'suspended' THEN 'authority'
                WHEN NOT EXISTS (SELECT 1 FROM device WHERE account = a.id AND state = 'active')
                    THEN 'no_authenticator'
            END,
            coalesce((SELECT min(created_at) FROM device WHERE account = a.id),
                (SELECT max(expires_at) FROM ticket WHERE account = a.id), 0),
            coalesce((SELECT max(coalesce(last_used_at, created_at)) FROM device WHERE account = a.id), 0)
        FROM account a JOIN renamed_person r ON r.old = a.person ORDER BY a.rowid;

    CREATE TABLE device_of_version_3 (
        id TEXT NOT NULL PRIMARY KEY,
        account TEXT NOT NULL REFERENCES account (id),
        name TEXT NOT NULL,
        model TEXT NOT NULL,
        system TEXT NOT NULL,
        -- The lower one of what its hardware reaches and what approved it.
        ceiling TEXT NOT NULL CHECK (ceiling IN ('undefined', 'normal', 'substantiell', 'hoch')),
        is_simulated INTEGER NOT NULL CHECK (is_simulated IN (0, 1)),
        state TEXT NOT NULL CHECK (state IN ('pending', 'active', 'suspended', 'locked', 'revoked', 'expired')),
        suspended_for TEXT CHECK (suspended_for IN ('lost', 'copied')),
        -- When a waiting device counts by itself; nil when it needs an approval.
        usable_from INTEGER,
        counter INTEGER NOT NULL CHECK (counter >= 0),
        pin_tries_left INTEGER NOT NULL CHECK (pin_tries_left BETWEEN 0 AND 3),
        block_digest BLOB NOT NULL UNIQUE CHECK (length(block_digest) = 32),
        created_at INTEGER NOT NULL,
        last_used_at INTEGER,
        CHECK (pin_tries_left > 0 OR state <> 'active'),
        CHECK ((state = 'suspended') = (suspended_for IS NOT NULL)),
        CHECK (usable_from IS NULL OR state = 'pending')
    ) STRICT;
    INSERT INTO device_of_version_3 (id, account, name, model, system, ceiling, is_simulated, state, suspended_for,
            counter, pin_tries_left, block_digest, created_at, last_used_at)
        SELECT id, account, name, model, system, ceiling, is_simulated, state,
            iif(state = 'suspended', 'lost', NULL), counter, pin_tries_left, block_digest, created_at, last_used_at
        FROM device ORDER BY rowid;

    DROP TABLE renamed_person;
    DROP TABLE device;
    DROP TABLE account;
    DROP TABLE person;
    ALTER TABLE person_of_version_3 RENAME TO person;
    ALTER TABLE account_of_version_3 RENAME TO account;
    ALTER TABLE device_of_version_3 RENAME TO device;
    CREATE INDEX person_likeness ON person (likeness) WHERE likeness IS NOT NULL;
    CREATE INDEX person_without_likeness ON person (id)
        WHERE likeness IS NULL AND json_extract(attributes, '$.birthdate') IS NOT NULL;
    CREATE INDEX account_pending ON account (created_at) WHERE state = 'pending';
    CREATE INDEX account_closing ON account (erase_at) WHERE state = 'closing';
    CREATE INDEX account_closed ON account (closed_at) WHERE state = 'closed';
    CREATE INDEX account_seen ON account (seen_at) WHERE state = 'active' AND warned_at IS NULL;
    CREATE INDEX account_warned ON account (warned_at) WHERE state = 'active' AND warned_at IS NOT NULL;
    CREATE INDEX device_account ON device (account);
    CREATE INDEX device_pending ON device (created_at) WHERE state = 'pending';
    CREATE INDEX device_age ON device (created_at) WHERE state = 'active';

    ALTER TABLE device_key ADD COLUMN state TEXT NOT NULL DEFAULT 'active'
        CHECK (state IN ('active', 'revoked', 'compromised'));
    ALTER TABLE ticket ADD COLUMN purpose TEXT NOT NULL DEFAULT 'first'
        CHECK (purpose IN ('first', 'reactivation', 'desk', 'device'));
    ALTER TABLE ticket ADD COLUMN level TEXT NOT NULL DEFAULT 'substantiell'
        CHECK (level IN ('undefined', 'normal', 'substantiell', 'hoch'));
    UPDATE ticket SET level = (SELECT level FROM account WHERE id = ticket.account);
    CREATE INDEX ticket_account ON ticket (account);

    -- One open account for each identity elsewhere (I1); the pseudonym there is not kept.
    CREATE TABLE identity_link (
        digest BLOB NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
        account TEXT NOT NULL REFERENCES account (id),
        upstream TEXT NOT NULL CHECK (upstream IN ('bundid', 'muk', 'eid', 'eidas', 'counter')),
        level TEXT NOT NULL CHECK (level IN ('undefined', 'normal', 'substantiell', 'hoch')),
        linked_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX identity_link_account ON identity_link (account);

    CREATE TABLE notice (
        id TEXT NOT NULL PRIMARY KEY CHECK (id <> ''),
        account TEXT NOT NULL REFERENCES account (id),
        kind TEXT NOT NULL,
        detail TEXT,
        time INTEGER NOT NULL,
        read_at INTEGER
    ) STRICT;
    CREATE INDEX notice_account ON notice (account, time);
    CREATE INDEX notice_time ON notice (time);

    CREATE TABLE duplicate_case (
        id TEXT NOT NULL PRIMARY KEY CHECK (id <> ''),
        tenant TEXT NOT NULL,
        likeness BLOB NOT NULL CHECK (length(likeness) = 32),
        state TEXT NOT NULL CHECK (state IN ('open', 'same_person', 'other_person')),
        opened_at INTEGER NOT NULL,
        answered_at INTEGER,
        CHECK ((state = 'open') = (answered_at IS NULL))
    ) STRICT;
    CREATE UNIQUE INDEX duplicate_case_open ON duplicate_case (tenant, likeness) WHERE state = 'open';
    CREATE INDEX duplicate_case_likeness ON duplicate_case (likeness);
    CREATE INDEX duplicate_case_age ON duplicate_case (opened_at);

    -- A portal hears that an account is gone when there is no session and no pairwise row any more.
    CREATE TABLE logout_delivery_of_version_3 (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        client TEXT NOT NULL,
        subject TEXT NOT NULL,
        session TEXT,
        state TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
        attempts INTEGER NOT NULL CHECK (attempts >= 0),
        created_at INTEGER NOT NULL,
        next_attempt_at INTEGER NOT NULL,
        last_failure TEXT,
        UNIQUE (session, client)
    ) STRICT;
    INSERT INTO logout_delivery_of_version_3 (id, client, subject, session, state, attempts, created_at,
            next_attempt_at, last_failure)
        SELECT id, client, subject, session, state, attempts, created_at, next_attempt_at, last_failure
        FROM logout_delivery ORDER BY id;
    DROP TABLE logout_delivery;
    ALTER TABLE logout_delivery_of_version_3 RENAME TO logout_delivery;
    CREATE INDEX logout_delivery_due ON logout_delivery (next_attempt_at) WHERE state = 'pending';
    CREATE INDEX logout_delivery_over ON logout_delivery (created_at) WHERE state <> 'pending';
    CREATE INDEX logout_delivery_client ON logout_delivery (client);
    CREATE INDEX logout_delivery_subject ON logout_delivery (subject);

    -- Rows were erased of which the file may still hold copies, since then.
    CREATE TABLE erasure_trace (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        since INTEGER NOT NULL
    ) STRICT;

    -- What a person asked for (GDPR Art. 15-18), and how it ended.
    CREATE TABLE data_subject_request (
        id TEXT NOT NULL PRIMARY KEY CHECK (id <> ''),
        account TEXT NOT NULL REFERENCES account (id),
        tenant TEXT,
        kind TEXT NOT NULL CHECK (kind IN ('access', 'export', 'rectify', 'erase', 'restrict')),
        state TEXT NOT NULL CHECK (state IN ('received', 'identity_checked', 'running', 'done', 'refused')),
        refusal TEXT,
        received_at INTEGER NOT NULL,
        due_at INTEGER NOT NULL,
        ended_at INTEGER,
        CHECK ((state IN ('done', 'refused')) = (ended_at IS NOT NULL)),
        CHECK ((state = 'refused') = (refusal IS NOT NULL))
    ) STRICT;
    CREATE INDEX data_subject_request_account ON data_subject_request (account);
    CREATE INDEX data_subject_request_due ON data_subject_request (due_at) WHERE ended_at IS NULL;
    CREATE INDEX data_subject_request_ended ON data_subject_request (ended_at) WHERE ended_at IS NOT NULL;
    """
