import OpenIDMessages

/// A login's story in plain German and English.
enum TraceWords {
    /// `event` as a sentence; kinds of audit events without words here are told as the provider tells them, and the name of
    /// the kind is given in any case.
    static func sentence(_ event: TraceEvent, _ language: Language) -> String {
        (event.leg == .device ? device(event) : provider(event)).text(language)
    }

    private static func device(_ event: TraceEvent) -> BilingualText {
        let detail = event.detail ?? ""
        switch event.what {
        case "begun": return BilingualText("Der Browser hat die Anmeldung begonnen.", "The browser began the login.")
        case "claimed": return claimed(detail)
        case "received", "asked":
            return BilingualText("Die Anfrage kam auf dieses Gerät.", "The request came to this device.")
        case "call_code":
            return BilingualText("Die Ziffern des Anrufs wurden angenommen.", "The digits of the call were accepted.")
        case "signed", "answered": return answered(detail)
        case "refused":
            return BilingualText(
                "Der Anbieter hat die Antwort nicht genommen: \(detail)", "The provider refused: \(detail)")
        case "lost":
            return BilingualText(
                "Die Antwort wurde gesandt, und es kam nichts zurück.", "The answer was sent, and nothing came back."
            )
        case "receipt":
            return BilingualText("Die Quittung des Anbieters kam: ", "The provider's receipt came: ") + state(event)
        case "over": return BilingualText("Die Anmeldung war vorbei: ", "The login was over: ") + state(event)
        case "displaced":
            return BilingualText(
                "Eine andere Anmeldung kam an ihre Stelle.", "Another login took its place on this device.")
        default: return BilingualText(verbatim: event.what)
        }
    }

    /// The state that a receipt or the provider named, as the phone speaks of it, with its name behind it.
    private static func state(_ event: TraceEvent) -> BilingualText {
        let detail = event.detail ?? ""
        guard let state = LoginState(rawValue: detail) else { return BilingualText(verbatim: detail) }
        func title(_ language: Language) -> String { state.text(for: event.side, language: language).title }
        return BilingualText(title(.german), title(.english)) + BilingualText(verbatim: " (\(detail))")
    }

    private static func claimed(_ flow: String) -> BilingualText {
        switch flow {
        case "qr":
            BilingualText(
                "Dieses Gerät hat den QR-Code der Anmeldung gelesen.", "This device read the QR code of the login.")
        case "link":
            BilingualText(
                "Die Anmeldung kam aus dem Browser dieses Geräts.", "The login came from this device's own browser.")
        default: BilingualText("Ein Portal hat von selbst angefragt.", "A portal asked by itself.")
        }
    }

    /// `detail` is the decision, and after it perhaps the counter; without a decision it is a confirmation.
    private static func answered(_ detail: String) -> BilingualText {
        let parts = detail.split(separator: " ")
        let counter = parts.count > 1 ? parts[1] : ""
        let decision: BilingualText =
            switch parts.first {
            case "approve"?: BilingualText("Ja", "yes")
            case "deny"?: BilingualText("Nein", "no")
            case "report"?: BilingualText("Das war ich nicht", "that was not me")
            default: BilingualText("bestätigt", "confirmed")
            }
        return BilingualText(
            "Dieses Gerät hat unterschrieben: \(decision.german)" + (counter.isEmpty ? "" : " (Zähler \(counter))"),
            "This device signed: \(decision.english)" + (counter.isEmpty ? "" : " (counter \(counter))")
        )
    }

    private static func provider(_ event: TraceEvent) -> BilingualText {
        let said = event.said.map { BilingualText(verbatim: $0.hasSuffix(".") ? String($0.dropLast()) : $0) }
        var text =
            (kinds[event.what] ?? said).map { $0 + BilingualText(verbatim: " (\(event.what))") }
            ?? BilingualText(verbatim: event.what)
        if event.isRefusal { text = text + BilingualText(", abgewiesen", ", refused") }
        if let chain = event.chain { text = text + BilingualText(verbatim: ", \(chain)") }
        return text
    }

    /// The kinds of events that a login or a confirmation leaves (docs/domain.md, "Audit").
    static let kinds: [String: BilingualText] = [
        "auth.approved": BilingualText("Anmeldung bestätigt", "Login approved"),
        "auth.denied": BilingualText("Anmeldung abgelehnt", "Login denied"),
        "auth.reported": BilingualText("Anmeldung gemeldet", "Login reported"),
        "auth.failed": BilingualText("Antwort nicht angenommen", "Answer not accepted"),
        "auth.confirmed": BilingualText("Auftrag bestätigt", "Act confirmed"),
        "auth.replay_rejected": BilingualText("Wiederholung zurückgewiesen", "Repetition rejected"),
        "context.chosen": BilingualText("Für eine Firma gehandelt", "Acted for a company"),
        "context.switched": BilingualText("Zu einer anderen Rolle gewechselt", "Changed to another role"),
        "mandate.used": BilingualText("Vollmacht benutzt", "Mandate used"),
        "release.granted": BilingualText("Daten für das Portal freigegeben", "Data released to the portal"),
        "release.withdrawn": BilingualText("Freigabe zurückgenommen", "Release taken back"),
        "session.created": BilingualText("Sitzung begonnen", "Session begun"),
        "session.stepped_up": BilingualText("Sitzung auf höherem Niveau", "Session at a higher level"),
        "browser.remembered": BilingualText("Browser gemerkt", "Browser remembered"),
        "session.reused": BilingualText(
            "Ohne Gerät angemeldet, aus der Sitzung", "Logged in by the session, without the device"),
        "session.ended": BilingualText("Sitzung beendet", "Session ended"),
        "token.issued": BilingualText("Das Portal hat die Anmeldung abgeholt", "The portal fetched the login"),
        "token.refreshed": BilingualText("Das Portal hat den Zugang erneuert", "The portal renewed its access"),
        "token.exchanged": BilingualText("Zugang an ein anderes Portal gegeben", "Access passed on to another service"),
        "token.revoked": BilingualText("Zugang des Portals widerrufen", "The portal's access revoked"),
        "device.suspended": BilingualText("Gerät gesperrt", "Device suspended"),
        "device.locked": BilingualText("Gerät nach falschen PINs gesperrt", "Device locked after wrong PINs"),
        "device.revoked": BilingualText("Gerät aus dem Konto genommen", "Device taken out of the account"),
        "device.activated": BilingualText("Gerät zugelassen", "Device let in"),
    ]
}
