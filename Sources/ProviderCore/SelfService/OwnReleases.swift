public import AccountDirectory
public import OpenIDMessages

/// What a person released to portals, seen and taken back from a phone (invariant I37).
public struct OwnReleases: Sendable {
    public let flow: ReleaseFlow

    /// Takes a release back. The person reads to whom it was given, what it holds, and that a portal keeps what it has.
    public func withdrawing(
        _ identifier: ReleaseIdentifier, by device: VerifiedDevice, language: Language
    ) async throws -> ProposedAct {
        let listed = try await flow.list(of: device.account.identifier)
        guard let found = listed.first(where: { $0.release.identifier == identifier }) else {
            throw DeviceRefusal(.notFound, .objectUnknown)
        }
        guard found.release.state == .granted else { throw DeviceRefusal(.notPossible, .changeNotPossible) }
        return ProposedAct(.withdrawRelease, text: Self.text(found, language)) { [flow] confirmation in
            let account = confirmation.device.account.identifier
            let isWithdrawn = try await flow.withdraw(
                identifier, of: account, transaction: confirmation.transaction)
            // Another device may have been quicker, or a new purpose may have taken its place.
            guard isWithdrawn else { throw DeviceRefusal(.notPossible, .changeNotPossible) }
            return [
                "release": .string(identifier.rawValue), "state": .string(ClaimRelease.State.withdrawn.rawValue),
            ]
        }
    }

    private static func text(_ listed: ListedRelease, _ language: Language) -> String {
        let claims = listed.release.released.map { ClaimTitle.words($0, language) }.joined(separator: ", ")
        let town = listed.tenantName.map { " (\($0))" } ?? ""
        let portal = language.say(listed.portal.inGermanQuotes, listed.portal.inEnglishQuotes)
        let service = listed.service?.text(language)
        switch language {
        case .german:
            return "Ihre Freigabe für \(portal)\(town)" + (service.map { ", \($0.inGermanQuotes)," } ?? "")
                + " zurücknehmen? Freigegeben ist: \(claims.isEmpty ? "nur die Anmeldung selbst" : claims). Das Portal bekommt "
                + "nichts mehr davon, und die nächste Anmeldung fragt neu. Was es schon hat, behält es."
        case .english:
            return "Take back your release to \(portal)\(town)" + (service.map { ", \($0.inEnglishQuotes)" } ?? "")
                + "? Released is: \(claims.isEmpty ? "the login alone" : claims). The portal gets no more of it, and the next "
                + "login asks again. What it has it keeps."
        }
    }
}
