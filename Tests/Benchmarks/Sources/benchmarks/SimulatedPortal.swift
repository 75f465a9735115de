import IdentityCrypto
import OpenIDMessages
import ProviderCore

/// A portal that signs what a real one signs and checks the ID token.
struct SimulatedPortal: Sendable {
    let issuer: IssuerURL
    let key: SigningKey
    let providerKeys: VerificationKeySet
    var client = Town.client
    var redirectURI = Town.redirectURI

    /// What the portal keeps between its two calls.
    struct Begun: Sendable {
        let verifier: CodeVerifier
        let nonce: String
    }

    /// The form of a pushed authorization request (RFC 9126 §2.1).
    func pushedRequest() throws -> (form: String, begun: Begun) {
        let begun = Begun(verifier: .random(), nonce: RandomBytes.text(16))
        let form = FormParameters([
            "client_id": client, "response_type": "code", "redirect_uri": redirectURI,
            "scope": "openid person person_birth person_address email", "state": RandomBytes.text(16),
            "nonce": begun.nonce, "code_challenge": begun.verifier.challenge.rawValue, "code_challenge_method": "S256",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": try Self.assertion(of: client, key: key, issuer: issuer),
        ])
        return (form.encoded, begun)
    }

    /// The form of the token request (RFC 6749 §4.1.3) for the code in `location`.
    func tokenRequest(location: String, begun: Begun) throws -> String {
        guard let query = location.split(separator: "?").last,
            let code = try FormParameters(parsing: query.utf8)["code"]
        else { throw BenchmarkFault("no code in \(location)") }
        return FormParameters([
            "grant_type": "authorization_code", "code": code, "redirect_uri": redirectURI,
            "code_verifier": begun.verifier.rawValue,
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": try Self.assertion(of: client, key: key, issuer: issuer),
        ]).encoded
    }

    /// Checks the ID token; the access token.
    func accepted(_ tokens: JSONObject, begun: Begun) throws -> String {
        guard let idToken = tokens["id_token"]?.string, let accessToken = tokens["access_token"]?.string else {
            throw BenchmarkFault("no tokens in \(tokens.names)")
        }
        let verified = try providerKeys.verify(CompactJWS(parsing: idToken), type: nil)
        guard verified.payload["nonce"]?.string == begun.nonce else { throw BenchmarkFault("a foreign ID token") }
        return accessToken
    }

    /// RFC 7523 §2.2.
    static func assertion(of client: String, key: SigningKey, issuer: IssuerURL) throws -> String {
        let now = Town.clock.now()
        return try key.sign(
            type: "JWT",
            payload: [
                "iss": .string(client), "sub": .string(client), "aud": .string(issuer.rawValue),
                "jti": .string(RandomBytes.text(16)), "iat": now.json, "exp": (now + 60).json,
            ])
    }
}
