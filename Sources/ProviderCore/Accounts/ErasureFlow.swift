public import AccountDirectory
internal import IdentityCrypto
public import OpenIDMessages

/// The end of an account: closing, second thoughts, erasure, and what goes by itself.
public struct ErasureFlow: Sendable {
    let registry: ClientRegistry
    let store: any AccountStore & RetentionStore
    let identification: DeskIdentification
    let requests: DataRequestFlow
    let audit: AuditFlow
    let templates: TemplateFlow
    let policy: RetentionPolicy
    let clock: ProviderClock
    let bell: LogoutBell

    /// Begins to close the account of this device; the device is revoked with all others. Gives the time at which it is
    /// erased, until which a desk can cancel.
    public func close(by device: VerifiedDevice) async throws -> Timestamp {
        guard let profile = try await store.profile(of: device.account.identifier) else {
            throw DeviceRefusal(.deviceSuspended, .accountNotActive)
        }
        guard let eraseAt = try await begin(profile, isWish: true, by: .person) else {
            throw DeviceRefusal(.notPossible, .changeNotPossible)
        }
        return eraseAt
    }

    /// Begins to close an account whose person stands at a desk, identified at the account's level, or died. Throws
    /// `DeskRefusal`.
    ///
    /// - Parameters:
    ///   - visit: names the account's person; with `died` from the papers that prove the death.
    ///   - liftsOrder: the authority that ordered the lock has lifted it.
    public func close(
        _ account: AccountIdentifier, visit: DeskVisit, died: Bool = false, liftsOrder: Bool = false
    ) async throws -> Timestamp {
        let profile = try await identification.profile(of: account, in: visit, died: died)
        do {
            try AccountRules.checkClosing(locks: profile.locks, liftsOrder: liftsOrder)
        } catch { throw DeskRefusal(error, level: profile.level) }
        guard
            let eraseAt = try await begin(profile, liftsOrder: liftsOrder, isWish: !died, by: visit.author)
        else {
            throw DeskRefusal.notPossible(state: profile.state.rawValue)
        }
        return eraseAt
    }

    private func begin(
        _ profile: AccountProfile, liftsOrder: Bool = false, isWish: Bool, by author: Author
    ) async throws -> Timestamp? {
        let now = clock.now()
        let eraseAt = now + policy.closing
        let change = try await store.requestClosing(
            of: profile, liftsOrder: liftsOrder, eraseAt: eraseAt,
            request: isWish ? requests.erasure(of: profile.identifier) : nil, by: author, time: now)
        guard change == .changed else { return nil }
        bell.ring()
        return eraseAt
    }

    /// Does everything that is due: to be called every few minutes.
    @discardableResult
    public func sweep() async throws -> RetentionReport {
        let now = clock.now()
        var report = try await store.applyRetention(policy, now: now)
        // Sessions end with what they rested on: their portals hear of it.
        if report["expired_evidence"] > 0 { bell.ring() }
        let events = try await audit.applyRetention(policy)
        if events > 0 { report.counts["audit_events"] = events }
        report.counts["erased"] = try await eraseDue(now: now)
        for (person, record) in try await store.peopleWithoutLikeness(limit: 500) {
            guard let likeness = identification.hashes.likeness(of: record) else { continue }
            try await store.save(likeness: likeness, of: person)
        }
        if try await store.cleanFile(ifErasedBefore: now - policy.traces) { report.counts["file_cleaned"] = 1 }
        return report
    }

    private func eraseDue(now: Timestamp) async throws -> Int {
        var erased = 0
        for account in try await store.dueErasures(now: now, limit: 100) {
            let notices = notices(for: try await store.relations(of: account))
            if try await store.erase(account, telling: notices, time: now) { erased += 1 }
        }
        guard erased > 0 else { return 0 }
        bell.ring()
        // What the library remembers of who agreed to an adoption.
        try await templates.load()
        return erased
    }

    /// Each portal that knows the person hears of it by the name that it knows.
    private func notices(for relations: AccountRelations) -> [PurgeNotice] {
        var notices: [PurgeNotice] = []
        for portal in relations.portals {
            guard let registered = registry.resolve(portal.client) else { continue }
            guard let sector = town(of: portal, registered).map(registered.client.sector) else { continue }
            let known = relations.subjects.filter { $0.sector == sector.name }
                .map { PurgeNotice(client: portal.client, subject: $0.subject) }
            // A release of an older version knows no town: its portal is here twice.
            notices += known.filter { !notices.contains($0) }
        }
        return notices
    }

    /// The town for which the portal knew the person, also one that it does not serve any more. What names none is an
    /// ordinary portal's, whose tenant says it.
    private func town(of portal: AccountRelations.Portal, _ client: RegisteredClient) -> Tenant? {
        guard let town = portal.tenant else { return client.client.isOneForAll ? nil : client.scope.tenant }
        return registry.tenant(town)
    }
}
