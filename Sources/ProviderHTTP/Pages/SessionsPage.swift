internal import OpenIDMessages
internal import ProviderCore

/// The page `/sessions`: where a person is signed in, and which browsers know the person. The forms `end-form` and
/// `forget-form` are a contract with simulated browsers.
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
                \(rememberedBrowsers(list, words))
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

    private static func rememberedBrowsers(_ list: SessionList, _ words: SessionsPageWords) -> HTML {
        guard !list.rememberedBrowsers.isEmpty else {
            return "<h2>\(words.browsers)</h2>\n<p class=\"soft\" id=\"no-browsers\">\(words.noBrowsers)</p>"
        }
        let browsers = list.rememberedBrowsers.map { self.browser($0, formToken: list.formToken, words).text }
        return """
            <h2>\(words.browsers)</h2>
            <p class="soft">\(words.browsersExplanation)</p>
            <ul class="places">
            \(HTML(trusted: browsers.joined()))</ul>
            """
    }

    private static func browser(
        _ browser: SessionList.RememberedBrowser, formToken: String, _ words: SessionsPageWords
    ) -> HTML {
        """
        <li class="card">
        <h3 id="browser-\(browser.identifier.rawValue)"><bdi>\(browser.name)</bdi></h3>
        <p class="soft small">\(words.remembered) \(words.ago(browser.age)), \(words.lastUsed) \(words.ago(browser.idle))</p>
        <form class="forget-form" method="post" action="/sessions/forget">\
        <input type="hidden" name="csrf" value="\(formToken)">\
        <input type="hidden" name="browser" value="\(browser.identifier.rawValue)">\
        <button class="button" type="submit" aria-describedby="browser-\(browser.identifier.rawValue)">\(words.forget)</button></form>
        </li>

        """
    }

    private static func entry(_ entry: SessionList.Entry, formToken: String, _ words: SessionsPageWords) -> HTML {
        let portals = entry.portals.map { name -> String in
            let item: HTML = "<li><bdi>\(name)</bdi></li>\n"
            return item.text
        }
        let here: HTML? = entry.isThisBrowser ? " <span class=\"soft\">(\(words.thisBrowser))</span>" : nil
        return """
            <li class="card">
            <h2 id="session-\(entry.identifier.rawValue)"><bdi>\(entry.browser)</bdi>\(here)</h2>
            <p class="soft small">\(words.since) \(words.ago(entry.age)), \(words.lastUsed) \(words.ago(entry.idle))</p>
            <ul>
            \(HTML(trusted: portals.joined()))</ul>
            <form class="end-form" method="post" action="/sessions/end">\
            <input type="hidden" name="csrf" value="\(formToken)">\
            <input type="hidden" name="session" value="\(entry.identifier.rawValue)">\
            <button class="button" type="submit" aria-describedby="session-\(entry.identifier.rawValue)">\
            \(entry.isThisBrowser ? words.endHere : words.endThere)</button></form>
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
    let browsers: String
    let browsersExplanation: String
    let noBrowsers: String
    let remembered: String
    let forget: String
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
        browsers: "Gemerkte Browser",
        browsersExplanation:
            "In diesen Browsern brauchen Ihre Anmeldungen keine Ziffern, weil Sie sie haben merken lassen. Ist einer davon "
            + "nicht Ihrer, lassen Sie ihn vergessen.",
        noBrowsers: "Sie haben keinen Browser merken lassen: Jede Anmeldung mit einem QR-Code braucht Ziffern.",
        remembered: "Gemerkt", forget: "Vergessen lassen",
        ago: { seconds in
            switch seconds {
            case ..<60: "gerade eben"
            case ..<120: "vor einer Minute"
            case ..<3600: "vor \(seconds / 60) Minuten"
            case ..<7200: "vor einer Stunde"
            case ..<172_800: "vor \(seconds / 3600) Stunden"
            default: "vor \(seconds / 86_400) Tagen"
            }
        })

    private static let english = SessionsPageWords(
        title: "Where you are signed in",
        explanation: "You are signed in with CitizenID in these browsers. If you do not know one of them, end it.",
        nobody: "Nobody is signed in with CitizenID in this browser.", thisBrowser: "this browser",
        since: "Signed in", lastUsed: "last used", endHere: "Sign out here",
        endThere: "Sign out there",
        browsers: "Remembered browsers",
        browsersExplanation:
            "Your logins in these browsers need no digits, because you had them remembered. If one of them is not yours, "
            + "have it forgotten.",
        noBrowsers: "No browser is remembered: every login with a QR code needs digits.",
        remembered: "Remembered", forget: "Have it forgotten",
        ago: { seconds in
            switch seconds {
            case ..<60: "just now"
            case ..<120: "a minute ago"
            case ..<3600: "\(seconds / 60) minutes ago"
            case ..<7200: "an hour ago"
            case ..<172_800: "\(seconds / 3600) hours ago"
            default: "\(seconds / 86_400) days ago"
            }
        })
}
