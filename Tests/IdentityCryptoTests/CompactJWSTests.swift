import Crypto
import OpenIDMessages
import Testing

@testable import IdentityCrypto

@Suite("RFC 7515 §5.2 and RFC 8725, a compact JWS is read in one way only")
struct CompactJWSTests {
    static let type = "login-receipt+jwt"
    static let token = try! TestKeys.es256.sign(type: type, payload: ["a": 1])

    private static func header(_ text: String) -> String {
        RawJWS.signed(header: text, payload: #"{"a":1}"#, key: raw)
    }
    private static let raw = P256.Signing.PrivateKey()
    private static let rawKey = VerificationKey(raw.publicKey)

    @Test("a good token is accepted, with and without the prefix of its type and in any letter case")
    func accepted() throws {
        #expect(
            try CompactJWS(parsing: Self.token).verified(by: TestKeys.es256.publicKey, type: Self.type).payload
                == ["a": 1])
        for type in [Self.type, "application/" + Self.type, Self.type.uppercased(), "Application/" + Self.type] {
            let token = Self.header(#"{"alg":"ES256","typ":"\#(type)"}"#)
            #expect(throws: Never.self) { try CompactJWS(parsing: token).verified(by: Self.rawKey, type: Self.type) }
        }
    }

    static let changes: [(String, @Sendable (String) -> String)] = [
        ("empty", { _ in "" }), ("padding", { $0 + "=" }), ("padding of the header", { $0.replacing(".", with: "=.") }),
        ("a space before", { " " + $0 }), ("a line feed behind", { $0 + "\n" }),
        ("a space inside", { $0.replacing(".", with: ". ") }),
        ("two parts", { String($0.prefix { $0 != "." }) + ".e30" }),
        ("no signature", { $0.split(separator: ".")[..<2].joined(separator: ".") + "." }),
        ("no header", { "." + $0.split(separator: ".")[1...].joined(separator: ".") }),
        ("four parts", { $0 + ".e30" }), ("a dot behind", { $0 + "." }),
        ("the JSON serialization", { #"{"a":"\#($0)"}"# }),
        ("standard base64", { $0 + "/+" }), ("a character of another script", { $0 + "é" }),
        ("spare bits", { String($0.dropLast()) + spare($0.last!) }),
    ]

    /// The next character of the alphabet: another spelling of the same bytes, as the last of 86 has four spare bits.
    private static func spare(_ last: Character) -> String {
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        return String(alphabet[alphabet.index(after: alphabet.firstIndex(of: last)!)])
    }

    @Test("any other spelling is malformed", arguments: changes.indices)
    func malformed(index: Int) {
        let (name, change) = Self.changes[index]
        #expect(throws: JWSError.malformed, "\(name)") { try CompactJWS(parsing: change(Self.token)) }
    }

    @Test("before its signature is verified, a header of 128 values and a payload of 1024 are read, and no more")
    func values() throws {
        func list(_ count: Int) -> String { "[" + Array(repeating: "1", count: count).joined(separator: ",") + "]" }
        // Beside the elements: the object, `alg` and the list; in the payload the object and the list.
        let header = { #"{"alg":"ES256","x":\#(list($0 - 3))}"# }
        let token = { RawJWS.signed(header: $0, payload: $1, key: Self.raw) }
        #expect(throws: Never.self) { try CompactJWS(parsing: token(header(128), "{}")) }
        #expect(throws: JWSError.malformed) { try CompactJWS(parsing: token(header(129), "{}")) }
        let whole = try CompactJWS(parsing: token(header(3), #"{"a":\#(list(1022))}"#))
        #expect(try whole.verified(by: Self.rawKey, type: nil).payload["a"]?.array?.count == 1022)
        let beyond = try CompactJWS(parsing: token(header(3), #"{"a":\#(list(1023))}"#))
        #expect(throws: JWSError.wrongPayload) { try beyond.verified(by: Self.rawKey, type: nil) }
    }

    @Test("a token beyond 16 KiB is not read")
    func length() throws {
        let long = try TestKeys.es256.sign(type: "t", payload: ["a": .string(String(repeating: "x", count: 13_000))])
        #expect(throws: JWSError.malformed) { try CompactJWS(parsing: long) }
    }

    @Test(
        "a header is refused for what it says", .serialized,
        arguments: [
            (#"{"alg":"ES256"}"#, JWSError.wrongType), (#"{"alg":"ES256","typ":"JWT"}"#, .wrongType),
            (#"{"alg":"ES256","typ":""}"#, .wrongType), (#"{"alg":"ES256","typ":"application/"}"#, .wrongType),
            (#"{"alg":"ES256","typ":"login-receipt+jwt "}"#, .wrongType),
            (#"{"alg":"ES256","typ":"application/application/login-receipt+jwt"}"#, .wrongType),
            (#"{"alg":"ES256","typ":"login-receipt+jwt;v=1"}"#, .wrongType),
            (#"{"alg":"ES256","typ":null}"#, .malformed), (#"{"alg":"ES256","typ":["login-receipt+jwt"]}"#, .malformed),
            (#"{"alg":"none","typ":"login-receipt+jwt"}"#, .wrongAlgorithm),
            (#"{"alg":"None","typ":"login-receipt+jwt"}"#, .wrongAlgorithm),
            (#"{"alg":"","typ":"login-receipt+jwt"}"#, .wrongAlgorithm),
            (#"{"alg":"HS256","typ":"login-receipt+jwt"}"#, .wrongAlgorithm),
            (#"{"alg":"RS256","typ":"login-receipt+jwt"}"#, .wrongAlgorithm),
            (#"{"alg":"ES256K","typ":"login-receipt+jwt"}"#, .wrongAlgorithm),
            (#"{"alg":"es256","typ":"login-receipt+jwt"}"#, .wrongAlgorithm),
            (#"{"typ":"login-receipt+jwt"}"#, .malformed), (#"{"alg":null,"typ":"login-receipt+jwt"}"#, .malformed),
            (#"{"alg":["ES256"],"typ":"login-receipt+jwt"}"#, .malformed),
            (#"{"alg":"ES256","typ":"login-receipt+jwt","kid":1}"#, .malformed),
            (#"{"alg":"ES256","typ":"login-receipt+jwt","kid":null}"#, .malformed),
            (#"{"alg":"ES256","alg":"ES256","typ":"login-receipt+jwt"}"#, .malformed),
            (#"{"alg":"none","alg":"ES256","typ":"login-receipt+jwt"}"#, .malformed),
            (#"{"alg":"ES256","typ":"login-receipt+jwt","crit":["b64"],"b64":true}"#, .criticalExtension),
            (#"{"alg":"ES256","typ":"login-receipt+jwt","crit":[]}"#, .criticalExtension),
            (#"{"alg":"ES256","typ":"login-receipt+jwt","crit":null}"#, .criticalExtension),
            (#"["ES256"]"#, .malformed), (#"{"alg":"ES256","typ":"login-receipt+jwt"},"#, .malformed), ("", .malformed),
        ])
    func headers(header: String, error: JWSError) {
        let token = Self.header(header)
        #expect(throws: error) { try CompactJWS(parsing: token).verified(by: Self.rawKey, type: Self.type) }
    }

    @Test("the Kelvin sign is no k: only ASCII has letter case")
    func kelvin() {
        let token = Self.header("{\"alg\":\"ES256\",\"typ\":\"device-\u{212A}ey-proof+jwt\"}")
        #expect(throws: JWSError.wrongType) {
            try CompactJWS(parsing: token).verified(by: Self.rawKey, type: "device-key-proof+jwt")
        }
    }

    @Test(
        "HS256 with the public key as the secret is refused (RFC 8725 §2.1)",
        arguments: [TestKeys.es256, TestKeys.rs256])
    func confusion(key: SigningKey) {
        let input =
            Base64URL.encode(Array(#"{"alg":"HS256","typ":"t"}"#.utf8)) + "." + Base64URL.encode(Array("{}".utf8))
        for secret in [key.publicKey.jwk.serialized, Array(key.publicKey.jwk.text.utf8.dropFirst())] {
            let code = Digest.authenticationCode(Array(input.utf8), key: secret)
            #expect(throws: JWSError.wrongAlgorithm) {
                try CompactJWS(parsing: input + "." + Base64URL.encode(code)).verified(by: key.publicKey, type: "t")
            }
        }
    }

    @Test(
        "a payload that is not one object is refused",
        arguments: ["", "[]", "1", #""a""#, #"{"a":1,"a":2}"#, #"{"a":1,}"#, #"{"a":1} x"#, "{\"a\":\"\u{1}\"}"])
    func payloads(payload: String) {
        let token = RawJWS.signed(header: #"{"alg":"ES256"}"#, payload: payload, key: Self.raw)
        #expect(throws: JWSError.wrongPayload) { try CompactJWS(parsing: token).verified(by: Self.rawKey, type: nil) }
    }
}

@Suite("RFC 7515 §4.1, nothing in the header chooses a key but `kid`")
struct KeyChoiceTests {
    let one = TestKeys.es256
    let two = TestKeys.otherES256

    private func verify(_ token: String, _ set: VerificationKeySet) throws -> VerificationKey {
        try set.verify(CompactJWS(parsing: token), type: "t").key
    }

    private var both: VerificationKeySet { VerificationKeySet([("1", one.publicKey), ("2", two.publicKey)]) }

    @Test("`kid` finds its key and no other")
    func kid() throws {
        #expect(try verify(one.sign(type: "t", payload: [:], keyIdentifier: "1"), both) == one.publicKey)
        #expect(try verify(two.sign(type: "t", payload: [:], keyIdentifier: "2"), both) == two.publicKey)
        #expect(throws: JWSError.wrongSignature) {
            try verify(one.sign(type: "t", payload: [:], keyIdentifier: "2"), both)
        }
        for kid in ["3", "", "1 ", "01"] {
            let token = try one.sign(type: "t", payload: [:], keyIdentifier: kid)
            #expect(throws: JWSError.unknownKey) { try verify(token, both) }
            #expect(throws: JWSError.unknownKey) { try verify(token, VerificationKeySet([("1", one.publicKey)])) }
        }
    }

    @Test("without `kid` only a key that is alone is meant")
    func withoutKid() throws {
        let token = try one.sign(type: "t", payload: [:], header: ["jwk": .object(one.publicKey.jwk)])
        #expect(try verify(token, VerificationKeySet([("1", one.publicKey)])) == one.publicKey)
        #expect(throws: JWSError.unknownKey) { try verify(token, both) }
        #expect(throws: JWSError.unknownKey) { try verify(token, VerificationKeySet([])) }
    }

    @Test("a key or a place of keys that the token brings is not looked at", arguments: ["jwk", "jku", "x5u", "x5c"])
    func broughtKeys(name: String) throws {
        let stranger = SigningKey.makeES256()
        let value: JSONValue =
            switch name {
            case "jwk": .object(stranger.publicKey.jwk)
            case "x5c": [.string("MIIB")]
            default: "https://evil.example/jwks"
            }
        let token = try stranger.sign(type: "t", payload: [:], header: [name: value, "kid": "1"])
        #expect(throws: JWSError.wrongSignature) { try verify(token, both) }
        #expect(throws: JWSError.wrongSignature) { try verify(token, VerificationKeySet([("1", one.publicKey)])) }
        let honest = try one.sign(type: "t", payload: [:], header: [name: value, "kid": "1"])
        #expect(try verify(honest, both) == one.publicKey)
    }

    @Test("a key set passes over what cannot verify, and a name means its first key (RFC 7517 §5)")
    func keySets() throws {
        var first = one.publicKey.listedJWK(identifier: "1")
        first["x5c"] = ["MIIB"]
        let jwks: JSONObject = [
            "keys": [
                "no object", .object(["kty": "oct", "k": "AAAA", "kid": "1"]), .object(["kty": "OKP", "kid": "1"]),
                .object(first), .object(two.publicKey.listedJWK(identifier: "1")), .object(two.publicKey.jwk),
            ]
        ]
        let set = VerificationKeySet(jwks: jwks)
        #expect(set.key(identifier: "1") == one.publicKey)
        #expect(set.key(identifier: two.thumbprint.rawValue) == two.publicKey)
        #expect(VerificationKeySet(jwks: [:]).isEmpty)
        #expect(VerificationKeySet(jwks: ["keys": "x"]).isEmpty)
    }
}
