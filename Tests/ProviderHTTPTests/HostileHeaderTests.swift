import HTTPTypes
import HummingbirdTesting
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

/// An address in a header became an address in an answer. Ours come from the configuration.
@Suite("Headers that name another host change no answer (Zitadel CVE-2025-64101)")
struct HostileHeaderTests {
    private static let hostile: [[(String, String)]] = [
        [("Host", "evil.example")], [("Host", "id.region.example:444")],
        [("Forwarded", "for=1.2.3.4;host=evil.example;proto=http")], [("X-Forwarded-Host", "evil.example")],
        [("X-Forwarded-Proto", "http")], [("X-Forwarded-Port", "444")], [("X-Forwarded-Prefix", "/evil.example")],
        [("X-Forwarded-Server", "evil.example")], [("X-Forwarded-Scheme", "javascript")], [("X-Forwarded-Ssl", "off")],
        [("X-Host", "evil.example")], [("X-HTTP-Host-Override", "evil.example")], [("X-Original-Host", "evil.example")],
        [("X-Original-URL", "/evil.example")], [("X-Rewrite-URL", "/evil.example")],
        [("Referer", "https://evil.example/")],
        [("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Host", "id.region.example"), ("Host", "evil.example")],
    ]

    private static func headers(_ fields: [(String, String)]) throws -> HTTPFields {
        var headers = HTTPFields()
        for (name, value) in fields {
            headers.append(HTTPField(name: try #require(HTTPField.Name(name)), value: value))
        }
        return headers
    }

    @Test("answers without random parts are the same bytes")
    func sameBytes() async throws {
        try await Site.serve { site in
            let basic = TestRegion.basic
            let failing = FormParameters(basic.request(["scope": "openid phone"])).encoded
            for path in [
                "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "/jwks",
                "/authorize?" + failing, "/userinfo", "/health",
            ] {
                let plain = try await site.get(path)
                for fields in Self.hostile {
                    let answer = try await site.get(path, headers: try Self.headers(fields))
                    #expect(answer.status == plain.status && answer.headers == plain.headers, "\(path) \(fields)")
                    #expect(answer.body == plain.body, "\(path) \(fields)")
                }
            }
            for path in ["/par", "/token"] {
                let plain = try await site.post(path, text: failing)
                for fields in Self.hostile {
                    let answer = try await site.post(path, text: failing, headers: try Self.headers(fields))
                    #expect(answer.status == plain.status && answer.headers == plain.headers, "\(path) \(fields)")
                    #expect(answer.body == plain.body, "\(path) \(fields)")
                }
            }
        }
    }

    @Test("a code, a logout, the list of sessions, the page for devices and a registration lead where they should")
    func secrets() async throws {
        let provider = try await TestProvider.withEveryGrant()
        let phone = try await provider.enrolledPhone()
        let token = try await provider.initialAccessToken(uses: 100)
        try await Site.serve(provider) { site in
            let (portal, browser) = (EveryGrant.herten, Browser(site))
            let hint = try await site.signIn(browser, at: portal, phone: phone).idTokenText
            let session = try #require(browser.session)
            for fields in Self.hostile {
                let plain = try Self.headers(fields)
                var (signedIn, registering) = (plain, plain)
                signedIn[.cookie] = Browser.sessionCookie + "=" + session
                registering[.authorization] = "Bearer " + token
                let redirect = try await site.get("/authorize", portal.request(), headers: signedIn)
                #expect(redirect.headers[.location]?.hasPrefix(portal.redirectURI + "?code=") == true, "\(fields)")
                #expect(redirect.target?["iss"] == "https://id.region.example")
                let logout = [
                    "id_token_hint": hint, "post_logout_redirect_uri": portal.logoutURI, "state": "s",
                ]
                // Without the session's cookie nobody is signed out.
                let signedOut = try await site.get("/logout", logout, headers: plain)
                #expect(signedOut.headers[.location] == portal.logoutURI + "?state=s", "\(fields)")
                let registered = try await site.post(
                    "/register", json: TestRegistrant.metadata(), headers: registering)
                #expect(
                    registered.json["registration_client_uri"]?.string?
                        .hasPrefix("https://id.region.example/register/") == true, "\(fields)")
                let begun = try await site.post(
                    "/device_authorization", form: ["scope": "openid"], as: portal
                ).json
                #expect(begun["verification_uri"] == "https://id.region.example/device")
                for answer in [
                    redirect, signedOut, registered, try await site.get("/sessions", headers: signedIn),
                    try await site.get("/device", headers: plain),
                ] {
                    #expect(!answer.text.contains("evil.example"))
                    for field in answer.headers { #expect(!field.value.contains("evil.example")) }
                }
            }
        }
    }

    @Test("the login page, its links and its errors name the configured issuer alone")
    func pages() async throws {
        try await Site.serve { site in
            for fields in Self.hostile {
                let headers = try Self.headers(fields)
                let begun = try await site.get("/authorize", TestRegion.basic.request(), headers: headers)
                let page = try #require(begun.headers[.location])
                #expect(page.hasPrefix("/login/"))
                var withCookie = headers
                withCookie[.cookie] = begun.headers[.setCookie].map { String($0.prefix { $0 != ";" }) }
                let shown = try await site.get(page, headers: withCookie)
                #expect(shown.status == .ok)
                #expect(try shown.attribute("data-qr-link").hasPrefix("https://id.region.example/"))
                #expect(try shown.attribute("data-same-device-link").hasPrefix("https://id.region.example/"))
                let failed = try await site.get("/authorize", ["client_id": "nobody"], headers: headers)
                for answer in [begun, shown, failed] {
                    #expect(!answer.text.contains("evil.example"))
                    for field in answer.headers { #expect(!field.value.contains("evil.example")) }
                }
            }
        }
    }
}
