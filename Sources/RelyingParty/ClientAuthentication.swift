internal import Foundation
public import IdentityCrypto
internal import OpenIDMessages

/// How the portal proves who it is (OpenID Connect Core §9).
public enum ClientAuthentication: Sendable, CustomStringConvertible {
    /// A short-lived JWT signed with the portal's key (RFC 7523).
    case privateKeyJWT(SigningKey)
    /// The secret in the `Authorization` header (RFC 6749 §2.3.1).
    case clientSecretBasic(String)
    /// The secret in the body (RFC 6749 §2.3.1).
    case clientSecretPost(String)

    public var description: String {
        switch self {
        case .privateKeyJWT: "private_key_jwt"
        case .clientSecretBasic: "client_secret_basic"
        case .clientSecretPost: "client_secret_post"
        }
    }

    /// How long an assertion is valid, in seconds.
    static let assertionLifetime: Int64 = 60

    /// Adds what proves the client to a request.
    func authenticate(
        _ request: inout BackChannelRequest, client: ClientIdentifier, issuer: IssuerURL, now: Timestamp
    ) throws(RelyingPartyError) {
        switch self {
        case .privateKeyJWT(let key):
            request.form.append("client_id", client.rawValue)
            request.form.append("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
            let assertion = try Self.assertion(by: key, client: client, issuer: issuer, now: now)
            request.form.append("client_assertion", assertion)
        case .clientSecretBasic(let secret):
            // RFC 6749 §2.3.1: both halves are form-encoded before they are joined.
            let pair = FormParameters.percentEncode(client.rawValue) + ":" + FormParameters.percentEncode(secret)
            request.authorization = "Basic " + Data(pair.utf8).base64EncodedString()
        case .clientSecretPost(let secret):
            request.form.append("client_id", client.rawValue)
            request.form.append("client_secret", secret)
        }
    }

    /// RFC 7523 §3; `aud` is the issuer as a single string (RFC 10070), so that no other server can use the assertion.
    private static func assertion(
        by key: SigningKey, client: ClientIdentifier, issuer: IssuerURL, now: Timestamp
    ) throws(RelyingPartyError) -> String {
        let claims: JSONObject = [
            "iss": .string(client.rawValue), "sub": .string(client.rawValue), "aud": .string(issuer.rawValue),
            "jti": .string(RandomBytes.text(16)), "iat": now.json, "exp": (now + assertionLifetime).json,
        ]
        do { return try key.sign(type: "JWT", payload: claims) } catch {
            throw .unusableConfiguration("The portal's key cannot sign.")
        }
    }
}
