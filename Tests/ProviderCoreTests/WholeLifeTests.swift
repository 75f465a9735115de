import AccountDirectory
import Foundation
import IdentityCrypto
import OpenIDMessages
import ProviderHarness
import SQLiteStore
import Testing

@testable import ProviderCore

/// Erasure of somebody who was everything that one can be here (invariant I39, checklist O5).
@Suite("Erasure after a whole life")
struct WholeLifeTests {
    private static let record: JSONObject = [
        "given_name": "Kunigunde", "family_name": "Zwitscherkanarie", "birthdate": "1931-07-19",
        "place_of_birth": "Wanne-Eickelhausen",
        "address": .object([
            "street": "Kanarienvogelgasse", "house_number": "77 quinquies", "postal_code": "45999",
            "locality": "Hertenkirchen",
        ]),
        "email": "kunigunde@zwitscher.example",
    ]

    /// What was typed about the person or by them, wherever it went.
    private static let words = [
        "Zwitscherkanarie", "1931-07-19", "Wanne-Eickelhausen", "Kanarienvogelgasse", "77 quinquies", "Hertenkirchen",
        "kunigunde@zwitscher.example", "Kunigundes Handtelefon", "Kunigundes Zweitgerät", "Kunigundes Lesegerät",
        "Kunigundes Vollmacht", "Kunigunde sieht nach", "Vogelzucht", "Vogelfutter", "pseudonym-of-kunigunde",
    ]

    private struct Life {
        let provider: TestProvider
        let file: TemporaryDatabase
        let account: AccountIdentifier
        let person: TestPerson
        let company: CompanyIdentifier
        /// Identifiers and secrets that nobody may find again.
        var values: [String] = []
    }

    private func live() async throws -> Life {
        let file = try TemporaryDatabase()
        let provider = try await TestProvider(
            store: SQLiteStore(path: file.path), companies: nil, administrationAddress: TestAdministrator.address)
        try provider.changeRegion { $0.services = [MandateStory.parking, MandateStory.building] }
        let registered = try await provider.registered(
            person: Self.record, link: PresentedLink(.eid, pseudonym: "pseudonym-of-kunigunde"),
            evidence: ["document": .object(["type": "idcard", "country": "DE", "expires_on": "2030-01-01"])],
            simulating: .strongbox)
        let person = TestPerson(phone: registered.phone, record: Self.record)
        let bob = try await provider.person("Bob", "Bleibt", born: "1971-01-31")
        let company = try await provider.registeredCompany([person, bob])
        _ = try await provider.join(bob, ["org_admin"], in: company, by: person)
        var life = Life(
            provider: provider, file: file, account: registered.account, person: person, company: company)
        life.values = [registered.blockCode, person.phone.blockCode, registered.account.rawValue]
        try await devices(&life)
        try await companies(life)
        try await administration(&life)
        life.values += try file.texts("SELECT subject FROM pairwise WHERE account = '\(registered.account)'")
        return life
    }

    /// Logins, a second phone, a known browser, a portal that was reported.
    private func devices(_ life: inout Life) async throws {
        let (provider, phone) = (life.provider, life.person.phone)
        _ = try await provider.signIn(at: TestRegion.basic, phone: phone)
        _ = try await provider.knownBrowser(of: phone)
        try life.file.execute("UPDATE known_browser SET name = 'Kunigundes Lesegerät'")
        try life.file.execute(
            "INSERT INTO back_channel_stop (account, client, stopped_at) VALUES ('\(life.account)', 'herten-basic', 1)")
        let device = try await provider.verified(phone)
        try await provider.provider.selfService.devices.rename(
            phone.device, to: "Kunigundes Handtelefon", by: device)
        let second = TestPhone()
        try await provider.enrol(
            second, with: provider.provider.accounts.ticketForFurtherDevice(by: device, tenant: TestRegion.herten))
        try await provider.provider.accounts.approve(second.device, by: device)
        try await provider.provider.selfService.devices.rename(
            second.device, to: "Kunigundes Zweitgerät", by: try await provider.verified(phone))
        life.values += [phone, second].map(\.authentication.thumbprint.rawValue)
        _ = try await provider.provider.dataRequests.file(
            DataRequestFlow.Wish(json: ["kind": "rectify", "tenant": "herten", "claims": ["family_name"]]),
            by: provider.verified(phone))
    }

