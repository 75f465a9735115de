internal import AccountDirectory
public import OpenIDMessages

/// The browsers that a person wanted to be remembered.
public struct OwnBrowsers: Sendable {
    let store: any KnownBrowserStore
    let clock: ProviderClock

    /// The one that was used last first.
    public func list(_ device: VerifiedDevice) async throws -> [KnownBrowser] {
        try await store.knownBrowsers(of: device.account.identifier, now: clock.now())
    }

    /// Forgets a browser: the next login there needs digits again. Needs no confirmation: it takes nothing away that a login
    /// does not give back.
    public func forget(_ identifier: BrowserIdentifier, by device: VerifiedDevice) async throws {
        let account = device.account.identifier
        let event = SecurityEvent(
            .browserForgotten, time: clock.now(), object: identifier.rawValue, actor: .person, person: account)
        guard try await store.forget(identifier, of: account, event: event) else {
            throw DeviceRefusal(.notFound, .objectUnknown)
        }
    }
}
