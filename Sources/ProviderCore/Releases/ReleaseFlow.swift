public import AccountDirectory
public import OpenIDMessages

/// A release as its person reads it.
public struct ListedRelease: Sendable {
    public let release: ClaimRelease
    /// The portal's name; its identifier when it is not in the region any more.
    public let portal: String
    /// The town's official name; nil when it is not known any more.
    public let tenantName: String?
    /// The service's title, in German and where there is one in English.
    public let service: LocalizedText?
    /// What the town says of the service now; nil when it is not known any more.
    public let imprint: Imprint?
}

/// What a person released to portals in all towns, and how it is taken back.
public struct ReleaseFlow: Sendable {
    let registry: ClientRegistry
    let store: any ReleaseStore
    let clock: ProviderClock

    /// Every release of the account, the latest first.
    public func list(of account: AccountIdentifier) async throws -> [ListedRelease] {
        return try await store.releases(of: account).map { release in
            let client = registry.resolve(release.key.client)
            let tenant = release.key.tenant.map { registry.tenant($0) } ?? client?.scope.tenant
            let offered = release.key.service.flatMap { service in
                tenant.flatMap { registry.service(service, at: $0.identifier) }
            }
            return ListedRelease(
                release: release, portal: client?.client.name ?? release.key.client.rawValue,
                tenantName: tenant?.officialName,
                service: offered?.title, imprint: tenant.map { Imprint($0, offered) })
        }
    }

    /// Takes a release back; false when it is none of this person's, or was over. From now on tokens and userinfo give
    /// nothing on its ground, and the next login asks again.
    ///
    /// - Parameter transaction: the confirmation with which the person did it.
    public func withdraw(
        _ release: ReleaseIdentifier, of account: AccountIdentifier, transaction: TransactionIdentifier
    ) async throws -> Bool {
        try await store.withdraw(
            release, of: account,
            event: SecurityEvent(
                .releaseWithdrawn, time: clock.now(), object: release.rawValue, transaction: transaction,
                actor: .person, person: account))
    }
}
