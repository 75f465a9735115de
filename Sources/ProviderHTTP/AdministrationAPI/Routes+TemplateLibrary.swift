internal import AccountDirectory
internal import HTTPTypes
internal import OpenIDMessages
internal import ProviderCore

extension AdministrationAPI {
    /// The region's templates, what a town publishes, and what it wants to adopt. Templates are no secret among towns: each
    /// may adopt every one.
    static let templateLibraryRoutes: [AdministrationRoute] = [
        AdministrationRoute(
            .get, "/templates", "The templates that towns have published, each with its latest version.", .loggedIn,
            answer: [
                .init(
                    "templates",
                    .list(
                        .object([
                            .init("template", .text(maximum: 63), "Its key."),
                            .init("latest", .text(maximum: 32), "The latest version."),
                            .init("publisher", .text(maximum: 63), "The tenant that has developed it."),
                            .init("title", .text(), "What the service is called, in German."),
                        ])), "By key.")
            ],
            handle: { call in
                let library = call.provider.templates.library
                return [
                    "templates": .array(
                        library.templates.keys.sorted().compactMap { library.latest($0) }.map { template -> JSONValue in
                            .object([
                                "template": .string(template.key.rawValue),
                                "latest": .string(template.version.rawValue),
                                "publisher": .string(template.publisher.rawValue),
                                "title": .string(template.definition.title.german),
                            ])
                        })
                ]
            }),
        AdministrationRoute(
            .get, "/templates/{template}", "The latest version of a template, and where its service can be used.",
            .loggedIn,
            answer: [
                .init("document", .anyObject, "The template as its publisher signed it."),
                .init("versions", .list(.text(maximum: 32)), "Every version, the oldest first."),
                .init("places", .list(.object(place)), "The tenants, in the region's order."),
            ],
            handle: { call in try shown(call) }),
        AdministrationRoute(
            .post, "/tenants/{tenant}/templates", "Publish a version of a template that the tenant has signed.",
            .tenant(.publishTemplate),
            body: [.init("document", .text(maximum: 16_384), "The compact JWS of `citizen-id template sign --whole`.")],
            answer: [
                .init("template", .text(maximum: 63), "Its key."), .init("version", .text(maximum: 32), "Its version."),
            ], status: .created,
            handle: { call in
                try await refusing {
                    let template = try await call.provider.templates.publish(
                        call.body["document"]?.string ?? "", in: call.scope, by: call.administrator)
                    return [
                        "template": .string(template.key.rawValue), "version": .string(template.version.rawValue),
                    ]
                }
            }),
        AdministrationRoute(
            .post, "/tenants/{tenant}/adoptions",
            "Propose that the tenant adopts a template; two people must agree then.", .tenant(.proposeTemplate),
            body: [
                .init("template", .text(maximum: 63), "Its key."),
                .init("dry_run", .bool, "True to try the template's cases and write nothing."),
            ] + termMembers,
            answer: [
                .init("proposed", .bool, "False after a dry run."),
                .init("level", .text(maximum: 16), "That the service would need; `none` where it needs none."),
                .init("claims", .list(.text(maximum: 64)), "That it would ask for."),
                .init("passed", .list(.text(maximum: 200)), "Cases of the template that go as its author expects."),
                .init("tightened", .list(.text(maximum: 200)), "Cases that the tenant's own terms refuse."),
            ],
            handle: { call in try await propose(call) }),
        AdministrationRoute(
            .post, "/tenants/{tenant}/adoptions/{template}/upgrade",
            "Go over to another version or other terms: at once when nothing is wider, else two people must agree.",
            .tenant(.proposeTemplate), body: termMembers, answer: adoption,
            handle: { call in
                try await changing(call) { key, scope in
                    let adoption = call.provider.templates.library.adoption(of: key, at: scope.tenant.identifier)
                    return try await call.provider.templates.upgrade(
                        key, in: scope, to: terms(of: call.body, changing: adoption?.standing), by: call.administrator)
                }
            }),
        AdministrationRoute(
            .post, "/tenants/{tenant}/adoptions/{template}/decline", "Stay with the version that is in force.",
            .tenant(.proposeTemplate), answer: adoption,
            handle: { call in
                try await changing(call) { key, scope in
                    try await call.provider.templates.decline(key, in: scope, by: call.administrator)
                }
            }),
        AdministrationRoute(
            .post, "/tenants/{tenant}/adoptions/{template}/withdraw", "Offer the service no more, at once.",
            .tenant(.withdrawTemplate), answer: adoption,
            handle: { call in
                try await changing(call) { key, scope in
                    try await call.provider.templates.withdraw(key, in: scope, by: call.administrator)
                }
            }),
    ]

