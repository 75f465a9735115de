public import AccountDirectory
internal import GRDB
public import OpenIDMessages
internal import ProviderCore

extension SQLiteStore {
    public func open(_ request: DataSubjectRequest) async throws {
        try await writer.write { db in
            try db.run(
                """
                INSERT INTO data_subject_request (id, account, kind, state, received_at, due_at)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
                [
                    request.identifier.rawValue, request.account.rawValue, request.kind.rawValue,
                    request.state.rawValue, request.receivedAt.seconds, request.dueAt.seconds,
                ])
            // Whoever has stolen a phone would like an export, too.
            if request.kind == .export { try db.tell(request.account, .exported, at: request.receivedAt) }
            try db.audit(
                SecurityEvent(.requestReceived, time: request.receivedAt, object: request.identifier.rawValue))
        }
    }

    public func requests(of account: AccountIdentifier) async throws -> [DataSubjectRequest] {
        try read { db in
            try db.rows(
                "SELECT * FROM data_subject_request WHERE account = ? ORDER BY received_at DESC, rowid DESC LIMIT 100",
                [account.rawValue]
            ).map { row in try row.request }
        }
    }

    public func openRequests(dueBy time: Timestamp, limit: Int) async throws -> [DataSubjectRequest] {
        try read { db in
            try db.rows(
                """
                SELECT * FROM data_subject_request WHERE ended_at IS NULL AND due_at <= ? ORDER BY due_at, rowid LIMIT ?
                """, [time.seconds, limit]
            ).map { row in try row.request }
        }
    }

    public func advance(
        _ identifier: DataSubjectRequestIdentifier, by event: DataSubjectRequestState.Event,
        refusal: DataSubjectRefusal?, time: Timestamp
    ) async throws -> DataSubjectRequest? {
        try await writer.write { db in
            let row = try db.row("SELECT * FROM data_subject_request WHERE id = ?", [identifier.rawValue])
            guard var request = try row?.request, let next = request.state.after(event),
                (event == .refuse) == (refusal != nil)
            else { return nil }
            request.state = next
            request.refusal = refusal
            request.endedAt = next.isOver ? time : nil
            try db.run(
                "UPDATE data_subject_request SET state = ?, refusal = ?, ended_at = ? WHERE id = ?",
                [next.rawValue, refusal?.rawValue, request.endedAt?.seconds, identifier.rawValue])
            try db.audit(SecurityEvent(event.auditKind, time: time, object: identifier.rawValue))
            return request
        }
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
                state: try value("state"), refusal: try optionalValue("refusal"),
                receivedAt: try time("received_at"), dueAt: try time("due_at"), endedAt: try optionalTime("ended_at"))
        }
    }
}
