import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

/// RFC 8693; the services behind resources call each other for the same person.
@Suite("Token exchange (RFC 8693), client credentials and resources (RFC 8707)")
struct TokenExchangeTests {
    private let forFiles = ["resource": TestGrants.files.rawValue]

    @Test("§4.1: act names each service on the way, the latest outermost; the person stays")
    func nesting() async throws {
        let provider = try await TestProvider.withGrants()
        let phone = try await provider.enrolledPhone()
        let first = try await provider.granted(at: TestGrants.refreshing, phone: phone, forFiles).text("access_token")
        let second = try await provider.exchanged(first, to: TestGrants.archive, by: TestGrants.filesService)
        #expect(second["issued_token_type"]?.string == TokenExchangeRequest.accessTokenType)
        #expect(second["token_type"] == "Bearer" && second["refresh_token"] == nil && second["id_token"] == nil)
        let third = try await provider.exchanged(
            second.text("access_token"), to: TestGrants.vault, by: TestGrants.archiveService)
        let claims = try [first, second.text("access_token"), third.text("access_token")].map(unverifiedPayload)
        #expect(claims.allSatisfy { $0["sub"] == claims[0]["sub"] && $0["txn"] == claims[0]["txn"] })
        #expect(
            claims.map { $0["aud"]?.string }
                == [TestGrants.files, TestGrants.archive, TestGrants.vault].map(\.rawValue))
        #expect(claims.map { $0["client_id"]?.string } == ["refreshing", "files-service", "archive-service"])
        #expect(claims[0]["act"] == nil)
        #expect(claims[1]["act"] == .object(["sub": "files-service"]))
        #expect(claims[2]["act"] == .object(["sub": "archive-service", "act": .object(["sub": "files-service"])]))
        // None of them opens userinfo: their audience is another.
        for text in [first, try second.text("access_token"), try third.text("access_token")] {
            let refusal = try await provider.refusal { _ = try await provider.userinfo(text) }
            #expect(refusal?.error.code == .invalidToken)
        }
    }

    @Test("the new token never lives longer than the one that it came from, and ends with the login")
    func lifetime() async throws {
        let provider = try await TestProvider.withGrants()
        let phone = try await provider.enrolledPhone()
        let signedIn = try await provider.granted(at: TestGrants.refreshing, phone: phone, forFiles)
        let first = try signedIn.text("access_token")
        provider.clock.advance(200)
        let second = try await provider.exchanged(first, to: TestGrants.archive, by: TestGrants.filesService)
        #expect(second["expires_in"] == 100)
        #expect(try unverifiedPayload(second.text("access_token"))["exp"] == unverifiedPayload(first)["exp"])
        try await provider.provider.revocation.revoke(
            TokenInquiry(parameters: FormParameters(["token": signedIn.text("refresh_token")])),
            by: try await provider.authenticated(TestGrants.refreshing))
        for (token, service) in [(first, TestGrants.filesService), (try second.text("access_token"), .archive)]
            as [(String, TestPortal)]
        {
            let refusal = try await provider.refusal {
                _ = try await provider.exchanged(token, to: service.client.resources[0], by: service)
            }
            #expect(refusal?.error.code == .invalidRequest && refusal?.reason == .grantRevoked)
        }
    }

    @Test("§2.1: only the service that a token is for may hand it on, and only what it is allowed to")
    func refusals() async throws {
        let provider = try await TestProvider.withGrants()
        let phone = try await provider.enrolledPhone()
        let tokens = try await provider.granted(at: TestGrants.refreshing, phone: phone, forFiles)
        let good = try tokens.text("access_token")
        let unbounded = try await provider.granted(at: TestGrants.refreshing, phone: phone).text("access_token")
        let own = try await provider.tokens(
            ["grant_type": "client_credentials", "resource": TestGrants.archive.rawValue], at: TestGrants.filesService
        ).text("access_token")
        let files = TestGrants.filesService
        let cases: [(String, String, TestPortal, [String: String?], OAuthError.Code)] = [
            (
                "another service", good, TestGrants.archiveService, ["resource": "https://vault.example/api"],
                .invalidRequest
            ),
            ("a portal", good, TestGrants.everything, ["resource": TestGrants.files.rawValue], .invalidRequest),
            (
                "a client without the grant", good, TestGrants.refreshing, ["resource": TestGrants.files.rawValue],
                .invalidRequest
            ),
            ("a token for userinfo", unbounded, files, [:], .invalidRequest),
            (
                "a service's own token", own, TestGrants.archiveService, ["resource": "https://vault.example/api"],
                .invalidRequest
            ),
            ("a resource that is not its own", good, files, ["resource": TestGrants.vault.rawValue], .invalidTarget),
            ("the resource itself again", good, files, ["resource": TestGrants.files.rawValue], .invalidTarget),
            ("no resource", good, files, ["resource": nil], .invalidTarget),
            ("a malformed resource", good, files, ["resource": "x"], .invalidTarget),
            ("audience", good, files, ["audience": "archive"], .invalidTarget),
            ("a wider scope", good, files, ["scope": "openid person email"], .invalidScope),
            ("an ID token", try tokens.text("id_token"), files, [:], .invalidRequest),
            ("a refresh token", try tokens.text("refresh_token"), files, [:], .invalidRequest),
            (
                "the type of an ID token", good, files,
                ["subject_token_type": "urn:ietf:params:oauth:token-type:id_token"], .invalidRequest
            ),
            ("no type", good, files, ["subject_token_type": nil], .invalidRequest),
            (
                "a refresh token in return", good, files,
                ["requested_token_type": "urn:ietf:params:oauth:token-type:refresh_token"], .invalidRequest
            ),
            ("an actor", good, files, ["actor_token": good], .invalidRequest),
        ]
        for (name, token, service, changes, expected) in cases {
            let refusal = try await provider.refusal {
                _ = try await provider.exchanged(token, to: TestGrants.archive, by: service, changes)
            }
            #expect(refusal?.error.code == expected, "\(name)")
            if name == "another service" { #expect(refusal?.reason == .subjectTokenNotForClient) }
        }
        let narrow = try await provider.exchanged(good, to: TestGrants.archive, by: files, ["scope": "openid"])
        #expect(narrow["scope"] == "openid")
    }

    @Test("a key that the service proves binds the new token, whatever bound the old one")
    func binding() async throws {
        let provider = try await TestProvider.withGrants()
        let phone = try await provider.enrolledPhone()
        let (portalKey, serviceKey) = (SigningKey.makeES256(), SigningKey.makeES256())
        let token = try await provider.granted(at: TestGrants.fapi, phone: phone, forFiles, key: portalKey)
            .text("access_token")
        let bound = try await provider.exchanged(
            token, to: TestGrants.archive, by: TestGrants.filesService, key: serviceKey)
        #expect(bound["token_type"] == "DPoP")
        #expect(
            try unverifiedPayload(bound.text("access_token"))["cnf"]?.object?["jkt"]?.string
                == serviceKey.thumbprint.rawValue)
    }

    @Test("client credentials (RFC 6749 §4.4): a token for a resource, of the client itself, without a person")
    func clientCredentials() async throws {
        let provider = try await TestProvider.withGrants()
        let form = ["grant_type": "client_credentials", "resource": TestGrants.archive.rawValue]
        let tokens = try await provider.tokens(form, at: TestGrants.filesService)
        #expect(tokens["refresh_token"] == nil && tokens["id_token"] == nil && tokens["scope"] == nil)
        let claims = try unverifiedPayload(tokens.text("access_token"))
        #expect(claims["sub"] == "files-service" && claims["client_id"] == "files-service")
        #expect(claims["aud"]?.string == TestGrants.archive.rawValue)
        for name in ["txn", "acr", "auth_time", "scope", "act"] { #expect(claims[name] == nil, "\(name)") }
        let refusal = try await provider.refusal { _ = try await provider.userinfo(tokens.text("access_token")) }
        #expect(refusal?.error.code == .invalidToken)
        for (portal, changes, expected) in [
            (TestGrants.filesService, ["resource": nil], .invalidTarget),
            (TestGrants.filesService, ["resource": TestGrants.vault.rawValue], .invalidTarget),
            (TestGrants.filesService, ["resource": "https://archive.example/api#x"], .invalidTarget),
            (TestGrants.filesService, ["resource": TestRegion.issuer.rawValue], .invalidTarget),
            (TestGrants.filesService, ["scope": "openid"], .invalidScope),
            (TestGrants.refreshing, ["resource": TestGrants.files.rawValue], .unauthorizedClient),
            (TestGrants.native, ["resource": TestGrants.files.rawValue], .unauthorizedClient),
        ] as [(TestPortal, [String: String?], OAuthError.Code)] {
            var changed = form
            for (name, value) in changes { changed[name] = value }
            let refusal = try await provider.refusal { _ = try await provider.tokens(changed, at: portal) }
            #expect(refusal?.error.code == expected, "\(portal.identifier) \(changes)")
        }
    }

    @Test("resource (RFC 8707 §2.2): a token for one resource alone, which the redemption may repeat and not change")
    func resources() async throws {
        let provider = try await TestProvider.withGrants()
        let phone = try await provider.enrolledPhone()
        let portal = TestGrants.refreshing
        let code = try await provider.code(at: portal, phone: phone, forFiles)
        let tokens = try await provider.redeem(code, at: portal, forFiles)
        #expect(try unverifiedPayload(tokens.text("access_token"))["aud"]?.string == TestGrants.files.rawValue)
        let refreshed = try await provider.refreshed(tokens.text("refresh_token"), at: portal, forFiles)
        #expect(try unverifiedPayload(refreshed.text("access_token"))["aud"]?.string == TestGrants.files.rawValue)
        for asked in [[:], forFiles] {
            let other = try await provider.code(at: portal, phone: phone, asked.mapValues { $0 })
            let refusal = try await provider.refusal {
                _ = try await provider.redeem(
                    other, at: portal, ["resource": asked.isEmpty ? TestGrants.files.rawValue : "https://x.example/"])
            }
            #expect(refusal?.error.code == .invalidTarget)
        }
        await #expect(throws: (any Error).self) {
            try await provider.login(at: portal, ["resource": "https://other.example/"])
        }
    }
}

extension TestPortal {
    fileprivate static let archive = TestGrants.archiveService
}
