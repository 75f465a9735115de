import AccountDirectory
import OpenIDMessages
import Testing

/// Reads JSON that stands in a test.
func json(_ text: String) throws -> JSONObject { try StrictJSON.parseObject(Array(text.utf8)) }

func policy(_ text: String) throws -> MetadataPolicy { try MetadataPolicy(json: json(text)) }

@Suite("OpenID Federation 1.0 §6.1: its own examples")
struct PolicyExampleTests {
    static let anchor = """
        {"grant_types": {"default": ["authorization_code"], "subset_of": ["authorization_code", "refresh_token"],
         "superset_of": ["authorization_code"]},
         "token_endpoint_auth_method": {"one_of": ["private_key_jwt", "self_signed_tls_client_auth"], "essential": true},
         "token_endpoint_auth_signing_alg": {"one_of": ["PS256", "ES256"]},
         "subject_type": {"value": "pairwise"},
         "contacts": {"add": ["helpdesk@federation.example.org"]}}
        """
    static let intermediate = """
        {"grant_types": {"subset_of": ["authorization_code"]},
         "token_endpoint_auth_method": {"one_of": ["self_signed_tls_client_auth"]},
         "contacts": {"add": ["helpdesk@org.example.org"]}}
        """

    @Test func `the merged policy of §6.1.5`() throws {
        let merged = try policy(Self.anchor).merged(with: policy(Self.intermediate))
        let expected = try policy(
            """
            {"grant_types": {"default": ["authorization_code"], "superset_of": ["authorization_code"],
             "subset_of": ["authorization_code"]},
             "token_endpoint_auth_method": {"one_of": ["self_signed_tls_client_auth"], "essential": true},
             "token_endpoint_auth_signing_alg": {"one_of": ["PS256", "ES256"]},
             "subject_type": {"value": "pairwise"},
             "contacts": {"add": ["helpdesk@federation.example.org", "helpdesk@org.example.org"]}}
            """)
        #expect(merged == expected)
    }

    @Test func `the resolved metadata of §6.1.5`() throws {
        let metadata = try json(
            """
            {"redirect_uris": ["https://rp.example.org/callback"], "response_types": ["code"],
             "token_endpoint_auth_method": "self_signed_tls_client_auth", "contacts": ["rp_admins@rp.example.org"],
             "sector_identifier_uri": "https://org.example.org/sector-ids.json",
             "policy_uri": "https://org.example.org/policy.html"}
            """)
        let resolved = try policy(Self.anchor).merged(with: policy(Self.intermediate)).applied(to: metadata)
        let expected = try json(
            """
            {"redirect_uris": ["https://rp.example.org/callback"], "grant_types": ["authorization_code"],
             "response_types": ["code"], "token_endpoint_auth_method": "self_signed_tls_client_auth",
             "subject_type": "pairwise", "sector_identifier_uri": "https://org.example.org/sector-ids.json",
             "policy_uri": "https://org.example.org/policy.html",
             "contacts": ["rp_admins@rp.example.org", "helpdesk@federation.example.org", "helpdesk@org.example.org"]}
            """)
        #expect(Set(resolved.members) == Set(expected.members))
    }

    /// The table of §6.1.3.1.8.
    @Test(
        arguments: [
            (true, #"["a", "e"]"#, #"["a"]"#), (false, #"["a", "e"]"#, #"["a"]"#), (true, #"["d", "e"]"#, "[]"),
            (false, #"["d", "e"]"#, "[]"), (true, nil, "error"), (false, nil, nil),
        ] as [(Bool, String?, String?)])
    func `essential and subset_of`(essential: Bool, input: String?, output: String?) throws {
        let policy = try policy(#"{"p": {"essential": \#(essential), "subset_of": ["a", "b", "c"]}}"#)
        let metadata = try json(input.map { #"{"p": \#($0)}"# } ?? "{}")
        guard output != "error" else {
            #expect(throws: PolicyError.self) { try policy.applied(to: metadata) }
            return
        }
        #expect(try policy.applied(to: metadata) == json(output.map { #"{"p": \#($0)}"# } ?? "{}"))
    }

    @Test func `scope is a text in metadata and a list for operators (§6.1.3.1.8)`() throws {
        let policy = try policy(#"{"scope": {"default": "openid", "subset_of": ["openid", "email"]}}"#)
        #expect(try policy.applied(to: ["scope": "openid phone email"]) == ["scope": "openid email"])
        #expect(try policy.applied(to: [:]) == ["scope": "openid"])
    }
}
