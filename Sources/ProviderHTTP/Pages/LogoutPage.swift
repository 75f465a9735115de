internal import OpenIDMessages

/// The pages of `/logout`. A simulated browser reads them: the forms `logout-form` and `hand-over-form` and the link
/// `go-on-link` are a contract.
enum LogoutPage {
    /// Asks the person; the portal's parameters come back with the form.
    static func confirmation(
        _ parameters: FormParameters, formToken: String, portal: String?, language: Language, security: PageSecurity
    ) -> String {
        let words = LogoutPageWords.words(in: language)
        let asker: HTML? = portal.map { "<p>\(words.asker): <strong><bdi>\($0)</bdi></strong></p>\n" }
        return CardPage(
            name: "logout", title: words.question.title, sign: .phone, language: language, security: security,
            says: """
                \(asker)<p>\(words.question.text)</p>
                <form id="logout-form" method="post" action="/logout/confirm">\
                <input type="hidden" name="csrf" value="\(formToken)">\(hidden(parameters))\
                <button class="button" type="submit">\(words.button)</button></form>
                <p><a href="/sessions">\(words.sessions)</a></p>

                """
        ).text
    }

    /// The end. `location` was registered by the portal and checked.
    static func signedOut(_ location: String?, language: Language, security: PageSecurity) -> String {
        let words = LogoutPageWords.words(in: language)
        let link: HTML? = location.map { location in
            "<p><a id=\"go-on-link\" class=\"button\" href=\"\(location)\">\(words.goOn)</a></p>\n"
        }
        let refresh: HTML? = location.map { "<meta http-equiv=\"refresh\" content=\"0; url=\($0)\">\n" }
        return CardPage(
            name: "logout", title: words.signedOut.title, sign: .good, language: language, security: security,
            head: refresh ?? "",
            says: """
                <p>\(words.signedOut.text)</p>
                \(link)<p><a href="/sessions">\(words.sessions)</a></p>

                """
        ).text
    }

    /// Sends a portal's form once more, from here; by itself where scripts run.
    static func handOver(_ parameters: FormParameters, language: Language, security: PageSecurity) -> String {
        let words = LogoutPageWords.words(in: language)
        return CardPage(
            name: "logout", title: words.handOver.title, sign: .phone, language: language, security: security,
            script: "document.getElementById('hand-over-form').submit();",
            says: """
                <p>\(words.handOver.text)</p>
                <form id="hand-over-form" method="post" action="/logout">\(hidden(parameters))\
                <button class="button" type="submit">\(words.next)</button></form>

                """
        ).text
    }

    private static func hidden(_ parameters: FormParameters) -> HTML {
        let inputs = LogoutRequest.parameterNames.compactMap { name -> String? in
            guard let value = parameters[name] else { return nil }
            let input: HTML = "<input type=\"hidden\" name=\"\(name)\" value=\"\(value)\">"
            return input.text
        }
        return HTML(trusted: inputs.joined())
    }
}

/// The words of the logout pages.
struct LogoutPageWords: Sendable {
    let question: (title: String, text: String)
    let signedOut: (title: String, text: String)
    let handOver: (title: String, text: String)
    let asker: String
    let button: String
    let next: String
    let goOn: String
    let sessions: String

    static func words(in language: Language) -> LogoutPageWords {
        switch language {
        case .german: german
        case .english: english
        }
    }

    private static let german = LogoutPageWords(
        question: (
            "Möchten Sie sich abmelden?",
            "Sie werden in diesem Browser bei allen Portalen abgemeldet, bei denen Sie mit der CitizenID angemeldet sind."
        ),
        signedOut: ("Sie sind abgemeldet", "In diesem Browser ist niemand mehr mit der CitizenID angemeldet."),
        handOver: ("Abmelden", "Einen Moment bitte, es geht weiter …"), asker: "Es fragt", button: "Abmelden",
        next: "Weiter", goOn: "Zurück zum Portal", sessions: "Wo bin ich angemeldet?")

    private static let english = LogoutPageWords(
        question: (
            "Do you want to sign out?",
            "You will be signed out, in this browser, of all portals that you are signed in to with CitizenID."
        ),
        signedOut: ("You are signed out", "Nobody is signed in with CitizenID in this browser any more."),
        handOver: ("Sign out", "One moment, please …"), asker: "Asked by", button: "Sign out", next: "Continue",
        goOn: "Back to the portal", sessions: "Where am I signed in?")
}
