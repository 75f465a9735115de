internal import IdentityCrypto
internal import OpenIDMessages

extension RelyingParty {
    /// Begins a logout at the provider (OpenID Connect RP-Initiated Logout §2): the URL to which the browser goes once the portal
    /// has ended its own session.
    ///
    /// - Parameter uiLocales: language tags in order of preference.
    public func beginLogout(
        of login: LoggedIn, uiLocales: [String] = []
    ) async throws(RelyingPartyError) -> PendingLogout {
        try requireOwn(login)
        guard let endpoint = try await directory.metadata(now: now()).endSessionEndpoint else {
            throw .unusableMetadata(.missing("end_session_endpoint"))
        }
        var parameters = FormParameters([
            "id_token_hint": login.signedIDToken, "client_id": configuration.clientIdentifier.rawValue,
        ])
        var state: StateValue?
        if let wayBack = configuration.postLogoutRedirectURI {
            let fresh = StateValue.random(bytes: 32)
            parameters.append("post_logout_redirect_uri", wayBack.rawValue)
            parameters.append("state", fresh.rawValue)
            state = fresh
        }
        if !uiLocales.isEmpty { parameters.append("ui_locales", uiLocales.joined(separator: " ")) }
        return PendingLogout(state: state, logoutURL: endpoint.appending(parameters))
    }

    /// Validates the return from the provider (RP-Initiated Logout §3): its `state` is that of this browser's logout. It says
    /// that the browser was there; who ends a session elsewhere is told by a `LogoutNotice`.
    public func finishLogout(returnQuery: [UInt8], pending: PendingLogout) throws(RelyingPartyError) {
        do throws(CallbackDefect) {
            try CallbackValidator.checkState(
                in: CallbackValidator.parameters(returnQuery), is: pending.state)
        } catch { throw .unacceptableLogoutReturn(error) }
    }

    /// The logout token that the provider posted to the portal's `backchannel_logout_uri` (OpenID Connect Back-Channel Logout
    /// §2.5, §2.6). End the sessions of which `LogoutNotice.ends` says so and answer 200; answer 400 if this throws, both
    /// with `Cache-Control: no-store` (§2.8).
    ///
    /// - Parameter form: the body of the request.
    public func logoutNotice(form: [UInt8]) async throws(RelyingPartyError) -> LogoutNotice {
        let signed: String
        do throws(LogoutTokenDefect) {
            guard let text = (try? FormParameters(parsing: form))?["logout_token"] else { throw .malformedForm }
            signed = try TokenDecryption<LogoutTokenDefect>(key: configuration.decryptionKey).signedToken(in: text)
        } catch { throw .unacceptableLogoutToken(error) }
        let keys = try await keys(for: signed)
        let validator = LogoutTokenValidator(issuer: configuration.issuer, client: configuration.clientIdentifier)
        do throws(LogoutTokenDefect) {
            let token = try validator.validate(signed, keys: keys, now: now())
            // Last: what is refused for another reason uses nothing up.
            try await useUp(token)
            return LogoutNotice(token)
        } catch { throw .unacceptableLogoutToken(error) }
    }

    /// §2.6-8.
    private func useUp(_ token: ValidatedLogoutToken) async throws(LogoutTokenDefect) {
        guard let use = configuration.useLogoutTokenOnce else {
            return try usedLogoutTokens.use(token.identifier, until: token.refusedFrom, now: now())
        }
        let isNew: Bool
        do { isNew = try await use(token.identifier, token.refusedFrom) } catch { throw .useNotDecided }
        guard isNew else { throw .replayed }
    }
}
