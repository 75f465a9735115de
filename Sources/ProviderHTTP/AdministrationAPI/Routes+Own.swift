internal import AccountDirectory
internal import HTTPTypes
internal import OpenIDMessages
internal import ProviderCore

extension AdministrationAPI {
    /// What everybody may call: the document, and what is the caller's own.
    static let ownRoutes: [AdministrationRoute] = [
        AdministrationRoute(
            .get, "/openapi.json", "This document.", .nobodysBusiness, answer: nil, status: .ok,
            handle: { _ in OpenAPIDocument.json }
        ).answeringAnything,
        AdministrationRoute(
            .get, "/me", "Who I am in administration, and what I may do.", .loggedIn,
            answer: [
                .init("subject", .text(maximum: 255), "My name in administration; a granter needs it."),
                .init("acr", .text(maximum: 255), "The level that my login reached."),
                .init("authenticated_at", .time, "When I logged in."),
                .init("assignments", .list(.object(assignment)), "What I may do now."),
            ],
            handle: { call in
                let me = try call.administrator
                return [
                    "subject": .string(me.subject.rawValue), "acr": .string(me.context.acr),
                    "authenticated_at": me.authenticatedAt.json,
                    "assignments": .array(me.assignments.map { .object($0.json) }),
                ]
            }),
        AdministrationRoute(
            .post, "/bootstrap", "Become the first administrator by a ticket of the machine's operator.", .loggedIn,
            body: [.init("ticket", .text(maximum: 64), "As `citizen-id admin bootstrap` printed it.")],
            answer: assignment, status: .created,
            handle: { call in
                var reader = MemberReader(call.body)
                let ticket = try reader.string("ticket")
                try reader.finish()
                return try await call.provider.administration.bootstrap(ticket, by: call.administrator).json
            }),
        AdministrationRoute(
            .get, "/tenants", "The tenants at which I administer anything.", .loggedIn, answer: tenantList,
            handle: { call in
                let tenants = try call.provider.administration.tenants(of: call.administrator)
                return ["tenants": .array(tenants.map { .object(call.json($0)) })]
            }),
    ]

    static let regionRoutes: [AdministrationRoute] = [
        AdministrationRoute(
            .get, "/region", "The region.", .region(.readRegion),
            answer: [
                .init("name", .text(), "The region's name."), .init("issuer", .text(), "Its issuer."),
                .init("development", .bool, "True for a region that exists for development."),
                .init("tenants", .count(0...1_000_000), "How many tenants it has."),
                .init("services", .count(0...1_000_000), "How many services."),
                .init("clients", .count(0...1_000_000), "How many clients, those that registered themselves too."),
            ],
            handle: { call in
                let region = call.provider.registry.region
                return [
                    "name": .string(region.name), "issuer": .string(call.provider.issuer.rawValue),
                    "development": .bool(region.isDevelopment), "tenants": .integer(Int64(region.tenants.count)),
                    "services": .integer(Int64(region.services.count)),
                    "clients": .integer(Int64(call.provider.registry.listing.count)),
                ]
            })
    ]

    static let tenantList: [Schema.Property] = [
        .init("tenants", .list(.object(tenant)), "In the region's order.")
    ]

    static let tenant: [Schema.Property] = [
        .init("tenant", .text(maximum: 63), "The short name."), .init("name", .text(), "The official name."),
        .init("kind", .text(maximum: 64), "What kind of public body it is."),
        .optional("municipality_key", .text(maximum: 8), "Amtlicher Gemeindeschlüssel."),
        .init("operator", .text(maximum: 63), "The IT provider that works for it."),
        .init("operator_in_force", .bool, "Whether today is a day of the operator's assignment."),
        .optional("operator_from", .text(maximum: 10), "The first day of the assignment, YYYY-MM-DD."),
        .optional("operator_until", .text(maximum: 10), "Its last day, YYYY-MM-DD."),
        .optional("operator_purpose", .text(), "What the operator does for the tenant."),
        .optional("operator_contract", .text(), "The reference of the contract (GDPR Art. 28)."),
        .optional("operator_name", .text(), "The operator's full name."),
        .optional("operator_email", .text(maximum: 254), "How the operator is reached."),
        .optional("operator_phone", .text(maximum: 40), "The same by telephone."),
        .optional("operator_dpo_email", .text(maximum: 254), "The operator's data protection officer."),
        .init("state", .text(maximum: 32), "Whether its clients may act."),
        .init("floor", .text(maximum: 16), "The lowest level of any login."),
        .init("hosts", .list(.text(maximum: 255)), "Hosts that it has proved to be its own."),
        .init(
            "hosts_verified", .list(.text(maximum: 266)),
            "A host, a blank, and the day on which somebody looked at its proof last, YYYY-MM-DD."),
    ]
}

extension AdministrationRoute {
    /// For the one answer that is no object of ours.
    fileprivate var answeringAnything: AdministrationRoute {
        var route = self
        route.answer = .anyObject
        return route
    }
}
