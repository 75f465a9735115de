import OpenIDMessages

/// The provider's page at `{issuer}/login/{id}`, as a person with a browser uses it.
struct LoginPage {
    /// A form with its hidden fields.
    struct Form: Equatable {
        var action: String
        /// Hidden fields with their values, in their order.
        var hidden: [(name: String, value: String)]

        static func == (left: Self, right: Self) -> Bool {
            left.action == right.action && left.hidden.map(\.name) == right.hidden.map(\.name)
                && left.hidden.map(\.value) == right.hidden.map(\.value)
        }
    }

    let state: String
    let qrLink: String?
    let sameDeviceLink: String?
    /// The form for the eight digits.
    let codeForm: Form?
    /// What a known browser signs, and what one that is to be remembered signs (docs/protocol.md §12).
    let browserNonce: Nonce?
    let rememberNonce: Nonce?
    /// The form of the button that gives the login up.
    let cancelForm: Form?

    /// What the page's forms and its script prove with that they are the page's own.
    var token: String? { cancelForm?.hidden.first { $0.name == "csrf" }?.value }

    /// No login page.
    static let none = LoginPage()

    private init() {
        (state, qrLink, sameDeviceLink, codeForm) = ("none", nil, nil, nil)
        (browserNonce, rememberNonce, cancelForm) = (nil, nil, nil)
    }

    /// Nil when the page is no login page.
    init?(html: String) {
        let pieces = HTMLScanner.pieces(of: html)
        var login: [String: String]?
        for case .start("main", let attributes) in pieces where attributes["id"] == "login" { login = attributes }
        guard let login, let state = login["data-state"] else { return nil }
        self.state = state
        // Empty where the portal wants more than a QR code can give.
        qrLink = login["data-qr-link"].flatMap { $0.isEmpty ? nil : $0 }
        sameDeviceLink = login["data-same-device-link"]
        codeForm = Self.form("code-form", in: pieces)
        cancelForm = Self.form("cancel-form", in: pieces)
        var status: [String: String] = [:]
        for case .start(_, let attributes) in pieces where attributes["id"] == "status" { status = attributes }
        browserNonce = status["data-nonce"].flatMap(Nonce.init(rawValue:))
        rememberNonce = status["data-remember"].flatMap(Nonce.init(rawValue:))
    }

    /// The title of any page.
    static func title(html: String) -> String? {
        var isInside = false
        for piece in HTMLScanner.pieces(of: html) {
            switch piece {
            case .start("title", _): isInside = true
            case .text(let text) where isInside:
                return text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            case .end("title"): return nil
            default: break
            }
        }
        return nil
    }

    /// The form of this `id` on any page of the provider.
    static func form(_ identifier: String, in pieces: [HTMLPiece]) -> Form? {
        var form: Form?
        for piece in pieces {
            switch piece {
            case .start("form", let attributes) where attributes["id"] == identifier:
                form = Form(action: attributes["action"] ?? "", hidden: [])
            case .start("input", let attributes) where attributes["type"]?.lowercased() == "hidden":
                if let name = attributes["name"] { form?.hidden.append((name, attributes["value"] ?? "")) }
            case .end("form") where form != nil: return form
            default: break
            }
        }
        return nil
    }
}
