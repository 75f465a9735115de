import AccountDirectory
import OpenIDMessages
import RegionFile
import Testing

/// The line of the sample behind the scopes of its first client, where tests put more members.
private let line = 38

@Suite("What clients are held to")
struct ClientRuleTests {
    /// The first client of the sample with more members, in lines of their own.
    static func client(_ members: [String]) -> String {
        sample(
            "scopes: [openid, person]\n",
            "scopes: [openid, person]\n" + members.map { "    \($0)\n" }.joined())
    }

    @Test(arguments: [
        ("authentication: none", "dpop_bound_access_tokens: true", "profile fapi2 wants private_key_jwt"),
        ("require_pushed_authorization_requests: false", "", "profile fapi2 wants pushed"),
        ("dpop_bound_access_tokens: false", "", "profile fapi2 wants access tokens bound by DPoP"),
        ("id_token_alg: RS256", "", "profile fapi2 allows ES256, PS256 and EdDSA, not RS256"),
        ("userinfo_signed_response_alg: RS256", "", "not RS256"),
        ("authorization_signed_response_alg: RS256", "", "not RS256"),
        ("introspection_signed_response_alg: RS256", "", "not RS256"),
        ("token_endpoint_auth_signing_alg: RS256", "", "not RS256"),
        ("request_object_signing_alg: RS256", "", "not RS256"),
        ("grant_types: []", "", "at least one grant type"),
        ("grant_types: [refresh_token]", "", "refresh_token needs authorization_code, device_code or ciba"),
        ("response_modes: []", "", "at least one response mode"),
        ("response_modes: [fragment]", "", "unknown value `fragment`"),
        ("resources: [portal]", "", "is malformed"),
        ("serves_resource: \"https://api.example/#a\"", "", "is malformed"),
        ("subject_type: \"public\"", "sector_identifier_uri: https://portal.marl.example/s", "only pairwise"),
        ("sector_identifier_uri: https://elsewhere.example/s", "", "host `elsewhere.example` is not one of"),
        ("jwks_uri: https://portal.test.example/keys", "", "host `portal.test.example` is not one of"),
        ("jwks_uri: https://localhost/keys", "", "only for a development region"),
        ("jwks_uri: https://[::1]/keys", "", "only for a development region"),
        ("backchannel_logout_uri: https://portal.test.example/out", "", "is not one of tenant `marl`"),
        ("backchannel_logout_uri: http://portal.marl.example/out", "", "cannot be called"),
        ("backchannel_token_delivery_mode: poll", "", "needs the ciba grant beside it"),
        ("backchannel_token_delivery_mode: push", "", "unknown value `push`"),
        ("backchannel_authentication_request_signing_alg: ES256", "", "without `backchannel_token_delivery_mode`"),
        ("backchannel_without_call_code: true", "", "without `backchannel_token_delivery_mode`"),
        (
            "grant_types: ['urn:openid:params:grant-type:ciba']", "backchannel_token_delivery_mode: ping",
            "the mode ping needs"
        ),
        (
            "grant_types: ['urn:openid:params:grant-type:ciba']", "",
            "a client with the ciba grant has a backchannel_token_delivery_mode"
        ),
        ("post_logout_redirect_uris: [https://portal.test.example/]", "", "is not one of tenant `marl`"),
        ("default_max_age: -1", "", "is no number of seconds"),
        ("default_max_age: 3e2", "", "is no number of seconds"),
        ("acr_vocabulary: loa", "", "unknown value `loa`"),
        ("acr_vocabulary: eidas", "", "the words of eIDAS are for means that are notified"),
        ("verified_claims: person", "", "must be `true` or `false`"),
        ("id_token_encrypted_response_alg: dir", "", "unknown value `dir`"),
    ]) func `refuse, at the member's line`(first: String, second: String, message: String) {
        // The member at fault may be either of the two.
        let found = mistakes(Self.client([first, second].filter { !$0.isEmpty }))
        #expect(found.contains { $0.message.contains(message) && (line...line + 1).contains($0.line) }, "\(found)")
    }

