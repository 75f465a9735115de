import AccountDirectory
import HTTPTypes
import HummingbirdTesting
import OpenIDMessages
import ProviderCore
import ProviderHarness
import TestVectors
import Testing

/// RFC 9700 §2.1 and §4.1.3; checklist A1, A4, A5.
@Suite(
    "Redirect URIs are compared byte for byte (Keycloak CVE-2023-6291, CVE-2023-6134, CVE-2024-1132, CVE-2024-8883, CVE-2026-3872, CVE-2026-7504; authentik CVE-2024-52289; fosite CVE-2020-15234)"
)
struct RedirectURITests {
    private static let registered = TestRegion.portals.flatMap { portal in
        portal.client.redirectURIs.map { (portal, $0.rawValue) }
    }

    @Test("no variant of any registered URI passes the rules; the URI itself does")
    func everyVariantInTheRules() async throws {
        let provider = try await TestProvider()
        let authorization = provider.provider.authorization
        for (portal, uri) in Self.registered {
            let client = try await provider.authenticated(portal)
            _ = try await authorization.push(FormParameters(portal.request(["redirect_uri": uri])), by: client)
            let variants = RedirectURICorpus.hostileVariants(of: uri)
            #expect(variants.count > 1000)
            for variant in variants {
                let parameters = FormParameters(portal.request(["redirect_uri": variant]))
                do {
                    _ = try await authorization.authorize(parameters)
                    Issue.record("accepted \(variant)")
                } catch let refusal as AuthorizationRefusal {
                    if case .redirect = refusal { Issue.record("redirected for \(variant)") }
                }
                do {
                    _ = try await authorization.push(parameters, by: client)
                    Issue.record("accepted when pushed: \(variant)")
                } catch is ClientRefusal {}
            }
        }
    }

    // oidcc-ensure-registered-redirect-uri, oidcc-redirect-uri-query-added, oidcc-redirect-uri-query-mismatch,
    // fapi2-security-profile-final-ensure-registered-redirect-uri,
    // fapi2-security-profile-final-plain-fapi-tolerate-unregistered-redirect-uri
    @Test("a hostile URI gets a page with status 400 and no Location, in a query, a form and a pushed request")
    func hostileVariantsOverHTTP() async throws {
        try await Site.serve { site in
            let portal = TestRegion.basic
            let variants = RedirectURICorpus.hostileVariants(of: portal.redirectURI)
            // The rules see all variants above; here every eleventh passes the whole router.
            for variant in stride(from: 0, to: variants.count, by: 11).map({ variants[$0] }) {
                let request = portal.request(["redirect_uri": variant])
                for response in [
                    try await site.get("/authorize", request),
                    try await site.postAuthorize(FormParameters(request).encoded),
                ] {
                    #expect(response.status == .badRequest, "\(variant)")
                    #expect(response.headers[.location] == nil, "\(variant)")
                    #expect(response.headers[.setCookie] == nil)
                    #expect(!response.text.contains("http-equiv"))
                }
                let pushed = try await site.post("/par", form: request, as: portal)
                #expect(pushed.status == .badRequest && pushed.json["request_uri"] == nil, "\(variant)")
            }
            #expect(try await site.get("/authorize", portal.request()).status == .seeOther)
            let form = FormParameters(portal.request()).encoded
            #expect(try await site.postAuthorize(form).headers[.location]?.hasPrefix("/login/") == true)
            #expect(try await site.post("/par", form: portal.request(), as: portal).status == .created)
        }
    }

    @Test("what is registered for one portal is no URI of another")
    func foreignURIs() async throws {
        try await Site.serve { site in
            for portal in TestRegion.portals {
                for (owner, uri) in Self.registered where owner.identifier != portal.identifier {
                    let response = try await site.get("/authorize", portal.request(["redirect_uri": uri]))
                    #expect(response.status == .badRequest && response.headers[.location] == nil)
                }
            }
        }
    }

    // oidcc-ensure-redirect-uri-in-authorization-request,
    // fapi2-security-profile-final-ensure-redirect-uri-in-authorization-request
    @Test(
        "until client and redirect URI are proved, errors are shown and never redirected (A4)",
        arguments: [
            ["client_id": "nobody"], ["client_id": nil], ["client_id": ""], ["client_id": "a b"], ["redirect_uri": nil],
            ["redirect_uri": ""], ["redirect_uri": "https://evil.example/"],
            ["redirect_uri": "https://evil.example/", "response_type": "token"],
            ["redirect_uri": "https://evil.example/", "prompt": "none"], ["client_id": "nobody", "prompt": "none"],
            ["redirect_uri": "https://evil.example/", "response_mode": "form_post"],
            ["redirect_uri": "https://evil.example/", "request_uri": "https://evil.example/r"],
            ["request": "e30.e30.e30"], ["request": "https://evil.example/r"],
            ["request_uri": "urn:ietf:params:oauth:request_uri:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"],
        ] as [[String: String?]])
    func unprovedTarget(changes: [String: String?]) async throws {
        try await Site.serve { site in
            let response = try await site.get("/authorize", TestRegion.basic.request(changes))
            #expect(response.status == .badRequest)
            #expect(response.headers[.location] == nil)
            #expect(!response.text.contains("evil.example"))
            #expect(response.headers[.contentType]?.hasPrefix("text/html") == true)
            #expect(!response.text.contains("<form") && !response.text.contains("http-equiv"))
        }
    }

    @Test("no other parameter chooses where a browser goes (A5)")
    func noOpenRedirector() async throws {
        try await Site.serve { site in
            let browser = Browser(site)
            let page = try await browser.begin()
            let names = [
                "next", "return", "return_to", "returnTo", "url", "redirect", "post_logout_redirect_uri", "uv", "lang",
                "iss", "target_link_uri", "after", "continue",
            ]
            for evil in ["https://evil.example/", "//evil.example", "/\\evil.example"] {
                for path in [page, page + "/state", page + "/return", page + "/finish", "/app/s/x", "/", "/health"] {
                    for name in names where !(path == page + "/return" && name == "uv") {
                        let response = try await browser.get(path, [name: evil])
                        #expect(response.headers[.location]?.contains("evil") != true, "\(path) \(name)")
                    }
                }
            }
        }
    }
}
