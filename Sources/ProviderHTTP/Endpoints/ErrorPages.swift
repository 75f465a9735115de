internal import HTTPTypes
internal import Hummingbird
internal import IdentityCrypto
internal import OpenIDMessages
internal import ProviderCore

/// Why a page cannot be shown. All look alike to somebody who guesses.
enum PageFault: Error {
    /// No such login, or not this browser's.
    case unknownLogin
    /// A form that this provider's page did not send.
    case foreignForm
    /// The outcome was taken to the portal before.
    case alreadyFinished
}

extension PageSecurity {
    static func fresh() -> PageSecurity { PageSecurity(nonce: RandomBytes.text(16)) }
}

/// Pages that tell a person what went wrong and what to do, with a reference for whoever helps.
enum ErrorPages {
    static func badRequest(_ error: OAuthError, language: Language, trace: TraceIdentifier) -> Response {
        let text =
            language == .german
            ? "Das Portal hat eine Anmeldung angefordert, die hier nicht möglich ist. Es liegt nicht an Ihnen."
            : "The portal asked for a login that is not possible here. It is not your fault."
        let remedy =
            language == .german
            ? "Gehen Sie zurück zum Portal und versuchen Sie es noch einmal. Bleibt der Fehler, nennen Sie dem Portal die Kennung."
            : "Go back to the portal and try again. If it happens again, give the portal the reference."
        // The developer of the portal finds the reason in the page, the operator in the log.
        return page(
            language == .german ? "Anmeldung nicht möglich" : "Login not possible",
            "\(text) (\(error.code.rawValue): \(error.description))", remedy, language, trace, .badRequest)
    }

    static func fault(_ fault: PageFault, language: Language, trace: TraceIdentifier) -> Response {
        let german = language == .german
        let remedy =
            german
            ? "Gehen Sie zurück zum Portal und beginnen Sie die Anmeldung neu."
            : "Go back to the portal and begin the login again."
        switch fault {
        case .unknownLogin:
            return page(
                german ? "Anmeldung nicht gefunden" : "Login not found",
                german
                    ? "Diese Anmeldung gibt es nicht mehr, oder sie wurde in einem anderen Browser begonnen."
                    : "This login is over, or it was begun in another browser.", remedy, language, trace, .notFound)
        case .foreignForm:
            return page(
                german ? "Eingabe nicht angenommen" : "Input not accepted",
                german
                    ? "Die Eingabe kam nicht von der Anmeldeseite."
                    : "The input did not come from the login page.", remedy, language, trace, .forbidden)
        case .alreadyFinished:
            return page(
                german ? "Anmeldung abgeschlossen" : "Login finished",
                german
                    ? "Diese Anmeldung wurde schon an das Portal übergeben."
                    : "This login was handed to the portal before.", remedy, language, trace, .conflict)
        }
    }

    static func logoutRefused(_ error: OAuthError, language: Language, trace: TraceIdentifier) -> Response {
        let german = language == .german
        return page(
            german ? "Abmelden nicht möglich" : "Sign-out not possible",
            (german
                ? "Das Portal hat eine Abmeldung angefordert, die so nicht möglich ist. Es liegt nicht an Ihnen."
                : "The portal asked for a sign-out that is not possible like this. It is not your fault.")
                + " (\(error.code.rawValue): \(error.description))",
            german
                ? "Wo Sie angemeldet sind und wie Sie sich abmelden, steht auf der Seite /sessions."
                : "Where you are signed in, and how to sign out, is on the page /sessions.", language, trace,
            .badRequest)
    }

    static func notFound(language: Language, trace: TraceIdentifier) -> Response {
        let german = language == .german
        return page(
            german ? "Seite nicht gefunden" : "Page not found",
            german ? "Unter dieser Adresse gibt es nichts." : "There is nothing at this address.", nil, language,
            trace, .notFound)
    }

    static func tooManyRequests(language: Language, trace: TraceIdentifier) -> Response {
        let german = language == .german
        return page(
            german ? "Zu viele Anmeldungen" : "Too many logins",
            german
                ? "Aus Ihrem Netz wurden gerade sehr viele Anmeldungen begonnen."
                : "Very many logins were begun from your network just now.",
            german ? "Bitte versuchen Sie es in einer Minute noch einmal." : "Please try again in a minute.", language,
            trace, .tooManyRequests)
    }

    static func overloaded(language: Language, trace: TraceIdentifier) -> Response {
        let german = language == .german
        return page(
            german ? "Gerade ist viel los" : "Very busy right now",
            german
                ? "Gerade melden sich sehr viele Menschen an." : "Very many people are signing in right now.",
            german ? "Bitte versuchen Sie es gleich noch einmal." : "Please try again in a moment.", language, trace,
            .serviceUnavailable)
    }

    static func serverError(_ error: any Error, language: Language, context: ProviderRequestContext) -> Response {
        context.logFault(error)
        let german = language == .german
        return page(
            german ? "Hier ist etwas schiefgegangen" : "Something went wrong here",
            german ? "Der Fehler liegt bei uns." : "The fault is ours.",
            german ? "Bitte versuchen Sie es in einer Minute noch einmal." : "Please try again in a minute.", language,
            context.trace, .internalServerError)
    }

    static func page(
        _ title: String, _ text: String, _ remedy: String?, _ language: Language, _ trace: TraceIdentifier,
        _ status: HTTPResponse.Status
    ) -> Response {
        let security = PageSecurity.fresh()
        return Answer.html(
            MessagePage.html(
                title: title, text: text, remedy: remedy, reference: trace.text, language: language, link: nil,
                security: security), security: security, status: status)
    }
}
