import Crypto
import OpenIDMessages
import TestVectors

@testable import IdentityCrypto

/// A token that is almost good.
struct NearMiss {
    let name: String
    let jws: String
    let reason: VectorReason

    init(_ name: String, _ reason: VectorReason, _ jws: String) {
        self.name = name
        self.jws = jws
        self.reason = reason
    }
}

extension StatementFile {
    var nearMisses: [NearMiss] {
        headerMisses + keyMisses + signatureMisses + spellingMisses + payloadMisses + memberMisses
    }

    private func with(_ name: String, _ value: JSONValue?) -> String { token().changed { $0.header[name] = value } }

    private var headerMisses: [NearMiss] {
        let other = type == "login-request+jwt" ? "login-receipt+jwt" : "login-request+jwt"
        var unsigned = token()
        unsigned.header["alg"] = "none"
        var confused = token()
        confused.header["alg"] = "HS256"
        let mac = Digest.authenticationCode(Array(confused.input.utf8), key: signer.publicKey.jwk.serialized)
        return [
            NearMiss("no typ", .wrongType, with("typ", nil)), NearMiss("typ JWT", .wrongType, with("typ", "JWT")),
            NearMiss("typ of another statement", .wrongType, with("typ", .string(other))),
            NearMiss("alg none with a signature", .wrongAlgorithm, unsigned.text),
            NearMiss("alg none without a signature", .malformedToken, unsigned.input + "."),
            NearMiss(
                "HS256 with the public key as secret", .wrongAlgorithm, confused.input + "." + Base64URL.encode(mac)),
            NearMiss("alg RS256", .wrongAlgorithm, with("alg", "RS256")),
            NearMiss("no alg", .malformedToken, with("alg", nil)),
            NearMiss("a critical extension", .criticalExtension, with("crit", ["exp"])),
            NearMiss(
                "a header with a name twice", .malformedToken,
                token().changed { token in
                    token.headerText = #"{"alg":"ES256","# + token.header.text.dropFirst()
                }),
        ]
    }

    private var keyMisses: [NearMiss] {
        let foreign = token().changed { $0.signer = .stranger }
        let wrongSigner = NearMiss("signed by a stranger", .wrongSignature, foreign)
        let strangersKey = JSONValue.object(VectorKey.stranger.publicKey.jwk)
        switch keyPlace {
        case .kid:
            return [
                wrongSigner, NearMiss("no kid", .unknownKey, with("kid", nil)),
                NearMiss(
                    "kid of a stranger", .unknownKey, with("kid", .string(VectorKey.stranger.thumbprint.rawValue))),
                NearMiss("kid as a number", .malformedToken, with("kid", 1)),
                NearMiss(
                    "a stranger's key in jwk, kid of the signer", .wrongSignature,
                    token().changed {
                        $0.header["jwk"] = strangersKey
                        $0.signer = .stranger
                    }),
                NearMiss(
                    "a stranger's key in jwk, no kid", .unknownKey,
                    token().changed {
                        $0.header["kid"] = nil
                        $0.header["jwk"] = strangersKey
                        $0.signer = .stranger
                    }),
            ]
        case .jwk:
            var withPrivateKey = signer.publicKey.jwk
            withPrivateKey["d"] = .string(Base64URL.encode([UInt8](repeating: 1, count: 32)))
            return [
                wrongSigner, NearMiss("no jwk", .unknownKey, with("jwk", nil)),
                NearMiss("a kid beside jwk", .unknownKey, with("kid", .string(signer.thumbprint.rawValue))),
                NearMiss("a private key in jwk", .unknownKey, with("jwk", .object(withPrivateKey))),
                NearMiss("jwk of a stranger", .wrongSignature, with("jwk", strangersKey)),
            ]
        case .x5c: return [wrongSigner]
        }
    }

    private var signatureMisses: [NearMiss] {
        let good = token()
        let signature = good.signature
        let raw = Array(signature.rawRepresentation)
        func signed(_ bytes: [UInt8]) -> String { good.input + "." + Base64URL.encode(bytes) }
        var flipped = raw
        flipped[0] ^= 0x80
        var changed = good
        changed.payload[changed.payload.names[0]] = "changed"
        return [
            NearMiss("one bit of the signature flipped", .wrongSignature, signed(flipped)),
            NearMiss("a signature in DER", .wrongSignature, signed(Array(signature.derRepresentation))),
            NearMiss("a signature of 63 bytes", .wrongSignature, signed(raw.dropLast())),
            NearMiss("a signature of 65 bytes", .wrongSignature, signed(raw + [0])),
            NearMiss("s before r", .wrongSignature, signed(Array(raw[32...] + raw[..<32]))),
            NearMiss("a signature of zeros", .wrongSignature, signed([UInt8](repeating: 0, count: 64))),
            NearMiss(
                "another payload under the signature", .wrongSignature, changed.input + "." + Base64URL.encode(raw)),
        ]
    }

    private var spellingMisses: [NearMiss] {
        let good = token().text
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        let last = alphabet.firstIndex(of: good.last!)!
        return [
            NearMiss("padding", .malformedToken, good + "=="),
            NearMiss("spare bits that are not zero", .malformedToken, good.dropLast() + String(alphabet[last + 1])),
            NearMiss("a line feed at the end", .malformedToken, good + "\n"),
            NearMiss("a space at the beginning", .malformedToken, " " + good),
            NearMiss("two parts", .malformedToken, token().input), NearMiss("four parts", .malformedToken, good + "."),
        ]
    }

    private var payloadMisses: [NearMiss] {
        func payload(_ text: String) -> String { token().changed { $0.payloadBytes = Array(text.utf8) } }
        let text = token().payload.text
        let first = token().payload.members[0]
        let twice = "{" + String(decoding: JSONValue.string(first.name).serialized, as: UTF8.self) + ":1,"
        var notUTF8 = Array(text.utf8)
        notUTF8.insert(0xFF, at: 2)
        return [
            NearMiss("a name twice", .malformedPayload, payload(twice + text.dropFirst())),
            NearMiss("a comma before the end", .malformedPayload, payload(text.dropLast() + ",}")),
            NearMiss("an array", .malformedPayload, payload("[" + text + "]")),
            NearMiss("something behind the object", .malformedPayload, payload(text + "{}")),
            NearMiss("no payload", .malformedPayload, payload("")),
            NearMiss("bytes that are not UTF-8", .malformedPayload, token().changed { $0.payloadBytes = notUTF8 }),
        ]
    }
}
