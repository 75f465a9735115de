public import AccountDirectory
internal import IdentityCrypto
public import OpenIDMessages

/// A person who logged in to administration with their own phone. What they may do is in their assignments, which may be
/// none. Only `AdministrationAccess` makes it.
public struct Administrator: Sendable {
    let account: AccountIdentifier
    /// The person's name in administration.
    public let subject: SubjectIdentifier
    public let context: AuthenticationContext
    public let authenticatedAt: Timestamp
    /// Those that count now.
    public let assignments: [AdminAssignment]
    /// The login by which this call came.
    let transaction: TransactionIdentifier

    fileprivate init(_ live: LiveGrant, subject: SubjectIdentifier, assignments: [AdminAssignment]) {
        account = live.account.identifier
        self.subject = subject
        context = live.grant.context
        authenticatedAt = live.grant.authenticatedAt
        self.assignments = assignments
        transaction = live.grant.transaction
    }
}

/// The way in to administration: an access token of the client `citizen-id-admin` for this resource, with a DPoP proof
/// (RFC 9449 §7), from a login of level *substantiell* with two factors on the same device (checklist R1, G5). Account,
/// device, session and assignments are looked at anew in every call.
struct AdministrationAccess: Sendable {
    let issuer: IssuerURL
    let accessTokens: AccessTokenVerifier
    /// For the address of the administration listener.
    let proofs: ProofOfPossession
    let store: any AdministrationStore
    let clock: ProviderClock
    /// Logins that were written down.
    let seen = ExpiringMemory<TransactionIdentifier, Void>(capacity: 10_000)

    /// Throws `AdministrationProblem`, or a fault of the store.
    func administrator(_ presented: PresentedAccessToken) async throws -> Administrator {
        guard case .dpop(let text, let proof) = presented else { throw AdministrationProblem.notSignedIn }
        let examined: ExaminedProof
        do { examined = try proofs.examine(proof, accessToken: text) } catch { throw error.administrationProblem }
        let proved: ProvedAccessToken
        do { proved = try await accessTokens.verify(text) } catch is Refusal {
            throw AdministrationProblem.notSignedIn
        }
        let token = proved.token
        guard token.proofKey == examined.key.thumbprint, token.resource == AdministrationPortal.resource(of: issuer),
            token.client.rawValue == AdministrationPortal.clientName,
            // A token that somebody else exchanged for one of ours is not the person's own login.
            token.actor == nil, let live = proved.live, live.grant.client == token.client,
            let subject = live.grant.subject
        else { throw AdministrationProblem.notSignedIn }
        do { _ = try proofs.use(examined) } catch { throw error.administrationProblem }
        try Self.check(live.grant)
        let now = clock.now()
        let assignments = try await store.assignments(of: live.account.identifier, now: now)
        let administrator = Administrator(
            live, subject: subject, assignments: assignments.filter { $0.counts(at: now) })
        try await noteLogin(administrator, now: now)
        return administrator
    }

    private static func check(_ grant: AuthorizationGrant) throws(AdministrationProblem) {
        guard grant.context.level >= .substantiell, grant.methods.contains("mfa") else { throw .loginTooWeak }
        guard grant.flow == .link else { throw .crossDeviceLogin }
    }

    /// Each login of somebody with a right is written down once.
    private func noteLogin(_ administrator: Administrator, now: Timestamp) async throws {
        guard !administrator.assignments.isEmpty,
            seen.insert((), as: administrator.transaction, expiresAt: now + 86_400, now: now)
        else { return }
        try await store.record(administrator.event(.administratorLogin, object: nil, at: nil, now: now))
    }
}

extension Administrator {
    /// What this person did: every event names one human (invariant I26).
    ///
    /// - Parameter person: whom it concerns.
    func event(
        _ kind: SecurityEvent.Kind, object: String?, person: AccountIdentifier? = nil, at tenant: TenantIdentifier?,
        now: Timestamp
    ) -> SecurityEvent {
        SecurityEvent(
            kind, time: now, tenant: tenant, object: object, transaction: transaction, actor: .administrator(account),
            person: person)
    }
}

extension Administrator {
    /// What a look at a person at the tenant has as its object: that no right but that of an emergency gives it, else nothing.
    func lookObject(_ action: AdministrationAction, at tenant: TenantIdentifier) -> String? {
        let rights = assignments.filter { $0.scope.tenant == tenant && $0.role.actions.contains(action) }
        return !rights.isEmpty && rights.allSatisfy { $0.role == .emergency } ? SecurityEvent.Kind.emergency : nil
    }
}

extension ProofOfPossession.Fault {
    fileprivate var administrationProblem: AdministrationProblem {
        switch self {
        case .nonceNeeded: .useDPoPNonce
        case .malformed, .replayed: .notSignedIn
        }
    }
}
