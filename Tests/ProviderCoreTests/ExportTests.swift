import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

@Suite("Export of everything about one person")
struct ExportTests {
    @Test("I39: the export holds the person's data and nothing of another person")
    func contents() async throws {
        let provider = try await TestProvider()
        let erika = try await provider.registered()
        let eva: JSONObject = [
            "given_name": "Evangelina", "family_name": "Andersdorfer", "birthdate": "1970-01-01",
            "email": "eva@anders.example",
        ]
        let stranger = try await provider.registered(person: eva)
        let signedIn = try await provider.signIn(at: TestRegion.basic, phone: erika.phone)
        let other = try await provider.signIn(at: TestRegion.post, phone: stranger.phone)
        let export = try await provider.provider.exports.export(by: provider.verified(erika.phone))
        let text = export.document.text
        let subject = try #require(try unverifiedPayload(signedIn.tokens["id_token"]?.string)["sub"]?.string)
        for value in [
            "Erika", "Mustermann", "1964-08-12", "erika@example.org", erika.phone.device.rawValue, subject,
            "Portal basic", "Stadt Herten",
        ] { #expect(text.contains(value), "\(value) is missing") }
        let foreign = try unverifiedPayload(other.tokens["id_token"]?.string)
        for value in [
            "Evangelina", "Andersdorfer", "1970-01-01", "eva@anders.example", stranger.phone.device.rawValue,
            foreign["sub"]?.string, foreign["sid"]?.string, foreign["txn"]?.string,
        ].compactMap(\.self) { #expect(!text.contains(value), "\(value) is another person's") }
        #expect(export.document["controllers"]?.array?.count == 2)
    }

    @Test("the export names who works for a town on instruction, on the days of the assignment and on no other")
    func processors() async throws {
        let provider = try await TestProvider()
        let erika = try await provider.registered()
        let today = CalendarDate(inGermanyAt: provider.now)
        try provider.changeRegion { $0.tenants[0].operatorAssignment.until = today.adding(days: -1) }
        let export = try await provider.provider.exports.export(of: erika.account, visit: provider.visit()).document
        let controllers = (export["controllers"]?.array ?? []).compactMap(\.object)
        #expect(controllers.map { $0["processor"]?.string } == [nil, "IT"])
    }

    @Test(
        "the export of a sole trader has the business, the mandates and the invitations, and how each controller is reached"
    )
    func business() async throws {
        let provider = try await TestProvider()
        try provider.changeRegion { region in
            region.services = [MandateStory.parking, MandateStory.building]
            region.tenants[0].branding = Branding(
                contact: Contact(
                    email: "rathaus@herten.example", phone: "02366 303-0", dataProtectionEmail: "dsb@herten.example"))
        }
        let max = try await provider.person("Max", "Einzelkaufmann")
        let device = try await provider.verified(max)
        let company = try await provider.companies.create(TestCompany.soleTrader(), by: device).company.identifier
        let draft = try await provider.provider.exports.export(by: device).document
        #expect(
            draft["own_companies"]?.array?.first?.object?["state"] == "draft", "their own words, before anybody looked")
        try await provider.companies.submit(company, by: device)
        try await provider.companies.verifyAtDesk(
            company, proof: provider.extract([max.power(.owner)]), by: TestCompany.clerk)
        let eva = try await provider.person("Eva", "Angestellte")
        let member = try await provider.join(eva, ["member"], in: company, by: max)
        _ = try await provider.companies.addEstablishment(
            [
                "activity": "43210", "name": "Werkstatt Süd",
                "address": .object(["street": "Ring", "postal_code": "45699", "locality": "Herten"]),
            ], to: company, by: device)
        let today = CalendarDate(inGermanyAt: provider.now)
        _ = try await provider.provider.mandates.propose(
            MandateProposal(
                grantor: company, grantee: .membership(member),
                powers: MandatePowers(
                    scopes: [MandateScope(rawValue: "parking.permit")!], tenants: .all, limit: nil,
                    establishments: .all,
                    validity: MandateValidity(from: today, until: today.adding(days: 30))),
                reason: "Für die Montage"), by: device)
        func export(_ person: TestPerson) async throws -> JSONObject {
            try await provider.provider.exports.export(by: provider.verified(person)).document
        }
        let own = try await export(max)
        for section in ["own_companies", "proposed_mandates", "sent_invitations", "register_powers", "memberships"] {
            #expect(own[section]?.array?.count == 1, "\(section)")
        }
        #expect(own["own_companies"]?.array?.first?.object?["details"]?.object?["name"] == "Max Beispiel Elektro")
        #expect(own["own_establishments"]?.array?.first?.object?["name"] == "Werkstatt Süd")
        let evidence = own["own_company_evidence"]?.array?.first?.object
        #expect(evidence?["method"] == "desk" && evidence?["performer"] == "herten")
        #expect(own["proposed_mandates"]?.array?.first?.object?["reason"] == "Für die Montage")
        let herten = own["controllers"]?.array?.first?.object
        #expect(herten?["email"] == "rathaus@herten.example" && herten?["dpo_email"] == "dsb@herten.example")
        let employee = try await export(eva)
        for section in [
            "own_companies", "own_establishments", "own_company_evidence", "proposed_mandates", "sent_invitations",
        ] {
            #expect(employee[section] == [], "\(section) is the owner's")
        }
        #expect(employee["mandates"]?.array?.count == 1)
        #expect(employee["memberships"]?.array?.first?.object?["company_name"] == "Max Beispiel Elektro")
    }

    @Test("I39: a former owner's export has nothing of the business from when another one has signed")
    func formerOwner() async throws {
        let provider = try await TestProvider()
        let (max, nora) = (try await provider.person("Max", "Vorher"), try await provider.person("Nora", "Nachher"))
        let company = try await provider.registeredBusiness(of: max)
        func owned(by person: TestPerson) async throws -> Int? {
            let export = try await provider.provider.exports.export(by: provider.verified(person)).document
            return export["own_companies"]?.array?.count
        }
        #expect(try await owned(by: max) == 1)
        try await provider.companies.record(
            extract: provider.extract([nora.power(.owner)]), of: company, by: TestCompany.clerk)
        #expect(try await owned(by: max) == 1, "nobody else has said that it is theirs")
        try await provider.companies.sign(company, usesPrivateIdentity: true, by: provider.verified(nora))
        #expect(try await owned(by: max) ?? 0 == 0)
        #expect(try await owned(by: nora) == 1)
    }

    @Test("the export is signed, and its type is nobody else's")
    func signature() async throws {
        let provider = try await TestProvider()
        let erika = try await provider.registered()
        let export = try await provider.provider.exports.export(by: provider.verified(erika.phone))
        let keys = provider.provider.keys.ring.verificationKeys
        let token = try CompactJWS(parsing: export.signed)
        #expect(try keys.verify(token, type: "account-export+jwt").payload == export.document)
        #expect(throws: JWSError.wrongType) { try keys.verify(token, type: "JWT") }
        #expect(throws: JWSError.wrongSignature) {
            let parts = export.signed.split(separator: ".")
            let payload = Base64URL.encode(Array(#"{"iss":"x"}"#.utf8))
            _ = try keys.verify(CompactJWS(parsing: "\(parts[0]).\(payload).\(parts[2])"), type: "account-export+jwt")
        }
    }

    @Test("the export tells no secret: neither codes nor the PIN's key nor hashes")
    func secrets() async throws {
        let provider = try await TestProvider()
        let link = PresentedLink(.eid, pseudonym: "pseudonym-elsewhere")
        let erika = try await provider.registered(link: link)
        let export = try await provider.provider.exports.export(by: provider.verified(erika.phone))
        let text = export.document.text
        for secret in [
            erika.blockCode, erika.phone.blockCode, erika.phone.pin.thumbprint.rawValue, "pseudonym-elsewhere",
            "digest",
        ] { #expect(!text.contains(secret), "\(secret)") }
        #expect(text.contains("identity_links"))
    }

    @Test("an export is a request that is done in time, and the person is told of it")
    func request() async throws {
        let provider = try await TestProvider()
        let erika = try await provider.registered()
        _ = try await provider.provider.exports.export(by: provider.verified(erika.phone))
        let requests = try await provider.provider.dataRequests.requests(of: provider.verified(erika.phone))
        #expect(requests.map(\.kind) == [.export] && requests.map(\.state) == [.done])
        let notices = try await provider.provider.accounts.notices(of: provider.verified(erika.phone))
        #expect(notices.map(\.kind) == [.exported])
        #expect(requests[0].dueAt == DataSubjectRequest.deadline(for: provider.now))
    }
}
