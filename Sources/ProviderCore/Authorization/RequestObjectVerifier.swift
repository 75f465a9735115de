internal import AccountDirectory
internal import IdentityCrypto
internal import OpenIDMessages

/// Opens request objects (RFC 9101, FAPI 2.0 Message Signing §5.3.1): signed by the client, for this provider, not too
/// old, used once.
struct RequestObjectVerifier: Sendable {
    /// The longest `exp` ahead and the longest `nbf` behind, in seconds.
    static let longestLife: Int64 = 3600
    /// How far a client's clock may be ahead, in seconds.
    static let clockTolerance: Int64 = 60

    let issuer: IssuerURL
    let keys: ClientKeys
    let uses: any OneTimeUseStore
    let clock: ProviderClock

    /// What a signed request is for.
    enum Kind: Sendable {
        /// RFC 9101: all parameters of an authorization request.
        case authorization
        /// CIBA Core §7.1.1: everything but the client's authentication, with all claims of time and `jti`.
        case backChannel
    }

    /// The parameters that the object holds. Throws `ClientRefusal`, or a fault of the store: then nothing succeeds.
    func parameters(
        of text: String, by client: RegisteredClient, kind: Kind = .authorization
    ) async throws -> FormParameters {
        let payload = try await verify(text, by: client, kind)
        try check(payload, of: client.client, kind)
        let parameters: FormParameters
        do {
            parameters =
                switch kind {
                case .authorization: try FormParameters(requestObject: payload)
                case .backChannel: try FormParameters(authenticationRequest: payload)
                }
        } catch {
            throw ClientRefusal(error.code, error.description, .requestObjectClaims)
        }
        try await useUp(payload, of: client.client.identifier, kind)
        return parameters
    }

    private func verify(_ text: String, by client: RegisteredClient, _ kind: Kind) async throws -> JSONObject {
        func refuse(_ description: String, _ reason: Refusal) -> ClientRefusal {
            self.refuse(description, reason, kind)
        }
        guard text.utf8.count(where: { $0 == UInt8(ascii: ".") }) != 4 else {
            throw refuse("encrypted request objects are not supported", .requestObjectSignature)
        }
        guard let token = try? CompactJWS(parsing: text) else {
            throw refuse("the request object is not a signed JWT", .requestObjectSignature)
        }
        // A token of another kind is no request object (RFC 9101 §10.8).
        guard token.header["typ"] == nil || ["oauth-authz-req+jwt", "jwt"].contains(token.normalizedType ?? "") else {
            throw refuse("the request object has the type of something else", .requestObjectSignature)
        }
        do {
            return try await keys.verify(
                token, by: client, registered: client.client.requestAlgorithm(kind)
            ).payload
        } catch let reason as Refusal {
            throw refuse(
                "the request object is not signed by the client as it registered",
                reason == .clientKeyUnknown ? reason : .requestObjectSignature)
        }
    }

    private func check(_ payload: JSONObject, of client: Client, _ kind: Kind) throws(ClientRefusal) {
        func refuse(_ description: String, _ reason: Refusal) -> ClientRefusal {
            self.refuse(description, reason, kind)
        }
        let identifier = client.identifier.rawValue
        // A client assertion has the client as its subject: neither may pass for the other (RFC 9101 §10.8).
        // Over the back channel the client has authenticated: `client_id` may be left out (CIBA Core §7.1.1).
        guard payload["iss"]?.string == identifier,
            kind == .backChannel && payload["client_id"] == nil || payload["client_id"]?.string == identifier,
            payload["sub"]?.string != identifier
        else {
            throw refuse("iss and client_id of the request object must be the client, sub not", .requestObjectClaims)
        }
        guard isForThisProvider(payload["aud"]) else {
            throw refuse("aud of the request object must be the issuer", .requestObjectClaims)
        }
        let now = clock.now()
        guard let expires = payload["exp"]?.integer,
            ((now + 1)...(now + Self.longestLife + Self.clockTolerance)).contains(Timestamp(seconds: expires))
        else { throw refuse("exp of the request object must be at most 60 minutes ahead", .requestObjectTime) }
        guard payload["nbf"] != nil || client.profile != .fapi2,
            isRecent(payload["nbf"], now: now), isRecent(payload["iat"], now: now)
        else { throw refuse("nbf of the request object must be at most 60 minutes ago", .requestObjectTime) }
        // CIBA Core §7.1.1 wants all of them.
        guard kind == .authorization || payload["nbf"] != nil && payload["iat"] != nil else {
            throw refuse("iat and nbf are wanted in a signed authentication request", .requestObjectTime)
        }
        guard kind == .authorization && payload["jti"] == nil || Self.identifier(payload) != nil else {
            throw refuse("jti of the request object is malformed", .requestObjectClaims)
        }
    }

    /// The issuer, or a list with the issuer in it (FAPI 2.0 Message Signing §5.3.1-3).
    private func isForThisProvider(_ audience: JSONValue?) -> Bool {
        guard let audience else { return false }
        let names = audience.string.map { [$0] } ?? audience.strings ?? []
        return names.count <= 8 && names.contains(issuer.rawValue)
    }

    private func isRecent(_ claim: JSONValue?, now: Timestamp) -> Bool {
        guard let claim else { return true }
        guard let seconds = claim.integer else { return false }
        return ((now - Self.longestLife)...(now + Self.clockTolerance)).contains(Timestamp(seconds: seconds))
    }

    private static func identifier(_ payload: JSONObject) -> TokenIdentifier? {
        payload["jti"]?.string.flatMap(TokenIdentifier.init(rawValue:))
    }

    private func useUp(_ payload: JSONObject, of client: ClientIdentifier, _ kind: Kind) async throws {
        guard let identifier = Self.identifier(payload), let expires = payload["exp"]?.integer else { return }
        guard
            try await uses.use(
                "\(client) \(identifier)", class: .requestObject, expiresAt: Timestamp(seconds: expires))
        else { throw refuse("the request object was used before", .requestObjectReplayed, kind) }
    }

    /// CIBA Core §13 knows no `invalid_request_object`.
    private func refuse(_ description: String, _ reason: Refusal, _ kind: Kind) -> ClientRefusal {
        ClientRefusal(kind == .authorization ? .invalidRequestObject : .invalidRequest, description, reason)
    }
}

extension Client {
    fileprivate func requestAlgorithm(_ kind: RequestObjectVerifier.Kind) -> SignatureAlgorithm? {
        switch kind {
        case .authorization: cryptography.requestObjectAlgorithm
        case .backChannel: backChannel?.requestAlgorithm
        }
    }
}
