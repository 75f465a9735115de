internal import AccountDirectory
internal import HTTPTypes
internal import OpenIDMessages
internal import ProviderCore

extension AccountRoutes {
    static let audit: [AccountRoute] = [
        AccountRoute(
            .get, "/audit", "see what happened with one's account and data, in all towns; `before` turns the page",
            .read { call in
                let cursor = call.query["before"]
                let before = cursor.flatMap { Int64($0) }
                guard cursor == nil || before != nil else { throw MessageError.malformed("before") }
                let page = try await call.service.audit.page(
                    of: call.device.account.identifier, before: before, limit: 100)
                return page.json
            })
    ]
}
