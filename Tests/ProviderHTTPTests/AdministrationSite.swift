import AccountDirectory
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import IdentityCrypto
import Logging
import NIOCore
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

@testable import ProviderHTTP

/// The administration listener behind its real router, without a network.
struct AdministrationSite: Sendable {
    let provider: TestProvider
    let client: any TestClientProtocol

    static func serve(
        _ provider: TestProvider? = nil, _ body: @Sendable (AdministrationSite) async throws -> Void
    ) async throws {
        var ready = provider
        if ready == nil { ready = try await .withAdministration() }
        guard let provider = ready else { return }
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let application = Application(router: AdministrationAPI.router(provider: provider.provider), logger: logger)
        try await application.test(.router) { client in
            try await body(AdministrationSite(provider: provider, client: client))
        }
    }

    /// A call as the administrator makes it; `headers` are added.
    func call(
        _ administrator: TestAdministrator, _ method: HTTPRequest.Method, _ path: String, query: String = "",
        _ body: JSONObject? = nil, headers: HTTPFields = [:]
    ) async throws -> TestResponse {
        try await call(administrator, method, path, query: query, text: body?.text, headers: headers)
    }

    /// A call with a body that need not be JSON.
    func call(
        _ administrator: TestAdministrator, _ method: HTTPRequest.Method, _ path: String, query: String = "",
        text: String?, headers: HTTPFields = [:]
    ) async throws -> TestResponse {
        let full = AdministrationAPI.path + path
        var fields = headers
        fields[.authorization] = "DPoP " + administrator.accessToken
        fields[.proof] = try provider.administrationProof(administrator, method.rawValue, full).text
        let answer = try await send(method, full + query, text: text, headers: fields)
        Self.compare(answer, to: method, path)
        return answer
    }

    /// The server keeps to the document: every call of every test is held to the route that it is made to.
    private static func compare(_ answer: TestResponse, to method: HTTPRequest.Method, _ path: String) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        let route = AdministrationAPI.routes.filter { $0.method == method }.min { first, second in
            func misfit(_ route: AdministrationRoute) -> Int {
                let pattern = route.path.split(separator: "/", omittingEmptySubsequences: false)
                guard pattern.count == parts.count else { return .max }
                return zip(pattern, parts).reduce(0) { sum, pair in
                    pair.0 == pair.1 ? sum : pair.0.hasPrefix("{") ? sum + 1 : sum + 1000
                }
            }
            return misfit(first) < misfit(second)
        }
        guard let route, route.path.split(separator: "/").count == path.split(separator: "/").count,
            zip(route.path.split(separator: "/"), path.split(separator: "/")).allSatisfy({
                $0 == $1 || $0.hasPrefix("{")
            })
        else { return }
        let declared = Set(route.headers(ofAnswer: answer.status.code).map(\.name))
        for header in AdministrationRoute.AnswerHeader.all {
            #expect(
                (answer.headers[header.name] != nil) == declared.contains(header.name),
                "\(route.name), \(answer.status.code): \(header.name)")
        }
        if answer.status.code < 300 {
            #expect(answer.status == route.status, "\(route.name)")
            guard let schema = route.answer else { return #expect(answer.text.isEmpty, "\(route.name)") }
            #expect(schema.mistake(in: .object(answer.json)) == nil, "\(route.name): \(answer.text)")
        } else {
            #expect(answer.headers[.contentType] == "application/problem+json", "\(route.name): \(answer.text)")
            #expect(AdministrationProblem(rawValue: answer.code ?? "")?.status == answer.status.code, "\(route.name)")
        }
    }

    func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: JSONObject? = nil, headers: HTTPFields = [:]
    ) async throws -> TestResponse {
        try await send(method, path, text: body?.text, headers: headers)
    }

    private func send(
        _ method: HTTPRequest.Method, _ path: String, text: String?, headers: HTTPFields
    ) async throws -> TestResponse {
        var fields = headers
        if text != nil, fields[.contentType] == nil { fields[.contentType] = "application/json" }
        return try await client.execute(
            uri: path, method: method, headers: fields, body: text.map { ByteBuffer(string: $0) })
    }

    /// How often something happened, by its name in the audit trail.
    func events(_ kind: SecurityEvent.Kind) async throws -> Int {
        try await provider.auditTrail().count { $0.kind == kind.rawValue }
    }
}

/// A town with one of everything that `/admin/v1` names.
struct Town: Sendable {
    let tenant: TenantIdentifier
    /// The names of its things, by the parameter of the path.
    let names: [String: String]
    /// The names of its things, by the member of a body.
    let members: [String: String]
    /// Of the person whom its portals know.
    let phone: TestPhone

