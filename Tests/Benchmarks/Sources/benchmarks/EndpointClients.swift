import AccountDirectory
import IdentityCrypto
import OpenIDMessages

/// The two clients whose calls are measured one by one.
enum EndpointClients {
    /// Proves itself with a secret; its refresh tokens rotate.
    static let secret = "benchmark-secret"
    /// The same in both processes; it protects nothing.
    static let secretValue = "a-secret-of-the-benchmark-that-protects-nothing"
    /// Signs assertions; its tokens are bound to a key, and its refresh tokens stay.
    static let bound = "benchmark-bound"
    static let resource = ResourceURI(rawValue: "https://api.example/")!

    static func clients(portalKey: JSONObject, tenant: TenantIdentifier) -> [Client] {
        func client(_ name: String, _ method: ClientAuthenticationMethod) -> Client {
            Client(
                identifier: ClientIdentifier(rawValue: name)!, tenant: tenant, name: "Serviceportal Herten",
                profile: .baseline, redirectURIs: [RedirectURI(rawValue: Town.redirectURI)!],
                authenticationMethod: method, grantTypes: [.authorizationCode, .refreshToken, .clientCredentials],
                scopes: Town.scopes, resources: [resource], requiredLevel: .normal)
        }
        var secret = client(secret, .clientSecretBasic)
        secret.secretDigest = ContentDigest(of: secretValue)
        var bound = client(bound, .privateKeyJWT)
        bound.keys = [portalKey]
        bound.requiresDPoP = true
        return [secret, bound]
    }
}
