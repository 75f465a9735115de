internal import AccountDirectory
internal import HTTPTypes
internal import OpenIDMessages
internal import ProviderCore

extension AdministrationAPI {
    /// Services that other towns have developed, and the two people who must agree.
    static let templateRoutes: [AdministrationRoute] = [
        AdministrationRoute(
            .get, "/tenants/{tenant}/adoptions", "Templates that the tenant has adopted or is asked to adopt.",
            .tenant(.readService), answer: [.init("adoptions", .list(.object(adoption)), "In the region's order.")],
            handle: { call in
                let adoptions = call.provider.templates.adoptions(in: try call.scope)
                return ["adoptions": .array(adoptions.map { .object(listed($0)) })]
            }),
        AdministrationRoute(
            .post, "/tenants/{tenant}/adoptions/{template}/approve",
            "Agree to what waits, in one's own role; with the second person it is in force.",
            .tenant(.approveTemplate), answer: adoption,
            handle: { call in
                listed(
                    try await call.provider.templates.approve(
                        template: call["template"], in: call.scope, by: call.administrator))
            }),
    ]

    private static let adoption: [Schema.Property] = [
        .init("template", .text(maximum: 63), "Its key."),
        .init("state", .choice(AdoptionState.allCases.map(\.rawValue)), "Where the adoption stands."),
        .optional("version", .text(maximum: 32), "Which is in force."),
        .optional("proposed_version", .text(maximum: 32), "Which waits for approval."),
        .init(
            "approved_as", .list(.choice(Adoption.Role.allCases.map(\.rawValue))),
            "The roles that have agreed to what waits."),
    ]

    private static func listed(_ adoption: Adoption) -> JSONObject {
        var object: JSONObject = [
            "template": .string(adoption.template.rawValue), "state": .string(adoption.state.rawValue),
        ]
        object["version"] = adoption.terms.map { .string($0.version.rawValue) }
        object["proposed_version"] = adoption.proposal.map { .string($0.terms.version.rawValue) }
        let approvals = adoption.proposal?.approvals ?? [:]
        object["approved_as"] = .strings(Adoption.Role.allCases.filter { approvals[$0] != nil }.map(\.rawValue))
        return object
    }
}
