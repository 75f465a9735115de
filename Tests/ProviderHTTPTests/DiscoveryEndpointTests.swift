import AccountDirectory
import HTTPTypes
import HummingbirdTesting
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

/// OpenID Connect Discovery §3, RFC 7517 §5: both documents are kept as bytes until that changes which they say.
@Suite("Published documents")
struct DiscoveryEndpointTests {
    @Test("a rotated key is in the next answer of /jwks")
    func rotation() async throws {
        let provider = try await TestProvider()
        try await Site.serve(provider) { site in
            func keys() async throws -> [String] {
                let answer = try await site.get("/jwks")
                #expect(answer.headers[.contentType] == "application/json")
                #expect(answer.headers[.cacheControl] == "public, max-age=300")
                return (answer.json["keys"]?.array ?? []).compactMap { $0.object?["kid"]?.string }
            }
            let before = try await keys()
            #expect(try await keys() == before)
            try await provider.provider.keys.rotate(.es256, evenIfUnpublished: true)
            let after = try await keys()
            #expect(after == provider.provider.keys.ring.entries.map(\.key.thumbprint.rawValue))
            #expect(after != before)
        }
    }

    @Test("a region that is for development no longer offers no simulated levels")
    func development() async throws {
        let provider = try await TestProvider()
        try await Site.serve(provider) { site in
            func levels() async throws -> [String] {
                let document = try await site.get("/.well-known/openid-configuration").json
                return document["acr_values_supported"]?.strings ?? []
            }
            let registry = provider.provider.registry
            for isDevelopment in [true, false, true] {
                var region = registry.region
                region.isDevelopment = isDevelopment
                try registry.replace(with: region)
                #expect(try await levels().contains { $0.hasPrefix("sim:") } == isDevelopment)
            }
        }
    }
}
