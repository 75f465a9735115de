internal import GRDB

extension DatabaseMigrator {
    /// Templates, adoptions, and the sectors of all tenants that ever were.
    mutating func registerTemplates() {
        registerMigration("v3-templates", foreignKeyChecks: .immediate) { db in
            try db.execute(
                sql: """
                    CREATE TABLE template (
                        key TEXT NOT NULL CHECK (key <> ''),
                        version TEXT NOT NULL CHECK (version <> ''),
                        publisher TEXT NOT NULL,
                        document TEXT NOT NULL,
                        published_at INTEGER NOT NULL,
                        PRIMARY KEY (key, version)
                    ) STRICT;

                    CREATE TABLE adoption (
                        id TEXT NOT NULL PRIMARY KEY CHECK (id <> ''),
                        tenant TEXT NOT NULL,
                        template TEXT NOT NULL,
                        state TEXT NOT NULL CHECK (state IN
                            ('proposed', 'adopted', 'update_available', 'diverged', 'withdrawn')),
                        document TEXT NOT NULL CHECK (json_type(document) = 'object'),
                        revision INTEGER NOT NULL CHECK (revision > 0)
                    ) STRICT;
                    -- A tenant has one adoption of a template that is not over.
                    CREATE UNIQUE INDEX adoption_open ON adoption (tenant, template) WHERE state <> 'withdrawn';

                    -- A sector belongs to its first tenant for ever, also when both are gone (invariant I29).
                    CREATE TABLE sector (
                        sector TEXT NOT NULL PRIMARY KEY CHECK (sector <> ''),
                        tenant TEXT NOT NULL
                    ) STRICT, WITHOUT ROWID;
                    CREATE TRIGGER sector_not_updated BEFORE UPDATE ON sector
                    BEGIN SELECT RAISE(ABORT, 'sectors never change hands'); END;
                    CREATE TRIGGER sector_not_deleted BEFORE DELETE ON sector
                    BEGIN SELECT RAISE(ABORT, 'sectors are not forgotten'); END;
                    """)
        }
    }
}
