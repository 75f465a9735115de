internal import AccountDirectory
internal import IdentityCrypto
public import OpenIDMessages

/// One provider: every flow over one store, one key ring and one registry. A class, because each call takes it along.
public final class Provider: Sendable {
    public let issuer: IssuerURL
    public let registry: ClientRegistry
    public let keys: KeyCustodian
    public let authorization: AuthorizationFlow
    public let browserLogins: BrowserLoginFlow
    public let deviceLogins: DeviceLoginFlow
    public let deviceAuthentication: DeviceAuthentication
    public let enrolment: EnrolmentFlow
    public let selfService: SelfService
    public let accounts: AccountFlow
    public let desk: DeskFlow
    public let erasures: ErasureFlow
    public let exports: ExportFlow
    public let dataRequests: DataRequestFlow
    public let sessions: SessionFlow
    public let sessionList: SessionListFlow
    public let assurance: AssuranceFlow
    public let logout: LogoutFlow
    public let logoutDeliveries: LogoutDeliveryFlow
    /// Rings when a session ended whose portals must hear of it.
    public let logoutBell = LogoutBell()
    public let tokens: TokenFlow
    public let userinfo: UserinfoFlow
    public let introspection: IntrospectionFlow
    public let revocation: RevocationFlow
    public let deviceGrants: DeviceGrantFlow
    public let backChannel: BackChannelFlow
    /// What clients in ping mode are to be told.
    public let backChannelNotifications = BackChannelNotifications()
    private let undelivered = UndeliveredSessions()
    /// For portals; devices have their own.
    public let proofs: ProofOfPossession
    /// What was seen of each client since the start.
    public let observations: ClientObservations
    public let clientDoctor: ClientDoctor
    public let registrations: ClientRegistrationFlow
    public let companies: CompanyFlow
    /// Companies as the offices of towns verify them.
    public let companyOffices: CompanyOfficeFlow
    public let mandates: MandateFlow
    public let mandateOffices: MandateOfficeFlow
    /// What portals ask about people who act for companies.
    public let authority: AuthorityFlow
    public let mandateReferences: MandateReferences
    /// The audit chains.
    public let audit: AuditFlow
    public let templates: TemplateFlow
    public let administration: AdministrationFlow
    /// Where the administration listener is called; nil when there is none.
    public let administrationAddress: IssuerURL?
    /// Certificates of attestations that count no more, and the devices that rest on them.
    public let evidenceReview: EvidenceReview
    /// People as towns see them.
    public let tenantPeople: TenantPeopleFlow
    public let tenantRequests: TenantRequestFlow
    private let clients: ClientAuthentication
    private let store: any ProviderStore
    private let logins: LoginsInFlight
    public let clock: ProviderClock

    /// How much may wait in memory at once.
    public struct Capacity: Sendable {
        public var logins: Int
        public var pushedRequests: Int
        /// DPoP proofs of the last two minutes, of portals, and once more of devices.
        public var proofs: Int

        public init(logins: Int = 50_000, pushedRequests: Int = 50_000, proofs: Int = 1_000_000) {
            self.logins = logins
            self.pushedRequests = pushedRequests
            self.proofs = proofs
        }
    }

    /// - Parameter administrationAddress: where the administration listener is called; nil: nobody administers over the
    ///   network, and no administrator can log in.
    public convenience init(
        issuer: IssuerURL, registry: ClientRegistry, keys: KeyCustodian, store: any ProviderStore,
        clock: ProviderClock, capacity: Capacity = Capacity(),
        companies actingContexts: (any ActingContextSource)? = nil,
        documents: @escaping DocumentFetch = NoDocuments.fetch, companyUpstream: (any CompanyUpstream)? = nil,
        administrationAddress: IssuerURL? = nil
    ) async throws {
        try await self.init(
            guards: .all, issuer: issuer, registry: registry, keys: keys, store: store, clock: clock,
            capacity: capacity, companies: actingContexts, documents: documents, companyUpstream: companyUpstream,
            administrationAddress: administrationAddress)
    }

