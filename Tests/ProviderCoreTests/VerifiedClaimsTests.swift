import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderHarness
import SQLiteStore
import TestVectors
import Testing

@testable import ProviderCore

@Suite("Verified claims: what evidence stands behind, and nothing else")
struct VerifiedClaimsTests {
    private static let namespace = "https://id.region.example/claims/"
    private let scope = "openid person person_birth person_address email residency age"

    /// A person whose card was read at the desk.
    private func signedIn(
        _ provider: TestProvider, at portal: TestPortal = TestServices.office, person: JSONObject = TestServices.erika,
        _ changes: [String: String?]
    ) async throws -> (SignedIn, TestPhone) {
        let phone = try await provider.registered(
            person: person, evidence: ["method": "eid", "document": .object(["type": "idcard", "country": "DE"])],
            simulating: .strongbox
        ).phone
        return (try await provider.signIn(at: portal, phone: phone, changes), phone)
    }

    @Test("an ID token has the shape of the example for a citizen at substantiell")
    func golden() async throws {
        let provider = try await TestProvider.withServices()
        var person = TestServices.erika
        for name in ["place_of_birth", "nationalities", "email"] { person[name] = nil }
        let (result, _) = try await signedIn(provider, person: person, ["scope": scope])
        let example = try TokenShape.example("id_token_citizen_substantial")
        let shape = TokenShape(result.idToken, namespace: Self.namespace)
        #expect(example.paths.subtracting(shape.paths).sorted() == [], "missing")
        #expect(shape.paths.subtracting(example.paths).sorted() == TokenShape.additions, "added")
    }

    @Test("I3: what the person says of themself is not among the verified claims")
    func selfAsserted() async throws {
        let provider = try await TestProvider.withServices()
        let (result, _) = try await signedIn(provider, ["scope": scope])
        let claims = result.idToken["verified_claims"]?.object?["claims"]?.object
        #expect(claims?["email"] == nil && claims?["given_name"] == "Erika")
        let userinfo = try await provider.userinfo(result.accessToken)
        #expect(userinfo["email"] == "erika@example.org" && userinfo["email_verified"] == false)
    }

    @Test("a client that is not registered for them gets none, and its plain claims stay as they are")
    func plain() async throws {
        let provider = try await TestProvider.withServices()
        let (result, _) = try await signedIn(
            provider, at: TestServices.townHall, ["scope": "openid person service:hundesteuer"])
        #expect(result.idToken["verified_claims"] == nil && result.idToken[Self.namespace + "predicates"] == nil)
        #expect(try await provider.userinfo(result.accessToken).names == ["sub", "given_name", "family_name", "name"])
    }

    @Test("RFC 6749 §6: a refresh for less gives tokens with less: no claim of a scope that was left behind")
    func narrowed() async throws {
        let provider = try await TestProvider.withServices()
        let (result, _) = try await signedIn(
            provider,
            [
                "scope": "openid person person_birth email residency",
                "claims": #"{"userinfo":{"place_of_birth":null},"id_token":{"given_name":null}}"#,
            ])
        func refreshed(_ scope: String) async throws -> (id: JSONObject, userinfo: JSONObject) {
            let tokens = try await provider.tokens(
                [
                    "grant_type": "refresh_token", "refresh_token": result.tokens["refresh_token"]?.string ?? "",
                    "scope": scope,
                ], at: TestServices.office)
            return (SignedIn.payload(tokens), try await provider.userinfo(tokens.text("access_token")))
        }
        let least = try await refreshed("openid")
        #expect(least.userinfo.names == ["sub"])
        for name in ["verified_claims", "given_name", Self.namespace + "predicates"] {
            #expect(least.id[name] == nil && result.idToken[name] != nil, "\(name)")
        }
        let email = try await refreshed("openid email")
        #expect(email.userinfo.names == ["sub", "email", "email_verified"] && email.id["verified_claims"] == nil)
        let person = try await refreshed("openid person")
        let verified = person.id["verified_claims"]?.object?["claims"]?.object
        #expect(verified?["given_name"] == "Erika" && verified?["birthdate"] == nil)
        // The grant is as wide as it was.
        let all = try await refreshed("openid person person_birth email residency")
        #expect(all.userinfo["birthdate"] == "1964-08-12" && all.userinfo["email"] == "erika@example.org")
    }

