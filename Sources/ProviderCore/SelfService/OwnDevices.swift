internal import AccountDirectory
public import OpenIDMessages

/// A person's devices, seen and changed from one of them.
public struct OwnDevices: Sendable {
    let registry: ClientRegistry
    let accounts: AccountFlow
    let store: any DeviceStore & SelfServiceStore
    let clock: ProviderClock

    /// True for a town of the region that is at work.
    public func knows(_ tenant: TenantIdentifier) -> Bool {
        registry.tenant(tenant)?.state == .live
    }

    /// P-8.2: the devices of the account that a device belongs to, the oldest first.
    public func list(_ device: VerifiedDevice) async throws -> [DeviceRecordRow] {
        try await store.devices(of: device.account.identifier)
    }

    /// Gives a device another name.
    public func rename(_ identifier: DeviceIdentifier, to name: String, by device: VerifiedDevice) async throws {
        let account = device.account.identifier
        let event = SecurityEvent(
            .deviceRenamed, time: clock.now(), object: identifier.rawValue, actor: .person, person: account)
        guard try await store.rename(identifier, of: account, to: name, event: event) else {
            throw DeviceRefusal(.notFound, .objectUnknown)
        }
    }

    /// Suspends a device: it answers nothing any more, and the sessions that it approved end. One that waits is refused.
    public func suspending(
        _ identifier: DeviceIdentifier, by device: VerifiedDevice, language: Language
    ) async throws -> ProposedAct {
        guard let found = try await list(device).first(where: { $0.identifier == identifier }) else {
            throw DeviceRefusal(.notFound, .objectUnknown)
        }
        let isThisOne = identifier == device.device.identifier
        let text = Self.text(found.description, isThisOne: isThisOne, language)
        return ProposedAct(.suspendDevice, text: text) { [store, accounts] confirmation in
            let account = confirmation.device.account.identifier
            let event = SecurityEvent(
                .deviceSuspended, time: confirmation.time, object: identifier.rawValue,
                transaction: confirmation.transaction, actor: .person, person: account)
            guard let state = try await store.suspend(identifier, of: account, event: event) else {
                throw DeviceRefusal(.notFound, .objectUnknown)
            }
            accounts.bell.ring()
            return ["device": .string(identifier.rawValue), "state": .string(state.rawValue)]
        }
    }

    private static func text(_ device: DeviceDescription, isThisOne: Bool, _ language: Language) -> String {
        switch language {
        case .german:
            "Gerät \(device.quoted(language)) sperren? Es kann sich dann nicht mehr anmelden, und die Sitzungen, die es eröffnet "
                + "hat, enden."
                + (isThisOne ? " Es ist dieses Gerät hier." : "")
        case .english:
            "Suspend the device \(device.quoted(language))? It can log in no more, and the sessions that it opened end."
                + (isThisOne ? " It is this device here." : "")
        }
    }
}

extension DeviceDescription {
    /// The device as it says of itself, all of it in one quotation.
    func quoted(_ language: Language) -> String {
        let text = "\(name) (\(model), \(system))"
        return language.say(text.inGermanQuotes, text.inEnglishQuotes)
    }
}
