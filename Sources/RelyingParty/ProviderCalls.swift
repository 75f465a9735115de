internal import IdentityCrypto
internal import OpenIDMessages

/// The portal's calls to the provider, each with what proves the caller: the client's authentication or an access token, and
/// a DPoP proof (RFC 9449) where tokens are bound to a key.
struct ProviderCalls: Sendable {
    let configuration: RelyingParty.Configuration
    let channel: any BackChannel
    let now: @Sendable () -> Timestamp
    private let nonces = ServerNonces()

    init(
        _ configuration: RelyingParty.Configuration, channel: any BackChannel, now: @escaping @Sendable () -> Timestamp
    ) {
        self.configuration = configuration
        self.channel = channel
        self.now = now
    }

    /// A call of the client for itself.
    func post(
        _ form: FormParameters, to endpoint: BackChannelEndpoint, at location: RedirectURI, provedBy key: SigningKey?
    ) async throws(RelyingPartyError) -> BackChannelAnswer {
        try await send(key) { () throws(RelyingPartyError) in
            var request = BackChannelRequest(endpoint, .post, url: location.rawValue)
            request.form = form
            // The `jti` of an assertion is used up by the first attempt: each has its own.
            try configuration.authentication.authenticate(
                &request, client: configuration.clientIdentifier, issuer: configuration.issuer, now: now())
            return (request, location)
        }
    }

    /// A call with an access token in the header (RFC 6750 §2.1, RFC 9449 §7.1).
    func get(
        _ endpoint: BackChannelEndpoint, at location: RedirectURI, accessToken: String, boundTo key: SigningKey?
    ) async throws(RelyingPartyError) -> BackChannelAnswer {
        try await send(key, accessToken: accessToken) { () throws(RelyingPartyError) in
            var request = BackChannelRequest(endpoint, .get, url: location.rawValue)
            request.authorization = (key == nil ? "Bearer " : "DPoP ") + accessToken
            return (request, location)
        }
    }

    /// Sends the request, and once more when the server asks for its nonce (RFC 9449 §8, §9). Once: a server that asks
    /// again and again must not have the portal call without end.
    private func send(
        _ key: SigningKey?, accessToken: String? = nil,
        _ make: () throws(RelyingPartyError) -> (BackChannelRequest, RedirectURI)
    ) async throws(RelyingPartyError) -> BackChannelAnswer {
        var answer = try await attempt(make(), key, accessToken)
        if key != nil, answer.asksForNonce { answer = try await attempt(make(), key, accessToken) }
        return answer
    }

    private func attempt(
        _ made: (request: BackChannelRequest, location: RedirectURI), _ key: SigningKey?, _ accessToken: String?
    ) async throws(RelyingPartyError) -> BackChannelAnswer {
        var request = made.request
        let origin = made.location.origin
        if let key {
            do {
                request.proof = try VerifiedDPoPProof.make(
                    key: key, method: request.method.rawValue, url: made.location.withoutQuery, now: now(),
                    nonce: nonces.nonce(for: origin), accessToken: accessToken)
            } catch { throw .unusableConfiguration("The key of the login cannot sign.") }
        }
        let answer = try await channel.send(request)
        nonces.remember(from: answer, of: origin)
        return answer
    }
}

extension RedirectURI {
    /// `htu`: the URI that is called, without query and fragment (RFC 9449 §4.2); a `RedirectURI` has no fragment.
    fileprivate var withoutQuery: String { String(rawValue.prefix { $0 != "?" }) }
}
