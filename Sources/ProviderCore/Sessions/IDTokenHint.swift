internal import AccountDirectory
internal import IdentityCrypto
internal import OpenIDMessages

/// An ID token of ours that a portal gives back as a hint (OpenID Connect Core §3.1.2.1, RP-Initiated Logout §2). Only
/// its own check makes it.
struct IDTokenHint: Sendable {
    let client: RegisteredClient
    let subject: SubjectIdentifier
    /// The session under the name that it has for `subject`.
    let session: SessionName
    /// The sector in which `subject` names somebody; nil when the client does not serve the town of the token any more.
    let sector: SubjectSector?

    /// Nil unless the signature, the issuer and the kind of token are ours and the client is known. It may have expired:
    /// a hint gives no access.
    init?(verifying text: String, keys: SigningKeyRing, issuer: IssuerURL, registry: ClientRegistry) {
        // `at+jwt`, `logout+jwt` and the device statements have types of their own (RFC 8725 §3.11); `sid` and
        // `auth_time` are in no other token of the type `JWT`.
        guard let token = try? CompactJWS(parsing: text),
            let claims = try? keys.verificationKeys.verify(token, type: "JWT").payload,
            token.header["typ"] == "JWT", claims["iss"]?.string == issuer.rawValue,
            let client = claims["aud"]?.string.flatMap(ClientIdentifier.init(rawValue:)).flatMap(registry.resolve),
            let subject = claims["sub"]?.string.flatMap(SubjectIdentifier.init(rawValue:)),
            let session = claims["sid"]?.string.flatMap(SessionName.init(rawValue:)),
            claims["auth_time"]?.integer != nil, claims["exp"]?.integer != nil
        else { return nil }
        self.client = client
        self.subject = subject
        self.session = session
        let town = claims[issuer.tenantClaim].flatMap(TenantIdentifier.init(claim:))
        sector = client.client.isOneForAll ? town.flatMap(client.acting)?.sector : client.sector
    }
}
