import IdentityCrypto
import OpenIDMessages
import Synchronization
import Testing

@testable import RelyingParty

@Suite("A login from begin to end")
struct LoginTests {
    let portal = FakePortal()
    var provider: FakeProvider { portal.provider }
    var clock: FakePortal.Clock { portal.clock }

    func party(pushed: Bool = true, authentication: ClientAuthentication? = nil) throws -> RelyingParty {
        try portal.party {
            $0.usesPushedAuthorizationRequests = pushed
            if let authentication { $0.authentication = authentication }
        }
    }

    func callback(_ pending: PendingLogin) -> [UInt8] { portal.callback(pending) }
    func logIn(_ party: RelyingParty) async throws -> LoggedIn { try await portal.logIn(party) }

    @Test func aPushedLoginSucceeds() async throws {
        let party = try party()
        let pending = try await party.beginLogin(uiLocales: ["de"])
        #expect(
            pending.authorizationURL
                == "https://id.example.test/authorize?client_id=portal&request_uri=urn%3Aexample%3A1")
        let login = try await logIn(party)
        #expect(login.subject.rawValue == "subject-1")
        let claims = try await party.userinfo(of: login)
        #expect(claims["name"] == "Erika")
    }

    @Test func anAssertionIsForTheIssuerAloneAndShortLived() async throws {
        _ = try await logIn(party())
        let form = try #require(provider.state.withLock { $0.requests.first { $0.endpoint == .token }?.form })
        let token = try CompactJWS(parsing: #require(form["client_assertion"]))
        let claims = try token.verified(by: portal.key.publicKey, type: "jwt").payload
        #expect(claims["aud"] == "https://id.example.test")
        #expect(claims["iss"] == "portal" && claims["sub"] == "portal")
        #expect(claims["exp"] == (clock.now + 60).json)
        #expect(form["code_verifier"]?.utf8.count == 43)
        #expect(form["redirect_uri"] == "https://portal.example.test/oidc/callback")
    }

    @Test func aPlainRequestCarriesEverythingInTheURL() async throws {
        let pending = try await party(pushed: false).beginLogin(
            uiLocales: ["de", "en"], actingHint: "DE123456789-00001")
        let query = try #require(pending.authorizationURL.split(separator: "?").last)
        let parameters = try FormParameters(parsing: query.utf8)
        #expect(parameters["code_challenge"] == pending.verifier.challenge.rawValue)
        #expect(parameters["code_challenge_method"] == "S256")
        #expect(parameters["ui_locales"] == "de en")
        #expect(parameters["acting_hint"] == "DE123456789-00001")
        #expect(parameters["client_id"] == "portal")
        #expect(!pending.authorizationURL.contains(pending.verifier.rawValue))
    }

    @Test func aSecretIsEncodedBeforeItIsJoined() async throws {
        _ = try await logIn(party(authentication: .clientSecretBasic("a:b c")))
        let request = try #require(provider.state.withLock { $0.requests.first { $0.endpoint == .token } })
        #expect(request.authorization == "Basic cG9ydGFsOmElM0FiJTIwYw==")
        #expect(request.form["client_secret"] == nil)
    }

    @Test func aRotatedKeyIsFetchedButAtMostOnceAMinute() async throws {
        let party = try party()
        _ = try await logIn(party)
        provider.state.withLock { $0.key = .makeES256() }
        await #expect(throws: RelyingPartyError.unacceptableIDToken(.signature(.unknownKey))) {
            try await logIn(party)
        }
        #expect(provider.count(.jwks) == 1)
        clock.advance(60)
        provider.state.withLock { [now = clock.now] in
            $0.claims["iat"] = now.json
        }
        _ = try await logIn(party)
        #expect(provider.count(.jwks) == 2)
        #expect(provider.count(.discovery) == 1)
    }

    @Test func aLateCallbackIsRefused() async throws {
        let party = try party()
        let pending = try await party.beginLogin()
        clock.advance(PendingLogin.lifetime)
        await #expect(throws: RelyingPartyError.loginExpired) {
            try await party.finishLogin(callbackQuery: callback(pending), pending: pending)
        }
        #expect(provider.count(.token) == 0)
    }

    @Test func `RFC 6749 §5.2: invalid_grant says that the code is not taken, and nothing else does`() async throws {
        for code in ["invalid_grant", "invalid_client", "temporarily_unavailable"] {
            provider.state.withLock { $0.tokenRefusal = code }
            let refusal = ProviderRefusal(code: code, description: nil)
            let error: RelyingPartyError =
                code == "invalid_grant" ? .codeRefused(refusal) : .requestRefused(.token, refusal)
            await #expect(throws: error) { try await logIn(party()) }
        }
    }

    @Test func userinfoOfSomebodyElseIsRefused() async throws {
        provider.state.withLock { $0.userinfo["sub"] = "subject-2" }
        let party = try party()
        let login = try await logIn(party)
        await #expect(throws: RelyingPartyError.subjectMismatch) {
            try await party.userinfo(of: login)
        }
    }
}
