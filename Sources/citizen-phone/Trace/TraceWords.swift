import OpenIDMessages

/// A login's story in plain German and English.
enum TraceWords {
    typealias Text = (de: String, en: String)

    /// `event` as a sentence; kinds of audit events without words here keep their name, which is given in any case.
    static func sentence(_ event: TraceEvent, language: String) -> String {
        let text = event.leg == .device ? device(event) : provider(event)
        return language == "en" ? text.en : text.de
    }

    private static func device(_ event: TraceEvent) -> Text {
        let detail = event.detail ?? ""
        switch event.what {
        case "begun": return ("Der Browser hat die Anmeldung begonnen.", "The browser began the login.")
        case "claimed": return claimed(detail)
        case "received", "asked":
            return ("Die Anfrage kam auf dieses Gerät.", "The request came to this device.")
        case "call_code":
            return ("Die Ziffern des Anrufs wurden angenommen.", "The digits of the call were accepted.")
        case "signed", "answered": return answered(detail)
        case "refused":
            return ("Der Anbieter hat die Antwort nicht genommen: \(detail)", "The provider refused: \(detail)")
        case "lost":
            return (
                "Die Antwort wurde gesandt, und es kam nichts zurück.", "The answer was sent, and nothing came back."
            )
        case "receipt":
            return ("Die Quittung des Anbieters kam: \(detail)", "The provider's receipt came: \(detail)")
        case "over": return ("Die Anmeldung war vorbei: \(detail)", "The login was over: \(detail)")
        case "displaced":
            return ("Eine andere Anmeldung kam an ihre Stelle.", "Another login took its place on this device.")
        default: return (event.what, event.what)
        }
    }

    private static func claimed(_ flow: String) -> Text {
        switch flow {
        case "qr":
            ("Dieses Gerät hat den QR-Code der Anmeldung gelesen.", "This device read the QR code of the login.")
        case "link":
            ("Die Anmeldung kam aus dem Browser dieses Geräts.", "The login came from this device's own browser.")
        default: ("Ein Portal hat von selbst angefragt.", "A portal asked by itself.")
        }
    }

    /// `detail` is the decision, and after it perhaps the counter; without a decision it is a confirmation.
    private static func answered(_ detail: String) -> Text {
        let parts = detail.split(separator: " ")
        let counter = parts.count > 1 ? parts[1] : ""
        let decision: Text =
            switch parts.first {
            case "approve"?: ("Ja", "yes")
            case "deny"?: ("Nein", "no")
            case "report"?: ("Das war ich nicht", "that was not me")
            default: ("bestätigt", "confirmed")
            }
        return (
            "Dieses Gerät hat unterschrieben: \(decision.de)" + (counter.isEmpty ? "" : " (Zähler \(counter))"),
            "This device signed: \(decision.en)" + (counter.isEmpty ? "" : " (counter \(counter))")
        )
    }

    private static func provider(_ event: TraceEvent) -> Text {
        let words = kinds[event.what].map { ($0.de + " (\(event.what))", $0.en + " (\(event.what))") }
        var text: Text = words ?? (event.what, event.what)
        if event.isRefusal { text = (text.de + ", abgewiesen", text.en + ", refused") }
        if let chain = event.chain { text = (text.de + ", \(chain)", text.en + ", \(chain)") }
        return text
    }

    /// The kinds of events that a login or a confirmation leaves (docs/domain.md, "Audit").
    static let kinds: [String: Text] = [
        "auth.approved": ("Anmeldung bestätigt", "Login approved"),
        "auth.denied": ("Anmeldung abgelehnt", "Login denied"),
        "auth.reported": ("Anmeldung gemeldet", "Login reported"),
        "auth.failed": ("Antwort nicht angenommen", "Answer not accepted"),
        "auth.confirmed": ("Auftrag bestätigt", "Act confirmed"),
        "auth.replay_rejected": ("Wiederholung zurückgewiesen", "Repetition rejected"),
        "context.chosen": ("Für eine Firma gehandelt", "Acted for a company"),
        "context.switched": ("Zu einer anderen Rolle gewechselt", "Changed to another role"),
        "mandate.used": ("Vollmacht benutzt", "Mandate used"),
        "release.granted": ("Daten für das Portal freigegeben", "Data released to the portal"),
        "release.withdrawn": ("Freigabe zurückgenommen", "Release taken back"),
        "session.reused": ("Ohne Gerät angemeldet, aus der Sitzung", "Logged in by the session, without the device"),
        "session.ended": ("Sitzung beendet", "Session ended"),
        "token.issued": ("Das Portal hat die Anmeldung abgeholt", "The portal fetched the login"),
        "token.refreshed": ("Das Portal hat den Zugang erneuert", "The portal renewed its access"),
        "token.exchanged": ("Zugang an ein anderes Portal gegeben", "Access passed on to another service"),
        "token.revoked": ("Zugang des Portals widerrufen", "The portal's access revoked"),
        "device.suspended": ("Gerät gesperrt", "Device suspended"),
        "device.locked": ("Gerät nach falschen PINs gesperrt", "Device locked after wrong PINs"),
        "device.revoked": ("Gerät aus dem Konto genommen", "Device taken out of the account"),
        "device.activated": ("Gerät zugelassen", "Device let in"),
    ]
}
