internal import OpenIDMessages

/// The page that posts an authorization response to the portal (OAuth 2.0 Form Post Response Mode §2): by itself where
/// scripts run, by a button elsewhere.
enum FormPostPage {
    static func html(
        action: RedirectURI, parameters: FormParameters, language: Language, security: PageSecurity
    ) -> String {
        let words = Words(language)
        let fields = parameters.names.map { name -> HTML in
            "<input type=\"hidden\" name=\"\(name)\" value=\"\(parameters[name] ?? "")\">\n"
        }
        let main: HTML = """
            <main id="message" data-language="\(language.rawValue)">
            <div class="narrow">
            <section class="card">
            <h1>\(words.title)</h1>
            <form id="response" method="post" action="\(action.rawValue)">
            \(HTML(trusted: fields.map(\.text).joined()))<p><button class="button" type="submit">\(words.button)\
            </button></p>
            </form>
            </section>
            </div>
            </main>
            """
        return PageFrame(
            title: words.title, language: language, languagePath: nil, security: security, script: Self.script,
            main: main
        ).text
    }

    private static let script: HTML = "document.getElementById('response').submit();"

    private struct Words {
        let title: String
        let button: String

        init(_ language: Language) {
            switch language {
            case .german: (title, button) = ("Es geht weiter zum Portal", "Weiter zum Portal")
            case .english: (title, button) = ("On to the portal", "Continue to the portal")
            }
        }
    }
}
