import OpenIDMessages
import TestVectors

@testable import IdentityCrypto

extension StatementFile {
    /// Members that are missing, too many or malformed.
    var memberMisses: [NearMiss] { absences + additions + malformations + unfitting }

    private func changed(_ name: String, _ value: JSONValue?) -> String { token().changed { $0.payload[name] = value } }

    private func changedInner(_ outer: String, _ name: String, _ value: JSONValue?) -> String {
        token().changed { token in
            var object = token.payload[outer]?.object ?? [:]
            object[name] = value
            token.payload[outer] = .object(object)
        }
    }

    private var absences: [NearMiss] {
        let optional: Set = ["uc", "return", "context", "service"]
        let outer = token().payload.names.filter { !optional.contains($0) }.map { name in
            NearMiss("\(name) is missing", .missingMember, changed(name, nil))
        }
        return outer
            + inner.flatMap { object in
                (token().payload[object]?.object?.names ?? []).map { name in
                    NearMiss("\(object).\(name) is missing", .missingMember, changedInner(object, name, nil))
                }
            }
    }

    private var additions: [NearMiss] {
        [NearMiss("an unknown member", .unknownMember, changed("extra", true))]
            + inner.map { NearMiss("an unknown member in \($0)", .unknownMember, changedInner($0, "extra", true)) }
    }

    /// Members that need not be there, with values that they must not have.
    private var unfitting: [NearMiss] {
        switch type {
        case SimulatorAttestation.type:
            let wrong: [(String, JSONValue)] = [
                ("an unknown word", ["rooted"]), ("a known and an unknown word", ["revoked", "rooted"]),
                ("a word in capitals", ["REVOKED"]), ("an empty list", []), ("a word twice", ["unlocked", "unlocked"]),
                ("a string", "revoked"), ("a list with a number", ["revoked", 1]), ("a list in a list", [["revoked"]]),
                ("an object", .object([:])), ("null", .null),
            ]
            return wrong.map { NearMiss("defects are \($0)", .malformedMember, changed("defects", $1)) }
        case LevelExplanation.type:
            let higher = AuthenticationContext(level: .hoch, isSimulated: false).acr
            return [
                NearMiss("acr is of another level", .malformedMember, changed("acr", .string(higher))),
                NearMiss("simulated, and acr is not", .malformedMember, changed("simulated", true)),
                NearMiss("acr is no level's", .malformedMember, changed("acr", "substantiell")),
                NearMiss("advice is a text", .malformedMember, changed("advice", "x")),
                NearMiss("reasons hold a text", .malformedMember, changed("reasons", .array(["x"]))),
            ]
        case LoginRequestStatement.type:
            let since = VectorSamples.requestInKnownBrowser.initiator.knownSince?.json ?? .null
            return [
                NearMiss(
                    "initiator.known_since where digits bind", .malformedMember,
                    changedInner("initiator", "known_since", since)),
                NearMiss(
                    "binding is known_browser without initiator.known_since", .malformedMember,
                    changed("binding", .string(BrowserBinding.knownBrowser.rawValue))),
                NearMiss(
                    "initiator.known_since is null", .malformedMember,
                    changedInner("initiator", "known_since", .null)),
            ]
        default: return []
        }
    }

    private var malformations: [NearMiss] {
        let payload = token().payload
        return payload.members.flatMap { member -> [NearMiss] in
            let name = member.name
            return wrongValues(name, member.value).map { what, value in
                NearMiss("\(name) is \(what)", .malformedMember, changed(name, value))
            }
        } + (payload["iat"] == nil ? [] : [exponent])
    }

    /// A number that is the same time for other readers.
    private var exponent: NearMiss {
        let jws = token().changed { token in
            let number = "\"iat\":\(token.payload["iat"]?.integer ?? 0)"
            token.payloadBytes = Array(token.payload.text.replacing(number, with: "\"iat\":1.8e9").utf8)
        }
        return NearMiss("iat is a number with an exponent", .malformedMember, jws)
    }

    private func wrongValues(_ name: String, _ value: JSONValue) -> [(String, JSONValue)] {
        let wrongBytes: [(String, JSONValue)] = [
            ("31 bytes", .string(Base64URL.encode([UInt8](repeating: 1, count: 31)))),
            ("33 bytes", .string(Base64URL.encode([UInt8](repeating: 1, count: 33)))),
            ("padded", .string(VectorSamples.bytes(1) + "=")),
            ("not canonical", .string(String(repeating: "A", count: 42) + "B")),
        ]
        switch (name, value) {
        case ("iat", .integer(let seconds)), ("exp", .integer(let seconds)):
            return [
                ("a string", .string(String(seconds))), ("a number with a fraction", .number(Double(seconds) + 0.5)),
                ("negative", -1), ("after the year 9999", .integer(253_402_300_800)), ("null", .null),
            ]
        case ("nonce", _), ("uc", _): return wrongBytes
        case (_, .string) where name.hasSuffix("sha256") || name.hasSuffix("_jkt"): return wrongBytes
        case ("iss", .string(let text)) where text.hasPrefix("https"),
            ("aud", .string(let text)) where text.hasPrefix("https"):
            return [
                ("without TLS", "http://id.example"), ("a URL with a path", "https://id.example/"),
                ("in capitals", "https://ID.example"),
                ("a URL with a port that is understood", "https://id.example:443"),
                ("a list", [value]),
            ]
        case ("iss", .string): return wrongBytes
        case ("sub", _), ("aud", _), ("txn", _): return [("too short", "short"), ("a number", 1)]
        case ("counter", _), ("pin_digits", _):
            return [("negative", -1), ("a string", "8"), ("a fraction", .number(8.5))]
        case ("purpose", _), ("action", _), ("flow", _), ("binding", _), ("decision", _), ("state", _),
            ("key_store", _), ("level", _), ("required_level", _):
            return [("an unknown word", "other"), ("in capitals", .string((value.string ?? "").uppercased()))]
        case ("ceilings", .array(let ceilings)):
            guard let first = ceilings.first?.object else { return [] }
            func entry(_ name: String, _ value: JSONValue?) -> JSONValue {
                var changed = first
                changed[name] = value
                return .array([.object(changed)])
            }
            return [
                ("an object", .object([:])), ("an empty list", []), ("a list of texts", ["tpm"]),
                ("without a level", entry("level", nil)),
                ("of an unknown level", entry("level", "other")), ("of a member that is not known", entry("x", 1)),
            ]
        case ("text", _): return [("a text with a line feed", "a\nb"), ("a text with a control character", "a\u{85}b")]
        case ("name", _): return [("a text with a control character", "a\u{9B}b")]
        case ("released", _), ("amr", _), ("formats", _), ("claims_essential", _), ("claims_voluntary", _):
            return [("a string", "a b"), ("a list with a number", ["a", 1]), ("a list with an empty text", [""])]
        case ("jti", _): return [("empty", ""), ("a number", 1)]
        case ("return", _): return [("null", .null)]
        case (_, .object): return [("a list", []), ("null", .null)]
        default: return [("null", .null)]
        }
    }
}
