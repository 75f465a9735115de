internal import HTTPTypes
internal import Hummingbird
internal import IdentityCrypto
internal import NIOCore
internal import OpenIDMessages
internal import ProviderCore

/// Metadata and keys: public, the same for everybody, and allowed to be cached for a few minutes.
struct DiscoveryEndpoints {
    let provider: Provider

    func add(to router: Router<ProviderRequestContext>) {
        let metadata = WrittenDocument<Bool>()
        for path in [DiscoveryDocument.Path.openIDConfiguration, DiscoveryDocument.Path.authorizationServer] {
            router.get(RouterPath(path)) { _, _ in
                published(metadata.bytes(of: provider.isDevelopment) { provider.metadata(isDevelopment: $0) })
            }
        }
        let keys = WrittenDocument<[KeyThumbprint]>()
        router.get("/jwks") { _, _ in
            let ring = provider.keys.ring
            return published(keys.bytes(of: ring.entries.map(\.key.thumbprint)) { _ in ring.jwks })
        }
    }

    private func published(_ document: ByteBuffer) -> Response {
        Response(
            status: .ok,
            headers: [
                .contentType: "application/json", .cacheControl: "public, max-age=300",
                .accessControlAllowOrigin: "*",
            ], body: ResponseBody(byteBuffer: document))
    }
}
