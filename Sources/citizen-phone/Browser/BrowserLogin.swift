import DeviceAuthenticator
import IdentityCrypto
import OpenIDMessages

/// What a browser takes along when it leaves the provider for the portal.
enum LoginCallback: Equatable {
    /// It has not left, or with neither a code nor an error.
    case none
    case code
    /// The error code of RFC 6749 §4.1.2.1.
    case error(String)

    init(query: String?) {
        guard let query, let answer = try? FormParameters(parsing: Array(query.utf8)) else {
            self = .none
            return
        }
        self = answer["code"] != nil ? .code : answer["error"].map { .error($0) } ?? .none
    }

    /// The word for it in a scenario.
    var word: String {
        switch self {
        case .none: "none"
        case .code: "code"
        case .error(let code): code
        }
    }
}

/// A login in the hands of a browser.
struct BrowserLogin {
    let issuer: IssuerURL
    var browser: BrowserSession
    let address: WebAddress
    var page: LoginPage
    /// True when the provider sent the browser back at once, because its session let it in: there is no login page.
    var isLetIn = false
    /// What the page offered to sign when the browser was to be remembered: its script keeps that until the login is over.
    private var offer: (nonce: Nonce, token: String)?

    private init(
        issuer: IssuerURL, browser: BrowserSession, address: WebAddress, page: LoginPage, isLetIn: Bool = false
    ) {
        self.issuer = issuer
        self.browser = browser
        self.address = address
        self.page = page
        self.isLetIn = isLetIn
    }

    /// A browser without cookies that stands at the provider's page of a new login.
    static func begin(
        at start: WebAddress, issuer: IssuerURL, transport: any HTTPTransport, language: String
    ) async throws -> BrowserLogin {
        let login = try await visit(
            start, with: BrowserSession(transport: transport, language: language), issuer: issuer, opensPortal: false
        ).login
        guard !login.isLetIn else { throw elsewhere(login.address, issuer) }
        return login
    }

    private static func elsewhere(_ address: WebAddress, _ issuer: IssuerURL) -> CommandFailure {
        CommandFailure(
            .browser,
            "Das Portal führt nicht zu einer Anmeldeseite von \(issuer), sondern zu \(address.text).",
            "The portal does not lead to a login page of \(issuer), but to \(address.text).")
    }

    /// A browser opens the portal's address, with the cookies that it has.
    ///
    /// - Parameter opensPortal: whether it opens the portal's callback where its session lets it in.
    /// - Returns: what the browser took along to the portal, and the status of its page, where it was let in.
    static func visit(
        _ start: WebAddress, with browser: BrowserSession, issuer: IssuerURL, opensPortal: Bool
    ) async throws -> (login: BrowserLogin, callback: LoginCallback, status: Int?) {
        var browser = browser
        let (page, callback) = try await browser.begin(at: start, issuer: issuer, stopsThere: !opensPortal)
        if let callback {
            let letIn = BrowserLogin(issuer: issuer, browser: browser, address: callback, page: .none, isLetIn: true)
            return (letIn, LoginCallback(query: callback.query), page.status == 0 ? nil : page.status)
        }
        guard page.address.text.hasPrefix(issuer.appending("/login/")), let login = LoginPage(html: page.html) else {
            throw elsewhere(page.address, issuer)
        }
        return (
            BrowserLogin(issuer: issuer, browser: browser, address: page.address, page: login), LoginCallback.none, nil
        )
    }

    func qrLink() throws -> String { try Self.there(page.qrLink) }
    func sameDeviceLink() throws -> String { try Self.there(page.sameDeviceLink) }

    private static func there(_ link: String?) throws -> String {
        guard let link else {
            throw CommandFailure(.browser, "Die Anmeldeseite zeigt keinen Link.", "The login page shows no link.")
        }
        return link
    }

