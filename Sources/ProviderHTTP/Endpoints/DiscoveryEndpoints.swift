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
            router.publicDocument(RouterPath(path)) {
                published(metadata.bytes(of: provider.isDevelopment) { provider.metadata(isDevelopment: $0) })
            }
        }
        let keys = WrittenDocument<[KeyThumbprint]>()
        router.publicDocument("/jwks") {
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

extension Router<ProviderRequestContext> {
    /// What is the same for everybody: by GET, and for monitors by HEAD (RFC 9110 §9.3.2). `FrontDoor` leaves the body out.
    func publicDocument(_ path: RouterPath, _ document: @Sendable @escaping () -> Response) {
        for method in [HTTPRequest.Method.get, .head] { on(path, method: method) { _, _ in document() } }
    }
}
