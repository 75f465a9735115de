internal import AccountDirectory
internal import OpenIDMessages

/// The hats that people can wear at logins, and whether a hat still fits when tokens are asked for.
struct ActingContexts: Sendable {
    let source: any ActingContextSource
    let clock: ProviderClock

    /// Every context in which the person may use what the request is for: as a citizen first, then for the company that the
    /// portal expects, then for the others. None is chosen by that (invariant I20).
    func possible(
        for account: AccountIdentifier, _ request: ValidatedAuthorizationRequest
    ) async throws -> [PossibleContext] {
        var possible: [PossibleContext] = request.contexts.contains(.citizen) ? [.citizen] : []
        if request.contexts.contains(.company) {
            let need = need(request.service, request.client)
            let rights = try await source.representations(of: account, for: need)
            let expected = request.request.actingHint.map { hint in rights.filter { $0.isMeant(by: hint) } } ?? []
            possible += (expected + rights.filter { !expected.contains($0) }).map(\.possible)
        }
        return possible
    }

    /// What stands in the way where there is no context: for the person alone, whose companies they are.
    func obstacle(
        for account: AccountIdentifier, _ request: ValidatedAuthorizationRequest
    ) async throws -> ActingObstacle? {
        guard request.contexts.contains(.company) else { return nil }
        return try await source.obstacle(of: account, for: need(request.service, request.client))
    }

    /// True while the right behind a context stands.
    func stands(_ acting: ActingContext, for request: ValidatedAuthorizationRequest) async throws -> Bool {
        guard acting.kind == .company else { return true }
        return try await source.representation(acting, for: need(request.service, request.client)) != nil
    }

    /// The grant with the right to act as it stands now (invariant I18). Every use of a grant comes through here.
    func current(_ live: LiveGrant, for client: RegisteredClient) async throws -> LiveGrant {
        guard live.grant.acting.kind == .company else { return live }
        var live = live
        let service = live.grant.service.flatMap(client.service)
        live.representation =
            service?.contexts.contains(.company) == true
            ? try await source.representation(live.grant.acting, for: need(service, client)) : nil
        return live
    }

    private func need(_ service: Service?, _ client: RegisteredClient) -> ContextNeed {
        ContextNeed(
            service: service, tenant: client.scope.tenant.identifier, sector: client.sector, time: clock.now())
    }
}
