internal import AccountDirectory
internal import HTTPTypes
internal import OpenIDMessages
internal import ProviderCore

extension AdministrationAPI {
    /// Access to personal data in an emergency: two people, a few hours, and the data protection officer hears of it.
    static let emergencyRoutes: [AdministrationRoute] = [
        AdministrationRoute(
            .get, "/tenants/{tenant}/emergencies", "Emergencies at the tenant.", .tenant(.readEmergency),
            answer: Schema.Property.page("emergencies", emergency, "The newest first."), isPaged: true,
            handle: { call in
                let found = try await call.provider.administration.emergencies(in: call.scope, page: call.page)
                return call.list("emergencies", found, cursor: \.identifier.rawValue, \.json)
            }),
        AdministrationRoute(
            .post, "/tenants/{tenant}/emergencies", "Ask for access in an emergency; another person must approve.",
            .tenant(.requestEmergency),
            body: [
                .init("reason", .text(maximum: 200), "Why; no names of people."),
                .init("seconds", .count(60...Emergency.longest), "For how long."),
            ], answer: emergency, status: .created,
            handle: { call in
                var reader = MemberReader(call.body)
                let reason = try reader.string("reason", maximumLength: 200)
                let seconds = try reader.count("seconds")
                try reader.finish()
                guard reason.contains(where: { !$0.isWhitespace }) else { throw MessageError.malformed("reason") }
                return try await call.provider.administration.requestEmergency(
                    reason: reason, duration: seconds, in: call.scope, by: call.administrator
                ).json
            }),
        AdministrationRoute(
            .get, "/tenants/{tenant}/emergencies/{emergency}", "One emergency.", .tenant(.readEmergency),
            answer: emergency, handle: { call in try await found(call).json }),
        AdministrationRoute(
            .post, "/tenants/{tenant}/emergencies/{emergency}/approve",
            "Approve another person's emergency; the right begins now.", .tenant(.approveEmergency),
            answer: assignment, status: .created,
            handle: { call in
                try await call.provider.administration.approve(
                    found(call), in: call.scope, by: call.administrator, call.capability
                ).json
            }),
        AdministrationRoute(
            .post, "/tenants/{tenant}/emergencies/{emergency}/refuse", "Refuse an emergency.",
            .tenant(.approveEmergency), answer: nil,
            handle: { call in
                try await call.provider.administration.refuse(
                    found(call), in: call.scope, by: call.administrator)
                return [:]
            }),
        AdministrationRoute(
            .get, "/tenants/{tenant}/notices", "What the data protection officer must hear of.",
            .tenant(.readNotice),
            answer: Schema.Property.page(
                "notices",
                [
                    .init("notice", .text(maximum: 32), "Its number."),
                    .init("kind", .choice(AdministrationNotice.Kind.allCases.map(\.rawValue)), "What happened."),
                    .init("object", .text(maximum: 64), "To which emergency."), .init("at", .time, "When."),
                ], "The newest first."), isPaged: true,
            handle: { call in
                let found = try await call.provider.administration.notices(in: call.scope, page: call.page)
                return call.list("notices", found, cursor: { String($0.identifier) }, \.json)
            }),
    ]

    private static let emergency: [Schema.Property] = [
        .init("emergency", .text(maximum: 64), "Its identifier."), .init("tenant", .text(maximum: 63), "Where."),
        .init("requested_by", .text(maximum: 255), "Who asked, by their name in administration."),
        .init("reason", .text(maximum: 200), "Why."), .init("seconds", .count(1...Emergency.longest), "For how long."),
        .init("requested_at", .time, "When it was asked for."),
        .init("state", .choice(Emergency.State.allCases.map(\.rawValue)), "Whether it was decided."),
        .optional("decided_at", .time, "When it was decided."),
    ]

    private static func found(_ call: AdministrationCall) async throws -> Emergency {
        try await call.provider.administration.emergency(call["emergency"], in: call.scope, by: call.administrator)
    }
}

extension Emergency {
    var json: JSONObject {
        var object: JSONObject = [
            "emergency": .string(identifier.rawValue), "tenant": .string(tenant.rawValue),
            "requested_by": .string(requesterSubject.rawValue), "reason": .string(reason),
            "seconds": .integer(duration), "requested_at": requestedAt.json, "state": .string(state.rawValue),
        ]
        object["decided_at"] = decidedAt?.json
        return object
    }
}

extension AdministrationNotice {
    var json: JSONObject {
        [
            "notice": .string(String(identifier)), "kind": .string(kind.rawValue), "object": .string(object),
            "at": createdAt.json,
        ]
    }
}
