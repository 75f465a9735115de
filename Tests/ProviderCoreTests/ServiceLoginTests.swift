import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderHarness
import Testing

@testable import ProviderCore

@Suite("A login is for a service: its level, its claims, its purpose")
struct ServiceLoginTests {
    private let dog = "openid person email service:hundesteuer"
    private let building = "openid person service:bauantrag"

    /// The signed request that the phone of a person gets.
    private func request(
        _ provider: TestProvider, _ portal: TestPortal, _ scope: String, phone: TestPhone
    ) async throws -> LoginRequestStatement {
        let login = try await provider.login(at: portal, ["scope": scope])
        return try await provider.claimed(login, by: provider.verified(phone)).statement
    }

    @Test("the phone shows and signs the service, its purpose with version, and the one context")
    func shown() async throws {
        let provider = try await TestProvider.withServices()
        let phone = try await provider.enrolledPhone(person: TestServices.erika)
        let asked = try await request(provider, TestServices.townHall, dog, phone: phone)
        #expect(
            asked.service
                == ServiceDescription(
                    identifier: TestServices.dog.identifier, title: "Hund anmelden",
                    purpose: "Für den Steuerbescheid.", purposeVersion: "1"))
        #expect(asked.text.contains("„Hund anmelden“") && asked.text.contains("Für den Steuerbescheid."))
        #expect(asked.contexts == [ContextDescription(context: .citizen, acr: AssuranceLevel.normal.acr)])
        // `person` stands for three claims; the service needs two of them, and the person has no title.
        #expect(asked.essentialClaims == ["given_name", "family_name"])
        #expect(asked.voluntaryClaims == ["email"])
        let plain = try await request(provider, TestServices.townHall, "openid", phone: phone)
        #expect(plain.service == nil && plain.essentialClaims + plain.voluntaryClaims == [])
    }

    @Test("the law, the privacy notice and how the town is reached are in what the phone shows and signs")
    func imprint() async throws {
        let provider = try await TestProvider.withServices()
        try provider.changeRegion { region in
            for index in region.services.indices where region.services[index].identifier == TestServices.dog.identifier
            {
                region.services[index].legalBasis = "Hundesteuersatzung"
                region.services[index].privacyURI = RedirectURI(rawValue: "https://herten.example/datenschutz/hund")
            }
            for index in region.tenants.indices where region.tenants[index].identifier == TestRegion.herten {
                region.tenants[index].branding.contact = Contact(email: "rathaus@herten.example", phone: "115")
            }
        }
        let phone = try await provider.enrolledPhone(person: TestServices.erika)
        let asked = try await request(provider, TestServices.townHall, dog, phone: phone)
        #expect(asked.service?.legalBasis == "Hundesteuersatzung")
        #expect(asked.service?.privacyURI == "https://herten.example/datenschutz/hund")
        #expect(asked.service?.contact == "rathaus@herten.example, 115")
    }

    @Test("a client with one service has it in every login, whether named or not")
    func onlyService() async throws {
        let provider = try await TestProvider.withServices()
        let phone = try await provider.enrolledPhone(person: TestServices.erika)
        for scope in ["openid", "openid service:hundesteuer"] {
            let asked = try await request(provider, TestServices.kennel, scope, phone: phone)
            #expect(asked.service?.identifier == TestServices.dog.identifier)
        }
    }

    @Test(
        "more than client and service may ask for is refused",
        arguments: [
            ("openid service:hundesteuer service:bauantrag", Refusal.serviceNotAllowed),
            ("openid service:unbekannt", .serviceNotAllowed), ("openid service:", .serviceNotAllowed),
            ("openid service:Hundesteuer", .serviceNotAllowed),
            // Registered for the client and not offered by its town.
            ("openid service:anderswo", .serviceNotAllowed),
            // Several services and none named.
            ("openid person", .serviceNotAllowed),
            // Nothing of the scope is what the service needs.
            ("openid email service:bauantrag", .serviceNotAllowed),
            ("openid mailbox service:hundesteuer", .serviceNotAllowed),
            ("openid phone service:hundesteuer", .scopeNotAllowed),
        ])
    func refused(scope: String, reason: Refusal) async throws {
        let provider = try await TestProvider.withServices()
        await #expect {
            _ = try await provider.provider.authorization.authorize(
                FormParameters(TestServices.townHall.request(["scope": scope])))
        } throws: { error in
            guard case .redirect(let error, _, let refusal)? = error as? AuthorizationRefusal else { return false }
            return error.code == .invalidScope && refusal == reason
        }
    }

    @Test("not offered here, offered by: the refusal of a service that the own town does not offer says who does")
    func offeredElsewhere() async throws {
        let provider = try await TestProvider.withServices()
        func description() async throws -> String? {
            do {
                _ = try await provider.provider.authorization.authorize(
                    FormParameters(TestServices.townHall.request(["scope": "openid service:anderswo"])))
            } catch let refused as AuthorizationRefusal {
                guard case .redirect(let error, _, _) = refused else { throw refused }
                return error.description
            }
            return nil
        }
        #expect(try await description() == "the client may not ask for this service", "nobody offers it")
        try provider.changeRegion { region in
            for index in region.services.indices where region.services[index].identifier.rawValue == "anderswo" {
                region.services[index].servedTenants = [TestRegion.marl]
            }
        }
        #expect(
            try await description()
                == "the client may not ask for this service; not offered here, offered by marl: /services/anderswo")
    }

    @Test("the claims parameter asks for nothing that the service does not need", arguments: ["birthdate", "address"])
    func claimsParameter(claim: String) async throws {
        let provider = try await TestProvider.withServices()
        let claims = #"{"userinfo": {"\#(claim)": null}}"#
        func isAccepted(_ scope: String) async -> Bool {
            let parameters = TestServices.townHall.request(["scope": scope, "claims": claims])
            return (try? await provider.provider.authorization.authorize(FormParameters(parameters))) != nil
        }
        #expect(await isAccepted("openid service:bauantrag"))
        #expect(await !isAccepted("openid service:hundesteuer"))
    }

    @Test("the claims parameter adds to the scopes, within client and service, and takes nothing of a scope away")
    func claimsAdd() async throws {
        let provider = try await TestProvider.withServices()
        func asked(_ scope: String, _ claims: String...) async throws -> Set<String> {
            let named = claims.map { #""\#($0)": {"essential": true}"# }.joined(separator: ", ")
            let parameters = TestServices.townHall.request([
                "scope": "openid service:bauantrag" + scope, "claims": #"{"userinfo": {\#(named)}}"#,
            ])
            return Set(try await provider.provider.authorization.authorize(FormParameters(parameters)).claims)
        }
        let person = try await asked(" person")
        #expect(person == ["given_name", "family_name"])
        #expect(try await asked("", "address") == ["address"], "the narrow way to ask")
        #expect(try await asked(" person", "address") == person.union(["address"]))
        #expect(try await asked(" person", "given_name") == person)
        await #expect("not the client's") {
            _ = try await asked("", "phone_number")
        } throws: { error in
            guard case .redirect(let error, _, let reason)? = error as? AuthorizationRefusal else { return false }
            return error.code == .invalidScope && reason == .scopeNotAllowed
        }
    }

    @Test("I4: what the service's level needs and the phone cannot reach is refused, and the refusal names the step up")
    func stepUp() async throws {
        let provider = try await TestProvider.withServices()
        let soft = try await provider.enrolledPhone()
        let login = try await provider.login(at: TestServices.townHall, ["scope": building])
        let device = try await provider.verified(soft)
        let link = try #require(login.view?.sameDeviceLink)
        await #expect(throws: DeviceRefusal(.levelUnreachable, .levelUnreachable)) {
            try await provider.claim(link, by: device)
        }
        let answer = try #require(login.collect())
        #expect(answer["error"] == "unmet_authentication_requirements")
        #expect(
            answer["error_description"]
                == "the login reaches normal, and substantiell is needed: a device that keeps its keys in hardware")
        // The same phone is good enough for a service that needs less, and a better phone for this one.
        _ = try await provider.signIn(at: TestServices.townHall, phone: soft, ["scope": dog])
        let hard = try await provider.enrolledPhone(simulating: .strongbox)
        let signedIn = try await provider.signIn(at: TestServices.townHall, phone: hard, ["scope": building])
        #expect(signedIn.idToken["acr"] == "sim:http://bsi.bund.de/eID/LoA/substantiell")
    }

    @Test("I32: a session answers for a service whose level it satisfies, and for no other")
    func sessionLevel() async throws {
        let provider = try await TestProvider.withServices()
        let phone = try await provider.enrolledPhone()
        let portal = TestServices.townHall
        let first = try await provider.signIn(at: portal, phone: phone, ["scope": dog])
        guard case .code = try await provider.enter(portal, ["scope": dog], cookie: first.cookie) else {
            Issue.record("the session does not answer")
            return
        }
        guard case .login = try await provider.enter(portal, ["scope": building], cookie: first.cookie),
            case .refused(let error, _) = try await provider.enter(
                portal, ["scope": building, "prompt": "none"], cookie: first.cookie)
        else {
            Issue.record("the session answers above its level")
            return
        }
        #expect(error.code == .unmetAuthenticationRequirements)
        #expect(
            error.description
                == "the session reaches normal, and substantiell is needed: a login with the phone that reaches it")
    }

    @Test("I32: a silent login releases nothing to a service that was not released to this service")
    func otherService() async throws {
        let provider = try await TestProvider.withServices()
        let phone = try await provider.enrolledPhone(simulating: .strongbox)
        let portal = TestServices.townHall
        let first = try await provider.signIn(at: portal, phone: phone, ["scope": dog])
        // The same names for another service of the same portal are another release.
        guard
            case .refused(let error, _) = try await provider.enter(
                portal, ["scope": building, "prompt": "none"], cookie: first.cookie)
        else {
            Issue.record("released in silence")
            return
        }
        #expect(error.code == .consentRequired)
    }

    @Test("I37: a changed purpose asks again; until then nothing of it goes out, with old tokens neither")
    func changedPurpose() async throws {
        let provider = try await TestProvider.withServices()
        let phone = try await provider.enrolledPhone()
        let portal = TestServices.townHall
        let first = try await provider.signIn(at: portal, phone: phone, ["scope": dog])
        #expect(try await provider.userinfo(first.accessToken)["family_name"] == "Mustermann")
        try provider.change(TestServices.dog) { $0.purposeVersion = 2 }
        guard
            case .refused(let error, _) = try await provider.enter(
                portal, ["scope": dog, "prompt": "none"], cookie: first.cookie),
            case .login = try await provider.enter(portal, ["scope": dog], cookie: first.cookie)
        else {
            Issue.record("the new purpose was not asked")
            return
        }
        #expect(error.code == .consentRequired)
        #expect(try await provider.userinfo(first.accessToken).names == ["sub"])
        let again = try await provider.signIn(at: portal, phone: phone, cookie: first.cookie, ["scope": dog])
        #expect(try await provider.userinfo(again.accessToken)["family_name"] == "Mustermann")
        #expect(try await provider.userinfo(first.accessToken).names == ["sub"])
    }

    @Test("I30: claims that a service needs no more go out no more")
    func narrowedService() async throws {
        let provider = try await TestProvider.withServices()
        let phone = try await provider.enrolledPhone()
        let signedIn = try await provider.signIn(at: TestServices.townHall, phone: phone, ["scope": dog])
        try provider.change(TestServices.dog) { $0.claims = ["family_name"] }
        #expect(try await provider.userinfo(signedIn.accessToken).names == ["sub", "family_name"])
    }

    @Test("a service that is offered no more, or needs a higher level by now, gives no tokens")
    func changedService() async throws {
        let provider = try await TestProvider.withServices()
        let phone = try await provider.enrolledPhone()
        let portal = TestServices.townHall
        let first = try await provider.signIn(at: portal, phone: phone, ["scope": dog])
        let second = try await provider.refresh(first.tokens, at: portal)
        try provider.change(TestServices.dog) { $0.requiredLevel = .substantiell }
        await #expect(throws: ClientRefusal(invalidGrant: .levelUnreachable)) {
            try await provider.refresh(second, at: portal)
        }
        await #expect(throws: UserinfoFlow.StepUpNeeded.self) { try await provider.userinfo(first.accessToken) }
        try provider.changeRegion { $0.services.removeAll { $0.identifier == TestServices.dog.identifier } }
        await #expect(throws: ClientRefusal(invalidGrant: .serviceNotAllowed)) {
            try await provider.refresh(second, at: portal)
        }
    }

    @Test("a withdrawn release: refresh and userinfo give nothing more of it, and the next login asks")
    func withdrawn() async throws {
        let provider = try await TestProvider.withServices()
        let phone = try await provider.enrolledPhone()
        let portal = TestServices.townHall
        let account = try await provider.verified(phone).account.identifier
        let signedIn = try await provider.signIn(
            at: portal, phone: phone, ["scope": dog, "claims": #"{"id_token": {"email": null}}"#])
        #expect(signedIn.idToken["email"] == "erika@example.org")
        let releases = provider.provider.selfService.releases.flow
        let listed = try await releases.list(of: account)
        #expect(listed.map(\.portal) == ["Portal rathaus"] && listed[0].tenantName == "Stadt Herten")
        #expect(listed[0].service?.german == "Hund anmelden")
        #expect(listed[0].release.released == ["given_name", "family_name", "email"])
        let release = listed[0].release.identifier
        let transaction = TransactionIdentifier.random(bytes: 16)
        #expect(try await !releases.withdraw(release, of: .random(), transaction: transaction))
        #expect(try await releases.withdraw(release, of: account, transaction: transaction))
        #expect(try await !releases.withdraw(release, of: account, transaction: transaction), "it is over")
        #expect(try await provider.userinfo(signedIn.accessToken).names == ["sub"])
        let refreshed = try await provider.refresh(signedIn.tokens, at: portal)
        #expect(SignedIn.payload(refreshed)["sub"] == signedIn.idToken["sub"])
        #expect(SignedIn.payload(refreshed)["email"] == nil)
        guard case .login = try await provider.enter(portal, ["scope": dog], cookie: signedIn.cookie) else {
            Issue.record("released in silence after the withdrawal")
            return
        }
        #expect(try await releases.list(of: account).map(\.release.state) == [.withdrawn])
    }

    @Test(
        "I20: an approval in a context that was not offered, or in none, is refused",
        arguments: [nil, "company:m-1"].map { $0.flatMap(ContextName.init(rawValue:)) })
    func foreignContext(context: ContextName?) async throws {
        let provider = try await TestProvider.withServices()
        let phone = try await provider.enrolledPhone()
        await #expect(throws: DeviceRefusal(.statementRefused, .responseContext)) {
            try await provider.signIn(at: TestServices.townHall, phone: phone, ["scope": dog]) {
                $0.context = context
            }
        }
    }
}
