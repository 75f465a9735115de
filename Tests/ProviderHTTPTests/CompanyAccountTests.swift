import AccountDirectory
import HTTPTypes
import HummingbirdTesting
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

@Suite("The account API: companies")
struct CompanyAccountTests {
    /// The founder's company, through the API alone but for the clerk's extract.
    private func founded(_ site: Site, by director: TestPerson) async throws -> String {
        let created = try await site.act(director.phone, "/companies", TestCompany.registered())
        #expect(created.status == .ok, "\(created.text)")
        let company = try #require(created.json["company"]?.string)
        #expect(try await site.act(director.phone, "/companies/\(company)/submission").status == .ok)
        try await site.provider.companies.record(
            extract: site.provider.extract([director.power()]),
            of: #require(CompanyIdentifier(rawValue: company)), by: TestCompany.clerk)
        #expect(try await site.act(director.phone, "/companies/\(company)/signature").status == .ok)
        return company
    }

    @Test("I14: a managing director founds a company, invites an employee, and is told the way out when leaving")
    func story() async throws {
        try await Site.serve { site in
            let director = try await site.provider.person("Ada", "Direktorin")
            let employee = try await site.provider.person("Emil", "Angestellt")
            let company = try await founded(site, by: director)
            let listed = try await site.call(director.phone, .get, "/account/v1/companies")
            #expect(listed.json["companies"]?.array?.first?.object?["state"]?.string == "active")

            let invited = try await site.act(
                director.phone, "/companies/\(company)/invitations",
                ["roles": ["member"], "identity": .object(employee.identity)])
            #expect(invited.status == .ok, "\(invited.text)")
            let code = try #require(invited.json["code"]?.string)
            let offer = try await site.call(
                employee.phone, .post, "/account/v1/invitations/opening", json: ["code": .string(code)])
            #expect(offer.json["company_name"]?.string == "Muster Elektrotechnik GmbH")
            let request = try await site.proposed(
                employee.phone, "/invitations/acceptance", ["code": .string(code)])
            #expect(request.statement.text.contains("Muster Elektrotechnik GmbH"))
            #expect(request.statement.text.contains("private Identität"))
            #expect(try await site.confirm(request, by: employee.phone).status == .ok)

            let leaving = try await site.act(director.phone, "/companies/\(company)/leaving")
            #expect(leaving.status == .conflict && leaving.error == "last_administrator")
            #expect(try await site.act(employee.phone, "/companies/\(company)/leaving").status == .ok)
        }
    }

    @Test("a forwarded code, a stranger's company and somebody who does not exist look alike; nothing of them is asked")
    func strangers() async throws {
        try await Site.serve { site in
            let director = try await site.provider.person("Ada", "Direktorin")
            let stranger = try await site.provider.person("Fritz", "Fremd")
            let company = try await founded(site, by: director)
            let invited = try await site.act(
                director.phone, "/companies/\(company)/invitations",
                [
                    "roles": ["member"],
                    "identity": .object(["given_name": "Emil", "family_name": "A", "birthdate": "1980-02-29"]),
                ])
            let code = try #require(invited.json["code"]?.string)
            for secret in [code, RandomBytes.text(16), "x"] {
                let refused = try await site.call(
                    stranger.phone, .post, "/account/v1/invitations/acceptance", json: ["code": .string(secret)])
                #expect(refused.status == .notFound && refused.error == "unknown_invitation", "\(refused.text)")
            }
            for path in ["leaving", "submission", "closing", "signature"] {
                for name in [company, "unknown-0123456789"] {
                    let refused = try await site.call(
                        stranger.phone, .post, "/account/v1/companies/\(name)/\(path)", json: [:])
                    #expect(refused.status == .notFound && refused.error == "unknown_company", "\(path)")
                }
            }
            #expect(try await site.call(stranger.phone, .get, "/account/v1/companies/\(company)").status == .notFound)
        }
    }

    @Test("I21: colleagues see names and roles and nothing of each other's private accounts")
    func colleagues() async throws {
        try await Site.serve { site in
            let director = try await site.provider.person("Ada", "Direktorin", email: "ada@private.example")
            let employee = try await site.provider.person("Emil", "Angestellt", email: "emil@private.example")
            let company = try await site.provider.registeredCompany([director])
            try await site.provider.join(employee, ["member"], in: company, by: director)
            for person in [director, employee] {
                let view = try await site.call(person.phone, .get, "/account/v1/companies/\(company)")
                #expect(view.status == .ok)
                for secret in ["private.example", "1980-02-29", director.phone.device.rawValue] {
                    #expect(!view.text.contains(secret), "\(secret)")
                }
            }
        }
    }

    @Test("facts that no office could take up and addresses that are none are refused before the PIN is asked")
    func factsFirst() async throws {
        try await Site.serve { site in
            let director = try await site.provider.person("Ada", "Direktorin")
            var elsewhere = TestCompany.soleTrader()
            elsewhere["trade"] = .object(["tenant": "atlantis", "number": "HE-2"])
            let company = try await site.provider.registeredCompany([director])
            var address = TestCompany.address
            address["country"] = "Deutschland"
            let branch: JSONObject = ["activity": "00002", "name": "Lager", "address": .object(address)]
            for (path, body) in [
                ("/account/v1/companies", elsewhere), ("/account/v1/companies/\(company)/establishments", branch),
            ] {
                let refused = try await site.call(director.phone, .post, path, json: body)
                #expect(refused.status == .badRequest && refused.error == "invalid_request", "\(refused.text)")
            }
        }
    }

    @Test("a founder corrects a draft and lets another account for companies vouch for it, each with the PIN")
    func upstream() async throws {
        let upstream = TestUpstream()
        try await Site.serve(try await TestProvider(companyUpstream: upstream)) { site in
            let director = try await site.provider.person("Ada", "Direktorin")
            let created = try await site.act(director.phone, "/companies", TestCompany.registered("Muter GmbH"))
            let company = try #require(created.json["company"]?.string)
            let request = try await site.proposed(
                director.phone, "/companies/\(company)/facts", TestCompany.registered())
            #expect(request.statement.text.contains("Muter GmbH") && request.statement.text.contains("Muster"))
            #expect(try await site.confirm(request, by: director.phone).status == .ok)
            #expect(try await site.act(director.phone, "/companies/\(company)/submission").status == .ok)
            upstream.answer = UpstreamOrganization(
                name: try #require(OrganizationName("Muster Elektrotechnik GmbH")),
                euid: EUID(rawValue: "DER2402.HRB12345"), businessNumber: nil, register: nil, level: .substantiell,
                approversNeeded: 1,
                representatives: [try RegisterPowerEntry(json: #require(director.power().object))])
            let path = "/companies/\(company)/assertion"
            let forged = try await site.act(director.phone, path, ["assertion": "forged"])
            #expect(forged.error == "company_data_refused", "\(forged.text)")
            let verified = try await site.act(director.phone, path, ["assertion": "as the other account gave it"])
            #expect(verified.json["state"] == "active", "\(verified.text)")
            let tooLong = String(repeating: "a", count: 8_193)
            #expect(
                try await site.call(
                    director.phone, .post, "/account/v1" + path, json: ["assertion": .string(tooLong)]
                ).status == .badRequest)
        }
    }

    @Test("without another account for companies nothing is asked of the person")
    func noUpstream() async throws {
        try await Site.serve { site in
            let director = try await site.provider.person("Ada", "Direktorin")
            let created = try await site.act(director.phone, "/companies", TestCompany.registered())
            let path = "/account/v1/companies/\(try created.json.text("company"))/assertion"
            let refused = try await site.call(director.phone, .post, path, json: ["assertion": "a"])
            #expect(refused.status == .serviceUnavailable && refused.error == "company_upstream_unavailable")
        }
    }

    @Test("I16: who agrees to an invitation says to whose, and signs the name; the provider keeps none")
    func approval() async throws {
        try await Site.serve { site in
            let ada = try await site.provider.person("Ada", "Erste")
            let bob = try await site.provider.person("Bob", "Zweiter")
            let eve = try await site.provider.person("Eve", "Dritte")
            let company = try await site.provider.registeredCompany([ada, bob], together: true)
            let invited = try await site.act(
                ada.phone, "/companies/\(company)/invitations",
                ["roles": ["org_admin"], "identity": .object(eve.identity)])
            let path = "/companies/\(company)/invitations/\(try invited.json.text("invitation"))/approval"
            let unsaid = try await site.call(bob.phone, .post, "/account/v1" + path, json: [:])
            #expect(unsaid.status == .badRequest && unsaid.json["member"] == "identity", "\(unsaid.text)")
            let other = try await site.call(
                bob.phone, .post, "/account/v1" + path, json: ["identity": .object(bob.identity)])
            #expect(other.status == .unprocessableContent && other.error == "other_guest", "\(other.text)")
            let request = try await site.proposed(bob.phone, path, ["identity": .object(eve.identity)])
            for part in ["Eve Dritte", "29.02.1980", "Muster Elektrotechnik GmbH"] {
                #expect(request.statement.text.contains(part), "\(request.statement.text)")
            }
            let agreed = try await site.confirm(request, by: bob.phone)
            #expect(agreed.json["outcome"] == "done", "\(agreed.text)")
        }
    }

    @Test(
        "what is wrong about a company is named to whoever said it, with what is wrong",
        arguments: [
            ("w_idnr", "DE123456789-00001", "malformed"), ("ust_idnr", "DE12345678", "malformed"),
            ("euid", "DER2402.HRB 12345", "malformed"), ("lei", "529900T8BM49AURSDO56", "malformed"),
            ("name", "", "malformed"), ("owner", "Ada", "unknown"),
        ])
    func mistakes(member: String, value: String, mistake: String) async throws {
        try await Site.serve { site in
            let director = try await site.provider.person("Ada", "Direktorin")
            var details = TestCompany.registered()
            details[member] = .string(value)
            let refused = try await site.call(director.phone, .post, "/account/v1/companies", json: details)
            #expect(refused.error == "invalid_request", "\(refused.text)")
            #expect(refused.json["member"]?.string?.hasSuffix(member) == true, "\(refused.text)")
            #expect(refused.json["mistake"]?.string == mistake, "\(refused.text)")
        }
    }

    @Test("mass assignment: members that a proposal does not have are refused, and nothing is asked")
    func massAssignment() async throws {
        try await Site.serve { site in
            let director = try await site.provider.person("Ada", "Direktorin")
            var details = TestCompany.registered()
            for (name, value) in [("state", "active"), ("level", "substantiell"), ("approvers_needed", 1)]
                as [(String, JSONValue)]
            {
                details[name] = value
                let refused = try await site.call(director.phone, .post, "/account/v1/companies", json: details)
                #expect(refused.status == .badRequest, "\(name)")
                details[name] = nil
            }
        }
    }
}
