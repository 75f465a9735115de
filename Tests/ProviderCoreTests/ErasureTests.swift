import AccountDirectory
import Foundation
import IdentityCrypto
import OpenIDMessages
import ProviderHarness
import SQLiteStore
import Testing

@testable import ProviderCore

/// Closing and erasing an account (invariants I7, I39, I40; checklist O5).
@Suite("Closing and erasing an account")
struct ErasureTests {
    private static let person: JSONObject = [
        "given_name": "Kunigunde", "family_name": "Zwitscherkanarie", "birth_family_name": "Vogelsangerin",
        "birthdate": "1931-07-19", "place_of_birth": "Wanne-Eickelhausen", "title": "Professorin",
        "address": .object([
            "street": "Kanarienvogelgasse", "house_number": "77 quinquies", "postal_code": "45999",
            "locality": "Hertenkirchen",
        ]),
        "email": "kunigunde@zwitscher.example", "phone_number": "+49 2366 987654",
    ]

    private static var renamed: JSONObject {
        var renamed = person
        renamed["family_name"] = "Zwitscherkanarienvogelberger-Langname"
        return renamed
    }

    @Test("I39: after the erasure no file of the database holds a value of the person, and nobody else lost anything")
    func nothingIsLeft() async throws {
        let file = try TemporaryDatabase()
        let provider = try await TestProvider(store: SQLiteStore(path: file.path))
        // Rows of others before and after, so that pages are shared.
        let others = try await neighbours(of: "before", provider)
        let link = try #require(PresentedLink(.eid, pseudonym: "pseudonym-of-kunigunde"))
        let person = try await provider.registered(person: Self.person, link: link)
        let tokens = try await use(person, provider)
        let more = try await neighbours(of: "after", provider)
        let secrets = try await values(of: person, provider) + tokens
        for value in secrets where ![person.blockCode, person.phone.blockCode].contains(value) {
            #expect(try file.contents.holds(value), "the scan would not find \(value)")
        }

        let eraseAt = try await provider.provider.erasures.close(
            person.account, visit: provider.visit(Self.renamed))
        #expect(eraseAt == provider.now + RetentionPolicy().closing)
        provider.clock.advance(RetentionPolicy().closing)
        let first = try await provider.provider.erasures.sweep()
        #expect(first["erased"] == 1)
        let told = try await deliver(provider)
        provider.clock.advance(RetentionPolicy().traces)
        #expect(try await provider.provider.erasures.sweep()["file_cleaned"] == 1)

        let contents = try file.contents
        for value in secrets { #expect(!contents.holds(value), "the file holds \(value)") }
        #expect(told.count == 2)
        for neighbour in others + more {
            #expect(try await provider.profile(of: neighbour.account).state == .active)
            _ = try await provider.signIn(at: TestRegion.basic, phone: neighbour.phone)
        }
        #expect(try await provider.store.profile(of: person.account) == nil)
        try await provider.store.close()
    }

    @Test("O5, I39: after the erasure no row that stays leads from what somebody was to what they did")
    func nothingLeads() async throws {
        let file = try TemporaryDatabase()
        let provider = try await TestProvider(
            store: SQLiteStore(path: file.path), administrationAddress: TestAdministrator.address)
        try provider.changeRegion { $0.services = [MandateStory.parking, MandateStory.building] }
        let story = try await MandateStory(provider: provider)
        let account = try await provider.verified(story.ada).account.identifier
        _ = try await story.propose(by: story.ada)
        let administrator = try await provider.administrator(phone: story.ada.phone)
        for role in [AdministrationRole.dataProtectionOfficer, .tenantAdministrator] {
            try await provider.appoint(administrator, role, at: .tenant(TestRegion.herten))
        }
        // Who else hears of the emergency.
        try await provider.appoint(provider.administrator(), .dataProtectionOfficer, at: .tenant(TestRegion.herten))
        let seen = try await provider.seen(administrator)
        _ = try await provider.provider.administration.requestEmergency(
            reason: "Ada sieht nach", duration: 600,
            in: provider.provider.administration.scope(for: .readTenant, at: "herten", by: seen).scope, by: seen)
        _ = try await provider.provider.dataRequests.file(
            DataRequestFlow.Wish(json: ["kind": "restrict"]), by: provider.verified(story.ada))
        let identity = try #require(ExpectedIdentity(PersonRecord(json: story.ada.record)))
        let key = try await provider.provider.keys.secret("company-identities")
        let hash = CompanyIdentityHashing(key: key).hash(identity, in: story.company).rawValue
        #expect(try file.texts("SELECT person FROM register_power").contains(hash), "the scan would not find it")
        let events = try file.texts("SELECT object FROM audit_event WHERE object IS NOT NULL AND person IS NOT NULL")
        let before = try Self.kept(of: account.rawValue, in: file)
        #expect(before.count >= 5 && !Set(before).isDisjoint(with: events), "the test would find nothing: \(before)")

        _ = try await provider.provider.erasures.close(by: provider.verified(story.ada))
        provider.clock.advance(RetentionPolicy().closing)
        #expect(try await provider.provider.erasures.sweep()["erased"] == 1)

        let named = try file.tables(except: []).filter { $0.value.contains { $0.contains(account.rawValue) } }
        #expect(named.keys.sorted() == [])
        #expect(try !file.texts("SELECT person FROM register_power").contains(hash))
        let tombstone = try #require(file.texts("SELECT id FROM account WHERE state = 'closed'").first)
        let after = try Self.kept(of: tombstone, in: file)
        #expect(after.count == before.count + 1, "what stays is there, and the wish to be erased: \(after)")
        let all = try file.texts("SELECT object FROM audit_event WHERE object IS NOT NULL")
        #expect(Set(after).intersection(all) == [], "an event names a row that stays")
        #expect(try file.texts("SELECT reason FROM admin_emergency") == ["(erased)"], "their own words")
        #expect(try file.texts("SELECT state FROM membership WHERE account = '\(tombstone)'") == ["ended"])
        // The company's own record is whole: whoever is left finds its mandate and what ended it.
        #expect(
            try file.texts("SELECT m.id FROM mandate m JOIN membership s ON s.id = m.proposed_by").count == 1)
    }