    /// - Parameter guards: all of them, but in tests of the attacker.
    package init(
        guards: Guards, issuer: IssuerURL, registry: ClientRegistry, keys: KeyCustodian, store: any ProviderStore,
        clock: ProviderClock, capacity: Capacity, companies actingContexts: (any ActingContextSource)?,
        documents: @escaping DocumentFetch, companyUpstream: (any CompanyUpstream)?,
        administrationAddress: IssuerURL?
    ) async throws {
        self.issuer = issuer
        self.registry = registry
        self.keys = keys
        self.store = store
        self.clock = clock
        mandateReferences = MandateReferences(key: try await keys.secret("mandate-references"))
        let contexts = ActingContexts(
            source: actingContexts
                ?? DirectoryContexts(issuer: issuer, store: store, references: mandateReferences), clock: clock)
        let links = LinkAuthentication(
            issuer: issuer, key: try await keys.secret("link-authentication"),
            isAgeJudged: guards.contains(.frames), isFlowBound: guards.contains(.flowInLink))
        let prompts = BackChannelPrompts(clock: clock, isLimited: guards.contains(.prompts))
        logins = LoginsInFlight(capacity: capacity.logins, clock: clock) {
            [backChannelNotifications, undelivered] login in
            prompts.ended(login)
            backChannelNotifications.ended(login)
            undelivered.ended(login)
        } onForgetting: { [undelivered] login in
            undelivered.forgotten(login)
        }
        proofs = ProofOfPossession(issuer: issuer, clock: clock, capacity: capacity.proofs)
        observations = ClientObservations(registry: registry, clock: clock)
        clientDoctor = ClientDoctor(
            registry: registry, observations: observations, store: store, documents: documents, clock: clock)
        let clientKeys = ClientKeys(clock: clock, fetch: documents)
        let protection = ResponseProtection(issuer: issuer, keys: keys, clientKeys: clientKeys, clock: clock)
        authorization = AuthorizationFlow(
            registry: registry, protection: protection, keys: clientKeys, uses: store,
            observations: observations, capacity: capacity.pushedRequests)
        browserLogins = BrowserLoginFlow(
            guards: guards, issuer: issuer, browsers: store, logins: logins, links: links, clock: clock)
        deviceLogins = DeviceLoginFlow(
            guards: guards, issuer: issuer, registry: registry, logins: logins, prompts: prompts,
            undelivered: undelivered, links: links, keys: keys, store: store, contexts: contexts, clock: clock)
        deviceAuthentication = DeviceAuthentication(
            issuer: issuer, keys: keys, devices: store, clock: clock,
            // Of their own: what strangers send to the endpoints for portals does not reach the phones.
            proofs: ProofOfPossession(issuer: issuer, clock: clock, capacity: capacity.proofs))
        let revokedCertificates = RevokedCertificates()
        evidenceReview = EvidenceReview(
            registry: registry, store: store, revoked: revokedCertificates, clock: clock, bell: logoutBell)
        enrolment = EnrolmentFlow(
            issuer: issuer, registry: registry, keys: keys, store: store, devices: deviceAuthentication,
            clock: clock, evidence: evidenceReview, offers: ExpiringMemory(capacity: 10_000),
            offerCounts: ExpiringMemory(capacity: 10_000))
        let verifiedTokens = VerifiedTexts<Shared<AccessToken>>(capacity: 16_384, lifetime: Lifetime.accessToken)
        let identification = DeskIdentification(
            store: store, hashes: PersonHashes(key: try await keys.secret("person-hashes")), clock: clock)
        accounts = AccountFlow(
            enrolment: enrolment, store: store, clock: clock, bell: logoutBell)
        dataRequests = DataRequestFlow(
            registry: registry, store: store, identification: identification, clock: clock)
        audit = AuditFlow(
            store: store, sealing: AuditSealing(key: try await keys.secret("audit-anchors")), clock: clock)
        templates = TemplateFlow(registry: registry, store: store, clock: clock)
        erasures = ErasureFlow(
            registry: registry, store: store, identification: identification, requests: dataRequests, audit: audit,
            templates: templates, policy: RetentionPolicy(), clock: clock, bell: logoutBell)
        let ownAudit = OwnAudit(flow: audit, registry: registry, companies: store)
        exports = ExportFlow(
            issuer: issuer, registry: registry, keys: keys, store: store, trail: ownAudit, requests: dataRequests,
            identification: identification, clock: clock)
        desk = DeskFlow(
            enrolment: enrolment, store: store, identification: identification, clock: clock, bell: logoutBell)
        let accessTokens = AccessTokenVerifier(
            issuer: issuer, registry: registry, keys: keys, store: store, contexts: contexts, clock: clock,
            verified: verifiedTokens)
        let devices = DeviceAuthorizations(capacity: capacity.logins, logins: logins, clock: clock)
        deviceGrants = DeviceGrantFlow(
            issuer: issuer, rules: AuthorizationRules(registry: registry, protection: protection), devices: devices,
            logins: browserLogins)
        let backChannelRequests = BackChannelRequests(logins: logins, clock: clock)
        backChannel = BackChannelFlow(
            rules: AuthorizationRules(registry: registry, protection: protection),
            objects: RequestObjectVerifier(issuer: issuer, keys: clientKeys, uses: store, clock: clock),
            hints: BackChannelHints(
                issuer: issuer, registry: registry, keys: keys, clientKeys: clientKeys, clock: clock),
            store: store, requests: backChannelRequests, prompts: prompts, notifications: backChannelNotifications,
            budget: BackChannelBudget(clock: clock), clock: clock)
        let successorKey = try await keys.secret("refresh-token-successors")
        tokens = TokenFlow(
            grants: store,
            minter: TokenMinter(
                issuer: issuer, keys: keys, protection: protection, evidence: store, registry: registry, clock: clock,
                verified: verifiedTokens),
            accessTokens: accessTokens,
            devices: devices, backChannel: backChannelRequests, contexts: contexts, clock: clock,
            successorKey: successorKey)
        userinfo = UserinfoFlow(
            issuer: issuer, accessTokens: accessTokens, proofs: proofs, protection: protection, evidence: store,
            registry: registry, clock: clock)
        introspection = IntrospectionFlow(
            issuer: issuer, grants: store, accessTokens: accessTokens, protection: protection, contexts: contexts,
            clock: clock)
        revocation = RevocationFlow(
            grants: store, uses: store, accessTokens: accessTokens, clock: clock, successorKey: successorKey)
        let forms = SessionForms(key: try await keys.secret("session-forms"))
        sessions = SessionFlow(
            issuer: issuer, registry: registry, keys: keys, store: store, contexts: contexts, clock: clock,
            bell: logoutBell)
        sessionList = SessionListFlow(registry: registry, store: store, clock: clock, forms: forms, bell: logoutBell)
        assurance = AssuranceFlow(
            issuer: issuer, registry: registry, keys: keys, store: store, clock: clock)
        logout = LogoutFlow(
            issuer: issuer, registry: registry, keys: keys, store: store, clock: clock, forms: forms, bell: logoutBell)
        logoutDeliveries = LogoutDeliveryFlow(
            issuer: issuer, registry: registry, protection: protection, store: store, clock: clock)
        clients = ClientAuthentication(
            issuer: issuer, registry: registry, keys: clientKeys, uses: store, clock: clock,
            observations: observations)
        registrations = ClientRegistrationFlow(
            issuer: issuer, registry: registry, store: store, clock: clock, documents: documents)
        companies = CompanyFlow(
            registry: registry, store: store,
            hashing: CompanyIdentityHashing(key: try await keys.secret("company-identities")),
            upstream: companyUpstream, clock: clock)
        mandates = MandateFlow(registry: registry, store: store, clock: clock)
        authority = AuthorityFlow(registry: registry, store: store, accessTokens: accessTokens, clock: clock)
        selfService = SelfService(
            confirmations: ConfirmationFlow(
                issuer: issuer, keys: keys, store: store, clock: clock,
                pending: ExpiringMemory(capacity: capacity.logins)),
            account: OwnAccount(flow: accounts, erasures: erasures, exports: exports, companies: companies),
            devices: OwnDevices(registry: registry, accounts: accounts, store: store, clock: clock),
            sessions: OwnSessions(registry: registry, store: store, clock: clock, bell: logoutBell),
            browsers: OwnBrowsers(store: store, clock: clock),
            stops: OwnStops(registry: registry, store: store, clock: clock),
            releases: OwnReleases(flow: ReleaseFlow(registry: registry, store: store, clock: clock)),
            assurance: assurance, requests: dataRequests,
            companies: OwnCompanies(flow: companies),
            mandates: OwnMandates(flow: mandates, companies: companies),
            audit: ownAudit)
        self.administrationAddress = administrationAddress
        administration = AdministrationFlow(
            registry: registry,
            access: AdministrationAccess(
                issuer: issuer, accessTokens: accessTokens, proofs: proofs.at(administrationAddress ?? issuer),
                store: store, clock: clock),
            store: store, clock: clock)
        tenantPeople = TenantPeopleFlow(
            administration: administration, assurance: assurance, store: store, clock: clock, bell: logoutBell)
        tenantRequests = TenantRequestFlow(
            administration: administration, store: store, requests: dataRequests, clock: clock)
        companyOffices = CompanyOfficeFlow(
            companies: companies, administration: administration, store: store, clock: clock)
        mandateOffices = MandateOfficeFlow(administration: administration, store: store, clock: clock)
        if administrationAddress != nil { try registry.enableAdministration(issuer: issuer) }
        try await registry.load(from: store)
        try await templates.load()
    }

