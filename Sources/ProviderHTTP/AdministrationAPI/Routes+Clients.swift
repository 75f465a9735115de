internal import AccountDirectory
internal import HTTPTypes
internal import OpenIDMessages
internal import ProviderCore

extension AdministrationAPI {
    /// The tenant itself and its services.
    static let tenantRoutes: [AdministrationRoute] = [
        AdministrationRoute(
            .get, "/tenants/{tenant}", "The tenant.", .tenant(.readTenant), answer: tenant,
            handle: { call in call.json(try call.scope.tenant) }),
        AdministrationRoute(
            .get, "/tenants/{tenant}/services", "Services that the tenant offers.", .tenant(.readService),
            answer: [.init("services", .list(.object(service)), "In the region's order.")],
            handle: { call in
                let services = call.provider.registry.services(in: try call.scope)
                return ["services": .array(try services.map { .object(try json($0, call)) })]
            }),
        AdministrationRoute(
            .get, "/tenants/{tenant}/services/{service}", "One service.", .tenant(.readService), answer: service,
            handle: { call in
                let found = call.provider.registry.services(in: try call.scope)
                    .first { $0.identifier.rawValue == call["service"] }
                guard let found else { throw AdministrationProblem.notFound }
                return try json(found, call)
            }),
        AdministrationRoute(
            .get, "/tenants/{tenant}/counters", "How many people have to do with the tenant; nobody's name.",
            .tenant(.countPeople),
            answer: [
                .init("people", .count(0 ... .max), "People with a name in the tenant's sector."),
                .init("sessions", .count(0 ... .max), "Sessions in which somebody is signed in at the tenant."),
                .init(
                    "releases",
                    .list(
                        .object([
                            .optional("service", .text(maximum: 63), "The service; absent for logins for none."),
                            .init("granted", .count(0 ... .max), "Releases of claims that are in force."),
                            .init("withdrawn", .count(0 ... .max), "Releases that people took back."),
                        ])), "By service, without a claim and without a name."),
            ],
            handle: { call in
                let counters = try await call.provider.tenantPeople.counters(in: call.scope)
                return [
                    "people": .integer(counters.people), "sessions": .integer(counters.sessions),
                    "releases": .array(counters.releases.map { .object($0.json) }),
                ]
            }),
    ]

    /// The tenant's portals.
    static let clientRoutes: [AdministrationRoute] = [
        AdministrationRoute(
            .get, "/tenants/{tenant}/clients", "The tenant's clients.", .tenant(.readClient),
            answer: [.init("clients", .list(.object(clientSummary)), "Those of the region file first.")],
            handle: { call in
                let listing = call.provider.registry.listing(in: try call.scope)
                return ["clients": .array(listing.map { .object($0.summary) })]
            }),
        AdministrationRoute(
            .get, "/tenants/{tenant}/clients/{client}", "One client, without its secrets.", .tenant(.readClient),
            answer: [.init("client", .anyObject, "Under the keys of a region file.")],
            handle: { call in ["client": .object(try await client(call).details)] }),
        AdministrationRoute(
            .get, "/tenants/{tenant}/clients/{client}/doctor", "What is wrong with a client's integration.",
            .tenant(.examineClient),
            answer: [
                .init("client_id", .text(), "The client."), .init("observed_since", .time, "Seen since then."),
                .init("findings", .list(.anyObject), "Check, result and remedy."),
            ],
            handle: { call in
                let client = try await client(call).client.identifier
                guard let findings = try await call.provider.clientDoctor.examine(client) else {
                    throw AdministrationProblem.notPossibleNow
                }
                return [
                    "client_id": .string(client.rawValue),
                    "observed_since": call.provider.observations.since.json,
                    "findings": .array(findings.map { .object($0.json) }),
                ]
            }),
        AdministrationRoute(
            .delete, "/tenants/{tenant}/clients/{client}",
            "Remove a client that registered itself, with its grants and tokens.", .tenant(.removeClient),
            answer: nil, current: { call in ["client": .object(try await client(call).details)] },
            handle: { call in
                let client = try await client(call).client.identifier
                let isRemoved = try await call.provider.registrations.remove(
                    client, in: call.scope, by: call.administrator)
                // One of the region file is removed there.
                guard isRemoved else { throw AdministrationProblem.notPossibleNow }
                return [:]
            }),
        AdministrationRoute(
            .post, "/tenants/{tenant}/registration-tokens",
            "Let somebody register clients of the tenant; the token is shown once.", .tenant(.admitClient),
            body: [
                .init("uses", .count(1...1000), "How many clients."),
                .init(
                    "seconds", .count(1...2_592_000), "For how long, and no longer than the right of who asks for it."),
            ],
            answer: [
                .init("initial_access_token", .text(), "RFC 7591 §3."),
                .init("token", .text(maximum: 64), "Under which it is listed and ended."),
                .init("expires_at", .time, "Good until then."),
                .init("registration_endpoint", .text(), "Where it is used."),
            ], status: .created,
            handle: { call in
                var reader = MemberReader(call.body)
                let (uses, seconds) = (try reader.count("uses"), try reader.count("seconds"))
                try reader.finish()
                let token = try await call.provider.registrations.issueToken(
                    in: call.scope, by: call.administrator, right: call.capability.assignment, uses: uses,
                    lifetime: seconds)
                guard let token else { throw AdministrationProblem.notPossibleNow }
                return [
                    "initial_access_token": .string(token.text), "token": .string(token.name.rawValue),
                    "expires_at": token.expiresAt.json,
                    "registration_endpoint": .string(
                        call.provider.issuer.appending(DiscoveryDocument.Path.registration)),
                ]
            }),
        AdministrationRoute(
            .get, "/tenants/{tenant}/registration-tokens",
            "Tokens that are good for registering clients of the tenant, without their secrets.",
            .tenant(.admitClient),
            answer: [
                .init(
                    "tokens",
                    .list(
                        .object([
                            .init("token", .text(maximum: 64), "Its name."),
                            .init("uses_left", .count(1...1000), "How many clients it still registers."),
                            .init("expires_at", .time, "Good until then."),
                        ])), "The first to end first.")
            ],
            handle: { call in
                let tokens = try await call.provider.registrations.tokens(in: call.scope)
                return ["tokens": .array(tokens.map { .object($0.json) })]
            }),
        AdministrationRoute(
            .delete, "/tenants/{tenant}/registration-tokens/{token}",
            "End such a token. Clients that it registered stay.", .tenant(.admitClient), answer: nil,
            handle: { call in
                guard let name = RegistrationTokenIdentifier(rawValue: call["token"]) else {
                    throw AdministrationProblem.notFound
                }
                let isRevoked = try await call.provider.registrations.revokeToken(
                    name, in: call.scope, by: call.administrator)
                guard isRevoked else {
                    throw try await call.provider.administration.missed(
                        .registrationToken(name), in: call.scope, by: call.administrator)
                }
                return [:]
            }),
    ]

