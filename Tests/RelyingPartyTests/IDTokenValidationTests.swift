import IdentityCrypto
import OpenIDMessages
import Testing

@testable import RelyingParty

/// A token that is accepted, and the tokens that differ from it in one thing and are not.
@Suite("ID token validation (OpenID Connect Core §3.1.3.7)")
struct IDTokenValidationTests {
    static let key = SigningKey.makeES256()
    static let now = Timestamp(seconds: 1_800_000_000)
    static let accessToken = "access-token"

    static let good: JSONObject = [
        "iss": "https://id.example.test", "sub": "subject-1", "aud": "portal", "nonce": "nonce-1",
        "acr": "http://bsi.bund.de/eID/LoA/substantiell", "exp": (now + 300).json, "iat": now.json,
        "auth_time": (now - 5).json,
        "at_hash": .string(Base64URL.encode(Digest.sha256(Array(accessToken.utf8)).prefix(16))),
    ]

    static func validator(
        wanted: [AssuranceLevel] = [.substantiell], acceptsSimulated: Bool = false
    ) throws -> IDTokenValidator {
        IDTokenValidator(
            issuer: try #require(IssuerURL(rawValue: "https://id.example.test")),
            client: try #require(ClientIdentifier(rawValue: "portal")),
            levels: AcceptedLevels(wanted: wanted.map(\.acr), acceptsSimulated: acceptsSimulated))
    }

    static func validate(
        _ token: String, keys: [SigningKey] = [key], for town: TenantIdentifier? = nil,
        by validator: IDTokenValidator? = nil
    ) throws -> ValidatedIDToken {
        let set = VerificationKeySet(keys.map { ($0.thumbprint.rawValue, $0.publicKey) })
        let nonce = try #require(Nonce(rawValue: "nonce-1"))
        return try (validator ?? Self.validator())
            .validate(
                token, keys: set, for: .login(nonce), servedTenant: town, accessToken: accessToken, now: now)
    }

    static func signed(_ claims: JSONObject) throws -> String { try key.sign(type: "JWT", payload: claims) }

    @Test func theGoodTokenIsAccepted() throws {
        let token = try Self.validate(Self.signed(Self.good))
        #expect(token.subject.rawValue == "subject-1")
        #expect(token.context == AuthenticationContext(level: .substantiell, isSimulated: false))
        #expect(token.claims == Self.good)
    }

    @Test(arguments: JWSAlgorithm.allCases) func everyAlgorithmIsAccepted(algorithm: JWSAlgorithm) throws {
        let key = try SigningKey.make(algorithm)
        var claims = Self.good
        claims["at_hash"] = .string(algorithm.halfHash(of: Self.accessToken))
        _ = try Self.validate(key.sign(type: "JWT", payload: claims), keys: [key])
    }

    @Test(arguments: ["iss", "sub", "aud", "nonce", "acr", "exp", "iat"])
    func aMissingClaimIsRefused(claim: String) throws {
        var claims = Self.good
        claims[claim] = nil
        #expect(throws: IDTokenDefect.missing(claim)) { try Self.validate(Self.signed(claims)) }
    }

    @Test(arguments: ["iss", "sub", "aud", "nonce", "acr", "exp", "iat", "auth_time", "at_hash", "sid"])
    func aClaimOfAnotherTypeIsRefused(claim: String) throws {
        for value: JSONValue in [.null, true, .number(1.5), .object([:]), [], [[]]] {
            var claims = Self.good
            claims[claim] = value
            let token = try Self.signed(claims)
            #expect(throws: IDTokenDefect.self, "\(claim) = \(value)") { try Self.validate(token) }
        }
    }

    struct NearMiss: Sendable, CustomTestStringConvertible {
        let claim: String
        let value: JSONValue
        let defect: IDTokenDefect
        var testDescription: String { "\(claim): \(String(decoding: value.serialized, as: UTF8.self))" }
    }

