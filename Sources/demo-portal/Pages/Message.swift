internal import HTTPTypes
internal import RelyingParty

/// A page that says what went wrong and what to do about it.
enum Message: Sendable {
    case httpError(HTTPResponse.Status)
    /// A form that no page of the portal sent.
    case foreignForm
    /// A callback for which this browser has no pending login.
    case noLogin
    case failure(RelyingPartyError)

    /// 200 where the person or the provider decided, 400 where a request was wrong, 503 where the provider fails.
    var status: HTTPResponse.Status {
        switch self {
        case .httpError(let status): status
        case .foreignForm, .noLogin: .badRequest
        case .failure(.loginRefused): .ok
        case .failure(.unreachable), .failure(.unusableAnswer), .failure(.unusableMetadata),
            .failure(.requestRefused), .failure(.unusableConfiguration):
            .serviceUnavailable
        case .failure: .badRequest
        }
    }

    /// For the portal's developer; never a secret.
    var remedy: String? { if case .failure(let error) = self { error.remedy } else { nil } }

    var title: Words.Pair {
        switch self {
        case .httpError(.notFound): ("Seite nicht gefunden", "Page not found")
        case .httpError: ("Das hat nicht geklappt", "That did not work")
        case .foreignForm: ("Bitte hier neu beginnen", "Please start again here")
        case .noLogin, .failure(.loginExpired): ("Diese Anmeldung ist abgelaufen", "This login has expired")
        case .failure(.loginRefused(let refusal)): Self.title(refusal.code)
        case .failure where status == .serviceUnavailable:
            ("Anmeldung zurzeit nicht möglich", "Login is not available right now")
        case .failure: ("Anmeldung nicht abgeschlossen", "Login not completed")
        }
    }

    var text: Words.Pair {
        switch self {
        case .httpError(.notFound):
            ("Unter dieser Adresse gibt es hier nichts.", "There is nothing at this address.")
        case .httpError: ("Die Anfrage wurde nicht verstanden.", "The request was not understood.")
        case .foreignForm:
            (
                "Die Anfrage kam nicht von einer Seite dieses Portals.",
                "The request did not come from a page of this portal."
            )
        case .noLogin, .failure(.loginExpired):
            (
                "Sie wurde schon benutzt, hat zu lange gedauert oder in einem anderen Browser begonnen.",
                "It was used before, took too long, or was begun in another browser."
            )
        case .failure(.loginRefused(let refusal)): Self.text(refusal.code)
        case .failure where status == .serviceUnavailable:
            (
                "Der Anmeldedienst antwortet nicht wie erwartet. Bitte versuchen Sie es in einigen Minuten erneut.",
                "The login service does not answer as expected. Please try again in a few minutes."
            )
        case .failure(.unacceptableIDToken(.levelNotSatisfied)): Self.text("unmet_authentication_requirements")
        case .failure:
            (
                "Die Antwort des Anmeldedienstes hat eine Prüfung nicht bestanden. Zu Ihrer Sicherheit sind Sie nicht "
                    + "angemeldet.",
                "The login service's answer failed a check. For your safety you are not logged in."
            )
        }
    }

    private static func title(_ code: String) -> Words.Pair {
        switch code {
        case "access_denied": ("Anmeldung abgebrochen", "Login cancelled")
        case "unmet_authentication_requirements":
            ("Vertrauensniveau nicht erreicht", "Level of assurance not reached")
        default: ("Anmeldung nicht abgeschlossen", "Login not completed")
        }
    }

    private static func text(_ code: String) -> Words.Pair {
        switch code {
        case "access_denied":
            (
                "Die Anmeldung wurde abgelehnt oder abgebrochen. Es wurden keine Daten übermittelt.",
                "The login was declined or cancelled. No data was transferred."
            )
        case "unmet_authentication_requirements":
            (
                "Ihr Telefon erreicht das Vertrauensniveau nicht, das dieses Portal verlangt.",
                "Your phone does not reach the level of assurance that this portal requires."
            )
        case "temporarily_unavailable", "server_error":
            (
                "Der Anmeldedienst hat gerade eine Störung. Bitte versuchen Sie es in einigen Minuten erneut.",
                "The login service is out of order. Please try again in a few minutes."
            )
        default:
            (
                "Der Anmeldedienst hat die Anmeldung nicht zugelassen.", "The login service did not allow the login."
            )
        }
    }
}