    /// Proves who a client is. Throws `ClientRefusal`, or a fault of the store.
    public func authenticate(_ credentials: ClientCredentials) async throws -> AuthenticatedClient {
        try await clients.authenticate(credentials)
    }

    /// True while the region is one for development and tests.
    public var isDevelopment: Bool { registry.isDevelopment }

    /// The provider's metadata (OpenID Connect Discovery §3), in a region that is for development or not.
    public func metadata(isDevelopment: Bool) -> JSONObject {
        let levels = AssuranceLevel.offered
        let simulated = levels.map { AuthenticationContext(level: $0, isSimulated: true).acr }
        var document = DiscoveryDocument.make(
            issuer: issuer, scopes: ClaimCatalogue.scopes.map(\.scope) + Scope.standard.keys.sorted(),
            claims: ["sub", "acr", "amr", "auth_time", "nonce", "sid", "txn", "rr", "idm", "verified_claims"]
                + ClaimCatalogue.supported(namespace: issuer.claimNamespace),
            levels: levels.map(\.acr) + (isDevelopment ? simulated : []),
            relayResistance: RelayResistance.allCases.filter { $0 != .origin }.map(\.rawValue),
            algorithms: JWSAlgorithm.allCases.map(\.rawValue), encryption: EncryptionAlgorithm.allCases.map(\.rawValue),
            grantTypes: GrantType.allCases.map(\.rawValue),
            authenticationMethods: ClientAuthenticationMethod.allCases.map(\.rawValue))
        // OpenID Connect for Identity Assurance 1.0 §9.
        document["verified_claims_supported"] = true
        document["trust_frameworks_supported"] = [
            .string(issuer.trustFramework), .string(issuer.appending("/trust/company-mandate")),
        ]
        document["claims_in_verified_claims_supported"] = .strings(
            ClaimCatalogue.all.filter(ClaimCatalogue.verifiable.contains) + ["authority"])
        document["evidence_supported"] = ["document", "electronic_record"]
        return document
    }

