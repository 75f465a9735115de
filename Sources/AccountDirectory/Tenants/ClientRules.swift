public import OpenIDMessages

/// Why a client cannot be as it is: the member at fault and a plain sentence. Neither holds a secret.
public struct ClientObjection: Sendable, Equatable {
    public let member: ClientMember
    /// The element of a list that is at fault.
    public let value: String?
    /// ASCII without quotes and backslashes, so that an error can carry it (RFC 6749 §5.2).
    public let message: String

    init(_ member: ClientMember, _ message: String, value: String? = nil) {
        self.member = member
        self.value = value
        self.message = message
    }
}

/// What clients are held to, wherever they come from: the region file and registration say the same.
public struct ClientRules: Sendable {
    let tenant: Tenant
    let isDevelopment: Bool
    let isNotified: Bool

    /// - Parameters:
    ///   - isDevelopment: `Region.isDevelopment`.
    ///   - isNotified: `Region.isNotified`.
    public init(tenant: Tenant, isDevelopment: Bool, isNotified: Bool) {
        self.tenant = tenant
        self.isDevelopment = isDevelopment
        self.isNotified = isNotified
    }

    /// Everything that stands against `client`.
    ///
    /// A client without keys of its own yet cannot authenticate; what its keys must be able to do is asked when they come.
    public func objections(to client: Client) -> [ClientObjection] {
        profile(client) + authentication(client) + addresses(client) + grants(client) + tokens(client)
            + backChannel(client) + encryption(client) + subject(client) + level(client) + vocabulary(client)
            + scopes(client)
    }

    // MARK: Profile and authentication

    private func profile(_ client: Client) -> [ClientObjection] {
        switch client.profile {
        case .fapi2: fapi(client)
        case .baseline: []
        case .legacy: legacy(client)
        }
    }

    /// FAPI 2.0 Security Profile §5.3.2.1 and §5.4.1.
    private func fapi(_ client: Client) -> [ClientObjection] {
        var objections: [ClientObjection] = []
        if client.authenticationMethod != .privateKeyJWT {
            objections.append(ClientObjection(.authenticationMethod, "profile fapi2 wants private_key_jwt"))
        }
        if !client.requiresPushedAuthorizationRequests {
            objections.append(ClientObjection(.pushedRequests, "profile fapi2 wants pushed authorization requests"))
        }
        if !client.requiresDPoP {
            objections.append(ClientObjection(.boundTokens, "profile fapi2 wants access tokens bound by DPoP"))
        }
        let cryptography = client.cryptography
        let algorithms: [(ClientMember, SignatureAlgorithm?)] = [
            (.idTokenAlgorithm, cryptography.idTokenAlgorithm), (.userinfoAlgorithm, cryptography.userinfoAlgorithm),
            (.authorizationResponseAlgorithm, cryptography.authorizationResponseAlgorithm),
            (.introspectionAlgorithm, cryptography.introspectionAlgorithm),
            (.assertionAlgorithm, cryptography.assertionAlgorithm),
            (.requestObjectAlgorithm, cryptography.requestObjectAlgorithm),
            (.backChannelRequestAlgorithm, client.backChannel?.requestAlgorithm),
        ]
        for (member, algorithm) in algorithms {
            guard let algorithm, !algorithm.isAllowedInFAPI else { continue }
            objections.append(
                ClientObjection(member, "profile fapi2 allows ES256, PS256 and EdDSA, not \(algorithm.rawValue)"))
        }
        return objections
    }

    /// Software without PKCE: only a secret at the token endpoint stands between a stolen code and its tokens.
    private func legacy(_ client: Client) -> [ClientObjection] {
        var objections: [ClientObjection] = []
        if ![.clientSecretBasic, .clientSecretPost].contains(client.authenticationMethod) {
            objections.append(
                ClientObjection(.authenticationMethod, "profile legacy is for clients with a client_secret method"))
        }
        if client.requiredLevel > .normal {
            objections.append(
                ClientObjection(.requiredLevel, "profile legacy has no logins above level normal"))
        }
        return objections
    }

