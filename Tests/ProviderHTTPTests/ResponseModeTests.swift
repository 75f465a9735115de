import HTTPTypes
import HummingbirdTesting
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

/// OAuth 2.0 Form Post Response Mode, JARM §2.3; checklist A6, A7, F7, F9.
@Suite("Response modes over HTTP")
struct ResponseModeTests {
    private static let provider = Task { try await TestProvider.withProfiles() }
    private static let portal = TestProfiles.baseline

    /// The hidden fields of a page with one form, decoded.
    private static func fields(_ html: String) -> [String: String] {
        var fields: [String: String] = [:]
        for match in html.matches(of: /<input type="hidden" name="([^"]*)" value="([^"]*)">/) {
            let value = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
                .reduce(String(match.output.2)) { $0.replacing($1.0, with: $1.1) }
            fields[String(match.output.1)] = value
        }
        return fields
    }

    @Test("form_post: a page posts error, state and iss to the redirect URI, and may post nowhere else")
    func formPost() async throws {
        try await Site.serve(Self.provider.value) { site in
            let state = "\"><script>alert(1)</script>&amp;' onload=x"
            let request = Self.portal.request(["response_mode": "form_post", "scope": "openid phone", "state": state])
            for response in [
                try await site.get("/authorize", request),
                try await site.postAuthorize(FormParameters(request).encoded),
            ] {
                #expect(response.status == .ok && response.headers[.location] == nil)
                #expect(response.headers[.cacheControl] == "no-store")
                let policy = try #require(response.headers[.contentSecurityPolicy])
                #expect(policy.contains("; form-action https://baseline.example; "))
                let nonce = try response.attribute("script nonce")
                #expect(nonce.count == 22 && policy.contains("script-src 'nonce-\(nonce)';"))
                #expect(response.text.contains("method=\"post\" action=\"https://baseline.example/callback\""))
                #expect(response.text.contains("<button class=\"button\" type=\"submit\">"))
                #expect(!response.text.contains("<script>alert"))
                let fields = Self.fields(response.text)
                #expect(fields["error"] == "invalid_scope" && fields["state"] == state)
                #expect(fields["iss"] == "https://id.region.example" && fields["code"] == nil)
                #expect(fields.count == 4)
            }
        }
    }

    @Test("other pages may post to this provider alone")
    func otherPages() async throws {
        try await Site.serve(Self.provider.value) { site in
            let browser = Browser(site)
            let page = try await browser.get(browser.begin(Self.portal, ["response_mode": "form_post"]))
            #expect(page.headers[.contentSecurityPolicy]?.contains("; form-action 'self'; ") == true)
            let error = try await site.get("/authorize", ["client_id": "nobody", "response_mode": "form_post"])
            #expect(error.headers[.contentSecurityPolicy]?.contains("; form-action 'self'; ") == true)
            #expect(error.status == .badRequest && !error.text.contains("<form"))
        }
    }

    @Test("a login that ends is posted once", arguments: [ResponseMode.formPost, .formPostJWT])
    func finishedLogin(mode: ResponseMode) async throws {
        try await Site.serve(Self.provider.value) { site in
            let browser = Browser(site)
            let path = try await browser.begin(Self.portal, ["response_mode": mode.rawValue])
            let page = try await browser.get(path)
            _ = try await browser.post(path + "/cancel", ["csrf": try page.formToken])
            let finished = try await browser.get(path + "/finish")
            #expect(finished.status == .ok && finished.headers[.location] == nil)
            let fields = Self.fields(finished.text)
            if mode == .formPost {
                #expect(fields["error"] == "access_denied" && fields["state"] == "state of baseline")
                #expect(fields["iss"] == "https://id.region.example")
            } else {
                #expect(fields.count == 1)
                let token = try CompactJWS(parsing: #require(fields["response"]))
                let claims = try site.provider.provider.keys.ring.verificationKeys.verify(token, type: nil).payload
                #expect(claims["error"] == "access_denied" && claims["aud"]?.string == "baseline")
            }
            #expect(finished.headers[values: .setCookie].contains { $0.contains("Max-Age=0") })
            #expect(try await browser.get(path + "/finish").status != .ok)
        }
    }

    @Test("query.jwt and jwt: one parameter in the query", arguments: [ResponseMode.jwt, .queryJWT])
    func queryJWT(mode: ResponseMode) async throws {
        try await Site.serve(Self.provider.value) { site in
            let response = try await site.get(
                "/authorize", Self.portal.request(["response_mode": mode.rawValue, "scope": "openid phone"]))
            #expect(response.status == .seeOther)
            let location = try #require(response.headers[.location])
            #expect(location.hasPrefix("https://baseline.example/callback?response=") && !location.contains("&"))
            let token = try CompactJWS(parsing: #require(response.target?["response"]))
            let claims = try site.provider.provider.keys.ring.verificationKeys.verify(token, type: nil).payload
            #expect(claims["error"] == "invalid_scope" && claims["state"] == "state of baseline")
        }
    }

    @Test("oidcc-discovery-endpoint-verification, fapi2-…-discovery-end-point-verification: what is said is done")
    func metadata() async throws {
        try await Site.serve(Self.provider.value) { site in
            let document = try await site.get("/.well-known/openid-configuration").json
            for mode in try #require(document["response_modes_supported"]?.strings) {
                let request = Self.portal.request(["response_mode": mode])
                #expect(try await site.get("/authorize", request).headers[.location]?.hasPrefix("/login/") == true)
            }
            #expect(document["response_modes_supported"]?.strings?.contains("fragment") == false)
            #expect(document["request_parameter_supported"] == true)
            #expect(document["request_uri_parameter_supported"] == false)
            #expect(document["claims_parameter_supported"] == true)
            #expect(document["require_pushed_authorization_requests"] == false)
            #expect(document["authorization_response_iss_parameter_supported"] == true)
            #expect(document["code_challenge_methods_supported"]?.strings == ["S256"])
            #expect(document["prompt_values_supported"]?.strings == ["none", "login", "consent", "select_account"])
            let algorithms = ["EdDSA", "ES256", "PS256", "RS256"]
            for name in ["request_object_signing_alg_values_supported", "authorization_signing_alg_values_supported"] {
                #expect(document[name]?.strings?.sorted() == algorithms.sorted())
            }
        }
    }
}
