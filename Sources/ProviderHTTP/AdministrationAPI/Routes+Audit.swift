internal import AccountDirectory
internal import HTTPTypes
internal import IdentityCrypto
internal import OpenIDMessages
internal import ProviderCore

extension AdministrationAPI {
    /// The tenant's own audit chain. Nothing changes it.
    static let auditRoutes: [AdministrationRoute] = [
        AdministrationRoute(
            .get, "/tenants/{tenant}/audit", "What happened at the tenant; persons under pseudonyms.",
            .tenant(.readAudit), answer: Schema.Property.page("events", event, "The latest first."), isPaged: true,
            filters: [
                .optional("kind", .text(maximum: 65), "A kind, e.g. `auth.failed`, or a family, e.g. `auth`."),
                .optional("since", .time, "From then on."), .optional("until", .time, "Until then, inclusive."),
            ],
            handle: { call in
                let scope = try call.scope
                let page = try await call.provider.audit.page(
                    in: scope, filter(of: call), before: cursor(of: call), limit: call.page.limit)
                var answer: JSONObject = ["events": .array(page.entries.map { .object($0.json(in: scope)) })]
                answer["next"] = page.next.map { .string(String($0)) }
                return answer
            }),
        AdministrationRoute(
            .get, "/tenants/{tenant}/audit/head",
            "Where the tenant's chain ends now, signed: to be kept where the provider's operator cannot change it.",
            .tenant(.readAudit),
            answer: [
                .init("seq", .count(1 ... .max), "The number of the last event."),
                .init("hash", .text(maximum: 64), "Its hash."),
                .init("head", .text(maximum: 4096), "A compact JWS of type `audit-head+jwt` that says so."),
            ],
            handle: { call in
                guard let head = try await call.provider.auditHead(in: call.scope) else {
                    throw AdministrationProblem.notFound
                }
                return [
                    "seq": .integer(head.number), "hash": .string(Base64URL.encode(head.hash)),
                    "head": .string(head.signed),
                ]
            }),
        AdministrationRoute(
            .get, "/tenants/{tenant}/audit/verify",
            "Whether an event of the tenant's chain was changed, removed, put in or moved.", .tenant(.readAudit),
            answer: [
                .init("whole", .bool, "True when none was."),
                .init("verified", .count(0 ... .max), "How many events were found right, from the first that is kept."),
                .optional("removed_up_to", .count(1 ... .max), "The number of the last event that went with time."),
                .optional("broken_at", .count(0 ... .max), "The number of the event at which it shows."),
                .optional("fault", .choice(AuditBreak.Fault.allCases.map(\.rawValue)), "What is wrong there."),
            ],
            handle: { call in
                let report = try await call.provider.audit.verify(in: call.scope, by: call.administrator)
                guard let chain = report.chains.first else { throw AdministrationProblem.serverError }
                var answer: JSONObject = ["whole": .bool(report.isWhole), "verified": .integer(chain.verified)]
                answer["removed_up_to"] = chain.removed.map { .integer($0) }
                if let fault = chain.fault {
                    answer["broken_at"] = .integer(fault.number)
                    answer["fault"] = .string(fault.fault.rawValue)
                }
                return answer
            }),
    ]

    private static let event: [Schema.Property] = [
        .init("seq", .count(1 ... .max), "Its place in the chain."), .init("time", .time, "When."),
        .init("kind", .text(maximum: 65), "What happened (docs/domain.md)."),
        .optional("outcome", .text(maximum: 16), "`success` or `refusal`."),
        .optional("actor", .text(maximum: 16), "Who did it."),
        .optional("administrator", .text(maximum: 64), "Which administrator, as a pseudonym."),
        .optional("person", .text(maximum: 64), "Whom it concerns, as a pseudonym."),
        .optional("object", .text(maximum: 512), "What changed, under the name that it has at this tenant."),
        .optional("txn", .text(maximum: 255), "The login."),
        .init("hash", .text(maximum: 64), "Of the whole event, as the chain has it."),
    ]

    private static func filter(of call: AdministrationCall) throws -> AuditFilter {
        var reader = MemberReader(call.filters)
        let filter = AuditFilter(
            kind: try reader.optionalString("kind"), since: try reader.optionalTime("since"),
            until: try reader.optionalTime("until"))
        guard let filter else { throw MessageError.malformed("kind") }
        return filter
    }

    private static func cursor(of call: AdministrationCall) throws -> Int64? {
        guard let after = call.page.after else { return nil }
        guard let number = Int64(after), number >= 0 else { throw AdministrationProblem.invalidRequest }
        return number
    }
}

extension AuditEntry {
    /// Without the company and the event before: what the chain's own tenant may read over the network.
    fileprivate func json(in scope: TenantScope) -> JSONObject {
        var object: JSONObject = ["seq": .integer(number), "time": time.json, "kind": .string(kind)]
        object["outcome"] = outcome.map { .string($0) }
        object["actor"] = actor.map { .string($0) }
        object["administrator"] = administrator.map { .string($0.text) }
        object["person"] = person.map { .string($0.text) }
        object["object"] = self.object(in: scope).map { .string($0) }
        object["txn"] = transaction.map { .string($0) }
        object["hash"] = .string(Base64URL.encode(hash))
        return object
    }
}
