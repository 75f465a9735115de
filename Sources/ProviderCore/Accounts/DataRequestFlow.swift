public import AccountDirectory
internal import IdentityCrypto
public import OpenIDMessages

/// Requests of people about their data, from receipt to answer within a month (GDPR Art. 12).
public struct DataRequestFlow: Sendable {
    let registry: ClientRegistry
    let store: any RetentionStore & AuditStore
    let identification: DeskIdentification
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
            let tenant: TenantIdentifier? = try reader.optionalWire("tenant")
            try self.init(&reader, at: tenant)
            try reader.finish()
        }

        /// Reads `kind` and `claims` of a wish to the town, or to the region.
        public init(_ reader: inout MemberReader, at tenant: TenantIdentifier?) throws(MessageError) {
            kind = try reader.choice("kind")
            claims = reader.has("claims") ? try reader.strings("claims") : []
            self.tenant = tenant
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
            identifier, by: [.refuse], refusal: .withdrawn, author: .person, time: clock.now())
        guard let withdrawn else { throw DeviceRefusal(.notPossible, .changeNotPossible) }
        return withdrawn
    }

    /// The requests of a person, the latest first.
    public func requests(of device: VerifiedDevice) async throws -> [DataSubjectRequest] {
        try await store.requests(of: device.account.identifier)
    }

    // MARK: Without a phone

    /// Writes down what somebody asks for by letter, by mail or at a counter. Nothing but the text says whose it is: it waits
    /// until a desk has proved that (`identify`). Its month began on the day on which it came (GDPR Art. 12(3)), and it is
    /// taken however many of the person's requests wait.
    ///
    /// - Throws: `MessageError` for a day to come or more than a year ago, `DeskRefusal` without such an account.
    public func receive(
        _ wish: Wish, on day: CalendarDate, of account: AccountIdentifier, by author: Author
    ) async throws -> DataSubjectRequest {
        let now = clock.now()
        let today = CalendarDate(inGermanyAt: now)
        guard day <= today, day.years(until: today) < 1 else { throw MessageError.malformed("received_on") }
        guard try await identification.store.profile(of: account) != nil else { throw DeskRefusal.unknownAccount }
        let request = request(
            wish.kind, at: wish.tenant, claims: wish.claims, of: account, state: .initial,
            receivedAt: min(now, day.endInGermany - 1))
        _ = try await store.open(request, mostOpen: .max, by: author, time: now)
        return request
    }

    /// The same by a town's clerk over the network, who never writes down what is their own.
    public func receive(
        _ wish: Wish, on day: CalendarDate, of account: AccountIdentifier, in visit: DeskVisit
    ) async throws -> DataSubjectRequest {
        try visit.checkServes(account)
        return try await receive(wish, on: day, of: account, by: visit.author)
    }

    /// Proves whose such a request is: by the person at the desk, identified at the account's level or above. From then on it
    /// runs.
    ///
    /// - Returns: Nil when that was proved before, or the request is over.
    /// - Throws: `DeskRefusal`.
    public func identify(_ request: DataSubjectRequest, in visit: DeskVisit) async throws -> DataSubjectRequest? {
        guard request.state == .received else { return nil }
        try visit.checkServes(request.account)
        _ = try await identification.profile(of: request.account, in: visit)
        return try await store.advance(
            request.identifier, by: [.checkIdentity, .start], refusal: nil, author: visit.author, time: clock.now())
    }

    // MARK: What begins a request

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
        request(.erase, at: nil, claims: [], of: account, state: .running, receivedAt: clock.now())
    }

    private func open(
        _ kind: DataSubjectRequestKind, at tenant: TenantIdentifier?, claims: [String], of account: AccountIdentifier,
        state: DataSubjectRequestState, by author: Author
    ) async throws -> DataSubjectRequest {
        let now = clock.now()
        let request = request(kind, at: tenant, claims: claims, of: account, state: state, receivedAt: now)
        // What the provider does itself is not counted: it is over at once, or ends with the account.
        let most = kind.isDecided(atTenant: tenant != nil) ? Self.mostOpen : Int.max
        guard try await store.open(request, mostOpen: most, by: author, time: now) else {
            throw DeviceRefusal(.notPossible, .changeNotPossible)
        }
        return request
    }

    private func request(
        _ kind: DataSubjectRequestKind, at tenant: TenantIdentifier?, claims: [String], of account: AccountIdentifier,
        state: DataSubjectRequestState, receivedAt: Timestamp
    ) -> DataSubjectRequest {
        DataSubjectRequest(
            identifier: .random(), account: account, kind: kind, tenant: tenant, claims: claims, state: state,
            receivedAt: receivedAt, dueAt: DataSubjectRequest.deadline(for: receivedAt))
    }

    /// Ends a request that the provider does itself; nil when it does not run.
    func finish(
        _ request: DataSubjectRequestIdentifier, by author: Author = .system
    ) async throws -> DataSubjectRequest? {
        try await store.advance(request, by: [.finish], refusal: nil, author: author, time: clock.now())
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

    /// Decides a request; nil when there is none, no desk decides it, or its state allows no such decision: one whose person
    /// nobody has proved can be refused alone.
    public func decide(
        _ identifier: DataSubjectRequestIdentifier, _ decision: DataSubjectDecision
    ) async throws -> DataSubjectRequest? {
        guard let request = try await store.request(identifier), request.isDecidedAtDesk else { return nil }
        return try await store.advance(
            identifier, by: [decision.event], refusal: decision.refusal, author: Author(.clerk), time: clock.now())
    }
}
