internal import AccountDirectory
internal import Foundation
internal import OpenIDMessages

/// The words of an export's page. What is not listed is shown by its own name, so that nothing is left out; a test looks that
/// nothing of our own is.
struct ExportWords {
    let language: Language
    /// What towns, devices and companies of the export are called, by identifier.
    private let called: [String: String]

    init(_ language: Language, _ document: JSONObject = [:]) {
        self.language = language
        var called: [String: String] = [:]
        func add(_ section: String, _ key: String, _ name: (JSONObject) -> String?) {
            for row in (document[section]?.array ?? []).compactMap(\.object) {
                if let key = row[key]?.string, let name = name(row) { called[key] = name }
            }
        }
        add("controllers", "tenant") { $0["name"]?.string }
        add("devices", "id") { $0["name"]?.string }
        add("memberships", "company") { $0["company_name"]?.string }
        add("own_companies", "id") { $0["details"]?.object?["name"]?.string }
        self.called = called
    }

    private func words(_ german: String, _ english: String) -> String { language.say(german, english) }

    var title: String { words("Ihre Daten bei der CitizenID", "Your data at CitizenID") }
    var introduction: String {
        words(
            "Diese Seite zeigt, was zu Ihrer Person gespeichert ist, und wer dafür verantwortlich ist. Die Kennungen und "
                + "Prüfsummen des Protokolls stehen in der signierten Fassung.",
            "This page shows what is stored about you, and who is responsible for it. The identifiers and hashes of the "
                + "trail are in the signed form.")
    }
    var nothing: String { words("Nichts gespeichert ist hierzu:", "Nothing is stored of these:") }
    var yes: String { words("ja", "yes") }
    var no: String { words("nein", "no") }

    /// In UTC, written out so that it cannot be misread.
    func time(_ date: Date) -> String {
        date.formatted(.iso8601).replacing("T", with: " ").replacing("Z", with: " UTC")
    }

    func name(of member: String) -> String { Self.name(of: member)?.text(language) ?? member }

    /// Nil for a name that has no words.
    static func name(of member: String) -> BilingualText? {
        Self.sections.first { $0.name == member }?.words ?? Self.members[member] ?? ClaimTitle.of(member)
    }

    /// Where a section stands on the page; one that is not listed before the trail.
    static func place(of section: String) -> Int {
        let sections = Self.sections.map(\.name)
        return (sections.firstIndex(of: section) ?? sections.firstIndex(of: "audit") ?? sections.count) * 2
            - (sections.contains(section) ? 0 : 1)
    }

    /// A number that is a time in seconds.
    static func isTime(_ name: String) -> Bool {
        name == "time" || name == "since" || ["_at", "_from", "_until"].contains(where: name.hasSuffix)
    }

    func value(_ number: Int64, of name: String) -> String {
        switch name {
        case "is_simulated", "was_lowered", "may_delegate": number == 0 ? no : yes
        case "duration": words("\(number / 60) Minuten", "\(number / 60) minutes")
        case "limit_hundredths":
            "\(number / 100)\(words(",", "."))\(number % 100 < 10 ? "0" : "")\(number % 100)"
        default: String(number)
        }
    }

    func value(_ text: String, of name: String) -> String {
        switch name {
        case "country", "document_country", "nationalities":
            return Locale(identifier: language.rawValue).localizedString(forRegionCode: text) ?? text
        case "released", "asked", "claims", "claim": return ClaimTitle.words(text, language)
        case "locks":
            return LockReason(rawValue: text).map { NoticeKind.locked(for: $0).text(language) } ?? text
        case "kind":
            return NoticeKind(rawValue: text)?.text(language) ?? Self.values[text]?.text(language) ?? text
        case "tenant", "performer", "controller", "device", "company": return called[text] ?? text
        case "detail": return called[text] ?? text
        case "role": return AdministrationRole(rawValue: text)?.title.text(language) ?? text
        case "level", "ceiling": return AssuranceLevel(name: text)?.title.text(language) ?? text
        case "responsible_for": return text == "account" ? self.name(of: text) : text
        case "state", "method", "document_type", "context", "decision", "purpose", "suspended_for", "refusal", "act",
            "reach", "roles", "end_reason", "basis", "upstream":
            return Self.values[text]?.text(language) ?? text
        default: return text
        }
    }

