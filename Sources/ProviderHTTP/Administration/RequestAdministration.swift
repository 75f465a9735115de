internal import AccountDirectory
internal import HTTPTypes
internal import Hummingbird
internal import OpenIDMessages
internal import ProviderCore

/// Requests about data at the local administration socket: those to the region and to every town. Whose one is says the look
/// at it alone, which the person reads in their trail.
///
/// `GET /requests` (`?state=ended`, `?after=REQUEST`), `GET /requests/{request}`, `POST /requests/{request}/decision`.
enum RequestAdministration {
    static func addRoutes(to router: Router<ProviderRequestContext>, provider: Provider) {
        let (flow, clock) = (provider.dataRequests, provider.clock)
        router.get("/requests") { request, _ in
            let query = try request.query()
            let page = PageRequest(limit: PageRequest.longest, after: query["after"])
            let requests = try await flow.requests(ended: query["state"] == "ended", page: page)
            var answer: JSONObject = ["requests": .array(requests.map { .object($0.json(at: clock.now())) })]
            if requests.count == page.limit { answer["next"] = requests.last.map { .string($0.identifier.rawValue) } }
            return Answer.json(answer)
        }
        router.get("/requests/{request}") { _, context in
            let request = try await known(flow, context)
            try await flow.noteLook(at: request)
            return Answer.json(request.desk(at: clock.now()))
        }
        router.post("/requests/{request}/decision") { request, context in
            var request = request
            var reader = MemberReader(try await request.json())
            let word = try reader.string("decision", maximumLength: 16)
            let reason: DataSubjectRefusal? = reader.has("reason") ? try reader.choice("reason") : nil
            try reader.finish()
            guard let decision = DataSubjectDecision(decision: word, reason: reason) else {
                throw AdministrationError(
                    .badRequest, "invalid_request",
                    "A decision is done, or refused with a reason: "
                        + DataSubjectRefusal.ofDesks.map(\.rawValue).joined(separator: ", ") + ".")
            }
            let found = try await known(flow, context)
            guard let decided = try await flow.decide(found.identifier, decision) else {
                throw AdministrationError(
                    .conflict, "not_possible",
                    "The request is \(found.state.rawValue): it does not wait for a decision.")
            }
            return Answer.json(decided.desk(at: clock.now()))
        }
    }

    private static func known(
        _ flow: DataRequestFlow, _ context: ProviderRequestContext
    ) async throws -> DataSubjectRequest {
        let name = DataSubjectRequestIdentifier(rawValue: try context.parameters.require("request"))
        guard let name, let request = try await flow.request(name) else {
            throw AdministrationError(
                .notFound, "unknown_request", "There is no such request. `citizen-id request list` names them.")
        }
        return request
    }
}

extension DataSubjectRequest {
    /// With the account, as `citizen-id desk` names it.
    fileprivate func desk(at time: Timestamp) -> JSONObject {
        var object = json(at: time)
        object["account"] = .string(account.rawValue)
        return object
    }
}
