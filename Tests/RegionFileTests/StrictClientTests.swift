import AccountDirectory
import OpenIDMessages
import RegionFile
import Testing

/// Portals of services at *substantiell* and above: the service is identified as surely as the person (checklist G23).
@Suite("I34, I35: keys of portals")
struct StrictClientTests {
    private static let enc =
        "{kty: EC, crv: P-256, kid: e1, use: enc, x: \(KeySamples.x), y: \(KeySamples.y)}"
    private static let sig =
        "{kty: EC, crv: P-256, kid: s1, use: sig, x: \(KeySamples.x), y: \(KeySamples.y)}"

    /// Marl's portal asks for logins for a service of this level; `members` stand in its entry.
    private static func text(_ members: [String], level: String = "substantiell") -> String {
        let entry = (["scopes: [openid, person]", "services: [hund]"] + members).map { "    \($0)\n" }.joined()
        return sample("required_level: null", "required_level: \(level)").replacing(
            "    scopes: [openid, person]\n", with: entry)
    }

    private static let fit = [
        "profile: baseline", "id_token_encrypted_response_alg: ECDH-ES+A256KW", "jwks: {keys: [\(sig), \(enc)]}",
    ]

    @Test func `I34, I35: a portal with keys to authenticate and to encrypt may serve a service at substantiell`()
        throws
    {
        #expect(mistakes(Self.text(Self.fit)).isEmpty)
        let awaiting = Self.fit.filter { !$0.hasPrefix("jwks") }
        #expect(mistakes(Self.text(awaiting)).isEmpty, "without keys yet it cannot authenticate")
        let fetched = awaiting + ["jwks_uri: https://portal.marl.example/keys"]
        #expect(mistakes(Self.text(fetched)).isEmpty)
    }

    @Test(arguments: [
        (
            "profile: baseline", "authentication: client_secret_basic",
            "service `hund` is at substantiell or above and wants private_key_jwt"
        ),
        ("profile: baseline", "authentication: client_secret_post", "wants private_key_jwt"),
        ("profile: legacy", "authentication: client_secret_post", "wants PKCE, which legacy has not"),
        ("profile: baseline", "require_pushed_authorization_requests: false", "wants pushed authorization requests"),
        (
            "profile: baseline", "grant_types: [authorization_code, 'urn:ietf:params:oauth:grant-type:device_code']",
            "wants the code flow alone"
        ),
        (
            "profile: baseline",
            "backchannel_token_delivery_mode: poll\n    grant_types: [authorization_code, 'urn:openid:params:grant-type:ciba']",
            "wants the code flow alone"
        ),
    ]) func `I34: code flow, PKCE, PAR and a key at substantiell, never a secret`(
        profile: String, member: String, message: String
    ) {
        let secret =
            member.contains("client_secret") ? ["secret_sha256: 47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"] : []
        let members = [profile, member] + secret + Self.fit.dropFirst()
        let found = mistakes(Self.text(members)).map(\.message)
        #expect(found.contains { $0.contains(message) }, "\(found)")
        #expect(mistakes(Self.text(members, level: "normal")).isEmpty, "at normal it may")
    }

    @Test func `I34: method none is no key of the client`() {
        let members = ["profile: baseline", "authentication: none", "redirect_uris: ['http://127.0.0.1/cb']"]
        let native = Self.text(members).replacing(
            "    redirect_uris: [https://portal.marl.example/callback]\n", with: ""
        )
        .replacing("  id: test\n", with: "  id: test\n  development: true\n")
        #expect(mistakes(native).contains { $0.message.contains("wants private_key_jwt") })
    }

    @Test func `I35: a portal of a service at substantiell has a key to which tokens are encrypted`() {
        let signing = "jwks: {keys: [\(Self.sig)]}"
        let plain = mistakes(Self.text(["profile: baseline", signing])).map(\.message)
        #expect(plain.count == 1 && plain[0].contains("wants encrypted ID tokens"), "\(plain)")
        let keyless = mistakes(Self.text(Self.fit.dropLast() + [signing])).map(\.message)
        #expect(keyless == ["the client has no key with use enc for ECDH-ES+A256KW"])
        #expect(mistakes(Self.text(["profile: baseline", signing], level: "normal")).isEmpty)
        let hoch = mistakes(Self.text(["profile: baseline", signing], level: "hoch")).map(\.message)
        #expect(!hoch.isEmpty)
    }

    @Test func `I34, I35: an adopted template counts with the level at the tenant, also while it waits`() throws {
        let good = try LibrarySample.text()
        let approvals = "    approvals: {service_owner: anna, dpo: berta, version: 1.0.0}\n"
        let raised = "    overrides: {required_level: {at_least: substantiell}}\n"
        #expect(mistakes(good).isEmpty && good.contains(approvals), "the template itself is at normal")
        for adoption in [approvals + raised, raised] {
            let found = mistakes(good.replacing(approvals, with: adoption)).map(\.message)
            #expect(found.contains { $0.contains("`parking` is at substantiell or above") }, "\(found)")
        }
    }
}
