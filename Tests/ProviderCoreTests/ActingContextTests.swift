import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderHarness
import SQLiteStore
import Testing

@testable import ProviderCore

@Suite("A person acts as a citizen or for a company: one hat in each client session")
struct ActingContextTests {
    private static let namespace = "https://id.region.example/claims/"
    private let parking = "openid person org org_ids mandate"
    private let waste = "openid person org service:sperrmuell"

    private struct Town {
        let provider: TestProvider
        let companies: TestCompanies
        let phone: TestPhone
        let account: AccountIdentifier
    }

    private func town() async throws -> Town {
        let companies = TestCompanies()
        let provider = try await TestProvider.withServices(companies: companies)
        let phone = try await provider.enrolledPhone(person: TestServices.erika, simulating: .strongbox)
        return Town(
            provider: provider, companies: companies, phone: phone,
            account: try await provider.verified(phone).account.identifier)
    }

    /// Whose person has logged in as a citizen and for a company.
    private func townWithTwoHats() async throws -> (town: Town, acting: ActingContext) {
        let town = try await town()
        let acting = town.companies.add(town.account)
        for context in [ContextName.citizen, acting.name] {
            _ = try await town.provider.signIn(
                at: TestServices.townHall, phone: town.phone, ["scope": waste], context: context)
        }
        return (town, acting)
    }

    private func request(
        _ town: Town, _ portal: TestPortal, _ scope: String
    ) async throws -> LoginRequestStatement {
        let login = try await town.provider.login(at: portal, ["scope": scope])
        return try await town.provider.claimed(login, by: town.provider.verified(town.phone)).statement
    }

