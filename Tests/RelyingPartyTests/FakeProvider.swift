import IdentityCrypto
import OpenIDMessages
import Synchronization
import Testing

@testable import RelyingParty

/// A provider that answers from memory and remembers what it was asked.
final class FakeProvider: BackChannel {
    struct State {
        var key = SigningKey.makeES256()
        var metadata = ProviderMetadataTests.good
        var requests: [BackChannelRequest] = []
        var claims: JSONObject = IDTokenValidationTests.good
        var userinfo: JSONObject = ["sub": "subject-1", "name": "Erika"]
        /// The error with which the token endpoint refuses.
        var tokenRefusal: String?
        /// Members of a token response that differ from the usual ones; `null` takes one away.
        var tokenMembers: JSONObject = [:]
        /// The answer of the revocation endpoint.
        var revocation = BackChannelAnswer(status: 200, body: [])
        /// The nonce that proofs must have, by origin; it comes with each answer of that origin.
        var nonces: [String: String] = [:]
        /// Asks for the nonce even of a proof that has it.
        var asksAgainAndAgain = false
    }
    let state = Mutex(State())

    func send(_ request: BackChannelRequest) async throws(RelyingPartyError) -> BackChannelAnswer {
        state.withLock { state in
            state.requests.append(request)
            return Self.demand(request, state: state) ?? Self.answer(request, state: state)
        }
    }

    /// RFC 9449 §8 for an authorization server, §9 for userinfo.
    private static func demand(_ request: BackChannelRequest, state: State) -> BackChannelAnswer? {
        guard let proof = request.proof, let nonce = state.nonces[origin(request)],
            state.asksAgainAndAgain || Self.claims(proof)["nonce"]?.string != nonce
        else { return nil }
        let error = "use_dpop_nonce"
        return request.endpoint == .userinfo
            ? BackChannelAnswer(
                status: 401, body: [], nonces: [nonce],
                challenges: ["Bearer", "DPoP algs=\"ES256\", error=\"\(error)\", error_description=\"again\""])
            : BackChannelAnswer(
                status: 400, body: (["error": .string(error)] as JSONObject).serialized, nonces: [nonce])
    }

    private static func answer(_ request: BackChannelRequest, state: State) -> BackChannelAnswer {
        if request.endpoint == .revocation { return state.revocation }
        let (status, object) = object(request, state: state)
        return BackChannelAnswer(
            status: status, body: object.serialized, nonces: state.nonces[origin(request)].map { [$0] } ?? [])
    }

    private static func object(_ request: BackChannelRequest, state: State) -> (Int, JSONObject) {
        switch request.endpoint {
        case .discovery: return (200, state.metadata)
        case .jwks:
            let listed = state.key.publicKey.listedJWK(identifier: state.key.thumbprint.rawValue)
            return (200, ["keys": [.object(listed)]])
        case .pushedAuthorizationRequest: return (201, ["request_uri": "urn:example:1", "expires_in": 60])
        case .userinfo: return (200, state.userinfo)
        case .revocation: return (200, [:])
        case .token:
            if let refusal = state.tokenRefusal { return (400, ["error": .string(refusal)]) }
            let token = (try? state.key.sign(type: "JWT", payload: state.claims)) ?? ""
            var answer: JSONObject = [
                "access_token": "access-token", "token_type": request.proof == nil ? "Bearer" : "DPoP",
                "id_token": .string(token),
            ]
            for member in state.tokenMembers.members {
                answer[member.name] = member.value == .null ? nil : member.value
            }
            return (200, answer)
        }
    }

    private static func origin(_ request: BackChannelRequest) -> String {
        RedirectURI(rawValue: request.url)?.origin ?? ""
    }

    /// The claims of a token that nobody verifies here.
    static func claims(_ token: String) -> JSONObject { (try? CompactJWS(parsing: token))?.unverifiedPayload ?? [:] }

    func count(_ endpoint: BackChannelEndpoint) -> Int { requests(endpoint).count }

    func requests(_ endpoint: BackChannelEndpoint) -> [BackChannelRequest] {
        state.withLock { $0.requests.filter { $0.endpoint == endpoint } }
    }
}

/// A portal at the fake provider, and a clock for both.
struct FakePortal: Sendable {
    static let goodbye = RedirectURI(rawValue: "https://portal.example.test/oidc/logged-out")!

    let provider = FakeProvider()
    let clock = Clock()
    let key = SigningKey.makeES256()

    final class Clock: Sendable {
        let seconds = Mutex(IDTokenValidationTests.now.seconds)
        var now: Timestamp { Timestamp(seconds: seconds.withLock { $0 }) }
        func advance(_ by: Int64) { seconds.withLock { $0 += by } }
    }

    /// - Parameter change: what differs from a portal with pushed requests, `private_key_jwt` and bearer tokens.
    func party(_ change: (inout RelyingParty.Configuration) -> Void = { _ in }) throws -> RelyingParty {
        var configuration = RelyingParty.Configuration(
            issuer: try #require(IssuerURL(rawValue: "https://id.example.test")),
            clientIdentifier: try #require(ClientIdentifier(rawValue: "portal")),
            redirectURI: try #require(RedirectURI(rawValue: "https://portal.example.test/oidc/callback")),
            authentication: .privateKeyJWT(key), scopes: try #require(Scope(parsing: "openid profile")),
            acrValues: [AssuranceLevel.substantiell.acr])
        change(&configuration)
        return try RelyingParty(configuration, channel: provider, now: { [clock] in clock.now })
    }

    func callback(_ pending: PendingLogin) -> [UInt8] {
        let parameters = FormParameters([
            "code": "code-1", "state": pending.state.rawValue, "iss": "https://id.example.test",
        ])
        return Array(parameters.encoded.utf8)
    }

    /// A whole login; the ID token has the claims of the provider's state and the login's nonce.
    func logIn(_ party: RelyingParty) async throws -> LoggedIn {
        let pending = try await party.beginLogin()
        provider.state.withLock { $0.claims["nonce"] = .string(pending.nonce.rawValue) }
        return try await party.finishLogin(callbackQuery: callback(pending), pending: pending)
    }
}
