internal import OpenIDMessages
internal import ProviderCore

extension LogoutDelivery {
    /// What the operator sees of it: neither person nor session.
    var summary: JSONObject {
        var object: JSONObject = [
            "created_at": createdAt.json, "state": .string(state.rawValue), "attempts": .integer(attempts),
        ]
        if state == .pending { object["next_attempt_at"] = nextAttemptAt.json }
        object["last_failure"] = lastFailure.map { .string($0) }
        return object
    }
}
