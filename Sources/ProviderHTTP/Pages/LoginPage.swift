internal import AccountDirectory
internal import OpenIDMessages
internal import ProviderCore
internal import QRCode

/// What just happened to the form of the login page.
enum LoginNotice: Sendable, Equatable {
    case wrongCode(triesLeft: Int)
}

/// The page `/login/{id}`: values in, HTML out.
///
/// A simulated phone reads it: `main#login` with its `data-` attributes, the forms `code-form` and `cancel-form` and the
/// link `finish-link` are a contract.
enum LoginPage {
    static func html(view: LoginView, qrSVG: String?, notice: LoginNotice?, security: PageSecurity) -> String {
        let parts = LoginPageParts(view: view, notice: notice)
        let words = parts.words
        let content: HTML =
            switch view.state {
            case .created: parts.ways(qrSVG: qrSVG.map(HTML.init(trusted:)))
            case .awaitingCode: parts.codeEntry
            default: parts.message
            }
        return PageFrame(
            title: parts.text.title, language: view.language, languagePath: parts.path, security: security,
            head: "\(refresh(for: view))\(brand(view.imprint, security))",
            script: view.state.isTerminal ? nil : "\(KnownBrowserScript.javaScript)\(LoginScript.javaScript)",
            main: """
                <main id="login" data-state="\(view.state.rawValue)" data-qr-link="\(view.isQROffered ? view.qrLink : "")" \
                data-same-device-link="\(view.sameDeviceLink)" data-language="\(view.language.rawValue)">
                <div\(view.state == .created ? nil : " class=\"narrow\"")>
                <h1>\(words.heading)</h1>
                \(parts.requester)
                \(content)
                \(view.state.isTerminal ? nil : parts.foot)\(parts.imprint)</div>
                </main>
                """
        ).text
    }

    /// The image of one frame's link.
    static func qrSVG(link: String, language: Language) -> String {
        // Only a link of thousands of characters fits no QR code; then the page's other way is left.
        QRCode(link)?.svg(label: LoginPageWords.words(in: language).qrLabel) ?? ""
    }

    /// The town's colour, by rules of the page's own style: an attribute would need a policy that lets strangers' styles in.
    private static func brand(_ imprint: Imprint, _ security: PageSecurity) -> HTML? {
        imprint.colour.map { colour in
            let letters: HTML = colour.isDark ? "#ffffff" : "#000000"
            return """
                <style nonce="\(security.nonce)">#login .badge { background: \(colour.rawValue); color: \(letters); } \
                #login .who { border-color: \(colour.rawValue); }</style>

                """
        }
    }

    /// Moves on without scripts, but never while a person types.
    private static func refresh(for view: LoginView) -> HTML {
        switch view.state {
        case .complete where !view.isCollected, .cancelled where !view.isCollected:
            "<meta http-equiv=\"refresh\" content=\"0; url=/login/\(view.page)/finish\">\n"
        case .created: "<noscript><meta http-equiv=\"refresh\" content=\"2\"></noscript>\n"
        // Nothing here grows old; a reload takes the focus and a screen reader's place away.
        case .claimed, .awaitingUser, .awaitingReturn:
            "<noscript><meta http-equiv=\"refresh\" content=\"5\"></noscript>\n"
        default: ""
        }
    }
}
