import AccountDirectory
import OpenIDMessages
import Testing

@Suite("Mandates: how tokens say for whom somebody acts")
struct RepresentationClaimsTests {
    private static func claims(
        _ authority: Authority = .mandate(Sample.held()), _ change: (inout RepresentationClaims) -> Void = { _ in }
    ) -> RepresentationClaims {
        var claims = RepresentationClaims(
            issuer: IssuerURL(rawValue: "https://id.emscher-lippe.example")!,
            company: .init(organizationName: "Muster Elektrotechnik GmbH", registrationNumber: "HRB 12345"),
            authority: authority, reference: "md_7f3a",
            service: ServiceIdentifier(rawValue: "handwerkerparkausweis"), scope: Sample.parking,
            tenant: Sample.bottrop, level: .substantiell)
        change(&claims)
        return claims
    }

    private static func object(_ text: String) throws -> JSONObject { try StrictJSON.parseObject(Array(text.utf8)) }

    @Test("the sample employee's claims are those of the region's example token, member by member")
    func golden() throws {
        let mandate = try Self.object(
            """
            {"id":"md_7f3a","role":"employee","services":["handwerkerparkausweis"],"mandate_scopes":["parking.permit"],
            "tenants":["*"],"limits":{"amount":"500.00","currency":"EUR"},"valid_from":"2026-01-01",
            "valid_until":"2026-12-31","basis":"delegated","joint":false,"chain_depth":1}
            """)
        let verified = try Self.object(
            """
            {"verification":{"trust_framework":"https://id.emscher-lippe.example/trust/company-mandate",
            "assurance_level":"substantiell","time":"2026-01-16T08:30Z"},
            "claims":{"authority":{
            "applies_to":{"organization_name":"Muster Elektrotechnik GmbH","registration_number":"HRB 12345",
            "legal_jurisdiction":"DE"},
            "permission":[{"role":"employee","validity":{"start":"2026-01-01","end":"2026-12-31"},
            "budget":{"value":"500.00","currency":"EUR"},"function":"parking.permit","may_delegate":false}],
            "granted_by":{"method":"delegated","granting_body":"org_admin",
            "reason":"Handwerkerparkausweise für Montagefahrzeuge"}}}}
            """)
        #expect(Self.claims().mandate == mandate)
        #expect(Self.claims().verifiedClaims == verified)
    }

    @Test("a token shows no other scope and no other town of the mandate")
    func narrowed() {
        let held = Sample.held {
            $0.powers.scopes = [Sample.parking, Sample.building]
            $0.powers.tenants = .only([Sample.bottrop, Sample.herten, Sample.marl])
        }
        let claims = Self.claims(.mandate(held))
        #expect(claims.mandate?["mandate_scopes"] == ["parking.permit"])
        #expect(claims.mandate?["tenants"] == ["bottrop"])
        let text = (claims.mandate?.text ?? "") + (claims.verifiedClaims?.text ?? "")
        for foreign in ["herten", "marl", "building", held.mandate.identifier.rawValue + "\""] {
            #expect(!text.contains(foreign))
        }
        #expect(text.contains(#""audience":["bottrop"]"#))
    }

    @Test("a chain says its depth, the company between, and ends with its shortest link")
    func chain() {
        let held = Sample.chain { $0.parent?.powers.validity.until = Sample.day("2026-06-30") }
        let claims = Self.claims(.mandate(held)) { $0.via = "Schreibbüro Nord" }
        #expect(claims.mandate?["chain_depth"] == 2 && claims.mandate?["via"] == "Schreibbüro Nord")
        #expect(claims.mandate?["role"] == "service_provider" && claims.mandate?["valid_until"] == "2026-06-30")
    }

    @Test("a mandate without limit has no budget, and one that several signed says so")
    func limits() {
        let held = Sample.held {
            $0.powers.limit = nil
            $0.approvalsNeeded = 2
        }
        let claims = Self.claims(.mandate(held))
        #expect(claims.mandate?["limits"] == nil && claims.mandate?["joint"] == true)
        #expect(claims.verifiedClaims?.text.contains("budget") == false)
    }

    @Test("a legal representative has full powers and no mandate; a plain member has neither")
    func others() {
        let register = Self.claims(.register)
        #expect(register.mandate?["basis"] == "register" && register.mandate?["full_powers"] == true)
        #expect(register.mandate?["id"] == nil && register.mandate?["chain_depth"] == 0)
        #expect(register.verifiedClaims?.text.contains(#""granting_body":"register""#) == true)
        #expect(Self.claims(.membership).mandate == nil && Self.claims(.membership).verifiedClaims == nil)
    }
}
