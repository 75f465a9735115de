import AccountDirectory
import HTTPTypes
import HummingbirdTesting
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

/// How `/introspect`, `/revoke` and `/userinfo` answer over HTTP.
@Suite("Answers of /introspect, /revoke and /userinfo")
struct TokenAnswersTests {
    @Test("RFC 9701 §4: who accepts a signed introspection gets one, of an active token and of one that is not")
    func signedIntrospection() async throws {
        let provider = try await TestProvider.withGrants()
        let phone = try await provider.enrolledPhone()
        let tokens = try await provider.granted(
            at: TestGrants.refreshing, phone: phone, ["resource": TestGrants.files.rawValue])
        let service = TestGrants.filesService
        let type = "application/token-introspection+jwt"
        try await Site.serve(provider) { site in
            for (accept, isSigned) in [
                (type, true), ("application/json, " + type, true), (type.uppercased() + ";q=0.5", true), ("*/*", false),
                ("application/json", false), ("application/jwt", false), ("application/token-introspection", false),
                // RFC 9110 §12.4.2, §12.5.1: what is liked better is given, and 0 is no.
                ("\(type), application/json;q=0.9", true), ("\(type);q=0.9, application/json;q=0.5", true),
                ("\(type);q=0.5, */*;q=0.1", true), ("*/*, \(type)", true), ("\(type);q=1.000", true),
                ("application/json, \(type);q=0.5", false), ("\(type) ; Q=0.5 , application/*;q=0.6", false),
                ("\(type);q=0.5, */*", false), ("\(type);q=0.5;q=1, application/json", false),
                ("\(type);q=0, application/json", false), ("\(type);q=0", false), ("\(type);q=0.000", false),
                ("\(type);q=2", false), ("\(type);q=", false), ("\(type);q=nan", false),
            ] as [(String, Bool)] {
                for (token, isActive) in [(try tokens.text("access_token"), true), ("x", false)] {
                    let headers: HTTPFields = [
                        .authorization: Site.basic(service.identifier, service.secret ?? ""), .accept: accept,
                    ]
                    let response = try await site.post("/introspect", form: ["token": token], headers: headers)
                    #expect(response.status == .ok && response.headers[.cacheControl] == "no-store")
                    #expect(response.headers[.contentType] == (isSigned ? type : "application/json"), "\(accept)")
                    let answer =
                        try isSigned
                        ? provider.provider.keys.ring.verificationKeys.verify(
                            CompactJWS(parsing: response.text), type: "token-introspection+jwt"
                        ).payload["token_introspection"]?.object : response.json
                    #expect(answer?["active"]?.bool == isActive)
                    if !isActive { #expect(answer == ["active": false]) }
                }
            }
        }
    }

    @Test(
        "RFC 7662 §2.1, RFC 7009 §2.1: both need the client's authentication and one token in the body",
        arguments: ["/introspect", "/revoke"])
    func authentication(path: String) async throws {
        let provider = try await TestProvider.withGrants()
        let phone = try await provider.enrolledPhone()
        let portal = TestGrants.refreshing
        let token = try await provider.granted(at: portal, phone: phone).text("refresh_token")
        try await Site.serve(provider) { site in
            let own: HTTPFields = [.authorization: Site.basic(portal.identifier, portal.secret ?? "")]
            let cases: [(String, TestResponse, String)] = [
                ("nobody", try await site.post(path, form: ["token": token]), "invalid_client"),
                (
                    "a name alone", try await site.post(path, form: ["token": token, "client_id": "refreshing"]),
                    "invalid_client"
                ),
                (
                    "a wrong secret",
                    try await site.post(
                        path, form: ["token": token], headers: [.authorization: Site.basic("refreshing", "x")]),
                    "invalid_client"
                ),
                (
                    "the token itself",
                    try await site.post(path, form: ["token": token], headers: [.authorization: "Bearer " + token]),
                    "invalid_client"
                ),
                ("no token", try await site.post(path, form: [:], headers: own), "invalid_request"),
                (
                    "two tokens", try await site.post(path, text: "token=\(token)&token=\(token)", headers: own),
                    "invalid_request"
                ),
                ("a query", try await site.post(path + "?token=x", form: [:], headers: own), "invalid_request"),
                (
                    "a long token",
                    try await site.post(path, form: ["token": String(repeating: "a", count: 8193)], headers: own),
                    "invalid_request"
                ),
                (
                    "a long hint",
                    try await site.post(
                        path, form: ["token": token, "token_type_hint": String(repeating: "a", count: 65)],
                        headers: own), "invalid_request"
                ),
            ]
            for (name, response, error) in cases {
                #expect(response.error == error, "\(name)")
                #expect(response.status == (error == "invalid_client" ? .unauthorized : .badRequest), "\(name)")
            }
            #expect(try await site.get(path, headers: own).status != .ok)
            // None of it ended the token.
            #expect(try await site.post("/introspect", form: ["token": token], as: portal).json["active"] == true)
            let revoked = try await site.post("/revoke", form: ["token": token], as: portal)
            #expect(revoked.status == .ok && revoked.text.isEmpty && revoked.headers[.cacheControl] == "no-store")
            #expect(try await site.post("/introspect", form: ["token": token], as: portal).json == ["active": false])
            #expect(try await site.post("/revoke", form: ["token": token], as: portal).status == .ok)
        }
    }

    @Test("RFC 9470 §3: the challenge names the error and the level to ask for")
    func stepUp() async throws {
        let portal = TestGrants.portal("rising")
        let provider = try await TestProvider.withGrants([portal])
        let phone = try await provider.enrolledPhone()
        let token = try await provider.granted(at: portal, phone: phone).text("access_token")
        try provider.change(portal) { $0.requiredLevel = .substantiell }
        try await Site.serve(provider) { site in
            let response = try await site.get("/userinfo", headers: [.authorization: "Bearer " + token])
            #expect(response.status == .unauthorized && response.error == "insufficient_user_authentication")
            let challenge = try #require(response.headers[.wwwAuthenticate])
            #expect(challenge.hasPrefix("Bearer error=\"insufficient_user_authentication\""))
            #expect(challenge.hasSuffix("acr_values=\"http://bsi.bund.de/eID/LoA/substantiell\""))
        }
    }

    @Test("OpenID Connect Core §5.3.2: signed userinfo is application/jwt; what openid did not open is 403")
    func userinfoTypes() async throws {
        let portal = TestGrants.portal("signed") { $0.cryptography.userinfoAlgorithm = .edDSA }
        let provider = try await TestProvider.withGrants([portal])
        let phone = try await provider.enrolledPhone()
        let token = try await provider.granted(at: portal, phone: phone).text("access_token")
        let refresh = try await provider.granted(at: TestGrants.refreshing, phone: phone).text("refresh_token")
        let narrow = try await provider.refreshed(refresh, at: TestGrants.refreshing, ["scope": "person"])
        try await Site.serve(provider) { site in
            let response = try await site.get("/userinfo", headers: [.authorization: "Bearer " + token])
            #expect(response.status == .ok && response.headers[.contentType] == "application/jwt")
            #expect(response.headers[.cacheControl] == "no-store")
            let refused = try await site.get(
                "/userinfo", headers: [.authorization: "Bearer " + narrow.text("access_token")])
            #expect(refused.status == .forbidden && refused.error == "insufficient_scope")
        }
    }

    @Test("keys of a portal that cannot be fetched are 503, and nothing goes out in the clear")
    func keysOutOfReach() async throws {
        let portal = TestGrants.portal("far") { $0.cryptography.userinfoEncryption = .ecdhESA256KW }
        let provider = try await TestProvider.withGrants([portal])
        try provider.change(portal) { $0.keysURI = OutboundURL(rawValue: "https://far.example/jwks")! }
        let phone = try await provider.enrolledPhone()
        let token = try await provider.granted(at: portal, phone: phone).text("access_token")
        try await Site.serve(provider) { site in
            let response = try await site.get("/userinfo", headers: [.authorization: "Bearer " + token])
            #expect(response.status == .serviceUnavailable && response.error == "temporarily_unavailable")
            #expect(!response.text.contains("Erika"))
        }
    }
}
