internal import IdentityCrypto
internal import OpenIDMessages

/// What the provider publishes about itself, as the portal last read it.
///
/// Only time and unknown keys decide when it is read again: a provider's cache headers could otherwise keep a retired
/// key alive or have the portal ask without pause.
actor ProviderDirectory {
    private let issuer: IssuerURL
    private let channel: any BackChannel
    private var metadata: (value: ProviderMetadata, readAt: Timestamp)?
    private var keys: (value: VerificationKeySet, readAt: Timestamp)?

    /// Metadata is read again after an hour.
    private static let metadataLifetime: Int64 = 3600
    /// Keys are read at most once a minute, however many tokens name keys that do not exist, and at least once an
    /// hour, so that a key that was withdrawn is forgotten.
    private static let keyPause: Int64 = 60
    private static let keyLifetime: Int64 = 3600

    init(issuer: IssuerURL, channel: any BackChannel) {
        self.issuer = issuer
        self.channel = channel
    }

    func metadata(now: Timestamp) async throws(RelyingPartyError) -> ProviderMetadata {
        if let metadata, now < metadata.readAt + Self.metadataLifetime { return metadata.value }
        let location = ProviderMetadata.location(of: issuer)
        let json = try await channel.object(BackChannelRequest(.discovery, .get, url: location))
        do throws(MetadataDefect) {
            let value = try ProviderMetadata(json: json, issuer: issuer)
            metadata = (value, now)
            return value
        } catch { throw .unusableMetadata(error) }
    }

    /// The keys; read again when `identifier` is not among them.
    func keys(for identifier: String, now: Timestamp) async throws(RelyingPartyError) -> VerificationKeySet {
        if let keys, now < keys.readAt + Self.keyLifetime {
            let isKnown = keys.value.key(identifier: identifier) != nil
            if isKnown || now < keys.readAt + Self.keyPause { return keys.value }
        }
        let location = try await metadata(now: now).keySetLocation.rawValue
        let value = VerificationKeySet(jwks: try await channel.object(BackChannelRequest(.jwks, .get, url: location)))
        keys = (value, now)
        return value
    }
}