    /// In the order of the page: the person first, who is responsible last.
    private static let sections: [(name: String, words: BilingualText)] = [
        ("person", BilingualText("Person", "Person")), ("account", BilingualText("Konto", "Account")),
        ("verified_attributes", BilingualText("Geprüfte Angaben", "Verified attributes")),
        ("evidence", BilingualText("Nachweise", "Evidence")),
        ("identity_links", BilingualText("Verknüpfte Identitäten", "Linked identities")),
        ("devices", BilingualText("Geräte", "Devices")),
        ("device_keys", BilingualText("Schlüssel der Geräte", "Keys of the devices")),
        ("device_certificates", BilingualText("Zertifikate der Geräte", "Certificates of the devices")),
        ("known_browsers", BilingualText("Gemerkte Browser", "Remembered browsers")),
        ("tickets", BilingualText("Einladungen für Geräte", "Tickets for devices")),
        ("releases", BilingualText("Freigaben", "Releases")),
        ("logins", BilingualText("Anmeldungen an Portalen", "Logins at portals")),
        ("sessions", BilingualText("Sitzungen", "Sessions")),
        ("answers", BilingualText("Antworten Ihrer Geräte", "Answers of your devices")),
        ("refresh_tokens", BilingualText("Verlängerungen von Anmeldungen", "Refresh tokens")),
        ("pseudonyms", BilingualText("Pseudonyme", "Pseudonyms")),
        ("logout_notices", BilingualText("Abmeldungen an Portale", "Logout notices to portals")),
        ("stopped_portals", BilingualText("Gemeldete Portale", "Reported portals")),
        ("notices", BilingualText("Nachrichten an Sie", "Notices to you")),
        ("requests", BilingualText("Ihre Anträge", "Your requests")),
        ("own_companies", BilingualText("Ihr Betrieb", "Your business")),
        ("own_establishments", BilingualText("Betriebsstätten Ihres Betriebs", "Establishments of your business")),
        ("own_company_evidence", BilingualText("Nachweise zu Ihrem Betrieb", "Evidence of your business")),
        ("register_powers", BilingualText("Vertretung nach dem Register", "Powers by the register")),
        ("memberships", BilingualText("Zugehörigkeit zu Unternehmen", "Memberships in companies")),
        ("sent_invitations", BilingualText("Ihre Einladungen", "Your invitations")),
        ("company_approvals", BilingualText("Ihre Zustimmungen in Unternehmen", "What you agreed to in companies")),
        ("mandates", BilingualText("Vollmachten", "Mandates")),
        ("proposed_mandates", BilingualText("Vollmachten, die Sie vorgeschlagen haben", "Mandates that you proposed")),
        (
            "mandate_approvals",
            BilingualText("Vollmachten, denen Sie zugestimmt haben", "Mandates that you agreed to")
        ),
        ("administration", BilingualText("Ihre Rollen in der Verwaltung", "Your roles in administration")),
        ("emergencies", BilingualText("Notfallzugriffe", "Emergencies")),
        (
            "approved_adoptions",
            BilingualText("Vorlagen, denen Sie zugestimmt haben", "Templates that you agreed to")
        ),
        ("audit", BilingualText("Protokoll", "Audit trail")),
        ("audit_names", BilingualText("Ihre Namen im Protokoll", "Your names in the trail")),
        ("controllers", BilingualText("Verantwortliche", "Controllers")),
    ]

