internal import AccountDirectory
internal import HTTPTypes
internal import OpenIDMessages
internal import ProviderCore

extension AdministrationAPI {
    static let assignment: [Schema.Property] = [
        .init("assignment", .text(maximum: 64), "Its identifier."),
        .init("subject", .text(maximum: 255), "The administrator's name in administration."),
        .init("role", .choice(AdministrationRole.allCases.map(\.rawValue)), "The role."),
        .optional("tenant", .text(maximum: 63), "Where; absent for the region."),
        .optional("operator", .text(maximum: 63), "The operator whose staff it is."),
        .init("valid_from", .time, "Counts from then."), .init("valid_until", .time, "Counts until just before then."),
        .optional("granted_by", .text(maximum: 64), "The assignment by whose right it was granted."),
        .init("granted_at", .time, "When it was granted."),
        .optional("revoked_at", .time, "When it was revoked."),
    ]

    private static let wish: [Schema.Property] = [
        .init("subject", .text(maximum: 255), "The person's name in administration (`GET /me`)."),
        .init("role", .choice(AdministrationRole.allCases.map(\.rawValue)), "The role."),
        .optional("valid_from", .time, "Begins now when absent."),
        .init("valid_until", .time, "An end is a must."),
    ]

    /// Who may administer: for the region, and at each tenant.
    static let assignmentRoutes: [AdministrationRoute] = [
        AdministrationRoute(
            .get, "/assignments", "Who administers the region.", .region(.readAssignment),
            answer: Schema.Property.page("assignments", assignment, "The oldest first."), isPaged: true,
            handle: { call in
                let found = try await call.provider.administration.assignments(
                    by: call.regionCapability, page: call.page)
                return call.list("assignments", found, cursor: \.identifier.rawValue, \.json)
            }),
        AdministrationRoute(
            .post, "/assignments", "Give a role for the region.", .region(.grantAssignment), body: wish,
            answer: assignment, status: .created,
            handle: { call in
                try await call.provider.administration.grant(
                    wish(of: call), by: call.regionCapability, call.administrator
                ).json
            }),
        AdministrationRoute(
            .get, "/assignments/{assignment}", "One role for the region.", .region(.readAssignment),
            answer: assignment, handle: { call in try await regional(call).json }),
        AdministrationRoute(
            .delete, "/assignments/{assignment}", "End a role for the region, at once.", .region(.revokeAssignment),
            answer: nil, current: { call in try await regional(call).json },
            handle: { call in
                try await call.provider.administration.revoke(regional(call), by: call.administrator)
                return [:]
            }),
        AdministrationRoute(
            .get, "/tenants/{tenant}/assignments", "Who administers the tenant, and who did.",
            .tenant(.readAssignment), answer: Schema.Property.page("assignments", assignment, "The oldest first."),
            isPaged: true,
            handle: { call in
                let found = try await call.provider.administration.assignments(in: call.scope, page: call.page)
                return call.list("assignments", found, cursor: \.identifier.rawValue, \.json)
            }),
        AdministrationRoute(
            .post, "/tenants/{tenant}/assignments", "Give a role at the tenant.", .tenant(.grantAssignment),
            body: wish, answer: assignment, status: .created,
            handle: { call in
                try await call.provider.administration.grant(wish(of: call), in: call.scope, by: call.administrator)
                    .json
            }),
        AdministrationRoute(
            .get, "/tenants/{tenant}/assignments/{assignment}", "One role at the tenant.", .tenant(.readAssignment),
            answer: assignment, handle: { call in try await local(call).json }),
        AdministrationRoute(
            .delete, "/tenants/{tenant}/assignments/{assignment}", "End a role at the tenant, at once.",
            .tenant(.revokeAssignment), answer: nil, current: { call in try await local(call).json },
            handle: { call in
                try await call.provider.administration.revoke(local(call), by: call.administrator)
                return [:]
            }),
    ]

    private static func wish(of call: AdministrationCall) throws(MessageError) -> AdministrationFlow.Wish {
        var reader = MemberReader(call.body)
        let validFrom = call.body["valid_from"] == nil ? nil : try reader.time("valid_from")
        let wish = AdministrationFlow.Wish(
            subject: try reader.wire("subject"), role: try reader.choice("role"), validFrom: validFrom,
            validUntil: try reader.time("valid_until"))
        try reader.finish()
        return wish
    }

    private static func regional(_ call: AdministrationCall) async throws -> AdminAssignment {
        try await call.provider.administration.assignment(call["assignment"], by: call.regionCapability)
    }

    private static func local(_ call: AdministrationCall) async throws -> AdminAssignment {
        try await call.provider.administration.assignment(
            call["assignment"], in: call.scope, by: call.administrator)
    }
}

extension AdminAssignment {
    var json: JSONObject {
        var object: JSONObject = [
            "assignment": .string(identifier.rawValue), "subject": .string(subject.rawValue),
            "role": .string(role.rawValue),
        ]
        object["tenant"] = scope.tenant.map { .string($0.rawValue) }
        object["operator"] = scope.operatorIdentifier.map { .string($0.rawValue) }
        object["valid_from"] = validFrom.json
        object["valid_until"] = validUntil.json
        object["granted_by"] = grantedBy.map { .string($0.rawValue) }
        object["granted_at"] = grantedAt.json
        object["revoked_at"] = revokedAt?.json
        return object
    }
}
