internal import AccountDirectory
public import OpenIDMessages

/// Where a portal wants the browser after a logout: registered, and so proved.
public struct LogoutReturn: Sendable, Equatable {
    /// The address with `state` (RP-Initiated Logout §2).
    public let location: String

    fileprivate init(_ uri: RedirectURI, state: StateValue?) {
        location = state.map { uri.appending(FormParameters(["state": $0.rawValue])) } ?? uri.rawValue
    }
}

/// A logout request that registry and hint agree with.
struct ValidatedLogoutRequest: Sendable {
    /// The portal that asks, if it says who it is.
    let client: RegisteredClient?
    let hint: IDTokenHint?
    let wayBack: LogoutReturn?

    fileprivate init(client: RegisteredClient?, hint: IDTokenHint?, wayBack: LogoutReturn?) {
        self.client = client
        self.hint = hint
        self.wayBack = wayBack
    }
}

/// Why a logout request is refused: a page, never a redirect.
public struct LogoutRefusal: Error, Sendable, Equatable {
    public let error: OAuthError
    public let reason: Refusal

    init(_ description: String, _ reason: Refusal) {
        error = OAuthError(.invalidRequest, description)
        self.reason = reason
    }

    init(malformed error: OAuthError) {
        self.error = error
        reason = .requestMalformed
    }
}

/// The checks of a logout request (RP-Initiated Logout §2, §3). Values in, decision out.
struct LogoutRules {
    let registry: ClientRegistry
    /// Nil when a hint is none of ours.
    let verifiedHint: (String) -> IDTokenHint?

    func validate(_ request: LogoutRequest) throws(LogoutRefusal) -> ValidatedLogoutRequest {
        // 1. A hint that is there must be ours.
        let hint = request.idTokenHint.flatMap(verifiedHint)
        guard hint != nil || request.idTokenHint == nil else {
            throw LogoutRefusal("id_token_hint is not an ID token of this provider", .hintUnusable)
        }
        // 2. The client is the hint's, and the one that is named.
        let named = request.client.flatMap(registry.resolve)
        guard named != nil || request.client == nil else {
            throw LogoutRefusal("the client is unknown", .unknownClient)
        }
        if let named, let hint, named.client.identifier != hint.client.client.identifier {
            throw LogoutRefusal("client_id is not the client of id_token_hint", .hintUnusable)
        }
        let client = hint?.client ?? named
        // 3. The way back is registered for it, byte for byte.
        guard let text = request.returnURI else {
            return ValidatedLogoutRequest(client: client, hint: hint, wayBack: nil)
        }
        guard let client else {
            throw LogoutRefusal("post_logout_redirect_uri needs id_token_hint or client_id", .logoutURINotRegistered)
        }
        guard let uri = client.client.logout.returnURIs.first(where: { $0.isExactly(text) }) else {
            throw LogoutRefusal("post_logout_redirect_uri is not registered", .logoutURINotRegistered)
        }
        return ValidatedLogoutRequest(client: client, hint: hint, wayBack: LogoutReturn(uri, state: request.state))
    }
}
