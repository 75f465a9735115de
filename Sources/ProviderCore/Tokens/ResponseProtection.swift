internal import AccountDirectory
internal import IdentityCrypto
internal import OpenIDMessages

/// Signs and encrypts what is said to a client, as the client registered it.
struct ResponseProtection: Sendable {
    let issuer: IssuerURL
    let keys: KeyCustodian
    let clientKeys: ClientKeys
    let clock: ProviderClock

    func idToken(_ claims: JSONObject, for client: RegisteredClient) async throws -> String {
        try await likeIDToken(claims, type: "JWT", for: client)
    }

    /// Fetches what an ID token for this client needs. Whoever spends a code or rotates a token for one asks first: a
    /// portal whose keys are out of reach tries again later with the same.
    func prepareIDToken(for client: RegisteredClient) async throws(ClientRefusal) {
        guard let algorithm = client.client.cryptography.idTokenEncryption else { return }
        _ = try await clientKeys.encryptionKey(for: client, algorithm: algorithm)
    }

    /// With the keys of ID tokens (Back-Channel Logout §2.4): a portal that gets those encrypted should refuse a logout token
    /// that is not (§2.6-1).
    func logoutToken(_ claims: JSONObject, for client: RegisteredClient) async throws -> String {
        try await likeIDToken(claims, type: LogoutToken.type, for: client)
    }

    private func likeIDToken(_ claims: JSONObject, type: String, for client: RegisteredClient) async throws -> String {
        let cryptography = client.client.cryptography
        let signed = try sign(claims, type: type, algorithm: cryptography.idTokenAlgorithm)
        return try await encrypt(signed, for: client, algorithm: cryptography.idTokenEncryption)
    }

    /// OpenID Connect Core §5.3.2: with a signature the answer names issuer and audience.
    func userinfo(_ claims: JSONObject, for client: RegisteredClient) async throws -> UserinfoFlow.Answer {
        let cryptography = client.client.cryptography
        guard cryptography.userinfoAlgorithm != nil || cryptography.userinfoEncryption != nil else {
            return .json(claims)
        }
        var claims = claims
        claims["iss"] = .string(issuer.rawValue)
        claims["aud"] = .string(client.client.identifier.rawValue)
        // What is encrypted alone could come from anybody who knows the key: it is signed in any case.
        let signed = try sign(claims, type: "JWT", algorithm: cryptography.userinfoAlgorithm ?? .es256)
        return .jwt(try await encrypt(signed, for: client, algorithm: cryptography.userinfoEncryption))
    }

    func sign(_ claims: JSONObject, type: String, algorithm: SignatureAlgorithm) throws -> String {
        // The custodian makes the missing keys of every algorithm at the start.
        guard let key = keys.ring.signingKey(JWSAlgorithm(algorithm)) else { throw KeyCustodian.Fault.inconsistent }
        return try key.sign(type: type, payload: claims)
    }

    /// A nested JWT (RFC 7519 §5.2); the text itself when the client wants none.
    private func encrypt(
        _ signed: String, for client: RegisteredClient, algorithm: EncryptionAlgorithm?
    ) async throws -> String {
        guard let algorithm else { return signed }
        let recipient = try await clientKeys.encryptionKey(for: client, algorithm: algorithm)
        return try CompactJWE.encrypt(
            Array(signed.utf8), to: recipient.key, contentType: "JWT", keyIdentifier: recipient.identifier)
    }
}

extension JWSAlgorithm {
    init(_ algorithm: SignatureAlgorithm) {
        self =
            switch algorithm {
            case .es256: .es256
            case .ps256: .ps256
            case .edDSA: .edDSA
            case .rs256: .rs256
            }
    }
}
