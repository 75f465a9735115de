import AccountDirectory
import Foundation
import OpenIDMessages
@testable import ProviderCore
@testable import ProviderHTTP
import Testing

private let security = PageSecurity(nonce: "bm9uY2U")

/// What a town says of itself.
private let bottrop = Imprint(
    colour: BrandColour(rawValue: "#1b7a3d"), initials: "BOT", logo: nil, office: "Bürgerbüro",
    email: "buergerbuero@bottrop.example",
    phone: "02041 70-30", privacy: "https://service.bottrop.example/datenschutz", legalBasis: "§ 45 StVO")

private func view(
    _ state: LoginState, portalName: String = "Serviceportal Bottrop", tenantName: String = "Stadt Bottrop",
    triesLeft: Int = 3, isCollected: Bool = false, language: Language = .german, imprint: Imprint = bottrop,
    side: LoginSide = .browser
) -> LoginView {
    LoginView(
        page: "Zm9vYmFyYmF6cXV4MTIz", state: state, side: side, version: 4,
        qrLink: "https://id.example/app/q/aGFuZGxlaGFuZGxlaGFuZA.7.bWFjbWFjbWFjbWFjbWFjMQ", isQROffered: true,
        sameDeviceLink: "https://id.example/app/s/aGFuZGxlaGFuZGxlaGFuZA.bWFjbWFjbWFjbWFjbWFjMg",
        formToken: "Zm9ybXRva2VuZm9ybXRva2Vu", codeTriesLeft: triesLeft, portalName: portalName,
        portalHost: "service.bottrop.example", tenantName: tenantName, imprint: imprint,
        isCollected: isCollected, language: language,
        secondsLeft: 107, browserNonce: nil, rememberNonce: nil)
}

private func page(_ view: LoginView, notice: LoginNotice? = nil) -> String {
    let svg = view.state == .created ? LoginPage.qrSVG(link: view.qrLink, language: view.language) : nil
    return LoginPage.html(view: view, qrSVG: svg, notice: notice, security: security)
}

private func message(_ text: String, link: (text: String, url: String)? = nil) -> String {
    MessagePage.html(
        title: text, text: text, remedy: text, reference: text, language: .german, link: link, security: security)
}

private struct Sample: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let html: String

    /// Every kind of page, in both languages.
    static let all: [Sample] =
        Language.allCases.flatMap { language -> [Sample] in
            let name = language.rawValue
            let wrong = page(view(.awaitingCode, language: language), notice: .wrongCode(triesLeft: 2))
            return LoginState.allCases.map { state in
                Sample(testDescription: "\(state.rawValue)-\(name)", html: page(view(state, language: language)))
            } + [
                Sample(testDescription: "wrong-code-\(name)", html: wrong),
                Sample(
                    testDescription: "collected-\(name)",
                    html: page(view(.complete, isCollected: true, language: language))),
                Sample(
                    testDescription: "app-link-\(name)",
                    html: MessagePage.openInApp(language: language, security: security)),
            ]
        } + [Sample(testDescription: "error-de", html: error)]

    private static let error = MessagePage.html(
        title: "Die Anfrage des Portals ist fehlerhaft",
        text: "Das Portal hat die Anmeldung nicht richtig begonnen. Sie haben nichts falsch gemacht.",
        remedy: "Gehen Sie zurück und versuchen Sie es noch einmal. "
            + "Geschieht es wieder, nennen Sie dem Portal diese Nummer.",
        reference: "7KQ4-M2XD", language: .german, link: nil, security: security)
}

@Suite("The login page's contract with scripts, simulated phones and people")
struct LoginPageTests {
    @Test("main carries state, links and language, exactly", arguments: LoginState.allCases)
    func mainCarriesTheState(state: LoginState) {
        for language in Language.allCases {
            let view = view(state, language: language)
            let main =
                "<main id=\"login\" data-state=\"\(state.rawValue)\" data-qr-link=\"\(view.qrLink)\" "
                + "data-same-device-link=\"\(view.sameDeviceLink)\" data-language=\"\(language.rawValue)\">"
            #expect(page(view).contains(main))
            #expect(page(view).contains("<html lang=\"\(language.rawValue)\">"))
        }
    }

