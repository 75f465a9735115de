import Crypto
import Foundation
import OpenIDMessages

@testable import IdentityCrypto

/// Keys that several suites share: making an RSA key takes a moment.
enum TestKeys {
    static let es256 = SigningKey.makeES256()
    static let otherES256 = SigningKey.makeES256()
    static let rs256 = try! SigningKey.makeRS256()
    static let ps256 = try! SigningKey.makePS256()
    static let edDSA = try! SigningKey.makeEdDSA()
    /// One key of each algorithm.
    static let all = [es256, rs256, ps256, edDSA]

    static let now = Timestamp(seconds: 1_800_000_000)
    static let issuer = IssuerURL(rawValue: "https://id.example")!
}

/// Compact JWSs as nobody should make them: the header and the payload are any bytes.
enum RawJWS {
    static func signed(header: String, payload: String, key: P256.Signing.PrivateKey) -> String {
        let input = Base64URL.encode(Array(header.utf8)) + "." + Base64URL.encode(Array(payload.utf8))
        let signature = try! key.signature(for: Array(input.utf8)).rawRepresentation
        return input + "." + Base64URL.encode(Array(signature))
    }
}

extension JSONValue {
    /// The member of an object; nil for other values.
    subscript(_ name: String) -> JSONValue? { object?[name] }
}

/// The bytes of a key or a shared secret.
func bytes(of secret: some ContiguousBytes) -> [UInt8] { unsafe secret.withUnsafeBytes { unsafe Array($0) } }
