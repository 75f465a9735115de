import AccountDirectory
import Foundation
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
        /// Words of the condition in the policy that this stands before.
        let rule: String
        let error: OAuthError.Code
        let reason: Refusal
        /// Grants for which the rule means nothing.
        var exempt: Set<GrantType> = []
        let change: @Sendable (inout TokenAttempt) -> Void
    }

    static let obstacles: [Obstacle] = [
        Obstacle(
            testDescription: "the client may not use the grant", rule: "client.grantTypes.contains",
            error: .unauthorizedClient,
            reason: .grantTypeNotAllowed
        ) { attempt in
            let grant = attempt.grantType
            attempt.changeClient { client in client.grantTypes.remove(grant) }
        },
        Obstacle(
            testDescription: "the scope is not the client's", rule: "client.scopes.contains", error: .invalidScope,
            reason: .scopeNotAllowed
        ) {
            $0.access.scope = Scope(parsing: "openid phone")
        },
        Obstacle(
            testDescription: "the resource is not the client's", rule: "client.resources.contains",
            error: .invalidTarget, reason: .resourceNotAllowed
        ) {
            $0.access.resource = ResourceURI(rawValue: "https://other.example/api")
        },
        Obstacle(
            testDescription: "the client's tokens must be bound, and nothing was proved",
            rule: "attempt.client.isKeyBound", error: .invalidDPoPProof,
            reason: .proofMissing
        ) {
            $0.changeClient { $0.requiresDPoP = true }
            $0.provedKey = nil
        },
        Obstacle(
            testDescription: "FAPI 2.0 §5.3.2.1-5: no token without a key", rule: "attempt.client.isKeyBound",
            error: .invalidDPoPProof,
            reason: .proofMissing
        ) {
            $0.changeClient { $0.profile = .fapi2 }
            $0.provedKey = nil
        },
        Obstacle(
            testDescription: "the grant is bound to another key", rule: "attempt.boundKey == attempt.provedKey",
            error: .invalidGrant, reason: .proofKeyMismatch
        ) {
            $0.boundKey = SigningKey.makeES256().thumbprint
            $0.provedKey = SigningKey.makeES256().thumbprint
        },
        Obstacle(
            testDescription: "the grant is bound and nothing was proved", rule: "attempt.boundKey == attempt.provedKey",
            error: .invalidGrant,
            reason: .proofKeyMismatch
        ) {
            $0.boundKey = SigningKey.makeES256().thumbprint
            $0.provedKey = nil
        },
        Obstacle(
            testDescription: "the account is not active", rule: "live.account.isActive", error: .invalidGrant,
            reason: .accountNotActive,
            exempt: [.clientCredentials]
        ) {
            $0.live?.account.state = .locked
        },
        Obstacle(
            testDescription: "the device is not active", rule: "live.isDeviceActive", error: .invalidGrant,
            reason: .deviceNotActive,
            exempt: [.clientCredentials]
        ) {
            $0.live?.isDeviceActive = false
        },
        Obstacle(
            testDescription: "the session is over", rule: "live.isSessionLive", error: .invalidGrant,
            reason: .sessionOver,
            exempt: [.clientCredentials]
        ) {
            $0.live?.isSessionLive = false
        },
        Obstacle(
            testDescription: "the person's level fell below the grant's", rule: "live.isLevelLive",
            error: .invalidGrant,
            reason: .levelUnreachable, exempt: [.clientCredentials]
        ) { $0.live?.account.level = .normal },
        Obstacle(
            testDescription: "the client needs a higher level by now", rule: "client.requiredLevel(for: service)",
            error: .invalidGrant, reason: .levelUnreachable,
            exempt: [.clientCredentials]
        ) { $0.changeClient { $0.requiredLevel = .hoch } },
        Obstacle(
            testDescription: "a legacy client carries no level above normal", rule: "client.levelCeiling",
            error: .invalidGrant,
            reason: .levelAboveProfile,
            exempt: [.clientCredentials]
        ) { $0.changeClient { $0.profile = .legacy } },
        Obstacle(
            testDescription: "the grant is another client's", rule: "attempt.grantType == .tokenExchange",
            error: .invalidGrant, reason: .codeOfOtherClient,
            exempt: [.clientCredentials, .tokenExchange]
        ) { $0.live?.grant.client = ClientIdentifier(rawValue: "another")! },
        Obstacle(
            testDescription: "the right to act for the company is gone", rule: "live.isContextLive",
            error: .invalidGrant,
            reason: .contextUnavailable, exempt: [.clientCredentials]
        ) { $0.live?.grant.acting = company },
        Obstacle(
            testDescription: "the person was bound to the company at a lower level",
            rule: "min(limits.binding, limits.company)", error: .invalidGrant,
            reason: .levelUnreachable, exempt: [.clientCredentials]
        ) { $0.act(for: company, CompanyLimits(binding: .normal, company: .hoch)) },
        Obstacle(
            testDescription: "the company was proved at a lower level", rule: "min(limits.binding, limits.company)",
            error: .invalidGrant,
            reason: .levelUnreachable, exempt: [.clientCredentials]
        ) { $0.act(for: company, CompanyLimits(binding: .hoch, company: .normal)) },
        Obstacle(
            testDescription: "the client has the service of the grant no more", rule: "service != nil",
            error: .invalidGrant,
            reason: .serviceNotAllowed, exempt: [.clientCredentials]
        ) { $0.live?.grant.service = TestServices.dog.identifier },
        Obstacle(
            testDescription: "the service of the grant needs a higher level by now",
            rule: "client.requiredLevel(for: service)", error: .invalidGrant,
            reason: .levelUnreachable, exempt: [.clientCredentials]
        ) { attempt in
            var service = TestServices.dog
            service.requiredLevel = .hoch
            attempt.changeClient(offering: [service]) { $0.services = [service.identifier] }
            attempt.live?.grant.service = service.identifier
        },
    ]

    private static let company = ActingContext.company(membership: .random(), company: .random(), mandate: nil)

    @Test("no rule of the policy is missing in this table, and none of the table in the policy")
    func complete() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Sources/ProviderCore/Tokens/GrantPolicy.swift")
        let text = try String(contentsOf: file, encoding: .utf8)
        let policy = try #require(text.split(separator: "enum GrantPolicy").last?.split(separator: "\n}\n").first)
        // Before each refusal stands its condition.
        let conditions = String(policy).components(separatedBy: "throw ClientRefusal(").dropLast()
        #expect(conditions.count >= 16)
        let rules = Set(Self.obstacles.map(\.rule) + [Self.ruleOfNativeClients])
        for rule in rules { #expect(conditions.count { $0.contains(rule) } == 1, "\(rule)") }
        for condition in conditions { #expect(rules.contains { condition.contains($0) }, "\(condition.suffix(200))") }
    }

    @Test("acting for a company and for a service is no obstacle by itself", arguments: GrantType.allCases)
    func allowedForCompanies(grantType: GrantType) throws {
        var attempt = Self.attempt(grantType)
        attempt.act(for: Self.company, CompanyLimits(binding: .substantiell, company: .substantiell))
        attempt.changeClient(offering: [TestServices.dog]) { $0.services = [TestServices.dog.identifier] }
        attempt.live?.grant.service = TestServices.dog.identifier
        _ = try GrantPolicy.authorize(attempt)
    }

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
        #expect(refusal?.reason == obstacle.reason)
    }

    @Test("for a client that proves nothing no obstacle is smaller", arguments: GrantType.allCases, obstacles)
    func refusedForNative(grantType: GrantType, obstacle: Obstacle) throws {
        var attempt = Self.attempt(grantType)
        attempt.changeClient { $0.authenticationMethod = .none }
        obstacle.change(&attempt)
        // It can never have a token without a person.
        guard obstacle.exempt.contains(grantType), grantType != .clientCredentials else {
            #expect(throws: ClientRefusal.self) { _ = try GrantPolicy.authorize(attempt) }
            return
        }
        _ = try GrantPolicy.authorize(attempt)
    }

    private static let ruleOfNativeClients = "attempt.live != nil"

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

    static func registered(_ client: Client, offering services: [Service] = []) -> RegisteredClient {
        var region = TestRegion.region()
        region.clients = [client]
        region.services = services
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
    mutating func changeClient(offering services: [Service] = [], _ change: (inout Client) -> Void) {
        var client = client.client
        change(&client)
        self.client = GrantPolicyTests.registered(client, offering: services)
    }

    /// The person acts for a company, as far as `limits` reach.
    fileprivate mutating func act(for acting: ActingContext, _ limits: CompanyLimits) {
        let address = try! PostalAddress(json: ["street": "Weg", "postal_code": "45699", "locality": "Herten"])
        let description = CompanyDescription(
            name: "Muster GmbH", legalForm: "GmbH", legalFormCode: "350", isSoleTrader: false, occupation: nil,
            register: nil, numbers: [],
            address: address, level: limits.company, source: "register")
        live?.grant.acting = acting
        live?.representation = ActingRight(
            acting: acting, company: description, subject: .random(bytes: 16), limits: limits, mandate: nil,
            verified: nil)
    }
}
