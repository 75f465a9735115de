import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderCore

/// Portals of every profile, with all response modes, resources and request objects.
public enum TestProfiles {
    public static let resource = ResourceURI(rawValue: "https://files.example/api")!

    /// FAPI 2.0 Security Profile.
    public static let fapi = TestPortal(profile("fapi", .fapi2) { $0.requiresDPoP = true })
    /// FAPI 2.0 Message Signing: signed requests and signed responses alone.
    public static let signing = TestPortal(
        profile("signing", .fapi2) {
            $0.requiresDPoP = true
            $0.requiresSignedRequestObject = true
            $0.responseModes = [.jwt]
        })
    /// No pushed requests needed.
    public static let baseline = TestPortal(profile("baseline", .baseline))
    /// One algorithm alone for its request objects.
    public static let pinned = TestPortal(
        profile("pinned", .baseline) { $0.cryptography.requestObjectAlgorithm = .edDSA })
    public static let legacy = TestPortal(profile("legacy", .legacy, method: .clientSecretBasic))
    /// A legacy client of a service that a legacy client cannot reach.
    public static let tooHigh = TestPortal(
        profile("too-high", .legacy, method: .clientSecretBasic) { $0.requiredLevel = .substantiell })
    /// A native application.
    public static let native = TestPortal(
        profile("native", .baseline, method: .none) {
            $0.requiresDPoP = true
            $0.redirectURIs = [
                "http://127.0.0.1/callback", "http://[::1]:8080/back?way=2", "http://localhost:9000/callback",
                "https://native.example/callback",
            ].map { RedirectURI(rawValue: $0)! }
        })
    /// A web portal with a loopback redirect URI of a development region.
    public static let workstation = TestPortal(
        profile("workstation", .baseline) { $0.redirectURIs = [RedirectURI(rawValue: "http://127.0.0.1:3000/cb")!] })
    /// No authorization code grant.
    public static let machine = TestPortal(profile("machine", .baseline) { $0.grantTypes = [.clientCredentials] })

    /// One portal for each algorithm of signed responses.
    public static let signedResponses = SignatureAlgorithm.allCases.map { algorithm in
        TestPortal(
            profile("jarm-\(algorithm.rawValue.lowercased())", .baseline) {
                $0.cryptography.authorizationResponseAlgorithm = algorithm
            })
    }

    public static let portals =
        [fapi, signing, baseline, pinned, legacy, tooHigh, native, workstation, machine] + signedResponses

    private static func profile(
        _ identifier: String, _ profile: ClientProfile, method: ClientAuthenticationMethod = .privateKeyJWT,
        _ change: (inout Client) -> Void = { _ in }
    ) -> Client {
        var client = Client(
            identifier: ClientIdentifier(rawValue: identifier)!, tenant: TestRegion.herten,
            name: "Portal \(identifier)", profile: profile,
            redirectURIs: [RedirectURI(rawValue: "https://\(identifier).example/callback")!],
            authenticationMethod: method, requiresPushedAuthorizationRequests: profile == .fapi2,
            responseModes: Set(ResponseMode.allCases), scopes: ["openid", "person", "person_birth", "email"],
            resources: [resource], requiredLevel: .normal)
        change(&client)
        return client
    }
}

extension TestPortal {
    /// A portal with a fresh P-256 key or a secret, as its method wants.
    public init(_ client: Client) {
        var client = client
        let key = SigningKey.makeES256()
        client.keys = [key.publicKey.listedJWK(identifier: "key-1")]
        let hasSecret = [.clientSecretBasic, .clientSecretPost].contains(client.authenticationMethod)
        let secret = hasSecret ? "secret of \(client.identifier)" : nil
        client.secretDigest = secret.map { ContentDigest(of: $0) }
        self.init(client: client, key: key, secret: secret)
    }

    /// A good request object with changes; nil removes a claim.
    public func requestObject(
        now: Timestamp, key other: SigningKey? = nil, type: String = "oauth-authz-req+jwt",
        keyIdentifier: String? = "key-1", header: JSONObject = [:], _ changes: [String: JSONValue?] = [:]
    ) throws -> String {
        var claims: JSONObject = [
            "iss": .string(identifier), "aud": .string(TestRegion.issuer.rawValue), "iat": now.json, "nbf": now.json,
            "exp": (now + 300).json,
        ]
        for (name, value) in request() { claims[name] = .string(value) }
        for (name, value) in changes { claims[name] = value }
        guard let key = other ?? key else { throw MissingKey() }
        return try key.sign(type: type, payload: claims, keyIdentifier: keyIdentifier, header: header)
    }
}

extension TestProvider {
    /// A provider whose region has the portals of `TestProfiles` as well.
    public static func withProfiles(
        capacity: Provider.Capacity = Provider.Capacity()
    ) async throws -> TestProvider {
        let provider = try await TestProvider(capacity: capacity)
        try provider.add(TestProfiles.portals)
        return provider
    }

    /// More portals for the region.
    public func add(_ portals: [TestPortal]) throws {
        try changeRegion { $0.clients += portals.map(\.client) }
    }

    /// Another registration of this portal from now on.
    public func change(_ portal: TestPortal, _ change: (inout Client) -> Void) throws {
        try changeRegion { region in
            for index in region.clients.indices where region.clients[index].identifier == portal.client.identifier {
                change(&region.clients[index])
            }
        }
    }

    /// A pushed request, redeemed in the browser at once.
    public func validated(
        pushed parameters: [String: String], by portal: TestPortal, proofKey: KeyThumbprint? = nil
    ) async throws -> ValidatedAuthorizationRequest {
        let uri = try await provider.authorization.push(
            FormParameters(parameters), by: try await authenticated(portal), proofKey: proofKey)
        return try await provider.authorization.authorize(
            FormParameters(["client_id": portal.identifier, "request_uri": uri.text]))
    }
}
