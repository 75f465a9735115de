public import AccountDirectory
internal import IdentityCrypto
public import OpenIDMessages

/// Requests of people about their data, from receipt to answer within a month (GDPR Art. 12).
public struct DataRequestFlow: Sendable {
    let registry: ClientRegistry
    let store: any RetentionStore & AuditStore
    let clock: ProviderClock

    /// The most requests of one person that wait at a time.
    static let mostOpen = 20

    // MARK: The person

    /// What a person asks for.
    public struct Wish: Sendable, Equatable {
        public var kind: DataSubjectRequestKind
        /// The town that is asked; nil for the region.
        public var tenant: TenantIdentifier?
        /// Names of claims; empty for all.
        public var claims: [String]

        /// Reads `kind`, `tenant` and `claims`.
        public init(json: JSONObject) throws(MessageError) {
            var reader = MemberReader(json)
            kind = try reader.choice("kind")
            tenant = try reader.optionalWire("tenant")
            claims = reader.has("claims") ? try reader.strings("claims") : []
            try reader.finish()
            guard Set(claims).count == claims.count, claims.allSatisfy(ClaimCatalogue.all.contains) else {
                throw .malformed("claims")
            }
            guard kind.isDecided(atTenant: tenant != nil) else { throw .malformed("kind") }
        }
    }

    /// Files a request that a desk will decide. A device proves who asks: it runs at once.
    public func file(_ wish: Wish, by device: VerifiedDevice) async throws -> DataSubjectRequest {
        if let tenant = wish.tenant, registry.tenant(tenant)?.isLive != true { throw MessageError.malformed("tenant") }
        return try await begin(wish.kind, at: wish.tenant, claims: wish.claims, by: device)
    }

    /// Takes a request back.
    public func withdraw(
        _ identifier: DataSubjectRequestIdentifier, by device: VerifiedDevice
    ) async throws -> DataSubjectRequest {
        guard let request = try await store.request(identifier), request.account == device.account.identifier else {
            throw DeviceRefusal(.notFound, .objectUnknown)
        }
        let withdrawn = try await store.advance(
            identifier, by: .refuse, refusal: .withdrawn, author: .person, time: clock.now())
        guard let withdrawn else { throw DeviceRefusal(.notPossible, .changeNotPossible) }
        return withdrawn
    }

    /// The requests of a person, the latest first.
    public func requests(of device: VerifiedDevice) async throws -> [DataSubjectRequest] {
        try await store.requests(of: device.account.identifier)
    }

    // MARK: What begins a request

    /// Receives a request of somebody who says to be the account's person.
    ///
    /// - Throws: `DeviceRefusal` when too many of the account's requests wait.
    public func receive(
        _ kind: DataSubjectRequestKind, at tenant: TenantIdentifier? = nil, claims: [String] = [],
        of account: AccountIdentifier
    ) async throws -> DataSubjectRequest {
        try await open(kind, at: tenant, claims: claims, of: account, state: .initial, by: .person)
    }

    /// A device proves the identity: such a request runs at once.
    func begin(
        _ kind: DataSubjectRequestKind, at tenant: TenantIdentifier? = nil, claims: [String] = [],
        by device: VerifiedDevice
    ) async throws -> DataSubjectRequest {
        try await open(kind, at: tenant, claims: claims, of: device.account.identifier, state: .running, by: .person)
    }

    /// An export for somebody whose identity a desk has proved: it runs at once.
    func begin(exportOf account: AccountIdentifier, in visit: DeskVisit) async throws -> DataSubjectRequest {
        try await open(.export, at: nil, claims: [], of: account, state: .running, by: visit.author)
    }

    /// What whoever closes their account asks for. The closing writes it.
    func erasure(of account: AccountIdentifier) -> DataSubjectRequest {
        request(.erase, at: nil, claims: [], of: account, state: .running)
    }

    private func open(
        _ kind: DataSubjectRequestKind, at tenant: TenantIdentifier?, claims: [String], of account: AccountIdentifier,
        state: DataSubjectRequestState, by author: Author
    ) async throws -> DataSubjectRequest {
        let request = request(kind, at: tenant, claims: claims, of: account, state: state)
        // What the provider does itself is not counted: it is over at once, or ends with the account.
        let most = kind.isDecided(atTenant: tenant != nil) ? Self.mostOpen : Int.max
        guard try await store.open(request, mostOpen: most, by: author) else {
            throw DeviceRefusal(.notPossible, .changeNotPossible)
        }
        return request
    }

    private func request(
        _ kind: DataSubjectRequestKind, at tenant: TenantIdentifier?, claims: [String], of account: AccountIdentifier,
        state: DataSubjectRequestState
    ) -> DataSubjectRequest {
        let now = clock.now()
        return DataSubjectRequest(
            identifier: .random(), account: account, kind: kind, tenant: tenant, claims: claims, state: state,
            receivedAt: now, dueAt: DataSubjectRequest.deadline(for: now))
    }

    /// Nil when there is no such request or the event cannot happen in its state.
    public func advance(
        _ request: DataSubjectRequestIdentifier, by event: DataSubjectRequestState.Event,
        refusal: DataSubjectRefusal? = nil, author: Author = .system
    ) async throws -> DataSubjectRequest? {
        try await store.advance(request, by: event, refusal: refusal, author: author, time: clock.now())
    }

    // MARK: The region's desk

    /// Requests to the region and to its towns, the most urgent first.
    public func requests(ended: Bool, page: PageRequest) async throws -> [DataSubjectRequest] {
        try await store.requests(ended: ended, page: page)
    }

    public func request(_ identifier: DataSubjectRequestIdentifier) async throws -> DataSubjectRequest? {
        try await store.request(identifier)
    }

    /// Writes down that somebody at the local socket looked whose a request is.
    public func noteLook(at request: DataSubjectRequest) async throws {
        try await store.record([Author(.clerk).event(.subjectSeen, person: request.account, time: clock.now())])
    }

    /// Decides a request that runs; nil when there is none, it does not run or no desk decides it.
    public func decide(
        _ identifier: DataSubjectRequestIdentifier, _ decision: DataSubjectDecision
    ) async throws -> DataSubjectRequest? {
        guard let request = try await store.request(identifier), request.isDecidedAtDesk else { return nil }
        return try await store.advance(
            identifier, by: decision.event, refusal: decision.refusal, author: Author(.clerk), time: clock.now())
    }
}
