internal import GRDB

extension DatabaseMigrator {
    /// Releases in place of consents: for one service and purpose, in one context, with a beginning and an end. Evidence
    /// and what was verified by it. Subjects of other contexts than the citizen's.
    ///
    /// Foreign keys are checked at the end: the table of subjects is built again, and others refer to it.
    mutating func registerReleases() {
        registerMigration("v3-releases") { db in try db.execute(sql: schema3Releases) }
    }
}

private let schema3Releases = """
    -- The service is empty for a login that is for none, the version where there was no purpose to read.
    CREATE TABLE claim_release (
        id TEXT NOT NULL PRIMARY KEY CHECK (id <> ''),
        account TEXT NOT NULL REFERENCES account (id),
        context TEXT NOT NULL CHECK (context = 'citizen' OR context GLOB 'company:?*'),
        client TEXT NOT NULL,
        tenant TEXT,
        service TEXT NOT NULL,
        purpose_version TEXT NOT NULL,
        asked TEXT NOT NULL CHECK (json_type(asked) = 'array'),
        released TEXT NOT NULL CHECK (json_type(released) = 'array'),
        granted_at INTEGER NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('granted', 'withdrawn', 'superseded', 'expired')),
        ended_at INTEGER,
        CHECK ((ended_at IS NULL) = (state = 'granted'))
    ) STRICT;
    -- One is in force for a service: whoever reads a new purpose decides anew.
    CREATE UNIQUE INDEX claim_release_in_force ON claim_release (account, context, client, service)
        WHERE state = 'granted';
    CREATE INDEX claim_release_account ON claim_release (account);
    CREATE INDEX claim_release_over ON claim_release (ended_at) WHERE state <> 'granted';
    INSERT INTO claim_release (id, account, context, client, tenant, service, purpose_version, asked, released,
            granted_at, state)
        SELECT lower(hex(randomblob(16))), account, 'citizen', client,
            (SELECT tenant FROM authorization_grant g WHERE g.client = consent.client LIMIT 1), '', '', asked, released,
            granted_at, 'granted'
        FROM consent;
    -- Before version 2 nobody's consent was remembered: what a grant says was released.
    INSERT INTO claim_release (id, account, context, client, tenant, service, purpose_version, asked, released,
            granted_at, state)
        SELECT lower(hex(randomblob(16))), account, 'citizen', client, tenant, '', '', released, released,
            authenticated_at, 'granted'
        FROM authorization_grant g
        WHERE rowid IN (SELECT max(rowid) FROM authorization_grant GROUP BY account, client)
            AND NOT EXISTS (SELECT 1 FROM claim_release r WHERE r.account = g.account AND r.client = g.client);
    DROP TABLE consent;

    -- A grant keeps what it was for. Its release is looked up when it is used: what was withdrawn is not given any more.
    ALTER TABLE authorization_grant ADD COLUMN service TEXT;
    ALTER TABLE authorization_grant ADD COLUMN purpose_version TEXT NOT NULL DEFAULT '';
    ALTER TABLE authorization_grant ADD COLUMN context TEXT NOT NULL DEFAULT 'citizen';
    ALTER TABLE authorization_grant ADD COLUMN company TEXT;
    ALTER TABLE authorization_grant ADD COLUMN mandate TEXT;
    ALTER TABLE authorization_grant ADD COLUMN release TEXT;
    ALTER TABLE authorization_grant ADD COLUMN verified_claims TEXT CHECK (json_type(verified_claims) = 'object');
    UPDATE authorization_grant SET release = (
        SELECT id FROM claim_release r
        WHERE r.account = authorization_grant.account AND r.client = authorization_grant.client);

    -- How somebody's identity was proved; never the document.
    CREATE TABLE evidence (
        id TEXT NOT NULL PRIMARY KEY CHECK (id <> ''),
        account TEXT NOT NULL REFERENCES account (id),
        method TEXT NOT NULL CHECK (method IN ('counter', 'eid', 'upstream', 'letter')),
        performer TEXT,
        checked_at INTEGER NOT NULL,
        level TEXT NOT NULL CHECK (level IN ('undefined', 'normal', 'substantiell', 'hoch')),
        document_type TEXT,
        document_country TEXT CHECK (length(document_country) = 2),
        expires_at INTEGER
    ) STRICT;
    CREATE INDEX evidence_account ON evidence (account);

    -- The newest evidence behind each claim. The value is in the person's attributes and nowhere else.
    CREATE TABLE verified_attribute (
        account TEXT NOT NULL REFERENCES account (id),
        claim TEXT NOT NULL,
        evidence TEXT NOT NULL REFERENCES evidence (id),
        level TEXT NOT NULL CHECK (level IN ('undefined', 'normal', 'substantiell', 'hoch')),
        state TEXT NOT NULL CHECK (state IN ('valid', 'stale', 'revoked', 'superseded')),
        PRIMARY KEY (account, claim)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX verified_attribute_evidence ON verified_attribute (evidence);

    -- Whoever has an account was at a counter.
    INSERT INTO evidence (id, account, method, performer, checked_at, level)
        SELECT lower(hex(randomblob(16))), id, 'counter',
            (SELECT tenant FROM ticket t WHERE t.account = a.id LIMIT 1),
            coalesce((SELECT min(created_at) FROM device d WHERE d.account = a.id), 0), level
        FROM account a WHERE level <> 'undefined';
    INSERT INTO verified_attribute (account, claim, evidence, level, state)
        SELECT e.account, member.key, e.id, e.level, 'valid'
        FROM evidence e JOIN account a ON a.id = e.account JOIN person p ON p.id = a.person,
            json_each(p.attributes) AS member
        WHERE member.key IN ('given_name', 'family_name', 'title', 'birthdate', 'birth_family_name',
            'place_of_birth', 'address');

    CREATE TABLE new_pairwise (
        subject TEXT NOT NULL PRIMARY KEY,
        account TEXT NOT NULL REFERENCES account (id),
        sector TEXT NOT NULL,
        context TEXT NOT NULL CHECK (context = 'citizen' OR context GLOB 'company:?*'),
        UNIQUE (account, sector, context)
    ) STRICT;
    INSERT INTO new_pairwise (subject, account, sector, context)
        SELECT subject, account, sector, context FROM pairwise;
    DROP TABLE pairwise;
    ALTER TABLE new_pairwise RENAME TO pairwise;
    """
