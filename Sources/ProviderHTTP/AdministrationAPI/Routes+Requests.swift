internal import AccountDirectory
internal import HTTPTypes
internal import OpenIDMessages
internal import ProviderCore

extension AdministrationAPI {
    /// What people ask the tenant about their data (GDPR Art. 15 to 18 and 21), to be answered within a month.
    static let requestRoutes: [AdministrationRoute] = [
        AdministrationRoute(
            .get, "/tenants/{tenant}/requests", "What people ask the tenant about their data, the most urgent first.",
            .tenant(.readRequest),
            answer: Schema.Property.page("requests", request, "Without the people, whom a look at one shows."),
            isPaged: true,
            filters: [
                .optional("state", .choice(["open", "ended"]), "Those that wait (the default), or that are over.")
            ],
            handle: { call in
                let requests = try await call.provider.tenantRequests.list(
                    in: call.scope, ended: call.filters["state"] == "ended", page: call.page)
                let now = call.provider.clock.now()
                return call.list("requests", requests, cursor: { $0.identifier.rawValue }) { $0.json(at: now) }
            }),
        AdministrationRoute(
            .get, "/tenants/{tenant}/requests/{request}", "A request, and whose it is.", .tenant(.readRequest),
            answer: opened,
            handle: { call in
                try await call.provider.tenantRequests.show(call["request"], in: call.scope, by: call.administrator)
                    .json(at: call.provider.clock.now())
            }),
        AdministrationRoute(
            .post, "/tenants/{tenant}/requests",
            "Write down what came by letter or at a counter. Until its person is identified it can be refused alone.",
            .tenant(.receiveRequest),
            body: [
                .init("kind", .choice(kindsOfTowns), "What is asked for."),
                .optional("claims", .list(.text(maximum: 64)), "Names of the claims that it is about; none for all."),
                .init("received_on", .text(maximum: 10), "The day on which it came (Germany); the month runs from it."),
                .init("person", .anyObject, "Whose it says to be: given_name, family_name, birthdate."),
                candidateMember,
            ], answer: request, status: .created,
            handle: { call in
                var reader = MemberReader(call.body)
                let scope = try call.scope
                let wish = try DataRequestFlow.Wish(&reader, at: scope.tenant.identifier)
                let day: CalendarDate = try reader.wire("received_on")
                let person = try reader.object("person")
                let candidate = try reader.string("candidate", maximumLength: 64)
                try reader.finish()
                return try await refusingDesk {
                    let desk = call.provider.desk
                    let visit = try desk.visit(of: person, level: .undefined, in: scope, by: call.administrator)
                    let account = try await desk.account(called: candidate, in: visit)
                    return try await call.provider.dataRequests.receive(wish, on: day, of: account, in: visit)
                        .json(at: call.provider.clock.now())
                }
            }),
        AdministrationRoute(
            .post, "/tenants/{tenant}/requests/{request}/identification",
            "Record that the person of such a request was identified: at the account's level or above. Then it runs.",
            .tenant(.receiveRequest), body: visitMembers, answer: opened,
            handle: { call in
                try await refusingDesk {
                    try await call.provider.tenantRequests.identify(
                        call["request"], in: Self.visit(call), by: call.administrator
                    ).json(at: call.provider.clock.now())
                }
            }),
        AdministrationRoute(
            .post, "/tenants/{tenant}/requests/{request}/decision",
            "Say that what was asked for is done, or why it is not.", .tenant(.decideRequest),
            body: [
                .init("decision", .choice(["done", "refused"]), "What was decided."),
                .optional(
                    "reason", .choice(DataSubjectRefusal.ofDesks.map(\.rawValue)), "Why; needed for `refused`."),
            ], answer: opened,
            handle: { call in
                var reader = MemberReader(call.body)
                let decision = DataSubjectDecision(
                    decision: try reader.string("decision"),
                    reason: reader.has("reason") ? try reader.choice("reason") : nil)
                try reader.finish()
                return try await call.provider.tenantRequests.decide(
                    call["request"], decision, in: call.scope, by: call.administrator
                ).json(at: call.provider.clock.now())
            }),
    ]

    private static let kindsOfTowns = DataSubjectRequestKind.allCases.filter { $0.isDecided(atTenant: true) }
        .map(\.rawValue)

    private static let request: [Schema.Property] = [
        .init("request", .text(maximum: 64), "Its identifier."),
        .init("kind", .choice(DataSubjectRequestKind.allCases.map(\.rawValue)), "What is asked for."),
        .optional("tenant", .text(maximum: 63), "Who is asked."),
        .init("claims", .list(.text(maximum: 64)), "Names of the claims that it is about; none for all."),
        .init("state", .choice(DataSubjectRequestState.allCases.map(\.rawValue)), "Where it stands."),
        .optional("refusal", .choice(DataSubjectRefusal.allCases.map(\.rawValue)), "Why it was refused."),
        .init("received_at", .time, "When it came."),
        .init("due_at", .time, "Until when it is answered: a month later."),
        .init("overdue", .bool, "True when it was not answered in time."),
        .optional("ended_at", .time, "When it was decided."),
    ]

    private static let opened: [Schema.Property] =
        request + [.optional("sub", .text(maximum: 255), "The person as the tenant's portals know them, if they do.")]
}

extension DataSubjectRequest {
    /// For those who answer it.
    func json(at time: Timestamp) -> JSONObject {
        var object = json
        object["overdue"] = .bool(isOverdue(at: time))
        return object
    }
}

extension TenantRequestFlow.Opened {
    fileprivate func json(at time: Timestamp) -> JSONObject {
        var object = request.json(at: time)
        object["sub"] = subject.map { .string($0.rawValue) }
        return object
    }
}
