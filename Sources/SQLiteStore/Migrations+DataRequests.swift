internal import GRDB

extension DatabaseMigrator {
    /// Requests about data say about which claims, and a town's are found.
    mutating func registerDataRequests() {
        registerMigration("v4-data-requests", foreignKeyChecks: .immediate) { db in
            try db.execute(sql: dataRequests)
        }
    }
}

private let dataRequests = """
    ALTER TABLE data_subject_request ADD COLUMN claims TEXT NOT NULL DEFAULT '[]' CHECK (json_type(claims) = 'array');
    CREATE INDEX data_subject_request_tenant ON data_subject_request (tenant, due_at) WHERE tenant IS NOT NULL;
    """