    /// The identifiers of the rows that stay and name the account.
    private static func kept(of account: String, in file: TemporaryDatabase) throws -> [String] {
        try [
            "data_subject_request WHERE account", "admin_assignment WHERE account", "admin_emergency WHERE requester",
            "membership WHERE account", "register_power WHERE account",
        ].flatMap { try file.texts("SELECT id FROM \($0) = '\(account)'") }
    }

    @Test("I39: a portal hears that the account is gone, by the name that it knows")
    func purged() async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered()
        let herten = try await provider.signIn(at: TestRegion.basic, phone: person.phone)
        let marl = try await provider.signIn(at: TestRegion.post, phone: person.phone)
        let subjects = try [herten, marl].map { try unverifiedPayload($0.tokens["id_token"]?.string)["sub"]?.string }
        _ = try await provider.provider.erasures.close(person.account, visit: provider.visit())
        _ = try await deliver(provider)
        provider.clock.advance(RetentionPolicy().closing)
        try await provider.provider.erasures.sweep()
        let tokens = try await deliver(provider)
        let payloads = try tokens.map { try unverifiedPayload($0) }
        #expect(Set(payloads.map { $0["sub"]?.string }) == Set(subjects))
        #expect(Set(subjects).count == 2)
        for payload in payloads {
            #expect(payload["sid"] == nil)
            #expect(
                payload["events"]?.object?.names == [
                    "http://schemas.openid.net/event/backchannel-logout",
                    "https://schemas.openid.net/secevent/risc/event-type/account-purged",
                ])
        }
        // The notice is the last that named the person.
        #expect(try await deliver(provider).isEmpty)
        let herten2 = TestRegion.basic.client.identifier
        #expect(try await provider.store.logouts(to: herten2, limit: 10).allSatisfy { $0.session != nil })
    }

    @Test("I7: a closing account gets no token, and its phone no answer")
    func closing() async throws {
        let provider = try await TestProvider.withGrants()
        let person = try await provider.registered()
        let signedIn = try await provider.signIn(at: TestGrants.refreshing, phone: person.phone)
        _ = try await provider.provider.erasures.close(by: provider.verified(person.phone))
        let token = try signedIn.tokens.text("refresh_token")
        #expect(
            try await provider.refusal { _ = try await provider.refreshed(token, at: TestGrants.refreshing) } != nil)
        await #expect(throws: DeviceRefusal.self) { try await provider.verified(person.phone) }
        #expect(try await provider.profile(of: person.account).state == .closing)
    }

    @Test("I40: erased at the end of the time for second thoughts, not a second before")
    func deadline() async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered()
        _ = try await provider.provider.erasures.close(person.account, visit: provider.visit())
        provider.clock.advance(RetentionPolicy().closing - 1)
        #expect(try await provider.provider.erasures.sweep()["erased"] == 0)
        provider.clock.advance(1)
        #expect(try await provider.provider.erasures.sweep()["erased"] == 1)
        // And a new account of the same person has nothing to do with it.
        let again = try await provider.registered()
        #expect(again.account != person.account)
    }

    @Test("closing is cancelled by an identification at a desk, and by nothing less")
    func secondThoughts() async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered()
        _ = try await provider.provider.erasures.close(by: provider.verified(person.phone))
        let desk = provider.provider.desk
        await #expect(throws: DeskRefusal.levelTooLow(needed: .substantiell)) {
            try await desk.reactivate(person.account, visit: provider.visit(level: .normal))
        }
        guard case .awaitsDevice(let ticket) = try await desk.reactivate(person.account, visit: provider.visit()) else {
            Issue.record("active without a device")
            return
        }
        let fresh = TestPhone()
        try await provider.enrol(fresh, with: ticket)
        #expect(try await provider.profile(of: person.account).state == .active)
        provider.clock.advance(RetentionPolicy().closing)
        #expect(try await provider.provider.erasures.sweep()["erased"] == 0)
        await #expect(throws: DeviceRefusal.self) { try await provider.verified(person.phone) }
        _ = try await provider.signIn(at: TestRegion.basic, phone: fresh)
    }

    @Test("after the time for second thoughts a ticket lifts nothing")
    func tooLate() async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered()
        _ = try await provider.provider.erasures.close(person.account, visit: provider.visit())
        provider.clock.advance(RetentionPolicy().closing - 1)
        let answer = try await provider.provider.desk.reactivate(person.account, visit: provider.visit())
        guard case .awaitsDevice(let ticket) = answer else { return }
        provider.clock.advance(1)
        await #expect(throws: DeviceRefusal(.unknownOffer, .accountNotActive)) {
            try await provider.enrol(TestPhone(), with: ticket)
        }
        await #expect(throws: DeskRefusal.tooLate) {
            try await provider.provider.desk.reactivate(person.account, visit: provider.visit())
        }
    }

    // MARK: What a life leaves

    /// Logins, a further device, a changed name: rows in every table, some written twice. Identifiers of devices, sessions
    /// and logins are no values of the person: the audit log keeps them, and nothing leads from them to anybody.
    private func use(_ person: RegisteredPerson, _ provider: TestProvider) async throws -> [String] {
        var known: [String] = []
        for portal in [TestRegion.basic, TestRegion.post] {
            let signedIn = try await provider.signIn(at: portal, phone: person.phone)
            known += [try unverifiedPayload(signedIn.tokens["id_token"]?.string)["sub"]?.string].compactMap(\.self)
        }
        let ticket = try await provider.provider.accounts.ticketForFurtherDevice(
            by: provider.verified(person.phone), tenant: TestRegion.herten)
        let second = TestPhone()
        try await provider.enrol(second, with: ticket)
        try await provider.provider.accounts.approve(second.device, by: provider.verified(person.phone))
        known.append(second.authentication.thumbprint.rawValue)
        _ = try await provider.provider.exports.export(by: provider.verified(person.phone))
        _ = try await provider.provider.desk.rename(person.account, visit: provider.visit(Self.renamed))
        try await provider.provider.accounts.changeContact(
            ContactData(json: ["email": "kunigunde@zwitscher.example", "phone_number": "+49 2366 987654"]),
            by: provider.verified(person.phone))
        return known
    }

    private func values(of person: RegisteredPerson, _ provider: TestProvider) async throws -> [String] {
        func leaves(_ value: JSONValue) -> [String] {
            switch value {
            case .string(let text): [text]
            case .object(let object): object.members.flatMap { leaves($0.value) }
            default: []
            }
        }
        let device = try await provider.verified(person.phone).device
        return leaves(.object(Self.person)) + [
            "Zwitscherkanarienvogelberger-Langname", person.blockCode, person.phone.blockCode,
            device.keys.authentication.thumbprint.rawValue, device.keys.installation.thumbprint.rawValue,
        ]
    }

    private func neighbours(of name: String, _ provider: TestProvider) async throws -> [RegisteredPerson] {
        var people: [RegisteredPerson] = []
        for index in 0..<12 {
            people.append(
                try await provider.registered(person: [
                    "given_name": "Nachbar", "family_name": .string("Nebenan \(name)"),
                    "birthdate": .string("19\(50 + index)-01-01"),
                ]))
        }
        return people
    }

    /// Lets every portal answer; the tokens that were sent.
    private func deliver(_ provider: TestProvider) async throws -> [String] {
        let sent = Sent()
        try await provider.provider.logoutDeliveries.deliverDue { form, _ in
            await sent.note(form["logout_token"] ?? "")
            return 200
        }
        return await sent.tokens
    }

    private actor Sent {
        var tokens: [String] = []
        func note(_ token: String) { tokens.append(token) }
    }
}

extension Data {
    func holds(_ text: String) -> Bool { range(of: Data(text.utf8)) != nil }
}
