internal import IdentityCrypto
internal import OpenIDMessages

extension LoggedIn {
    /// The whole login in bytes, for the portal's own memory of sessions: refreshing, userinfo and logout go on with it after a
    /// restart. It holds tokens and the private key: seal it, with `SealedBox` for example.
    public var serialized: [UInt8] {
        var json: JSONObject = [
            "version": .integer(Self.version), "id_token": .string(signedIDToken),
            "access_token": .string(accessToken), "nonce": .string(first.nonce.rawValue),
            "azp": .bool(first.hasAuthorizedParty),
        ]
        json["auth_time"] = first.authenticatedAt?.json
        json["sid"] = session.map { .string($0.rawValue) }
        json["served_tenant"] = servedTenant.map { .string($0.rawValue) }
        json["expires_at"] = accessTokenExpiresAt?.json
        json["refresh_token"] = refreshToken.map { .string($0) }
        json["key"] = proofKey.map { key in
            .object(["alg": .string(key.algorithm.rawValue), "der": .string(Base64URL.encode(key.derRepresentation))])
        }
        return json.serialized
    }

    /// The login that `serialized` gave. Its tokens were validated then and are not again: read nothing that others can write.
    public init(serialized: [UInt8]) throws(RelyingPartyError) {
        do { self = try Self.read(serialized) } catch { throw .unreadableLogin }
    }

    private static let version: Int64 = 1

    private static func read(_ bytes: [UInt8]) throws -> LoggedIn {
        var members = MemberReader(try StrictJSON.parseObject(bytes, maximumLength: BackChannelAnswer.maximumLength))
        guard try members.count("version") == version else { throw MessageError.malformed("version") }
        let token = try members.string("id_token", maximumLength: TokenResponse.maximumLength)
        guard let claims = try CompactJWS(parsing: token).unverifiedPayload else { throw JWSError.wrongPayload }
        guard let acr = claims["acr"]?.string, let context = AcceptedLevels.any.context(ofSatisfying: acr),
            let subject = claims["sub"]?.string.flatMap(SubjectIdentifier.init(rawValue:))
        else { throw MessageError.malformed("id_token") }
        let login = LoggedIn(
            idToken: claims, signedIDToken: token, servedTenant: try members.optionalWire("served_tenant"),
            session: try members.optionalWire("sid"), acr: acr, authenticationContext: context,
            accessToken: try members.string("access_token", maximumLength: TokenResponse.maximumLength),
            accessTokenExpiresAt: try members.optionalTime("expires_at"),
            refreshToken: try members.optionalString("refresh_token", maximumLength: TokenResponse.maximumLength),
            proofKey: try members.optionalObject("key").map(key),
            first: FirstIDToken(
                subject: subject, nonce: try members.wire("nonce"),
                authenticatedAt: try members.optionalTime("auth_time"),
                hasAuthorizedParty: try members.bool("azp")))
        try members.finish()
        return login
    }

    private static func key(_ json: JSONObject) throws -> SigningKey {
        var members = MemberReader(json)
        let algorithm = try members.choice("alg", as: JWSAlgorithm.self)
        guard let bytes = Base64URL.decode(try members.string("der", maximumLength: 8192)) else {
            throw MessageError.malformed("der")
        }
        return try SigningKey(algorithm, derRepresentation: bytes)
    }
}
