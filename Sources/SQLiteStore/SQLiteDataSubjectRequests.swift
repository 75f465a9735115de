public import AccountDirectory
internal import GRDB
public import OpenIDMessages
public import ProviderCore

extension SQLiteStore {
    public func open(
        _ request: DataSubjectRequest, mostOpen: Int, by author: Author, time: Timestamp
    ) async throws -> Bool {
        try await writer.write { db in try db.open(request, mostOpen: mostOpen, by: author, time: time) }
    }

    public func requests(of account: AccountIdentifier) async throws -> [DataSubjectRequest] {
        try read { db in
            try db.rows(
                """
                SELECT * FROM data_subject_request WHERE account = ?
                ORDER BY ended_at IS NOT NULL, received_at DESC, rowid DESC LIMIT 100
                """, [account.rawValue]
            ).map { row in try row.request }
        }
    }

    public func request(_ identifier: DataSubjectRequestIdentifier) async throws -> DataSubjectRequest? {
        try read { db in
            try db.row("SELECT * FROM data_subject_request WHERE id = ?", [identifier.rawValue]).map { try $0.request }
        }
    }

    public func request(
        _ identifier: DataSubjectRequestIdentifier, in scope: TenantScope
    ) async throws -> DataSubjectRequest? {
        try read { db in
            try db.row(
                "SELECT * FROM data_subject_request WHERE id = ? AND tenant = ?", [identifier.rawValue, scope.name]
            ).map { try $0.request }
        }
    }

    public func requests(ended: Bool, page: PageRequest) async throws -> [DataSubjectRequest] {
        try read { db in try db.requests(ended: ended, "TRUE", page, [:]) }
    }

    public func requests(in scope: TenantScope, ended: Bool, page: PageRequest) async throws -> [DataSubjectRequest] {
        try read { db in try db.requests(ended: ended, "tenant = :tenant", page, ["tenant": scope.name]) }
    }

    public func advance(
        _ identifier: DataSubjectRequestIdentifier, by events: [DataSubjectRequestState.Event],
        refusal: DataSubjectRefusal?, author: Author, time: Timestamp
    ) async throws -> DataSubjectRequest? {
        try await writer.write { db in
            let row = try db.row("SELECT * FROM data_subject_request WHERE id = ?", [identifier.rawValue])
            guard var request = try row?.request, events.contains(.refuse) == (refusal != nil) else { return nil }
            for event in events {
                guard let next = request.state.after(event) else { return nil }
                request.state = next
            }
            request.refusal = refusal
            request.endedAt = request.state.isOver ? time : nil
            try db.run(
                "UPDATE data_subject_request SET state = ?, refusal = ?, ended_at = ? WHERE id = ?",
                [request.state.rawValue, refusal?.rawValue, request.endedAt?.seconds, identifier.rawValue])
            if request.state.isOver, author.actor.isOffice {
                try db.tell(request.account, .requestDecided, detail: identifier.rawValue, at: time)
            }
            var author = Author(author.actor, at: request.tenant ?? author.tenant, in: author.transaction)
            for event in events {
                try db.audit(
                    author.event(event.auditKind, object: identifier.rawValue, person: request.account, time: time))
                author = author.consequence
            }
            return request
        }
    }
}

extension Database {
    /// Writes a new request with the steps that led to its state; false when too many of the person's wait.
    func open(_ request: DataSubjectRequest, mostOpen: Int, by author: Author, time: Timestamp) throws -> Bool {
        let written = try run(
            """
            INSERT INTO data_subject_request (id, account, tenant, kind, claims, state, received_at, due_at)
            SELECT :id, :account, :tenant, :kind, :claims, :state, :received, :due
            WHERE (SELECT count(*) FROM data_subject_request WHERE account = :account AND ended_at IS NULL) < :most
            """,
            [
                "id": request.identifier.rawValue, "account": request.account.rawValue,
                "tenant": request.tenant?.rawValue, "kind": request.kind.rawValue,
                "claims": request.claims.jsonText, "state": request.state.rawValue,
                "received": request.receivedAt.seconds, "due": request.dueAt.seconds, "most": mostOpen,
            ])
        guard written == 1 else { return false }
        // Whoever has stolen a phone would like an export, too.
        if request.kind == .export { try tell(request.account, .exported, at: time) }
        let author = Author(author.actor, at: request.tenant ?? author.tenant, in: author.transaction)
        func note(_ step: SecurityEvent.Kind, by author: Author) throws {
            try audit(
                author.event(step, object: request.identifier.rawValue, person: request.account, time: time))
        }
        try note(.requestReceived, by: author)
        if request.state == .running {
            // A device proves the identity to the provider; at a desk somebody looks at it.
            try note(.requestIdentityChecked, by: author.actor.isOffice ? author : author.consequence)
            try note(.requestRunning, by: author.consequence)
        }
        return true
    }

    /// The most urgent first; the next page begins behind the request that it names.
    fileprivate func requests(
        ended: Bool, _ condition: String, _ page: PageRequest, _ arguments: SQLArguments
    ) throws -> [DataSubjectRequest] {
        try rows(
            """
            SELECT * FROM data_subject_request
            WHERE ended_at IS \(ended ? "NOT NULL" : "NULL") AND \(condition)
                AND (:after IS NULL
                    OR (due_at, id) > (SELECT due_at, id FROM data_subject_request WHERE id = :after AND \(condition)))
            ORDER BY due_at, id LIMIT :limit
            """, arguments + ["after": page.after, "limit": page.limit]
        ).map { row in try row.request }
    }
}

extension DataSubjectRequestState.Event {
    fileprivate var auditKind: SecurityEvent.Kind {
        switch self {
        case .checkIdentity: .requestIdentityChecked
        case .start: .requestRunning
        case .finish: .requestDone
        case .refuse: .requestRefused
        }
    }
}

extension StoredRow {
    fileprivate var request: DataSubjectRequest {
        get throws {
            DataSubjectRequest(
                identifier: try value("id"), account: try accountIdentifier, kind: try value("kind"),
                tenant: try optionalValue("tenant"), claims: try strings("claims"), state: try value("state"),
                refusal: try optionalValue("refusal"),
                receivedAt: try time("received_at"), dueAt: try time("due_at"), endedAt: try optionalTime("ended_at"))
        }
    }
}
