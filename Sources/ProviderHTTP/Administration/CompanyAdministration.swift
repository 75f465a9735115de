internal import AccountDirectory
internal import HTTPTypes
internal import Hummingbird
internal import OpenIDMessages
internal import ProviderCore

/// Companies at the local administration socket: every one of the region. `tenant` in a body is the town whose office
/// looked; without it the region's own clerk did.
enum CompanyAdministration {
    static func addRoutes(
        to router: Router<ProviderRequestContext>, provider: Provider, for caller: LocalOperator
    ) {
        let handlers = Handlers(provider: provider, caller: caller)
        router.get("/companies") { request, _ in try await explaining { try await handlers.list(request) } }
        router.post("/companies/find") { request, _ in try await explaining { try await handlers.find(request) } }
        router.get("/companies/{company}") { _, context in
            try await explaining { Answer.json(try await handlers.show(context)) }
        }
        let acts: [(path: String, act: @Sendable (JSONObject, CompanyCase) async throws -> CompanyOfficeView)] = [
            ("register-extract", handlers.record), ("desk-proof", handlers.verifyAtDesk), ("freeze", handlers.freeze),
            ("cure", handlers.cure), ("closing", handlers.close),
        ]
        for (path, act) in acts {
            router.post(RouterPath("/companies/{company}/" + path)) { request, context in
                try await explaining { try await handlers.perform(act, request, context) }
            }
        }
    }

    /// Turns a clerk's refusal into its code and sentence.
    static func explaining(_ body: () async throws -> Response) async throws -> Response {
        do { return try await body() } catch let refusal as CompanyOfficeRefusal {
            throw AdministrationError(
                HTTPResponse.Status(code: refusal.problem.status),
                refusal.code, refusal.sentence)
        }
    }

    /// The clerk of a town's office, or the region's own.
    static func clerk(
        of tenant: TenantIdentifier?, _ provider: Provider, _ caller: LocalOperator
    ) throws -> CompanyClerk {
        guard let tenant else { return CompanyClerk(caller) }
        guard let scope = provider.registry.scope(for: caller, at: tenant), scope.tenant.isLive else {
            throw AdministrationError.unknownTenant(tenant.rawValue)
        }
        return CompanyClerk(caller, at: scope)
    }

    struct Handlers: Sendable {
        let provider: Provider
        let caller: LocalOperator

        private var offices: CompanyOfficeFlow { provider.companyOffices }
        private var regionsClerk: CompanyClerk { CompanyClerk(caller) }

        /// `?after=COMPANY`: the next page begins behind it.
        func list(_ request: Request) async throws -> Response {
            let query = try request.query()
            let page = PageRequest(limit: PageRequest.longest, after: query["after"])
            let companies = try await offices.list(page: page, for: regionsClerk)
            var answer: JSONObject = ["companies": .array(companies.map { .object($0.summary) })]
            if companies.count == page.limit {
                answer["next"] = companies.last.map { .string($0.identifier.rawValue) }
            }
            return Answer.json(answer)
        }

        /// `{"euid"}`, `{"w_idnr"}` or `{"trade": {"tenant", "number"}}`: the verified company that has it.
        func find(_ request: Request) async throws -> Response {
            var request = request
            let body = try await request.json()
            let identity: CompanyIdentity
            do throws(MessageError) { identity = try Self.identity(body) } catch {
                throw CompanyOfficeRefusal.unreadable(error)
            }
            let opened = try await offices.open(identity, by: regionsClerk)
            return Answer.json(try await offices.show(opened).json)
        }

        private static func identity(_ body: JSONObject) throws(MessageError) -> CompanyIdentity {
            var reader = MemberReader(body)
            let identity: CompanyIdentity
            if reader.has("euid") {
                identity = .euid(try reader.wire("euid"))
            } else if reader.has("w_idnr") {
                identity = .business(try reader.wire("w_idnr"))
            } else {
                var trade = MemberReader(try reader.object("trade"))
                identity = .trade(
                    TradeRegistration(tenant: try trade.wire("tenant"), number: try trade.wire("number")))
                try trade.finish()
            }
            try reader.finish()
            return identity
        }

        func show(_ context: ProviderRequestContext) async throws -> JSONObject {
            let name = try context.parameters.require("company")
            return try await offices.show(try await offices.open(name, by: regionsClerk)).json
        }

        /// Reads who acts and opens the company; the rest of the body is the act's.
        func perform(
            _ act: (JSONObject, CompanyCase) async throws -> CompanyOfficeView, _ request: Request,
            _ context: ProviderRequestContext
        ) async throws -> Response {
            var request = request
            var body = try await request.json()
            var reader = MemberReader(body)
            let tenant: TenantIdentifier? = try reader.optionalWire("tenant")
            body["tenant"] = nil
            let opened = try await offices.open(
                try context.parameters.require("company"),
                by: try CompanyAdministration.clerk(of: tenant, provider, caller))
            return Answer.json(try await act(body, opened).json)
        }

        func record(_ body: JSONObject, _ opened: CompanyCase) async throws -> CompanyOfficeView {
            try await offices.record(extract: body, opened)
        }

        func verifyAtDesk(_ body: JSONObject, _ opened: CompanyCase) async throws -> CompanyOfficeView {
            try await offices.verifyAtDesk(body, opened)
        }

        func freeze(_ body: JSONObject, _ opened: CompanyCase) async throws -> CompanyOfficeView {
            try await offices.freeze(body, opened)
        }

        func close(_ body: JSONObject, _ opened: CompanyCase) async throws -> CompanyOfficeView {
            try await offices.close(body, opened)
        }

        /// `administrator` is the account of who is appointed, as `citizen-id desk find` shows it.
        func cure(_ body: JSONObject, _ opened: CompanyCase) async throws -> CompanyOfficeView {
            var proof = body
            var reader = MemberReader(proof)
            let account: AccountIdentifier? = try reader.optionalWire("administrator")
            proof["administrator"] = nil
            return try await offices.cure(proof, appointing: account, opened)
        }
    }
}

extension CompanyOfficeRefusal {
    /// The code at the socket, which says of what there is none.
    fileprivate var code: String {
        switch self {
        case .unknownCompany: "unknown_company"
        case .unknownMandate: "unknown_mandate"
        default: problem.rawValue
        }
    }
}