    /// A mandate that goes on, one that ended, an open invitation, an establishment; a business of the own name that
    /// somebody else administers, and a draft.
    private func companies(_ life: Life) async throws {
        let (provider, person) = (life.provider, life.person)
        let device = try await provider.verified(person)
        let eva = try await provider.person("Eva", "Angestellt")
        let member = try await provider.join(eva, ["member"], in: life.company, by: person)
        let today = CalendarDate(inGermanyAt: provider.now)
        for scope in ["parking.permit", "building.application"] {
            let mandate = try await provider.provider.mandates.propose(
                MandateProposal(
                    grantor: life.company, grantee: .membership(member),
                    powers: MandatePowers(
                        scopes: [MandateScope(rawValue: scope)!], tenants: .all, limit: nil, establishments: .all,
                        validity: MandateValidity(from: today, until: today.adding(days: 300))),
                    reason: "Kunigundes Vollmacht, Zwitscherkanarie"), by: device)
            guard scope == "building.application" else { continue }
            _ = try await provider.provider.mandates.revoke(mandate.mandate.identifier, by: device)
        }
        _ = try await provider.companies.invite(
            [
                "roles": ["member"],
                "identity": .object(["given_name": "Gerd", "family_name": "Gast", "birthdate": "1990-01-01"]),
            ], into: life.company, by: device)
        _ = try await provider.companies.addEstablishment(
            ["activity": "00002", "name": "Lager", "address": .object(TestCompany.address)], to: life.company,
            by: device)
        let business = try await provider.companies.create(
            TestCompany.soleTrader("Vogelzucht Zwitscherkanarie"), by: device
        ).company.identifier
        try await provider.companies.submit(business, by: device)
        try await provider.companies.verifyAtDesk(
            business, proof: provider.extract([person.power(.owner)]), by: TestCompany.clerk)
        _ = try await provider.join(eva, ["org_admin"], in: business, by: person)
        _ = try await provider.companies.create(
            TestCompany.unregistered("Vogelfutter Zwitscherkanarie GbR", trade: "HE-9"), by: device)
    }

    /// Two rights, an emergency, an adoption that they agreed to, and what was looked at.
    private func administration(_ life: inout Life) async throws {
        let provider = life.provider
        let administrator = try await provider.administrator(phone: life.person.phone)
        for role in [AdministrationRole.dataProtectionOfficer, .tenantAdministrator] {
            try await provider.appoint(administrator, role, at: .tenant(TestRegion.herten))
        }
        // Who else hears of the emergency.
        try await provider.appoint(provider.administrator(), .dataProtectionOfficer, at: .tenant(TestRegion.herten))
        let seen = try await provider.seen(administrator)
        _ = try await provider.provider.administration.requestEmergency(
            reason: "Kunigunde sieht nach", duration: 600,
            in: provider.provider.administration.scope(for: .readTenant, at: "herten", by: seen).scope, by: seen)
        let template = try await provider.proposeTemplate()
        let (templates, herten) = (provider.provider.templates, try provider.scope(TestRegion.herten))
        let waiting = try #require(templates.review(template: template.rawValue, in: herten).adoption.proposalDigest)
        _ = try await templates.approve(template: template.rawValue, seen: waiting, in: herten, by: seen)
        _ = try await templates.approve(template, in: herten, as: .serviceOwner, by: "Otto")
        let export = try await provider.provider.exports.export(by: provider.verified(life.person)).document
        #expect(export["approved_adoptions"]?.array?.count == 1)
        life.values.append(administrator.subject.rawValue)
    }

    @Test("I39: no file of the database holds a value of a director, trader, administrator and citizen who is erased")
    func nothingIsLeft() async throws {
        let life = try await live()
        let (provider, file) = (life.provider, life.file)
        let key = try #require(
            file.texts("SELECT hex(key) FROM audit_person_key WHERE account = '\(life.account)'").first)
        let secret = Data(key.utf8.chunked(by: 2))
        // What the scan must be able to find. The code on paper and the pseudonym elsewhere are hashes from the beginning.
        let before = try file.contents
        let hashed = [life.person.phone.blockCode, "pseudonym-of-kunigunde"] + life.values.prefix(1)
        for value in Self.words + life.values where !hashed.contains(value) {
            #expect(before.holds(value), "the scan would not find \(value)")
        }
        #expect(before.range(of: secret) != nil && secret.count == 32)

        _ = try await provider.provider.erasures.close(by: provider.verified(life.person))
        provider.clock.advance(RetentionPolicy().closing)
        #expect(try await provider.provider.erasures.sweep()["erased"] == 1)
        // The portals hear of it; with that the last notice that names a subject is gone.
        try await provider.provider.logoutDeliveries.deliverDue { _, _ in 200 }
        provider.clock.advance(RetentionPolicy().traces)
        #expect(try await provider.provider.erasures.sweep()["file_cleaned"] == 1)

        let after = try file.contents
        for value in Self.words + life.values { #expect(!after.holds(value), "the file holds \(value)") }
        #expect(after.range(of: secret) == nil, "the key of the pseudonyms")
        try await provider.store.close()
    }

