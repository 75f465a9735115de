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

    // fapi2-security-profile-final-discovery-end-point-verification
    @Test(
        "oidcc-discovery-endpoint-verification, RFC 8414 §3: both documents are one, of the issuer, and lead somewhere")
    func endpoints() async throws {
        try await Site.serve(TestProvider()) { site in
            let answer = try await site.get(DiscoveryDocument.Path.openIDConfiguration)
            #expect(try await site.get(DiscoveryDocument.Path.authorizationServer).text == answer.text)
            let document = answer.json
            let issuer = TestRegion.issuer.rawValue
            #expect(document["issuer"]?.string == issuer)
            let addresses = document.members.filter { $0.name.hasSuffix("_endpoint") || $0.name == "jwks_uri" }
            #expect(
                addresses.map(\.name).sorted() == [
                    "authority_check_endpoint", "authorization_endpoint", "backchannel_authentication_endpoint",
                    "device_authorization_endpoint", "end_session_endpoint", "introspection_endpoint", "jwks_uri",
                    "pushed_authorization_request_endpoint", "registration_endpoint", "revocation_endpoint",
                    "services_endpoint", "token_endpoint", "userinfo_endpoint",
                ])
            for (name, value) in addresses.map({ ($0.name, $0.value) }) {
                let address = try #require(value.string)
                try #require(address.hasPrefix(issuer + "/"), "\(name)")
                // Each service has an address below that one, which takes no other parameter than `tenant`.
                let path = String(address.dropFirst(issuer.count)) + (name == "services_endpoint" ? "/any?other=1" : "")
                let isThere = try await [
                    site.get(path).status, site.client.execute(uri: path, method: .post).status,
                ].contains { $0 != .notFound && $0 != .methodNotAllowed }
                #expect(isThere, "\(name)")
            }
        }
    }

    /// Lists of the metadata, in any order. Whoever changes one changes what every portal's software reads.
    private static let lists: [String: Set<String>] = [
        "scopes_supported": Set(ClaimCatalogue.scopes.map(\.scope)).union(["profile", "address"]),
        "response_types_supported": ["code"], "subject_types_supported": ["pairwise", "public"],
        "response_modes_supported": ["query", "form_post", "jwt", "query.jwt", "form_post.jwt"],
        "grant_types_supported": [
            "authorization_code", "refresh_token", "client_credentials",
            "urn:ietf:params:oauth:grant-type:device_code", "urn:ietf:params:oauth:grant-type:token-exchange",
            "urn:openid:params:grant-type:ciba",
        ],
        "token_endpoint_auth_methods_supported": methods,
        "introspection_endpoint_auth_methods_supported": methods.subtracting(["none"]),
        "revocation_endpoint_auth_methods_supported": methods,
        "id_token_signing_alg_values_supported": algorithms, "userinfo_signing_alg_values_supported": algorithms,
        "introspection_signing_alg_values_supported": algorithms,
        "authorization_signing_alg_values_supported": algorithms,
        "token_endpoint_auth_signing_alg_values_supported": algorithms,
        "introspection_endpoint_auth_signing_alg_values_supported": algorithms,
        "revocation_endpoint_auth_signing_alg_values_supported": algorithms,
        "request_object_signing_alg_values_supported": algorithms,
        "backchannel_authentication_request_signing_alg_values_supported": algorithms,
        "dpop_signing_alg_values_supported": algorithms.subtracting(["RS256"]),
        "id_token_encryption_alg_values_supported": encryption,
        "id_token_encryption_enc_values_supported": ["A256GCM"],
        "userinfo_encryption_alg_values_supported": encryption,
        "userinfo_encryption_enc_values_supported": ["A256GCM"],
        "backchannel_token_delivery_modes_supported": ["poll", "ping"],
        "code_challenge_methods_supported": ["S256"], "claim_types_supported": ["normal"],
        "ui_locales_supported": ["de", "en"],
    ]
    private static let methods: Set = ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"]
    private static let algorithms: Set = ["ES256", "PS256", "EdDSA", "RS256"]
    private static let encryption: Set = ["RSA-OAEP-256", "ECDH-ES+A256KW"]

    @Test("what the document lists is what is meant to be there, and each algorithm has a current key in /jwks")
    func lists() async throws {
        let provider = try await TestProvider()
        try await Site.serve(provider) { site in
            let document = try await site.get(DiscoveryDocument.Path.openIDConfiguration).json
            for (name, values) in Self.lists.sorted(by: { $0.key < $1.key }) {
                #expect(document[name]?.strings.map(Set.init) == values, "\(name)")
            }
            let keys = (try await site.get("/jwks").json["keys"]?.array ?? []).compactMap(\.object)
            for name in Self.algorithms {
                let algorithm = try #require(JWSAlgorithm(rawValue: name))
                let current = try #require(provider.provider.keys.ring.signingKey(algorithm))
                #expect(
                    keys.contains {
                        $0["alg"]?.string == name && $0["kid"]?.string == current.thumbprint.rawValue
                    }, "\(name)")
            }
        }
    }

    @Test("each way of client authentication that is listed works at the three endpoints that list it")
    func authentication() async throws {
        let provider = try await TestProvider.withGrants()
        try await Site.serve(provider) { site in
            var seen: Set<String> = []
            for portal in [TestRegion.basic, TestRegion.post, TestRegion.pushing, TestGrants.native] {
                seen.insert(portal.client.authenticationMethod.rawValue)
                let isProved = portal.client.authenticationMethod != .none
                for (path, isOpen) in [("/introspect", isProved), ("/revoke", true)] {
                    let answer = try await site.post(path, form: ["token": "x"], as: portal)
                    #expect(answer.status == (isOpen ? .ok : .unauthorized), "\(portal.identifier) at \(path)")
                }
                let answer = try await site.post("/token", form: portal.tokenRequest(code: "ac_x"), as: portal)
                #expect(answer.error == "invalid_grant", "\(portal.identifier)")
            }
            #expect(seen == Self.methods)
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
