internal import AccountDirectory
internal import HTTPTypes
internal import OpenIDMessages
internal import ProviderCore

extension AccountRoutes {
    static let audit: [AccountRoute] = [
        AccountRoute(
            .get, "/audit",
            "see in words what happened with one's account and data, in all towns, and who did it; `before` turns the page, "
                + "`only=looks` leaves out all but who has seen or got data",
            .read { call in
                let only = call.query["only"]
                guard only == nil || only == "looks" else { throw MessageError.malformed("only") }
                let page = try await call.service.audit.page(
                    of: call.device.account.identifier, onlyLooks: only != nil, before: before(call))
                return page.json(call.language)
            }),
        AccountRoute(
            .get, "/companies/{company}/audit",
            "see who acted for a company, where and when, and what changed in it; `before` turns the page",
            who: administrator,
            .read { call in
                let company = try await call.service.companies.flow.administered(
                    call.identifier("company"), by: call.device)
                let page = try await call.service.audit.flow.page(of: company, before: before(call))
                return page.json(call.language)
            }),
    ]

    private static func before(_ call: AccountCall) throws(MessageError) -> Int64? {
        guard let text = call.query["before"] else { return nil }
        guard let number = Int64(text) else { throw .malformed("before") }
        return number
    }
}

extension OwnAudit.Page {
    fileprivate func json(_ language: Language) -> JSONObject {
        var object: JSONObject = [
            "events": .array(
                events.map { event in
                    var object = event.json
                    object["text"] = .string(event.what.text(language))
                    object["who"] = event.who.map { .string($0.text(language)) }
                    object["tenant_name"] = event.tenantName.map { .string($0) }
                    object["portal"] = event.portal.map { .string($0) }
                    object["company_name"] = event.company.map { .string($0) }
                    return .object(object)
                })
        ]
        object["next"] = next.map { .integer($0) }
        return object
    }
}

extension CompanyAuditPage {
    fileprivate func json(_ language: Language) -> JSONObject {
        var object: JSONObject = ["events": .array(events.map { .object($0.json(language)) })]
        object["next"] = next.map { .integer($0) }
        return object
    }
}

extension CompanyAuditPage.Event {
    /// Without the pseudonyms of people: they are names under which the region knows them elsewhere, too.
    fileprivate func json(_ language: Language) -> JSONObject {
        var object: JSONObject = ["time": entry.time.json, "kind": .string(entry.kind)]
        object["text"] = SecurityEvent.Kind(rawValue: entry.kind).map { .string($0.words.text(language)) }
        object["outcome"] = entry.outcome.map { .string($0) }
        object["actor"] = entry.actor.map { .string($0) }
        object["tenant"] = entry.chain.tenant.map { .string($0.rawValue) }
        object["member"] = member.map { .string($0.rawValue) }
        object["object"] = entry.object.map { .string($0) }
        return object
    }
}
