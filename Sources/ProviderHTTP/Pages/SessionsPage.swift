internal import OpenIDMessages
internal import ProviderCore

/// The page `/sessions`: where a person is signed in. The forms `end-form` are a contract with simulated browsers.
enum SessionsPage {
    static func html(_ list: SessionList?, language: Language, security: PageSecurity) -> String {
        let words = SessionsPageWords.words(in: language)
        let content: HTML
        if let list {
            let entries = list.entries.map { entry($0, formToken: list.formToken, words).text }
            content = """
                <p class="soft">\(words.explanation)</p>
                <ul class="places">
                \(HTML(trusted: entries.joined()))</ul>
                """
        } else {
            content = "<p id=\"nobody\">\(words.nobody)</p>"
        }
        return PageFrame(
            title: words.title, language: language, languagePath: "/sessions", security: security,
            main: """
                <main id="sessions" data-language="\(language.rawValue)">
                <div class="narrow">
                <h1>\(words.title)</h1>
                \(content)
                </div>
                </main>
                """
        ).text
    }

    private static func entry(_ entry: SessionList.Entry, formToken: String, _ words: SessionsPageWords) -> HTML {
        let portals = entry.portals.map { name -> String in
            let item: HTML = "<li><bdi>\(name)</bdi></li>\n"
            return item.text
        }
        let here: HTML? = entry.isThisBrowser ? " <span class=\"soft\">(\(words.thisBrowser))</span>" : nil
        return """
            <li class="card">
            <h2><bdi>\(entry.browser)</bdi>\(here)</h2>
            <p class="soft small">\(words.since) \(words.ago(entry.age)), \(words.lastUsed) \(words.ago(entry.idle))</p>
            <ul>
            \(HTML(trusted: portals.joined()))</ul>
            <form class="end-form" method="post" action="/sessions/end">\
            <input type="hidden" name="csrf" value="\(formToken)">\
            <input type="hidden" name="session" value="\(entry.identifier.rawValue)">\
            <button class="button" type="submit">\(entry.isThisBrowser ? words.endHere : words.endThere)</button></form>
            </li>

            """
    }
}

/// The words of the page of sessions.
struct SessionsPageWords: Sendable {
    let title: String
    let explanation: String
    let nobody: String
    let thisBrowser: String
    let since: String
    let lastUsed: String
    let endHere: String
    let endThere: String
    /// How long ago something was.
    let ago: @Sendable (_ seconds: Int64) -> String

    static func words(in language: Language) -> SessionsPageWords {
        switch language {
        case .german: german
        case .english: english
        }
    }

    private static let german = SessionsPageWords(
        title: "Wo Sie angemeldet sind",
        explanation:
            "In diesen Browsern sind Sie mit der CitizenID angemeldet. Erkennen Sie einen nicht, beenden Sie ihn.",
        nobody: "In diesem Browser ist niemand mit der CitizenID angemeldet.", thisBrowser: "dieser Browser",
        since: "Angemeldet", lastUsed: "zuletzt benutzt", endHere: "Hier abmelden",
        endThere: "Dort abmelden",
        ago: { seconds in
            switch seconds {
            case ..<60: "gerade eben"
            case ..<120: "vor einer Minute"
            case ..<3600: "vor \(seconds / 60) Minuten"
            case ..<7200: "vor einer Stunde"
            default: "vor \(seconds / 3600) Stunden"
            }
        })

    private static let english = SessionsPageWords(
        title: "Where you are signed in",
        explanation: "You are signed in with CitizenID in these browsers. If you do not know one of them, end it.",
        nobody: "Nobody is signed in with CitizenID in this browser.", thisBrowser: "this browser",
        since: "Signed in", lastUsed: "last used", endHere: "Sign out here",
        endThere: "Sign out there",
        ago: { seconds in
            switch seconds {
            case ..<60: "just now"
            case ..<120: "a minute ago"
            case ..<3600: "\(seconds / 60) minutes ago"
            case ..<7200: "an hour ago"
            default: "\(seconds / 3600) hours ago"
            }
        })
}
