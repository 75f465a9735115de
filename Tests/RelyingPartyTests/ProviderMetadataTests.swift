import OpenIDMessages
import Testing

@testable import RelyingParty

@Suite("Provider metadata (OpenID Connect Discovery §4.3)")
struct ProviderMetadataTests {
    static let good: JSONObject = [
        "issuer": "https://id.example.test", "authorization_endpoint": "https://id.example.test/authorize",
        "token_endpoint": "https://id.example.test/token", "jwks_uri": "https://id.example.test/jwks",
        "userinfo_endpoint": "https://id.example.test/userinfo",
        "pushed_authorization_request_endpoint": "https://id.example.test/par",
        "revocation_endpoint": "https://id.example.test/revoke",
        "end_session_endpoint": "https://id.example.test/logout", "dpop_signing_alg_values_supported": ["ES256"],
        "response_types_supported": ["code"], "code_challenge_methods_supported": ["S256"],
    ]

    static func read(_ json: JSONObject) throws -> ProviderMetadata {
        try ProviderMetadata(json: json, issuer: #require(IssuerURL(rawValue: "https://id.example.test")))
    }

    @Test func theGoodMetadataIsAccepted() throws {
        let metadata = try Self.read(Self.good)
        #expect(metadata.tokenEndpoint.rawValue == "https://id.example.test/token")
        #expect(metadata.userinfoEndpoint?.rawValue == "https://id.example.test/userinfo")
        #expect(metadata.revocationEndpoint?.rawValue == "https://id.example.test/revoke")
        #expect(metadata.endSessionEndpoint?.rawValue == "https://id.example.test/logout")
        #expect(metadata.acceptsDPoP)
    }

    struct NearMiss: Sendable {
        let member: String
        let value: JSONValue?
        let defect: MetadataDefect
    }

    static let nearMisses: [NearMiss] = [
        .init(member: "issuer", value: nil, defect: .issuerMismatch),
        .init(member: "issuer", value: "https://id.example.test/", defect: .issuerMismatch),
        .init(member: "issuer", value: "https://ID.example.test", defect: .issuerMismatch),
        .init(member: "issuer", value: "http://id.example.test", defect: .issuerMismatch),
        .init(member: "issuer", value: "https://evil.example.test", defect: .issuerMismatch),
        .init(member: "issuer", value: ["https://id.example.test"], defect: .issuerMismatch),
        .init(member: "token_endpoint", value: nil, defect: .missing("token_endpoint")),
        .init(member: "authorization_endpoint", value: nil, defect: .missing("authorization_endpoint")),
        .init(member: "jwks_uri", value: nil, defect: .missing("jwks_uri")),
        .init(
            member: "token_endpoint", value: "http://id.example.test/token", defect: .notAnHTTPSURL("token_endpoint")),
        .init(member: "token_endpoint", value: "http://127.0.0.1/token", defect: .notAnHTTPSURL("token_endpoint")),
        .init(member: "jwks_uri", value: "http://id.example.test/jwks", defect: .notAnHTTPSURL("jwks_uri")),
        .init(member: "jwks_uri", value: "file:///etc/passwd", defect: .notAnHTTPSURL("jwks_uri")),
        .init(
            member: "userinfo_endpoint", value: "http://id.example.test/u", defect: .notAnHTTPSURL("userinfo_endpoint")),
        .init(
            member: "revocation_endpoint", value: "http://id.example.test/r",
            defect: .notAnHTTPSURL("revocation_endpoint")
        ),
        .init(
            member: "end_session_endpoint", value: "http://id.example.test/l",
            defect: .notAnHTTPSURL("end_session_endpoint")),
        .init(
            member: "authorization_endpoint", value: "javascript:alert(1)",
            defect: .notAnHTTPSURL("authorization_endpoint")),
        .init(member: "authorization_endpoint", value: 7, defect: .notAnHTTPSURL("authorization_endpoint")),
        .init(member: "response_types_supported", value: ["id_token"], defect: .noCodeFlow),
        .init(member: "code_challenge_methods_supported", value: nil, defect: .noPKCE),
        .init(member: "code_challenge_methods_supported", value: ["plain"], defect: .noPKCE),
    ]

    @Test(arguments: nearMisses) func aNearMissIsRefused(miss: NearMiss) {
        var json = Self.good
        json[miss.member] = miss.value
        #expect(throws: miss.defect) { try Self.read(json) }
    }
}
