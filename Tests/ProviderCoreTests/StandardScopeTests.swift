import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

/// OpenID Connect Core §5.4, §11: software asks by these names unless somebody tells it others.
@Suite("The scopes of OpenID Connect Core mean those of the region")
struct StandardScopeTests {
    private static let portal = TestGrants.portal("standard") {
        $0.scopes = ["openid", "person", "person_address", "email", "phone"]
    }

    private static let cases: [(scope: String, own: String, claims: [String])] = [
        ("openid profile", "openid person", ["given_name", "family_name"]),
        ("openid address", "openid person_address", ["address"]),
        ("openid email", "openid email", ["email"]), ("openid phone", "openid phone", ["phone_number"]),
        ("openid profile person", "openid person", ["given_name", "family_name"]),
        ("openid person openid person", "openid person", ["given_name", "family_name"]),
        (
            "openid profile email address phone offline_access", "openid person email person_address phone",
            ["given_name", "family_name", "address", "email", "phone_number"]
        ),
    ]

    @Test("oidcc-scope-profile, oidcc-scope-address, oidcc-scope-email, oidcc-scope-phone, oidcc-scope-all")
    func claims() async throws {
        let provider = try await TestProvider.withGrants([Self.portal])
        var person = TestServices.erika
        person["phone_number"] = "+49 209 1234"
        let phone = try await provider.enrolledPhone(person: person)
        for (scope, own, claims) in Self.cases {
            let tokens = try await provider.granted(at: Self.portal, phone: phone, ["scope": scope])
            #expect(tokens["scope"]?.string == own, "the answer says what was granted")
            let userinfo = try await provider.userinfo(tokens.text("access_token"))
            // With both names goes the whole one, and with what nobody verified that nobody did (Core §5.1).
            var companions = claims.contains("given_name") ? ["name"] : []
            companions += ["email", "phone_number"].filter(claims.contains).map { $0 + "_verified" }
            #expect(userinfo.names == ["sub"] + claims + companions, "\(scope)")
            for name in companions { #expect(userinfo[name] == (name == "name" ? "Erika Mustermann" : false)) }
            if scope.contains("phone") { #expect(userinfo["phone_number"] == "+49 209 1234") }
            if scope.contains("address") {
                let address = userinfo["address"]?.object
                #expect(address?["street_address"] == "Musterweg 7a" && address?["locality"] == "Herten")
            }
        }
    }

    @Test(
        "fapi2-security-profile-final-test-claims-parameter-identity-claims: in ID token and userinfo, and unknown ones nowhere"
    )
    func claimsOneByOne() async throws {
        let portal = TestGrants.portal("claims") {
            $0.scopes = ["openid", "person", "person_birth", "person_address", "email", "phone"]
        }
        let provider = try await TestProvider.withGrants([portal])
        var person = TestServices.erika
        person["phone_number"] = "+49 209 1234"
        person["title"] = "Dr."
        let phone = try await provider.enrolledPhone(person: person)
        let wanted = ClaimCatalogue.claims(for: portal.client.scopes)
        #expect(wanted.count == 10)
        var wishes = JSONObject()
        for name in wanted { wishes[name] = .null }
        wishes["given_name"] = .object(["essential": true])
        wishes["favourite_colour"] = .null
        for place in ["userinfo", "id_token"] {
            let claims: JSONObject = [place: .object(wishes)]
            let tokens = try await provider.granted(
                at: portal, phone: phone, ["scope": "openid", "claims": claims.text])
            let token = try unverifiedPayload(tokens.text("id_token"))
            let userinfo = try await provider.userinfo(tokens.text("access_token"))
            for name in wanted {
                #expect(userinfo[name] != nil, "\(name) at userinfo")
                #expect((token[name] != nil) == (place == "id_token"), "\(name) in the ID token")
            }
            #expect(token["favourite_colour"] == nil && userinfo["favourite_colour"] == nil)
        }
    }

    @Test("oidcc-claims-essential: `name` is the parts of it that were released, title too; without one there is none")
    func wholeName() async throws {
        let provider = try await TestProvider.withGrants([Self.portal])
        var person = TestServices.erika
        person["title"] = "Dr."
        let phone = try await provider.enrolledPhone(person: person)
        for (wanted, name) in [
            ("name", "Erika Mustermann"), ("given_name", nil), ("family_name", nil),
        ] as [(String, String?)] {
            let claims = "{\"id_token\":{\"\(wanted)\":{\"essential\":true}}}"
            let tokens = try await provider.granted(
                at: Self.portal, phone: phone, ["scope": "openid", "claims": claims])
            #expect(try unverifiedPayload(tokens.text("id_token"))["name"]?.string == name, "\(wanted)")
        }
        let tokens = try await provider.granted(at: Self.portal, phone: phone, ["scope": "openid profile"])
        #expect(try await provider.userinfo(tokens.text("access_token"))["name"] == "Dr. Erika Mustermann")
    }

    @Test("under their other name a client may not ask for more")
    func limits() async throws {
        let provider = try await TestProvider.withGrants()
        for scope in ["openid address", "openid phone", "openid person address", "offline_access"] {
            await #expect(throws: AuthorizationRefusal.self, "\(scope)") {
                try await provider.provider.authorization.authorize(
                    FormParameters(TestGrants.refreshing.request(["scope": scope])))
            }
        }
    }

    @Test("a registration by these names is one by the region's, and says so (RFC 7591 §3.2.1)")
    func registration() async throws {
        let provider = try await TestProvider()
        let answer = try await provider.register(
            TestRegistrant.metadata(["scope": "openid profile email address offline_access"]))
        #expect(answer["scope"] == "openid person email person_address")
    }
}
