internal import GRDB

extension DatabaseMigrator {
    /// Mandates, who approved them, and how portals name companies.
    mutating func registerMandates() {
        registerMigration("v3-mandates", foreignKeyChecks: .immediate) { db in try db.execute(sql: mandates) }
    }
}

/// The words in the CHECKs are those of the Swift enumerations; a test compares them.
private let mandates = """
    -- `company` is the one that the holder acts for, `grantor` the one that gave the mandate: in the second link of a
    -- chain the service company.
    CREATE TABLE mandate (
        id TEXT NOT NULL PRIMARY KEY CHECK (id <> ''),
        company TEXT NOT NULL REFERENCES company (id),
        grantor TEXT NOT NULL REFERENCES company (id),
        grantee_membership TEXT REFERENCES membership (id),
        grantee_company TEXT REFERENCES company (id),
        parent TEXT REFERENCES mandate (id),
        depth INTEGER NOT NULL CHECK (depth BETWEEN 1 AND 2),
        replaces TEXT REFERENCES mandate (id),
        scopes TEXT NOT NULL CHECK (json_type(scopes) = 'array' AND json_array_length(scopes) > 0),
        tenants TEXT NOT NULL CHECK (json_type(tenants) = 'array' AND json_array_length(tenants) > 0),
        establishments TEXT NOT NULL
            CHECK (json_type(establishments) = 'array' AND json_array_length(establishments) > 0),
        limit_hundredths INTEGER CHECK (limit_hundredths BETWEEN 0 AND 99999999999999),
        limit_currency TEXT CHECK (limit_currency IN
            ('EUR', 'BGN', 'CZK', 'DKK', 'NOK', 'PLN', 'GBP', 'RON', 'SEK', 'CHF', 'USD')),
        valid_from TEXT NOT NULL CHECK (length(valid_from) = 10),
        valid_until TEXT NOT NULL CHECK (length(valid_until) = 10),
        may_delegate INTEGER NOT NULL CHECK (may_delegate IN (0, 1)),
        approvals_needed INTEGER NOT NULL CHECK (approvals_needed BETWEEN 1 AND 64),
        basis TEXT NOT NULL CHECK (basis IN ('register', 'delegated', 'appointed', 'law')),
        reason TEXT NOT NULL CHECK (reason <> ''),
        state TEXT NOT NULL CHECK (state IN
            ('draft', 'awaiting_cosign', 'active', 'suspended', 'revoked', 'expired', 'superseded')),
        proposed_by TEXT NOT NULL REFERENCES membership (id),
        proposed_at INTEGER NOT NULL,
        activated_at INTEGER,
        granted_by TEXT CHECK (granted_by IN ('legal_representative', 'org_admin', 'rights_admin', 'delegate')),
        ended_at INTEGER,
        CHECK ((grantee_membership IS NULL) <> (grantee_company IS NULL)),
        CHECK (grantee_company IS NULL OR grantee_company NOT IN (company, grantor)),
        CHECK ((parent IS NULL) = (depth = 1)),
        CHECK (depth = 1 OR grantee_membership IS NOT NULL),
        CHECK (depth = 1 OR may_delegate = 0),
        CHECK (parent IS NOT NULL OR company = grantor),
        CHECK (valid_from <= valid_until),
        CHECK ((limit_hundredths IS NULL) = (limit_currency IS NULL)),
        CHECK ((activated_at IS NULL) = (granted_by IS NULL)),
        CHECK (state NOT IN ('active', 'suspended', 'superseded') OR activated_at IS NOT NULL),
        CHECK ((ended_at IS NOT NULL) = (state IN ('revoked', 'expired', 'superseded')))
    ) STRICT;
    CREATE INDEX mandate_company ON mandate (company, proposed_at);
    CREATE INDEX mandate_grantor ON mandate (grantor, proposed_at);
    CREATE INDEX mandate_member ON mandate (grantee_membership, company) WHERE grantee_membership IS NOT NULL;
    CREATE INDEX mandate_service_company ON mandate (grantee_company, company) WHERE grantee_company IS NOT NULL;
    CREATE INDEX mandate_parent ON mandate (parent) WHERE parent IS NOT NULL;
    CREATE INDEX mandate_last_day ON mandate (valid_until) WHERE ended_at IS NULL;

    -- Of one member, and with one device, once (I16).
    CREATE TABLE mandate_approval (
        mandate TEXT NOT NULL REFERENCES mandate (id),
        membership TEXT NOT NULL REFERENCES membership (id),
        device TEXT NOT NULL REFERENCES device (id),
        approved_at INTEGER NOT NULL,
        PRIMARY KEY (mandate, membership),
        UNIQUE (mandate, device)
    ) STRICT, WITHOUT ROWID;

    -- A company's name in a sector: random, made at the first need, the same ever after. Sole traders are people, so a
    -- company's name is as pairwise as a person's.
    CREATE TABLE company_subject (
        subject TEXT NOT NULL PRIMARY KEY CHECK (subject <> ''),
        company TEXT NOT NULL REFERENCES company (id),
        sector TEXT NOT NULL,
        UNIQUE (company, sector)
    ) STRICT;
    """
