internal import AccountDirectory
public import OpenIDMessages

/// Where a person is signed in, as the person sees it from a phone.
public struct OwnSession: Sendable {
    /// One portal that somebody is signed in at through the session.
    public struct Portal: Sendable {
        public let client: ClientIdentifier
        public let name: String
        /// The town; nil when the portal is not known any more.
        public let tenant: String?
        public let since: Timestamp
    }

    public let session: SessionRecord
    public let portals: [Portal]
}

/// A person's sessions in all browsers.
public struct OwnSessions: Sendable {
    let registry: ClientRegistry
    let store: any SessionStore
    let clock: ProviderClock
    let bell: LogoutBell

    /// The latest first.
    public func list(_ device: VerifiedDevice) async throws -> [OwnSession] {
        var sessions: [OwnSession] = []
        for session in try await store.sessions(of: device.account.identifier, now: clock.now()) {
            let portals = try await store.portals(of: session.identifier).map { portal in
                let client = registry.resolve(portal.client)
                return OwnSession.Portal(
                    client: portal.client, name: client?.client.name ?? portal.client.rawValue,
                    tenant: registry.tenant(portal.tenant)?.officialName, since: portal.since)
            }
            sessions.append(OwnSession(session: session, portals: portals))
        }
        return sessions
    }

    /// Ends a session; its portals hear of it. Needs no confirmation: it takes nothing away that a login does not give
    /// back.
    public func end(_ identifier: SessionIdentifier, by device: VerifiedDevice) async throws {
        let event = SecurityEvent(
            .sessionEnded, time: clock.now(), object: identifier.rawValue, actor: .person,
            person: device.account.identifier)
        guard try await store.end(identifier, of: device.account.identifier, event: event) else {
            throw DeviceRefusal(.notFound, .objectUnknown)
        }
        bell.ring()
    }
}
