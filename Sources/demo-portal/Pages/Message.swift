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
    /// Here and at the provider.
    case loggedOut
    /// The provider could not be asked to end its session as well.
    case loggedOutHereOnly(RelyingPartyError)
    /// A return from the provider for which this browser has no pending logout.
    case noLogout

    /// 200 where the person or the provider decided and where somebody is logged out, 400 where a request was wrong, 503 where
    /// the provider fails.
    var status: HTTPResponse.Status {
        switch self {
        case .httpError(let status): status
        case .foreignForm, .noLogin, .noLogout: .badRequest
        case .loggedOut, .loggedOutHereOnly: .ok
        case .failure(.loginRefused): .ok
        case .failure(.unreachable), .failure(.unusableAnswer), .failure(.unusableMetadata),
            .failure(.requestRefused), .failure(.tokenTypeMismatch), .failure(.unusableConfiguration):
            .serviceUnavailable
        case .failure: .badRequest
        }
    }

    /// For the portal's developer; never a secret.
    var remedy: String? {
        switch self {
        case .failure(let error), .loggedOutHereOnly(let error): error.remedy
        default: nil
        }
    }

    /// Whether the person tried to log in, and may try again.
    var isAboutLogin: Bool {
        switch self {
        case .loggedOut, .loggedOutHereOnly, .noLogout: false
        default: true
        }
    }

    var title: Words.Pair {
        switch self {
        case .httpError(.notFound): ("Seite nicht gefunden", "Page not found")
        case .httpError: ("Das hat nicht geklappt", "That did not work")
        case .foreignForm: ("Bitte hier neu beginnen", "Please start again here")
        case .noLogin, .failure(.loginExpired), .failure(.codeRefused):
            ("Diese Anmeldung ist abgelaufen", "This login has expired")
        case .loggedOut, .loggedOutHereOnly: ("Sie sind abgemeldet", "You are logged out")
        case .noLogout: ("Diese Abmeldung ist hier nicht bekannt", "This logout is not known here")
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
        case .noLogin, .failure(.loginExpired), .failure(.codeRefused):
            (
                "Sie wurde schon benutzt, hat zu lange gedauert oder in einem anderen Browser begonnen.",
                "It was used before, took too long, or was begun in another browser."
            )
        case .loggedOut:
            (
                "Sie sind in diesem Portal und beim Anmeldedienst abgemeldet. Er sagt es auch den anderen Portalen, an denen Sie "
                    + "angemeldet waren.",
                "You are logged out of this portal and of the login service. It tells the other portals where you were logged "
                    + "in as well."
            )
        case .loggedOutHereOnly:
            (
                "In diesem Portal sind Sie abgemeldet. Der Anmeldedienst war nicht erreichbar: dort können Sie noch angemeldet "
                    + "sein.",
                "You are logged out of this portal. The login service could not be reached: you may still be logged in there."
            )
        case .noLogout:
            (
                "Sie wurde schon abgeschlossen, hat zu lange gedauert oder in einem anderen Browser begonnen.",
                "It was completed before, took too long, or was begun in another browser."
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
