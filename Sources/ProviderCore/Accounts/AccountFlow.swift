public import AccountDirectory
internal import IdentityCrypto
public import OpenIDMessages

/// What a person does with their own account, from one of its devices.
///
/// A call has proved that it comes from the device. Where a thief of an unlocked phone could do harm the caller has the
/// act confirmed with the PIN before it calls: approving a device, finding one, changing contact data, closing.
public struct AccountFlow: Sendable {
    let enrolment: EnrolmentFlow
    let store: any AccountStore & DeviceStore
    let clock: ProviderClock
    let bell: LogoutBell

    public func profile(of device: VerifiedDevice) async throws -> AccountProfile {
        guard let profile = try await store.profile(of: device.account.identifier) else {
            throw DeviceRefusal(.deviceSuspended, .accountNotActive)
        }
        return profile
    }

    /// Locks the own account at once. It takes an identification at a desk to unlock it.
    public func lock(by device: VerifiedDevice) async throws {
        try settle(
            try await store.lock(device.account.identifier, for: .own, by: .person, time: clock.now()))
        bell.ring()
    }

    // MARK: Devices

    /// A ticket for a further device. The new one waits until `approve`.
    public func ticketForFurtherDevice(
        by device: VerifiedDevice, tenant: TenantIdentifier
    ) async throws -> IssuedTicket {
        let now = clock.now()
        let (ticket, issued) = enrolment.makeTicket(
            for: device.account, purpose: .device, tenant: tenant, level: level(of: device), now: now)
        try settle(
            try await store.issue(
                ticket,
                event: SecurityEvent(.ticketIssued, time: now, actor: .person, person: device.account.identifier)))
        return issued
    }

    /// Lets a waiting device count; it reaches no higher level than the one that approves it (I12).
    public func approve(_ waiting: DeviceIdentifier, by device: VerifiedDevice) async throws {
        try await change(waiting, by: .approve, from: device, approval: level(of: device))
    }

    /// A lost device that was found counts again.
    public func find(_ found: DeviceIdentifier, by device: VerifiedDevice) async throws {
        guard found != device.device.identifier else { throw DeviceRefusal(.notPossible, .changeNotPossible) }
        try await change(found, by: .found, from: device)
    }

    /// Takes a device away for good, or refuses one that waits.
    public func revoke(_ other: DeviceIdentifier, by device: VerifiedDevice) async throws {
        try await change(other, by: .revoke, from: device)
    }

    private func change(
        _ other: DeviceIdentifier, by event: DeviceState.Event, from device: VerifiedDevice,
        approval: AssuranceLevel? = nil
    ) async throws {
        let outcome = try await store.change(
            other, of: device.account.identifier, by: event, approval: approval, author: .person, time: clock.now())
        switch outcome {
        case .changed: bell.ring()
        case .unknown: throw DeviceRefusal(.notFound, .objectUnknown)
        case .notPossible: throw DeviceRefusal(.notPossible, .changeNotPossible)
        }
    }

    private func level(of device: VerifiedDevice) -> AssuranceLevel {
        AssuranceExplanation(proofing: device.account.level, ceiling: device.device.ceiling).level
    }

    // MARK: Data

    /// Replaces e-mail address and telephone number, which nobody verifies. Verified attributes are changed by new
    /// evidence only (I5).
    public func changeContact(
        _ contact: ContactData, by device: VerifiedDevice
    ) async throws {
        try settle(
            try await store.changeContact(
                of: device.account.identifier, email: contact.email, phoneNumber: contact.phoneNumber,
                time: clock.now()))
    }

    /// What the person was told, the latest first.
    public func notices(of device: VerifiedDevice) async throws -> [NoticeRecord] {
        try await store.notices(of: device.account.identifier, limit: 100)
    }

    /// False when there is no such unread notice.
    public func markRead(_ notice: NoticeIdentifier, by device: VerifiedDevice) async throws -> Bool {
        try await store.markRead(notice, of: device.account.identifier, time: clock.now())
    }

    func settle(_ change: AccountChange) throws(DeviceRefusal) {
        switch change {
        case .changed, .awaitsDevice: return
        case .unknown: throw DeviceRefusal(.deviceSuspended, .accountNotActive)
        case .notPossible, .deviceRefused: throw DeviceRefusal(.notPossible, .changeNotPossible)
        }
    }
}