    @Test(arguments: [
        "profile: legacy\n    authentication: client_secret_post",
        "profile: baseline\n    authentication: client_secret_post",
        "authentication: private_key_jwt\n    profile: baseline",
        "profile: baseline\n    require_pushed_authorization_requests: false\n    id_token_alg: RS256",
        "grant_types: [authorization_code, refresh_token, client_credentials]",
        "grant_types: ['urn:ietf:params:oauth:grant-type:device_code', refresh_token]",
        "grant_types: ['urn:openid:params:grant-type:ciba']\n    backchannel_token_delivery_mode: poll",
        """
        grant_types: [authorization_code, 'urn:openid:params:grant-type:ciba']
            backchannel_token_delivery_mode: ping
            backchannel_client_notification_endpoint: https://portal.marl.example/ciba
            backchannel_authentication_request_signing_alg: ES256
            backchannel_without_call_code: true
        """,
        "response_modes: [form_post, query.jwt]",
        "resources: ['https://api.marl.example/', 'urn:marl:api']\n    serves_resource: 'urn:marl:own'",
        "jwks_uri: https://portal.marl.example/keys\n    id_token_encrypted_response_alg: RSA-OAEP-256",
        "id_token_encrypted_response_alg: ECDH-ES+A256KW",
        "sector_identifier_uri: https://portal.marl.example/sector.json\n    subject_type: pairwise",
        "subject_type: 'public'\n    default_max_age: 0\n    verified_claims: true",
        "post_logout_redirect_uris: ['https://portal.marl.example/bye']\n    acr_vocabulary: akdb",
        "backchannel_logout_uri: https://portal.marl.example/out\n    backchannel_logout_session_required: true",
    ]) func `allow what fits`(members: String) {
        var members = [members]
        if members[0].contains("client_secret") {
            members.append("secret_sha256: 47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU")
        }
        #expect(mistakes(Self.client(members)).isEmpty)
    }

    @Test func `the words of eIDAS are for a region whose means are notified`() {
        let client = Self.client(["acr_vocabulary: eidas"])
        #expect(mistakes(client).map(\.line) == [line])
        #expect(mistakes(client.replacing("  id: test\n", with: "  id: test\n  notified: true\n")).isEmpty)
        #expect(mistakes(client.replacing("  id: test\n", with: "  id: test\n  notified: false\n")).count == 1)
    }

    @Test func `legacy software gets no login above normal`() {
        let text = sample("profile: baseline", "profile: legacy")
        #expect(mistakes(text).map(\.message) == ["profile legacy has no logins above level normal"])
        let keyed = Self.client(["profile: legacy"])
        #expect(mistakes(keyed).map(\.line) == [33], "the method is not written: the whole entry is at fault")
    }

    @Test func `method none is for native applications alone`() {
        let members = ["profile: baseline", "authentication: none"]
        let web = mistakes(Self.client(members))
        #expect(web.map(\.line) == [36])
        #expect(web.first?.message.contains("loopback redirect URIs") == true)
        let native = Self.client(members)
            .replacing("[https://portal.marl.example/callback]", with: "['http://127.0.0.1/callback']")
        #expect(mistakes(native).isEmpty, "a native application may return to loopback outside development, too")
        let unbound = native.replacing(
            "authentication: none", with: "authentication: none\n    dpop_bound_access_tokens: false")
        #expect(mistakes(unbound).map(\.message) == ["method none wants access tokens bound by DPoP"])
        let exchange = native.replacing(
            "authentication: none",
            with: "authentication: none\n    grant_types: [authorization_code, client_credentials]")
        #expect(mistakes(exchange).map(\.message) == ["a client with method none cannot have client_credentials"])
    }

    @Test(arguments: ["none", "client_secret_basic", "client_secret_post"])
    func `FAPI 2.0 §5.3.2.1-3: a client of the profile proves by a key who it is`(method: String) {
        let secret = "secret_sha256: 47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"
        let members = ["authentication: \(method)"] + (method == "none" ? [] : [secret])
        for profile in ["profile: fapi2", ""] {
            let found = mistakes(Self.client(members + [profile].filter { !$0.isEmpty }))
            #expect(found.contains { $0.message.contains("profile fapi2 wants private_key_jwt") }, "\(found)")
        }
        #expect(mistakes(Self.client(["authentication: private_key_jwt", "profile: fapi2"])).isEmpty)
    }

