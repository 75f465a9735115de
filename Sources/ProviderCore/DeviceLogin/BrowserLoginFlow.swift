internal import AccountDirectory
internal import IdentityCrypto
public import OpenIDMessages

/// A login as its own browser sees it.
public struct LoginView: Sendable {
    public let page: String
    public let state: LoginState
    /// Whether the browser goes on to a portal, or lets another device log in.
    public let side: LoginSide
    /// Rises with every change.
    public let version: Int
    public let qrLink: String
    /// False where digits would not be enough for the portal (`rr`): then the link leads nowhere.
    public let isQROffered: Bool
    public let sameDeviceLink: String
    public let formToken: String
    public let codeTriesLeft: Int
    public let portalName: String
    public let portalHost: String
    public let tenantName: String
    /// What the town says of itself.
    public let imprint: Imprint
    public let isCollected: Bool
    public let language: Language
    /// Seconds until the state ends by itself.
    public let secondsLeft: Int64
    /// What is signed by a browser that is known (docs/protocol.md §12), while that counts.
    public let browserNonce: String?
    /// What is signed by a browser that wants to be known, when the login is approved.
    public let rememberNonce: String?
}

/// The browser's leg of a login: begin, watch, type the digits, come back, collect.
///
/// Everything here needs the cookie of the browser that began; without it a login looks like one that does not exist.
public struct BrowserLoginFlow: Sendable {
    let guards: Guards
    let issuer: IssuerURL
    let browsers: any KnownBrowserStore
    let logins: LoginsInFlight
    let links: LinkAuthentication
    let clock: ProviderClock

    /// Starts a login; nil when too many of its town are in flight. The cookie is for this browser alone.
    public func begin(
        _ request: ValidatedAuthorizationRequest, browser: BrowserContext, start: LoginStart = LoginStart()
    ) -> (page: String, cookie: String)? {
        guard logins.hasRoom(for: request.tenant) else { return nil }
        let cookie = OneTimeSecret()
        let login = Login(
            request: request, browser: browser, cookie: cookie.digest, start: start, now: clock.now())
        guard logins.insert(login) else { return nil }
        return (login.page, cookie.text)
    }

    /// Takes a login back that just began and that nobody was told of.
    func withdraw(page: String) { logins.withdraw(page: page) }

    /// A login's cookie as a browser presents it.
    public typealias Presented = (page: String, cookie: String)

    /// The page of the login that this browser began with a pushed request and whose outcome it has not taken yet: a second
    /// visit of the request leads back there, so that the request counts once when the person decides, not when an address is
    /// opened (FAPI 2.0 Security Profile §5.3.2.2, note 3). Nil for whoever did not begin it.
    public func page(
        pushedAs uri: PushedRequestURI, by client: ClientIdentifier, to browser: [Presented]
    ) -> String? {
        guard let handle = OneTimeHandle(parsing: uri.reference, as: .pushedRequest) else { return nil }
        return browser.first { presented in
            held(presented.page, presented.cookie) { login in
                login.request.reference == handle.digest && !login.isCollected
                    && login.request.client.client.identifier == client
            } == true
        }?.page
    }

    /// Nil for an unknown login and for a foreign one.
    public func view(page: String, cookie: String) -> LoginView? {
        held(page, cookie) { login in describe(login) } ?? nil
    }

    /// The person chose another language for the page.
    public func choose(_ language: Language, page: String, cookie: String) {
        _ = held(page, cookie) { login in login.choose(language) }
    }

    /// The view after the next change, or after `seconds`.
    public func nextView(page: String, cookie: String, after version: Int, seconds: Int64) async -> LoginView? {
        guard let view = view(page: page, cookie: cookie) else { return nil }
        guard view.version == version else { return view }
        await logins.waitForChange(.page(page), after: version, seconds: min(seconds, view.secondsLeft + 1))
        return self.view(page: page, cookie: cookie)
    }

    /// How the typed digits were received.
    public enum CodeEntry: Sendable, Equatable {
        case right
        case wrong(triesLeft: Int)
        case locked
        case notAwaited
        /// The form came from another page, or the login from another browser.
        case refused
    }

