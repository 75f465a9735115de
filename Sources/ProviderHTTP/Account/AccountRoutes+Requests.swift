internal import AccountDirectory
internal import HTTPTypes
internal import OpenIDMessages
internal import ProviderCore

extension AccountRoutes {
    /// Requests about data (GDPR Art. 15 to 18 and 21). Nothing happens by itself: a desk decides.
    static let requests: [AccountRoute] = [
        AccountRoute(
            .get, "/requests", "see what one asked for about one's data, and by when it is answered",
            .read { call in
                let requests = try await call.service.requests.requests(of: call.device)
                return ["requests": .array(requests.map { .object($0.json) })]
            }),
        AccountRoute(
            .post, "/requests",
            "ask the region or a town to tell, correct, restrict or erase data, or object to their use",
            events: [.requestReceived, .requestIdentityChecked, .requestRunning],
            .change { call in
                try await call.service.requests.file(DataRequestFlow.Wish(json: call.body), by: call.device).json
            }),
        AccountRoute(
            .post, "/requests/{request}/withdrawal", "take such a request back", events: [.requestRefused],
            .change { call in
                try call.expectNothing()
                return try await call.service.requests.withdraw(call.identifier("request"), by: call.device).json
            }),
    ]
}

extension DataSubjectRequest {
    /// Names of claims, never their values; whose it is stands elsewhere or not at all.
    var json: JSONObject {
        var object: JSONObject = ["request": .string(identifier.rawValue), "kind": .string(kind.rawValue)]
        object["tenant"] = tenant.map { .string($0.rawValue) }
        object["claims"] = .strings(claims)
        object["state"] = .string(state.rawValue)
        object["refusal"] = refusal.map { .string($0.rawValue) }
        object["received_at"] = receivedAt.json
        object["due_at"] = dueAt.json
        object["ended_at"] = endedAt.map(\.json)
        return object
    }
}
