import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderHarness
import Testing

@testable import ProviderCore

/// A grant that skips the policy. Every grant goes through one function, and every rule of it counts for every grant.
@Suite("Every grant under every policy (authentik CVE-2024-38371, CVE-2024-52287)")
struct GrantPolicyTests {
    /// One way to be refused.
    struct Obstacle: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let error: OAuthError.Code
        /// Grants for which the rule means nothing.
        var exempt: Set<GrantType> = []
        let change: @Sendable (inout TokenAttempt) -> Void
    }

    static let obstacles: [Obstacle] = [
        Obstacle(testDescription: "the client may not use the grant", error: .unauthorizedClient) { attempt in
            let grant = attempt.grantType
            attempt.changeClient { client in client.grantTypes.remove(grant) }
        },
        Obstacle(testDescription: "the scope is not the client's", error: .invalidScope) {
            $0.access.scope = Scope(parsing: "openid phone")
        },
        Obstacle(testDescription: "the resource is not the client's", error: .invalidTarget) {
            $0.access.resource = ResourceURI(rawValue: "https://other.example/api")
        },
        Obstacle(testDescription: "the client's tokens must be bound, and nothing was proved", error: .invalidDPoPProof)
        {
            $0.changeClient { $0.requiresDPoP = true }
            $0.provedKey = nil
        },
        Obstacle(testDescription: "FAPI 2.0 §5.3.2.1-5: no token without a key", error: .invalidDPoPProof) {
            $0.changeClient { $0.profile = .fapi2 }
            $0.provedKey = nil
        },
        Obstacle(testDescription: "the grant is bound to another key", error: .invalidGrant) {
            $0.boundKey = SigningKey.makeES256().thumbprint
            $0.provedKey = SigningKey.makeES256().thumbprint
        },
        Obstacle(testDescription: "the grant is bound and nothing was proved", error: .invalidGrant) {
            $0.boundKey = SigningKey.makeES256().thumbprint
            $0.provedKey = nil
        },
        Obstacle(testDescription: "the account is not active", error: .invalidGrant, exempt: [.clientCredentials]) {
            $0.live?.account.state = .locked
        },
        Obstacle(testDescription: "the device is not active", error: .invalidGrant, exempt: [.clientCredentials]) {
            $0.live?.isDeviceActive = false
        },
        Obstacle(testDescription: "the session is over", error: .invalidGrant, exempt: [.clientCredentials]) {
            $0.live?.isSessionLive = false
        },
        Obstacle(
            testDescription: "the client needs a higher level by now", error: .invalidGrant,
            exempt: [.clientCredentials]
        ) { $0.changeClient { $0.requiredLevel = .hoch } },
        Obstacle(
            testDescription: "a legacy client carries no level above normal", error: .invalidGrant,
            exempt: [.clientCredentials]
        ) { $0.changeClient { $0.profile = .legacy } },
        Obstacle(
            testDescription: "the grant is another client's", error: .invalidGrant,
            exempt: [.clientCredentials, .tokenExchange]
        ) { $0.live?.grant.client = ClientIdentifier(rawValue: "another")! },
    ]

    @Test("nothing stands in the way of what is allowed", arguments: GrantType.allCases)
    func allowed(grantType: GrantType) throws { _ = try GrantPolicy.authorize(Self.attempt(grantType)) }

    @Test("one obstacle is enough", arguments: GrantType.allCases, obstacles)
    func refused(grantType: GrantType, obstacle: Obstacle) throws {
        var attempt = Self.attempt(grantType)
        obstacle.change(&attempt)
        guard !obstacle.exempt.contains(grantType) else {
            _ = try GrantPolicy.authorize(attempt)
            return
        }
        let refusal = #expect(throws: ClientRefusal.self) { _ = try GrantPolicy.authorize(attempt) }
        #expect(refusal?.error.code == obstacle.error)
        #expect(refusal?.reason != nil, "the operator must read a reason")
    }

    @Test("a client that cannot prove who it is gets no token of its own")
    func nativeClientCredentials() {
        var attempt = Self.attempt(.clientCredentials)
        attempt.changeClient { $0.authenticationMethod = .none }
        let refusal = #expect(throws: ClientRefusal.self) { _ = try GrantPolicy.authorize(attempt) }
        #expect(refusal?.error.code == .unauthorizedClient)
    }

    static func attempt(_ grantType: GrantType) -> TokenAttempt {
        let isPersonal = grantType != .clientCredentials
        return TokenAttempt(
            client: registered(client), grantType: grantType, live: isPersonal ? live : nil,
            access: TokenAccess(
                scope: isPersonal ? Scope(parsing: "openid person") : nil,
                resource: ResourceURI(rawValue: "https://api.example/")),
            provedKey: SigningKey.makeES256().thumbprint)
    }

    private static let client: Client = {
        var client = TestRegion.basic.client
        client.grantTypes = Set(GrantType.allCases)
        client.resources = [ResourceURI(rawValue: "https://api.example/")!]
        client.requiredLevel = .normal
        return client
    }()

    static func registered(_ client: Client) -> RegisteredClient {
        var region = TestRegion.region()
        region.clients = [client]
        // The registry refuses no client of a valid region.
        return try! ClientRegistry(region: region).resolve(client.identifier)!
    }

    private static let live: LiveGrant = {
        let account = AccountRecord(
            identifier: .random(), person: try! PersonRecord(json: TestRegion.person), level: .substantiell,
            isActive: true)
        let grant = AuthorizationGrant(
            transaction: .random(bytes: 16), handle: OneTimeHandle(.authorizationCode).digest,
            client: client.identifier, tenant: client.tenant, account: account.identifier, redirectURI: nil,
            scope: Scope(parsing: "openid person")!, nonce: nil, codeChallenge: nil,
            subject: .random(bytes: 16), context: AuthenticationContext(level: .substantiell, isSimulated: false),
            methods: ["hwk"], flow: .link, relayResistance: .sameDevice,
            authenticatedAt: Timestamp(seconds: 1_800_000_000),
            session: .random(bytes: 16), released: [], expiresAt: Timestamp(seconds: 1_800_000_060))
        return LiveGrant(
            grant: Shared(wrappedValue: grant), account: account, isSessionLive: true, isDeviceActive: true)
    }()
}

extension TokenAttempt {
    mutating func changeClient(_ change: (inout Client) -> Void) {
        var client = client.client
        change(&client)
        self.client = GrantPolicyTests.registered(client)
    }
}
