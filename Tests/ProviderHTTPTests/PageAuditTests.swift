import HTTPTypes
import HummingbirdTesting
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

/// Checklist F1, F7, F8: every page that a person can see, and the errors between them.
@Suite("Audit of all pages: headers, cookies, CORS")
struct PageAuditTests {
    private static let provider = Task { try await TestProvider.withEveryGrant() }

    /// Where forms of a page may go, beside ourselves.
    private struct Page {
        let name: String
        let answer: TestResponse
        var formTarget: String?
    }

    private static func crawl(_ site: Site) async throws -> [Page] {
        var pages: [Page] = []
        func add(_ name: String, _ answer: TestResponse, formTarget: String? = nil) {
            pages.append(Page(name: name, answer: answer, formTarget: formTarget))
        }
        let phone = try await site.provider.enrolledPhone()
        let browser = Browser(site)
        add("/sessions of nobody", try await browser.get("/sessions"))
        add("/logout of nobody", try await browser.get("/logout"))
        add("/authorize", try await browser.get("/authorize", EveryGrant.herten.request()))
        let page = try await browser.begin(EveryGrant.herten)
        add("login page", try await browser.get(page))
        add("state", try await browser.get(page + "/state"))
        let transaction = try await site.claimLogin(browser, page: page, phone: phone)
        add("login page, claimed", try await browser.get(page))
        #expect(try await site.approve(transaction, phone: phone).status == .ok)
        add("login page, approved", try await browser.get(page))
        add("finish", try await browser.get(page + "/finish"))
        add("finish again", try await browser.get(page + "/finish"))
        add("/sessions", try await browser.get("/sessions"))
        _ = try await site.provider.knownBrowser(of: phone)
        add("/sessions, a browser remembered", try await browser.get("/sessions"))
        for changes in [["response_mode": "form_post"], ["response_mode": "form_post", "prompt": "none", "nonce": ""]] {
            let request = EveryGrant.herten.request(changes.mapValues { $0 })
            add("form_post", try await browser.get("/authorize", request), formTarget: "https://everything.example")
        }
        add("sso", try await browser.get("/authorize", EveryGrant.herten.request()))
        for path in ["/device", "/device?user_code=BCDF-GHJK", "/device/done", "/device/done?error=access_denied"] {
            add(path, try await browser.get(path))
        }
        add("/device, unknown code", try await browser.post("/device", ["user_code": "BCDF-GHJK"]))
        add("/device, foreign form", try await browser.post("/device", [:], [.origin: "https://evil.example"]))
        add("/sessions/end, foreign form", try await browser.post("/sessions/end", [:]))
        add("/sessions/forget, foreign form", try await browser.post("/sessions/forget", [:]))
        add("/logout question", try await browser.get("/logout"))
        add("/logout handed over", try await Browser(site).post("/logout", [:], [.origin: "https://evil.example"]))
        add("/logout refused", try await browser.get("/logout", ["post_logout_redirect_uri": "https://evil.example"]))
        add("/logout/confirm, foreign form", try await browser.post("/logout/confirm", [:]))
        let token = try await browser.get("/logout").formToken
        add("/logout/confirm", try await browser.post("/logout/confirm", ["csrf": token]))
        for path in [
            "/app/e/x", "/app/q/x", "/app/s/x", "/login/x", "/nowhere", "/authorize", "/userinfo", "/register/x",
        ] { add(path, try await browser.get(path)) }
        for path in ["/par", "/token", "/introspect", "/revoke", "/device_authorization", "/register", "/userinfo"] {
            add(path, try await browser.post(path, ["x": "y"], [.origin: "https://evil.example"]))
        }
        return pages
    }

