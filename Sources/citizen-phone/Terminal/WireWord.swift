import OpenIDMessages

/// A word by which the provider says in which state something is, which role somebody has or what was asked for, as a person
/// reads it. English has the words of the protocol themselves, but for roles and for what nobody would say like that.
enum WireWord {
    /// What the word is about: some words are another one in German for another thing.
    enum Thing { case device, mandate, company, request, release, answer }

    /// A word that has no German here is shown as it is, so that nothing is left out.
    static func text(_ word: String, of thing: Thing, _ language: Language) -> String {
        language.say(german(word, thing) ?? word, english(word, thing))
    }

    /// Roles in a company are called as in the texts that people sign.
    private static func english(_ word: String, _ thing: Thing) -> String {
        switch (thing, word) {
        case (.company, "org_admin"): "administrator"
        case (.company, "rights_admin"): "manager of mandates"
        case (.company, "user_admin"): "manager of members"
        case (.mandate, "awaiting_cosign"): "awaits agreement"
        default: word
        }
    }

    private static func german(_ word: String, _ thing: Thing) -> String? {
        switch thing {
        case .device: device(word)
        case .mandate: mandate(word)
        case .company: company(word)
        case .request: request(word)
        case .release: release(word)
        case .answer: answer(word)
        }
    }

    private static func device(_ word: String) -> String? {
        switch word {
        case "pending": "wartet"
        case "active": "aktiv"
        case "suspended": "gesperrt"
        case "locked": "gesperrt nach falschen PINs"
        case "revoked": "entfernt"
        case "expired": "abgelaufen"
        default: nil
        }
    }

    private static func mandate(_ word: String) -> String? {
        switch word {
        case "draft": "Entwurf"
        case "awaiting_cosign": "wartet auf Zustimmung"
        case "active": "gilt"
        case "suspended": "ruht"
        case "revoked": "widerrufen"
        case "expired": "abgelaufen"
        case "superseded": "ersetzt"
        default: nil
        }
    }

    /// States of companies, memberships, invitations and establishments, and roles.
    private static func company(_ word: String) -> String? {
        switch word {
        case "draft": "Entwurf"
        case "verifying": "in Prüfung"
        case "active": "aktiv"
        case "frozen": "eingefroren"
        case "closing": "wird geschlossen"
        case "closed": "geschlossen"
        case "suspended": "ruht"
        case "ended": "beendet"
        case "created": "angelegt"
        case "sent": "gesandt"
        case "opened": "geöffnet"
        case "accepted": "angenommen"
        case "declined": "abgelehnt"
        case "withdrawn": "zurückgezogen"
        case "expired": "abgelaufen"
        case "org_admin": "Administration"
        case "rights_admin": "Vollmachtenverwaltung"
        case "user_admin": "Personenverwaltung"
        case "member": "Mitglied"
        default: nil
        }
    }

    /// Kinds and states of requests about one's data, and why one is refused (GDPR Art. 15 to 21).
    private static func request(_ word: String) -> String? {
        switch word {
        case "access": "Auskunft"
        case "export": "Kopie der Daten"
        case "rectify": "Berichtigung"
        case "erase": "Löschung"
        case "restrict": "Einschränkung"
        case "object": "Widerspruch"
        case "received": "eingegangen"
        case "identity_checked": "Identität geprüft"
        case "running": "in Arbeit"
        case "done": "erledigt"
        case "refused": "abgelehnt"
        case "identity_not_proved": "Identität nicht nachgewiesen"
        case "excessive": "offenkundig unbegründet oder übermäßig"
        case "kept_by_law": "muss nach einem Gesetz aufbewahrt werden"
        case "not_justified": "nicht begründet"
        case "overriding_grounds": "überwiegende Gründe"
        case "withdrawn": "zurückgezogen"
        default: nil
        }
    }

    private static func release(_ word: String) -> String? {
        switch word {
        case "granted": "erteilt"
        case "withdrawn": "zurückgenommen"
        case "superseded": "ersetzt"
        case "expired": "abgelaufen"
        default: nil
        }
    }
}

extension WireWord {
    /// What the person decided about a login, or confirmed.
    private static func answer(_ word: String) -> String? {
        switch LoginDecision(rawValue: word) {
        case .approve: "zugestimmt"
        case .deny: "abgelehnt"
        case .report: "abgelehnt und gemeldet"
        case nil: ConfirmedAction(rawValue: word)?.german
        }
    }
}

extension JSONObject {
    /// The member, or each of its elements, in the person's words.
    func shownWord(_ name: String, of thing: WireWord.Thing, _ language: Language) -> String {
        let words = self[name]?.array?.compactMap(\.string) ?? [self[name]?.string].compactMap(\.self)
        return TerminalText.visible(words.map { WireWord.text($0, of: thing, language) }.joined(separator: ", "))
    }

    /// Names of claims in plain words; empty when there are none.
    func shownClaims(_ name: String, _ language: Language) -> String {
        let claims = self[name]?.array?.compactMap(\.string) ?? []
        return claims.isEmpty ? "" : TerminalText.visible(RequestText.claims(claims, language))
    }
}
