import HTTPTypes
import HummingbirdTesting
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

/// Duende CVE-2024-39694: a return URL that looked local. Ours are handles and registered addresses. Checklist A5.
@Suite("No open redirector (Duende CVE-2024-39694): every parameter of every route")
struct OpenRedirectorTests {
    private static let evil = [
        "https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "/%09/evil.example",
        "https:evil.example", "javascript:alert(1)", "https://id.region.example@evil.example",
    ]

    /// Names that the provider knows, and names that others' redirectors had.
    private static let names = Set(
        AuthorizationParameter.allCases.map(\.rawValue) + LogoutRequest.parameterNames + [
            "grant_type", "code", "code_verifier", "refresh_token", "device_code", "user_code", "token", "session",
            "csrf", "uv", "lang", "after", "wait", "error", "iss", "client_assertion", "client_secret", "next", "url",
            "return", "return_to", "returnUrl", "ReturnUrl", "redirect", "redirect_to", "continue", "dest", "target",
            "target_link_uri", "initiate_login_uri", "post_login_redirect_uri", "RelayState", "goto", "service",
            "checkout_url", "rurl", "backurl", "callback", "jsonp", "host",
        ])

    /// Our own pages and what the two portals registered.
    private static func isOurs(_ location: String) -> Bool {
        let portal = EveryGrant.herten
        let isLocal = location.hasPrefix("/") && !location.dropFirst().hasPrefix("/") && !location.contains("\\")
        let registered = [portal.redirectURI, portal.logoutURI]
        return isLocal || registered.contains { location == $0 || location.hasPrefix($0 + "?") }
    }

    private static let provider = Task { try await TestProvider.withEveryGrant() }
    private static let routes = Task { try await provider.value.routes }

    /// A good request, of which one parameter is to be changed.
    private static func base(_ path: String, hint: String) -> [String: String] {
        switch path {
        case "/authorize", "/par": EveryGrant.herten.request()
        case "/logout":
            ["id_token_hint": hint, "post_logout_redirect_uri": EveryGrant.herten.logoutURI, "state": "s"]
        default: [:]
        }
    }

    @Test("no answer leads elsewhere, whatever a parameter says", arguments: evil)
    func crawl(value: String) async throws {
        let routes = try await Self.routes.value
        try await Site.serve(Self.provider.value) { site in
            let phone = try await site.provider.enrolledPhone()
            let browser = Browser(site)
            let hint = try await site.signIn(browser, at: EveryGrant.herten, phone: phone).idTokenText
            let page = try await browser.begin(EveryGrant.herten, ["prompt": "login"])
            let login = String(page.dropFirst("/login/".count))
            var redirects = 0
            for route in routes.sorted() where !route.hasSuffix("/events") {
                let parts = route.split(separator: " ").map(String.init)
                let path = parts[1].replacing("{page}", with: login).replacing(/\{[a-z]+\}/, with: "x")
                for name in Self.names {
                    let form = Self.base(parts[1], hint: hint).merging([name: value]) { $1 }
                    let answer =
                        parts[0] == "POST" ? try await browser.post(path, form) : try await browser.get(path, form)
                    for field in ["Location", "Refresh", "Content-Location", "Link"] {
                        guard let target = answer.headers[HTTPField.Name(field)!] else { continue }
                        redirects += 1
                        #expect(Self.isOurs(target), "\(route) \(name): \(target)")
                    }
                    for found in answer.text.matches(of: /(?:href|action|src|content)="([^"]*evil[^"]*)"/) {
                        Issue.record("\(route) \(name): \(found.output.1)")
                    }
                }
            }
            #expect(redirects > 50, "the crawl reaches pages that lead on")
        }
    }
}
