internal import AccountDirectory
public import OpenIDMessages

/// Further devices: one asks for a ticket, the new one enrols and waits, the old one lets it in (I12).
extension OwnDevices {
    /// A ticket for a further device.
    ///
    /// - Parameter tenant: the town in whose name the ticket is written.
    public func adding(for tenant: TenantIdentifier, language: Language) -> ProposedAct {
        let text =
            language == .german
            ? "Ein weiteres Gerät in Ihr Konto aufnehmen? Sie müssen es danach von hier aus noch zulassen."
            : "Take another device into your account? You must let it in from here afterwards."
        return ProposedAct(.addDevice, text: text) { [accounts] confirmation in
            let issued = try await accounts.ticketForFurtherDevice(by: confirmation.device, tenant: tenant)
            return ["link": .string(issued.link.text), "expires_at": issued.expiresAt.json]
        }
    }

    /// Lets a waiting device count; it reaches no higher level than the one that approves it.
    public func approving(
        _ identifier: DeviceIdentifier, by device: VerifiedDevice, language: Language
    ) async throws -> ProposedAct {
        let name = try await described(identifier, by: device, language)
        let text =
            language == .german
            ? "Das wartende Gerät \(name) zulassen? Es kann sich dann für Sie anmelden. Lassen Sie nur zu, was Sie selbst "
                + "eingerichtet haben."
            : "Let the waiting device \(name) in? It can then log in for you. Let in only what you set up yourself."
        return ProposedAct(.approveDevice, text: text) { [accounts] confirmation in
            try await accounts.approve(identifier, by: confirmation.device)
            return ["device": .string(identifier.rawValue), "state": "active"]
        }
    }

    /// A lost device that was found counts again.
    public func finding(
        _ identifier: DeviceIdentifier, by device: VerifiedDevice, language: Language
    ) async throws -> ProposedAct {
        let name = try await described(identifier, by: device, language)
        let text =
            language == .german
            ? "Das gesperrte Gerät \(name) wieder benutzen? Tun Sie das nur, wenn es die ganze Zeit bei Ihnen oder in "
                + "Sicherheit war."
            : "Use the suspended device \(name) again? Only do that when it was with you or safe all the time."
        return ProposedAct(.findDevice, text: text) { [accounts] confirmation in
            try await accounts.find(identifier, by: confirmation.device)
            return ["device": .string(identifier.rawValue), "state": "active"]
        }
    }

    /// Takes a device away for good, or refuses one that waits.
    public func revoking(
        _ identifier: DeviceIdentifier, by device: VerifiedDevice, language: Language
    ) async throws -> ProposedAct {
        let name = try await described(identifier, by: device, language)
        let text =
            language == .german
            ? "Gerät \(name) für immer aus Ihrem Konto nehmen?"
            : "Take the device \(name) out of your account for good?"
        return ProposedAct(.revokeDevice, text: text) { [accounts] confirmation in
            try await accounts.revoke(identifier, by: confirmation.device)
            return ["device": .string(identifier.rawValue), "state": "revoked"]
        }
    }

    private func described(
        _ identifier: DeviceIdentifier, by device: VerifiedDevice, _ language: Language
    ) async throws -> String {
        guard let found = try await list(device).first(where: { $0.identifier == identifier })?.description else {
            throw DeviceRefusal(.notFound, .objectUnknown)
        }
        return found.quoted(language)
    }
}
