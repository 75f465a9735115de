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
    private static let names = Array(
        Set(
            AuthorizationParameter.allCases.map(\.rawValue) + LogoutRequest.parameterNames + [
                "grant_type", "code", "code_verifier", "refresh_token", "device_code", "user_code", "token", "session",
                "csrf", "uv", "lang", "after", "wait", "error", "iss", "client_assertion", "client_secret", "next",
                "url",
                "return", "return_to", "returnUrl", "ReturnUrl", "redirect", "redirect_to", "continue", "dest",
                "target",
                "target_link_uri", "initiate_login_uri", "post_login_redirect_uri", "RelayState", "goto", "service",
                "checkout_url", "rurl", "backurl", "callback", "jsonp", "host",
            ]))

    /// Our own pages and what the two portals registered.
    private static func isOurs(_ location: String) -> Bool {
        let portal = EveryGrant.herten
        let isLocal =
            (location.hasPrefix("/") || location.hasPrefix("?") || location.isEmpty)
            && !location.dropFirst().hasPrefix("/") && !location.contains("\\")
        let registered = [portal.redirectURI, portal.logoutURI]
        return isLocal || registered.contains { location == $0 || location.hasPrefix($0 + "?") }
    }

    /// A good request, of which one parameter is to be changed; nil where parameters do not need each other.
    private static func base(_ path: String, hint: String) -> [String: String]? {
        switch path {
        case "/authorize", "/par": EveryGrant.herten.request()
        case "/logout":
            ["id_token_hint": hint, "post_logout_redirect_uri": EveryGrant.herten.logoutURI, "state": "s"]
        default: nil
        }
    }

    /// One parameter at a time in a good request; everywhere else sixteen at a time.
    private static func forms(_ path: String, value: String, hint: String) -> [[String: String]] {
        guard let base = base(path, hint: hint) else {
            return stride(from: 0, to: names.count, by: 16).map { start in
                Dictionary(uniqueKeysWithValues: names.dropFirst(start).prefix(16).map { ($0, value) })
            }
        }
        return names.map { base.merging([$0: value]) { $1 } }
    }

    private static let provider = Task { try await TestProvider.withEveryGrant() }

    @Test("FAPI 2.0 §5.3.2.1-7: no answer leads elsewhere, whatever a parameter says", arguments: evil)
    func crawl(value: String) async throws {
        try await Site.serve(try await Self.provider.value) { site in
            let crawl = try await Crawl(site)
            var redirects = 0
            try await crawl.send({ Self.forms($0, value: value, hint: crawl.hint) }) { route, form, answer in
                let targets = Self.targets(of: answer)
                redirects += targets.count
                for target in targets { #expect(Self.isOurs(target), "\(route) \(form): \(target)") }
            }
            #expect(redirects > 50, "the crawl reaches pages that lead on")
        }
    }

    /// Where an answer leads by itself, or a person who clicks.
    private static func targets(of answer: TestResponse) -> [String] {
        let headers = ["Location", "Refresh", "Content-Location", "Link"].compactMap { name in
            HTTPField.Name(name).flatMap { answer.headers[$0] }
        }
        let attributes = answer.text.matches(of: /(?:href|action|src|formaction)="([^"]*)"/).map { String($0.output.1) }
        let refreshes = answer.text.matches(of: /content="\d+; *url=([^"]*)"/).map { String($0.output.1) }
        return headers + (attributes + refreshes).filter { !$0.hasPrefix("#") && !$0.hasPrefix("data:image/") }
    }
}
