import IdentityCrypto
import OpenIDMessages
import Testing

@Suite("The provider's signing keys change without a token that nobody can verify")
struct SigningKeyRingTests {
    static let now = TestKeys.now
    let rsa = SigningKeyRing.Entry(key: TestKeys.rs256, stage: .current, since: now)

    private func makeRing(_ es256: [(SigningKey, SigningKeyRing.Stage)]) -> SigningKeyRing? {
        SigningKeyRing([rsa] + es256.map { SigningKeyRing.Entry(key: $0.0, stage: $0.1, since: Self.now) })
    }

    @Test("a ring has one current key of each required algorithm and no key twice")
    func wellFormed() {
        let (one, two) = (TestKeys.es256, TestKeys.otherES256)
        #expect(makeRing([(one, .current)]) != nil)
        #expect(makeRing([(one, .current), (two, .next)]) != nil)
        #expect(makeRing([]) == nil)
        #expect(makeRing([(one, .next)]) == nil)
        #expect(makeRing([(one, .current), (two, .current)]) == nil)
        #expect(makeRing([(one, .current), (one, .next)]) == nil)
        #expect(makeRing([(one, .current), (two, .next), (.makeES256(), .next)]) == nil)
        #expect(SigningKeyRing([]) == nil)
        let es256 = SigningKeyRing.Entry(key: one, stage: .current, since: Self.now)
        #expect(SigningKeyRing([es256]) == nil)
    }

    @Test(
        "PS256 and EdDSA may be there, and a ring without them has no key for them",
        arguments: [TestKeys.ps256, TestKeys.edDSA])
    func optionalAlgorithms(key: SigningKey) throws {
        let without = try #require(makeRing([(TestKeys.es256, .current)]))
        #expect(without.signingKey(key.algorithm) == nil)
        #expect(without.signingKey(.rs256)?.thumbprint == TestKeys.rs256.thumbprint)
        let with = try #require(without.adding(key, as: .current, since: Self.now))
        #expect(with.signingKey(key.algorithm)?.thumbprint == key.thumbprint)
        #expect(with.adding(try .make(key.algorithm), as: .current, since: Self.now) == nil)
        #expect(with.verificationKeys.key(identifier: key.thumbprint.rawValue)?.algorithm == key.algorithm)
    }

    @Test(
        "the next key takes over when it was published and the current one was used for long enough, not a second before"
    )
    func steps() throws {
        let times = RotationTimes(publication: 100, use: 1000)
        let alone = try #require(makeRing([(TestKeys.es256, .current)]))
        #expect(alone.stepDue(.es256, now: Self.now, times: times) == .publishNext)
        #expect(alone.stepDue(.edDSA, now: Self.now, times: times) == nil)
        #expect(alone.nextIsReady(.es256, times: times) == nil)
        let early = try #require(makeRing([(TestKeys.es256, .current), (TestKeys.otherES256, .next)]))
        #expect(early.nextIsReady(.es256, times: times) == Self.now + 100)
        #expect(early.stepDue(.es256, now: Self.now + 999, times: times) == nil)
        #expect(early.stepDue(.es256, now: Self.now + 1000, times: times) == .rotate)
        // A key that was published late waits for its own time.
        let late = try #require(alone.adding(TestKeys.otherES256, as: .next, since: Self.now + 950))
        #expect(late.stepDue(.es256, now: Self.now + 1049, times: times) == nil)
        #expect(late.stepDue(.es256, now: Self.now + 1050, times: times) == .rotate)
        // A clock that went back does nothing.
        #expect(early.stepDue(.es256, now: Self.now - 10_000, times: times) == nil)
    }

    @Test("rotation: the next key signs, the last one stays published, a fresh one waits")
    func rotation() throws {
        let (one, two, three) = (TestKeys.es256, TestKeys.otherES256, SigningKey.makeES256())
        let before = try #require(makeRing([(one, .current), (two, .next)]))
        let token = try before.current(.es256).sign(type: "t", payload: [:])
        let after = try #require(before.rotated(.es256, fresh: three, now: Self.now + 10))
        #expect(after.current(.es256).thumbprint == two.thumbprint)
        #expect(after.current(.rs256).thumbprint == TestKeys.rs256.thumbprint)
        let stages = Dictionary(uniqueKeysWithValues: after.entries.map { ($0.key.thumbprint, $0) })
        #expect(stages[one.thumbprint]?.stage == .retiring)
        #expect(stages[one.thumbprint]?.since == Self.now + 10)
        #expect(stages[three.thumbprint]?.stage == .next)
        #expect(stages[TestKeys.rs256.thumbprint]?.since == Self.now)
        #expect(try after.verificationKeys.verify(CompactJWS(parsing: token), type: "t").key == one.publicKey)
        // What will sign next is known before it signs.
        let early = try three.sign(type: "t", payload: [:])
        #expect(try after.verificationKeys.verify(CompactJWS(parsing: early), type: "t").key == three.publicKey)
        #expect(after.rotated(.es256, fresh: two, now: Self.now) == nil)
    }

    @Test("without a next key the fresh one signs at once")
    func rotationWithoutNext() throws {
        let before = try #require(makeRing([(TestKeys.es256, .current)]))
        let after = try #require(before.rotated(.es256, fresh: TestKeys.otherES256, now: Self.now))
        #expect(after.current(.es256).thumbprint == TestKeys.otherES256.thumbprint)
        #expect(after.entries.count == 3)
    }

    @Test(
        "a retiring key goes when its time is over, and no other key ever does", arguments: [(99, true), (100, false)])
    func pruning(seconds: Int64, stays: Bool) throws {
        let (one, two) = (TestKeys.es256, TestKeys.otherES256)
        let before = try #require(makeRing([(one, .retiring), (two, .current), (.makeES256(), .next)]))
        let after = try #require(before.pruned(now: Self.now + seconds, keeping: 100))
        #expect(after.entries.count == (stays ? 4 : 3))
        let token = try CompactJWS(parsing: one.sign(type: "t", payload: [:]))
        if stays {
            #expect(throws: Never.self) { try after.verificationKeys.verify(token, type: "t") }
        } else {
            #expect(throws: JWSError.unknownKey) { try after.verificationKeys.verify(token, type: "t") }
        }
    }

    @Test("the key set lists every key with its name, use and algorithm, and nothing private")
    func jwks() throws {
        let ring = try #require(makeRing([(TestKeys.es256, .current), (TestKeys.otherES256, .retiring)]))
        let keys = try #require(ring.jwks["keys"]?.array)
        #expect(keys.count == 3)
        for key in keys {
            let jwk = try #require(key.object)
            let allowed: Set = ["kty", "crv", "x", "y", "n", "e", "kid", "use", "alg"]
            #expect(allowed.isSuperset(of: jwk.names))
            let key = try VerificationKey(jwk: jwk)
            #expect(jwk["kid"]?.string == key.thumbprint.rawValue)
            #expect(jwk["use"] == "sig")
        }
        #expect(Set(keys.compactMap { $0["kid"]?.string }).count == 3)
    }
}
