internal import AccountDirectory
internal import HTTPTypes
internal import OpenIDMessages
internal import ProviderCore

extension AccountRoutes {
    static let sessions: [AccountRoute] = [
        AccountRoute(
            .get, "/sessions", "see where one is signed in",
            .read { call in
                let sessions = try await call.service.sessions.list(call.device)
                return ["sessions": .array(sessions.map { .object($0.json) })]
            }),
        AccountRoute(
            .delete, "/sessions/{session}", "sign out of a session everywhere", events: [.sessionEnded],
            .change { call in
                try call.expectNothing()
                let session: SessionIdentifier = try call.identifier("session")
                try await call.service.sessions.end(session, by: call.device)
                return ["session": .string(session.rawValue), "ended": true]
            }),
    ]
}

extension OwnSession {
    fileprivate var json: JSONObject {
        [
            "session": .string(session.identifier.rawValue), "browser": .string(session.browser),
            "device": .string(session.device.rawValue), "acr": .string(session.context.acr),
            "started_at": session.startedAt.json, "last_used_at": session.lastUsedAt.json,
            "expires_at": session.expiresAt.json, "portals": .array(portals.map { .object($0.json) }),
        ]
    }
}

extension OwnSession.Portal {
    fileprivate var json: JSONObject {
        var object: JSONObject = ["client_id": .string(client.rawValue), "name": .string(name)]
        object["tenant_name"] = tenant.map { .string($0) }
        object["since"] = since.json
        return object
    }
}
