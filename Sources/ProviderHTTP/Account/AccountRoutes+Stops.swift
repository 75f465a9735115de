internal import HTTPTypes
internal import OpenIDMessages
internal import ProviderCore

extension AccountRoutes {
    static let stops: [AccountRoute] = [
        AccountRoute(
            .get, "/stops", "see the portals that ask one no more by themselves, because one reported a request",
            .read { call in
                let stops = try await call.service.stops.list(call.device)
                return ["stops": .array(stops.map { .object($0.json) })]
            }),
        AccountRoute(
            .delete, "/stops/{client}", "let such a portal ask again", events: [.reportWithdrawn],
            .change { call in
                try call.expectNothing()
                let client: ClientIdentifier = try call.identifier("client")
                try await call.service.stops.lift(client, by: call.device)
                return ["client_id": .string(client.rawValue), "lifted": true]
            }),
    ]
}

extension OwnStop {
    fileprivate var json: JSONObject {
        var object: JSONObject = ["client_id": .string(stop.client.rawValue), "name": .string(name)]
        object["tenant_name"] = tenant.map { .string($0) }
        object["stopped_at"] = stop.stoppedAt.json
        return object
    }
}
