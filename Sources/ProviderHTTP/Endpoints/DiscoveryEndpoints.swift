internal import HTTPTypes
internal import Hummingbird
internal import IdentityCrypto
internal import OpenIDMessages
internal import ProviderCore

/// Metadata and keys: public, the same for everybody, and allowed to be cached for a few minutes.
struct DiscoveryEndpoints {
    let provider: Provider

    func add(to router: Router<ProviderRequestContext>) {
        router.get("/.well-known/openid-configuration") { _, _ in published(provider.metadata) }
        router.get("/.well-known/oauth-authorization-server") { _, _ in published(provider.metadata) }
        router.get("/jwks") { _, _ in published(provider.keys.ring.jwks) }
    }

    private func published(_ document: JSONObject) -> Response {
        Answer.json(document, headers: [.cacheControl: "public, max-age=300", .accessControlAllowOrigin: "*"])
    }
}
