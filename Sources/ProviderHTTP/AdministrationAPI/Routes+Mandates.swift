internal import AccountDirectory
internal import HTTPTypes
internal import OpenIDMessages
internal import ProviderCore

extension AdministrationAPI {
    /// What the companies that the tenant's office looks after let somebody do for them.
    static let mandateRoutes: [AdministrationRoute] = [
        AdministrationRoute(
            .get, "/tenants/{tenant}/companies/{company}/mandates",
            "Mandates by which somebody acts for the company, the oldest first; not who.", .tenant(.readMandate),
            answer: Schema.Property.page("mandates", mandate, "Also those that are over."), isPaged: true,
            handle: { call in
                let company = try await call.provider.companyOffices.open(
                    call["company"], in: call.scope, by: call.administrator)
                let mandates = try await call.provider.mandateOffices.list(company, page: call.page)
                return call.list("mandates", mandates, cursor: { $0.identifier.rawValue }) { $0.json }
            }),
        AdministrationRoute(
            .get, "/tenants/{tenant}/mandates/{mandate}",
            "A mandate: what it lets its holder do, and how far it is approved; not who.", .tenant(.readMandate),
            answer: mandate,
            handle: { call in
                try await call.provider.mandateOffices.show(try await opened(call)).json
            }),
        AdministrationRoute(
            .post, "/tenants/{tenant}/mandates/{mandate}/revocation",
            "End a mandate, and what was delegated from it, at once; those whom it concerns are told.",
            .tenant(.revokeMandate), body: [], answer: mandate,
            handle: { call in try await call.provider.mandateOffices.revoke(try await opened(call)).json }),
    ]

    /// A mandate of one of the tenant's companies; everybody else's is unknown.
    private static func opened(_ call: AdministrationCall) async throws -> MandateCase {
        try await call.provider.mandateOffices.open(call["mandate"], in: call.scope, by: call.administrator)
    }

    private static let mandate: [Schema.Property] = [
        .init("mandate", .text(maximum: 64), "Its identifier."),
        .init("company", .text(maximum: 64), "The company for which its holder acts."),
        .init(
            "holder", .choice(MandateOfficeView.Holder.allCases.map(\.rawValue)), "One person, or a service company."),
        .init("state", .choice(MandateState.allCases.map(\.rawValue)), "Where it stands."),
        .init("scopes", .list(.text(maximum: 64)), "For what."),
        .init("tenants", .list(.text(maximum: 63)), "Where; `*` for everywhere."),
        .init("establishments", .list(.text(maximum: 64)), "For which establishments; `*` for all."),
        .optional("limits", .anyObject, "`amount` and `currency` of a single act; absent for no limit."),
        .init("valid_from", .text(maximum: 10), "The first day."),
        .init("valid_until", .text(maximum: 10), "The last day."),
        .init("may_delegate", .bool, "Whether its holder may hand it on."),
        .optional("parent", .text(maximum: 64), "The mandate from which it was delegated."),
        .init("basis", .choice(MandateBasis.allCases.map(\.rawValue)), "On what it rests."),
        .init("approvals", .count(0 ... .max), "How many have approved it."),
        .init("approvals_needed", .count(1 ... .max), "How many must."),
        .init("proposed_at", .time, "When it was asked for."),
        .optional("activated_at", .time, "Since when it counts."),
    ]
}

extension MandateOfficeView {
    var json: JSONObject {
        var object: JSONObject = [
            "mandate": .string(identifier.rawValue), "company": .string(company.rawValue),
            "holder": .string(holder.rawValue), "state": .string(state.rawValue),
        ]
        for member in powers.json.members where member.value != .null { object[member.name] = member.value }
        object["may_delegate"] = .bool(mayDelegate)
        object["parent"] = parent.map { .string($0.rawValue) }
        object["basis"] = .string(basis.rawValue)
        object["approvals"] = .integer(Int64(approvals))
        object["approvals_needed"] = .integer(Int64(approvalsNeeded))
        object["proposed_at"] = proposedAt.json
        object["activated_at"] = activatedAt.map(\.json)
        return object
    }
}
