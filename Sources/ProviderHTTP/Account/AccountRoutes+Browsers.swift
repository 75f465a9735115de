internal import HTTPTypes
internal import OpenIDMessages
internal import ProviderCore

extension AccountRoutes {
    static let browsers: [AccountRoute] = [
        AccountRoute(
            .get, "/browsers", "see the browsers that are known",
            .read { call in
                let browsers = try await call.service.browsers.list(call.device)
                return ["browsers": .array(browsers.map { .object($0.json) })]
            }),
        AccountRoute(
            .delete, "/browsers/{browser}", "have a browser forgotten", events: [.browserForgotten],
            .change { call in
                try call.expectNothing()
                let browser: BrowserIdentifier = try call.identifier("browser")
                try await call.service.browsers.forget(browser, by: call.device)
                return ["browser": .string(browser.rawValue), "forgotten": true]
            }),
    ]
}

extension KnownBrowser {
    fileprivate var json: JSONObject {
        [
            "browser": .string(identifier.rawValue), "name": .string(name), "created_at": createdAt.json,
            "last_used_at": lastUsedAt.json, "expires_at": (lastUsedAt + KnownBrowser.idleLimit).json,
        ]
    }
}
