internal import AccountDirectory
public import OpenIDMessages

/// A person's own account, seen and changed from a phone.
public struct OwnAccount: Sendable {
    public let flow: AccountFlow
    let erasures: ErasureFlow
    let exports: ExportFlow
    let companies: CompanyFlow

    /// Replaces e-mail address and telephone number.
    public func changing(contact json: JSONObject, language: Language) throws -> ProposedAct {
        let contact = try ContactData(json: json)
        let (email, phone) = (contact.email ?? "–", contact.phoneNumber ?? "–")
        let text =
            language == .german
            ? "Ihre Kontaktdaten ändern? E-Mail: \(email), Telefon: \(phone)."
            : "Change your contact data? E-mail: \(email), telephone: \(phone)."
        return ProposedAct(.changeContact, text: text) { [flow] confirmation in
            try await flow.changeContact(contact, by: confirmation.device)
            return json
        }
    }

    /// Locks the account until the person is identified at a desk.
    public func locking(language: Language) -> ProposedAct {
        let text =
            language == .german
            ? "Ihr Konto sofort sperren? Alle Sitzungen enden. Entsperren kann es nur ein Bürgerbüro, bei dem Sie sich "
                + "ausweisen."
            : "Lock your account at once? All sessions end. Only a town's desk can unlock it, when you prove who you are."
        return ProposedAct(.lockAccount, text: text) { [flow] confirmation in
            try await flow.lock(by: confirmation.device)
            return ["state": "locked"]
        }
    }

    /// Closes the account.
    public func closing(by device: VerifiedDevice, language: Language) async throws -> ProposedAct {
        let text =
            language == .german
            ? "Ihr Konto schließen? Ihre Geräte, Sitzungen und Freigaben enden sofort. Nach der Frist werden Ihre Daten "
                + "gelöscht; bis dahin kann ein Bürgerbüro das zurücknehmen, bei dem Sie sich ausweisen."
            : "Close your account? Your devices, sessions and releases end at once. After the period your data are erased; "
                + "until then a town's desk can take that back, when you prove who you are."
        let effects = try await companies.effectsOfClosing(of: device).compactMap { Self.sentence($0, language) }
        return ProposedAct(.closeAccount, text: ([text] + effects).joined(separator: " ")) { [erasures] confirmation in
            let eraseAt = try await erasures.close(by: confirmation.device)
            return ["state": "closing", "erase_at": eraseAt.json]
        }
    }

    /// What becomes of a company (I14): the person reads it before.
    private static func sentence(_ effect: ClosingEffect, _ language: Language) -> String? {
        let company = language.say(effect.companyName.inGermanQuotes, effect.companyName.inEnglishQuotes)
        return switch (effect.effect, language) {
        case (.none, _): nil
        case (.freezes, .german): "Das Unternehmen \(company) hat dann niemanden, der es verwaltet, und ruht."
        case (.freezes, .english): "The company \(company) then has no administrator and is frozen."
        case (.ends, .german): "Das Unternehmen \(company) endet mit Ihrem Konto."
        case (.ends, .english): "The company \(company) ends with your account."
        }
    }

    /// Everything about the person, signed.
    public func exporting(language: Language) -> ProposedAct {
        let text =
            language == .german
            ? "Eine Auskunft über alle Daten zu Ihrer Person erstellen und auf dieses Gerät laden?"
            : "Make a report of all data about you and load it onto this device?"
        return ProposedAct(.exportAccount, text: text) { [exports] confirmation in
            let export = try await exports.export(by: confirmation.device)
            return ["document": .object(export.document), "signed": .string(export.signed)]
        }
    }
}
