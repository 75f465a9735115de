internal import AccountDirectory
public import IdentityCrypto
internal import OpenIDMessages

/// Judges enrolled devices again when the list of revoked certificates changes (docs/protocol.md §7.5).
public struct EvidenceReview: Sendable {
    /// After how many devices portals hear of the sessions that ended.
    static let batch = 100

    let registry: ClientRegistry
    let store: any DeviceStore
    let revoked: RevokedCertificates
    let clock: ProviderClock
    let bell: LogoutBell

    /// The devices on which a list would tell: nothing is changed.
    public func affected(by list: RevocationList) async throws -> [CertifiedDevice] {
        try await store.devices(certifiedBy: list.serials, leftTo: nil)
    }

    /// Takes over a list, and lowers every device whose evidence it takes away to what a device without evidence has: to
    /// *normal* where the region accepts that, else it is never used again. Gives how many were changed.
    ///
    /// - Parameter list: nil when there is none that can be relied on: then nothing new is accepted, and no device that
    ///   was good before is touched.
    @discardableResult
    public func adopt(_ list: RevocationList?) async throws -> Int {
        revoked.replace(with: list)
        guard let list else { return 0 }
        let devices = try await store.devices(certifiedBy: list.serials, leftTo: distrust)
        var changed = 0
        for start in stride(from: 0, to: devices.count, by: Self.batch) {
            let before = changed
            // Also when the store fails in between.
            defer { if changed > before { bell.ring() } }
            for device in devices[start..<min(start + Self.batch, devices.count)] {
                let isNew = try await store.distrust(
                    device.identifier, of: device.account, distrust, time: clock.now())
                if isNew { changed += 1 }
            }
        }
        return changed
    }

    /// Judges a device that was written just now by the list as it is now: one that was adopted meanwhile did not see it.
    ///
    /// - Returns: true when the device counts no more for what its evidence gave it.
    func review(_ device: DeviceRecordRow) async throws -> Bool {
        guard let list = revoked.current, !list.listed(device.certificates).isEmpty else { return false }
        _ = try await store.distrust(device.identifier, of: device.account, distrust, time: clock.now())
        return true
    }

    /// Judges a device that renews its attestation by the list as it is now (P-8.1): whatever kept it from being judged when
    /// the list came, each device in use is judged once a day.
    func judgeAgain(_ device: DeviceRecordRow) async throws {
        guard let list = revoked.current else { return }
        let serials = try await store.certificates(of: device.identifier)
        guard !list.listed(serials).isEmpty else { return }
        if try await store.distrust(device.identifier, of: device.account, distrust, time: clock.now()) { bell.ring() }
        guard distrust == .lowers else { throw DeviceRefusal(.deviceSuspended, .deviceNotActive) }
    }

    /// What the region does with devices without evidence.
    var distrust: Distrust { registry.region.evidence.formats.contains("none") ? .lowers : .ends }
}
