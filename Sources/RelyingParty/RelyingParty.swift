internal import Foundation
internal import IdentityCrypto
public import OpenIDMessages

/// A portal's side of the OpenID Connect code flow (OpenID Connect Core §3.1) with PKCE, `iss` and `nonce`, and of what comes
/// after a login: userinfo, refresh, revocation and logout.
///
/// `beginLogin` gives the URL for the browser and what the portal must remember; `finishLogin` takes the callback's
/// query and gives the checked login. Call `shutdown` before the program ends.
public struct RelyingParty: Sendable {
    public let configuration: Configuration
    let calls: ProviderCalls
    let directory: ProviderDirectory
    let usedLogoutTokens = LogoutTokenMemory()
    let now: @Sendable () -> Timestamp
    private let end: @Sendable () async -> Void

    public init(_ configuration: Configuration) throws(RelyingPartyError) {
        let channel = try HTTPSBackChannel(extraTrustedCertificates: configuration.extraTrustedCertificates)
        try self.init(
            configuration, channel: channel,
            now: { Timestamp(seconds: Int64(Date().timeIntervalSince1970)) }, end: { await channel.shutdown() })
    }

    init(
        _ configuration: Configuration, channel: any BackChannel, now: @escaping @Sendable () -> Timestamp,
        end: @escaping @Sendable () async -> Void = {}
    ) throws(RelyingPartyError) {
        guard configuration.scopes.contains(Scope.openID) else {
            throw .unusableConfiguration("The scope openid is missing.")
        }
        self.configuration = configuration
        self.now = now
        self.end = end
        calls = ProviderCalls(configuration, channel: channel, now: now)
        directory = ProviderDirectory(issuer: configuration.issuer, channel: channel)
    }

    /// Closes the connections to the provider.
    public func shutdown() async { await end() }

    /// Begins a login: fresh `state`, `nonce`, verifier and, for bound tokens, key, and the URL to which the browser goes.
    ///
    /// - Parameters:
    ///   - servedTenant: the town for which a portal of several towns asks. The provider refuses such a portal without a
    ///     town, and every other portal with one.
    ///   - uiLocales: language tags in order of preference (OpenID Connect Core §3.1.2.1).
    ///   - actingHint: the company that is shown first to whoever may act for several: `acting_for.sub` of an earlier login, or
    ///     a number that it is registered under. At most 64 bytes.
    public func beginLogin(
        servedTenant: TenantIdentifier? = nil, uiLocales: [String] = [], actingHint: String? = nil
    ) async throws(RelyingPartyError) -> PendingLogin {
        let now = now()
        let metadata = try await directory.metadata(now: now)
        let state = StateValue.random(bytes: 32)
        let nonce = Nonce.random(bytes: 32)
        let verifier = CodeVerifier.random()
        let proofKey = try newProofKey(metadata)
        var parameters = requestParameters(state: state, nonce: nonce, challenge: verifier.challenge)
        if let servedTenant { parameters.append("served_tenant", servedTenant.rawValue) }
        if !uiLocales.isEmpty { parameters.append("ui_locales", uiLocales.joined(separator: " ")) }
        if let actingHint { parameters.append("acting_hint", actingHint) }
        let sent =
            configuration.usesPushedAuthorizationRequests
            ? try await pushed(parameters, metadata: metadata, proofKey: proofKey)
            : plain(parameters, proofKey: proofKey)
        return PendingLogin(
            state: state, nonce: nonce, verifier: verifier, servedTenant: servedTenant, proofKey: proofKey,
            authorizationURL: metadata.authorizationEndpoint.appending(sent), startedAt: now)
    }

    /// Finishes a login with the query of the callback, as the browser sent it.
    ///
    /// `pending` must come from the same browser, and must be used only once. `.loginExpired` and `.codeRefused` say that the
    /// person has to begin anew, and nothing worse.
    public func finishLogin(
        callbackQuery: [UInt8], pending: PendingLogin
    ) async throws(RelyingPartyError) -> LoggedIn {
        let code = try code(of: callbackQuery, pending: pending)
        guard !pending.isExpired(at: now()) else { throw .loginExpired }
        // A key that was lost on the way must not turn bound tokens into bearer tokens.
        guard pending.proofKey != nil || configuration.tokenBinding == .bearer else { throw .proofKeyMissing }
        let tokens = try await redeem(code, of: pending)
        guard let idToken = tokens.idToken else { throw .unusableAnswer(.token, status: 200) }
        let token = try await validated(
            idToken, for: .login(pending.nonce), servedTenant: pending.servedTenant, accessToken: tokens.accessToken)
        return LoggedIn(token, tokens, servedTenant: pending.servedTenant, proofKey: pending.proofKey)
    }

    /// The released claims (OpenID Connect Core §5.3) of the person that the ID token names.
    public func userinfo(of login: LoggedIn) async throws(RelyingPartyError) -> JSONObject {
        try requireOwn(login)
        guard let endpoint = try await directory.metadata(now: now()).userinfoEndpoint else {
            throw .unusableMetadata(.endpointNotOffered(.userinfo))
        }
        let claims = try await calls.get(
            .userinfo, at: endpoint, accessToken: login.accessToken, boundTo: login.proofKey
        ).object(at: .userinfo)
        // §5.3.2: without this check a token of somebody else could be substituted.
        guard claims["sub"]?.string == login.subject.rawValue else { throw .subjectMismatch }
        return claims
    }

    /// The tokens and the person's data are for the provider that gave them and for no other.
    func requireOwn(_ login: LoggedIn) throws(RelyingPartyError) {
        guard login.idToken["iss"]?.string == configuration.issuer.rawValue else { throw .loginOfOtherProvider }
    }
}

