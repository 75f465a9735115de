internal import AccountDirectory
internal import HTTPTypes
internal import Hummingbird
internal import OpenIDMessages
internal import ProviderCore

/// Requests about data at the local administration socket: those to the region and to every town. Whose one is say the
/// look at it and the decision on it, which the person reads in their trail.
///
/// `GET /requests` (`?state=ended`, `?after=REQUEST`), `POST /requests` for one that came without a phone,
/// `GET /requests/{request}`, `POST /requests/{request}/identification`, `POST /requests/{request}/decision`.
enum RequestAdministration {
    static func addRoutes(
        to router: Router<ProviderRequestContext>, provider: Provider, for caller: LocalOperator
    ) {
        let desk = DeskAdministration.Handlers(provider: provider, caller: caller)
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
        router.post("/requests") { request, _ in
            try await desk.handle(request) { reader in try await receive(&reader, desk) }
        }
        router.post("/requests/{request}/identification") { request, context in
            let found = try await known(flow, context)
            return try await desk.handle(request) { reader in
                let visit = try desk.visit(&reader)
                try reader.finish()
                guard let identified = try await flow.identify(found, in: visit) else {
                    throw AdministrationError(
                        .conflict, "not_possible",
                        "The request is \(found.state.rawValue): it does not wait for its person.")
                }
                return Answer.json(identified.desk(at: clock.now()))
            }
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

    /// `{"account", "tenant", "kind", "claims", "received_on"}`; without a tenant the region is asked.
    private static func receive(
        _ reader: inout MemberReader, _ desk: DeskAdministration.Handlers
    ) async throws -> Response {
        let (flow, clock) = (desk.provider.dataRequests, desk.provider.clock)
        let account: AccountIdentifier = try reader.wire("account")
        let tenant: TenantIdentifier? = try reader.optionalWire("tenant")
        let wish = try DataRequestFlow.Wish(&reader, at: tenant)
        let day: CalendarDate = try reader.wire("received_on")
        try reader.finish()
        if let tenant { _ = try desk.scope(of: tenant) }
        let request = try await flow.receive(wish, on: day, of: account, by: Author(.clerk))
        return Answer.json(request.desk(at: clock.now()), status: .created)
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