    private static let members: [String: BilingualText] = [
        "attributes": BilingualText("Angaben", "Attributes"), "street": BilingualText("Straße", "Street"),
        "house_number": BilingualText("Hausnummer", "Number"), "addition": BilingualText("Zusatz", "Addition"),
        "postal_code": BilingualText("Postleitzahl", "Postal code"), "locality": BilingualText("Ort", "Town"),
        "country": BilingualText("Land", "Country"),
        "ags": BilingualText("Gemeindeschlüssel", "Municipality key"), "state": BilingualText("Zustand", "State"),
        "locks": BilingualText("Sperrgründe", "Reasons of the lock"), "level": BilingualText("Niveau", "Level"),
        "created_at": BilingualText("Angelegt", "Created"),
        "seen_at": BilingualText("Zuletzt benutzt (ungefähr)", "Last used (about)"),
        "warned_at": BilingualText("Zuletzt darauf hingewiesen", "Last told"),
        "erase_at": BilingualText("Wird gelöscht", "Will be erased"), "claim": BilingualText("Angabe", "Attribute"),
        "evidence": BilingualText("Nachweis", "Evidence"), "id": BilingualText("Kennung", "Identifier"),
        "method": BilingualText("Art der Prüfung", "How it was proved"),
        "performer": BilingualText("Geprüft von", "Proved by"), "checked_at": BilingualText("Geprüft", "Proved"),
        "document_type": BilingualText("Ausweis", "Document"),
        "document_country": BilingualText("Land des Ausweises", "Country of the document"),
        "expires_at": BilingualText("Endet", "Expires"), "upstream": BilingualText("Bekannt bei", "Known at"),
        "linked_at": BilingualText("Verknüpft", "Linked"), "model": BilingualText("Modell", "Model"),
        "system": BilingualText("System", "System"), "ceiling": BilingualText("Höchstes Niveau", "Ceiling"),
        "is_simulated": BilingualText("Simuliert", "Simulated"),
        "was_lowered": BilingualText("Niveau wurde gesenkt", "Level was lowered"),
        "suspended_for": BilingualText("Gesperrt wegen", "Blocked for"),
        "usable_from": BilingualText("Gilt ab", "Counts from"),
        "last_used_at": BilingualText("Zuletzt benutzt", "Last used"), "device": BilingualText("Gerät", "Device"),
        "kind": BilingualText("Art", "Kind"), "thumbprint": BilingualText("Fingerabdruck", "Thumbprint"),
        "serial": BilingualText("Seriennummer", "Serial number"), "txn": BilingualText("Vorgang", "Act"),
        "purpose": BilingualText("Zweck", "Purpose"), "used_at": BilingualText("Benutzt", "Used"),
        "client": BilingualText("Portal (Kennung)", "Portal (identifier)"), "portal": BilingualText("Portal", "Portal"),
        "controller": BilingualText("Verantwortlich", "Controller"), "tenant": BilingualText("Stadt", "Town"),
        "service": BilingualText("Dienst", "Service"), "context": BilingualText("Rolle", "Role"),
        "purpose_version": BilingualText("Fassung des Zwecks", "Version of the purpose"),
        "asked": BilingualText("Erfragt", "Asked"), "released": BilingualText("Freigegeben", "Released"),
        "granted_at": BilingualText("Erteilt", "Granted"), "ended_at": BilingualText("Beendet", "Ended"),
        "scope": BilingualText("Umfang", "Scope"), "subject": BilingualText("Pseudonym", "Pseudonym"),
        "acr": BilingualText("Niveau der Anmeldung", "Level of the login"),
        "authenticated_at": BilingualText("Angemeldet", "Logged in"),
        "redeemed_at": BilingualText("Vom Portal abgeholt", "Collected by the portal"),
        "revoked_at": BilingualText("Widerrufen", "Revoked"), "browser": BilingualText("Browser", "Browser"),
        "started_at": BilingualText("Begonnen", "Started"), "decision": BilingualText("Antwort", "Answer"),
        "answered_at": BilingualText("Beantwortet", "Answered"), "issued_at": BilingualText("Ausgestellt", "Issued"),
        "sector": BilingualText("Bereich", "Sector"), "stopped_at": BilingualText("Gemeldet", "Reported"),
        "detail": BilingualText("Näheres", "Detail"), "time": BilingualText("Zeit", "Time"),
        "read_at": BilingualText("Gelesen", "Read"), "claims": BilingualText("Angaben", "Attributes"),
        "refusal": BilingualText("Grund der Ablehnung", "Why it was refused"),
        "received_at": BilingualText("Eingegangen", "Received"), "due_at": BilingualText("Fällig", "Due"),
        "details": BilingualText("Angaben", "Facts"), "legal_form": BilingualText("Rechtsform", "Legal form"),
        "code": BilingualText("Schlüssel", "Code"), "text": BilingualText("Bezeichnung", "Words"),
        "occupation": BilingualText("Tätigkeit", "Occupation"), "register": BilingualText("Register", "Register"),
        "type": BilingualText("Art", "Kind"), "number": BilingualText("Nummer", "Number"),
        "court": BilingualText("Gericht", "Court"), "euid": BilingualText("EUID", "EUID"),
        "w_idnr": BilingualText("Wirtschafts-Identifikationsnummer", "Business identification number"),
        "ust_idnr": BilingualText("Umsatzsteuer-Identifikationsnummer", "VAT identification number"),
        "lei": BilingualText("LEI", "LEI"), "trade": BilingualText("Gewerbeanmeldung", "Trade registration"),
        "company": BilingualText("Unternehmen", "Company"),
        "company_name": BilingualText("Name des Unternehmens", "Name of the company"),
        "activity": BilingualText("Wirtschaftszweig", "Activity"),
        "municipality": BilingualText("Gemeinde", "Municipality"), "as_of": BilingualText("Stand", "As of"),
        "recorded_at": BilingualText("Erfasst", "Recorded"),
        "signatories": BilingualText("Unterschriften", "Signatories"),
        "signed_at": BilingualText("Unterschrieben", "Signed"),
        "roles": BilingualText("Rollen", "Roles"), "since": BilingualText("Seit", "Since"),
        "valid_until": BilingualText("Gilt bis", "Valid until"), "valid_from": BilingualText("Gilt ab", "Valid from"),
        "end_reason": BilingualText("Grund des Endes", "Why it ended"), "act": BilingualText("Handlung", "Act"),
        "scopes": BilingualText("Umfang", "Scope"), "tenants": BilingualText("Städte", "Towns"),
        "limit_hundredths": BilingualText("Höchstbetrag", "Limit"),
        "limit_currency": BilingualText("Währung", "Currency"),
        "may_delegate": BilingualText("Darf weitergegeben werden", "May be handed on"),
        "basis": BilingualText("Grundlage", "Basis"), "reason": BilingualText("Grund", "Reason"),
        "activated_at": BilingualText("In Kraft", "In force"),
        "proposed_at": BilingualText("Vorgeschlagen", "Proposed"),
        "approved_at": BilingualText("Zugestimmt", "Agreed"), "role": BilingualText("Rolle", "Role"),
        "reach": BilingualText("Reichweite", "Reach"), "operator": BilingualText("Betreiber", "Operator"),
        "duration": BilingualText("Dauer", "Duration"), "requested_at": BilingualText("Beantragt", "Requested"),
        "decided_at": BilingualText("Entschieden", "Decided"), "template": BilingualText("Vorlage", "Template"),
        "chain": BilingualText("Protokoll", "Trail"), "what": BilingualText("Was", "What"),
        "who": BilingualText("Wer", "Who"), "where": BilingualText("Wo", "Where"),
        "hosts": BilingualText("Adressen", "Hosts"),
        "responsible_for": BilingualText("Verantwortlich für", "Responsible for"),
        "processor": BilingualText("Auftragsverarbeiter", "Processor"), "phone": BilingualText("Telefon", "Telephone"),
        "dpo_email": BilingualText("Datenschutz", "Data protection officer"),
    ]

