import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderCore

extension TestLogin {
    /// What the page's script sends when it opens; `nil` for the parts that are as they should be.
    public func prove(
        _ proofs: [String], cookie: String? = nil, formToken: String? = nil
    ) async throws -> BrowserLoginFlow.BrowserCall<[KeyThumbprint]> {
        try await flow.prove(
            proofs, page: page, cookie: cookie ?? self.cookie, formToken: formToken ?? view?.formToken ?? "")
    }

    /// The same by a browser with these keys, all of it as it should be.
    public func prove(with keys: SigningKey...) async throws -> BrowserLoginFlow.BrowserCall<[KeyThumbprint]> {
        let nonce = view?.browserNonce ?? ""
        return try await prove(keys.map { try $0.browserProof(.login, nonce) })
    }

    public func remember(
        _ proof: String, cookie: String? = nil, formToken: String? = nil
    ) async throws -> BrowserLoginFlow.BrowserCall<BrowserIdentifier> {
        try await flow.remember(
            proof, page: page, cookie: cookie ?? self.cookie, formToken: formToken ?? view?.formToken ?? "")
    }

    /// Types the digits and ticks that the browser is to be remembered.
    @discardableResult
    public func enterRemembering(_ code: String) -> BrowserLoginFlow.CodeEntry {
        flow.enter(code: code, remembering: true, page: page, cookie: cookie, formToken: view?.formToken ?? "")
    }
}

extension SigningKey {
    /// What the page's script signs; `change` sees the payload before that.
    public func browserProof(
        _ purpose: BrowserProof.Purpose, _ nonce: String, issuer: IssuerURL = TestRegion.issuer,
        type: String = BrowserProof.type, keyIdentifier: String? = nil, _ change: (inout JSONObject) -> Void = { _ in }
    ) throws -> String {
        var payload: JSONObject = [
            "aud": .string(issuer.rawValue), "purpose": .string(purpose.rawValue), "nonce": .string(nonce),
        ]
        change(&payload)
        return try sign(
            type: type, payload: payload, keyIdentifier: keyIdentifier,
            header: purpose == .registration ? ["jwk": .object(publicKey.jwk)] : [:])
    }
}

extension TestProvider {
    /// A login by digits in which the person wants the browser to be remembered, up to the approval.
    public func rememberingLogin(
        of phone: TestPhone, decision: LoginDecision = .approve
    ) async throws -> (login: TestLogin, text: String) {
        let login = try await login()
        let device = try await verified(phone)
        guard let link = login.view?.qrLink else { throw Unexpected.loginNotBegun }
        let claimed = try await claim(link, by: device)
        login.enterRemembering(claimed.code ?? "")
        let request = try await request(of: claimed.transaction, for: device)
        try await answer(request, try phone.response(to: request, decision, now: now), by: device)
        return (login, request.statement.text)
    }

    /// The key of a browser that this phone's person has had remembered.
    public func knownBrowser(of phone: TestPhone) async throws -> SigningKey {
        let login = try await rememberingLogin(of: phone).login
        let key = SigningKey.makeES256()
        guard case .done = try await login.remember(key.browserProof(.registration, login.view?.rememberNonce ?? ""))
        else { throw Unexpected.noPayload }
        return key
    }
}