    @Test func `FAPI 2.0 §5.3.2.2-8: a redirect URI of the profile is never http`() {
        for address in [
            "http://portal.marl.example/callback", "http://127.0.0.1/callback", "HTTP://portal.marl.example/",
        ] {
            let text = sample("[https://portal.marl.example/callback]", "['\(address)']")
            #expect(!mistakes(text).isEmpty, "\(address)")
        }
    }

    @Test(arguments: [(255, false), (256, true)])
    func `FAPI 2.0 §5.4.1: an RSA key of a client has 2048 bits at least`(bytes: Int, isTaken: Bool) {
        let modulus = Base64URL.encode([UInt8](repeating: 0xFF, count: bytes))
        let key = "jwks: {keys: [{kty: RSA, kid: a, alg: PS256, n: \(modulus), e: AQAB}]}"
        let found = mistakes(Self.client([key])).map(\.message)
        #expect(found.isEmpty == isTaken)
        #expect(isTaken || found.contains { $0.contains("2048 to 8192 bits") }, "\(found)")
    }

    @Test func `encryption needs a key for it, once keys are there`() {
        func text(_ use: String, _ algorithm: String) -> String {
            Self.client([
                "jwks: {keys: [{kty: EC, crv: P-256, kid: a, x: \(KeySamples.x), y: \(KeySamples.y), use: \(use)}]}",
                "userinfo_encrypted_response_alg: \(algorithm)",
            ])
        }
        #expect(mistakes(text("enc", "ECDH-ES+A256KW")).isEmpty)
        #expect(
            mistakes(text("sig", "ECDH-ES+A256KW")).map(\.message) == [
                "the client has no key with use enc for ECDH-ES+A256KW"
            ])
        #expect(mistakes(text("enc", "RSA-OAEP-256")).map(\.line) == [line + 1])
    }

    @Test func `keys come from one place`() {
        let text = Self.client([
            "jwks: {keys: [{kty: EC, crv: P-256, kid: a, x: \(KeySamples.x), y: \(KeySamples.y)}]}",
            "jwks_uri: https://portal.marl.example/keys",
        ])
        #expect(mistakes(text).map(\.description) == ["region.yaml:39:15: a client has either jwks or jwks_uri"])
    }

    /// Checklist A2 and A3: nothing that is no plain https address, in any spelling, in any member that holds one.
    @Test(arguments: [
        "redirect_uris", "post_logout_redirect_uris", "initiate_login_uri", "jwks_uri", "sector_identifier_uri",
        "backchannel_logout_uri", "backchannel_client_notification_endpoint",
    ])
    func `take no address that is not a plain one`(member: String) {
        for address in HostileAddresses.all {
            let value = member.hasSuffix("uris") ? "[\"\(address)\"]" : "\"\(address)\""
            let text =
                member == "redirect_uris"
                ? sample(line: 36, "    redirect_uris: \(value)") : Self.client(["\(member): \(value)"])
            #expect(!mistakes(text).isEmpty, "\(member) \(address)")
        }
    }
}

/// Addresses that must not be registered: scripts and files in many spellings, patterns, foreign parts.
enum HostileAddresses {
    /// In the spelling of a YAML or JSON text in double quotes.
    static let all = [
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\\tscript:alert(1)",
        "javascript\\u003aalert(1)", "javascript%3Aalert(1)", "\\u0001javascript:alert(1)", "data:text/html,a",
        "DATA:text/html;base64,AA", "file:///etc/passwd", "blob:https://portal.marl.example/a", "vbscript:a",
        "*", "https://*", "https://*.marl.example/", "https://portal.marl.example/*", "https://portal.marl.example*",
        "https://portal.marl.example/#a", "https://a@portal.marl.example/",
        "https://portal.marl.example\\\\@evil.example/",
        "//portal.marl.example/", "HTTPS://portal.marl.example/", "ftp://portal.marl.example/", "https://",
    ]
}