    @Test("the code form is there exactly while a code is awaited", arguments: LoginState.allCases)
    func codeForm(state: LoginState) {
        let html = page(view(state))
        let form =
            "<form id=\"code-form\" method=\"post\" action=\"/login/Zm9vYmFyYmF6cXV4MTIz/code\">"
            + "<input type=\"hidden\" name=\"csrf\" value=\"Zm9ybXRva2VuZm9ybXRva2Vu\">"
        let input =
            "<input name=\"code\" inputmode=\"numeric\" autocomplete=\"one-time-code\" pattern=\"[0-9 ]{8,9}\" "
            + "maxlength=\"9\" required "
        #expect(html.contains(form) == (state == .awaitingCode))
        #expect(html.contains(input) == (state == .awaitingCode))
        #expect(html.contains("Geben Sie den Code nur ein, wenn Sie selbst") == (state == .awaitingCode))
    }

    @Test("giving up is possible exactly until the end, finishing exactly then", arguments: LoginState.allCases)
    func cancelAndFinish(state: LoginState) {
        let html = page(view(state))
        let form =
            "<form id=\"cancel-form\" method=\"post\" action=\"/login/Zm9vYmFyYmF6cXV4MTIz/cancel\">"
            + "<input type=\"hidden\" name=\"csrf\" value=\"Zm9ybXRva2VuZm9ybXRva2Vu\">"
        #expect(html.contains(form) == !state.isTerminal)
        #expect(html.contains("id=\"status\"") == !state.isTerminal)
        #expect(html.contains("<script") == !state.isTerminal)
        #expect(html.contains("<a id=\"finish-link\"") == state.isTerminal)
        #expect(!html.contains("Zm9ybXRva2Vu") == state.isTerminal, "the form token stands only in forms")
        if state.isTerminal { #expect(html.contains("href=\"/login/Zm9vYmFyYmF6cXV4MTIz/finish\"")) }
    }

    @Test("without scripts the page moves on, but not while a person types", arguments: LoginState.allCases)
    func refresh(state: LoginState) {
        let html = page(view(state))
        let waits = !state.isTerminal && state != .awaitingCode
        // A code on the screen grows old; a reload takes the focus and a screen reader's place away.
        let seconds = state == .created ? 2 : 5
        #expect(html.contains("<noscript><meta http-equiv=\"refresh\" content=\"\(seconds)\"></noscript>") == waits)
        let goesOn = "<meta http-equiv=\"refresh\" content=\"0; url=/login/Zm9vYmFyYmF6cXV4MTIz/finish\">"
        let isOver = [.complete, .cancelled].contains(state)
        #expect(html.contains(goesOn) == isOver)
        #expect(html.components(separatedBy: "http-equiv").count - 1 == (waits || isOver ? 1 : 0))
    }

    @Test("both ways are offered exactly before a phone has claimed the login", arguments: LoginState.allCases)
    func ways(state: LoginState) {
        let view = view(state)
        #expect(page(view).contains("href=\"\(view.sameDeviceLink)\"") == (state == .created))
        #expect(page(view).contains("aria-label=\"QR-Code für die CitizenID-App\"") == (state == .created))
    }

    @Test("the state's texts are shown", arguments: LoginState.allCases)
    func texts(state: LoginState) {
        for language in Language.allCases {
            let html = page(view(state, language: language))
            let text = state.text(for: .browser, language: language)
            #expect(html.contains("<title>\(HTML.escaped(text.title)) – CitizenID</title>"))
            #expect(html.contains(HTML.escaped(text.explanation)))
            if let remedy = text.remedy { #expect(html.contains(HTML.escaped(remedy))) }
        }
    }

    @Test("who lets another device log in is sent to no portal", arguments: LoginState.allCases)
    func forDevice(state: LoginState) {
        for language in Language.allCases {
            let html = page(view(state, language: language, side: .browserForDevice))
            let text = state.text(for: .browserForDevice, language: language)
            #expect(html.contains(HTML.escaped(text.explanation)))
            #expect(html.contains("/finish\">") == state.isTerminal)
            guard state.isTerminal else { continue }
            let said = html.replacing("Serviceportal Bottrop", with: "").replacing("service.bottrop.example", with: "")
            #expect(!said.lowercased().contains("portal"), "\(state)")
        }
    }

    @Test("wrong digits are told at once and when the page is read again")
    func wrongCode() {
        let told = page(view(.awaitingCode), notice: .wrongCode(triesLeft: 2))
        #expect(told.contains("role=\"alert\"") && told.contains("Sie haben noch 2 Versuche."))
        #expect(told.contains("aria-invalid=\"true\""))
        #expect(page(view(.awaitingCode, triesLeft: 1)).contains("Sie haben noch einen Versuch."))
        #expect(!page(view(.awaitingCode)).contains("role=\"alert\""))
        #expect(!page(view(.awaitingUser, triesLeft: 1)).contains("role=\"alert\""))
    }

    @Test(
        "the town shows its colour and letters, the law, its privacy notice and how it is reached",
        arguments: LoginState.allCases)
    func imprint(state: LoginState) {
        for (language, notice, law) in [
            (Language.german, "Datenschutzhinweise zu diesem Dienst", "Rechtsgrundlage: <bdi>§ 45 StVO</bdi>"),
            (.english, "Privacy notice for this service", "Legal basis: <bdi>§ 45 StVO</bdi>"),
        ] {
            let html = page(view(state, language: language))
            #expect(html.contains("<span class=\"badge\" aria-hidden=\"true\">BOT</span>"))
            #expect(html.contains("#login .badge { background: #1b7a3d; color: #ffffff; }"))
            #expect(
                html.contains(
                    "<a id=\"privacy-link\" href=\"https://service.bottrop.example/datenschutz\" target=\"_blank\" "
                        + "rel=\"noopener noreferrer\">\(notice)</a>"))
            #expect(html.contains(law) && html.contains("<bdi>Bürgerbüro</bdi>"))
            #expect(html.contains("<a href=\"mailto:buergerbuero@bottrop.example\">"))
            #expect(html.contains("<a href=\"tel:020417030\">02041 70-30</a>"))
        }
    }

    @Test("a town that says nothing of itself has nothing there, and no colour but the page's own")
    func noImprint() {
        let nothing = Imprint(
            colour: nil, initials: nil, logo: nil, office: nil, email: nil, phone: nil, privacy: nil, legalBasis: nil)
        let html = page(view(.created, imprint: nothing))
        for word in ["id=\"imprint\"", "class=\"badge\"", "#login .badge", "privacy-link", "mailto:"] {
            #expect(!html.contains(word), "\(word)")
        }
    }

    @Test("a town's picture stands in the place of its letters, from our own address, and says whose it is")
    func logo() {
        let pictured = Imprint(
            colour: bottrop.colour, initials: nil,
            logo: Imprint.Logo(tenant: TenantIdentifier(rawValue: "bottrop")!, width: 256, height: 64), office: nil,
            email: nil, phone: nil, privacy: nil, legalBasis: nil)
        for state in LoginState.allCases {
            let html = page(view(state, tenantName: "Stadt \"Bottrop\"", imprint: pictured))
            #expect(
                html.contains(
                    "<img class=\"logo\" src=\"/logos/bottrop\" alt=\"Logo: Stadt &quot;Bottrop&quot;\" width=\"256\" "
                        + "height=\"64\">"), "\(state)")
            #expect(!html.contains("class=\"badge\""))
            #expect(!page(view(state)).contains("<img"), "no picture without one")
        }
    }

