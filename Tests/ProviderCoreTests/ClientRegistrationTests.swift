import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import SQLiteStore
import Testing

/// RFC 7591, RFC 7592, OpenID Connect Registration 1.0; checklist A2, A3, B1, K1.
@Suite("Registration of clients")
struct ClientRegistrationTests {
    private static let shared = Task { try await TestProvider() }

    /// What a refusal says, or nil.
    private static func refusal(_ body: () async throws -> Void) async throws -> OAuthError? {
        do {
            try await body()
            return nil
        } catch let refusal as ClientRefusal {
            #expect(
                refusal.error.description.utf8.allSatisfy { (0x20...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C })
            return refusal.error
        }
    }

    // oidcc-idtoken-signature
    @Test("oidcc-registration: a client with a secret gets it once and can act")
    func secretClient() async throws {
        let provider = try await Self.shared.value
        let answer = try await provider.register(TestRegistrant.metadata())
        let name = try #require(answer["client_id"]?.string)
        let secret = try #require(answer["client_secret"]?.string)
        #expect(answer["client_secret_expires_at"] == 0)
        #expect(answer["client_id_issued_at"] == provider.now.json)
        #expect(
            answer["registration_client_uri"]?.string == TestRegion.issuer.appending("/register/" + name))
        #expect(answer["token_endpoint_auth_method"] == "client_secret_basic")
        #expect(answer["id_token_signed_response_alg"] == "RS256", "OpenID Connect Registration §2")
        #expect(answer["grant_types"] == ["authorization_code"])
        #expect(answer["response_types"] == ["code"])
        #expect(answer["subject_type"] == "pairwise")
        let identifier = try #require(ClientIdentifier(rawValue: name))
        let client = try await provider.provider.authenticate(.basic(client: identifier, secret: secret))
        #expect(client.registered.client.profile == .baseline)
        #expect(client.registered.scope.tenant.identifier == TestRegion.herten)
        let token = try #require(answer["registration_access_token"]?.string)
        let later = try provider.provider.registrations.configuration(of: name, token: token)
        #expect(later["client_secret"] == nil, "shown once")
        #expect(later["client_name"] == "Meldeportal")
        #expect(later["registration_access_token"]?.string == token)
    }

    @Test("a client with a key that binds its tokens is held to FAPI 2.0")
    func keyedClient() async throws {
        let provider = try await Self.shared.value
        let key = SigningKey.makeES256()
        let answer = try await provider.register(
            TestRegistrant.keyed(key, ["dpop_bound_access_tokens": true]))
        #expect(answer["client_secret"] == nil)
        #expect(answer["require_pushed_authorization_requests"] == true)
        #expect(answer["id_token_signed_response_alg"] == "ES256")
        let name = try #require(answer["client_id"]?.string)
        let client = try await provider.provider.authenticate(
            TestRegistrant.assertion(of: name, key: key, now: provider.now))
        #expect(client.registered.client.profile == .fapi2)
    }

    @Test("what is in force can be read and sent back as it is, and stays (oidcc-3rd_party-init-login)")
    func roundTrip() async throws {
        let provider = try await Self.shared.value
        let key = SigningKey.makeES256()
        let everything: [String: JSONValue?] = [
            "dpop_bound_access_tokens": true,
            "grant_types": ["authorization_code", "refresh_token", "urn:openid:params:grant-type:ciba"],
            "backchannel_token_delivery_mode": "ping",
            "backchannel_client_notification_endpoint": "https://herten.example/ciba",
            "backchannel_authentication_request_signing_alg": "ES256",
            "response_modes": ["form_post", "jwt", "query"], "application_type": "web", "response_types": ["code"],
            "token_endpoint_auth_signing_alg": "ES256", "request_object_signing_alg": "ES256",
            "require_signed_request_object": true, "userinfo_signed_response_alg": "PS256",
            "authorization_signed_response_alg": "EdDSA", "introspection_signed_response_alg": "PS256",
            "id_token_encrypted_response_alg": "ECDH-ES+A256KW", "id_token_encrypted_response_enc": "A256GCM",
            "default_max_age": 600, "acr_vocabulary": "akdb",
            "initiate_login_uri": "https://herten.example/start",
            "post_logout_redirect_uris": ["https://herten.example/bye"],
            "backchannel_logout_uri": "https://herten.example/out", "backchannel_logout_session_required": true,
            "jwks": .object([
                "keys": [
                    .object(key.publicKey.listedJWK(identifier: "key-1")),
                    .object(encryptionKey(SigningKey.makeES256())),
                ]
            ]),
        ]
        let answer = try await provider.register(TestRegistrant.keyed(key, everything))
        for (name, value) in everything { #expect(answer[name] == value, "\(name)") }
        var request = answer
        for name in ["registration_access_token", "registration_client_uri", "client_id_issued_at"] {
            request[name] = nil
        }
        let token = try #require(answer["registration_access_token"]?.string)
        let client = try #require(answer["client_id"]?.string)
        #expect(try provider.provider.registrations.configuration(of: client, token: token) == answer)
        let replaced = try await provider.provider.registrations.replace(client, with: request, token: token)
        #expect(replaced == answer)
    }

    private func encryptionKey(_ key: SigningKey) -> JSONObject {
        var jwk = key.publicKey.jwk
        jwk["kid"] = "for-encryption"
        jwk["use"] = "enc"
        return jwk
    }

    static let unusableMembers: [(String, JSONValue?, OAuthError.Code)] = [
        ("redirect_uris", nil, .invalidRedirectURI),
        ("redirect_uris", [], .invalidRedirectURI),
        ("redirect_uris", "https://herten.example/callback", .invalidRedirectURI),
        // oidcc-redirect-uri-regfrag
        ("redirect_uris", ["https://herten.example/callback#fragment"], .invalidRedirectURI),
        ("redirect_uris", ["https://marl.example/callback"], .invalidRedirectURI),
        ("redirect_uris", ["https://herten.example/a", "https://herten.example/a"], .invalidRedirectURI),
        ("redirect_uris", .strings((0..<21).map { "https://herten.example/\($0)" }), .invalidRedirectURI),
        ("redirect_uris", ["https://herten.example/a", 1], .invalidRedirectURI),
        ("software_statement", "eyJ", .unapprovedSoftwareStatement),
        ("token_endpoint_auth_method", "tls_client_auth", .invalidClientMetadata),
        ("token_endpoint_auth_method", "client_secret_jwt", .invalidClientMetadata),
        ("token_endpoint_auth_method", "none", .invalidRedirectURI),
        ("token_endpoint_auth_method", "private_key_jwt", .invalidClientMetadata),
        ("token_endpoint_auth_signing_alg", "ES256", .invalidClientMetadata),
        ("token_endpoint_auth_signing_alg", "none", .invalidClientMetadata),
        ("id_token_signed_response_alg", "none", .invalidClientMetadata),
        ("id_token_signed_response_alg", "HS256", .invalidClientMetadata),
        ("id_token_encrypted_response_alg", "ECDH-ES+A256KW", .invalidClientMetadata),
        ("id_token_encrypted_response_enc", "A128CBC-HS256", .invalidClientMetadata),
        // OpenID Connect Registration §2: only beside the algorithm.
        ("id_token_encrypted_response_enc", "A256GCM", .invalidClientMetadata),
        ("userinfo_encrypted_response_enc", "A256GCM", .invalidClientMetadata),
        ("authorization_encrypted_response_enc", "A256GCM", .invalidClientMetadata),
        ("introspection_encrypted_response_enc", "A256GCM", .invalidClientMetadata),
        ("request_object_encryption_enc", "A256GCM", .invalidClientMetadata),
        ("userinfo_encrypted_response_alg", "RSA1_5", .invalidClientMetadata),
        ("request_object_signing_alg", "none", .invalidClientMetadata),
        ("request_object_encryption_alg", "RSA-OAEP-256", .invalidClientMetadata),
        ("grant_types", ["implicit"], .invalidClientMetadata),
        ("grant_types", ["password"], .invalidClientMetadata),
        ("grant_types", ["refresh_token"], .invalidClientMetadata),
        ("grant_types", ["authorization_code", "client_credentials"], .invalidClientMetadata),
        ("grant_types", ["authorization_code", "authorization_code"], .invalidClientMetadata),
        ("response_types", ["code id_token"], .invalidClientMetadata),
        ("response_types", ["token"], .invalidClientMetadata),
        ("response_types", [], .invalidClientMetadata),
        ("response_modes", ["fragment"], .invalidClientMetadata),
        ("response_modes", [], .invalidClientMetadata),
        ("scope", "openid nonsense", .invalidClientMetadata),
        ("scope", "person", .invalidClientMetadata),
        ("scope", "openid  person", .invalidClientMetadata),
        ("scope", ["openid"], .invalidClientMetadata),
        ("subject_type", "public", .invalidClientMetadata),
        ("application_type", "native", .invalidRedirectURI),
        ("application_type", "desktop", .invalidClientMetadata),
        ("client_name", "", .invalidClientMetadata),
        ("client_name", "   ", .invalidClientMetadata),
        ("client_name", "Stadt\u{202E}Herten", .invalidClientMetadata),
        ("client_name", .string(String(repeating: "a", count: 101)), .invalidClientMetadata),
        ("default_max_age", -1, .invalidClientMetadata),
        ("default_max_age", .number(1.5), .invalidClientMetadata),
        ("default_max_age", "600", .invalidClientMetadata),
        ("dpop_bound_access_tokens", "true", .invalidClientMetadata),
        ("require_signed_request_object", true, .invalidClientMetadata),
        ("jwks", .object(["keys": []]), .invalidClientMetadata),
        ("jwks", ["keys"], .invalidClientMetadata),
        ("jwks", .object(["keys": [.object(["kty": "oct", "k": "AAAA", "kid": "a"])]]), .invalidClientMetadata),
        ("jwks_uri", "https://marl.example/keys", .invalidClientMetadata),
        ("jwks_uri", "http://herten.example/keys", .invalidClientMetadata),
        ("backchannel_logout_uri", "https://marl.example/out", .invalidClientMetadata),
        // CIBA Core §4: the grant, the mode and the endpoint go together; push is not offered.
        ("backchannel_token_delivery_mode", "poll", .invalidClientMetadata),
        ("backchannel_token_delivery_mode", "push", .invalidClientMetadata),
        ("backchannel_client_notification_endpoint", "https://herten.example/ciba", .invalidClientMetadata),
        ("backchannel_authentication_request_signing_alg", "ES256", .invalidClientMetadata),
        ("backchannel_user_code_parameter", true, .invalidClientMetadata),
        ("backchannel_without_call_code", true, .invalidClientMetadata),
        ("grant_types", ["authorization_code", "urn:openid:params:grant-type:ciba"], .invalidClientMetadata),
        ("frontchannel_logout_uri", "https://herten.example/out", .invalidClientMetadata),
        ("request_uris", ["https://herten.example/request"], .invalidClientMetadata),
        ("tls_client_certificate_bound_access_tokens", true, .invalidClientMetadata),
        ("default_acr_values", ["http://bsi.bund.de/eID/LoA/normal"], .invalidClientMetadata),
        // The region's means are not notified.
        ("acr_vocabulary", "eidas", .invalidClientMetadata),
        ("acr_vocabulary", "loa", .invalidClientMetadata),
        // What only the operator gives.
        ("profile", "legacy", .invalidClientMetadata),
        ("required_level", "normal", .invalidClientMetadata),
        ("resources", ["https://herten.example/api"], .invalidClientMetadata),
        ("serves_resource", "https://herten.example/api", .invalidClientMetadata),
    ]

    @Test("one member that cannot be used is refused, and the token keeps its use", arguments: unusableMembers)
    func unusable(member: String, value: JSONValue?, code: OAuthError.Code) async throws {
        let provider = try await Self.shared.value
        let token = try await provider.initialAccessToken()
        let error = try await Self.refusal {
            _ = try await provider.provider.registrations.register(
                TestRegistrant.metadata([member: value]), token: token)
        }
        #expect(error?.code == code, "\(String(describing: error))")
        _ = try await provider.provider.registrations.register(TestRegistrant.metadata(), token: token)
    }

    // oidcc-3rd_party-init-login-nohttps
    @Test(
        "no address that is not a plain one, in any member (checklist A2, A3)",
        arguments: [
            "redirect_uris", "post_logout_redirect_uris", "initiate_login_uri", "jwks_uri", "sector_identifier_uri",
            "backchannel_logout_uri", "backchannel_client_notification_endpoint", "logo_uri", "tos_uri", "policy_uri",
            "client_uri",
        ])
    func hostileAddresses(member: String) async throws {
        let provider = try await Self.shared.value
        let token = try await provider.initialAccessToken()
        for address in [
            "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\tscript:alert(1)",
            "javascript%3Aalert(1)", "\u{1}javascript:alert(1)", "data:text/html,a", "DATA:text/html;base64,AA",
            "file:///etc/passwd", "blob:https://herten.example/a", "vbscript:a", "\u{FEFF}javascript:a", "*",
            "https://*", "https://*.example/", "https://herten.example/*", "https://herten.example*",
            "https://herten.example/#a", "https://a@herten.example/", "https://herten.example\\@evil.example/",
            "//herten.example/", "HTTPS://herten.example/", "https://", "",
        ] {
            let value: JSONValue = member.hasSuffix("uris") ? [.string(address)] : .string(address)
            let error = try await Self.refusal {
                _ = try await provider.provider.registrations.register(
                    TestRegistrant.metadata([member: value]), token: token)
            }
            #expect(error != nil, "\(member) \(address)")
        }
    }

    @Test("members that nobody knows are passed over, null counts as absent (RFC 7591 §2, RFC 7592 §2.2)")
    func unknownMembers() async throws {
        let provider = try await Self.shared.value
        let answer = try await provider.register(
            TestRegistrant.metadata([
                "client_name#de": "Portal", "software_id": "x", "contacts": ["a@b.example"], "jwks": .null,
                "request_uris": [], "logo_uri": "https://herten.example/logo.png", "frontchannel_logout_uri": "",
            ]))
        for name in ["client_name#de", "software_id", "contacts", "jwks", "logo_uri"] {
            #expect(answer[name] == nil, "\(name)")
        }
    }

    @Test("jwks and jwks_uri exclude each other")
    func twoSourcesOfKeys() async throws {
        let provider = try await Self.shared.value
        let metadata = TestRegistrant.keyed(.makeES256(), ["jwks_uri": "https://herten.example/keys"])
        let error = try await Self.refusal { _ = try await provider.register(metadata) }
        #expect(error?.code == .invalidClientMetadata)
    }

    @Test("a native application has no secret, and its tokens are bound (checklist B1)")
    func nativeClient() async throws {
        let provider = try await Self.shared.value
        let metadata = TestRegistrant.metadata([
            "token_endpoint_auth_method": "none", "redirect_uris": ["http://127.0.0.1/callback"],
            "application_type": "native",
        ])
        let answer = try await provider.register(metadata)
        #expect(answer["client_secret"] == nil)
        #expect(answer["dpop_bound_access_tokens"] == true)
        let identifier = try #require(answer["client_id"]?.string.flatMap(ClientIdentifier.init(rawValue:)))
        _ = try await provider.provider.authenticate(.unproved(client: identifier))
        let error = try await Self.refusal {
            _ = try await provider.provider.authenticate(.basic(client: identifier, secret: ""))
        }
        #expect(error?.code == .invalidClient)
        var unbound = metadata
        unbound["dpop_bound_access_tokens"] = false
        #expect(try await Self.refusal { _ = try await provider.register(unbound) }?.code == .invalidClientMetadata)
    }

    // MARK: Tokens

    @Test("an initial access token is good for its uses and its time, and for nothing else")
    func initialAccessTokens() async throws {
        let provider = try await TestProvider()
        let flow = provider.provider.registrations
        func register(_ token: String) async throws -> OAuthError.Code? {
            try await Self.refusal { _ = try await flow.register(TestRegistrant.metadata(), token: token) }?.code
        }
        let twice = try await provider.initialAccessToken(uses: 2)
        let short = try await provider.initialAccessToken(lifetime: 10)
        for wrong in ["", "ia_", twice + "A", String(twice.dropLast()), "ra_" + twice.dropFirst(3), twice.uppercased()]
        {
            #expect(try await register(wrong) == .invalidToken)
        }
        #expect(try await register(twice) == nil)
        #expect(try await register(twice) == nil)
        #expect(try await register(twice) == .invalidToken)
        provider.clock.advance(11)
        #expect(try await register(short) == .invalidToken)
        let unknown = try #require(TenantIdentifier(rawValue: "nowhere"))
        #expect(provider.provider.registry.scope(for: LocalOperator(), at: unknown) == nil)
        try provider.changeRegion { region in
            for index in region.tenants.indices where region.tenants[index].identifier == TestRegion.herten {
                region.tenants[index].state = .suspended
            }
        }
        #expect(
            try await flow.issueToken(in: provider.scope(TestRegion.herten), by: nil, uses: 1, lifetime: 60) == nil)
    }

    @Test(
        "the trail says who let a client in: the token's name is with both events, and one that is ended lets in nobody"
    )
    func namedTokens() async throws {
        let provider = try await TestProvider()
        let flow = provider.provider.registrations
        let scope = try provider.scope(TestRegion.herten)
        let token = try #require(try await flow.issueToken(in: scope, by: nil, uses: 2, lifetime: 60))
        let client = try await flow.register(TestRegistrant.metadata(), token: token.text).text("client_id")
        #expect(try await flow.tokens(in: scope).map(\.name) == [token.name])
        #expect(try await flow.tokens(in: scope).map(\.usesLeft) == [1])
        #expect(try await flow.revokeToken(token.name, in: scope, by: nil))
        #expect(try await !flow.revokeToken(token.name, in: scope, by: nil))
        #expect(try await flow.tokens(in: scope).isEmpty)
        let refused = try await Self.refusal {
            _ = try await flow.register(TestRegistrant.metadata(), token: token.text)
        }
        #expect(refused?.code == .invalidToken)
        #expect(provider.provider.registry.listing.contains { $0.client.identifier.rawValue == client }, "it stays")
        let events = try await provider.provider.audit.export(.tenant(TestRegion.herten), after: 0)
            .filter { $0.kind.hasPrefix("client.") }
        #expect(events.map(\.kind) == ["client.token_issued", "client.registered", "client.token_revoked"])
        #expect(events.map(\.object) == [token.name.rawValue, "\(client) \(token.name)", token.name.rawValue])
        #expect(events.allSatisfy { !$0.json.text.contains(token.text) })
    }

    @Test("a token with one use registers one client, however many ask at once")
    func parallelRegistrations() async throws {
        let provider = try await TestProvider()
        let token = try await provider.initialAccessToken()
        let names = await withTaskGroup(of: String?.self) { group in
            for _ in 0..<16 {
                group.addTask {
                    let answer = try? await provider.provider.registrations.register(
                        TestRegistrant.metadata(), token: token)
                    return answer?["client_id"]?.string
                }
            }
            return await group.reduce(into: [String]()) { if let name = $1 { $0.append(name) } }
        }
        #expect(names.count == 1)
        #expect(provider.provider.registry.listing.filter(\.isRegistered).map(\.client.identifier.rawValue) == names)
    }

    @Test("only a client's own registration access token reaches it; all others hear the same (checklist K1)")
    func foreignTokens() async throws {
        let provider = try await Self.shared.value
        let flow = provider.provider.registrations
        let first = try await provider.register(TestRegistrant.metadata())
        let second = try await provider.register(TestRegistrant.metadata())
        let name = try #require(first["client_id"]?.string)
        let initial = try await provider.initialAccessToken()
        let tokens = [second["registration_access_token"]?.string ?? "", initial, "", "ra_x"]
        var heard: Set<String> = []
        for token in tokens {
            for client in [name, "nobody", "basic", "a/b", ""] {
                var request = TestRegistrant.metadata()
                request["client_id"] = .string(client)
                let calls: [() async throws -> Void] = [
                    { _ = try flow.configuration(of: client, token: token) },
                    { _ = try await flow.replace(client, with: request, token: token) },
                    { try await flow.remove(client, token: token) },
                ]
                for call in calls {
                    let error = try #require(try await Self.refusal(call))
                    #expect(error.code == .invalidToken)
                    heard.insert(error.description)
                }
            }
        }
        #expect(heard.count == 1)
        var shown = first
        for member in ["client_secret", "client_secret_expires_at"] { shown[member] = nil }
        let own = try #require(first["registration_access_token"]?.string)
        #expect(try flow.configuration(of: name, token: own) == shown)
    }

    // MARK: Changes

    @Test("a replacement names its client, and holds nothing that only the provider says (RFC 7592 §2.2)")
    func replacement() async throws {
        let provider = try await Self.shared.value
        let flow = provider.provider.registrations
        let answer = try await provider.register(TestRegistrant.metadata())
        let name = try #require(answer["client_id"]?.string)
        let token = try #require(answer["registration_access_token"]?.string)
        let good = TestRegistrant.metadata(["client_id": .string(name), "client_name": "Neu"])
        let wrong: [(String, JSONValue?)] = [
            ("client_id", nil), ("client_id", "basic"), ("client_secret", "guessed"), ("client_secret", 1),
            ("registration_access_token", .string(token)), ("registration_client_uri", "https://a.example"),
            ("client_secret_expires_at", 0), ("client_id_issued_at", 0), ("redirect_uris", ["https://marl.example/"]),
        ]
        for (member, value) in wrong {
            var request = good
            request[member] = value
            let error = try await Self.refusal { _ = try await flow.replace(name, with: request, token: token) }
            #expect(error != nil, "\(member)")
            #expect(error?.code != .invalidToken, "\(member)")
        }
        #expect(try flow.configuration(of: name, token: token)["client_name"] == "Meldeportal")
        var request = good
        request["client_secret"] = answer["client_secret"]
        let replaced = try await flow.replace(name, with: request, token: token)
        #expect(replaced["client_name"] == "Neu")
        #expect(replaced["client_secret"] == nil, "the secret stays")
        let identifier = try #require(ClientIdentifier(rawValue: name))
        let secret = try #require(answer["client_secret"]?.string)
        _ = try await provider.provider.authenticate(.basic(client: identifier, secret: secret))
    }

    @Test("a client that changes to a key loses its secret, and gets a new one when it changes back")
    func changeOfMethod() async throws {
        let provider = try await Self.shared.value
        let flow = provider.provider.registrations
        let answer = try await provider.register(TestRegistrant.metadata())
        let name = try #require(answer["client_id"]?.string)
        let token = try #require(answer["registration_access_token"]?.string)
        let identifier = try #require(ClientIdentifier(rawValue: name))
        let secret = try #require(answer["client_secret"]?.string)
        let key = SigningKey.makeES256()
        _ = try await flow.replace(
            name, with: TestRegistrant.keyed(key, ["client_id": .string(name)]), token: token)
        _ = try await provider.provider.authenticate(
            TestRegistrant.assertion(of: name, key: key, now: provider.now))
        let old = ClientCredentials.basic(client: identifier, secret: secret)
        #expect(try await Self.refusal { _ = try await provider.provider.authenticate(old) } != nil)
        let back = try await flow.replace(
            name, with: TestRegistrant.metadata(["client_id": .string(name)]), token: token)
        let fresh = try #require(back["client_secret"]?.string)
        #expect(fresh != secret)
        _ = try await provider.provider.authenticate(.basic(client: identifier, secret: fresh))
        #expect(try await Self.refusal { _ = try await provider.provider.authenticate(old) } != nil)
    }

    @Test("a replacement is in force with its commit: the key that it took away proves nothing, whatever fails later")
    func replacementAndFaults() async throws {
        let sqlite = try SQLiteStore.inMemory()
        let faulty = FaultyStore(sqlite)
        let provider = try await TestProvider(store: sqlite, wrapping: { _ in faulty })
        let (old, new) = (SigningKey.makeES256(), SigningKey.makeES256())
        let answer = try await provider.register(TestRegistrant.keyed(old))
        let (name, token) = (try answer.text("client_id"), try answer.text("registration_access_token"))
        // The first call writes; every call after it would fail.
        faulty.fail(2, .before)
        _ = try await provider.provider.registrations.replace(
            name, with: TestRegistrant.keyed(new, ["client_id": .string(name)]), token: token)
        #expect(!faulty.heal(), "nothing more was asked")
        func isProved(by key: SigningKey) async throws -> Bool {
            try await Self.refusal {
                _ = try await provider.provider.authenticate(
                    TestRegistrant.assertion(of: name, key: key, now: provider.now))
            } == nil
        }
        #expect(try await isProved(by: new))
        #expect(try await !isProved(by: old))
    }

    @Test("of many replacements at once one is in force, in memory as in the store")
    func parallelReplacements() async throws {
        let database = try TemporaryDatabase()
        let provider = try await TestProvider(store: SQLiteStore(path: database.path))
        let flow = provider.provider.registrations
        let answer = try await provider.register(TestRegistrant.metadata())
        let name = try #require(answer["client_id"]?.string)
        let token = try #require(answer["registration_access_token"]?.string)
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<24 {
                group.addTask {
                    let request = TestRegistrant.metadata([
                        "client_id": .string(name), "client_name": .string("Name \(number)"),
                    ])
                    _ = try? await flow.replace(name, with: request, token: token)
                }
            }
        }
        let inMemory = try flow.configuration(of: name, token: token)
        let restarted = try await TestProvider(store: provider.store, clock: provider.clock)
        #expect(try restarted.provider.registrations.configuration(of: name, token: token) == inMemory)
        #expect(inMemory["client_name"]?.string?.hasPrefix("Name ") == true)
    }

    @Test("a removed client is gone: its token, its secret and its place in the list")
    func removal() async throws {
        let provider = try await TestProvider()
        let flow = provider.provider.registrations
        let answer = try await provider.register(TestRegistrant.metadata())
        let name = try #require(answer["client_id"]?.string)
        let token = try #require(answer["registration_access_token"]?.string)
        let identifier = try #require(ClientIdentifier(rawValue: name))
        try await flow.remove(name, token: token)
        #expect(try await Self.refusal { _ = try flow.configuration(of: name, token: token) }?.code == .invalidToken)
        #expect(try await Self.refusal { try await flow.remove(name, token: token) }?.code == .invalidToken)
        let secret = try #require(answer["client_secret"]?.string)
        #expect(
            try await Self.refusal {
                _ = try await provider.provider.authenticate(.basic(client: identifier, secret: secret))
            }?.code == .invalidClient)
        #expect(provider.provider.registry.listing.allSatisfy { !$0.isRegistered })
        #expect(try await flow.remove(identifier, by: LocalOperator()) == false)
        #expect(
            try await flow.remove(TestRegion.basic.client.identifier, by: LocalOperator()) == false,
            "one of the region file stays")
    }

    @Test("the clients of a suspended tenant, and those that a new region does not allow, are unknown")
    func changedRegion() async throws {
        let provider = try await TestProvider()
        let registry = provider.provider.registry
        let answer = try await provider.register(TestRegistrant.metadata())
        let unused = try await provider.initialAccessToken()
        let name = try #require(answer["client_id"]?.string)
        let token = try #require(answer["registration_access_token"]?.string)
        let identifier = try #require(ClientIdentifier(rawValue: name))
        let credentials = ClientCredentials.basic(
            client: identifier, secret: try #require(answer["client_secret"]?.string))
        let original = registry.region
        let herten = try #require(original.tenants.firstIndex { $0.identifier == TestRegion.herten })

        var suspended = original
        suspended.tenants[herten].state = .suspended
        try registry.replace(with: suspended)
        #expect(try await Self.refusal { _ = try await provider.provider.authenticate(credentials) } != nil)
        #expect(
            try await Self.refusal {
                _ = try provider.provider.registrations.configuration(of: name, token: token)
            }?.code == .invalidToken)
        #expect(
            try await Self.refusal {
                _ = try await provider.provider.registrations.register(TestRegistrant.metadata(), token: unused)
            }?.code == .invalidToken)

        var moved = original
        moved.tenants[herten].hosts = [TenantHost("elsewhere.example")]
        try registry.replace(with: moved)
        #expect(try await Self.refusal { _ = try await provider.provider.authenticate(credentials) } != nil)
        _ = try provider.provider.registrations.configuration(of: name, token: token)

        try registry.replace(with: original)
        _ = try await provider.provider.authenticate(credentials)

        var raised = original
        raised.tenants[herten].floor = .substantiell
        try registry.replace(with: raised)
        let client = try await provider.provider.authenticate(credentials)
        #expect(client.registered.client.requiredLevel == .substantiell)
    }

    @Test("I33: what an archived tenant had registered and adopted does not come back with it")
    func archived() async throws {
        let provider = try await TestProvider()
        let registry = provider.provider.registry
        let answer = try await provider.register(TestRegistrant.metadata())
        let identifier = try #require(answer["client_id"]?.string.flatMap(ClientIdentifier.init(rawValue:)))
        let credentials = ClientCredentials.basic(
            client: identifier, secret: try #require(answer["client_secret"]?.string))
        let template = try await provider.proposeTemplate()
        let live = registry.region
        _ = try await provider.provider.authenticate(credentials)
        #expect(provider.provider.templates.library.adoption(of: template, at: TestRegion.herten) != nil)
        try provider.changeRegion { region in
            for index in region.tenants.indices where region.tenants[index].identifier == TestRegion.herten {
                region.tenants[index].state = .archived
            }
        }
        // The town is taken out of the file, and entered anew.
        try provider.changeRegion { region in region.tenants.removeAll { $0.identifier == TestRegion.herten } }
        try registry.replace(with: live)
        #expect(try await Self.refusal { _ = try await provider.provider.authenticate(credentials) } != nil)
        #expect(registry.listing.allSatisfy { $0.client.identifier != identifier })
        #expect(provider.provider.templates.library.adoption(of: template, at: TestRegion.herten) == nil)
    }

    @Test("a client of the region wins over a registered one of its name")
    func nameClash() async throws {
        let provider = try await TestProvider()
        let answer = try await provider.register(TestRegistrant.metadata())
        let identifier = try #require(answer["client_id"]?.string.flatMap(ClientIdentifier.init(rawValue:)))
        var region = provider.provider.registry.region
        var own = TestRegion.basic.client
        own.identifier = identifier
        region.clients.append(own)
        try provider.provider.registry.replace(with: region)
        let secret = try #require(TestRegion.basic.secret)
        let client = try await provider.provider.authenticate(.basic(client: identifier, secret: secret))
        #expect(client.registered.client == own)
        #expect(provider.provider.registry.listing.filter { $0.client.identifier == identifier }.count == 1)
    }
}
