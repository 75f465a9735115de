public import AccountDirectory
public import OpenIDMessages

/// Requests about their data that people sent to one town, for its desk. A person is seen as the town's portals see them
/// (invariant I24), and reads who looked.
public struct TenantRequestFlow: Sendable {
    let administration: AdministrationFlow
    let store: any RetentionStore & SessionStore
    let requests: DataRequestFlow
    let clock: ProviderClock

    /// A request, and under which name the town knows the person; nil when it knows them under none.
    public struct Opened: Sendable {
        public let request: DataSubjectRequest
        public let subject: SubjectIdentifier?
    }

    /// Requests to the town, the most urgent first.
    public func list(in scope: TenantScope, ended: Bool, page: PageRequest) async throws -> [DataSubjectRequest] {
        try await store.requests(in: scope, ended: ended, page: page)
    }

    /// A request with its person, which is written down.
    public func show(_ name: String, in scope: TenantScope, by administrator: Administrator) async throws -> Opened {
        let request = try await known(name, in: scope, by: administrator)
        try await administration.store.record(
            administrator.event(
                .subjectSeen, object: nil, person: request.account, at: scope.tenant.identifier, now: clock.now()))
        return try await opened(request, in: scope)
    }

    /// Proves whose a request is that came without a phone (`DataRequestFlow.identify`). Throws `AdministrationProblem` and
    /// `DeskRefusal`.
    public func identify(
        _ name: String, in visit: DeskVisit, by administrator: Administrator
    ) async throws -> Opened {
        let request = try await known(name, in: visit.scope, by: administrator)
        guard let identified = try await requests.identify(request, in: visit) else {
            throw AdministrationProblem.notPossibleNow
        }
        return try await opened(identified, in: visit.scope)
    }

    /// Decides a request that is not the administrator's own, under the rules of `DataRequestFlow.decide`. Whether there is
    /// one is said before anything else (invariant I23).
    ///
    /// - Parameter decision: nil when the words are none.
    public func decide(
        _ name: String, _ decision: DataSubjectDecision?, in scope: TenantScope, by administrator: Administrator
    ) async throws -> Opened {
        let request = try await known(name, in: scope, by: administrator)
        guard request.account != administrator.account else { throw AdministrationProblem.twoPeopleNeeded }
        guard let decision else { throw MessageError.malformed("reason") }
        guard request.isDecidedAtDesk else { throw AdministrationProblem.notPossibleNow }
        let decided = try await store.advance(
            request.identifier, by: [decision.event], refusal: decision.refusal,
            author: Author(.administrator(administrator.account), in: administrator.transaction), time: clock.now())
        guard let decided else { throw AdministrationProblem.notPossibleNow }
        return try await opened(decided, in: scope)
    }

    /// A request to the town; everybody else's is unknown (invariant I23).
    private func known(
        _ name: String, in scope: TenantScope, by administrator: Administrator
    ) async throws -> DataSubjectRequest {
        guard let identifier = DataSubjectRequestIdentifier(rawValue: name) else {
            throw AdministrationProblem.notFound
        }
        guard let request = try await store.request(identifier, in: scope) else {
            throw try await administration.missed(.request(identifier), in: scope, by: administrator)
        }
        return request
    }

    private func opened(_ request: DataSubjectRequest, in scope: TenantScope) async throws -> Opened {
        Opened(
            request: request,
            subject: try await store.subject(
                of: request.account, in: .pairwise(scope.tenant.sector), as: .citizen))
    }
}