    /// Words that the storage has for states and kinds.
    private static let values: [String: BilingualText] = [
        "pending": BilingualText("wartet", "pending"), "active": BilingualText("aktiv", "active"),
        "suspended": BilingualText("ruht", "suspended"), "locked": BilingualText("gesperrt", "locked"),
        "revoked": BilingualText("widerrufen", "revoked"), "expired": BilingualText("abgelaufen", "expired"),
        "compromised": BilingualText("in fremder Hand", "compromised"),
        "closing": BilingualText("wird geschlossen", "closing"), "closed": BilingualText("geschlossen", "closed"),
        "draft": BilingualText("Entwurf", "draft"), "verifying": BilingualText("in Prüfung", "being verified"),
        "frozen": BilingualText("eingefroren", "frozen"), "ended": BilingualText("beendet", "ended"),
        "granted": BilingualText("erteilt", "granted"), "withdrawn": BilingualText("zurückgenommen", "withdrawn"),
        "superseded": BilingualText("ersetzt", "superseded"), "valid": BilingualText("gilt", "valid"),
        "stale": BilingualText("neu zu prüfen", "to be verified anew"), "running": BilingualText("läuft", "running"),
        "received": BilingualText("eingegangen", "received"), "done": BilingualText("erledigt", "done"),
        "refused": BilingualText("abgelehnt", "refused"), "requested": BilingualText("beantragt", "requested"),
        "approved": BilingualText("erlaubt", "approved"), "delivered": BilingualText("zugestellt", "delivered"),
        "failed": BilingualText("nicht zugestellt", "failed"), "recorded": BilingualText("erfasst", "recorded"),
        "signed": BilingualText("unterschrieben", "signed"), "created": BilingualText("angelegt", "created"),
        "sent": BilingualText("verschickt", "sent"), "opened": BilingualText("geöffnet", "opened"),
        "accepted": BilingualText("angenommen", "accepted"), "declined": BilingualText("abgelehnt", "declined"),
        "approve": BilingualText("zugestimmt", "approved"), "deny": BilingualText("abgelehnt", "denied"),
        "report": BilingualText("gemeldet", "reported"), "counter": BilingualText("am Schalter", "at a counter"),
        "letter": BilingualText("mit einem Brief", "by a letter"),
        "upstream": BilingualText("durch ein anderes Konto", "by another account"),
        "eid": BilingualText("elektronischer Ausweis", "electronic identity card"),
        "desk": BilingualText("am Schalter", "at a desk"),
        "register_extract": BilingualText("Registerauszug", "register's extract"),
        "idcard": BilingualText("Personalausweis", "identity card"), "passport": BilingualText("Reisepass", "passport"),
        "residence_permit": BilingualText("Aufenthaltstitel", "residence permit"),
        "citizen": BilingualText("als Bürgerin oder Bürger", "as a citizen"),
        "company": BilingualText("für ein Unternehmen", "for a company"),
        "access": BilingualText("Auskunft", "access"), "export": BilingualText("Kopie aller Daten", "copy of all data"),
        "rectify": BilingualText("Berichtigung", "rectification"), "erase": BilingualText("Löschung", "erasure"),
        "restrict": BilingualText("Einschränkung", "restriction"), "object": BilingualText("Widerspruch", "objection"),
        "first": BilingualText("erstes Gerät", "first device"), "region": BilingualText("Region", "region"),
        "tenant": BilingualText("Stadt", "town"), "lost": BilingualText("verloren", "lost"),
        "copied": BilingualText("kopiert", "copied"),
        "geschaeftsfuehrer": BilingualText("Geschäftsführung", "managing director"),
        "vorstand": BilingualText("Vorstand", "member of the board"),
        "inhaber": BilingualText("Inhaberin oder Inhaber", "owner"),
        "gesellschafter": BilingualText("Gesellschafterin oder Gesellschafter", "partner"),
        "prokurist": BilingualText("Prokura", "authorized signatory"),
        "org_admin": BilingualText("Administration", "administrator"),
        "rights_admin": BilingualText("Vollmachtenverwaltung", "manager of mandates"),
        "user_admin": BilingualText("Personenverwaltung", "manager of members"),
        "member": BilingualText("Mitglied", "member"), "left": BilingualText("ausgetreten", "left"),
        "removed": BilingualText("von anderen beendet", "ended by others"),
        "over": BilingualText("Frist abgelaufen", "its time was over"),
        "company_closed": BilingualText("Unternehmen geschlossen", "the company was closed"),
        "account_closed": BilingualText("Konto geschlossen", "the account was closed"),
        "awaiting_cosign": BilingualText("wartet auf Zustimmung", "awaits agreement"),
        "register": BilingualText("nach dem Register", "by the register"),
        "delegated": BilingualText("gegeben", "given"), "appointed": BilingualText("bestellt", "appointed"),
        "law": BilingualText("nach einem Gesetz", "by a law"),
        "invite": BilingualText("Einladung", "invitation"),
        "remove": BilingualText("Ende einer Zugehörigkeit", "removal"),
        "close": BilingualText("Schließung", "closing"),
    ]
}
