public import OpenIDMessages

/// What a portal uses of the provider's metadata (OpenID Connect Discovery §3, RFC 8414 §2).
public struct ProviderMetadata: Sendable, Equatable {
    public let issuer: IssuerURL
    public let authorizationEndpoint: RedirectURI
    public let tokenEndpoint: RedirectURI
    public let keySetLocation: RedirectURI
    public let userinfoEndpoint: RedirectURI?
    public let pushedAuthorizationRequestEndpoint: RedirectURI?
    /// RFC 7009 §2.
    public let revocationEndpoint: RedirectURI?
    /// OpenID Connect RP-Initiated Logout §2.1.
    public let endSessionEndpoint: RedirectURI?
    /// Whether tokens can be bound to an ES256 key (`dpop_signing_alg_values_supported`, RFC 9449 §5.1).
    public let acceptsDPoP: Bool

    /// Where the metadata of an issuer is (OpenID Connect Discovery §4).
    public static func location(of issuer: IssuerURL) -> String {
        issuer.appending(DiscoveryDocument.Path.openIDConfiguration)
    }

    /// Reads the metadata that was fetched for `issuer`.
    public init(json: JSONObject, issuer: IssuerURL) throws(MetadataDefect) {
        // OpenID Connect Discovery §4.3: identical to the URL it was fetched for, or another provider could speak for
        // this one.
        guard json["issuer"]?.string.map({ Array($0.utf8) }) == Array(issuer.rawValue.utf8) else {
            throw .issuerMismatch
        }
        self.issuer = issuer
        authorizationEndpoint = try Self.required("authorization_endpoint", in: json)
        tokenEndpoint = try Self.required("token_endpoint", in: json)
        keySetLocation = try Self.required("jwks_uri", in: json)
        userinfoEndpoint = try Self.optional("userinfo_endpoint", in: json)
        pushedAuthorizationRequestEndpoint = try Self.optional("pushed_authorization_request_endpoint", in: json)
        revocationEndpoint = try Self.optional("revocation_endpoint", in: json)
        endSessionEndpoint = try Self.optional("end_session_endpoint", in: json)
        acceptsDPoP = json["dpop_signing_alg_values_supported"]?.strings?.contains("ES256") == true
        guard json["response_types_supported"]?.strings?.contains("code") == true else { throw .noCodeFlow }
        // RFC 9700 §2.1.1: a client must know that its challenge is not ignored.
        guard json["code_challenge_methods_supported"]?.strings?.contains("S256") == true else { throw .noPKCE }
    }

    private static func required(_ name: String, in json: JSONObject) throws(MetadataDefect) -> RedirectURI {
        guard let endpoint = try optional(name, in: json) else { throw .missing(name) }
        return endpoint
    }

    /// An `https` URL; a plain `http` endpoint would show codes and tokens to the network.
    private static func optional(_ name: String, in json: JSONObject) throws(MetadataDefect) -> RedirectURI? {
        guard let value = json[name] else { return nil }
        guard let text = value.string, text.hasPrefix("https://"), let endpoint = RedirectURI(rawValue: text) else {
            throw .notAnHTTPSURL(name)
        }
        return endpoint
    }
}

/// Why a provider's metadata cannot be used.
public enum MetadataDefect: Error, Sendable, Equatable {
    case issuerMismatch
    case missing(String)
    case notAnHTTPSURL(String)
    case noCodeFlow
    case noPKCE
    /// The portal wants bound tokens, and the provider does not bind them to ES256 keys.
    case noDPoP
    /// The portal wants to call an endpoint that the provider does not have.
    case endpointNotOffered(BackChannelEndpoint)

    var remedy: String {
        switch self {
        case .issuerMismatch:
            "The metadata names another issuer than the portal is configured for. "
                + "Copy the issuer exactly, without a slash at its end."
        case .missing(let name): "The provider's metadata has no \(name)."
        case .notAnHTTPSURL(let name): "The provider's \(name) is not an https URL."
        case .noCodeFlow: "The provider does not offer response_type code."
        case .noPKCE: "The provider does not offer PKCE with S256."
        case .noDPoP: "The provider does not offer DPoP with ES256."
        case .endpointNotOffered(let endpoint): "The provider has no \(endpoint.rawValue) endpoint."
        }
    }
}
