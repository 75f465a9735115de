internal import OpenIDMessages

/// What binds a page to its Content-Security-Policy header: only styles and scripts with this nonce may run.
struct PageSecurity: Sendable {
    let nonce: String
    /// Where forms of the page may be sent: a source expression of Content Security Policy.
    var formAction = "'self'"
}

/// What all pages share: head, header with the language switch, footer.
struct PageFrame {
    let title: String
    let language: Language
    /// Where the other language is; nil where a page cannot be shown again.
    let languagePath: String?
    let security: PageSecurity
    /// More for the head, such as a refresh.
    var head: HTML = ""
    var script: HTML?
    /// The whole `main` element.
    let main: HTML

    var text: String {
        let page: HTML = """
            <!DOCTYPE html>
            <html lang="\(language.rawValue)">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="robots" content="noindex">
            <title>\(title) – CitizenID</title>
            \(head)<style nonce="\(security.nonce)">\(PageStyle.css)</style>
            </head>
            <body>
            <header class="bar"><div class="row">
            <p class="brand">\(Self.mark)<span>CitizenID</span></p>
            \(languageSwitch)</div></header>
            \(main)
            \(script.map { "<script nonce=\"\(security.nonce)\">\($0)</script>\n" })</body>
            </html>

            """
        return page.text
    }

    private var languageSwitch: HTML? {
        languagePath.map { path in
            let (label, other): (String, Language) =
                language == .german ? ("Sprache", .english) : ("Language", .german)
            let name = other == .german ? "Deutsch" : "English"
            let target = path + "?lang=" + other.rawValue
            return """
                <nav aria-label="\(label)"><a class="language" href="\(target)" lang="\(other.rawValue)" \
                hreflang="\(other.rawValue)">\(name)</a></nav>

                """
        }
    }

    /// A shield with a keyhole.
    private static let mark: HTML = """
        <svg viewBox="0 0 32 32" width="32" height="32" aria-hidden="true" focusable="false">\
        <path fill="currentColor" d="M16 2 4 6.5v8.5c0 7.4 5 13 12 15 7-2 12-7.6 12-15V6.5z"/>\
        <path class="hole" d="M16 9a4.5 4.5 0 0 0-2.3 8.37L12.5 23h7l-1.2-5.63A4.5 4.5 0 0 0 16 9z"/></svg>
        """
}
