import IdentityCrypto
import OpenIDMessages
@testable import ProviderCore
import Testing

/// §8 of docs/protocol.md.
@Suite("Texts whose signature was verified lately")
struct VerifiedTextsTests {
    private let now = Timestamp(seconds: 1_800_000_000)
    private let signer = SigningKey.makeES256()
    private let later = SigningKey.makeES256()
    private let rsa: SigningKey

    private static func memory(capacity: Int = 100) -> VerifiedTexts<ClientAttestation> {
        VerifiedTexts(capacity: capacity, lifetime: 600)
    }

    init() throws { rsa = try SigningKey.makeRS256() }

    private func ring(_ key: SigningKey) throws -> SigningKeyRing {
        try #require(
            SigningKeyRing([key, rsa].map { SigningKeyRing.Entry(key: $0, stage: .current, since: now) }))
    }

    private func attestation(_ key: SigningKey) throws -> String {
        try key.sign(
            ClientAttestation(
                issuer: #require(IssuerURL(rawValue: "https://id.region.example")), device: .random(bytes: 16),
                issuedAt: now, expiresAt: now + Lifetime.clientAttestation,
                key: SigningKey.makeES256().publicKey.jwk))
    }

    @Test("count while their key is in the ring, and no longer")
    func keyLeavesRing() throws {
        let attestations = Self.memory()
        let text = try attestation(signer)
        let first = try attestations.value(of: text, ring: ring(signer), now: now)
        #expect(try attestations.value(of: text, ring: ring(signer), now: now) == first)
        #expect(throws: JWSError.unknownKey) { try attestations.value(of: text, ring: ring(later), now: now) }
        #expect(try attestations.value(of: text, ring: ring(signer), now: now) == first)
    }

    @Test("are known by their exact text: the same statement under another signature is refused")
    func otherText() throws {
        let attestations = Self.memory()
        let text = try attestation(signer)
        _ = try attestations.value(of: text, ring: ring(signer), now: now)
        let forged =
            text.prefix { $0 != "." } + text.drop { $0 != "." }.dropLast(86) + String(repeating: "A", count: 86)
        #expect(throws: JWSError.wrongSignature) {
            try attestations.value(of: String(forged), ring: ring(signer), now: now)
        }
    }

    @Test("do not include those that were refused")
    func refused() throws {
        let attestations = Self.memory()
        let text = try attestation(signer)
        #expect(throws: JWSError.unknownKey) { try attestations.value(of: text, ring: ring(later), now: now) }
        #expect(throws: JWSError.unknownKey) { try attestations.value(of: text, ring: ring(later), now: now) }
        _ = try attestations.value(of: text, ring: ring(signer), now: now)
        #expect(throws: JWSError.unknownKey) { try attestations.value(of: text, ring: ring(later), now: now) }
    }

    @Test("are as many as there is room for, the newest, and for ten minutes")
    func bounded() throws {
        let attestations = Self.memory(capacity: 4)
        let texts = try (0..<9).map { _ in try attestation(signer) }
        for text in texts + [texts[0]] { _ = try attestations.value(of: text, ring: ring(signer), now: now) }
        #expect((1...4).contains(attestations.count))
        // One that is verified anew is put to the newest, and half of the others go.
        let count = attestations.count
        let end = now + 600
        _ = try attestations.value(of: texts[0], ring: ring(signer), now: end - 1)
        #expect(attestations.count == count)
        _ = try attestations.value(of: texts[0], ring: ring(signer), now: end)
        #expect(attestations.count < count)
    }
}
