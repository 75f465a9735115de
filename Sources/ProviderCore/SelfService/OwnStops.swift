internal import AccountDirectory
public import OpenIDMessages

/// A portal that asks a person no more, because the person reported a request of its own.
public struct OwnStop: Sendable {
    public let stop: BackChannelStop
    public let name: String
    /// The town; nil when the portal is not known any more.
    public let tenant: String?
}

/// The portals that a person has stopped by a report (docs/protocol.md P-11.3).
public struct OwnStops: Sendable {
    let registry: ClientRegistry
    let store: any BackChannelStore
    let clock: ProviderClock

    /// The latest first.
    public func list(_ device: VerifiedDevice) async throws -> [OwnStop] {
        try await store.stops(of: device.account.identifier).map { stop in
            let found = registry.resolve(stop.client)
            return OwnStop(
                stop: stop, name: found?.client.name ?? stop.client.rawValue,
                tenant: found?.scope.tenant.officialName)
        }
    }

    /// Takes the report back: the portal may ask again. The report itself stays in the audit trail. Needs no confirmation: a
    /// request that comes again is approved with the PIN or not at all.
    public func lift(_ client: ClientIdentifier, by device: VerifiedDevice) async throws {
        let account = device.account.identifier
        let event = SecurityEvent(
            .reportWithdrawn, time: clock.now(), object: client.rawValue, actor: .person, person: account)
        guard try await store.lift(client, of: account, event: event) else {
            throw DeviceRefusal(.notFound, .objectUnknown)
        }
    }
}
