import IdentityCrypto
import OpenIDMessages
import Testing

@testable import RelyingParty

@Suite("ID token signatures (RFC 7515, RFC 8725)")
struct IDTokenSignatureTests {
    typealias Base = IDTokenValidationTests

    /// The good payload under another header, with any signature.
    static func token(header: JSONObject, signature: [UInt8]) -> String {
        [header.serialized, Base.good.serialized, signature].map { Base64URL.encode($0) }.joined(separator: ".")
    }

    @Test func anotherKeyIsRefused() throws {
        let other = SigningKey.makeES256()
        let unknown = try other.sign(type: "JWT", payload: Base.good)
        #expect(throws: IDTokenDefect.signature(.unknownKey)) { try Base.validate(unknown) }
        // The right name over the wrong key's signature.
        let named = try other.sign(
            type: "JWT", payload: Base.good, keyIdentifier: Base.key.thumbprint.rawValue)
        #expect(throws: IDTokenDefect.signature(.wrongSignature)) { try Base.validate(named) }
    }

    @Test func whatWasAgreedAboutEncryptionDecides() throws {
        let key = try DecryptionKey.make(.p256)
        let signed = try Base.signed(Base.good)
        func encrypted(to key: EncryptionKey, contentType: String? = "JWT") throws -> String {
            try CompactJWE.encrypt(Array(signed.utf8), to: key, contentType: contentType)
        }
        let agreed = TokenDecryption<IDTokenDefect>(key: key)
        #expect(try agreed.signedToken(in: encrypted(to: key.publicKey)) == signed)
        #expect(try TokenDecryption<IDTokenDefect>(key: nil).signedToken(in: signed) == signed)
        #expect(throws: IDTokenDefect.encryption) { try agreed.signedToken(in: signed) }
        #expect(throws: IDTokenDefect.encryption) {
            try TokenDecryption<IDTokenDefect>(key: nil).signedToken(in: encrypted(to: key.publicKey))
        }
        let other = try DecryptionKey.make(.p256).publicKey
        #expect(throws: IDTokenDefect.encryption) { try agreed.signedToken(in: encrypted(to: other)) }
        #expect(throws: IDTokenDefect.encryption) {
            try agreed.signedToken(in: encrypted(to: key.publicKey, contentType: nil))
        }
    }

    @Test func aTokenWithoutKidIsRefusedEvenWhenThereIsOneKey() throws {
        let jwk: JSONValue = .object(Base.key.publicKey.jwk)
        let token = try Base.key.sign(type: "JWT", payload: Base.good, header: ["jwk": jwk])
        #expect(throws: IDTokenDefect.signature(.unknownKey)) { try Base.validate(token) }
    }

    @Test(arguments: ["none", "None", "HS256", "HS512", "RS256", "ES384", "EdDSA", ""])
    func anotherAlgorithmIsRefused(algorithm: String) throws {
        let header: JSONObject = [
            "alg": .string(algorithm), "typ": "JWT", "kid": .string(Base.key.thumbprint.rawValue),
        ]
        // HS256 with the public key as its secret is the classic of the kind.
        let input = [header.serialized, Base.good.serialized].map { Base64URL.encode($0) }.joined(separator: ".")
        let code = Digest.authenticationCode(Array(input.utf8), key: Base.key.publicKey.jwk.serialized)
        #expect(throws: IDTokenDefect.signature(.wrongAlgorithm)) {
            try Base.validate(Self.token(header: header, signature: code))
        }
        #expect(throws: IDTokenDefect.signature(.malformed)) {
            try Base.validate(Self.token(header: header, signature: []))
        }
    }

    @Test(arguments: ["at+jwt", "logout+jwt", "login-request+jwt"])
    func anotherKindOfTokenIsRefused(type: String) throws {
        let token = try Base.key.sign(type: type, payload: Base.good)
        #expect(throws: IDTokenDefect.signature(.wrongType)) { try Base.validate(token) }
    }

    @Test func aTokenIsRefusedAtEveryShorterLength() throws {
        let token = try Base.signed(Base.good)
        for length in 0..<token.utf8.count {
            let shorter = String(token.prefix(length))
            #expect(throws: IDTokenDefect.self, "\(length)") { try Base.validate(shorter) }
        }
        for tail in ["A", ".", "=", " ", ".A", "AAAA"] {
            #expect(throws: IDTokenDefect.self) { try Base.validate(token + tail) }
        }
    }

    @Test func aTokenIsRefusedWithAnyOneCharacterChanged() throws {
        let token = try Array(Base.signed(Base.good).utf8)
        for index in token.indices {
            var changed = token
            changed[index] = changed[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            let text = String(decoding: changed, as: UTF8.self)
            #expect(throws: IDTokenDefect.self, "\(index)") { try Base.validate(text) }
        }
    }
}