    private func authentication(_ client: Client) -> [ClientObjection] {
        let method = client.authenticationMethod
        var objections: [ClientObjection] = []
        if !client.keys.isEmpty, client.keysURI != nil {
            objections.append(ClientObjection(.keysURI, "a client has either jwks or jwks_uri"))
        }
        if method != .privateKeyJWT, client.cryptography.assertionAlgorithm != nil {
            objections.append(
                ClientObjection(.assertionAlgorithm, "only a client with private_key_jwt makes assertions"))
        }
        guard method == .none else { return objections }
        for uri in client.redirectURIs where !uri.isLoopback {
            objections.append(
                ClientObjection(
                    .redirectURIs, "method none is for native applications with loopback redirect URIs (RFC 8252)",
                    value: uri.rawValue))
        }
        if !client.requiresDPoP {
            objections.append(ClientObjection(.boundTokens, "method none wants access tokens bound by DPoP"))
        }
        return objections
    }

    // MARK: Addresses

    /// Hosts that the tenant has proved to be its own (invariant I29).
    private func addresses(_ client: Client) -> [ClientObjection] {
        let isNative = client.authenticationMethod == .none
        let browser = { (member: ClientMember, uris: [RedirectURI], allowsLoopback: Bool) in
            uris.compactMap { uri in
                objection(
                    member, host: uri.host, isLoopback: uri.isLoopback, allowsLoopback: allowsLoopback,
                    value: uri.rawValue)
            }
        }
        let outbound: [(ClientMember, OutboundURL?)] = [
            (.keysURI, client.keysURI), (.sectorIdentifierURI, client.sectorIdentifierURI),
            (.backChannelLogoutURI, client.logout.backChannelURI),
            (.backChannelNotificationEndpoint, client.backChannel?.notificationEndpoint),
        ]
        return browser(.redirectURIs, client.redirectURIs, isNative)
            + browser(.postLogoutRedirectURIs, client.logout.returnURIs, isNative)
            + browser(.initiateLoginURI, [client.initiateLoginURI].compactMap(\.self), false)
            + outbound.compactMap { member, url in
                url.flatMap {
                    objection(member, host: "\($0.host)", isLoopback: $0.isLoopback, allowsLoopback: false, value: nil)
                }
            }
    }

    private func objection(
        _ member: ClientMember, host: String, isLoopback: Bool, allowsLoopback: Bool, value: String?
    ) -> ClientObjection? {
        if isLoopback {
            guard !isDevelopment, !allowsLoopback else { return nil }
            return ClientObjection(member, "a loopback address is only for a development region", value: value)
        }
        let names = tenant.hostNames
        guard !names.contains(host) else { return nil }
        let hosts = names.isEmpty ? "it has none" : "it has " + names.prefix(5).joined(separator: ", ")
        return ClientObjection(
            member, "host `\(host)` is not one of tenant `\(tenant.identifier)`; \(hosts)", value: value)
    }

    // MARK: Grants and tokens

    private func grants(_ client: Client) -> [ClientObjection] {
        let grants = client.grantTypes
        var objections: [ClientObjection] = []
        if grants.isEmpty { objections.append(ClientObjection(.grantTypes, "a client has at least one grant type")) }
        if grants.contains(.authorizationCode) {
            if client.redirectURIs.isEmpty {
                objections.append(
                    ClientObjection(.redirectURIs, "a client with authorization_code has a redirect URI"))
            }
            if client.responseModes.isEmpty {
                objections.append(ClientObjection(.responseModes, "a client has at least one response mode"))
            }
        }
        if grants.contains(.refreshToken), grants.isDisjoint(with: [.authorizationCode, .deviceCode, .backChannel]) {
            objections.append(
                ClientObjection(
                    .grantTypes, "refresh_token needs authorization_code, device_code or ciba beside it",
                    value: GrantType.refreshToken.rawValue))
        }
        for grant in [GrantType.clientCredentials, .tokenExchange, .backChannel] where grants.contains(grant) {
            guard client.authenticationMethod == .none else { continue }
            objections.append(
                ClientObjection(
                    .grantTypes, "a client with method none cannot have \(grant.rawValue)", value: grant.rawValue))
        }
        return objections
    }