    @Test("what the parameter claims alone asked for was never a scope's, and stays")
    func narrowedClaims() async throws {
        let provider = try await TestProvider.withServices()
        let (result, _) = try await signedIn(
            provider, ["scope": "openid person", "claims": #"{"userinfo":{"email":null}}"#])
        let tokens = try await provider.tokens(
            [
                "grant_type": "refresh_token", "refresh_token": result.tokens["refresh_token"]?.string ?? "",
                "scope": "openid",
            ], at: TestServices.office)
        #expect(
            try await provider.userinfo(tokens.text("access_token")).names == ["sub", "email", "email_verified"])
    }

    @Test("predicates instead of address and birth date: of the town that asks, of the service's age")
    func predicates() async throws {
        let provider = try await TestProvider.withServices()
        let (result, _) = try await signedIn(
            provider, at: TestServices.kennel, ["scope": "openid residency age service:hundesteuer"])
        let answer = try await provider.userinfo(result.accessToken)
        #expect(answer.names == ["sub", Self.namespace + "predicates"])
        #expect(
            answer[Self.namespace + "predicates"] == .object(["resident_here": true, "age_over_16": true]))
    }

    @Test("a predicate comes only from what is verified and valid: nothing from a stale address")
    func stale() async throws {
        let provider = try await TestProvider.withServices()
        let (result, phone) = try await signedIn(
            provider, at: TestServices.kennel, ["scope": "openid residency age service:hundesteuer"])
        // The new document says nothing of the address.
        try await rename(provider, phone, without: ["address"])
        #expect(
            try await provider.userinfo(result.accessToken)[Self.namespace + "predicates"]
                == .object(["age_over_16": true]))
    }

    /// A desk proves the person anew, who has another name since, by a document without some of the claims.
    private func rename(_ provider: TestProvider, _ phone: TestPhone, without claims: [String]) async throws {
        provider.clock.advance(1)
        var person = TestServices.erika
        person["family_name"] = "Gabler"
        for claim in claims { person[claim] = nil }
        _ = try await provider.provider.desk.rename(
            try await provider.verified(phone).account.identifier, visit: try provider.visit(person))
    }

    @Test("stale claims leave the verified ones, and newer evidence brings them back")
    func staleClaims() async throws {
        let provider = try await TestProvider.withServices()
        let (result, phone) = try await signedIn(provider, ["scope": scope])
        try await rename(provider, phone, without: ["place_of_birth"])
        func verified() async throws -> [JSONObject] {
            let again = try await provider.signIn(
                at: TestServices.office, phone: phone, cookie: result.cookie, ["scope": scope])
            let claims = again.idToken["verified_claims"]
            return (claims?.array ?? claims.map { [$0] } ?? []).compactMap { $0.object?["claims"]?.object }
        }
        let stale = try await verified()
        #expect(stale.allSatisfy { $0["place_of_birth"] == nil })
        #expect(stale.contains { $0["family_name"] == "Gabler" })
        provider.clock.advance(1)
        var person = TestServices.erika
        person["family_name"] = "Gabler"
        _ = try await provider.provider.desk.renew(
            try await provider.verified(phone).account.identifier, visit: try provider.visit(person))
        #expect(try await verified().contains { $0["place_of_birth"] != nil })
    }

    @Test("the verification's reference is another one in each town")
    func reference() throws {
        let evidence = Evidence(
            identifier: .random(), account: .random(), method: .counter, performer: nil,
            checkedAt: Timestamp(seconds: 0), level: .normal)
        let sectors = ["sector:herten", "sector:marl"].map {
            SubjectSector.pairwise(SectorIdentifier(rawValue: $0)!)
        }
        #expect(evidence.reference(in: sectors[0]) == evidence.reference(in: sectors[0]))
        #expect(evidence.reference(in: sectors[0]) != evidence.reference(in: sectors[1]))
        #expect(!evidence.reference(in: sectors[0]).contains(evidence.identifier.rawValue))
    }

    /// `verified_claims` of the userinfo answer to a request by the claims parameter.
    private func asked(_ request: String) async throws -> JSONValue? {
        let provider = try await TestProvider.withServices()
        let (result, _) = try await signedIn(
            provider, at: TestServices.office,
            ["scope": "openid", "claims": #"{"userinfo": {"verified_claims": \#(request)}}"#])
        return try await provider.userinfo(result.accessToken)["verified_claims"]
    }

    @Test("IDA §6: a request gets the claims and the parts of the verification that it names")
    func requested() async throws {
        let minimal = try await asked(
            #"{"verification": {"trust_framework": null}, "claims": {"family_name": null}}"#)
        #expect(
            minimal
                == .object([
                    "verification": .object([
                        "trust_framework": "https://id.region.example/trust/bsi-tr-03107-1"
                    ]), "claims": .object(["family_name": "Mustermann"]),
                ]))
        let more = try await asked(
            #"""
            {"verification": {"trust_framework": {"value": "https://id.region.example/trust/bsi-tr-03107-1"},
              "assurance_level": {"values": ["substantiell", "hoch"]}, "time": {"max_age": 100}, "evidence": []},
             "claims": {"birthdate": null, "email": null}}
            """#)
        #expect(
            more?.object?["verification"]?.object?.names == ["trust_framework", "assurance_level", "time", "evidence"])
        #expect(more?.object?["claims"] == .object(["birthdate": "1964-08-12"]))
    }

    @Test(
        "IDA §6.4: a requirement that is not met leaves verified_claims out",
        arguments: [
            #"{"trust_framework": {"value": "eidas"}}"#,
            #"{"trust_framework": null, "assurance_level": {"value": "hoch"}}"#,
            #"{"trust_framework": null, "assurance_level": {"values": ["hoch", "high"]}}"#,
        ])
    func unmet(verification: String) async throws {
        #expect(
            try await asked(#"{"verification": \#(verification), "claims": {"family_name": null}}"#) == nil)
    }

    @Test("a verification that is older than the request wants is left out")
    func tooOld() async throws {
        let provider = try await TestProvider.withServices()
        let request =
            #"{"verification": {"trust_framework": null, "time": {"max_age": 30}}, "claims": {"family_name": null}}"#
        let (result, _) = try await signedIn(
            provider, ["scope": "openid", "claims": #"{"userinfo": {"verified_claims": \#(request)}}"#])
        #expect(try await provider.userinfo(result.accessToken)["verified_claims"] != nil)
        provider.clock.advance(31)
        #expect(try await provider.userinfo(result.accessToken)["verified_claims"] == nil)
    }

    @Test(
        "a malformed request is refused",
        arguments: [
            "[]", "1", #""all""#, "{}", #"{"verification": {"trust_framework": null}}"#,
            #"{"claims": {"family_name": null}}"#, #"{"verification": {}, "claims": {"family_name": null}}"#,
            #"{"verification": {"trust_framework": null}, "claims": {}}"#,
            #"{"verification": {"trust_framework": "x"}, "claims": {"family_name": null}}"#,
            #"{"verification": {"trust_framework": {"value": 1}}, "claims": {"family_name": null}}"#,
            #"{"verification": {"trust_framework": {"values": []}}, "claims": {"family_name": null}}"#,
            #"{"verification": {"trust_framework": null, "time": {"max_age": -1}}, "claims": {"a": null}}"#,
            #"[{"verification": {"trust_framework": null}, "claims": {"a": null}}, 1]"#,
        ])
    func malformed(request: String) {
        for place in ["userinfo", "id_token"] {
            #expect(throws: OAuthError.self) {
                try ClaimsRequest(parsing: #"{"\#(place)": {"verified_claims": \#(request)}}"#)
            }
        }
    }

    @Test("what is kept with a grant is read as it was written")
    func kept() throws {
        let request = try ClaimsRequest(
            parsing:
                #"{"id_token": {"verified_claims": [{"verification": {"trust_framework": null}, "claims": {"a": null}}]}}"#
        )
        let demand = VerifiedClaimsDemand(userinfo: request.verifiedUserinfo, idToken: request.verifiedIDToken)
        #expect(!demand.isEmpty && VerifiedClaimsDemand(json: demand.json) == demand)
        #expect(VerifiedClaimsDemand.none.isEmpty)
        #expect(VerifiedClaimsDemand(json: [:]) == nil)
    }
}

/// The names in a token and the types of their values, without the values.
struct TokenShape {
    /// `a.b: string`, `a[]: object` and so on.
    let paths: Set<String>

    /// What our tokens say beyond the examples: OpenID Connect Core §3.1.3.6, and how the phone learned of the login.
    static let additions = ["at_hash: string", "idm: string", "rr: string"]

    init(_ token: JSONObject, namespace: String) {
        var paths: Set<String> = []
        Self.walk(.object(token), "", namespace, &paths)
        self.paths = paths
    }

    static func example(_ name: String) throws -> TokenShape {
        let file = try #require(TestVectors.packageFile("tokens/\(name).json"))
        return TokenShape(
            try StrictJSON.parseObject(file), namespace: "https://id.emscher-lippe.example/claims/")
    }

    private static func walk(_ value: JSONValue, _ path: String, _ namespace: String, _ paths: inout Set<String>) {
        switch value {
        case .object(let object):
            for member in object.members {
                let name = member.name.replacing(namespace, with: "NS+")
                walk(member.value, path.isEmpty ? name : "\(path).\(name)", namespace, &paths)
            }
        case .array(let elements):
            for element in elements { walk(element, path + "[]", namespace, &paths) }
        case .string: paths.insert("\(path): string")
        case .integer, .number: paths.insert("\(path): number")
        case .bool: paths.insert("\(path): bool")
        case .null: paths.insert("\(path): null")
        }
    }
}