    @Test("an outcome that has been collected is not offered again", arguments: [LoginState.complete, .denied])
    func collected(state: LoginState) {
        let html = page(view(state, isCollected: true))
        #expect(!html.contains("finish") && !html.contains("http-equiv"))
        #expect(html.contains("Sie können diese Seite schließen."))
    }

    @Test("the script's news are state and version")
    func statePayload() {
        #expect(StatePayload.json(view: view(.awaitingUser)).text == #"{"state":"awaiting_user","version":4}"#)
    }
}

@Suite("Security checklist F7, F9, K5: nothing foreign in a page")
struct PageSafetyTests {
    static let hostile = [
        "<script>alert(1)</script>", "</script><script>alert(1)</script>", "\" onclick=\"alert(1)", "' autofocus x='",
        "Müller & Söhne &amp; Co", "<img src=x onerror=alert(1)>", "</main></body>", "<!--", "]]>", "\u{202E}dlrow",
        "\u{2066}a\u{2069}\u{200F}\u{61C}", "a\u{0}b\u{1B}[31m", "javascript:alert(1)", "\\(evil) {{evil}}",
    ]

    @Test("names and messages cannot become markup", arguments: hostile)
    func hostileTextsStayText(text: String) {
        let harmless = [page(view(.created)), message("x")].map(tags)
        let said = Imprint(
            colour: bottrop.colour, initials: bottrop.initials, logo: nil, office: text, email: bottrop.email,
            phone: bottrop.phone,
            privacy: bottrop.privacy, legalBasis: text)
        let pages = [
            page(view(.created, portalName: text, tenantName: text, imprint: said)), message(text),
        ]
        #expect(pages.map(tags) == harmless, "the tags are those of a harmless name")
        for html in pages {
            #expect(html.contains(HTML.escaped(text)))
            #expect(!html.unicodeScalars.contains { $0.properties.isBidiControl || $0.value == 0 || $0.value == 0x1B })
        }
    }

