public import OpenIDMessages

/// What a page says when something went wrong, in one language.
public struct PersonText: Sendable {
    public let title: String
    public let explanation: String
    /// What to do next, where there is something to do.
    public let remedy: String?

    init(_ title: String, _ explanation: String, remedy: String? = nil) {
        self.title = title
        self.explanation = explanation
        self.remedy = remedy
    }
}

/// What can go wrong for a person in the browser outside a running login.
/// The texts of logins themselves are those of `LoginState`.
public enum PersonProblem: String, Sendable, CaseIterable {
    /// The portal's request cannot be believed or read; no way leads back to the portal.
    case loginRefused
    /// The portal's request for a logout cannot be believed or read.
    case logoutRefused
    /// No such login, or not this browser's. Both look alike to somebody who guesses.
    case unknownLogin
    /// A form that this provider's page did not send.
    case foreignForm
    /// The outcome was taken to the portal before.
    case alreadyFinished
    case notFound
    case tooManyRequests
    /// The provider is at its limit and answers none that it cannot answer well.
    case overloaded
    case serverError

    /// The HTTP status of the page.
    public var status: Int {
        switch self {
        case .loginRefused, .logoutRefused: OAuthError.Code.invalidRequest.status(at: .page)
        case .unknownLogin, .notFound: 404
        case .foreignForm: 403
        case .alreadyFinished: 409
        case .tooManyRequests: 429
        case .overloaded: OAuthError.Code.temporarilyUnavailable.status(at: .endpoint)
        case .serverError: OAuthError.Code.serverError.status(at: .page)
        }
    }

    public func text(_ language: Language) -> PersonText {
        switch language {
        case .german: german
        case .english: english
        }
    }

    private var german: PersonText {
        let again = "Gehen Sie zurück zum Portal und beginnen Sie die Anmeldung neu."
        let soon = "Bitte versuchen Sie es in einer Minute noch einmal."
        return switch self {
        case .loginRefused:
            PersonText(
                "Anmeldung nicht möglich",
                "Das Portal hat eine Anmeldung angefordert, die hier nicht möglich ist. Es liegt nicht an Ihnen.",
                remedy: "Gehen Sie zurück zum Portal und versuchen Sie es noch einmal. "
                    + "Bleibt der Fehler, nennen Sie dem Portal die Kennung.")
        case .logoutRefused:
            PersonText(
                "Abmelden nicht möglich",
                "Das Portal hat eine Abmeldung angefordert, die so nicht möglich ist. Es liegt nicht an Ihnen.",
                remedy: "Wo Sie angemeldet sind und wie Sie sich abmelden, steht auf der Seite /sessions.")
        case .unknownLogin:
            PersonText(
                "Anmeldung nicht gefunden",
                "Diese Anmeldung gibt es nicht mehr, oder sie wurde in einem anderen Browser begonnen.", remedy: again)
        case .foreignForm:
            PersonText("Eingabe nicht angenommen", "Die Eingabe kam nicht von der Anmeldeseite.", remedy: again)
        case .alreadyFinished:
            PersonText(
                "Anmeldung abgeschlossen", "Diese Anmeldung wurde schon an das Portal übergeben.", remedy: again)
        case .notFound: PersonText("Seite nicht gefunden", "Unter dieser Adresse gibt es nichts.")
        case .tooManyRequests:
            PersonText(
                "Zu viele Anmeldungen", "Aus Ihrem Netz wurden gerade sehr viele Anmeldungen begonnen.", remedy: soon)
        case .overloaded:
            PersonText("Gerade ist viel los", "Gerade melden sich sehr viele Menschen an.", remedy: soon)
        case .serverError:
            PersonText("Hier ist etwas schiefgegangen", "Der Fehler liegt bei uns.", remedy: soon)
        }
    }

    private var english: PersonText {
        let again = "Go back to the portal and begin the login again."
        let soon = "Please try again in a minute."
        return switch self {
        case .loginRefused:
            PersonText(
                "Login not possible",
                "The portal asked for a login that is not possible here. It is not your fault.",
                remedy: "Go back to the portal and try again. If it happens again, give the portal the reference.")
        case .logoutRefused:
            PersonText(
                "Sign-out not possible",
                "The portal asked for a sign-out that is not possible like this. It is not your fault.",
                remedy: "Where you are signed in, and how to sign out, is on the page /sessions.")
        case .unknownLogin:
            PersonText(
                "Login not found", "This login is over, or it was begun in another browser.", remedy: again)
        case .foreignForm:
            PersonText("Input not accepted", "The input did not come from the login page.", remedy: again)
        case .alreadyFinished:
            PersonText("Login finished", "This login was handed to the portal before.", remedy: again)
        case .notFound: PersonText("Page not found", "There is nothing at this address.")
        case .tooManyRequests:
            PersonText(
                "Too many logins", "Very many logins were begun from your network just now.", remedy: soon)
        case .overloaded:
            PersonText("Very busy right now", "Very many people are signing in right now.", remedy: soon)
        case .serverError: PersonText("Something went wrong here", "The fault is ours.", remedy: soon)
        }
    }
}

extension OAuthError.Code {
    /// What a person reads where this error is shown on a page; none where it is never shown to one.
    public var pages: [PersonProblem] {
        guard entry.places.contains(.page) else { return [] }
        return switch self {
        case .serverError: [.serverError]
        // Of a login or of a logout.
        case .invalidRequest: [.loginRefused, .logoutRefused]
        default: [.loginRefused]
        }
    }
}
