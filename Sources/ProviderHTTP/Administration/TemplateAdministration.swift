internal import AccountDirectory
internal import Hummingbird
internal import OpenIDMessages
internal import ProviderCore

/// The administration of templates: `GET` and `POST /templates`, `GET /templates/{template}`,
/// `POST /templates/{template}/adoptions`, and `POST /templates/{template}/adoptions/{tenant}/` with `approve`, `upgrade`,
/// `decline` or `withdraw`.
struct TemplateAdministration {
    let templates: TemplateFlow
    let registry: ClientRegistry
    let caller: LocalOperator

    static func addRoutes(
        to router: Router<ProviderRequestContext>, provider: Provider, for caller: LocalOperator
    ) {
        let routes = TemplateAdministration(
            templates: provider.templates, registry: provider.registry, caller: caller)
        router.get("/templates") { _, _ in Answer.json(routes.list) }
        router.get("/templates/{template}") { _, context in Answer.json(try routes.show(context)) }
        router.post("/templates") { request, _ in
            var request = request
            return try await refusing {
                var reader = MemberReader(try await request.json())
                let document = try reader.string("document", maximumLength: 16_384)
                try reader.finish()
                let template = try await routes.templates.publish(document)
                return Answer.json(
                    ["published": .string("\(template.key) \(template.version)")], status: .created)
            }
        }
        router.post("/templates/{template}/adoptions") { request, context in
            var request = request
            return try await refusing { try await routes.propose(try await request.json(), context) }
        }
        router.post("/templates/{template}/adoptions/{tenant}/{step}") { request, context in
            var request = request
            return try await refusing { try await routes.step(try await request.json(), context) }
        }
    }

    private static func refusing(_ body: () async throws -> Response) async throws -> Response {
        do { return try await body() } catch let refusal as TemplateRefusal {
            throw AdministrationError(
                refusal.isAboutSomethingUnknown ? .notFound : .conflict, refusal.code, refusal.sentence)
        }
    }

    // MARK: Reading

    private var list: JSONObject {
        let library = templates.library
        return [
            "templates": .array(
                library.templates.keys.sorted().compactMap { library.latest($0) }.map { template -> JSONValue in
                    .object([
                        "key": .string(template.key.rawValue), "latest": .string(template.version.rawValue),
                        "title": .string(template.definition.title.german),
                        "publisher": .string(template.publisher.rawValue),
                        "adoptions": .integer(
                            Int64(library.adoptions.count { $0.template == template.key && $0.state.isInForce })),
                    ])
                })
        ]
    }

    /// The latest version, its versions and adoptions, and where the service can be used.
    private func show(_ context: ProviderRequestContext) throws -> JSONObject {
        let key = try key(context)
        let library = templates.library
        guard let latest = library.latest(key) else {
            throw AdministrationError(
                .notFound, TemplateRefusal.unknownTemplate.code, TemplateRefusal.unknownTemplate.sentence)
        }
        return [
            "template": .object(latest.json),
            "versions": .strings((library.templates[key] ?? [:]).keys.sorted().map(\.rawValue)),
            "adoptions": .array(library.adoptions.filter { $0.template == key }.map { .object($0.summary) }),
            "availability": .array(
                registry.region.tenants.filter { $0.kind != .regionalPortal }.map { tenant in
                    .object(templates.availability(of: key, at: tenant.identifier).json(at: tenant.identifier))
                }),
        ]
    }

    private func key(_ context: ProviderRequestContext) throws -> ServiceIdentifier {
        guard let key = ServiceIdentifier(rawValue: try context.parameters.require("template")) else {
            throw AdministrationError(
                .notFound, TemplateRefusal.unknownTemplate.code, TemplateRefusal.unknownTemplate.sentence)
        }
        return key
    }

    // MARK: Changing

