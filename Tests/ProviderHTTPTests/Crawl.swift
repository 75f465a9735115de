import HTTPTypes
import HummingbirdTesting
import ProviderHarness
import Testing

/// Every route of the public listener, called by a browser that is signed in and has a login before it that a phone has claimed.
struct Crawl: Sendable {
    let browser: Browser
    /// An ID token of the portal at which the person signed in.
    let hint: String
    private let site: Site
    private let login: String

    init(_ site: Site) async throws {
        self.site = site
        let phone = try await site.provider.enrolledPhone()
        browser = Browser(site)
        hint = try await site.signIn(browser, at: EveryGrant.herten, phone: phone).idTokenText
        let page = try await browser.begin(EveryGrant.herten, ["prompt": "login"])
        _ = try await site.claimLogin(browser, page: page, phone: phone)
        login = String(page.dropFirst("/login/".count))
    }

    /// Sends each form to each route but those whose answers do not end.
    ///
    /// - Parameters:
    ///   - forms: those for a route, by its path as the router writes it.
    ///   - look: sees each answer.
    func send(
        _ forms: (_ path: String) -> [[String: String]],
        _ look: (_ route: String, _ form: [String: String], _ answer: TestResponse) throws -> Void
    ) async throws {
        for route in site.provider.routes.sorted() where !route.hasSuffix("/events") {
            let parts = route.split(separator: " ").map(String.init)
            let path = parts[1].replacing("{page}", with: login).replacing(/\{[a-z]+\}/, with: "x")
            for form in forms(parts[1]) {
                let answer =
                    switch parts[0] {
                    case "POST": try await browser.post(path, form)
                    case "GET": try await browser.get(path, form)
                    default: try await site.client.execute(uri: path, method: #require(.init(parts[0])))
                    }
                try look(route, form, answer)
            }
        }
    }
}
