internal import Foundation
internal import OpenIDMessages

/// The words of an export's page. What is not listed is shown by its own name, so that nothing is left out.
struct ExportWords {
    let language: Language

    init(_ language: Language) { self.language = language }

    private func words(_ german: String, _ english: String) -> String { language.say(german, english) }

    var title: String { words("Ihre Daten bei der CitizenID", "Your data at CitizenID") }
    var introduction: String {
        words(
            "Diese Seite zeigt alles, was zu Ihrer Person gespeichert ist, und wer dafür verantwortlich ist.",
            "This page shows everything that is stored about you, and who is responsible for it.")
    }
    var nothing: String { words("Nichts gespeichert.", "Nothing stored.") }
    var yes: String { words("ja", "yes") }
    var no: String { words("nein", "no") }

    /// In UTC, written out so that it cannot be misread.
    func time(_ date: Date) -> String {
        date.formatted(.iso8601).replacing("T", with: " ").replacing("Z", with: " UTC")
    }

    func name(of member: String) -> String {
        if let (german, english) = Self.table[member] { return words(german, english) }
        return ClaimTitle.words(member, language)
    }

    private static let table: [String: (german: String, english: String)] = [
        "account": ("Konto", "Account"), "person": ("Person", "Person"), "attributes": ("Angaben", "Attributes"),
        "devices": ("Geräte", "Devices"), "device_keys": ("Schlüssel der Geräte", "Keys of the devices"),
        "sessions": ("Sitzungen", "Sessions"), "logins": ("Anmeldungen an Portalen", "Logins at portals"),
        "answers": ("Antworten Ihrer Geräte", "Answers of your devices"),
        "releases": ("Freigaben", "Releases"), "pseudonyms": ("Pseudonyme", "Pseudonyms"),
        "refresh_tokens": ("Verlängerungen von Anmeldungen", "Refresh tokens"),
        "logout_notices": ("Abmeldungen an Portale", "Logout notices to portals"),
        "tickets": ("Einladungen für Geräte", "Tickets for devices"),
        "identity_links": ("Verknüpfte Identitäten", "Linked identities"),
        "notices": ("Nachrichten an Sie", "Notices to you"), "requests": ("Ihre Anträge", "Your requests"),
        "controllers": ("Verantwortliche", "Controllers"), "memberships": ("Mitgliedschaften", "Memberships"),
        "mandates": ("Vollmachten", "Mandates"), "audit": ("Protokoll", "Audit trail"),
        "evidence": ("Nachweise", "Evidence"), "verified_attributes": ("Geprüfte Angaben", "Verified attributes"),
        "street": ("Straße", "Street"), "house_number": ("Hausnummer", "Number"),
        "postal_code": ("Postleitzahl", "Postal code"), "locality": ("Ort", "Town"), "country": ("Land", "Country"),
        "state": ("Zustand", "State"),
        "lock_reason": ("Sperrgrund", "Reason of the lock"), "level": ("Niveau", "Level"),
        "created_at": ("Angelegt", "Created"), "seen_at": ("Zuletzt benutzt (ungefähr)", "Last used (about)"),
        "erase_at": ("Wird gelöscht", "Will be erased"), "model": ("Modell", "Model"),
        "system": ("System", "System"), "ceiling": ("Höchstes Niveau", "Ceiling"),
        "last_used_at": ("Zuletzt benutzt", "Last used"), "client": ("Portal (Kennung)", "Portal (identifier)"),
        "portal": ("Portal", "Portal"), "controller": ("Verantwortlich", "Controller"), "tenant": ("Stadt", "Town"),
        "subject": ("Pseudonym", "Pseudonym"), "sector": ("Bereich", "Sector"), "scope": ("Umfang", "Scope"),
        "released": ("Freigegeben", "Released"), "asked": ("Erfragt", "Asked"), "granted_at": ("Erteilt", "Granted"),
        "started_at": ("Begonnen", "Started"), "ended_at": ("Beendet", "Ended"), "expires_at": ("Endet", "Expires"),
        "browser": ("Browser", "Browser"), "device": ("Gerät", "Device"), "time": ("Zeit", "Time"),
        "kind": ("Art", "Kind"), "detail": ("Näheres", "Detail"), "read_at": ("Gelesen", "Read"),
        "hosts": ("Adressen", "Hosts"), "responsible_for": ("Verantwortlich für", "Responsible for"),
        "processor": ("Auftragsverarbeiter", "Processor"),
        "email": ("E-Mail", "E-mail"), "phone": ("Telefon", "Telephone"),
        "dpo_email": ("Datenschutz", "Data protection officer"),
        "own_companies": ("Ihr Betrieb", "Your business"), "sent_invitations": ("Ihre Einladungen", "Your invitations"),
        "approved_adoptions": ("Vorlagen, denen Sie zugestimmt haben", "Templates that you agreed to"),
        "proposed_mandates": ("Vollmachten, die Sie vorgeschlagen haben", "Mandates that you proposed"),
        "received_at": ("Eingegangen", "Received"), "due_at": ("Fällig", "Due"),
    ]
}