    private func propose(_ body: JSONObject, _ context: ProviderRequestContext) async throws -> Response {
        var reader = MemberReader(body)
        let scope = try scope(reader.wire("tenant"))
        let isDry = try reader.bool("dry_run")
        let terms = try terms(&reader)
        try reader.finish()
        let key = try key(context)
        let adopted: AdoptedService
        if isDry {
            adopted = try templates.dryRun(key, terms, in: scope)
        } else {
            adopted = try await templates.propose(key, terms, in: scope)
        }
        return Answer.json(
            [
                "proposed": .bool(!isDry), "service": .object(adopted.service.summary),
                "passed": .strings(adopted.dryRun.passed), "tightened": .strings(adopted.dryRun.tightened),
            ], status: isDry ? .ok : .created)
    }

    private func step(_ body: JSONObject, _ context: ProviderRequestContext) async throws -> Response {
        let key = try key(context)
        let step = try context.parameters.require("step")
        var reader = MemberReader(body)
        guard let tenant = TenantIdentifier(rawValue: try context.parameters.require("tenant")) else {
            throw TemplateRefusal.unknownTenant
        }
        let scope = try scope(tenant)
        let adoption: Adoption
        switch step {
        case "approve":
            let role: Adoption.Role = try reader.choice("role")
            let person = try reader.string("by", maximumLength: 128)
            try reader.finish()
            // One spelling for one name: Anna is not somebody else than anna.
            guard person.wholeMatch(of: /[a-z0-9][a-z0-9._@-]{0,63}/) != nil else { throw MessageError.malformed("by") }
            adoption = try await templates.approve(key, in: scope, as: role, by: person)
        case "upgrade":
            let terms = try terms(&reader, changing: templates.library.adoption(of: key, at: tenant)?.standing)
            try reader.finish()
            adoption = try await templates.upgrade(key, in: scope, to: terms)
        case "decline":
            try reader.finish()
            adoption = try await templates.decline(key, in: scope)
        case "withdraw":
            try reader.finish()
            adoption = try await templates.withdraw(key, in: scope)
        default: throw AdministrationError(.notFound, "invalid_request", "The call is not known here.")
        }
        return Answer.json(adoption.summary)
    }

    private func scope(_ tenant: TenantIdentifier) throws(TemplateRefusal) -> TenantScope {
        guard let scope = registry.scope(for: caller, at: tenant) else { throw .unknownTenant }
        return scope
    }

    private func terms(_ reader: inout MemberReader, changing standing: AdoptionTerms? = nil) throws -> AdoptionTerms {
        var object = JSONObject()
        for name in ["version", "fields", "overrides"] { object[name] = reader.optional(name) }
        do throws(ServiceTemplate.Mistake) { return try AdoptionTerms(json: object, changing: standing) } catch {
            throw AdministrationError(.badRequest, "invalid_request", "The terms are wrong: \(error.sentence).")
        }
    }
}

extension Adoption {
    fileprivate var summary: JSONObject {
        var object: JSONObject = [
            "tenant": .string(tenant.rawValue), "template": .string(template.rawValue),
            "state": .string(state.rawValue),
        ]
        for member in json.members { object[member.name] = member.value }
        return object
    }
}

extension Service {
    fileprivate var summary: JSONObject {
        [
            "service": .string(identifier.rawValue), "required_level": .string(requiredLevel?.name ?? "none"),
            "contexts": .strings(contexts.map(\.rawValue)), "claims": .strings(claims),
        ]
    }
}

extension EffectiveServices.Availability {
    func json(at tenant: TenantIdentifier) -> JSONObject {
        switch self {
        case .here(let place):
            var object: JSONObject = ["tenant": .string(tenant.rawValue), "offered": true]
            object["initiate_login_uri"] = place.initiateLoginURI.map { .string($0.rawValue) }
            return object
        case .elsewhere(let places):
            return [
                "tenant": .string(tenant.rawValue), "offered": false,
                "offered_by": .strings(places.map(\.tenant.rawValue)),
            ]
        }
    }
}
