import OpenIDMessages
import Testing

@testable import ProviderCore

@Suite("RFC 9449 §8, a nonce is the provider's own and of the last minutes")
struct NonceIssuerTests {
    let issuer = NonceIssuer()
    let now = Timestamp(seconds: 1_800_000_000)

    @Test(
        "it is accepted until its time is over, and never before it was made",
        arguments: [
            (-1, false), (0, true), (1, true), (300, true), (301, false),
        ] as [(Int64, Bool)])
    func lifetime(age: Int64, isGood: Bool) {
        #expect(issuer.isAcceptable(issuer.make(now: now), now: now + age) == isGood)
    }

    @Test("another process's nonce, any change and any other text is refused")
    func forgeries() {
        let nonce = issuer.make(now: now)
        #expect(!NonceIssuer().isAcceptable(nonce, now: now))
        let bytes = Base64URL.decode(nonce) ?? []
        #expect(bytes.count == 24)
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 1
            #expect(!issuer.isAcceptable(Base64URL.encode(changed), now: now))
        }
        for text in [
            "", nonce + "=", nonce + "A", String(nonce.dropLast()), " " + nonce, String(repeating: "A", count: 32),
        ] {
            #expect(!issuer.isAcceptable(text, now: now))
        }
    }
}
