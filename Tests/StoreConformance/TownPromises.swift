internal import AccountDirectory
internal import IdentityCrypto
internal import OpenIDMessages
internal import ProviderCore

extension StorePromise {
    /// One client that serves two towns (invariant I28).
    static let townsApart: [StorePromise] = [
        StorePromise("What was released to a client for one town is not released for another") { store in
            let (first, second) = try await bothTowns(in: store)
            let keys = [first, second].map(\.grant.releaseKey)
            for (key, login) in zip(keys, [first, second]) {
                let release = try await store.release(for: key)
                try requireEqual(release?.key.tenant, login.grant.tenant, "town")
                try requireEqual(release?.released, login.grant.released, "claims")
            }
            let releases = try await store.releases(of: first.device.account)
            try require(releases.allSatisfy { $0.state == .granted }, "both are in force")
            let event = SecurityEvent(.releaseWithdrawn, time: Fixtures.now, person: first.device.account)
            for release in releases where release.key.tenant == Fixtures.tenant {
                try require(
                    try await store.withdraw(release.identifier, of: first.device.account, event: event), "withdrawn")
            }
            try requireEqual(try await store.release(for: keys[0]), nil, "the first town's")
            try require(try await store.release(for: keys[1]) != nil, "the other town's")
        },
        StorePromise("A client is a portal of the session once for each town, and hears of the end for each") { store in
            let (first, second) = try await bothTowns(in: store)
            var subjects: [SubjectIdentifier?] = []
            for login in [first, second] {
                subjects.append(try requireRedeemed(try await store.redeem(login.code)).grant.subject)
            }
            let portals = try await store.portals(of: first.session.identifier)
            try requireEqual(portals.map(\.client), [Fixtures.client, Fixtures.client])
            try requireEqual(portals.map(\.tenant), [Fixtures.tenant, otherTown])
            try requireEqual(portals.map { $0.subject }, subjects.compactMap(\.self))
            try require(try await store.end(first), "the session lives")
            let due = try await store.dueLogouts(now: Fixtures.now, limit: 10)
            try requireEqual(due.map { $0.subject }, subjects.compactMap(\.self))
            try requireEqual(Set(due.map(\.session)), [first.session.identifier])
        },
        StorePromise("Two towns that know one subject at one client: the session ends, and the client hears once") {
            store in
            let (first, second) = try await bothTowns(in: store, secondSector: Fixtures.sector)
            var subjects: Set<SubjectIdentifier?> = []
            for login in [first, second] {
                subjects.insert(try requireRedeemed(try await store.redeem(login.code)).grant.subject)
            }
            try requireEqual(subjects.count, 1, "one sector has one subject")
            try require(try await store.end(first), "the session lives")
            let due = try await store.dueLogouts(now: Fixtures.now, limit: 10)
            try requireEqual(due.map { $0.subject }, subjects.compactMap(\.self))
        },
        StorePromise("Which portals know an account is told with the town") { store in
            let (first, _) = try await bothTowns(in: store)
            let relations = try await store.relations(of: first.device.account)
            try requireEqual(
                relations.portals.map(\.tenant?.rawValue).compactMap(\.self).sorted(),
                [Fixtures.tenant, otherTown].map(\.rawValue).sorted())
            try requireEqual(Set(relations.portals.map(\.client)), [Fixtures.client])
        },
    ]

    private static let otherTown = TenantIdentifier(rawValue: "bottrop")!

    /// One person's logins at one client for two towns, in one session.
    private static func bothTowns(
        in store: any ProviderStore, secondSector: SubjectSector = Fixtures.otherSector
    ) async throws -> (ApprovedLogin, ApprovedLogin) {
        let first = try await Fixtures.login(in: store)
        let second = try await Fixtures.login(
            in: store, device: first.device, counter: 2, previousSession: first.session.identifier
        ) { approval in
            approval.grant.tenant = otherTown
            approval.sector = secondSector
        }
        return (first, second)
    }
}