    /// Loads the page again; false when the provider shows this browser no login there any more.
    @discardableResult
    mutating func look() async throws -> Bool {
        guard !isLetIn else { return false }
        let opened = try await browser.open(address)
        guard let login = LoginPage(html: opened.html) else { return false }
        page = login
        if let nonce = login.rememberNonce, let token = login.token { offer = (nonce, token) }
        return true
    }

    /// Types digits into the page; false when the page has no field for them.
    ///
    /// - Parameter remembers: whether the browser is to be known from now on.
    mutating func type(_ digits: String, remembers: Bool = false) async throws -> Bool {
        try await look()
        guard let form = page.codeForm else { return false }
        _ = try await browser.submit(
            form, with: [("code", digits)] + (remembers ? [("remember", "1")] : []), from: address)
        try await look()
        return true
    }

    /// Sends what the script of the page sends, with the page's token; what came back, nothing where it was refused.
    ///
    /// - Parameter token: that of a page before this one.
    mutating func tell(_ call: String, _ members: JSONObject, token: String? = nil) async throws -> JSONObject {
        guard let action = WebAddress(address.text + "/" + call) else { return [:] }
        var body = members
        body["csrf"] = (token ?? page.token).map { .string($0) }
        let answer = try await browser.fetch(body, at: action, from: address)
        guard answer.status == 200 else { return [:] }
        return (try? StrictJSON.parseObject(Array(answer.html.utf8))) ?? [:]
    }

    /// The browser proves the key that it was remembered with, as the page's script does (docs/protocol.md §12).
    mutating func prove(_ key: SigningKey) async throws {
        guard let nonce = page.browserNonce else { return }
        let proof = try key.sign(
            BrowserProof(issuer: issuer, purpose: .login, nonce: nonce), keyIdentifier: key.thumbprint.rawValue)
        _ = try await tell("browser", ["proofs": .string(proof)])
    }

    /// The browser registers a key, where the person wanted it remembered; the provider's name for it, nil where there is
    /// no such offer.
    mutating func register(_ key: SigningKey) async throws -> String? {
        guard let offer else { return nil }
        let proof = try key.sign(
            BrowserProof(issuer: issuer, purpose: .registration, nonce: offer.nonce),
            header: ["jwk": .object(key.publicKey.jwk)])
        return try await tell("remember", ["proof": .string(proof)], token: offer.token)["browser"]?.string
    }

    /// Gives the login up by the page's button; false when the page has none.
    mutating func cancel() async throws -> Bool {
        guard try await look(), let form = page.cancelForm else { return false }
        _ = try await browser.submit(form, from: address)
        return true
    }

    /// Opens the address to which the phone leads; the browser stops before the outcome is handed over. Its status where
    /// the provider shows another page.
    mutating func comeBack(by text: String) async throws -> Int? {
        guard let next = WebAddress(text) else { return nil }
        let finish = finishAddress
        let end = try await browser.open(next) { $0.text == finish }
        return end.status == 0 ? nil : end.status
    }

    /// The address at which the provider hands the outcome over.
    var finishAddress: String { address.text + "/finish" }

    /// What the provider gives this browser at the end of the login: whether a code for the portal is in it.
    mutating func collectsCode() async throws -> Bool { try await receivesCode(at: finishAddress) }

    /// Opens an address at the provider and says whether it sends the browser to the portal with a code.
    mutating func receivesCode(at text: String) async throws -> Bool {
        try await leave(by: text, opensPortal: false).callback == .code
    }

    /// Opens an address at the provider and says what the browser takes along to the portal.
    ///
    /// - Parameter opensPortal: whether the portal's address is opened too.
    mutating func leave(
        by text: String, opensPortal: Bool
    ) async throws -> (callback: LoginCallback, page: BrowserSession.Page?) {
        guard let next = WebAddress(text) else { return (.none, nil) }
        let provider = address.origin
        var left: WebAddress?
        let end = try await browser.open(next) { address in
            if left == nil, address.origin != provider { left = address }
            return left != nil && !opensPortal
        }
        return (LoginCallback(query: left?.query), end.status == 0 ? nil : end)
    }
}
