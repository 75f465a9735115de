internal import Foundation
internal import IdentityCrypto
public import OpenIDMessages

/// A portal's side of the OpenID Connect code flow (OpenID Connect Core §3.1) with PKCE, `iss` and `nonce`.
///
/// `beginLogin` gives the URL for the browser and what the portal must remember; `finishLogin` takes the callback's
/// query and gives the checked login. Call `shutdown` before the program ends.
public struct RelyingParty: Sendable {
    public let configuration: Configuration
    private let channel: any BackChannel
    private let directory: ProviderDirectory
    private let now: @Sendable () -> Timestamp
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
        self.channel = channel
        self.now = now
        self.end = end
        directory = ProviderDirectory(issuer: configuration.issuer, channel: channel)
    }

    /// Closes the connections to the provider.
    public func shutdown() async { await end() }

    /// Begins a login: fresh `state`, `nonce` and verifier, and the URL to which the browser goes.
    ///
    /// - Parameters:
    ///   - servedTenant: the town for which a portal of several towns asks. The provider refuses such a portal without a
    ///     town, and every other portal with one.
    ///   - uiLocales: language tags in order of preference (OpenID Connect Core §3.1.2.1).
    public func beginLogin(
        servedTenant: TenantIdentifier? = nil, uiLocales: [String] = []
    ) async throws(RelyingPartyError) -> PendingLogin {
        let now = now()
        let metadata = try await directory.metadata(now: now)
        let state = StateValue.random(bytes: 32)
        let nonce = Nonce.random(bytes: 32)
        let verifier = CodeVerifier.random()
        var parameters = requestParameters(state: state, nonce: nonce, challenge: verifier.challenge)
        if let servedTenant { parameters.append("served_tenant", servedTenant.rawValue) }
        if !uiLocales.isEmpty { parameters.append("ui_locales", uiLocales.joined(separator: " ")) }
        let sent =
            configuration.usesPushedAuthorizationRequests
            ? try await pushed(parameters, metadata: metadata, now: now)
            : withClientIdentifier(parameters)
        return PendingLogin(
            state: state, nonce: nonce, verifier: verifier, servedTenant: servedTenant,
            authorizationURL: metadata.authorizationEndpoint.appending(sent), startedAt: now)
    }

    /// Finishes a login with the query of the callback, as the browser sent it.
    ///
    /// `pending` must come from the same browser, and must be used only once.
    public func finishLogin(
        callbackQuery: [UInt8], pending: PendingLogin
    ) async throws(RelyingPartyError) -> LoggedIn {
        let code = try code(of: callbackQuery, pending: pending)
        guard !pending.isExpired(at: now()) else { throw .loginExpired }
        let tokens = try await redeem(code, verifier: pending.verifier)
        let token = try await validated(tokens, pending: pending)
        return LoggedIn(
            idToken: token.claims, subject: token.subject, servedTenant: pending.servedTenant, acr: token.acr,
            authenticationContext: token.context, accessToken: tokens.accessToken, refreshToken: tokens.refreshToken)
    }

    /// The released claims (OpenID Connect Core §5.3) of the person that the ID token names.
    public func userinfo(
        accessToken: String, expectedSubject: SubjectIdentifier
    ) async throws(RelyingPartyError) -> JSONObject {
        guard let endpoint = try await directory.metadata(now: now()).userinfoEndpoint else {
            throw .unusableMetadata(.endpointNotOffered(.userinfo))
        }
        var request = BackChannelRequest(.userinfo, .get, url: endpoint.rawValue)
        request.authorization = "Bearer " + accessToken
        let claims = try await channel.object(request)
        // §5.3.2: without this check a token of somebody else could be substituted.
        guard claims["sub"]?.string == expectedSubject.rawValue else { throw .subjectMismatch }
        return claims
    }
}

// MARK: - The authorization request

extension RelyingParty {
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

    /// Pushes the request (RFC 9126 §2) and gives what the browser carries instead (§4).
    private func pushed(
        _ parameters: FormParameters, metadata: ProviderMetadata, now: Timestamp
    ) async throws(RelyingPartyError) -> FormParameters {
        guard let endpoint = metadata.pushedAuthorizationRequestEndpoint else {
            throw .unusableMetadata(.endpointNotOffered(.pushedAuthorizationRequest))
        }
        var request = BackChannelRequest(.pushedAuthorizationRequest, .post, url: endpoint.rawValue)
        request.form = parameters
        // The secret in the header names the client there; the request itself names it in any case.
        if case .clientSecretBasic = configuration.authentication { request.form = withClientIdentifier(parameters) }
        try authenticate(&request, now: now)
        let answer = try await channel.object(request)
        guard let reference = answer["request_uri"]?.string, (1...1024).contains(reference.utf8.count) else {
            throw .unusableAnswer(.pushedAuthorizationRequest, status: 201)
        }
        return FormParameters([
            "client_id": configuration.clientIdentifier.rawValue, "request_uri": reference,
        ])
    }

    private func authenticate(_ request: inout BackChannelRequest, now: Timestamp) throws(RelyingPartyError) {
        try configuration.authentication.authenticate(
            &request, client: configuration.clientIdentifier, issuer: configuration.issuer, now: now)
    }
}

// MARK: - The callback

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

    /// The token request (RFC 6749 §4.1.3, RFC 7636 §4.5).
    private func redeem(_ code: String, verifier: CodeVerifier) async throws(RelyingPartyError) -> TokenResponse {
        let now = now()
        let metadata = try await directory.metadata(now: now)
        var request = BackChannelRequest(.token, .post, url: metadata.tokenEndpoint.rawValue)
        request.form = FormParameters([
            "grant_type": "authorization_code", "code": code, "redirect_uri": configuration.redirectURI.rawValue,
            "code_verifier": verifier.rawValue,
        ])
        try authenticate(&request, now: now)
        guard let tokens = TokenResponse(json: try await channel.object(request)) else {
            throw .unusableAnswer(.token, status: 200)
        }
        return tokens
    }

    private func validated(
        _ tokens: TokenResponse, pending: PendingLogin
    ) async throws(RelyingPartyError) -> ValidatedIDToken {
        let signed: String
        do throws(IDTokenDefect) {
            signed = try IDTokenDecryption(key: configuration.decryptionKey).signedToken(in: tokens.idToken)
        } catch { throw .unacceptableIDToken(error) }
        let identifier = (try? CompactJWS(parsing: signed))?.keyIdentifier ?? ""
        let keys = try await directory.keys(for: identifier, now: now())
        let validator = IDTokenValidator(
            issuer: configuration.issuer, client: configuration.clientIdentifier,
            levels: AcceptedLevels(
                wanted: configuration.acrValues, acceptsSimulated: configuration.acceptsSimulatedLevels))
        do throws(IDTokenDefect) {
            return try validator.validate(
                signed, keys: keys, nonce: pending.nonce, servedTenant: pending.servedTenant,
                accessToken: tokens.accessToken, now: now())
        } catch { throw .unacceptableIDToken(error) }
    }
}
