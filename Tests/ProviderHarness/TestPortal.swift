import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderCore

/// A portal of the test region, with what it needs to act: its key or its secret.
public struct TestPortal: Sendable {
    public let client: Client
    public let key: SigningKey?
    public let secret: String?
    /// The same for every request of this portal, so that a test can redeem any code of it.
    public let verifier = CodeVerifier(rawValue: String(repeating: "verifier-", count: 6))!

    public var identifier: String { client.identifier.rawValue }
    public var redirectURI: String { client.redirectURIs[0].rawValue }

    init(
        _ identifier: String, tenant: String, method: ClientAuthenticationMethod, key: SigningKey? = nil,
        redirectURIs: [String]? = nil, pushes: Bool = false, algorithm: SignatureAlgorithm = .es256,
        level: AssuranceLevel = .normal, hasBackChannel: Bool = true
    ) {
        let secret = method == .privateKeyJWT ? nil : "secret of \(identifier): 100 % & more"
        self.key = key
        self.secret = secret
        let uris = redirectURIs ?? ["https://\(identifier).example/callback"]
        client = Client(
            identifier: ClientIdentifier(rawValue: identifier)!, tenant: TenantIdentifier(rawValue: tenant)!,
            name: "Portal \(identifier)", profile: .baseline, redirectURIs: uris.map { RedirectURI(rawValue: $0)! },
            authenticationMethod: method, keys: key.map { [$0.publicKey.listedJWK(identifier: "key-1")] } ?? [],
            secretDigest: secret.map { ContentDigest(of: $0) }, requiresPushedAuthorizationRequests: pushes,
            cryptography: ClientCryptography(idTokenAlgorithm: algorithm),
            scopes: ["openid", "person", "person_birth", "email"], requiredLevel: level,
            initiateLoginURI: nil,
            logout: ClientLogout(
                returnURIs: [RedirectURI(rawValue: "https://\(identifier).example/signed-out")!],
                backChannelURI: hasBackChannel
                    ? OutboundURL(rawValue: "https://\(identifier).example/backchannel")! : nil))
    }

    /// Where the browser goes after a logout.
    public var logoutURI: String { client.logout.returnURIs[0].rawValue }

    /// A client as it is, with what it proves itself by.
    public init(client: Client, key: SigningKey?, secret: String?) {
        self.client = client
        self.key = key
        self.secret = secret
    }

    /// A good authorization request with changes; nil removes a parameter.
    public func request(_ changes: [String: String?] = [:]) -> [String: String] {
        var parameters: [String: String] = [
            "client_id": identifier, "redirect_uri": redirectURI, "response_type": "code", "scope": "openid person",
            "state": "state of \(identifier)", "nonce": "nonce of \(identifier)",
            "code_challenge": verifier.challenge.rawValue, "code_challenge_method": "S256",
        ]
        for (name, value) in changes { parameters[name] = value }
        return parameters
    }

    /// A good token request with changes; nil removes a parameter.
    public func tokenRequest(code: String, _ changes: [String: String?] = [:]) -> [String: String] {
        var parameters: [String: String] = [
            "grant_type": "authorization_code", "code": code, "redirect_uri": redirectURI,
            "code_verifier": verifier.rawValue,
        ]
        for (name, value) in changes { parameters[name] = value }
        return parameters
    }

    /// A client assertion with changed claims or header; signed by `key`, else by the portal's own.
    public func assertion(
        now: Timestamp, key other: SigningKey? = nil, type: String = "JWT", keyIdentifier: String? = "key-1",
        header: JSONObject = [:], _ change: (inout JSONObject) -> Void = { _ in }
    ) throws -> String {
        var claims: JSONObject = [
            "iss": .string(identifier), "sub": .string(identifier), "aud": .string(TestRegion.issuer.rawValue),
            "jti": .string(RandomBytes.text(16)), "iat": now.json, "exp": (now + 60).json,
        ]
        change(&claims)
        guard let key = other ?? key else { throw MissingKey() }
        return try key.sign(type: type, payload: claims, keyIdentifier: keyIdentifier, header: header)
    }

    /// Good credentials of the portal's own method.
    public func credentials(now: Timestamp) throws -> ClientCredentials {
        switch client.authenticationMethod {
        case .privateKeyJWT: .assertion(try assertion(now: now), client: nil)
        case .clientSecretBasic: .basic(client: client.identifier, secret: secret ?? "")
        case .clientSecretPost: .post(client: client.identifier, secret: secret ?? "")
        case .none: .unproved(client: client.identifier)
        }
    }

    public struct MissingKey: Error {}
}

extension FormParameters {
    /// The parameters in the order of their names.
    public init(_ parameters: [String: String]) {
        self.init()
        for (name, value) in parameters.sorted(by: { $0.key < $1.key }) { append(name, value) }
    }
}

/// Tokens that no honest signer makes.
public enum ForgedJWS {
    /// Any header, payload and signature.
    public static func make(
        header: JSONObject, payload: JSONObject, signature: (_ input: [UInt8]) -> [UInt8]
    ) -> String {
        let input = "\(Base64URL.encode(header.serialized)).\(Base64URL.encode(payload.serialized))"
        return "\(input).\(Base64URL.encode(signature(Array(input.utf8))))"
    }
}

/// The payload of a token, without belief.
public func unverifiedPayload(_ text: String?) throws -> JSONObject {
    guard let payload = try text.flatMap({ try CompactJWS(parsing: $0).unverifiedPayload }) else {
        throw TestProvider.Unexpected.noPayload
    }
    return payload
}