    /// Herten's things; its portals know a person.
    static func herten(_ site: AdministrationSite) async throws -> Town {
        let provider = site.provider
        let phone = try await provider.enrolledPhone()
        let tokens = try await provider.signIn(at: TestRegion.basic, phone: phone).tokens
        let claims = try unverifiedPayload(tokens.text("id_token"))
        let (subject, session) = (try claims.text("sub"), try claims.text("sid"))
        let request = try await provider.provider.dataRequests.file(
            DataRequestFlow.Wish(json: ["kind": "rectify", "tenant": "herten", "claims": ["family_name"]]),
            by: provider.verified(phone))
        let administrator = try await provider.administrator()
        try await provider.appoint(administrator, .tenantAdministrator, at: .tenant(TestRegion.herten))
        try await provider.appoint(administrator, .clerk, at: .tenant(TestRegion.herten))
        let devices = try await site.call(
            administrator, .get, "/tenants/herten/subjects/\(subject)/devices")
        let device = devices.json["devices"]?.array?.first?.object?["device"]?.string
        let other = try await provider.administrator()
        let assignment = try await provider.appoint(other, .auditor, at: .tenant(TestRegion.herten))
        try await provider.appoint(other, .regionAdministrator, at: .region)
        let emergency = try await site.call(
            other, .post, "/tenants/herten/emergencies", ["reason": "Störung", "seconds": 600])
        try provider.changeRegion { $0.services.append(MandateStory.parking) }
        let story = try await MandateStory(provider: provider)
        let mandate = try await story.propose(by: story.ada).mandate.identifier
        let token = try await site.call(
            administrator, .post, "/tenants/herten/registration-tokens", ["uses": 1, "seconds": 60])
        return Town(
            tenant: TestRegion.herten,
            names: [
                "tenant": "herten", "subject": subject, "session": session, "device": try #require(device),
                "client": try await provider.register(TestRegistrant.metadata()).text("client_id"),
                "service": "parking", "template": try await provider.proposeTemplate().rawValue,
                "assignment": assignment.rawValue,
                "emergency": try emergency.json.text("emergency"), "company": story.company.rawValue,
                "mandate": mandate.rawValue, "request": request.identifier.rawValue,
                "login": try claims.text("txn"), "token": try token.json.text("token"),
            ],
            members: try await members(
                of: phone, subject: subject, device: try #require(device), TestRegion.herten, site),
            phone: phone)
    }

    /// What Marl, where the same person has logged in as well, calls the person, a session and a device.
    func neighbour(_ site: AdministrationSite) async throws -> Town {
        let tokens = try await site.provider.signIn(at: TestRegion.post, phone: phone).tokens
        let claims = try unverifiedPayload(tokens.text("id_token"))
        let subject = try claims.text("sub")
        let administrator = try await site.provider.administrator()
        try await site.provider.appoint(administrator, .tenantAdministrator, at: .tenant(TestRegion.marl))
        let devices = try await site.call(administrator, .get, "/tenants/marl/subjects/\(subject)/devices")
        let device = try #require(devices.json["devices"]?.array?.first?.object?["device"]?.string)
        return Town(
            tenant: TestRegion.marl,
            names: ["subject": subject, "session": try claims.text("sid"), "device": device],
            members: try await Self.members(of: phone, subject: subject, device: device, TestRegion.marl, site),
            phone: phone)
    }

    private static func members(
        of phone: TestPhone, subject: String, device: String, _ tenant: TenantIdentifier, _ site: AdministrationSite
    ) async throws -> [String: String] {
        let account = try await site.provider.verified(phone).account.identifier
        let candidates = try await site.provider.provider.desk.candidates(for: site.provider.visit())
        let candidate = try #require(candidates.first { $0.account == account })
        let name = candidate.name(in: try site.provider.scope(tenant))
        return [
            "candidate": name, "same_person": name, "device": device, "found_device": device,
            "administrator": subject, "subject": subject,
        ]
    }

    /// Text members of bodies that name nothing of a town.
    static let plainMembers: Set<String> = [
        "document", "template", "version", "contact", "privacy_uri", "initiate_login_uri", "legal_basis", "reason",
        "proposal", "as_of", "received_on",
    ]

    /// Names of things that exist nowhere.
    static func unknown(_ parameter: String) -> String {
        switch parameter {
        case "client": "dyn-" + RandomBytes.text(16)
        case "service": "unknown-service"
        default: RandomBytes.text(16)
        }
    }
}

extension AdministrationRoute {
    /// The path with names in the place of the parameters.
    func filled(_ names: [String: String]) -> String {
        parameters.reduce(path) { path, name in
            path.replacing("{\(name)}", with: names[name] ?? Town.unknown(name))
        }
    }

    /// A body that fits the schema and asks for something.
    ///
    /// - Parameter isWhole: false for the members alone that must be there.
    func sampleBody(now: Timestamp, isWhole: Bool = true) -> JSONObject? {
        guard let body else { return nil }
        guard case .object(let properties) = body else { return [:] }
        return properties.reduce(into: JSONObject()) { object, property in
            if isWhole || property.isRequired { object[property.name] = Self.sample(property, now: now) }
        }
    }

    /// The members of the body that are texts, and so may name something.
    var textMembers: [String] {
        guard case .object(let properties) = body else { return [] }
        return properties.compactMap { property in
            if case .text = property.schema { property.name } else { nil }
        }
    }

    private static func sample(_ property: Schema.Property, now: Timestamp) -> JSONValue? {
        switch property.name {
        case "valid_until": return (now + 600).json
        case "valid_from": return now.json
        case "subject": return "nobody-known"
        case "received_on": return .string(CalendarDate(inGermanyAt: now).rawValue)
        case "person", "former": return .object(TestRegion.person)
        default: break
        }
        switch property.schema {
        case .text: return "text"
        case .time: return now.json
        case .count(let range): return .integer(max(range.lowerBound, 60))
        case .bool: return true
        case .choice(let words): return words.first.map { .string($0) }
        case .list: return []
        case .object, .anyObject: return .object([:])
        }
    }
}

extension TestResponse {
    var code: String? { json["code"]?.string }
}
