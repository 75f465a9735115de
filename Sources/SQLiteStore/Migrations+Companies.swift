internal import GRDB

extension DatabaseMigrator {
    /// Companies and the people in them.
    mutating func registerCompanies() {
        registerMigration("v3-companies", foreignKeyChecks: .immediate) { db in try db.execute(sql: companies) }
    }
}

/// The words in the CHECKs are those of the Swift enumerations; a test compares them.
private let companies = """
    -- `details` are erased when a sole trader's account ends: they are personal data. EUID, business number and trade
    -- stand in columns of their own as well, so that indexes keep them unique (I19).
    CREATE TABLE company (
        id TEXT NOT NULL PRIMARY KEY CHECK (id <> ''),
        details TEXT CHECK (json_type(details) = 'object'),
        state TEXT NOT NULL CHECK (state IN ('draft', 'verifying', 'active', 'frozen', 'closing', 'closed')),
        freeze_reason TEXT CHECK (freeze_reason IN
            ('dissolved', 'insolvency', 'dispute', 'authority', 'no_administrator')),
        level TEXT NOT NULL CHECK (level IN ('undefined', 'normal', 'substantiell', 'hoch')),
        floor TEXT NOT NULL CHECK (floor IN ('undefined', 'normal', 'substantiell', 'hoch')),
        approvers_needed INTEGER NOT NULL CHECK (approvers_needed BETWEEN 1 AND 9),
        euid TEXT,
        business_number TEXT,
        trade TEXT,
        created_at INTEGER NOT NULL,
        changed_at INTEGER NOT NULL,
        CHECK ((state = 'frozen') = (freeze_reason IS NOT NULL)),
        CHECK (details IS NOT NULL OR state = 'closed'),
        CHECK (state NOT IN ('active', 'frozen') OR level <> 'undefined')
    ) STRICT;
    -- A draft blocks nobody: whoever proves it first is the company.
    CREATE UNIQUE INDEX company_euid ON company (euid) WHERE state IN ('active', 'frozen', 'closing');
    CREATE UNIQUE INDEX company_business ON company (business_number) WHERE state IN ('active', 'frozen', 'closing');
    CREATE UNIQUE INDEX company_trade ON company (trade) WHERE state IN ('active', 'frozen', 'closing');
    CREATE INDEX company_waiting ON company (changed_at) WHERE state IN ('draft', 'verifying', 'closing');

    CREATE TABLE membership (
        id TEXT NOT NULL PRIMARY KEY CHECK (id <> ''),
        company TEXT NOT NULL REFERENCES company (id),
        account TEXT NOT NULL REFERENCES account (id),
        roles TEXT NOT NULL CHECK (json_type(roles) = 'array' AND json_array_length(roles) > 0),
        is_administrator INTEGER NOT NULL CHECK (is_administrator IN (0, 1)),
        state TEXT NOT NULL CHECK (state IN ('active', 'suspended', 'ended')),
        suspension TEXT CHECK (suspension IN ('administrator', 'consent_withdrawn', 'account_locked')),
        level TEXT NOT NULL CHECK (level IN ('undefined', 'normal', 'substantiell', 'hoch')),
        since INTEGER NOT NULL,
        valid_until INTEGER,
        ended_at INTEGER,
        end_reason TEXT CHECK (end_reason IN ('left', 'removed', 'over', 'company_closed', 'account_closed')),
        CHECK ((state = 'suspended') = (suspension IS NOT NULL)),
        CHECK ((state = 'ended') = (ended_at IS NOT NULL) AND (state = 'ended') = (end_reason IS NOT NULL)),
        CHECK (is_administrator = 0 OR valid_until IS NULL)
    ) STRICT;
    CREATE UNIQUE INDEX membership_open ON membership (company, account) WHERE state <> 'ended';
    CREATE INDEX membership_account ON membership (account);
    CREATE INDEX membership_administrators ON membership (company) WHERE is_administrator = 1 AND state <> 'ended';
    CREATE INDEX membership_over ON membership (valid_until) WHERE valid_until IS NOT NULL AND state <> 'ended';

    CREATE TABLE invitation (
        id TEXT NOT NULL PRIMARY KEY CHECK (id <> ''),
        company TEXT NOT NULL REFERENCES company (id),
        roles TEXT NOT NULL CHECK (json_type(roles) = 'array' AND json_array_length(roles) > 0),
        expectation_kind TEXT NOT NULL CHECK (expectation_kind IN ('identity', 'email')),
        expectation TEXT NOT NULL CHECK (length(expectation) = 43),
        invited_by TEXT NOT NULL REFERENCES membership (id),
        code_digest TEXT NOT NULL UNIQUE CHECK (length(code_digest) = 43),
        state TEXT NOT NULL CHECK (state IN
            ('created', 'sent', 'opened', 'accepted', 'declined', 'withdrawn', 'expired')),
        created_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL,
        membership_ends INTEGER
    ) STRICT;
    CREATE INDEX invitation_company ON invitation (company);
    CREATE INDEX invitation_inviter ON invitation (invited_by);
    CREATE INDEX invitation_expiry ON invitation (expires_at);

    -- Of one person, and with one device, once for each act and subject (I16).
    CREATE TABLE company_approval (
        act TEXT NOT NULL CHECK (act IN ('invite', 'remove', 'close')),
        subject TEXT NOT NULL,
        company TEXT NOT NULL REFERENCES company (id),
        account TEXT NOT NULL REFERENCES account (id),
        device TEXT NOT NULL REFERENCES device (id),
        time INTEGER NOT NULL,
        PRIMARY KEY (act, subject, account),
        UNIQUE (act, subject, device)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX company_approval_account ON company_approval (account);

    CREATE TABLE company_evidence (
        id TEXT NOT NULL PRIMARY KEY CHECK (id <> ''),
        company TEXT NOT NULL REFERENCES company (id),
        method TEXT NOT NULL CHECK (method IN ('register_extract', 'desk', 'upstream')),
        performer TEXT,
        level TEXT NOT NULL CHECK (level IN ('undefined', 'normal', 'substantiell', 'hoch')),
        as_of TEXT NOT NULL CHECK (length(as_of) = 10),
        recorded_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX company_evidence_company ON company_evidence (company);

    -- The person whom the register names is a keyed hash; the account is known once that person has signed.
    CREATE TABLE register_power (
        id TEXT NOT NULL PRIMARY KEY CHECK (id <> ''),
        company TEXT NOT NULL REFERENCES company (id),
        person TEXT NOT NULL CHECK (length(person) = 43),
        kind TEXT NOT NULL CHECK (kind IN
            ('geschaeftsfuehrer', 'vorstand', 'inhaber', 'gesellschafter', 'prokurist')),
        signatories INTEGER NOT NULL CHECK (signatories BETWEEN 1 AND 9),
        evidence TEXT NOT NULL REFERENCES company_evidence (id),
        as_of TEXT NOT NULL CHECK (length(as_of) = 10),
        state TEXT NOT NULL CHECK (state IN ('recorded', 'signed', 'superseded')),
        account TEXT REFERENCES account (id),
        device TEXT REFERENCES device (id),
        level TEXT CHECK (level IN ('undefined', 'normal', 'substantiell', 'hoch')),
        signed_at INTEGER,
        CHECK (state <> 'signed' OR account IS NOT NULL),
        CHECK ((account IS NULL) = (level IS NULL) AND (account IS NULL) = (signed_at IS NULL))
    ) STRICT;
    CREATE UNIQUE INDEX register_power_person ON register_power (company, person) WHERE state <> 'superseded';
    CREATE INDEX register_power_account ON register_power (account) WHERE account IS NOT NULL;

    CREATE TABLE establishment (
        id TEXT NOT NULL PRIMARY KEY CHECK (id <> ''),
        company TEXT NOT NULL REFERENCES company (id),
        activity TEXT NOT NULL CHECK (activity GLOB '[0-9][0-9][0-9][0-9][0-9]'),
        name TEXT NOT NULL,
        municipality TEXT,
        address TEXT NOT NULL CHECK (json_type(address) = 'object'),
        state TEXT NOT NULL CHECK (state IN ('active', 'closed'))
    ) STRICT;
    CREATE UNIQUE INDEX establishment_activity ON establishment (company, activity) WHERE state = 'active';
    """
