internal import GRDB

extension DatabaseMigrator {
    /// Audit events may go when their time is over: from the beginning of a chain, up to an anchor.
    mutating func registerAuditRetention() {
        registerMigration("v4-audit-retention", foreignKeyChecks: .immediate) { db in
            try db.execute(sql: auditRetention)
        }
    }
}

private let auditRetention = """
    -- Where each chain begins after its oldest events have gone. The seal is made with a key that is not in the database.
    CREATE TABLE audit_anchor (
        chain TEXT NOT NULL PRIMARY KEY REFERENCES audit_chain (chain),
        number INTEGER NOT NULL CHECK (number >= 1),
        hash BLOB NOT NULL CHECK (length(hash) = 32),
        seal BLOB NOT NULL CHECK (length(seal) = 32)
    ) STRICT, WITHOUT ROWID;

    -- An anchor is an event that is there, and only moves forward.
    CREATE TRIGGER audit_anchor_is_an_event BEFORE INSERT ON audit_anchor
    WHEN NOT EXISTS (SELECT 1 FROM audit_event
        WHERE coalesce(tenant, '(region)') = NEW.chain AND number = NEW.number AND hash = NEW.hash)
        OR EXISTS (SELECT 1 FROM audit_anchor WHERE chain = NEW.chain)
    BEGIN SELECT RAISE(ABORT, 'an audit anchor is an event of its chain'); END;
    CREATE TRIGGER audit_anchor_moves_forward BEFORE UPDATE ON audit_anchor
    WHEN NEW.chain <> OLD.chain OR NEW.number <= OLD.number OR NOT EXISTS (SELECT 1 FROM audit_event
        WHERE coalesce(tenant, '(region)') = NEW.chain AND number = NEW.number AND hash = NEW.hash)
    BEGIN SELECT RAISE(ABORT, 'an audit anchor only moves forward'); END;
    CREATE TRIGGER audit_anchor_not_deleted BEFORE DELETE ON audit_anchor
    BEGIN SELECT RAISE(ABORT, 'audit anchors are not deleted'); END;

    DROP TRIGGER audit_event_not_deleted;
    CREATE TRIGGER audit_event_not_deleted BEFORE DELETE ON audit_event
    WHEN OLD.number > coalesce(
        (SELECT number FROM audit_anchor WHERE chain = coalesce(OLD.tenant, '(region)')), 0)
    BEGIN SELECT RAISE(ABORT, 'audit events are not deleted'); END;
    """