    /// P-4.2.5: compares the digits that the person typed.
    ///
    /// - Parameter remembering: the person wants this browser to be known.
    public func enter(
        code: String, remembering: Bool = false, page: String, cookie: String, formToken: String
    ) -> CodeEntry {
        let digits = String(code.filter { !$0.isWhitespace && $0 != "-" })
        let now = clock.now()
        let entry = held(page, cookie) { login -> CodeEntry in
            guard login.formToken.digest == SecretDigest(of: formToken) else { return .refused }
            let typed = guards.contains(.typedDigits) ? digits : login.claim?.code ?? digits
            switch login.enter(code: typed, now: now) {
            case .right:
                if remembering { login.rememberBrowser() }
                return .right
            case .wrong(let triesLeft): return .wrong(triesLeft: triesLeft)
            case .locked: return .locked
            case .notAwaited: return .notAwaited
            }
        }
        return entry ?? .refused
    }

    /// The person gave up in the browser; true when that ended the login.
    public func cancel(page: String, cookie: String, formToken: String) -> Bool {
        let now = clock.now()
        return held(page, cookie) { login in
            guard login.formToken.digest == SecretDigest(of: formToken), !login.state.isTerminal else { return false }
            login.end(.cancelled, error: OAuthError(.accessDenied, "the person cancelled"), now: now)
            return true
        } ?? false
    }

    /// P-4.7.4: the phone came back with `uv`; false for an unknown or foreign login.
    public func comeBack(page: String, cookie: String, value: String) -> Bool {
        let now = clock.now()
        return held(page, cookie) { login in
            login.comeBack(with: value, isJudged: guards.contains(.returnValue), now: now)
            return true
        } ?? false
    }

    /// P-4.7.5: what the browser takes along, once. Throws only when a response that must be signed cannot be.
    public func collect(page: String, cookie: String) throws -> LoginOutcome? {
        let now = clock.now()
        let taken = held(page, cookie) { login in
            login.collect(isOnce: guards.contains(.codeOnce), now: now).map {
                (outcome: $0.outcome, session: $0.session, wayBack: login.request.wayBack)
            }
        }
        // Signed here, not under the lock of all logins.
        guard let taken = taken ?? nil else { return nil }
        return LoginOutcome(
            response: try taken.wayBack.response(taken.outcome), session: taken.session?.text)
    }

    func held<Result>(_ page: String, _ cookie: String, _ body: (inout Login) -> Result) -> Result? {
        let digest = SecretDigest(of: cookie)
        let result = logins.update(.page(page)) { login -> Result? in
            guard login.cookie == digest || !guards.contains(.loginCookie) else { return nil }
            return body(&login)
        }
        return result ?? nil
    }

    private func describe(_ login: Login) -> LoginView? {
        let now = clock.now()
        let client = login.request.client
        return LoginView(
            page: login.page, state: login.state,
            side: login.request.wayBack.grantType == .deviceCode ? .browserForDevice : .browser, version: login.version,
            qrLink: links.qrLink(
                handle: login.handle, frame: LinkAuthentication.frame(at: now, start: login.createdAt)
            ).text,
            isQROffered: login.request.relay.isMet(by: .code) || !login.knownBrowsers.isEmpty,
            sameDeviceLink: links.sameDeviceLink(handle: login.handle).text, formToken: login.formToken.text,
            codeTriesLeft: login.codeTriesLeft, portalName: client.client.name,
            portalHost: login.request.portalHost, tenantName: client.scope.tenant.officialName,
            imprint: Imprint(client.scope.tenant, login.request.service), isCollected: login.isCollected,
            language: login.browser.language,
            secondsLeft: max(0, login.deadline.seconds - now.seconds),
            browserNonce: login.state == .created && !login.isBrowserNonceTaken ? login.browserNonce.rawValue : nil,
            rememberNonce: login.remembersBrowser && !login.isRememberingTaken ? login.browserNonce.rawValue : nil)
    }
}