    @Test("CSP, HSTS, nosniff, no-store, no referrer, no frames, no CORS, and no cookie but __Host- ones")
    func headers() async throws {
        try await Site.serve(Self.provider.value) { site in
            let pages = try await Self.crawl(site)
            #expect(pages.count { $0.answer.headers[.contentType]?.hasPrefix("text/html") == true } > 20)
            #expect(pages.contains { $0.answer.text.contains("action=\"https://everything.example") })
            for page in pages {
                let headers = page.answer.headers
                func header(_ field: String) -> String { headers[HTTPField.Name(field)!] ?? "" }
                #expect(header("Strict-Transport-Security") == "max-age=63072000; includeSubDomains", "\(page.name)")
                #expect(header("X-Content-Type-Options") == "nosniff", "\(page.name)")
                #expect(header("Referrer-Policy") == "no-referrer", "\(page.name)")
                #expect(header("Cross-Origin-Opener-Policy") == "same-origin", "\(page.name)")
                #expect(header("Cache-Control") == "no-store", "\(page.name)")
                Self.checkPolicy(page)
                for name in headers.map(\.name.canonicalName) {
                    #expect(!name.hasPrefix("access-control-"), "\(page.name) \(name)")
                }
                for cookie in headers[values: .setCookie] {
                    #expect(cookie.hasPrefix("__Host-"), "\(page.name)")
                    let attributes = cookie.split(separator: "; ").dropFirst().map(String.init)
                    let isWhole = Set(attributes).isSuperset(of: ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"])
                    #expect(isWhole && !cookie.lowercased().contains("domain"), "\(page.name)")
                }
            }
            let cookies = pages.flatMap { $0.answer.headers[values: .setCookie] }
            for name in ["__Host-session=", "__Host-login-"] {
                #expect(cookies.contains { (cookie: String) in cookie.hasPrefix(name) }, "\(name)")
            }
        }
    }

    private static func checkPolicy(_ page: Page) {
        let policy = page.answer.headers[.contentSecurityPolicy] ?? ""
        let directives = Dictionary(
            policy.split(separator: ";").map { $0.split(separator: " ").map(String.init) }.compactMap { words in
                words.first.map { ($0, words.dropFirst().joined(separator: " ")) }
            }
        ) { first, _ in first }
        #expect(directives["default-src"] == "'none'" && directives["base-uri"] == "'none'", "\(page.name)")
        #expect(directives["frame-ancestors"] == "'none'" && !policy.contains("unsafe"), "\(page.name)")
        if page.answer.headers[.contentType]?.hasPrefix("text/html") == true {
            let target = page.answer.text.contains("action=\"https://") ? page.formTarget ?? "" : "'self'"
            let allowed = directives["form-action"]
            #expect(allowed == target || page.formTarget != nil && allowed == page.formTarget, "\(page.name)")
            for (name, sources) in directives where name != "form-action" {
                #expect(!sources.contains("http") && !sources.contains("*"), "\(page.name) \(name)")
            }
            // Every script and style carries the nonce of this answer.
            for found in page.answer.text.matches(of: /<(?:script|style)\b([^>]*)>/) {
                let nonce = found.output.1.firstMatch(of: /nonce="([^"]+)"/).map { String($0.output.1) } ?? "?"
                #expect(policy.contains("'nonce-\(nonce)'"), "\(page.name)")
            }
            #expect(page.answer.text.firstMatch(of: /\son[a-z]+\s*=\s*"/) == nil, "\(page.name)")
        }
    }

    @Test("no origin is welcome anywhere but at what is public (F8)")
    func crossOrigin() async throws {
        let provider = try await Self.provider.value
        let routes = provider.routes
        try await Site.serve(provider) { site in
            for origin in [
                "https://evil.example", "null", "https://everything.example", "https://id.region.example.evil.example",
                "https://evil.id.region.example",
            ] {
                for route in routes {
                    let path = String(route.split(separator: " ")[1]).replacing(/\{[a-z]+\}/, with: "x")
                    let isPublic =
                        path.hasPrefix("/.well-known/") || path == "/jwks" || path.hasPrefix("/services/")
                    for method in [HTTPRequest.Method.options, .get, .post] {
                        let headers: HTTPFields = [
                            .origin: origin, .accessControlRequestMethod: "POST",
                            .accessControlRequestHeaders: "authorization",
                        ]
                        let answer = try await site.client.execute(uri: path, method: method, headers: headers)
                        let given = answer.headers[.accessControlAllowOrigin]
                        #expect(given == (isPublic && method == .get ? "*" : nil), "\(method) \(path)")
                        #expect(answer.headers[.accessControlAllowCredentials] == nil)
                        #expect(answer.headers[.accessControlAllowHeaders] == nil)
                    }
                }
            }
        }
    }
}
