internal import AccountDirectory
internal import Hummingbird
internal import OpenIDMessages
internal import ProviderCore

/// The audit chains on the administration socket: `GET /audit/chains`, `GET /audit/events` (the latest first, filtered),
/// `GET /audit/export` (in their order, with hashes) and `POST /audit/verify`. None of them changes an event.
struct AuditAdministration {
    let audit: AuditFlow
    let registry: ClientRegistry
    let caller: LocalOperator

    static func addRoutes(
        to router: Router<ProviderRequestContext>, provider: Provider, for caller: LocalOperator
    ) {
        let routes = AuditAdministration(audit: provider.audit, registry: provider.registry, caller: caller)
        let audit = provider.audit
        router.get("/audit/chains") { _, _ in
            Answer.json(["chains": .array(try await audit.heads().map { .object($0.json) })])
        }
        router.get("/audit/events") { request, _ in
            var query = AuditQuery(try request.query())
            let reach = try await routes.reach(query.chain())
            let filter = try query.filter()
            let (before, limit) = (try query.number("before"), try query.limit())
            try query.finish()
            return Answer.json(try await audit.page(of: reach, filter, before: before, limit: limit).json)
        }
        router.get("/audit/export") { request, _ in
            var query = AuditQuery(try request.query())
            let reach = try await routes.reach(query.chain())
            let (after, limit) = (try query.number("after") ?? 0, try query.limit())
            try query.finish()
            let entries = try await audit.export(reach, after: after, limit: limit)
            return Answer.json(["events": .array(entries.map { .object($0.json) })])
        }
        router.post("/audit/verify") { request, _ in
            var request = request
            var reader = MemberReader(try await request.json())
            let name = try reader.optionalString("chain", maximumLength: 63)
            try reader.finish()
            guard let name else { return Answer.json(try await audit.verify().json) }
            return Answer.json(try await audit.verify(routes.reach(name).chain).json)
        }
    }

    /// The region's chain, that of a tenant, or one that a tenant of earlier times has left.
    private func reach(_ name: String) async throws -> AuditReach {
        guard let chain = AuditChain(rawValue: name) else {
            throw AdministrationError(
                .badRequest, "unknown_chain", "A chain is named like its tenant, e.g. marl, or (region).")
        }
        if let tenant = chain.tenant, registry.tenant(tenant) == nil,
            try await !audit.heads().contains(where: { $0.chain == chain })
        {
            throw AdministrationError(
                .notFound, "unknown_chain",
                "There is no tenant and no chain \(chain). The region file names the tenants; (region) is its own.")
        }
        return AuditReach(chain, for: caller)
    }
}

/// The parameters of a question about the audit chains, each read once.
private struct AuditQuery {
    private let parameters: FormParameters
    private var read: Set<String> = []

    init(_ parameters: FormParameters) { self.parameters = parameters }

    private mutating func take(_ name: String) -> String? {
        read.insert(name)
        return parameters[name]
    }

    mutating func chain() throws -> String {
        guard let name = take("chain") else { throw malformed("chain is missing.") }
        return name
    }

    mutating func number(_ name: String) throws -> Int64? {
        guard let text = take(name) else { return nil }
        guard let number = Int64(text), number >= 0 else { throw malformed("\(name) is a number.") }
        return number
    }

    mutating func limit() throws -> Int {
        let limit = try number("limit") ?? 100
        guard (1...Int64(AuditFlow.largestPage)).contains(limit) else {
            throw malformed("limit is a number from 1 to \(AuditFlow.largestPage).")
        }
        return Int(limit)
    }

    mutating func filter() throws -> AuditFilter {
        let kind = take("kind")
        let since = try number("since")
        let until = try number("until")
        let filter = AuditFilter(
            kind: kind, since: since.map { Timestamp(seconds: $0) }, until: until.map { Timestamp(seconds: $0) })
        guard let filter else {
            throw malformed("kind is the name of a kind of events, e.g. auth.failed, or of a family, e.g. auth.")
        }
        return filter
    }

    func finish() throws {
        guard read.isSuperset(of: parameters.names) else { throw malformed("A parameter is not known here.") }
    }

    private func malformed(_ message: String) -> AdministrationError {
        AdministrationError(.badRequest, "invalid_request", message)
    }
}

extension AuditHead {
    fileprivate var json: JSONObject {
        var object: JSONObject = ["chain": .string(chain.rawValue)]
        object["events"] = number.map { .integer($0) }
        object["hash"] = hash.map { .string(Base64URL.encode($0)) }
        object["removed_up_to"] = anchor.map { .integer($0.number) }
        return object
    }
}

extension AuditPage {
    /// The events, and where the next page begins.
    var json: JSONObject {
        var object: JSONObject = ["events": .array(entries.map { .object($0.json) })]
        object["next"] = next.map { .integer($0) }
        return object
    }
}

extension AuditFlow.Report {
    fileprivate var json: JSONObject {
        [
            "whole": .bool(isWhole),
            "chains": .array(
                chains.map { chain in
                    var object: JSONObject = [
                        "chain": .string(chain.chain.rawValue), "verified": .integer(chain.verified),
                    ]
                    object["removed_up_to"] = chain.removed.map { .integer($0) }
                    if let fault = chain.fault {
                        object["broken_at"] = .integer(fault.number)
                        object["fault"] = .string(fault.fault.rawValue)
                    }
                    return .object(object)
                }),
        ]
    }
}