    private static let service: [Schema.Property] = [
        .init("service", .text(maximum: 63), "The short name."), .init("title", .text(), "In German."),
        .optional("title_en", .text(), "In English."), .init("publisher", .text(maximum: 63), "Who published it."),
        .init("version", .text(maximum: 32), "Which version of it."),
        .init("contexts", .list(.text(maximum: 16)), "Who can use it."),
        .optional("required_level", .text(maximum: 16), "Absent when no login is needed."),
        .optional("mandate_scope", .text(maximum: 128), "What a mandate for it must cover."),
        .init("claims", .list(.text(maximum: 64)), "That a login for it may ask for."),
        .optional("purpose", .text(maximum: 4096), "Why it wants them, in German."),
        .optional("purpose_en", .text(maximum: 4096), "In English."),
        .optional("purpose_version", .count(1 ... .max), "Rises with every change of the purpose."),
        .optional("legal_basis", .text(maximum: 1024), "The law on which it rests."),
        .optional("leika_key", .text(maximum: 14), "Its number in the Leistungskatalog."),
        .optional("amount", .text(maximum: 32), "What it costs at most, in EUR."),
        .optional("contact", .text(), "The office that answers for it."),
        .optional("privacy_uri", .text(maximum: 2048), "The privacy notice for it."),
        .optional(
            "served_by", .list(.text()),
            "Clients of its publisher that act for this tenant; absent when there are none."),
    ]

    /// A service as the tenant offers it, with whoever asks for logins for it on the tenant's behalf.
    private static func json(
        _ service: AccountDirectory.Service, _ call: AdministrationCall
    ) throws -> JSONObject {
        var object = service.json
        let clients = call.provider.registry.clients(serving: service.identifier, in: try call.scope)
        if !clients.isEmpty { object["served_by"] = .strings(clients.map(\.rawValue)) }
        return object
    }

    private static let clientSummary: [Schema.Property] = [
        .init("client_id", .text(), "Its name."), .init("tenant", .text(maximum: 63), "Whose it is."),
        .init("name", .text(), "As people see it."),
        .init("profile", .choice(ClientProfile.allCases.map(\.rawValue)), "To what it is held."),
        .init("authentication", .text(maximum: 64), "How it proves itself."),
        .init("can_authenticate", .bool, "False while it has handed in no key."),
        .init("registered", .bool, "True for one that registered itself."),
    ]

    /// A client of the tenant; everybody else's is unknown.
    private static func client(_ call: AdministrationCall) async throws -> ClientRegistry.Listing {
        let found = call.provider.registry.listing(in: try call.scope)
            .first { $0.client.identifier.rawValue == call["client"] }
        guard let found else {
            throw try await call.provider.administration.missed(
                client: call["client"], in: call.scope, by: call.administrator)
        }
        return found
    }
}

extension AccountDirectory.Service {
    var json: JSONObject {
        var object: JSONObject = ["service": .string(identifier.rawValue), "title": .string(title.german)]
        object["title_en"] = title.english.map { .string($0) }
        object["publisher"] = .string(publisher.rawValue)
        object["version"] = .string(version)
        object["contexts"] = .strings(contexts.map(\.rawValue))
        object["required_level"] = requiredLevel.map { .string($0.name) }
        object["mandate_scope"] = mandateScope.map { .string($0) }
        object["claims"] = .strings(claims)
        object["purpose"] = purpose.map { .string($0.german) }
        object["purpose_en"] = (purpose?.english).map { .string($0) }
        object["purpose_version"] = purpose.map { _ in .integer(purposeVersion) }
        object["legal_basis"] = legalBasis.map { .string($0) }
        object["leika_key"] = leikaKey.map { .string($0) }
        object["amount"] = amount.map { .string(ServiceAmount.text($0)) }
        object["contact"] = contact.map { .string($0) }
        object["privacy_uri"] = privacyURI.map { .string($0.rawValue) }
        return object
    }
}

extension InitialAccessToken {
    /// Without the secret, of which nothing but a digest is kept.
    var json: JSONObject {
        ["token": .string(name.rawValue), "uses_left": .integer(usesLeft), "expires_at": expiresAt.json]
    }
}

extension TenantCounters.ServiceReleases {
    fileprivate var json: JSONObject {
        var object: JSONObject = [:]
        object["service"] = service.map { .string($0.rawValue) }
        object["granted"] = .integer(granted)
        object["withdrawn"] = .integer(withdrawn)
        return object
    }
}