    @Test("the login offers every context that service and rights allow, each with what it tells the portal")
    func offered() async throws {
        let town = try await town()
        let first = town.companies.add(town.account)
        let second = town.companies.add(town.account, company: "zweite", level: .normal)
        let asked = try await request(town, TestServices.townHall, waste)
        let acr = "sim:" + AssuranceLevel.substantiell.acr
        #expect(
            asked.contexts == [
                ContextDescription(context: .citizen, acr: acr),
                ContextDescription(context: first.name, name: "muster GmbH", acr: acr, claims: ["organization"]),
                ContextDescription(
                    context: second.name, name: "zweite GmbH", acr: "sim:" + AssuranceLevel.normal.acr,
                    claims: ["organization"]),
            ])
        let companiesOnly = try await request(town, TestServices.garage, parking)
        #expect(companiesOnly.contexts.map(\.context) == [first.name, second.name])
        // A service for citizens knows no company.
        let citizens = try await request(town, TestServices.kennel, "openid")
        #expect(citizens.contexts.map(\.context) == [.citizen])
    }

    @Test("a person with two hats is one of a town's people")
    func counted() async throws {
        let (town, _) = try await townWithTwoHats()
        let scope = try #require(
            town.provider.provider.registry.resolve(TestServices.townHall.client.identifier)?.scope)
        #expect(try await town.provider.provider.tenantPeople.counters(in: scope).people == 1)
    }

    @Test("I4: a company's context has at most the level of binding and company, and is left out where that is too low")
    func levels() async throws {
        let town = try await town()
        let low = town.companies.add(town.account, binding: .normal)
        let high = town.companies.add(town.account, company: "zweite")
        let signedIn = try await town.provider.signIn(
            at: TestServices.garage, phone: town.phone, ["scope": parking], context: low.name)
        #expect(signedIn.idToken["acr"] == "sim:http://bsi.bund.de/eID/LoA/normal")
        try town.provider.change(TestServices.parking) { $0.requiredLevel = .substantiell }
        let asked = try await request(town, TestServices.garage, parking)
        #expect(asked.contexts.map(\.context) == [high.name])
        // The token of the low context is not enough any more.
        await #expect(throws: ClientRefusal(invalidGrant: .levelUnreachable)) {
            try await town.provider.refresh(signedIn.tokens, at: TestServices.garage)
        }
    }

    @Test("P-4.3.1: of more hats than one request shows the first ones are offered, and the login goes on")
    func tooMany() async throws {
        let town = try await town()
        let names = (0..<65).map { town.companies.add(town.account, company: "firma-\($0)").name }
        let asked = try await request(town, TestServices.townHall, waste)
        #expect((30..<65).contains(asked.contexts.count))
        #expect(asked.contexts.map(\.context) == Array(([.citizen] + names).prefix(asked.contexts.count)))
        let last = try #require(asked.contexts.last?.context)
        let signedIn = try await town.provider.signIn(
            at: TestServices.townHall, phone: town.phone, ["scope": waste], context: last)
        #expect(signedIn.idToken["sub"] != nil)
        #expect(asked.text.contains("andere Unternehmen handeln") && asked.text.contains("lehnen Sie ab"))
        let few = try await request(town, TestServices.kennel, "openid")
        #expect(!few.text.contains("andere Unternehmen"), "nothing was left out")
    }

    @Test(
        "I20: the company that the portal expects is shown first, whatever the number of others, and nothing is chosen by that"
    )
    func hinted() async throws {
        let town = try await town()
        let names = (0..<65).map { town.companies.add(town.account, company: "firma-\($0)").name }
        let portal = TestServices.townHall
        func contexts(_ hint: String) async throws -> [ContextName] {
            let login = try await town.provider.login(at: portal, ["scope": waste, "acting_hint": hint])
            let device = try await town.provider.verified(town.phone)
            return try await town.provider.claimed(login, by: device).statement.contexts.map(\.context)
        }
        let first = try await town.provider.signIn(
            at: portal, phone: town.phone, ["scope": waste], context: names[0])
        let subject = try #require(first.idToken[Self.namespace + "acting_for"]?.object).text("sub")
        let last = subject.replacing("firma-0", with: "firma-64")
        #expect(try await contexts(last).prefix(3) == [.citizen, names[64], names[0]])
        // All of them have this number: none comes before another.
        #expect(try await contexts("DE123456788-00001").prefix(3) == [.citizen, names[0], names[1]])
        #expect(try await contexts("unknown").prefix(3) == [.citizen, names[0], names[1]])
        // A session answers for no company, whatever the portal expects.
        guard
            case .login = try await town.provider.enter(
                portal, ["scope": waste, "acting_hint": last], cookie: first.cookie)
        else {
            Issue.record("a hat was guessed")
            return
        }
    }

    @Test("§2: texts as long as a region's file may have them reach the phone")
    func longTexts() async throws {
        let town = try await town()
        let long = String(repeating: "ü", count: 500)
        try town.provider.change(TestServices.dog) { service in
            service.title = LocalizedText(german: long)
            service.purpose = LocalizedText(german: long)
            service.legalBasis = long
            service.contact = long
        }
        try town.provider.change(TestServices.kennel) { $0.name = long }
        let asked = try await request(town, TestServices.kennel, "openid")
        #expect(asked.service?.title == long && asked.portal.name == long && asked.text.contains(long))
    }

    @Test("what no phone reads is not signed: the login ends, and everybody hears so")
    func unreadable() async throws {
        let town = try await town()
        try town.provider.change(TestServices.dog) {
            $0.title = LocalizedText(german: String(repeating: "x", count: 2001))
        }
        let login = try await town.provider.login(at: TestServices.kennel, ["scope": "openid"])
        let device = try await town.provider.verified(town.phone)
        let link = try #require(login.view?.sameDeviceLink)
        await #expect(throws: DeviceRefusal(.serverError, .statementTooLong)) {
            try await town.provider.claim(link, by: device)
        }
        #expect(login.collect()?["error"] == "server_error")
        let act = ProposedAct(.suspendDevice, text: String(repeating: "x", count: 8193)) { _ in [:] }
        #expect(throws: DeviceRefusal(.invalidRequest, .statementTooLong)) {
            try town.provider.provider.selfService.confirmations.propose(act, parameters: [:], by: device)
        }
    }

    @Test("a person without a company cannot use a service for companies, and hears it on the phone")
    func noCompany() async throws {
        let town = try await town()
        let login = try await town.provider.login(at: TestServices.garage, ["scope": parking])
        let device = try await town.provider.verified(town.phone)
        let link = try #require(login.view?.sameDeviceLink)
        await #expect(throws: DeviceRefusal(.contextUnavailable, .contextUnavailable)) {
            try await town.provider.claim(link, by: device)
        }
        #expect(login.collect()?["error"] == "access_denied")
    }

    @Test("a right for one town is none in another")
    func otherTown() async throws {
        let town = try await town()
        let acting = town.companies.add(town.account, tenants: [TestRegion.marl])
        #expect(try await request(town, TestServices.otherGarage, parking).contexts.map(\.context) == [acting.name])
        await #expect(throws: DeviceRefusal(.contextUnavailable, .contextUnavailable)) {
            try await request(town, TestServices.garage, parking)
        }
    }

    @Test("an ID token by the real directory has the shape of the example for an employee who acts for a company")
    func golden() async throws {
        let provider = try await TestProvider.withServices(companies: nil)
        let story = try await MandateStory(provider: provider)
        try await story.propose(by: story.ada)
        let signedIn = try await provider.signIn(
            at: TestServices.garage, phone: story.max.phone, ["scope": parking])
        let example = try TokenShape.example("id_token_company_employee")
        let shape = TokenShape(signedIn.idToken, namespace: Self.namespace)
        // The clerk's evidence stands in ours as in the citizen's example.
        let evidence = shape.paths.filter {
            $0.contains("verification.evidence") || $0.contains("verification_process")
        }
        #expect(example.paths.subtracting(shape.paths).sorted() == [], "missing")
        #expect(
            shape.paths.subtracting(example.paths).subtracting(evidence).sorted()
                == ["NS+acting_for.entity_legal_form_code: string"] + TokenShape.additions, "added")
    }

    @Test("I20, I21: each context has its own subject in each sector, and the company has one of its own")
    func subjects() async throws {
        let town = try await town()
        let acting = town.companies.add(town.account)
        func signIn(_ portal: TestPortal, _ scope: String, _ context: ContextName) async throws -> JSONObject {
            try await town.provider.signIn(at: portal, phone: town.phone, ["scope": scope], context: context).idToken
        }
        let citizen = try await signIn(TestServices.townHall, waste, .citizen)
        let company = try await signIn(TestServices.townHall, waste, acting.name)
        let again = try await signIn(TestServices.garage, parking, acting.name)
        let elsewhere = try await signIn(TestServices.otherGarage, parking, acting.name)
        #expect(citizen[Self.namespace + "context"] == .object(["type": "citizen"]))
        #expect(company[Self.namespace + "context"] == .object(["type": "company", "chosen": "user"]))
        // A service for companies alone leaves no choice of the kind.
        #expect(again[Self.namespace + "context"] == .object(["type": "company", "chosen": "service"]))
        #expect(citizen[Self.namespace + "acting_for"] == nil)
        #expect(company["sub"] != citizen["sub"] && company["sub"] == again["sub"])
        #expect(elsewhere["sub"] != company["sub"] && elsewhere["sub"] != citizen["sub"])
        func companySubject(_ token: JSONObject) -> JSONValue? {
            token[Self.namespace + "acting_for"]?.object?["sub"]
        }
        #expect(companySubject(company) != nil && companySubject(company) == companySubject(again))
        #expect(companySubject(company) != companySubject(elsewhere) && companySubject(company) != company["sub"])
    }

    @Test("the portal learns of the company what was asked and nothing else, in ID token and userinfo")
    func companyClaims() async throws {
        let town = try await town()
        let acting = town.companies.add(town.account)
        let signedIn = try await town.provider.signIn(
            at: TestServices.garage, phone: town.phone, ["scope": "openid org_ids"], context: acting.name)
        let company = signedIn.idToken[Self.namespace + "acting_for"]?.object
        #expect(company?.names == ["sub", "register", "identifiers"])
        #expect(signedIn.idToken[Self.namespace + "mandate"] == nil && signedIn.idToken["verified_claims"] == nil)
        let answer = try await town.provider.userinfo(signedIn.accessToken)
        #expect(answer[Self.namespace + "acting_for"]?.object == company)
        #expect(answer[Self.namespace + "mandate"] == nil)
    }

    @Test("the right to act stands among the verified claims in userinfo as in the ID token, once it is released")
    func authority() async throws {
        let town = try await town()
        let acting = town.companies.add(town.account)
        func userinfo(_ scope: String) async throws -> JSONObject? {
            let signedIn = try await town.provider.signIn(
                at: TestServices.garage, phone: town.phone, ["scope": scope, "prompt": "login"], context: acting.name)
            let answer = try await town.provider.userinfo(signedIn.accessToken)["verified_claims"]
            #expect(answer == signedIn.idToken["verified_claims"])
            return answer?.object?["claims"]?.object?["authority"]?.object
        }
        #expect(try await userinfo("openid org") == nil)
        #expect(try await userinfo("openid org mandate") != nil)
    }

    @Test("I18: when the right ends, code, refresh token, access token and introspection give nothing more")
    func ended() async throws {
        let town = try await town()
        let acting = town.companies.add(town.account)
        let portal = TestServices.garage
        let signedIn = try await town.provider.signIn(
            at: portal, phone: town.phone, ["scope": parking], context: acting.name)
        let code = try await code(town, acting)
        let refreshToken = try #require(signedIn.tokens["refresh_token"]?.string)
        func isActive(_ token: String) async throws -> Bool {
            let answer = try await town.provider.provider.introspection.inquire(
                TokenInquiry(parameters: FormParameters(["token": token])),
                by: try await town.provider.authenticated(portal))
            return answer["active"] == true
        }
        #expect(try await isActive(signedIn.accessToken))
        #expect(try await isActive(refreshToken))
        town.companies.end(acting)
        #expect(try await !isActive(signedIn.accessToken))
        #expect(try await !isActive(refreshToken))
        await #expect(throws: ClientRefusal.self) { try await town.provider.userinfo(signedIn.accessToken) }
        await #expect(throws: ClientRefusal(invalidGrant: .contextUnavailable)) {
            try await town.provider.refresh(signedIn.tokens, at: portal)
        }
        await #expect(throws: ClientRefusal(invalidGrant: .contextUnavailable)) {
            try await town.provider.redeem(code, at: portal)
        }
        // The same person's login as a citizen has nothing to do with it.
        let citizen = try await town.provider.signIn(
            at: TestServices.townHall, phone: town.phone, ["scope": waste], context: .citizen)
        #expect(try await town.provider.userinfo(citizen.accessToken)["sub"] == citizen.idToken["sub"])
    }

    private func code(_ town: Town, _ acting: ActingContext) async throws -> String {
        let login = try await town.provider.login(at: TestServices.garage, ["scope": parking])
        let device = try await town.provider.verified(town.phone)
        let request = try await town.provider.claimed(login, by: device)
        try await town.provider.answer(
            request, try town.phone.response(to: request, now: town.provider.now, context: acting.name), by: device)
        return try #require(login.collect()?["code"])
    }

    @Test("I18: a right that ends between the question and the answer is none")
    func endedMeanwhile() async throws {
        let town = try await town()
        let acting = town.companies.add(town.account)
        let login = try await town.provider.login(at: TestServices.garage, ["scope": parking])
        let device = try await town.provider.verified(town.phone)
        let request = try await town.provider.claimed(login, by: device)
        town.companies.end(acting)
        await #expect(throws: DeviceRefusal(.contextUnavailable, .contextUnavailable)) {
            try await town.provider.answer(
                request, try town.phone.response(to: request, now: town.provider.now, context: acting.name), by: device)
        }
        #expect(login.collect()?["error"] == "access_denied")
        #expect(try await town.provider.sessions(of: town.phone) == [])
    }

    @Test("I20: a session answers in silence where there is nothing to choose, and never chooses")
    func silence() async throws {
        let town = try await town()
        let acting = town.companies.add(town.account)
        let first = try await town.provider.signIn(
            at: TestServices.garage, phone: town.phone, ["scope": parking], context: acting.name)
        guard
            case .code(let code) = try await town.provider.enter(
                TestServices.garage, ["scope": parking], cookie: first.cookie)
        else {
            Issue.record("nothing was there to choose")
            return
        }
        let silent = SignedIn.payload(try await town.provider.redeem(code, at: TestServices.garage))
        #expect(silent["sub"] == first.idToken["sub"])
        // Citizen or company: the person says it, also when one of them was released before.
        let second = try await town.provider.signIn(
            at: TestServices.townHall, phone: town.phone, cookie: first.cookie, ["scope": waste], context: .citizen)
        #expect(try await town.provider.sessions(of: town.phone).count == 1)
        try await expectNoChoice(in: town, at: TestServices.townHall, waste, cookie: second.cookie)
    }

    /// Nothing is answered in silence: the person has to choose.
    private func expectNoChoice(
        in town: Town, at portal: TestPortal, _ scope: String, cookie: String?,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let entry = try await town.provider.enter(portal, ["scope": scope, "prompt": "none"], cookie: cookie)
        guard case .refused(let error, _) = entry else {
            Issue.record("the session chose", sourceLocation: sourceLocation)
            return
        }
        #expect(error.code == .interactionRequired, sourceLocation: sourceLocation)
    }

    @Test("I20: where the company that was chosen falls away, the session goes over to no other hat in silence")
    func fallenAway() async throws {
        let town = try await town()
        let chosen = town.companies.add(town.account)
        let first = try await town.provider.signIn(
            at: TestServices.garage, phone: town.phone, ["scope": parking], context: chosen.name)
        town.companies.end(chosen)
        let left = town.companies.add(town.account, company: "zweite")
        // It was released before, in another session: nothing else would ask the phone.
        _ = try await town.provider.signIn(
            at: TestServices.garage, phone: town.phone, ["scope": parking], context: left.name)
        try await expectNoChoice(in: town, at: TestServices.garage, parking, cookie: first.cookie)
        guard
            case .login = try await town.provider.enter(TestServices.garage, ["scope": parking], cookie: first.cookie)
        else {
            Issue.record("nobody was asked")
            return
        }
    }

    @Test("context.switched: another hat at the same portal in one session is a step of its own, and an event")
    func switched() async throws {
        let town = try await town()
        let acting = town.companies.add(town.account)
        var cookie: String?
        func signIn(_ portal: TestPortal, _ scope: String, _ context: ContextName) async throws {
            cookie = try await town.provider.signIn(
                at: portal, phone: town.phone, cookie: cookie, ["scope": scope, "prompt": "login"], context: context
            ).cookie
        }
        func events() async throws -> [String] {
            try await town.provider.provider.audit.page(of: town.account).entries.reversed().map(\.kind)
                .filter { $0.hasPrefix("context.") }
        }
        try await signIn(TestServices.townHall, waste, .citizen)
        #expect(try await events() == [])
        try await signIn(TestServices.townHall, waste, acting.name)
        #expect(try await events() == ["context.switched"])
        // The same hat again is no switch, and the hat at another portal says nothing about this one.
        try await signIn(TestServices.townHall, waste, acting.name)
        try await signIn(TestServices.garage, parking, acting.name)
        #expect(try await events() == ["context.switched", "context.chosen", "context.chosen"])
        try await signIn(TestServices.townHall, waste, .citizen)
        #expect(try await events().last == "context.switched")
        // Another browser is another session.
        cookie = nil
        try await signIn(TestServices.townHall, waste, acting.name)
        #expect(try await events().last == "context.chosen")
    }

    @Test("the release for a company is another one than the citizen's")
    func releases() async throws {
        let (town, acting) = try await townWithTwoHats()
        let releases = try await town.provider.store.releases(of: town.account)
        #expect(Set(releases.map(\.key.context)) == [.citizen, acting.name])
        let company = try #require(releases.first { $0.key.context == acting.name })
        #expect(company.released == ["given_name", "family_name", "organization"])
        let citizen = try #require(releases.first { $0.key.context == .citizen })
        #expect(citizen.released == ["given_name", "family_name"])
    }
}
