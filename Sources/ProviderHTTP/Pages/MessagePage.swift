internal import OpenIDMessages

/// A page that says one thing: an error, the end of a login, what to do with a link.
enum MessagePage {
    /// `link` goes to a path of this provider or to an `https` address that the caller has checked; any other is left
    /// out.
    static func html(
        title: String, text: String, remedy: String?, reference: String?, language: Language,
        link: (text: String, url: String)?, sign: PageSign = .bad, security: PageSecurity
    ) -> String {
        CardPage(
            name: "message", title: title, sign: sign, language: language, security: security,
            says: """
                <p>\(text)</p>
                \(remedy.map { "<p class=\"soft\">\($0)</p>\n" })\(link.flatMap(button))\(
                reference.map { number(of: $0, language) })
                """
        ).text
    }

    /// For a browser that was sent to a link made for the app (`/app/…`).
    static func openInApp(language: Language, security: PageSecurity) -> String {
        switch language {
        case .german:
            html(
                title: "Dieser Link ist für Ihr Telefon",
                text: "Öffnen Sie ihn auf dem Telefon, auf dem die CitizenID-App eingerichtet ist.",
                remedy: "Haben Sie den Link von jemandem bekommen? Dann öffnen Sie ihn nicht. "
                    + "Wer citizen-phone benutzt: citizen-phone scan und die Adresse dieser Seite.",
                reference: nil, language: language, link: nil, sign: .phone, security: security)
        case .english:
            html(
                title: "This link is for your phone",
                text: "Open it on the phone on which the CitizenID app is set up.",
                remedy: "Did someone send you this link? Then do not open it. "
                    + "If you use citizen-phone: citizen-phone scan and the address of this page.",
                reference: nil, language: language, link: nil, sign: .phone, security: security)
        }
    }

    private static func button(_ link: (text: String, url: String)) -> HTML? {
        let isPath = link.url.hasPrefix("/") && !link.url.hasPrefix("//") && !link.url.hasPrefix("/\\")
        guard isPath || link.url.hasPrefix("https://") else { return nil }
        return "<p><a class=\"button\" href=\"\(link.url)\">\(link.text)</a></p>\n"
    }

    private static func number(of reference: String, _ language: Language) -> HTML {
        let label = language == .german ? "Nummer für Rückfragen:" : "Reference number:"
        return "<p class=\"soft small\">\(label) <code id=\"reference\">\(reference)</code></p>\n"
    }
}
