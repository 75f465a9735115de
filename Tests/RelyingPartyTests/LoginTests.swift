import IdentityCrypto
import OpenIDMessages
import Synchronization
import Testing

@testable import RelyingParty

/// A provider that answers from memory and remembers what it was asked.
final class FakeProvider: BackChannel {
    struct State {
        var key = SigningKey.makeES256()
        var requests: [BackChannelRequest] = []
        var claims: JSONObject = IDTokenValidationTests.good
        var userinfo: JSONObject = ["sub": "subject-1", "name": "Erika"]
        var tokenStatus = 200
    }
    let state = Mutex(State())

    func send(_ request: BackChannelRequest) async throws(RelyingPartyError) -> BackChannelAnswer {
        state.withLock { state in
            state.requests.append(request)
            let (status, object) = Self.answer(request, state: state)
            return BackChannelAnswer(status: status, body: object.serialized)
        }
    }

    private static func answer(_ request: BackChannelRequest, state: State) -> (Int, JSONObject) {
        switch request.endpoint {
        case .discovery: return (200, ProviderMetadataTests.good)
        case .jwks:
            let listed = state.key.publicKey.listedJWK(identifier: state.key.thumbprint.rawValue)
            return (200, ["keys": [.object(listed)]])
        case .pushedAuthorizationRequest: return (201, ["request_uri": "urn:example:1", "expires_in": 60])
        case .userinfo: return (200, state.userinfo)
        case .token:
            guard state.tokenStatus == 200 else { return (state.tokenStatus, ["error": "invalid_grant"]) }
            let token = (try? state.key.sign(type: "JWT", payload: state.claims)) ?? ""
            return (200, ["access_token": "access-token", "token_type": "Bearer", "id_token": .string(token)])
        }
    }

    func count(_ endpoint: BackChannelEndpoint) -> Int {
        state.withLock { $0.requests.filter { $0.endpoint == endpoint }.count }
    }
}

@Suite("A login from begin to end")
struct LoginTests {
    let provider = FakeProvider()
    let clock = Clock()
    let portalKey = SigningKey.makeES256()

    final class Clock: Sendable {
        let seconds = Mutex(IDTokenValidationTests.now.seconds)
        var now: Timestamp { Timestamp(seconds: seconds.withLock { $0 }) }
        func advance(_ by: Int64) { seconds.withLock { $0 += by } }
    }

    func party(pushed: Bool = true, authentication: ClientAuthentication? = nil) throws -> RelyingParty {
        let configuration = RelyingParty.Configuration(
            issuer: try #require(IssuerURL(rawValue: "https://id.example.test")),
            clientIdentifier: try #require(ClientIdentifier(rawValue: "portal")),
            redirectURI: try #require(RedirectURI(rawValue: "https://portal.example.test/oidc/callback")),
            authentication: authentication ?? .privateKeyJWT(portalKey),
            scopes: try #require(Scope(parsing: "openid profile")), acrValues: [AssuranceLevel.substantiell.acr],
            usesPushedAuthorizationRequests: pushed)
        return try RelyingParty(configuration, channel: provider, now: { [clock] in clock.now })
    }

    func callback(_ pending: PendingLogin) -> [UInt8] {
        let parameters = FormParameters([
            "code": "code-1", "state": pending.state.rawValue, "iss": "https://id.example.test",
        ])
        return Array(parameters.encoded.utf8)
    }

    func logIn(_ party: RelyingParty) async throws -> LoggedIn {
        let pending = try await party.beginLogin()
        provider.state.withLock { $0.claims["nonce"] = .string(pending.nonce.rawValue) }
        return try await party.finishLogin(callbackQuery: callback(pending), pending: pending)
    }

    @Test func aPushedLoginSucceeds() async throws {
        let party = try party()
        let pending = try await party.beginLogin(uiLocales: ["de"])
        #expect(
            pending.authorizationURL
                == "https://id.example.test/authorize?client_id=portal&request_uri=urn%3Aexample%3A1")
        let login = try await logIn(party)
        #expect(login.subject.rawValue == "subject-1")
        let claims = try await party.userinfo(accessToken: login.accessToken, expectedSubject: login.subject)
        #expect(claims["name"] == "Erika")
    }

    @Test func anAssertionIsForTheIssuerAloneAndShortLived() async throws {
        _ = try await logIn(party())
        let form = try #require(provider.state.withLock { $0.requests.first { $0.endpoint == .token }?.form })
        let token = try CompactJWS(parsing: #require(form["client_assertion"]))
        let claims = try token.verified(by: portalKey.publicKey, type: "jwt").payload
        #expect(claims["aud"] == "https://id.example.test")
        #expect(claims["iss"] == "portal" && claims["sub"] == "portal")
        #expect(claims["exp"] == (clock.now + 60).json)
        #expect(form["code_verifier"]?.utf8.count == 43)
        #expect(form["redirect_uri"] == "https://portal.example.test/oidc/callback")
    }

    @Test func aPlainRequestCarriesEverythingInTheURL() async throws {
        let pending = try await party(pushed: false).beginLogin(uiLocales: ["de", "en"])
        let query = try #require(pending.authorizationURL.split(separator: "?").last)
        let parameters = try FormParameters(parsing: query.utf8)
        #expect(parameters["code_challenge"] == pending.verifier.challenge.rawValue)
        #expect(parameters["code_challenge_method"] == "S256")
        #expect(parameters["ui_locales"] == "de en")
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

    @Test func anOAuthErrorIsTyped() async throws {
        provider.state.withLock { $0.tokenStatus = 400 }
        let refusal = ProviderRefusal(code: "invalid_grant", description: nil)
        await #expect(throws: RelyingPartyError.requestRefused(.token, refusal)) { try await logIn(party()) }
    }

    @Test func userinfoOfSomebodyElseIsRefused() async throws {
        provider.state.withLock { $0.userinfo["sub"] = "subject-2" }
        let party = try party()
        let login = try await logIn(party)
        await #expect(throws: RelyingPartyError.subjectMismatch) {
            try await party.userinfo(accessToken: login.accessToken, expectedSubject: login.subject)
        }
    }
}