    /// P-8.1: renews the attestation of a device, after its evidence was judged again.
    public func renewedAttestation(for device: VerifiedDevice) async throws -> String {
        let row = device.device
        try await evidenceReview.judgeAgain(row)
        return try deviceAuthentication.attestation(for: row.identifier, key: row.keys.installation.jwk)
    }

    /// P-8.3: suspends the device, or locks the account, whose block code this is.
    @discardableResult
    public func block(code: String) async throws -> Blocked {
        let blocked = try await store.block(SecretDigest(of: code.filter { !$0.isWhitespace }), time: clock.now())
        guard let blocked else { throw DeviceRefusal(.unknownBlockCode, .blockCodeUnknown) }
        logoutBell.ring()
        return blocked
    }

    /// The latest logout tokens to a client, the newest first, for the operator.
    public func logoutDeliveries(to client: ClientIdentifier, limit: Int) async throws -> [LogoutDelivery] {
        try await store.logouts(to: client, limit: limit)
    }

    /// How many logins are in memory now.
    public var loginsInFlight: Int { logins.count }

    /// Ends what has waited too long and removes what is over, and rotates signing keys that are due; to be called every
    /// few seconds.
    public func sweep(includingStore: Bool) async throws {
        logins.sweep()
        deviceGrants.devices.sweep()
        backChannel.requests.sweep()
        backChannel.prompts.sweep()
        backChannel.budget.sweep()
        try await undelivered.end(in: store, now: clock.now())
        guard includingStore else { return }
        try await store.sweep(now: clock.now())
        try await erasures.sweep()
        try await keys.rotateIfDue()
    }
}