    private static let termMembers: [Schema.Property] = [
        .init("version", .text(maximum: 32), "The version."),
        .optional(
            "fields", .anyObject,
            "What the tenant says of its own: contact, privacy_uri, initiate_login_uri, legal_basis, amount. At an upgrade "
                + "what is left out stays as it is; null takes it away."),
        .optional("overrides", .anyObject, "What the tenant tightens, in the operators of metadata policies."),
    ]

    private static let place: [Schema.Property] = [
        .init("tenant", .text(maximum: 63), "The tenant."),
        .init("offered", .bool, "True where it offers the service."),
        .optional("offered_by", .list(.text(maximum: 63)), "Who does instead."),
        .optional("initiate_login_uri", .text(maximum: 2048), "Where a login for it begins."),
    ]

    private static func shown(_ call: AdministrationCall) throws -> JSONObject {
        let templates = call.provider.templates
        guard let key = ServiceIdentifier(rawValue: call["template"]), let latest = templates.library.latest(key) else {
            throw AdministrationProblem.notFound
        }
        let towns = call.provider.registry.region.tenants.filter { $0.kind != .regionalPortal }
        return [
            "document": .object(latest.json),
            "versions": .strings((templates.library.templates[key] ?? [:]).keys.sorted().map(\.rawValue)),
            "places": .array(
                towns.map { .object(templates.availability(of: key, at: $0.identifier).json(at: $0.identifier)) }),
        ]
    }

    private static func propose(_ call: AdministrationCall) async throws -> JSONObject {
        try await refusing {
            guard let key = ServiceIdentifier(rawValue: call.body["template"]?.string ?? "") else {
                throw TemplateRefusal.unknownTemplate
            }
            let (templates, scope) = (call.provider.templates, try call.scope)
            let terms = try terms(of: call.body)
            let isDry = call.body["dry_run"]?.bool ?? true
            let adopted =
                isDry
                ? try templates.dryRun(key, terms, in: scope)
                : try await templates.propose(key, terms, in: scope, by: call.administrator)
            return [
                "proposed": .bool(!isDry), "level": .string(adopted.service.requiredLevel?.name ?? "none"),
                "claims": .strings(adopted.service.claims), "passed": .strings(adopted.dryRun.passed),
                "tightened": .strings(adopted.dryRun.tightened),
            ]
        }
    }

    private static func changing(
        _ call: AdministrationCall, _ body: (ServiceIdentifier, TenantScope) async throws -> Adoption
    ) async throws -> JSONObject {
        try await refusing {
            let scope = try call.scope
            // What the tenant has not adopted it cannot change, whatever the terms are.
            let adoption = call.provider.templates.adoptions(in: scope).first {
                $0.template.rawValue == call["template"]
            }
            guard let adoption else { throw TemplateRefusal.notAdopted }
            return listed(try await body(adoption.template, scope))
        }
    }

    private static func terms(of body: JSONObject, changing standing: AdoptionTerms? = nil) throws -> AdoptionTerms {
        var object = JSONObject()
        for name in ["version", "fields", "overrides"] { object[name] = body[name] }
        do throws(ServiceTemplate.Mistake) { return try AdoptionTerms(json: object, changing: standing) } catch {
            throw AdministrationRefusal(
                problem: .templateRefused, details: ["detail": .string("The terms are wrong: \(error.sentence).")])
        }
    }

    private static func refusing(_ body: () async throws -> JSONObject) async throws -> JSONObject {
        do { return try await body() } catch let refusal as TemplateRefusal {
            guard refusal.problem == .templateRefused || refusal.problem == .notPossibleNow else {
                throw refusal.problem
            }
            throw AdministrationRefusal(
                problem: refusal.problem,
                details: ["reason": .string(refusal.code), "detail": .string(refusal.sentence)])
        }
    }
}
