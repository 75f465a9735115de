internal import AccountDirectory
public import IdentityCrypto
internal import OpenIDMessages

/// Judges enrolled devices again when the list of revoked certificates changes (docs/protocol.md §7.5).
public struct EvidenceReview: Sendable {
    let registry: ClientRegistry
    let store: any DeviceStore
    let revoked: RevokedCertificates
    let clock: ProviderClock
    let bell: LogoutBell

    /// The devices on which a list would tell: nothing is changed.
    public func affected(by list: RevocationList) async throws -> [CertifiedDevice] {
        list.serials.isEmpty ? [] : try await store.devices(certifiedBy: list.serials)
    }

    /// Takes over a list, and lowers every device whose evidence it takes away to what a device without evidence has: to
    /// *normal* where the region accepts that, else it is suspended. Gives how many were changed.
    ///
    /// - Parameter list: nil when there is none that can be relied on: then nothing new is accepted, and no device that
    ///   was good before is touched.
    @discardableResult
    public func adopt(_ list: RevocationList?) async throws -> Int {
        revoked.replace(with: list)
        guard let list else { return 0 }
        let suspends = !registry.region.evidence.formats.contains("none")
        var changed = 0
        for device in try await affected(by: list) {
            let isNew = try await store.distrust(
                device.identifier, of: device.account, suspends: suspends, time: clock.now())
            if isNew { changed += 1 }
        }
        if changed > 0 { bell.ring() }
        return changed
    }
}
