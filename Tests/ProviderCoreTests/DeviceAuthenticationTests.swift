import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

/// §8 of docs/protocol.md, RFC 9449 §4.3; checklist C6, I7.
@Suite("Calls of a device: attestation and DPoP proof")
struct DeviceAuthenticationTests {
    struct Mistake: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let refusal: DeviceRefusal
        var type = VerifiedDPoPProof.type
        var header: JSONObject = [:]
        var change: @Sendable (inout JSONObject) -> Void = { _ in }
    }

    private static let malformed = DeviceRefusal(.invalidDPoPProof, .proofMalformed)
    private static let nonceNeeded = DeviceRefusal(.useDPoPNonce, .proofNonce)

    static let mistakes: [Mistake] = [
        Mistake(testDescription: "typ JWT", refusal: malformed, type: "JWT"),
        Mistake(testDescription: "typ at+jwt", refusal: malformed, type: "at+jwt"),
        Mistake(testDescription: "no jti", refusal: malformed, change: { $0["jti"] = nil }),
        Mistake(testDescription: "jti is a number", refusal: malformed, change: { $0["jti"] = 1 }),
        Mistake(testDescription: "empty jti", refusal: malformed, change: { $0["jti"] = "" }),
        Mistake(testDescription: "no htm", refusal: malformed, change: { $0["htm"] = nil }),
        Mistake(testDescription: "htm GET", refusal: malformed, change: { $0["htm"] = "GET" }),
        Mistake(testDescription: "htm post", refusal: malformed, change: { $0["htm"] = "post" }),
        Mistake(testDescription: "no htu", refusal: malformed, change: { $0["htu"] = nil }),
        Mistake(
            testDescription: "htu of another path", refusal: malformed,
            change: { $0["htu"] = "https://id.region.example/device/v1/devices" }),
        Mistake(
            testDescription: "htu of another host", refusal: malformed,
            change: { $0["htu"] = "https://id.evil.example/device/v1/claims" }),
        Mistake(testDescription: "htu is the path", refusal: malformed, change: { $0["htu"] = "/device/v1/claims" }),
        Mistake(testDescription: "no iat", refusal: malformed, change: { $0["iat"] = nil }),
        Mistake(testDescription: "iat is text", refusal: malformed, change: { $0["iat"] = "1800000000" }),
        Mistake(testDescription: "iat 61 s ago", refusal: malformed, change: { $0["iat"] = 1_799_999_939 }),
        Mistake(testDescription: "iat 61 s ahead", refusal: malformed, change: { $0["iat"] = 1_800_000_061 }),
        Mistake(testDescription: "iat at the end of time", refusal: malformed, change: { $0["iat"] = .integer(.max) }),
        Mistake(testDescription: "iat before all time", refusal: malformed, change: { $0["iat"] = .integer(.min) }),
        Mistake(testDescription: "no nonce", refusal: nonceNeeded, change: { $0["nonce"] = nil }),
        Mistake(testDescription: "empty nonce", refusal: nonceNeeded, change: { $0["nonce"] = "" }),
        Mistake(
            testDescription: "a nonce of the right form", refusal: nonceNeeded,
            change: { $0["nonce"] = .string(RandomBytes.text(24)) }),
        Mistake(testDescription: "alg none", refusal: malformed, header: ["alg": "none"]),
        Mistake(testDescription: "alg HS256", refusal: malformed, header: ["alg": "HS256"]),
        Mistake(testDescription: "alg RS256", refusal: malformed, header: ["alg": "RS256"]),
        Mistake(testDescription: "crit", refusal: malformed, header: ["crit": ["exp"]]),
        Mistake(
            testDescription: "another key in jwk", refusal: malformed,
            header: ["jwk": .object(SigningKey.makeES256().publicKey.jwk)]),
        Mistake(testDescription: "jwk is no object", refusal: malformed, header: ["jwk": "key"]),
    ]

    @Test("a proof with one wrong or missing part is refused", arguments: mistakes)
    func onePartDiffers(mistake: Mistake) async throws {
        let (provider, phone) = try await Self.shared.value
        let proof = try phone.proof(
            "POST", "/device/v1/claims", nonce: provider.provider.deviceAuthentication.nonce(), now: provider.now,
            type: mistake.type, header: mistake.header, mistake.change)
        await #expect(throws: mistake.refusal) { try await Self.verify(provider, phone.attestation, proof) }
    }

    /// One provider for the whole table; nothing in it changes anything.
    private static let shared = Task {
        let provider = try await TestProvider()
        return (provider, try await provider.enrolledPhone())
    }

    @Test("edges of what is accepted: 60 s of clock difference, another spelling of typ")
    func edges() async throws {
        let (provider, phone) = try await Self.shared.value
        for difference: Int64 in [-60, 60] {
            let proof = try phone.proof(
                "POST", "/device/v1/claims", nonce: provider.provider.deviceAuthentication.nonce(),
                now: provider.now + difference)
            try await Self.verify(provider, phone.attestation, proof)
        }
    }

    @Test("a private key in the header is refused")
    func privateKeyInHeader() async throws {
        let (provider, phone) = try await Self.shared.value
        var jwk = phone.installation.publicKey.jwk
        jwk["d"] = .string(RandomBytes.text(32))
        let proof = try phone.proof(
            "POST", "/device/v1/claims", nonce: provider.provider.deviceAuthentication.nonce(), now: provider.now,
            header: ["jwk": .object(jwk)])
        await #expect(throws: Self.malformed) { try await Self.verify(provider, phone.attestation, proof) }
    }

    @Test("a proof is good once")
    func replay() async throws {
        let (provider, phone) = try await Self.shared.value
        let proof = try phone.proof(
            "POST", "/device/v1/claims", nonce: provider.provider.deviceAuthentication.nonce(), now: provider.now)
        try await Self.verify(provider, phone.attestation, proof)
        await #expect(throws: DeviceRefusal(.invalidDPoPProof, .proofReplayed)) {
            try await Self.verify(provider, phone.attestation, proof)
        }
    }

    @Test("a nonce is accepted for five minutes and by the process that made it")
    func nonceAge() async throws {
        let provider = try await TestProvider()
        let other = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        let nonce = provider.provider.deviceAuthentication.nonce()
        provider.clock.advance(300)
        try await Self.verify(
            provider, phone.attestation, phone.proof("POST", "/device/v1/claims", nonce: nonce, now: provider.now))
        provider.clock.advance(1)
        for stale in [nonce, other.provider.deviceAuthentication.nonce()] {
            let proof = try phone.proof("POST", "/device/v1/claims", nonce: stale, now: provider.now)
            await #expect(throws: Self.nonceNeeded) { try await Self.verify(provider, phone.attestation, proof) }
        }
    }

    @Test("an attestation belongs to its key, its issuer and its kind")
    func foreignAttestations() async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        let other = try await provider.enrolledPhone()
        let ring = provider.provider.keys.ring
        let claims = try unverifiedPayload(phone.attestation)
        var foreign = claims
        foreign["iss"] = "https://id.evil.example"
        var stranger = claims
        stranger["sub"] = .string(DeviceIdentifier.random(bytes: 16).rawValue)
        let type = ClientAttestation.type
        let cases: [(Refusal, String)] = [
            (.attestationKeyMismatch, other.attestation), (.attestationSignature, ""),
            (.attestationSignature, try SigningKey.makeES256().sign(type: type, payload: claims)),
            (.attestationSignature, try ring.current(.es256).sign(type: "JWT", payload: claims)),
            (.attestationSignature, try ring.current(.es256).sign(type: type, payload: foreign)),
            (.deviceUnknown, try ring.current(.es256).sign(type: type, payload: stranger)),
        ]
        for (reason, attestation) in cases {
            let proof = try phone.proof(
                "POST", "/device/v1/claims", nonce: provider.provider.deviceAuthentication.nonce(), now: provider.now)
            await #expect(throws: DeviceRefusal(.invalidAttestation, reason)) {
                try await Self.verify(provider, attestation, proof)
            }
        }
    }

    @Test("an expired attestation is good for its renewal and for nothing else")
    func expiredAttestation() async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        provider.clock.advance(86_399)
        _ = try await provider.verified(phone)
        provider.clock.advance(1)
        await #expect(throws: DeviceRefusal(.invalidAttestation, .attestationExpired)) {
            try await provider.verified(phone, renews: false)
        }
        let authentication = provider.provider.deviceAuthentication
        let device = try await authentication.verify(
            DeviceCredentials(
                attestation: phone.attestation,
                proof: phone.proof("POST", "/x", nonce: authentication.nonce(), now: provider.now), method: "POST",
                path: "/x"), acceptsExpired: true)
        let renewed = try await provider.provider.renewedAttestation(for: device)
        phone.adopt(phone.device, attestation: renewed, blockCode: phone.blockCode)
        _ = try await provider.verified(phone)
    }

    @Test(
        "P-8.1: whoever rested for longer than a signing key is kept is renewed, by the device's own key and no other")
    func attestationOfForgottenKey() async throws {
        let provider = try await TestProvider()
        let (phone, other) = (try await provider.enrolledPhone(), try await provider.enrolledPhone())
        let keys = provider.provider.keys
        try await keys.rotate(.es256, evenIfUnpublished: true)
        provider.clock.advance(Lifetime.retiredKey + 1)
        try await keys.rotateIfDue()
        await #expect(throws: DeviceRefusal(.invalidAttestation, .attestationSignature)) {
            try await provider.verified(phone)
        }
        // What strangers can make: a signature by a key that nobody knows.
        let claims = try unverifiedPayload(phone.attestation)
        let (thief, unknown) = (SigningKey.makeES256(), SigningKey.makeES256())
        func forged(_ change: (inout JSONObject) -> Void = { _ in }) throws -> String {
            var changed = claims
            change(&changed)
            return try unknown.sign(type: ClientAttestation.type, payload: changed)
        }
        let nobody = DeviceIdentifier.random(bytes: 16).rawValue
        let parts = phone.attestation.split(separator: ".")
        let fresh = try keys.ring.current(.es256).sign(type: ClientAttestation.type, payload: claims)
        let ofKnownKey = [fresh.split(separator: ".")[0], parts[1], parts[2]].joined(separator: ".")
        let cases: [(Refusal, String, SigningKey)] = [
            (.attestationKeyMismatch, phone.attestation, thief), (.attestationKeyMismatch, try forged(), thief),
            (.attestationSignature, try forged { $0["cnf"] = .object(["jwk": .object(thief.publicKey.jwk)]) }, thief),
            (.attestationSignature, try forged { $0["sub"] = .string(nobody) }, phone.installation),
            (.attestationSignature, try forged { $0["sub"] = .string(other.device.rawValue) }, phone.installation),
            (.attestationSignature, try forged { $0["iss"] = "https://id.evil.example" }, phone.installation),
            (.attestationSignature, try unknown.sign(type: "JWT", payload: claims), phone.installation),
            (.attestationSignature, ofKnownKey, phone.installation),
        ]
        for (reason, attestation, key) in cases {
            await #expect(throws: DeviceRefusal(.invalidAttestation, reason)) {
                try await Self.renewing(provider, phone, attestation, key: key)
            }
        }
        let device = try await Self.renewing(provider, phone, phone.attestation, key: phone.installation)
        #expect(device.device.identifier == phone.device)
        let renewed = try await provider.provider.renewedAttestation(for: device)
        phone.adopt(phone.device, attestation: renewed, blockCode: phone.blockCode)
        _ = try await provider.verified(phone)
    }

    @discardableResult
    private static func renewing(
        _ provider: TestProvider, _ phone: TestPhone, _ attestation: String, key: SigningKey
    ) async throws -> VerifiedDevice {
        let authentication = provider.provider.deviceAuthentication
        let path = "/device/v1/attestation"
        let proof = try phone.proof("POST", path, nonce: authentication.nonce(), now: provider.now, key: key)
        return try await authentication.verify(
            DeviceCredentials(attestation: attestation, proof: proof, method: "POST", path: path),
            acceptsExpired: true)
    }

    @discardableResult
    private static func verify(
        _ provider: TestProvider, _ attestation: String, _ proof: String
    ) async throws -> VerifiedDevice {
        try await provider.provider.deviceAuthentication.verify(
            DeviceCredentials(attestation: attestation, proof: proof, method: "POST", path: "/device/v1/claims"))
    }
}
