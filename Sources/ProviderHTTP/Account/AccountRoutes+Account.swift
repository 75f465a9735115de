internal import AccountDirectory
internal import HTTPTypes
internal import OpenIDMessages
internal import ProviderCore

extension AccountRoutes {
    static let account: [AccountRoute] = [
        AccountRoute(
            .post, "/contact", "change e-mail address and telephone number", events: [.accountContactChanged],
            .confirmed(.changeContact) { call in
                try call.service.account.changing(contact: call.body, language: call.language)
            }),
        AccountRoute(
            .post, "/lock", "lock the account at once", events: [.accountLocked, .sessionEnded],
            .confirmed(.lockAccount) { call in
                try call.expectNothing()
                return call.service.account.locking(language: call.language)
            }),
        AccountRoute(
            .post, "/closing", "close the account", events: [.accountCloseRequested],
            .confirmed(.closeAccount) { call in
                try call.expectNothing()
                return try await call.service.account.closing(by: call.device, language: call.language)
            }),
        AccountRoute(
            .post, "/export", "get everything that is kept about oneself", events: [.requestReceived, .requestDone],
            .confirmed(.exportAccount) { call in
                try call.expectNothing()
                // The same report as a page that one can keep.
                return call.service.account.exporting(language: call.language).answering { answer in
                    var answer = answer
                    let document = answer["document"]?.object ?? [:]
                    answer["html"] = .string(ExportPage.html(document, language: call.language))
                    return answer
                }
            }),
        AccountRoute(
            .get, "/notices", "read what one was told",
            .read { call in
                let notices = try await call.service.account.flow.notices(of: call.device)
                return ["notices": .array(notices.map { .object($0.json(call.language)) })]
            }),
        AccountRoute(
            .post, "/notices/{notice}/reading", "put a notice aside", events: [],
            .change { call in
                try call.expectNothing()
                let notice: NoticeIdentifier = try call.identifier("notice")
                guard try await call.service.account.flow.markRead(notice, by: call.device) else {
                    throw DeviceRefusal(.notFound, .objectUnknown)
                }
                return ["notice": .string(notice.rawValue), "read": true]
            }),
    ]
}

extension NoticeRecord {
    func json(_ language: Language) -> JSONObject {
        var object: JSONObject = [
            "notice": .string(identifier.rawValue), "kind": .string(kind.rawValue), "time": time.json,
            "text": .string(kind.text(language)),
        ]
        object["detail"] = detail.map { .string(shown($0, language)) }
        object["company_name"] = companyName.map { .string($0) }
        object["read_at"] = readAt.map(\.json)
        return object
    }

    /// A role in administration in words; everything else as it is.
    private func shown(_ detail: String, _ language: Language) -> String {
        guard [.roleGiven, .roleEnded, .roleGivenByRegion].contains(kind) else { return detail }
        let name = detail.prefix { $0 != " " }
        guard let role = AdministrationRole(rawValue: String(name)) else { return detail }
        return role.title.text(language) + detail.dropFirst(name.count)
    }
}