    @Test("I39: what others still need goes on: the company, its mandate, the colleague's rights")
    func othersGoOn() async throws {
        let life = try await live()
        let provider = life.provider
        _ = try await provider.provider.erasures.close(by: provider.verified(life.person))
        provider.clock.advance(RetentionPolicy().closing)
        try await provider.provider.erasures.sweep()
        #expect(try await provider.state(of: life.company) == .active)
        #expect(
            try life.file.texts("SELECT state || ' ' || reason FROM mandate ORDER BY state") == [
                "active (erased)", "revoked (erased)",
            ])
        // The business was theirs alone, whoever else administered it; the draft was nobody else's either.
        #expect(try life.file.texts("SELECT state FROM company WHERE details IS NULL") == ["closed", "closed"])
        let tombstone = try #require(life.file.texts("SELECT id FROM account WHERE state = 'closed'").first)
        let kept = try [
            "data_subject_request WHERE account", "admin_assignment WHERE account", "admin_emergency WHERE requester",
            "membership WHERE account", "register_power WHERE account",
        ].flatMap { try life.file.texts("SELECT id FROM \($0) = '\(tombstone)'") }
        #expect(kept.count >= 8)
        let named = try life.file.texts("SELECT object FROM audit_event WHERE object IS NOT NULL")
        #expect(Set(kept).intersection(named) == [], "an event names a row that stays")
        // The town goes on with what two different people have agreed to.
        let adoption = try #require(try await provider.store.adoptions().first?.adoption)
        #expect(adoption.state == .adopted && adoption.review?.approvals[.serviceOwner] == "Otto")
        #expect(adoption.review?.approvals[.dataProtectionOfficer]?.hasPrefix("erased-") == true)
        #expect(provider.provider.templates.library.adoptions == [adoption], "in memory, too")
        // What stays reads as before.
        let file = try await provider.file(of: life.company)
        #expect(file.people.map(\.givenName) == ["Bob", "Eva"])
    }

    @Test(
        "a sole trader's facts go with the trader's account, also when a later extract has another name, unless somebody else signs",
        arguments: [false, true])
    func laterExtract(isSigned: Bool) async throws {
        let provider = try await TestProvider()
        let max = try await provider.person("Max", "Einzelkaufmann")
        let eva = try await provider.person("Eva", "Angestellt")
        let company = try await provider.registeredBusiness(of: max)
        _ = try await provider.join(eva, ["org_admin"], in: company, by: max)
        // After a marriage, or after a sale: the register tells nobody which of both it was.
        let named = isSigned ? try await provider.person("Nora", "Nachher") : nil
        var married = max.record
        married["family_name"] = "Verheiratet"
        let power = named ?? TestPerson(phone: max.phone, record: married)
        try await provider.companies.record(
            extract: provider.extract([power.power(.owner)]), of: company, by: TestCompany.clerk)
        if let named {
            try await provider.companies.sign(company, usesPrivateIdentity: true, by: provider.verified(named))
        }
        let effects = try await provider.companies.effectsOfClosing(of: provider.verified(max))
        #expect(effects.map(\.effect) == [isSigned ? .none : .ends], "and the person reads it before")
        _ = try await provider.provider.erasures.close(by: provider.verified(max))
        provider.clock.advance(RetentionPolicy().closing)
        try await provider.provider.erasures.sweep()
        if isSigned {
            #expect(try await provider.state(of: company) == .active)
        } else {
            #expect(try await provider.store.file(of: company) == nil)
        }
    }

    @Test("a sole trader's facts go with the trader's account, also when the trader has left the business to others")
    func leftToOthers() async throws {
        let provider = try await TestProvider()
        let max = try await provider.person("Max", "Einzelkaufmann")
        let eva = try await provider.person("Eva", "Angestellt")
        let device = try await provider.verified(max)
        let company = try await provider.companies.create(TestCompany.soleTrader(), by: device).company.identifier
        try await provider.companies.submit(company, by: device)
        try await provider.companies.verifyAtDesk(
            company, proof: provider.extract([max.power(.owner)]), by: TestCompany.clerk)
        _ = try await provider.join(eva, ["org_admin"], in: company, by: max)
        try await provider.companies.leave(company, by: device)
        _ = try await provider.provider.erasures.close(by: provider.verified(max))
        provider.clock.advance(RetentionPolicy().closing)
        try await provider.provider.erasures.sweep()
        #expect(try await provider.store.file(of: company) == nil)
        #expect(try await provider.companies.companies(of: provider.verified(eva)).isEmpty)
    }
}

extension String.UTF8View {
    /// The bytes that hexadecimal digits stand for.
    fileprivate func chunked(by size: Int) -> [UInt8] {
        let digits = Array(self)
        return stride(from: 0, to: digits.count, by: size).compactMap { start in
            UInt8(String(decoding: digits[start..<start + size], as: UTF8.self), radix: 16)
        }
    }
}
