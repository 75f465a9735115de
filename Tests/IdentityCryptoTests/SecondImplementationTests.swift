import IdentityCrypto
import JWTKit
import OpenIDMessages
import Testing

@Suite("jwt-kit, an implementation by others, agrees")
struct SecondImplementationTests {
    struct Payload: JWTPayload, Equatable {
        var sub: String
        var n: Int

        func verify(using algorithm: some JWTAlgorithm) async throws {}
    }

    static let keys = TestKeys.all

    /// The same private key on the other side.
    private func collection(_ key: SigningKey) async throws -> JWTKeyCollection {
        let isRSA = key.algorithm == .rs256 || key.algorithm == .ps256
        let kind = isRSA ? "RSA PRIVATE KEY" : "PRIVATE KEY"
        // RFC 7468 §2: lines of 64 characters.
        var body = Substring(StandardBase64.encode(key.derRepresentation))
        var lines = ["-----BEGIN \(kind)-----"]
        while !body.isEmpty {
            lines.append(String(body.prefix(64)))
            body = body.dropFirst(64)
        }
        let pem = (lines + ["-----END \(kind)-----"]).joined(separator: "\n")
        let kid = JWKIdentifier(string: key.thumbprint.rawValue)
        let keys = JWTKeyCollection()
        return switch key.algorithm {
        case .es256: await keys.add(ecdsa: try ES256PrivateKey(pem: pem), kid: kid)
        case .rs256: await keys.add(rsa: try Insecure.RSA.PrivateKey(pem: pem), digestAlgorithm: .sha256, kid: kid)
        case .ps256: await keys.add(pss: try Insecure.RSA.PrivateKey(pem: pem), digestAlgorithm: .sha256, kid: kid)
        case .edDSA: await keys.add(eddsa: try EdDSA.PrivateKey(pem: pem), kid: kid)
        }
    }

    @Test("tokens from here verify there, and changed ones do not", arguments: keys)
    func fromHere(key: SigningKey) async throws {
        let token = try key.sign(type: "JWT", payload: ["sub": "a", "n": 7])
        let there = try await collection(key)
        #expect(try await there.verify(token, as: Payload.self) == Payload(sub: "a", n: 7))
        let parts = token.split(separator: ".")
        let other = try key.sign(type: "JWT", payload: ["sub": "b", "n": 7]).split(separator: ".")
        await #expect(throws: (any Error).self) {
            try await there.verify("\(parts[0]).\(other[1]).\(parts[2])", as: Payload.self)
        }
    }

    @Test("tokens from there verify here, and changed ones do not", arguments: keys)
    func fromThere(key: SigningKey) async throws {
        let token = try await collection(key).sign(
            Payload(sub: "a", n: 7), kid: JWKIdentifier(string: key.thumbprint.rawValue))
        let keys = VerificationKeySet([(key.thumbprint.rawValue, key.publicKey)])
        let verified = try keys.verify(CompactJWS(parsing: token), type: "jwt")
        #expect(verified.payload["sub"] == "a")
        #expect(verified.payload["n"] == 7)
        let parts = token.split(separator: ".")
        let changed = "\(parts[0]).\(Base64URL.encode(Array(#"{"sub":"b","n":7}"#.utf8))).\(parts[2])"
        #expect(throws: JWSError.wrongSignature) { try keys.verify(CompactJWS(parsing: changed), type: "jwt") }
    }

    @Test("the published key set is read there", arguments: keys)
    func keySets(key: SigningKey) async throws {
        let jwks: JSONObject = ["keys": [.object(key.publicKey.listedJWK(identifier: key.thumbprint.rawValue))]]
        let there = try await JWTKeyCollection().add(jwksJSON: jwks.text)
        let token = try key.sign(type: "JWT", payload: ["sub": "a", "n": 7])
        #expect(try await there.verify(token, as: Payload.self).sub == "a")
    }
}
