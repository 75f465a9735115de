import Crypto
import OpenIDMessages

@testable import IdentityCrypto

/// The keys of the project's vectors. Everybody knows them: they are made from their names.
struct VectorKey: Sendable {
    let name: String
    let raw: P256.Signing.PrivateKey

    init(_ name: String) {
        self.name = name
        // A SHA-256 digest is a scalar of P-256 but with a chance of 2^-32, which these names do not have.
        raw = try! P256.Signing.PrivateKey(rawRepresentation: Digest.sha256(Array("citizen-id test key \(name)".utf8)))
    }

    var publicKey: VerificationKey { VerificationKey(raw.publicKey) }
    var signing: SigningKey { SigningKey(raw) }
    var thumbprint: KeyThumbprint { publicKey.thumbprint }

    static let provider = VectorKey("provider")
    /// `K_auth`, `K_inst` and `K_pin` of the device.
    static let authentication = VectorKey("auth")
    static let installation = VectorKey("inst")
    static let pin = VectorKey("pin")
    static let attester = VectorKey("attester")
    static let root = VectorKey("simulator_root")
    /// Of a browser that is known.
    static let browser = VectorKey("browser")
    /// Nobody's: signs what must be refused.
    static let stranger = VectorKey("stranger")

    static let all = [provider, authentication, installation, pin, attester, root, browser, stranger]

    /// `keys` of a vector file.
    static func listed(_ keys: [VectorKey]) -> JSONValue {
        var object = JSONObject()
        for key in keys { object[key.name] = .object(key.publicKey.jwk) }
        return .object(object)
    }

    /// `test-keys.json`: the private keys.
    static var file: JSONObject {
        var keys = JSONObject()
        for key in all {
            var jwk = key.publicKey.jwk
            jwk["d"] = .string(Base64URL.encode(Array(key.raw.rawRepresentation)))
            keys[key.name] = .object(jwk)
        }
        return [
            "note": """
            PUBLIC TEST KEYS. Everybody has them; nothing real may ever trust them. The private scalar of each is \
            SHA-256("citizen-id test key " + its name).
            """,
            "keys": .object(keys),
        ]
    }
}

/// A compact JWS whose parts are any texts.
struct VectorToken {
    var header: JSONObject
    var headerText: String?
    var payload: JSONObject
    var payloadBytes: [UInt8]?
    var signer: VectorKey

    var input: String {
        Base64URL.encode(headerText.map { Array($0.utf8) } ?? header.serialized) + "."
            + Base64URL.encode(payloadBytes ?? payload.serialized)
    }

    var signature: P256.Signing.ECDSASignature { try! signer.raw.signature(for: Array(input.utf8)) }
    var text: String { input + "." + Base64URL.encode(Array(signature.rawRepresentation)) }

    func changed(_ change: (inout VectorToken) -> Void) -> String {
        var token = self
        change(&token)
        return token.text
    }
}
