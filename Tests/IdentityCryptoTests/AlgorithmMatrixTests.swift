import OpenIDMessages
import Testing

@testable import IdentityCrypto

/// RFC 8725 §3.1 and §3.2; CVE-2015-9235, CVE-2026-11800.
@Suite("Algorithms and keys: only the fitting pair verifies")
struct AlgorithmMatrixTests {
    private func error(_ token: String, _ key: VerificationKey) -> JWSError? {
        do throws(JWSError) {
            _ = try CompactJWS(parsing: token).verified(by: key, type: "t")
            return nil
        } catch { return error }
    }

    /// A token that says it was signed with `algorithm` and really was signed by `key`.
    private func token(_ algorithm: String, signedBy key: SigningKey) throws -> String {
        try key.sign(type: "t", payload: ["a": 1], header: ["alg": .string(algorithm)])
    }

    @Test("every algorithm with every key", arguments: JWSAlgorithm.allCases, TestKeys.all)
    func matrix(algorithm: JWSAlgorithm, key: SigningKey) throws {
        let token = try token(algorithm.rawValue, signedBy: key)
        for verifier in TestKeys.all {
            let expected: JWSError? =
                verifier.algorithm != algorithm
                ? .wrongAlgorithm : verifier.thumbprint != key.thumbprint ? .wrongSignature : nil
            #expect(error(token, verifier.publicKey) == expected, "verified by \(verifier.algorithm)")
        }
    }

    @Test("one RSA key under the other padding is another key: neither signature counts for both")
    func paddings() throws {
        let jwk = TestKeys.rs256.publicKey.jwk
        let (pkcs1, pss) = (try VerificationKey(jwk: jwk), try VerificationKey(jwk: jwk, algorithm: .ps256))
        #expect(pkcs1.algorithm == .rs256 && pss.algorithm == .ps256 && pkcs1 != pss)
        let other = try SigningKey(.ps256, derRepresentation: TestKeys.rs256.derRepresentation)
        #expect(error(try token("RS256", signedBy: TestKeys.rs256), pkcs1) == nil)
        #expect(error(try token("PS256", signedBy: other), pss) == nil)
        #expect(error(try token("PS256", signedBy: TestKeys.rs256), pss) == .wrongSignature)
        #expect(error(try token("RS256", signedBy: other), pkcs1) == .wrongSignature)
    }

    @Test("HS256 with the bytes of a public key as its secret is refused", arguments: TestKeys.all)
    func symmetric(key: SigningKey) throws {
        let jwk = key.publicKey.jwk
        let parts = ["n", "x", "y"].compactMap { jwk[$0]?.string.flatMap { Base64URL.decode($0) } }
        for secret in [jwk.serialized, parts.flatMap(\.self), parts[0], Array(jwk.text.utf8)] {
            for name in ["HS256", "hs256", "HS384", "HS512", key.algorithm.rawValue] {
                let header: JSONObject = ["alg": .string(name), "typ": "t"]
                let input = "\(Base64URL.encode(header.serialized)).\(Base64URL.encode(Array(#"{"a":1}"#.utf8)))"
                let code = Digest.authenticationCode(Array(input.utf8), key: secret)
                let expected: JWSError = name == key.algorithm.rawValue ? .wrongSignature : .wrongAlgorithm
                #expect(error("\(input).\(Base64URL.encode(code))", key.publicKey) == expected)
            }
        }
    }

    @Test("none in all letter cases is refused, with an empty signature and with any other", arguments: TestKeys.all)
    func none(key: SigningKey) throws {
        for mask in 0..<16 {
            let name = "none".enumerated().map { mask >> $0 & 1 == 1 ? $1.uppercased() : String($1) }.joined()
            let signed = try token(name, signedBy: key)
            #expect(error(signed, key.publicKey) == .wrongAlgorithm)
            let unsigned = signed.split(separator: ".")[..<2].joined(separator: ".")
            #expect(error(unsigned + ".", key.publicKey) == .malformed)
            #expect(error(unsigned, key.publicKey) == .malformed)
        }
    }

    @Test("the algorithm comes from the registration: a key of another type or for another algorithm does not fit it")
    func registered() throws {
        for key in TestKeys.all {
            let bare = key.publicKey.jwk
            let listed = key.publicKey.listedJWK(identifier: "k")
            for algorithm in JWSAlgorithm.allCases {
                let fits = algorithm == key.algorithm
                let isRSA = bare["kty"] == "RSA" && [.rs256, .ps256].contains(algorithm)
                #expect(
                    (try? VerificationKey(jwk: listed, algorithm: algorithm))?.algorithm == (fits ? algorithm : nil))
                #expect(
                    (try? VerificationKey(jwk: bare, algorithm: algorithm))?.algorithm
                        == (fits || isRSA ? algorithm : nil))
                let set = VerificationKeySet(jwks: ["keys": [.object(listed)]], algorithm: algorithm)
                #expect(set.isEmpty == !fits)
            }
        }
    }

    @Test("an RSA key without alg serves a client that is registered for PS256, and RS256 is refused there")
    func registeredForPSS() throws {
        let jwks: JSONObject = ["keys": [.object(TestKeys.ps256.publicKey.jwk)]]
        let set = VerificationKeySet(jwks: jwks, algorithm: .ps256)
        let good = try CompactJWS(parsing: token("PS256", signedBy: TestKeys.ps256))
        #expect(throws: Never.self) { try set.verify(good, type: "t") }
        let pkcs1 = try SigningKey(.rs256, derRepresentation: TestKeys.ps256.derRepresentation)
        let wrong = try CompactJWS(parsing: token("RS256", signedBy: pkcs1))
        #expect(throws: JWSError.wrongAlgorithm) { try set.verify(wrong, type: "t") }
    }

    @Test("a DPoP proof is taken in the algorithms of the place, with a key that fits", arguments: TestKeys.all)
    func proofs(key: SigningKey) throws {
        func verify(_ proof: String, _ algorithms: Set<JWSAlgorithm>) -> JWSAlgorithm? {
            (try? VerifiedDPoPProof.verify(
                proof, method: "POST", url: "https://id.example/token", now: TestKeys.now, isAcceptableNonce: nil,
                algorithms: algorithms))?.key.algorithm
        }
        let proof = try VerifiedDPoPProof.make(
            key: key, method: "POST", url: "https://id.example/token", now: TestKeys.now, nonce: nil)
        #expect(verify(proof, Set(JWSAlgorithm.allCases)) == key.algorithm)
        #expect(verify(proof, [key.algorithm]) == key.algorithm)
        #expect(verify(proof, Set(JWSAlgorithm.allCases).subtracting([key.algorithm])) == nil)
    }
}