    @Test("every script and style carries the nonce, nothing else runs", arguments: Sample.all)
    fileprivate func onlyNonces(sample: Sample) {
        for tag in tags(sample.html) {
            if tag.hasPrefix("<script") { #expect(tag == "<script nonce=\"bm9uY2U\">") }
            if tag.hasPrefix("<style") { #expect(tag == "<style nonce=\"bm9uY2U\">") }
            #expect(!tag.contains(/\son[a-z]+\s*=/), "\(tag)")
            #expect(!tag.contains(/\sstyle\s*=/), "\(tag)")
            #expect(!tag.contains(/\s(?:src|srcset|data|poster|background)\s*=/), "\(tag)")
        }
    }

    @Test("no page names another origin", arguments: Sample.all)
    fileprivate func noForeignOrigins(sample: Sample) {
        // The town's own notice is a link that a person may follow, and nothing that the page loads.
        let own = sample.html.replacing("https://id.example/", with: "").replacing(
            "http://www.w3.org/2000/svg", with: ""
        ).replacing("<a id=\"privacy-link\" href=\"https://service.bottrop.example/datenschutz\"", with: "<a")
        #expect(!own.contains(/https?:|[("'=]\/\/|@import|url\(|javascript:/.ignoresCase()))
    }

    @Test("each page has one h1, one main, its language and a title", arguments: Sample.all)
    fileprivate func structure(sample: Sample) {
        for tag in ["<h1", "<main ", "<title>", "<html lang=", "<header "] {
            #expect(sample.html.components(separatedBy: tag).count == 2, "\(tag)")
        }
        let identifiers = tags(sample.html).compactMap {
            $0.firstMatch(of: /\sid="([^"]*)"/).map { String($0.output.1) }
        }
        #expect(Set(identifiers).count == identifiers.count)
        for reference in tags(sample.html).compactMap({ $0.firstMatch(of: /aria-(?:labelledby|describedby)="([^"]*)"/) }
        ) {
            for target in reference.output.1.split(separator: " ") { #expect(identifiers.contains(String(target))) }
        }
    }

    @Test("a message links only to this provider or a checked https address")
    func messageLinks() {
        for url in ["/login/x", "https://service.bottrop.example/"] {
            #expect(message("x", link: ("Weiter", url)).contains("href=\"\(url)\""))
        }
        for url in ["javascript:alert(1)", "//evil.example", "/\\evil.example", "http://a.example", "data:text/html,x"]
        {
            #expect(!message("x", link: ("Weiter", url)).contains("Weiter"))
        }
    }

    @Test(
        "writes the pages for people to look at",
        .enabled(if: ProcessInfo.processInfo.environment["CITIZENID_PAGE_SAMPLES"] != nil))
    func writeSamples() throws {
        let folder = try #require(ProcessInfo.processInfo.environment["CITIZENID_PAGE_SAMPLES"])
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for sample in Sample.all {
            // Nothing moves on by itself: a picture of the page is wanted.
            let still = sample.html.replacing(/<meta http-equiv[^>]*>/, with: "").replacing(
                /<script[\s\S]*<\/script>/, with: "")
            try still.write(toFile: "\(folder)/\(sample.testDescription).html", atomically: true, encoding: .utf8)
        }
    }

    /// The tags of a page, without what stands between them; scripts and styles are skipped as browsers do.
    private func tags(_ html: String) -> [String] {
        html.replacing(/(<(?:script|style)[^>]*>)[\s\S]*?(<\/(?:script|style)>)/) { $0.output.1 + $0.output.2 }
            .matches(of: /<[a-zA-Z\/!][^>]*>/).map { String($0.output) }
    }
}