    static let nearMisses: [NearMiss] = [
        .init(claim: "iss", value: "https://id.example.test/", defect: .wrong("iss")),
        .init(claim: "iss", value: "https://ID.example.test", defect: .wrong("iss")),
        .init(claim: "iss", value: "https://id.example.tes", defect: .wrong("iss")),
        .init(claim: "aud", value: "other", defect: .wrong("aud")),
        .init(claim: "aud", value: "Portal", defect: .wrong("aud")),
        .init(claim: "aud", value: ["portal", "other"], defect: .wrong("aud")),
        .init(claim: "aud", value: ["portal", "portal"], defect: .wrong("aud")),
        .init(claim: "aud", value: ["other"], defect: .wrong("aud")),
        .init(claim: "azp", value: "other", defect: .wrong("azp")),
        .init(claim: "nonce", value: "nonce-2", defect: .wrong("nonce")),
        .init(claim: "nonce", value: "nonce-1 ", defect: .wrong("nonce")),
        .init(claim: "nonce", value: "", defect: .wrong("nonce")),
        .init(claim: "exp", value: (now - IDTokenValidator.Token.clockTolerance).json, defect: .expired),
        .init(claim: "exp", value: 0, defect: .expired),
        .init(claim: "exp", value: -1, defect: .wrong("exp")),
        .init(claim: "exp", value: "1800000300", defect: .wrong("exp")),
        .init(claim: "exp", value: .integer(.max), defect: .wrong("exp")),
        .init(claim: "iat", value: (now + 31).json, defect: .clockDisagrees("iat")),
        .init(claim: "iat", value: (now - 601).json, defect: .clockDisagrees("iat")),
        .init(claim: "nbf", value: (now + 31).json, defect: .clockDisagrees("nbf")),
        .init(claim: "auth_time", value: (now + 31).json, defect: .clockDisagrees("auth_time")),
        .init(claim: "acr", value: "http://bsi.bund.de/eID/LoA/normal", defect: .levelNotSatisfied),
        .init(claim: "acr", value: "sim:http://bsi.bund.de/eID/LoA/hoch", defect: .levelNotSatisfied),
        .init(claim: "acr", value: "0", defect: .levelNotSatisfied),
        .init(claim: "acr", value: "", defect: .levelNotSatisfied),
        .init(claim: "at_hash", value: "AAAAAAAAAAAAAAAAAAAAAA", defect: .wrong("at_hash")),
        .init(claim: "sub", value: "", defect: .wrong("sub")),
        .init(claim: "sub", value: "a b", defect: .wrong("sub")),
    ]

    @Test(arguments: nearMisses) func aNearMissIsRefused(miss: NearMiss) throws {
        var claims = Self.good
        claims[miss.claim] = miss.value
        #expect(throws: miss.defect) { try Self.validate(Self.signed(claims)) }
    }

    @Test func whatIsAllowedBesidesTheGoodToken() throws {
        let allowed: [(String, JSONValue?)] = [
            ("aud", ["portal"]), ("azp", "portal"), ("at_hash", nil), ("auth_time", nil),
            ("exp", (Self.now - 29).json), ("iat", (Self.now + 30).json), ("iat", (Self.now - 600).json),
            ("acr", "http://bsi.bund.de/eID/LoA/hoch"), ("acr", "http://eidas.europa.eu/LoA/substantial"),
        ]
        for (claim, value) in allowed {
            var claims = Self.good
            claims[claim] = value
            _ = try Self.validate(Self.signed(claims))
        }
    }
}

@Suite("ID token levels (acr)")
struct IDTokenLevelTests {
    @Test func aSimulatedLevelCountsOnlyWhereItIsAccepted() throws {
        var claims = IDTokenValidationTests.good
        claims["acr"] = "sim:http://bsi.bund.de/eID/LoA/substantiell"
        let token = try IDTokenValidationTests.signed(claims)
        let accepting = try IDTokenValidationTests.validator(acceptsSimulated: true)
        #expect(try IDTokenValidationTests.validate(token, by: accepting).context.isSimulated)
        #expect(throws: IDTokenDefect.levelNotSatisfied) { try IDTokenValidationTests.validate(token) }
    }

    @Test(arguments: ["sim:sim:http://bsi.bund.de/eID/LoA/hoch", "sim:", "sim:http://bsi.bund.de/eID/LoA/normal"])
    func acceptingSimulationAcceptsNothingElse(acr: String) throws {
        var claims = IDTokenValidationTests.good
        claims["acr"] = .string(acr)
        let token = try IDTokenValidationTests.signed(claims)
        let accepting = try IDTokenValidationTests.validator(acceptsSimulated: true)
        #expect(throws: IDTokenDefect.levelNotSatisfied) {
            try IDTokenValidationTests.validate(token, by: accepting)
        }
    }

    @Test func withoutAWishAnyKnownLevelWillDo() throws {
        let levels = AcceptedLevels(wanted: [], acceptsSimulated: false)
        #expect(levels.context(ofSatisfying: AssuranceLevel.normal.acr)?.level == .normal)
        #expect(levels.context(ofSatisfying: AssuranceLevel.undefined.acr) == nil)
        #expect(levels.context(ofSatisfying: "sim:" + AssuranceLevel.normal.acr) == nil)
    }
}
