import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import SQLiteStore
import Testing

private let unknown = DeviceRefusal(.unknownCompany, .companyUnknown)
private let lastAdministrator = DeviceRefusal(.lastAdministrator, .lastAdministrator)

@Suite("Companies: from the draft to the end")
struct CompanyTests {
    @Test("a company in the register is active when those whom the extract names have signed")
    func register() async throws {
        let provider = try await TestProvider()
        let ada = try await provider.person("Ada Maria", "Ćwiklińska")
        let bob = try await provider.person("Bob", "Beispiel", born: "1970-01-31")
        let mallory = try await provider.person("Mallory", "Fremd")
        let founder = try await provider.verified(ada)
        let company = try await provider.companies.create(TestCompany.registered(), by: founder).company.identifier
        // Before it is submitted nothing can be proved.
        await #expect(throws: DeviceRefusal(.notInThisState, .companyState)) {
            try await provider.companies.record(
                extract: provider.extract([ada.power(joint: 2), bob.power(joint: 2)]), of: company,
                by: TestCompany.clerk)
        }
        try await provider.companies.submit(company, by: founder)
        try await provider.companies.record(
            extract: provider.extract([ada.power(joint: 2), bob.power(joint: 2)]), of: company, by: TestCompany.clerk)
        await #expect(throws: unknown) {
            try await provider.companies.sign(
                company, usesPrivateIdentity: true, by: try await provider.verified(mallory))
        }
        try await provider.companies.sign(company, usesPrivateIdentity: true, by: try await provider.verified(ada))
        #expect(try await provider.state(of: company) == .verifying)
        let view = try await provider.companies.company(company, for: try await provider.verified(ada))
        #expect(view.powersNamed == 2 && view.powersSigned == 1)
        await #expect(throws: DeviceRefusal(.approvedBefore, .approvedBefore)) {
            try await provider.companies.sign(company, usesPrivateIdentity: true, by: try await provider.verified(ada))
        }
        try await provider.companies.sign(company, usesPrivateIdentity: true, by: try await provider.verified(bob))
        let file = try await provider.file(of: company)
        #expect(file.company.state == .active && file.company.level == .substantiell)
        #expect(file.company.approversNeeded == 2)
        #expect(file.people.map(\.givenName) == ["Ada Maria", "Bob"])
        #expect(file.people.allSatisfy { $0.membership.roles.contains(.orgAdmin) })
    }

    @Test("a person has so many unfinished companies and no more")
    func drafts() async throws {
        let provider = try await TestProvider()
        let founder = try await provider.verified(provider.person("Anna", "Müller"))
        for _ in 0..<CompanyRules.openDrafts {
            _ = try await provider.companies.create(TestCompany.soleTrader(), by: founder)
        }
        await #expect(throws: DeviceRefusal(.tooManyOpen, .companyLimit)) {
            try await provider.companies.create(TestCompany.soleTrader(), by: founder)
        }
    }

    @Test("a trade office verifies a sole trader only for the person whom its register names")
    func soleTrader() async throws {
        let provider = try await TestProvider()
        let anna = try await provider.person("Anna", "Müller", born: "1975-05-05")
        // The same names on another day, another first name, somebody else altogether.
        let strangers = [
            try await provider.person("Anna", "Müller", born: "1975-05-06"),
            try await provider.person("Berta", "Müller", born: "1975-05-05"),
            try await provider.person("Max", "Beispiel"),
        ]
        let proof = provider.extract([anna.power(.owner)])
        for stranger in strangers {
            let device = try await provider.verified(stranger)
            let company = try await provider.companies.create(TestCompany.soleTrader(), by: device).company.identifier
            try await provider.companies.submit(company, by: device)
            await #expect(throws: DeviceRefusal(.companyDataRefused, .companyEvidence)) {
                try await provider.companies.verifyAtDesk(company, proof: proof, by: TestCompany.clerk)
            }
            #expect(try await provider.state(of: company) == .verifying)
        }
        let device = try await provider.verified(anna)
        let company = try await provider.companies.create(TestCompany.soleTrader(), by: device).company.identifier
        try await provider.companies.submit(company, by: device)
        for powers in [
            [anna.power(.owner), strangers[2].power(.owner)], [anna.power(.managingDirector)],
            [anna.power(.owner, joint: 2)], [],
        ] {
            await #expect(throws: DeviceRefusal(.companyDataRefused, .companyEvidence)) {
                try await provider.companies.verifyAtDesk(
                    company, proof: provider.extract(powers), by: TestCompany.clerk)
            }
        }
        try await provider.companies.verifyAtDesk(company, proof: proof, by: TestCompany.clerk)
        let file = try await provider.file(of: company)
        #expect(file.company.state == .active)
        // I15: the trader is the sole representative.
        #expect(RepresentationRules.isSoleRepresentative(file.people[0].membership.account, file.powers))
    }

    @Test(
        "a trade office's proof of a partnership is signed by those whom it names, and says nothing of one in a register"
    )
    func desk() async throws {
        let provider = try await TestProvider()
        let (ada, bob) = (try await provider.person("Ada", "Erste"), try await provider.person("Bob", "Zweiter"))
        let eve = try await provider.person("Eve", "Fremd")
        // Whoever founded it: the company is those people's.
        let founder = try await provider.verified(eve)
        let company = try await provider.companies.create(TestCompany.unregistered(), by: founder).company.identifier
        try await provider.companies.submit(company, by: founder)
        let proof = provider.extract([ada.power(.partner, joint: 2), bob.power(.partner, joint: 2)])
        try await provider.companies.verifyAtDesk(company, proof: proof, by: TestCompany.clerk)
        await #expect(throws: unknown) {
            try await provider.companies.sign(company, usesPrivateIdentity: true, by: founder)
        }
        try await provider.companies.sign(company, usesPrivateIdentity: true, by: try await provider.verified(ada))
        #expect(try await provider.state(of: company) == .verifying)
        try await provider.companies.sign(company, usesPrivateIdentity: true, by: try await provider.verified(bob))
        let file = try await provider.file(of: company)
        #expect(file.company.state == .active && file.company.approversNeeded == 2)
        let registered = try await provider.companies.create(TestCompany.registered(), by: founder).company.identifier
        try await provider.companies.submit(registered, by: founder)
        await #expect(throws: DeviceRefusal(.companyDataRefused, .companyEvidence)) {
            try await provider.companies.verifyAtDesk(registered, proof: proof, by: TestCompany.clerk)
        }
    }

    @Test("a company needs a person who is proved enough, and a device that can show it")
    func level() async throws {
        let provider = try await TestProvider()
        let weak = try await provider.enrolledPhone(simulating: .strongbox)
        let plain = try await provider.enrolledPhone()
        _ = try await provider.companies.create(
            TestCompany.registered(), by: try await provider.verified(weak))
        await #expect(throws: DeviceRefusal(.levelUnreachable, .companyLevel)) {
            try await provider.companies.create(
                TestCompany.registered(), by: try await provider.verified(plain))
        }
    }

    @Test("I19: a verified company's identity is taken; a draft blocks nobody")
    func identity() async throws {
        let provider = try await TestProvider()
        let ada = try await provider.person("Ada", "Erste")
        let eve = try await provider.person("Eve", "Zweite")
        let squatter = try await provider.companies.create(
            TestCompany.registered(), by: try await provider.verified(eve))
        let company = try await provider.registeredCompany([ada])
        #expect(try await provider.state(of: company) == .active)
        await #expect(throws: DeviceRefusal(.companyKnown, .companyKnown)) {
            try await provider.companies.create(TestCompany.registered(), by: try await provider.verified(eve))
        }
        // The draft can go on, and fails where it would be proved.
        try await provider.companies.submit(squatter.company.identifier, by: try await provider.verified(eve))
        try await provider.companies.record(
            extract: provider.extract([eve.power()]), of: squatter.company.identifier, by: TestCompany.clerk)
        await #expect(throws: DeviceRefusal(.companyKnown, .companyKnown)) {
            try await provider.companies.sign(
                squatter.company.identifier, usesPrivateIdentity: true, by: try await provider.verified(eve))
        }
        let euid = try #require(EUID(rawValue: "DER2402.HRB12345"))
        #expect(try await provider.store.company(with: .euid(euid))?.identifier == company)
        _ = try await provider.companies.create(
            TestCompany.registered(number: "12346"), by: try await provider.verified(eve))
    }

    @Test("I13 I14: the managing director cannot leave before a successor has accepted; invited ones do not count")
    func succession() async throws {
        let provider = try await TestProvider()
        let ada = try await provider.person("Ada", "Erste")
        let bob = try await provider.person("Bob", "Nachfolger")
        let company = try await provider.registeredCompany([ada])
        await #expect(throws: lastAdministrator) {
            try await provider.companies.leave(company, by: try await provider.verified(ada))
        }
        let issued = try await provider.companies.invite(
            ["roles": ["org_admin"], "identity": .object(bob.identity)], into: company,
            by: try await provider.verified(ada))
        await #expect(throws: lastAdministrator) {
            try await provider.companies.leave(company, by: try await provider.verified(ada))
        }
        _ = try await provider.companies.open(code: issued.code, by: try await provider.verified(bob))
        await #expect(throws: lastAdministrator) {
            try await provider.companies.leave(company, by: try await provider.verified(ada))
        }
        _ = try await provider.companies.accept(
            code: issued.code, usesPrivateIdentity: true, by: try await provider.verified(bob))
        try await provider.companies.leave(company, by: try await provider.verified(ada))
        #expect(try await provider.companies.companies(of: try await provider.verified(ada)).isEmpty)
        await #expect(throws: lastAdministrator) {
            try await provider.companies.leave(company, by: try await provider.verified(bob))
        }
        // The last one reads before closing the account what that would mean.
        let effects = try await provider.companies.effectsOfClosing(of: try await provider.verified(bob))
        #expect(effects.map(\.effect) == [.freezes] && effects.map(\.company) == [company])
    }

    @Test("an agreement of more than 30 days ago closes no company, and is given anew")
    func oldAgreement() async throws {
        let provider = try await TestProvider()
        let ada = try await provider.person("Ada", "Erste")
        let bob = try await provider.person("Bob", "Zweiter", born: "1970-01-31")
        let company = try await provider.registeredCompany([ada, bob], together: true)
        func close(_ person: TestPerson) async throws -> CompanyActOutcome {
            try await provider.companies.close(company, by: try await provider.verified(person))
        }
        #expect(try await close(ada) == .awaitingOthers)
        provider.clock.advance(ApprovalRules.lifetime)
        #expect(try await close(bob) == .awaitingOthers)
        // Whether or not the sweep came by meanwhile.
        try await provider.provider.sweep(includingStore: true)
        provider.clock.advance(ApprovalRules.lifetime)
        #expect(try await close(bob) == .awaitingOthers)
        #expect(try await close(ada) == .done)
        #expect(try await provider.state(of: company) == .closing)
    }

    @Test("a trade number names a town of the region, or no office could ever take the application up")
    func tradeTown() async throws {
        let provider = try await TestProvider()
        let max = try await provider.verified(try await provider.person("Max", "Beispiel"))
        var details = TestCompany.soleTrader()
        details["trade"] = .object(["tenant": "atlantis", "number": "HE-2"])
        await #expect(throws: MessageError.malformed("tenant")) {
            try await provider.companies.create(details, by: max)
        }
        details["trade"] = .object(["tenant": "marl", "number": "HE-2"])
        _ = try await provider.companies.create(details, by: max)
    }

    @Test("I14: the ways out work: closing with a grace, or a freeze by a clerk; then the last may leave")
    func waysOut() async throws {
        let provider = try await TestProvider()
        let ada = try await provider.person("Ada", "Erste")
        let company = try await provider.registeredCompany([ada])
        try await provider.companies.freeze(company, for: .dispute, by: TestCompany.clerk)
        try await provider.companies.leave(company, by: try await provider.verified(ada))
        #expect(try await provider.state(of: company) == .frozen)
        // New proof alone does not cure a company without administrator; one whom the clerk appoints does.
        let proof: JSONObject = [
            "as_of": .string(provider.today), "level": "substantiell", "method": "register_extract",
        ]
        await #expect(throws: lastAdministrator) {
            try await provider.companies.cure(company, proof: proof, appointing: nil, by: TestCompany.clerk)
        }
        let bob = try await provider.person("Bob", "Nachfolger")
        let account = try await provider.verified(bob).account.identifier
        try await provider.companies.cure(company, proof: proof, appointing: account, by: TestCompany.clerk)
        #expect(try await provider.state(of: company) == .active)
        let outcome = try await provider.companies.close(company, by: try await provider.verified(bob))
        #expect(outcome == .done)
        try await provider.companies.leave(company, by: try await provider.verified(bob))
        provider.clock.advance(CompanyRules.closingGrace)
        try await provider.provider.sweep(includingStore: true)
        #expect(try await provider.state(of: company) == .closed)
    }

    @Test("I14: an administrator who agreed to closing and is the last meanwhile closes the company")
    func lastAgreement() async throws {
        let provider = try await TestProvider()
        let ada = try await provider.person("Ada", "Erste")
        let bob = try await provider.person("Bob", "Zweiter")
        let company = try await provider.registeredCompany([ada])
        try await provider.join(bob, ["org_admin"], in: company, by: ada)
        #expect(try await provider.companies.close(company, by: try await provider.verified(ada)) == .awaitingOthers)
        await #expect(throws: DeviceRefusal(.approvedBefore, .approvedBefore)) {
            try await provider.companies.close(company, by: try await provider.verified(ada))
        }
        try await provider.companies.leave(company, by: try await provider.verified(bob))
        await #expect(throws: lastAdministrator) {
            try await provider.companies.leave(company, by: try await provider.verified(ada))
        }
        #expect(try await provider.companies.close(company, by: try await provider.verified(ada)) == .done)
        #expect(try await provider.state(of: company) == .closing)
        try await provider.companies.leave(company, by: try await provider.verified(ada))
    }

    @Test("I14: nobody is kept, not even where several must agree and one is left: without the consent one may leave")
    func lastOfSeveral() async throws {
        let provider = try await TestProvider()
        let ada = try await provider.person("Ada", "Erste")
        let bob = try await provider.person("Bob", "Zweiter")
        let company = try await provider.registeredCompany([ada, bob], together: true)
        try await provider.companies.leave(company, by: try await provider.verified(bob))
        let last = try await provider.verified(ada)
        // I16: one does not close alone what two represent together.
        #expect(try await provider.companies.close(company, by: last) == .awaitingOthers)
        await #expect(throws: lastAdministrator) { try await provider.companies.leave(company, by: last) }
        try await provider.companies.setConsent(false, in: company, by: last)
        #expect(try await provider.state(of: company) == .frozen)
        try await provider.companies.leave(company, by: last)
        #expect(try await provider.companies.companies(of: last).isEmpty)
    }

    @Test("I15: a new extract takes nothing from the director whom it names again")
    func renewedExtract() async throws {
        let provider = try await TestProvider()
        let ada = try await provider.person("Ada", "Erste")
        let company = try await provider.registeredCompany([ada])
        let pia = try await provider.person("Pia", "Prokura")
        let together = [ada.power(joint: 2), pia.power(.authorizedSignatory)]
        for (powers, isSole) in [([ada.power()], true), (together, false)] {
            try await provider.companies.record(
                extract: provider.extract(powers), of: company, by: TestCompany.clerk)
            let file = try await provider.file(of: company)
            let account = file.people[0].membership.account
            #expect(RepresentationRules.isSoleRepresentative(account, file.powers) == isSole)
            #expect(file.powers.map(\.state).count { $0 == .signed } == 1)
        }
    }

    @Test("a clerk's freeze ends by a clerk alone: not by a signature, and not by what cures a company by itself")
    func freeze() async throws {
        let provider = try await TestProvider()
        let ada = try await provider.person("Ada", "Erste")
        let bob = try await provider.person("Bob", "Zweiter")
        let companies = provider.companies
        let founder = try await provider.verified(ada)
        let company = try await companies.create(TestCompany.registered(), by: founder).company.identifier
        try await companies.submit(company, by: founder)
        let extract = { provider.extract([ada.power(), bob.power()]) }
        try await companies.record(extract: extract(), of: company, by: TestCompany.clerk)
        try await companies.sign(company, usesPrivateIdentity: true, by: founder)
        try await companies.record(extract: extract(), of: company, by: TestCompany.clerk)
        provider.clock.advance(86_400)
        try await companies.setConsent(false, in: company, by: try await provider.verified(ada))
        try await companies.freeze(company, for: .dispute, by: TestCompany.clerk)
        try await companies.setConsent(true, in: company, by: try await provider.verified(ada))
        #expect(try await provider.state(of: company) == .frozen)
        await #expect(throws: DeviceRefusal(.companyDataRefused, .companyEvidence)) {
            try await companies.sign(company, usesPrivateIdentity: true, by: try await provider.verified(bob))
        }
        try await companies.record(extract: extract(), of: company, by: TestCompany.clerk)
        try await companies.sign(company, usesPrivateIdentity: true, by: try await provider.verified(bob))
        let file = try await provider.file(of: company)
        #expect(file.company.state == .frozen && file.company.freezeReason == .dispute && file.people.count == 2)
        let proof: JSONObject = [
            "as_of": .string(provider.today), "level": "substantiell", "method": "register_extract",
        ]
        try await companies.cure(company, proof: proof, appointing: nil, by: TestCompany.clerk)
        #expect(try await provider.state(of: company) == .active)
    }

    private static func standing(
        _ provider: TestProvider, _ person: TestPerson, in company: CompanyIdentifier
    ) async throws -> RegisterStanding? {
        try await provider.store.authority(
            of: try await provider.membership(of: person, in: company), for: company, now: provider.now)?.register
    }

    @Test(
        "I16: a new managing director of an active company signs without a freeze, and is bound by joint representation"
    )
    func newDirector() async throws {
        let provider = try await TestProvider()
        let companies = provider.companies
        let ada = try await provider.person("Ada", "Erste")
        let bob = try await provider.person("Bob", "Zweiter")
        let cleo = try await provider.person("Cleo", "Dritte")
        let pia = try await provider.person("Pia", "Prokura")
        let company = try await provider.registeredCompany([ada, bob], together: true)
        await #expect(throws: unknown, "no extract names her yet") {
            try await companies.sign(company, usesPrivateIdentity: true, by: try await provider.verified(cleo))
        }
        let extract = provider.extract([
            ada.power(joint: 2), cleo.power(joint: 2), pia.power(.authorizedSignatory, joint: 2),
        ])
        try await companies.record(extract: extract, of: company, by: TestCompany.clerk)
        try await companies.sign(company, usesPrivateIdentity: true, by: try await provider.verified(cleo))
        let file = try await provider.file(of: company)
        #expect(file.company.state == .active && file.company.approversNeeded == 2)
        #expect(file.people.map(\.givenName) == ["Ada", "Bob", "Cleo"])
        // The register decides who represents the company, and no seat does.
        #expect(try await Self.standing(provider, cleo, in: company) == .joint)
        #expect(try await Self.standing(provider, ada, in: company) == .joint)
        #expect(try await Self.standing(provider, bob, in: company) == RegisterStanding.none)
        await #expect(throws: DeviceRefusal(.roleNotEnough, .companyRole), "a Prokurist is invited") {
            try await companies.sign(company, usesPrivateIdentity: true, by: try await provider.verified(pia))
        }
        await #expect(throws: DeviceRefusal(.approvedBefore, .approvedBefore)) {
            try await companies.sign(company, usesPrivateIdentity: true, by: try await provider.verified(cleo))
        }
        // Alone she makes and removes no administrator; with Ada she removes the one who is director no more.
        let member = try await provider.membership(of: bob, in: company)
        let first = try await companies.remove(member, from: company, by: try await provider.verified(cleo))
        #expect(first == .awaitingOthers)
        #expect(try await companies.remove(member, from: company, by: try await provider.verified(ada)) == .done)
    }

    @Test(
        "L4: administrators hear of a new one, and whoever is held up, let act again or put out by others hears of that"
    )
    func toldByName() async throws {
        let provider = try await TestProvider()
        let companies = provider.companies
        let sabine = try await provider.person("Sabine", "Erste")
        let bert = try await provider.person("Bert", "Zweiter")
        let dirk = try await provider.person("Dirk", "Dritter")
        let company = try await provider.registeredCompany([sabine])
        func told(_ person: TestPerson) async throws -> [NoticeKind] {
            try await provider.provider.accounts.notices(of: try await provider.verified(person))
                .filter { $0.detail == company.rawValue }.map(\.kind).reversed()
        }
        _ = try await provider.join(bert, ["org_admin"], in: company, by: sabine)
        #expect(try await told(sabine) == [.administratorJoined])
        #expect(try await told(bert) == [], "who did it")
        let member = try await provider.join(dirk, ["member"], in: company, by: bert)
        #expect(try await told(sabine).count == 1, "an employee is no administrator")
        let boss = try await provider.verified(bert)
        try await companies.suspend(member, in: company, by: boss)
        try await companies.resume(member, in: company, by: boss)
        try await companies.change(member, to: try #require(CompanyRoles([.userAdmin])), in: company, by: boss)
        _ = try await companies.remove(member, from: company, by: boss)
        let wanted: [NoticeKind] = [.membershipSuspended, .membershipResumed, .rolesChanged, .membershipEnded]
        #expect(try await told(dirk) == wanted)
        // Also who was a member before.
        let mia = try await provider.person("Mia", "Vierte")
        _ = try await provider.join(mia, ["member"], in: company, by: sabine)
        _ = try await provider.join(mia, ["org_admin"], in: company, by: bert)
        #expect(try await told(sabine) == [.administratorJoined, .administratorJoined])
        #expect(try await told(bert) == [.administratorJoined])
        #expect(try await told(mia) == [], "who did it")
        try await companies.leave(company, by: boss)
        #expect(try await told(bert).count == 1, "who leaves knows it")
    }

    @Test("I15: who did not sign by the extract of the application signs by it no more: the register may have changed")
    func foundingExtract() async throws {
        let provider = try await TestProvider()
        let companies = provider.companies
        let ada = try await provider.person("Ada", "Erste")
        let bob = try await provider.person("Bob", "Zweiter")
        let company = try await provider.registeredCompany([ada, bob])
        #expect(try await provider.state(of: company) == .active)
        await #expect(throws: unknown) {
            try await companies.sign(company, usesPrivateIdentity: true, by: try await provider.verified(bob))
        }
        func told(_ person: TestPerson) async throws -> [String?] {
            try await provider.provider.accounts.notices(of: try await provider.verified(person))
                .filter { $0.kind == .directorSigned }.map(\.detail)
        }
        #expect(try await told(ada) == [])
        // A clerk reads the register again: then it is so, and those who administer the company hear of it.
        try await companies.record(
            extract: provider.extract([ada.power(), bob.power()]), of: company, by: TestCompany.clerk)
        try await companies.sign(company, usesPrivateIdentity: true, by: try await provider.verified(bob))
        #expect(try await told(ada) == [company.rawValue])
        #expect(try await told(bob) == [], "who did it")
    }

    @Test("I14, I15: nobody throws out who represents the company, and who left comes back by signing")
    func representative() async throws {
        let provider = try await TestProvider()
        let companies = provider.companies
        let (ada, eve) = (try await provider.person("Ada", "Erste"), try await provider.person("Eve", "Bestellt"))
        let company = try await provider.registeredCompany([ada])
        try await provider.join(eve, ["org_admin"], in: company, by: ada)
        let seat = try await provider.membership(of: ada, in: company)
        let refusal = DeviceRefusal(.registeredRepresentative, .companyRepresentative)
        await #expect(throws: refusal) {
            try await companies.remove(seat, from: company, by: try await provider.verified(eve))
        }
        await #expect(throws: refusal) {
            try await companies.suspend(seat, in: company, by: try await provider.verified(eve))
        }
        func sign(consent: Bool = true) async throws {
            try await companies.sign(company, usesPrivateIdentity: consent, by: try await provider.verified(ada))
        }
        await #expect(throws: DeviceRefusal(.approvedBefore, .approvedBefore), "nothing is to come back") {
            try await sign()
        }
        try await companies.leave(company, by: try await provider.verified(ada))
        await #expect(throws: DeviceRefusal(.consentNeeded, .companyConsent)) { try await sign(consent: false) }
        try await sign()
        let file = try await provider.file(of: company)
        #expect(file.people.map(\.givenName) == ["Eve", "Ada"])
        #expect(file.people.last?.membership.roles.contains(.orgAdmin) == true)
        #expect(file.powers.map(\.state) == [.signed])
        // Now she can remove whom she hired; and whom the register names no more does not come back.
        let hired = try await provider.membership(of: eve, in: company)
        #expect(try await companies.remove(hired, from: company, by: try await provider.verified(ada)) == .done)
        try await companies.record(extract: provider.extract([eve.power()]), of: company, by: TestCompany.clerk)
        try await companies.sign(company, usesPrivateIdentity: true, by: try await provider.verified(eve))
        try await companies.leave(company, by: try await provider.verified(ada))
        await #expect(throws: unknown) { try await sign() }
    }

    @Test("I14: a representative whom another one suspended or removed is not back by their own signature")
    func representativeOut() async throws {
        let provider = try await TestProvider()
        let companies = provider.companies
        let (ada, bob) = (try await provider.person("Ada", "Erste"), try await provider.person("Bob", "Zweiter"))
        let company = try await provider.registeredCompany([ada])
        try await companies.record(
            extract: provider.extract([ada.power(), bob.power()]), of: company, by: TestCompany.clerk)
        try await companies.sign(company, usesPrivateIdentity: true, by: try await provider.verified(bob))
        let seat = try await provider.membership(of: bob, in: company)
        try await companies.suspend(seat, in: company, by: try await provider.verified(ada))
        try await companies.leave(company, by: try await provider.verified(bob))
        await #expect(throws: DeviceRefusal(.approvedBefore, .approvedBefore)) {
            try await companies.sign(company, usesPrivateIdentity: true, by: try await provider.verified(bob))
        }
        #expect(try await provider.file(of: company).people.map(\.givenName) == ["Ada"])
    }

    @Test("I14: the only managing director goes when the successor whom the register names has signed")
    func successorByRegister() async throws {
        let provider = try await TestProvider()
        let companies = provider.companies
        let ada = try await provider.person("Ada", "Erste")
        let bob = try await provider.person("Bob", "Zweiter")
        let company = try await provider.registeredCompany([ada])
        try await companies.record(extract: provider.extract([bob.power()]), of: company, by: TestCompany.clerk)
        await #expect(throws: DeviceRefusal(.lastAdministrator, .lastAdministrator), "whom it names has not signed") {
            try await companies.leave(company, by: try await provider.verified(ada))
        }
        try await companies.sign(company, usesPrivateIdentity: true, by: try await provider.verified(bob))
        try await companies.leave(company, by: try await provider.verified(ada))
        let file = try await provider.file(of: company)
        #expect(file.company.state == .active && file.people.map(\.givenName) == ["Bob"])
        #expect(try await Self.standing(provider, bob, in: company) == .sole)
    }

    @Test("an extract from before a freeze is signed no more, also when the freeze is over")
    func oldExtract() async throws {
        let provider = try await TestProvider()
        let companies = provider.companies
        let ada = try await provider.person("Ada", "Erste")
        let bob = try await provider.person("Bob", "Zweiter")
        let company = try await provider.registeredCompany([ada])
        try await companies.record(
            extract: provider.extract([ada.power(), bob.power()]), of: company, by: TestCompany.clerk)
        provider.clock.advance(86_400)
        try await companies.freeze(company, for: .dispute, by: TestCompany.clerk)
        let proof: JSONObject = [
            "as_of": .string(provider.today), "level": "substantiell", "method": "register_extract",
        ]
        try await companies.cure(company, proof: proof, appointing: nil, by: TestCompany.clerk)
        await #expect(throws: DeviceRefusal(.companyDataRefused, .companyEvidence)) {
            try await companies.sign(company, usesPrivateIdentity: true, by: try await provider.verified(bob))
        }
        try await companies.record(
            extract: provider.extract([ada.power(), bob.power()]), of: company, by: TestCompany.clerk)
        try await companies.sign(company, usesPrivateIdentity: true, by: try await provider.verified(bob))
        #expect(try await provider.state(of: company) == .active)
    }

    @Test("I13: a member with an end date does not sign: administrators have none")
    func datedSignatory() async throws {
        let provider = try await TestProvider()
        let ada = try await provider.person("Ada", "Erste")
        let bob = try await provider.person("Bob", "Befristet")
        let companies = provider.companies
        let company = try await provider.registeredCompany([ada])
        let issued = try await companies.invite(
            [
                "roles": ["member"], "identity": .object(bob.identity),
                "membership_ends": .integer((provider.now + 86_400).seconds),
            ], into: company, by: try await provider.verified(ada))
        let signatory = try await provider.verified(bob)
        _ = try await companies.accept(code: issued.code, usesPrivateIdentity: true, by: signatory)
        try await companies.freeze(company, for: .dispute, by: TestCompany.clerk)
        try await companies.record(
            extract: provider.extract([ada.power(), bob.power()]), of: company, by: TestCompany.clerk)
        await #expect(throws: DeviceRefusal(.companyDataRefused, .companyRequest)) {
            try await companies.sign(company, usesPrivateIdentity: true, by: signatory)
        }
        // As nobody's member any more the person signs.
        try await companies.leave(company, by: signatory)
        try await companies.sign(company, usesPrivateIdentity: true, by: signatory)
    }

    @Test("I16: under joint representation an administrator is made, removed and the company closed by two people")
    func joint() async throws {
        let provider = try await TestProvider()
        let ada = try await provider.person("Ada", "Erste")
        let bob = try await provider.person("Bob", "Zweiter")
        let eve = try await provider.person("Eve", "Dritte")
        let cid = try await provider.person("Cid", "Vierter")
        let company = try await provider.registeredCompany([ada, bob], together: true)
        let issued = try await provider.companies.invite(
            ["roles": ["org_admin"], "identity": .object(eve.identity)], into: company,
            by: try await provider.verified(ada))
        #expect(issued.outcome == .awaitingOthers)
        let guest = try ExpectedIdentity(json: eve.identity)
        // Before the second agreement the code is as unknown as any.
        await #expect(throws: DeviceRefusal(.unknownInvitation, .invitationUnknown)) {
            try await provider.companies.accept(
                code: issued.code, usesPrivateIdentity: true, by: try await provider.verified(eve))
        }
        await #expect(throws: DeviceRefusal(.approvedBefore, .approvedBefore), "a replayed approval") {
            try await provider.companies.approve(
                issued.invitation, of: guest, into: company, by: try await provider.verified(ada))
        }
        await #expect(throws: unknown, "who is no member") {
            try await provider.companies.approve(
                issued.invitation, of: guest, into: company, by: try await provider.verified(eve))
        }
        await #expect(throws: DeviceRefusal(.unknownInvitation, .invitationUnknown), "of somebody who is not invited") {
            try await provider.companies.approve(
                issued.invitation, of: try ExpectedIdentity(json: bob.identity), into: company,
                by: try await provider.verified(bob))
        }
        await #expect(throws: DeviceRefusal(.otherGuest, .invitationOtherGuest), "before the PIN is asked") {
            _ = try await provider.provider.selfService.companies.approving(
                issued.invitation, of: try ExpectedIdentity(json: bob.identity), into: company,
                by: try await provider.verified(bob), language: .german)
        }
        let approved = try await provider.companies.approve(
            issued.invitation, of: guest, into: company, by: try await provider.verified(bob))
        #expect(approved == .done)
        await #expect(throws: DeviceRefusal(.notInThisState, .companyState)) {
            try await provider.companies.approve(
                issued.invitation, of: guest, into: company, by: try await provider.verified(bob))
        }
        _ = try await provider.companies.accept(
            code: issued.code, usesPrivateIdentity: true, by: try await provider.verified(eve))
        let member = try await provider.membership(of: bob, in: company)
        await #expect(
            throws: DeviceRefusal(.registeredRepresentative, .companyRepresentative), "the register names him"
        ) {
            _ = try await provider.companies.remove(member, from: company, by: try await provider.verified(eve))
        }
        try await provider.companies.record(
            extract: provider.extract([ada.power(joint: 2), cid.power(.authorizedSignatory)]), of: company,
            by: TestCompany.clerk)
        let first = try await provider.companies.remove(member, from: company, by: try await provider.verified(ada))
        #expect(first == .awaitingOthers)
        await #expect(throws: DeviceRefusal(.roleNotEnough, .companyRole), "not by the one who is to go") {
            _ = try await provider.companies.remove(member, from: company, by: try await provider.verified(bob))
        }
        let second = try await provider.companies.remove(member, from: company, by: try await provider.verified(eve))
        #expect(second == .done)
        #expect(try await provider.companies.close(company, by: try await provider.verified(ada)) == .awaitingOthers)
        #expect(try await provider.companies.close(company, by: try await provider.verified(eve)) == .done)
        #expect(try await provider.state(of: company) == .closing)
    }

    @Test("I16: an invitation to administer that one alone could send is over when the register wants two meanwhile")
    func jointMeanwhile() async throws {
        let provider = try await TestProvider()
        let ada = try await provider.person("Ada", "Erste")
        let bob = try await provider.person("Bob", "Zweiter")
        let eve = try await provider.person("Eve", "Dritte")
        let max = try await provider.person("Max", "Vierter")
        let company = try await provider.registeredCompany([ada])
        func invited(_ person: TestPerson, _ role: String) async throws -> String {
            try await provider.companies.invite(
                ["roles": .strings([role]), "identity": .object(person.identity)], into: company,
                by: provider.verified(ada)
            ).code
        }
        let (administrator, member) = (try await invited(eve, "org_admin"), try await invited(max, "member"))
        try await provider.companies.record(
            extract: provider.extract([ada.power(joint: 2), bob.power(joint: 2)]), of: company, by: TestCompany.clerk)
        await #expect(throws: DeviceRefusal(.unknownInvitation, .invitationUnknown)) {
            try await provider.companies.accept(
                code: administrator, usesPrivateIdentity: true, by: provider.verified(eve))
        }
        #expect(try await provider.companies.companies(of: provider.verified(eve)).isEmpty)
        // Who is not to administer needs nobody's agreement, before and after.
        _ = try await provider.companies.accept(
            code: member, usesPrivateIdentity: true, by: provider.verified(max))
        let view = try await provider.companies.company(company, for: provider.verified(ada))
        #expect(view.invitations.map(\.state) == [.accepted, .withdrawn])
    }

    @Test("an upstream account verifies the company of which it speaks, and no other")
    func upstream() async throws {
        let muster = UpstreamOrganization(
            name: try #require(OrganizationName("MUSTER Elektrotechnik GmbH")),
            euid: EUID(rawValue: "DER2402.HRB12345"), businessNumber: nil, register: nil, level: .substantiell,
            approversNeeded: 1)
        let upstream = TestUpstream()
        upstream.answer = muster
        let provider = try await TestProvider(companyUpstream: upstream)
        let ada = try await provider.verified(try await provider.person("Ada", "Erste"))
        let eve = try await provider.verified(try await provider.person("Eve", "Zweite"))
        let company = try await provider.companies.create(TestCompany.registered(), by: ada).company.identifier
        let other = try await provider.companies.create(TestCompany.registered(number: "99"), by: eve).company
            .identifier
        for (company, device) in [(company, ada), (other, eve)] {
            try await provider.companies.submit(company, by: device)
        }
        for (company, assertion, device) in [(company, "forged", ada), (other, "good", eve)] {
            await #expect(throws: DeviceRefusal(.companyDataRefused, .companyEvidence)) {
                try await provider.companies.verify(company, upstream: assertion, by: device)
            }
        }
        await #expect(throws: unknown) {
            try await provider.companies.verify(company, upstream: "good", by: eve)
        }
        try await provider.companies.verify(company, upstream: "good", by: ada)
        #expect(try await provider.state(of: company) == .active)
    }

    @Test(
        "an upstream that names representatives: whoever brings its assertion signs, the others sign as for an extract")
    func upstreamRepresentatives() async throws {
        let upstream = TestUpstream()
        let provider = try await TestProvider(companyUpstream: upstream)
        let people = [
            try await provider.person("Ada", "Erste"), try await provider.person("Bob", "Zweiter", born: "1971-01-31"),
            try await provider.person("Eve", "Fremd"),
        ]
        func applied(by founder: TestPerson, number: String) async throws -> CompanyIdentifier {
            let device = try await provider.verified(founder)
            let company = try await provider.companies.create(
                TestCompany.registered(number: number), by: device
            ).company.identifier
            try await provider.companies.submit(company, by: device)
            return company
        }
        func verify(_ company: CompanyIdentifier, naming powers: [JSONValue], by person: TestPerson) async throws {
            let number = try await provider.file(of: company).company.details.euid
            upstream.answer = UpstreamOrganization(
                name: try #require(OrganizationName("Muster Elektrotechnik GmbH")), euid: number, businessNumber: nil,
                register: nil, level: .substantiell, approversNeeded: 1,
                representatives: try powers.compactMap(\.object).map(RegisterPowerEntry.init(json:)))
            try await provider.companies.verify(company, upstream: "a", by: try await provider.verified(person))
        }
        // Alone: active at once, and the register's power is theirs, without a mandate (I15).
        let alone = try await applied(by: people[0], number: "1")
        try await verify(alone, naming: [people[0].power()], by: people[0])
        let file = try await provider.file(of: alone)
        #expect(file.company.state == .active)
        #expect(RepresentationRules.isSoleRepresentative(file.people[0].membership.account, file.powers))
        // Together: the other one signs as well.
        let together = try await applied(by: people[0], number: "2")
        try await verify(together, naming: people.prefix(2).map { $0.power(joint: 2) }, by: people[0])
        #expect(try await provider.state(of: together) == .verifying)
        try await provider.companies.sign(
            together, usesPrivateIdentity: true, by: try await provider.verified(people[1]))
        let joint = try await provider.file(of: together).company
        #expect(joint.state == .active && joint.approversNeeded == 2)
        // Whoever is not named has brought somebody else's company nearer, and not become its owner.
        let others = try await applied(by: people[2], number: "3")
        try await verify(others, naming: [people[0].power()], by: people[2])
        #expect(try await provider.state(of: others) == .verifying)
        for powers in [[people[2].power(.authorizedSignatory)], [people[2].power(), people[2].power(.boardMember)]] {
            await #expect(throws: DeviceRefusal(.companyDataRefused, .companyEvidence)) {
                try await verify(others, naming: powers, by: people[2])
            }
        }
    }

    @Test("an upstream verifies a sole trader only for the owner whom it names")
    func upstreamSoleTrader() async throws {
        let upstream = TestUpstream()
        let provider = try await TestProvider(companyUpstream: upstream)
        let (anna, max) = (
            try await provider.person("Anna", "Müller", born: "1975-05-05"),
            try await provider.person("Max", "Beispiel")
        )
        var details = TestCompany.soleTrader()
        details["w_idnr"] = "DE123456788-00001"
        let device = try await provider.verified(max)
        let company = try await provider.companies.create(details, by: device).company.identifier
        try await provider.companies.submit(company, by: device)
        for (named, isTheirs) in [([], false), ([anna], false), ([max, anna], false), ([max], true)]
            as [([TestPerson], Bool)]
        {
            upstream.answer = UpstreamOrganization(
                name: try #require(OrganizationName("Max Beispiel Elektro")), euid: nil,
                businessNumber: BusinessIdentificationNumber(rawValue: "DE123456788-00001"), register: nil,
                level: .substantiell, approversNeeded: 1,
                representatives: try named.compactMap { $0.power(.owner).object }.map(RegisterPowerEntry.init(json:)))
            try? await provider.companies.verify(company, upstream: "a", by: device)
            #expect(try await provider.state(of: company) == (isTheirs ? .active : .verifying), "\(named.count)")
        }
    }

    @Test("an assertion is looked at only for who may use it, and an upstream that does not answer is said to be that")
    func upstreamUnavailable() async throws {
        let unavailable = DeviceRefusal(.companyUpstreamUnavailable, .companyUpstream)
        let upstream = TestUpstream()
        for upstream in [nil, upstream] {
            let provider = try await TestProvider(companyUpstream: upstream)
            let ada = try await provider.verified(try await provider.person("Ada", "Erste"))
            let eve = try await provider.verified(try await provider.person("Eve", "Fremd"))
            let company = try await provider.companies.create(TestCompany.registered(), by: ada).company.identifier
            await #expect(throws: DeviceRefusal(.notInThisState, .companyState)) {
                try await provider.companies.verify(company, upstream: "a", by: ada)
            }
            try await provider.companies.submit(company, by: ada)
            await #expect(throws: unknown) { try await provider.companies.verify(company, upstream: "a", by: eve) }
            #expect(upstream?.asked != true)
            upstream?.isDown = true
            await #expect(throws: unavailable) { try await provider.companies.verify(company, upstream: "a", by: ada) }
            #expect(try await provider.state(of: company) == .verifying)
        }
        #expect(upstream.asked)
    }

    @Test("people are told once that their company is frozen, whatever reason a clerk gives it later")
    func frozenAgain() async throws {
        let provider = try await TestProvider()
        let ada = try await provider.person("Ada", "Erste")
        let company = try await provider.registeredCompany([ada])
        let account = try await provider.verified(ada).account.identifier
        for reason in [FreezeReason.dispute, .dissolved] {
            let proof: JSONObject = [
                "as_of": .string(provider.today), "level": "substantiell", "method": "register_extract",
            ]
            try await provider.companies.freeze(company, for: reason, proof: proof, by: TestCompany.clerk)
            let notices = try await provider.store.notices(of: account, limit: 20).map(\.kind)
            #expect(notices.count { $0 == .companyFrozen } == 1, "\(reason)")
        }
    }

    @Test("I19: a founder describes a draft otherwise, by the rules of a new one, and not what was submitted")
    func draft() async throws {
        let provider = try await TestProvider()
        let ada = try await provider.verified(try await provider.person("Ada", "Erste"))
        let bob = try await provider.person("Bob", "Zweiter", born: "1971-01-31")
        let taken = TestCompany.registered("Zweite GmbH", number: "777")
        _ = try await provider.registeredCompany([bob], details: taken)
        let company = try await provider.companies.create(TestCompany.registered(), by: ada).company.identifier
        provider.clock.advance(CompanyRules.draftLifetime - 1)
        let corrected = TestCompany.registered("Muster Elektro GmbH", number: "12346")
        try await provider.companies.describe(company, as: corrected, by: ada)
        let file = try await provider.file(of: company)
        #expect(file.company.details.name.text == "Muster Elektro GmbH" && file.company.state == .draft)
        #expect(file.company.details.euid?.rawValue == "DER2402.HRB12346")
        // What somebody works at is not given up.
        provider.clock.advance(1)
        try await provider.store.sweep(now: provider.now)
        #expect(try await provider.state(of: company) == .draft)
        let stranger = try await provider.verified(bob)
        let notices = try await provider.store.notices(of: ada.account.identifier, limit: 10).map(\.kind)
        #expect(!notices.contains(.companyChanged), "no register said so")
        await #expect(throws: unknown) {
            try await provider.companies.describe(company, as: corrected, by: stranger)
        }
        await #expect(throws: DeviceRefusal(.companyKnown, .companyKnown)) {
            try await provider.companies.describe(company, as: taken, by: ada)
        }
        var assigned = corrected
        assigned["state"] = "active"
        await #expect(throws: MessageError.unknown("state")) {
            try await provider.companies.describe(company, as: assigned, by: ada)
        }
        var elsewhere = TestCompany.unregistered()
        elsewhere["trade"] = .object(["tenant": "atlantis", "number": "1"])
        await #expect(throws: MessageError.malformed("tenant")) {
            try await provider.companies.describe(company, as: elsewhere, by: ada)
        }
        try await provider.companies.submit(company, by: ada)
        await #expect(throws: DeviceRefusal(.notInThisState, .companyState)) {
            try await provider.companies.describe(company, as: TestCompany.registered(), by: ada)
        }
        let submitted = try await provider.file(of: company).company
        #expect(submitted.details == file.company.details)
    }

    @Test("malformed, contradicting and unknown members of requests are refused by name, and nothing is half-done")
    func malformed() async throws {
        let provider = try await TestProvider()
        let ada = try await provider.person("Ada", "Erste")
        let device = try await provider.verified(ada)
        var details = TestCompany.registered()
        details["state"] = "active"
        await #expect(throws: MessageError.unknown("state")) {
            _ = try await provider.companies.create(details, by: device)
        }
        #expect(try await provider.companies.companies(of: device).isEmpty)
        let company = try await provider.registeredCompany([ada])
        let identity = JSONValue.object(ada.identity)
        let requests: [(JSONObject, MessageError)] = [
            (["roles": ["owner"], "identity": identity], .malformed("roles")),
            (["roles": [], "identity": identity], .malformed("roles")),
            (["roles": ["member", "member"], "identity": identity], .malformed("roles")),
            (["roles": ["member"]], .missing("identity")),
            (["roles": ["member"], "email": "a@b.example"], .missing("identity")),
            (["roles": ["member"], "identity": identity, "email": "a@b.example"], .unknown("email")),
            (["roles": ["member"], "identity": identity, "state": "sent"], .unknown("state")),
            (
                [
                    "roles": ["member"],
                    "identity": .object(["given_name": "A", "family_name": "B", "birthdate": "2999-01-01"]),
                ], .malformed("birthdate")
            ),
        ]
        for (request, error) in requests {
            await #expect(throws: error) {
                _ = try await provider.companies.invite(
                    request, into: company, by: try await provider.verified(ada))
            }
        }
        let extracts: [(JSONObject, any Error)] = [
            (
                ["as_of": "2999-01-01", "level": "substantiell", "powers": [ada.power()]],
                DeviceRefusal(.companyDataRefused, .companyEvidence)
            ),
            (["as_of": "2026-02-30", "level": "substantiell", "powers": []], MessageError.malformed("as_of")),
            (["as_of": .string(provider.today), "level": "top", "powers": []], MessageError.malformed("level")),
            (
                ["as_of": .string(provider.today), "level": "hoch", "powers": [ada.power(joint: 1)]],
                MessageError.malformed("representation")
            ),
        ]
        for (extract, error) in extracts {
            let thrown = await #expect(throws: (any Error).self) {
                try await provider.companies.record(extract: extract, of: company, by: TestCompany.clerk)
            }
            #expect(thrown.map { "\($0)" } == "\(error)")
        }
    }
}