// MARK: - The authorization request

extension RelyingParty {
    private func newProofKey(_ metadata: ProviderMetadata) throws(RelyingPartyError) -> SigningKey? {
        guard configuration.tokenBinding == .keyOfEachLogin else { return nil }
        guard metadata.acceptsDPoP else { throw .unusableMetadata(.noDPoP) }
        return .makeES256()
    }

    private func requestParameters(
        state: StateValue, nonce: Nonce, challenge: CodeChallenge
    ) -> FormParameters {
        var parameters = FormParameters([
            "response_type": "code", "redirect_uri": configuration.redirectURI.rawValue,
            "scope": configuration.scopes.description, "state": state.rawValue, "nonce": nonce.rawValue,
            "code_challenge": challenge.rawValue, "code_challenge_method": "S256",
        ])
        if !configuration.acrValues.isEmpty {
            parameters.append("acr_values", configuration.acrValues.joined(separator: " "))
        }
        return parameters
    }

    private func withClientIdentifier(_ parameters: FormParameters) -> FormParameters {
        var parameters = parameters
        parameters.append("client_id", configuration.clientIdentifier.rawValue)
        return parameters
    }

    /// The browser carries everything; the code will be bound to the key that is named (RFC 9449 §10).
    private func plain(_ parameters: FormParameters, proofKey: SigningKey?) -> FormParameters {
        var parameters = withClientIdentifier(parameters)
        if let proofKey { parameters.append("dpop_jkt", proofKey.thumbprint.rawValue) }
        return parameters
    }

    /// Pushes the request (RFC 9126 §2) and gives what the browser carries instead (§4). The code will be bound to the key of
    /// the proof (RFC 9449 §10.1).
    private func pushed(
        _ parameters: FormParameters, metadata: ProviderMetadata, proofKey: SigningKey?
    ) async throws(RelyingPartyError) -> FormParameters {
        guard let endpoint = metadata.pushedAuthorizationRequestEndpoint else {
            throw .unusableMetadata(.endpointNotOffered(.pushedAuthorizationRequest))
        }
        var form = parameters
        // The secret in the header names the client there; the request itself names it in any case.
        if case .clientSecretBasic = configuration.authentication { form = withClientIdentifier(parameters) }
        let answer = try await calls.post(form, to: .pushedAuthorizationRequest, at: endpoint, provedBy: proofKey)
            .object(at: .pushedAuthorizationRequest)
        guard let reference = answer["request_uri"]?.string, (1...1024).contains(reference.utf8.count) else {
            throw .unusableAnswer(.pushedAuthorizationRequest, status: 201)
        }
        return FormParameters([
            "client_id": configuration.clientIdentifier.rawValue, "request_uri": reference,
        ])
    }
}

// MARK: - The callback and the tokens

extension RelyingParty {
    private func code(of query: [UInt8], pending: PendingLogin) throws(RelyingPartyError) -> String {
        let callback: ValidatedCallback
        do throws(CallbackDefect) {
            callback = try CallbackValidator(issuer: configuration.issuer).validate(query: query, state: pending.state)
        } catch { throw .unacceptableCallback(error) }
        switch callback {
        case .code(let code): return code
        case .refused(let refusal): throw .loginRefused(refusal)
        }
    }

    /// The tokens for a code (RFC 6749 §4.1.3).
    private func redeem(_ code: String, of pending: PendingLogin) async throws(RelyingPartyError) -> TokenResponse {
        do {
            return try await tokens(
                [
                    "grant_type": "authorization_code", "code": code,
                    "redirect_uri": configuration.redirectURI.rawValue, "code_verifier": pending.verifier.rawValue,
                ], provedBy: pending.proofKey)
        } catch .requestRefused(.token, let refusal) where refusal.code == "invalid_grant" {
            throw .codeRefused(refusal)
        }
    }

    /// A token request (RFC 6749 §3.2), with a proof by the key to which the tokens are to be bound (RFC 9449 §5).
    func tokens(
        _ form: KeyValuePairs<String, String>, provedBy key: SigningKey?
    ) async throws(RelyingPartyError) -> TokenResponse {
        let metadata = try await directory.metadata(now: now())
        let answer = try await calls.post(
            FormParameters(form), to: .token, at: metadata.tokenEndpoint, provedBy: key)
        return try TokenResponse(json: answer.object(at: .token), isBound: key != nil, now: now())
    }

    func validated(
        _ idToken: String, for occasion: IDTokenOccasion, servedTenant: TenantIdentifier?, accessToken: String
    ) async throws(RelyingPartyError) -> ValidatedIDToken {
        let signed: String
        do throws(IDTokenDefect) {
            signed = try TokenDecryption<IDTokenDefect>(key: configuration.decryptionKey).signedToken(in: idToken)
        } catch { throw .unacceptableIDToken(error) }
        let keys = try await keys(for: signed)
        let validator = IDTokenValidator(
            issuer: configuration.issuer, client: configuration.clientIdentifier,
            levels: AcceptedLevels(
                wanted: configuration.acrValues, acceptsSimulated: configuration.acceptsSimulatedLevels))
        do throws(IDTokenDefect) {
            return try validator.validate(
                signed, keys: keys, for: occasion, servedTenant: servedTenant, accessToken: accessToken, now: now())
        } catch { throw .unacceptableIDToken(error) }
    }

    /// The provider's keys, read again when the one that a token names is not among them.
    func keys(for signedToken: String) async throws(RelyingPartyError) -> VerificationKeySet {
        let identifier = (try? CompactJWS(parsing: signedToken))?.keyIdentifier ?? ""
        return try await directory.keys(for: identifier, now: now())
    }
}
