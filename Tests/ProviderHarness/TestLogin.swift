import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderCore

/// A login that a browser began, below HTTP.
public struct TestLogin: Sendable {
    public let page: String
    public let cookie: String
    let flow: BrowserLoginFlow

    public var view: LoginView? { flow.view(page: page, cookie: cookie) }
    public var state: LoginState? { view?.state }

    @discardableResult
    public func enter(_ code: String) -> BrowserLoginFlow.CodeEntry {
        flow.enter(code: code, page: page, cookie: cookie, formToken: view?.formToken ?? "")
    }

    @discardableResult
    public func cancel() -> Bool { flow.cancel(page: page, cookie: cookie, formToken: view?.formToken ?? "") }

    @discardableResult
    public func comeBack(_ value: String) -> Bool { flow.comeBack(page: page, cookie: cookie, value: value) }

    public func collect() -> ReturnedParameters? {
        // A response that cannot be made is none; the tests then miss it.
        (try? outcome()).flatMap(\.self).map { ReturnedParameters($0.response) }
    }

    public func outcome() throws -> LoginOutcome? { try flow.collect(page: page, cookie: cookie) }
}

/// An address at a portal, taken apart.
public struct ReturnedParameters: Sendable {
    public let location: String
    private let parameters: FormParameters

    public init(_ location: String) {
        self.location = location
        let query = location.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).dropFirst().first
        // What cannot be read has no parameters; the tests then miss them.
        parameters = (try? FormParameters(parsing: (query ?? "").utf8)) ?? FormParameters()
    }

    public init(_ response: AuthorizationResponse) {
        switch response {
        case .redirect(let location): self.init(location)
        case .formPost(let action, let parameters): self.init(action.appending(parameters))
        }
    }

    public subscript(name: String) -> String? { parameters[name] }
}

extension TestProvider {
    /// A login at the login page, as `/authorize` begins it; with a pushed request where the portal must push.
    public func login(at portal: TestPortal = TestRegion.basic, _ changes: [String: String?] = [:]) async throws
        -> TestLogin
    {
        let parameters = portal.request(changes)
        guard portal.client.requiresPushedAuthorizationRequests else {
            return try begin(try await provider.authorization.authorize(FormParameters(parameters)))
        }
        return try begin(try await validated(pushed: parameters, by: portal))
    }

    /// The login page for a request that no session answers.
    public func begin(_ request: ValidatedAuthorizationRequest, start: LoginStart = LoginStart()) throws -> TestLogin {
        let browser = BrowserContext(description: "Firefox, Linux", area: "192.0.2.x", language: .german)
        guard let begun = provider.browserLogins.begin(request, browser: browser, start: start) else {
            throw Unexpected.loginNotBegun
        }
        return TestLogin(page: begun.page, cookie: begun.cookie, flow: provider.browserLogins)
    }

    @discardableResult
    public func claim(_ link: String, by device: VerifiedDevice) async throws -> ClaimedLogin {
        try await provider.deviceLogins.claim(link: link, by: device, language: .german, area: "192.0.2.x")
    }

    /// Claims a login in this flow; in the flow `qr` the right digits are typed, too.
    public func claimed(
        _ login: TestLogin, by device: VerifiedDevice, flow: LoginFlow = .qr
    ) async throws -> SignedStatement<LoginRequestStatement> {
        guard let view = login.view else { throw Unexpected.loginNotBegun }
        let claimed = try await claim(flow == .qr ? view.qrLink : view.sameDeviceLink, by: device)
        if let code = claimed.code { login.enter(code) }
        return try await request(of: claimed.transaction, for: device)
    }

    /// The signed request of a login that awaits the person.
    public func request(
        of transaction: TransactionIdentifier, for device: VerifiedDevice
    ) async throws -> SignedStatement<LoginRequestStatement> {
        let status = try await provider.deviceLogins.status(transaction, device: device, wait: 0)
        guard let text = status.request else { throw Unexpected.noRequest }
        return try .verify(text, keys: provider.keys.ring.verificationKeys)
    }

    @discardableResult
    public func answer(
        _ request: SignedStatement<LoginRequestStatement>, _ message: TestPhone.Response, by device: VerifiedDevice
    ) async throws -> SignedStatement<LoginReceipt> {
        let receipt = try await provider.deviceLogins.answer(
            request.statement.transaction, response: message.response, pinProof: message.pinProof, device: device)
        return try .verify(receipt, keys: provider.keys.ring.verificationKeys)
    }

    /// A code, by a whole login in the flow `qr`.
    public func code(
        at portal: TestPortal = TestRegion.basic, phone: TestPhone, _ changes: [String: String?] = [:]
    ) async throws -> String {
        let login = try await login(at: portal, changes)
        let device = try await verified(phone)
        let request = try await claimed(login, by: device)
        try await answer(request, try phone.response(to: request, now: now), by: device)
        guard let code = login.collect()?["code"] else { throw Unexpected.noLocation }
        return code
    }

    public func redeem(
        _ code: String, at portal: TestPortal = TestRegion.basic, _ changes: [String: String?] = [:],
        key: SigningKey? = nil
    ) async throws -> JSONObject {
        try await tokens(portal.tokenRequest(code: code, changes), at: portal, key: key)
    }

    /// A call of the token endpoint; the proof of `key` comes with it.
    public func tokens(
        _ parameters: [String: String], at portal: TestPortal = TestRegion.basic, key: SigningKey? = nil
    ) async throws -> JSONObject {
        try await provider.tokens.answer(
            TokenRequest(parameters: FormParameters(parameters)), by: try await authenticated(portal),
            key: try key.map { try provider.proofs.verify(proof($0, "POST", "/token")) })
    }

    /// A good DPoP proof.
    public func proof(
        _ key: SigningKey, _ method: String, _ path: String, accessToken: String? = nil
    ) throws -> PresentedProof {
        PresentedProof(
            text: try VerifiedDPoPProof.make(
                key: key, method: method, url: TestRegion.issuer.appending(path), now: now,
                nonce: provider.proofs.nonce(), accessToken: accessToken),
            method: method, path: path)
    }

    /// Userinfo for a bearer token.
    public func userinfo(_ accessToken: String) async throws -> JSONObject {
        guard case .json(let claims) = try await provider.userinfo.answer(.bearer(accessToken)) else {
            throw Unexpected.noPayload
        }
        return claims
    }
}
