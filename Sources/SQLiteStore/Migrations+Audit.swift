internal import GRDB
internal import OpenIDMessages
internal import ProviderCore

extension DatabaseMigrator {
    /// Audit events become chains, one for each tenant and one for the region, and may name a person by a pseudonym. The
    /// events of earlier versions are the beginning of their chains.
    mutating func registerAudit() {
        registerMigration("v3-audit", foreignKeyChecks: .immediate) { db in
            try db.execute(sql: auditTables)
            try db.chainEarlierEvents()
            try db.execute(sql: "DROP TABLE audit_event_of_version_2")
        }
    }
}

extension Database {
    fileprivate func chainEarlierEvents() throws {
        var heads: [AuditChain: AuditEntry] = [:]
        try forEachRow("SELECT * FROM audit_event_of_version_2 ORDER BY seq") { row in
            let chain = AuditChain(try row.optionalValue("tenant"))
            var entry = AuditEntry(
                chain: chain, number: (heads[chain]?.number ?? 0) + 1, time: try row.time("time"),
                kind: try row.text("kind"), object: try row.optionalText("object"),
                transaction: try row.optionalText("txn"), previous: heads[chain]?.hash, hash: [])
            entry.hash = entry.contentHash
            try insert(entry, sequence: try row.integer("seq"))
            heads[chain] = entry
        }
    }
}

/// A chain's name in SQL; the index on it and the queries must spell it alike.
let auditChainColumn = "coalesce(tenant, '(region)')"

private let auditTables = """
    DROP TRIGGER audit_event_not_updated;
    DROP TRIGGER audit_event_not_deleted;
    DROP TRIGGER audit_event_not_replaced;
    ALTER TABLE audit_event RENAME TO audit_event_of_version_2;

    -- Where each chain ends, so that it is seen when its last events are gone.
    CREATE TABLE audit_chain (
        chain TEXT NOT NULL PRIMARY KEY CHECK (chain <> ''),
        number INTEGER NOT NULL CHECK (number >= 1),
        hash BLOB NOT NULL CHECK (length(hash) = 32)
    ) STRICT, WITHOUT ROWID;

    -- What links a person to the pseudonyms in events. Without the row nothing does.
    CREATE TABLE audit_person_key (
        account TEXT NOT NULL PRIMARY KEY REFERENCES account (id),
        key BLOB NOT NULL CHECK (length(key) = 32)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE audit_event (
        seq INTEGER PRIMARY KEY,
        number INTEGER NOT NULL CHECK (number >= 1),
        kind TEXT NOT NULL CHECK (kind GLOB '[a-z]*.[a-z]*'),
        time INTEGER NOT NULL,
        tenant TEXT,
        object TEXT,
        txn TEXT,
        outcome TEXT CHECK (outcome IN ('success', 'refusal')),
        actor TEXT CHECK (actor IN ('person', 'portal', 'clerk', 'administrator', 'system')),
        administrator BLOB CHECK (length(administrator) = 16),
        person BLOB CHECK (length(person) = 16),
        company TEXT,
        previous BLOB CHECK (length(previous) = 32),
        hash BLOB NOT NULL CHECK (length(hash) = 32),
        CHECK ((number = 1) = (previous IS NULL))
    ) STRICT;
    CREATE UNIQUE INDEX audit_event_place ON audit_event (\(auditChainColumn), number);
    CREATE INDEX audit_event_person ON audit_event (person) WHERE person IS NOT NULL;
    CREATE INDEX audit_event_company ON audit_event (company) WHERE company IS NOT NULL;

    CREATE TRIGGER audit_event_not_updated BEFORE UPDATE ON audit_event
    BEGIN SELECT RAISE(ABORT, 'audit events are not changed'); END;
    CREATE TRIGGER audit_event_not_deleted BEFORE DELETE ON audit_event
    BEGIN SELECT RAISE(ABORT, 'audit events are not deleted'); END;
    -- INSERT OR REPLACE would delete without asking the trigger above.
    CREATE TRIGGER audit_event_not_replaced BEFORE INSERT ON audit_event
    WHEN EXISTS (SELECT 1 FROM audit_event WHERE seq = NEW.seq)
    BEGIN SELECT RAISE(ABORT, 'audit events are not replaced'); END;
    CREATE TRIGGER audit_event_follows BEFORE INSERT ON audit_event
    WHEN NEW.number <> 1 + coalesce(
            (SELECT number FROM audit_chain WHERE chain = coalesce(NEW.tenant, '(region)')), 0)
        OR NEW.previous IS NOT (SELECT hash FROM audit_chain WHERE chain = coalesce(NEW.tenant, '(region)'))
    BEGIN SELECT RAISE(ABORT, 'an audit event follows the last one of its chain'); END;
    CREATE TRIGGER audit_event_begins_chain AFTER INSERT ON audit_event WHEN NEW.number = 1
    BEGIN INSERT INTO audit_chain VALUES (coalesce(NEW.tenant, '(region)'), 1, NEW.hash); END;
    CREATE TRIGGER audit_event_moves_head AFTER INSERT ON audit_event WHEN NEW.number > 1
    BEGIN
        UPDATE audit_chain SET number = NEW.number, hash = NEW.hash WHERE chain = coalesce(NEW.tenant, '(region)');
    END;

    CREATE TRIGGER audit_chain_not_deleted BEFORE DELETE ON audit_chain
    BEGIN SELECT RAISE(ABORT, 'audit chains are not deleted'); END;
    CREATE TRIGGER audit_chain_not_replaced BEFORE INSERT ON audit_chain
    WHEN EXISTS (SELECT 1 FROM audit_chain WHERE chain = NEW.chain)
    BEGIN SELECT RAISE(ABORT, 'audit chains are not replaced'); END;
    CREATE TRIGGER audit_chain_grows BEFORE UPDATE ON audit_chain
    WHEN NEW.chain <> OLD.chain OR NEW.number <> OLD.number + 1
    BEGIN SELECT RAISE(ABORT, 'audit chains only grow'); END;
    """