    /// OpenID Connect CIBA Core §4.
    private func backChannel(_ client: Client) -> [ClientObjection] {
        guard let backChannel = client.backChannel else {
            guard client.grantTypes.contains(.backChannel) else { return [] }
            return [
                ClientObjection(
                    .grantTypes, "a client with the ciba grant has a backchannel_token_delivery_mode",
                    value: GrantType.backChannel.rawValue)
            ]
        }
        var objections: [ClientObjection] = []
        if !client.grantTypes.contains(.backChannel) {
            objections.append(ClientObjection(.backChannelDelivery, "the delivery mode needs the ciba grant beside it"))
        }
        let hasEndpoint = backChannel.notificationEndpoint != nil
        if backChannel.delivery == .ping, !hasEndpoint {
            objections.append(
                ClientObjection(
                    .backChannelDelivery, "the mode ping needs a backchannel_client_notification_endpoint"))
        }
        if backChannel.delivery == .poll, hasEndpoint {
            objections.append(
                ClientObjection(.backChannelNotificationEndpoint, "in the mode poll nobody is notified"))
        }
        let hasKeys = client.authenticationMethod == .privateKeyJWT || !client.keys.isEmpty || client.keysURI != nil
        if backChannel.requestAlgorithm != nil, !hasKeys {
            objections.append(
                ClientObjection(.backChannelRequestAlgorithm, "a client without keys cannot sign its requests"))
        }
        return objections
    }

    private func tokens(_ client: Client) -> [ClientObjection] {
        guard client.requiresSignedRequestObject, client.authenticationMethod != .privateKeyJWT, client.keys.isEmpty,
            client.keysURI == nil
        else { return [] }
        return [ClientObjection(.signedRequestObject, "a client without keys cannot sign request objects")]
    }

    /// RFC 7518 §4.3 and §4.6: what is encrypted to a client needs a key of its own for that.
    private func encryption(_ client: Client) -> [ClientObjection] {
        let wanted: [(ClientMember, EncryptionAlgorithm?)] = [
            (.idTokenEncryption, client.cryptography.idTokenEncryption),
            (.userinfoEncryption, client.cryptography.userinfoEncryption),
        ]
        let awaitsKeys = client.authenticationMethod == .privateKeyJWT && client.keys.isEmpty
        guard client.keysURI == nil, !awaitsKeys else { return [] }
        return wanted.compactMap { member, algorithm in
            guard let algorithm, !client.keys.contains(where: algorithm.fits) else { return nil }
            return ClientObjection(member, "the client has no key with use enc for \(algorithm.rawValue)")
        }
    }

    // MARK: People

    private func subject(_ client: Client) -> [ClientObjection] {
        guard client.subjectType == .public, client.sectorIdentifierURI != nil else { return [] }
        return [ClientObjection(.sectorIdentifierURI, "only pairwise subjects have a sector")]
    }

    private func level(_ client: Client) -> [ClientObjection] {
        guard client.requiredLevel < tenant.floor else { return [] }
        return [
            ClientObjection(
                .requiredLevel,
                "level `\(client.requiredLevel.name)` is below the floor `\(tenant.floor.name)` of tenant "
                    + "`\(tenant.identifier)`")
        ]
    }

    /// A login that says `http://eidas.europa.eu/LoA/substantial` says that Member States must recognise it.
    private func vocabulary(_ client: Client) -> [ClientObjection] {
        guard client.levelVocabulary == .eidas, !isNotified else { return [] }
        return [
            ClientObjection(
                .levelVocabulary,
                "the words of eIDAS are for means that are notified, and this region says `notified` "
                    + "of none")
        ]
    }

    private func scopes(_ client: Client) -> [ClientObjection] {
        client.scopes.filter { !(tenant.allowedScopes?.contains($0) ?? true) }.map { scope in
            ClientObjection(.scope, "tenant `\(tenant.identifier)` does not allow scope `\(scope)`", value: scope)
        }
    }
}

extension OutboundURL {
    fileprivate var isLoopback: Bool { ["localhost", "127.0.0.1", "[::1]", "::1"].contains("\(host)") }
}

extension EncryptionAlgorithm {
    /// True when a token can be encrypted to the key in this way.
    public func fits(_ key: JSONObject) -> Bool {
        guard key["use"] == "enc", key["alg"] == nil || key["alg"]?.string == rawValue else { return false }
        return switch self {
        case .ecdhESA256KW:
            key["kty"] == "EC" && key["crv"] == "P-256" || key["kty"] == "OKP" && key["crv"] == "X25519"
        case .rsaOAEP256: key["kty"] == "RSA"
        }
    }
}
