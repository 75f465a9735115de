import IdentityCrypto
import OpenIDMessages
import Testing

@Suite("Random values: the system's, or a simulator's from a seed")
struct RandomSourceTests {
    /// HMAC-SHA256 over a counter of eight bytes, under SHA-256 of `citizen-phone simulator`, seed and stream; computed by
    /// Python's hashlib.
    @Test(arguments: [
        (7, 0, "522c580f4192f41b12dac8af08e6b4e894e34e9b8ec5021ac0d0d3beafb301b7c417ea6db3e28b82"),
        (7, 1, "e777fbaba4e19b741d12ae6a24726f5f"), (UInt64.max, 0, "dcddfda1bc194ef2cb342b76f602aa9d"),
    ])
    func `a seed gives the same bytes on every machine`(seed: UInt64, stream: UInt64, expected: String) {
        let source = RandomSource.seeded(seed, stream: stream)
        #expect(Hexadecimal.decode(expected) == source.bytes(expected.utf8.count / 2))
        #expect(source.seed == seed)
    }

    @Test func `what was drawn is not drawn again, and a copy goes on where the source is`() {
        let source = RandomSource.seeded(7, stream: 0)
        let copy = source
        let drawn = [source.bytes(16), copy.bytes(16), source.bytes(16)]
        #expect(Set(drawn).count == 3)
        let again = RandomSource.seeded(7, stream: 0)
        #expect([again.bytes(16), again.bytes(16), again.bytes(16)] == drawn)
    }

    @Test func `keys are the same for the same seed, and sign`() throws {
        let key = RandomSource.seeded(7, stream: 0).signingKey()
        #expect(key.thumbprint == RandomSource.seeded(7, stream: 0).signingKey().thumbprint)
        #expect(key.thumbprint != RandomSource.seeded(8, stream: 0).signingKey().thumbprint)
        #expect(key.thumbprint != RandomSource.seeded(7, stream: 1).signingKey().thumbprint)
        let text = try key.sign(type: "test+jwt", payload: ["a": 1])
        #expect(throws: Never.self) { try CompactJWS(parsing: text).verified(by: key.publicKey, type: "test+jwt") }
    }

    @Test func `the system's generator has no seed and repeats nothing`() {
        #expect(RandomSource.system.seed == nil)
        #expect(RandomSource.system.bytes(32) != RandomSource.system.bytes(32))
        #expect(RandomSource.system.signingKey().thumbprint != RandomSource.system.signingKey().thumbprint)
        let identifiers = (0..<200).map { _ in RandomSource.system.text(16) }
        #expect(Set(identifiers).count == 200 && !identifiers.contains { $0.hasPrefix("-") })
    }
}
