internal import AccountDirectory
internal import IdentityCrypto
internal import OpenIDMessages

/// Whom a portal means (CIBA Core §7.1): by the `sub` of an earlier login, alone, in an ID token, or in a token that the
/// portal signed. Who knows no `sub` of a person can ask nobody.
struct BackChannelHints: Sendable {
    /// The longest life of a `login_hint_token`, in seconds.
    static let longestLife: Int64 = 3600

    let issuer: IssuerURL
    let registry: ClientRegistry
    let keys: KeyCustodian
    let clientKeys: ClientKeys
    let clock: ProviderClock

    /// The subject that the hint names. Whether somebody has it is not looked at here.
    func subject(_ hint: BackChannelAuthenticationRequest.Hint, by client: RegisteredClient) async throws
        -> SubjectIdentifier
    {
        switch hint {
        case .login(let text):
            guard let subject = SubjectIdentifier(rawValue: text) else { throw Self.unknown("login_hint is no sub") }
            return subject
        case .idToken(let text):
            guard let hint = IDTokenHint(verifying: text, keys: keys.ring, issuer: issuer, registry: registry),
                hint.client.client.identifier == client.client.identifier, hint.sector == client.sector
            else { throw Self.unknown("id_token_hint is no ID token that this client got") }
            return hint.subject
        case .token(let text): return try await subject(ofToken: text, by: client)
        }
    }

    /// A JWT of the client with an `iss_sub` identifier of RFC 9493 §3.2.3 in `sub_id`.
    private func subject(ofToken text: String, by client: RegisteredClient) async throws -> SubjectIdentifier {
        let unknown = Self.unknown("login_hint_token is not signed by this client for this provider, about a sub")
        guard let token = try? CompactJWS(parsing: text), token.normalizedType == Self.tokenType else { throw unknown }
        let payload: JSONObject
        do {
            payload = try await clientKeys.verify(
                token, by: client, registered: client.client.backChannel?.requestAlgorithm
            ).payload
        } catch is Refusal { throw unknown }
        guard payload["iss"]?.string == client.client.identifier.rawValue, payload["aud"]?.string == issuer.rawValue,
            let expires = payload["exp"]?.integer, let identifier = payload["sub_id"]?.object,
            identifier["format"] == "iss_sub", identifier["iss"]?.string == issuer.rawValue,
            let subject = identifier["sub"]?.string.flatMap(SubjectIdentifier.init(rawValue:))
        else { throw unknown }
        let now = clock.now()
        guard Timestamp(seconds: expires) > now else {
            throw ClientRefusal(.expiredLoginHintToken, "login_hint_token has expired", .hintTokenExpired)
        }
        guard Timestamp(seconds: expires) <= now + Self.longestLife else { throw unknown }
        return subject
    }

    /// A token of another kind is no hint (RFC 8725 §3.11).
    static let tokenType = "login-hint+jwt"

    private static func unknown(_ description: String) -> ClientRefusal {
        ClientRefusal(.unknownUserIdentifier, description, .hintUnusable)
    }
}
