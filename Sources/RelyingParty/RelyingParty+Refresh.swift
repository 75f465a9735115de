internal import OpenIDMessages

extension RelyingParty {
    /// Fresh tokens for a login (RFC 6749 §6). A new ID token is held against the login's own (OpenID Connect Core §12.2).
    ///
    /// Refresh a login once at a time, and keep what you get before you use it: a provider that rotates refresh tokens takes an
    /// old one that comes again for stolen. `.grantEnded` says that the person has to log in anew.
    public func refresh(_ login: LoggedIn) async throws(RelyingPartyError) -> RefreshedLogin {
        try requireOwn(login)
        guard let refreshToken = login.refreshToken else { throw .noRefreshToken }
        let tokens = try await redeem(refreshToken, of: login)
        var token: ValidatedIDToken?
        if let idToken = tokens.idToken {
            token = try await validated(
                idToken, for: .refresh(login.first), servedTenant: login.servedTenant, accessToken: tokens.accessToken)
        }
        let refreshed = login.refreshed(tokens, token)
        return RefreshedLogin(login: refreshed, isRotated: refreshed.refreshToken != refreshToken)
    }

    private func redeem(_ refreshToken: String, of login: LoggedIn) async throws(RelyingPartyError) -> TokenResponse {
        do {
            return try await tokens(
                ["grant_type": "refresh_token", "refresh_token": refreshToken], provedBy: login.proofKey)
        } catch .requestRefused(.token, let refusal) where refusal.code == "invalid_grant" {
            throw .grantEnded(refusal)
        }
    }

    /// Ends the tokens of a login (RFC 7009 §2.1): the refresh token, and with it what came from it; without one the access
    /// token. A token that is over already is a success (§2.2).
    public func revoke(_ login: LoggedIn) async throws(RelyingPartyError) {
        try requireOwn(login)
        guard let endpoint = try await directory.metadata(now: now()).revocationEndpoint else {
            throw .unusableMetadata(.endpointNotOffered(.revocation))
        }
        let form = FormParameters([
            "token": login.refreshToken ?? login.accessToken,
            "token_type_hint": login.refreshToken == nil ? "access_token" : "refresh_token",
        ])
        try await calls.post(form, to: .revocation, at: endpoint, provedBy: nil).requireSuccess(at: .revocation)
    }
}
