internal import AccountDirectory
public import OpenIDMessages

/// `POST /authority/check`: ALLOWED or DISALLOWED, for portals that want no mandate logic of their own.
///
/// A portal learns about people and companies of its own sector only. An unknown person, an unknown company, a person as
/// such and somebody of another sector are one answer.
public struct AuthorityFlow: Sendable {
    let registry: ClientRegistry
    let store: any MandateStore
    let accessTokens: AccessTokenVerifier
    let clock: ProviderClock

    /// Throws `ClientRefusal`, `OAuthError` for a question that makes no sense, or a fault of the store.
    public func check(_ inquiry: AuthorityInquiry, by client: AuthenticatedClient) async throws -> JSONObject {
        try client.requireProof()
        let portal: RegisteredClient
        do throws(ServedTenantObjection) {
            portal = try client.registered.acting(naming: inquiry.servedTenant)
        } catch { throw ClientRefusal(.invalidRequest, error.description, error.reason) }
        let decision = try await decide(inquiry, try need(of: inquiry.purpose, portal), portal)
        return decision.json
    }

    private func decide(
        _ inquiry: AuthorityInquiry, _ need: Need, _ portal: RegisteredClient
    ) async throws -> AuthorityDecision {
        let sector = portal.sector
        guard let (subject, transaction) = try await self.subject(of: inquiry.person, portal),
            let membership = try await store.membership(of: subject, in: sector),
            let company = try await store.company(of: inquiry.company, in: sector)
        else { return .disallowed(.unknown) }
        let now = clock.now()
        let tenant = portal.scope.tenant.identifier
        var establishment: EstablishmentIdentifier?
        if let activity = inquiry.establishment {
            establishment = try await store.establishment(activity, of: company)
            // Only who may know the company hears that a number is none of it.
            guard establishment != nil else {
                let facts = try await store.authority(of: membership, for: company, now: now)
                return .disallowed(facts.map(Self.isRelated) == true ? .establishmentUnknown : .unknown)
            }
        }
        let question = AuthorityQuestion(
            scope: need.scope, tenant: tenant,
            act: .act(amount: inquiry.amount ?? need.price, establishment: establishment),
            today: CalendarDate(inGermanyAt: now))
        let authorityCase = AuthorityCase(
            membership: membership, company: company, tenant: tenant, transaction: transaction, time: now)
        return try await store.use(authorityCase) { facts in
            guard Self.isRelated(facts) else { return .disallowed(.unknown) }
            return AuthorityRules.authorizes(question, facts)
        } ?? .disallowed(.unknown)
    }

    /// A member, or somebody who holds or held a mandate for the company. Others hear nothing of it, or a portal could
    /// find out with one person's name how another company stands.
    private static func isRelated(_ facts: AuthorityFacts) -> Bool {
        facts.home == facts.company || !facts.mandates.isEmpty
    }

    /// What a purpose needs of a mandate.
    private struct Need {
        /// Nil for a service that needs no mandate.
        let scope: MandateScope?
        /// What the act costs, unless the question names another amount.
        var price: MoneyAmount?
    }

    private func need(
        of purpose: AuthorityInquiry.Purpose, _ portal: RegisteredClient
    ) throws(OAuthError) -> Need {
        switch purpose {
        case .scope(let scope):
            // Nor may one of one-for-all services name what no service has that the town adopted.
            guard !portal.client.isOneForAll || portal.offersCompanies(scope) else {
                throw OAuthError(.invalidRequest, "the scope is of no service that the town adopted from this client")
            }
            return Need(scope: scope)
        case .service(let identifier):
            // One of one-for-all services asks for what the town adopted from its tenant, and for nothing else there.
            let offered =
                portal.client.isOneForAll
                ? portal.service(identifier) : registry.service(identifier, at: portal.scope.tenant.identifier)
            guard let service = offered else {
                throw OAuthError(.invalidRequest, "the service is not offered by the town of this client")
            }
            guard service.contexts.contains(.company) else {
                throw OAuthError(.invalidRequest, "the service is not for companies")
            }
            guard let code = service.mandateScope else { return Need(scope: nil) }
            guard let scope = MandateScope(rawValue: code) else {
                throw OAuthError(.invalidRequest, "the mandate scope of the service is malformed")
            }
            return Need(scope: scope, price: service.price)
        }
    }

    private func subject(
        of person: AuthorityInquiry.Person, _ portal: RegisteredClient
    ) async throws -> (SubjectIdentifier, TransactionIdentifier?)? {
        switch person {
        case .subject(let subject): return (subject, nil)
        case .accessToken(let text):
            do {
                let proved = try await accessTokens.verify(text)
                let served = portal.client.servedResource
                guard proved.client.sector == portal.sector,
                    proved.token.client == portal.client.identifier
                        || (served != nil && proved.token.resource == served)
                else { return nil }
                return (proved.token.subject, proved.token.transaction)
            } catch is Refusal { return nil }
        }
    }
}

extension RegisteredClient {
    /// True when a service of this client, for companies, needs the scope.
    fileprivate func offersCompanies(_ scope: MandateScope) -> Bool {
        services.contains { $0.contexts.contains(.company) && $0.mandateScope == scope.rawValue }
    }
}

extension AuthorityDecision {
    /// What the portal reads.
    var json: JSONObject {
        switch self {
        case .allowed(let authority): ["decision": "ALLOWED", "reason": .string(authority.word)]
        case .disallowed(let refusal): ["decision": "DISALLOWED", "reason": .string(refusal.rawValue)]
        }
    }
}

extension Authority {
    /// On what the act rests, in the word of the answer.
    var word: String {
        switch self {
        case .register: "register"
        case .mandate: "mandate"
        case .membership: "membership"
        }
    }
}
