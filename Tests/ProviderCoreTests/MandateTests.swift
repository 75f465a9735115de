import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import SQLiteStore
import Testing

private let unknown = DeviceRefusal(.unknownMandate, .mandateUnknown)
private let selfApproval = DeviceRefusal(.selfApproval, .selfApproval)
private let notEntitled = DeviceRefusal(.roleNotEnough, .companyRole)

@Suite("Mandates: from the wish to the end")
struct MandateTests {
    @Test("a managing director gives an employee a mandate: active at once, up to its limit and no further")
    func grant() async throws {
        let story = try await MandateStory()
        #expect(try await story.authorizes(story.member) == .disallowed(.noMandate))
        let record = try await story.propose(by: story.ada)
        #expect(record.mandate.state == .active && record.mandate.depth == 1 && !record.mandate.isJoint)
        #expect(record.mandate.grantedBy == .legalRepresentative && record.approvals.count == 1)
        for (amount, allowed) in [("0", true), ("500.00", true), ("500.01", false)] {
            let decision = try await story.authorizes(story.member, amount: amount)
            #expect((decision == .disallowed(.amountExceeded)) == !allowed)
        }
        #expect(
            try await story.authorizes(story.member, scope: "building.application") == .disallowed(.scopeNotCovered))
        let held = try await story.provider.provider.mandates.held(
            by: try await story.provider.verified(story.max).account.identifier)
        #expect(held == [record])
    }

    @Test("a company sees who acted for it, under which mandate, where and when; the person sees it, too")
    func used() async throws {
        let story = try await MandateStory()
        let record = try await story.propose(by: story.ada)
        for amount in ["1", "500.01"] {
            let question = AuthorityQuestion(
                scope: MandateScope(rawValue: "parking.permit"), tenant: TestRegion.herten,
                act: .act(amount: MoneyAmount(amount, .euro), establishment: nil),
                today: CalendarDate(inGermanyAt: story.provider.now))
            let authorityCase = AuthorityCase(
                membership: story.member, company: story.company, tenant: TestRegion.herten, transaction: nil,
                time: story.provider.now)
            _ = try await story.provider.store.use(authorityCase) { facts in
                AuthorityRules.authorizes(question, facts)
            }
        }
        let audit = story.provider.provider.audit
        let company = try await story.provider.companies.administered(
            story.company, by: try await story.provider.verified(story.ada))
        let page = try await audit.page(of: company)
        let events = page.events.map(\.entry)
        let used = events.filter { $0.kind == "mandate.used" }
        #expect(used.count == 1, "what is not allowed is no use")
        #expect(used.first?.object == record.mandate.identifier.rawValue && used.first?.chain != .region)
        #expect(events.contains { $0.kind == "mandate.activated" && $0.actor == "person" && $0.person != nil })
        let account = try await story.provider.verified(story.max).account.identifier
        let own = try await audit.page(of: account).entries
        #expect(own.contains { $0 == used.first })
    }

    @Test("what the region does not know, what is past and what covers another is refused, and nothing is written")
    func refused() async throws {
        let story = try await MandateStory()
        let today = CalendarDate(inGermanyAt: story.provider.now)
        let cases: [((inout MandateProposal) -> Void, DeviceRefusal)] = [
            (
                { $0.powers.scopes = [MandateScope(rawValue: "everything")!] },
                DeviceRefusal(.mandateReach, .mandateReach)
            ),
            (
                { $0.powers.tenants = .only([TenantIdentifier(rawValue: "atlantis")!]) },
                DeviceRefusal(.mandateReach, .mandateReach)
            ),
            ({ $0.powers.establishments = .only([.random()]) }, DeviceRefusal(.mandateReach, .mandateReach)),
            ({ $0.powers.validity.from = today.adding(days: -1) }, DeviceRefusal(.mandateDates, .mandateDates)),
            ({ $0.powers.validity.until = today.adding(years: 3) }, DeviceRefusal(.mandateDates, .mandateDates)),
            ({ $0.grantee = .membership(.random()) }, DeviceRefusal(.mandateParty, .mandateParty)),
            ({ $0.grantee = .company(story.company) }, DeviceRefusal(.mandateCircular, .mandateCircular)),
            ({ $0.parent = .random() }, DeviceRefusal(.mandateDelegation, .mandateDelegation)),
            ({ $0.grantor = .random() }, unknown),
        ]
        for (change, refusal) in cases {
            await #expect(throws: refusal) { try await story.propose(by: story.ada, change) }
        }
        let mandates = story.provider.provider.mandates
        let director = try await story.provider.verified(story.ada).account.identifier
        #expect(try await mandates.mandates(of: story.company, for: director) == [])
        try await story.propose(by: story.ada)
        await #expect(throws: DeviceRefusal(.mandateOverlap, .mandateOverlap)) {
            try await story.propose(by: story.ada)
        }
        #expect(try await mandates.mandates(of: story.company, for: director).count == 1)
    }

    @Test("I15: an employee asks for their own mandate and cannot approve it; the director can")
    func ownMandate() async throws {
        let story = try await MandateStory()
        let wish = try await story.propose(by: story.max)
        #expect(wish.mandate.state == .draft && wish.approvals == [])
        #expect(try await story.authorizes(story.member) == .disallowed(.noMandate))
        await #expect(throws: notEntitled) { try await story.approve(wish, by: story.max) }
        #expect(try await story.approve(wish, by: story.ada).mandate.state == .active)
        await #expect(throws: DeviceRefusal(.notInThisState, .companyState)) {
            try await story.approve(wish, by: story.ada)
        }
        // For others a plain member asks for nothing.
        let member = try await story.provider.membership(of: story.ada, in: story.company)
        await #expect(throws: notEntitled) {
            try await story.propose(by: story.max) { $0.grantee = .membership(member) }
        }
    }

    @Test("I15: a rights administrator does not approve the own mandate; the only director of the register does")
    func ownMandateOfAdministrators() async throws {
        let story = try await MandateStory()
        let rita = try await story.provider.person("Rita", "Rechte", born: "1985-01-01")
        let ritas = try await story.provider.join(rita, ["rights_admin"], in: story.company, by: story.ada)
        let own = try await story.propose(by: rita) { $0.grantee = .membership(ritas) }
        #expect(own.mandate.state == .draft)
        await #expect(throws: selfApproval) { try await story.approve(own, by: rita) }
        #expect(try await story.propose(by: rita).mandate.grantedBy == .rightsAdmin)
        let directors = try await story.provider.membership(of: story.ada, in: story.company)
        let sole = try await story.propose(by: story.ada) { $0.grantee = .membership(directors) }
        #expect(sole.mandate.state == .active)
    }

    @Test("I16: under joint representation a mandate is active when all have approved, each once")
    func joint() async throws {
        let story = try await MandateStory(directors: 3)
        let wish = try await story.propose(by: story.directors[0])
        #expect(wish.mandate.state == .awaitingCosign && wish.mandate.approvalsNeeded == 3 && wish.mandate.isJoint)
        await #expect(throws: DeviceRefusal(.approvedBefore, .approvedBefore)) {
            try await story.approve(wish, by: story.directors[0])
        }
        #expect(try await story.approve(wish, by: story.directors[1]).mandate.state == .awaitingCosign)
        #expect(try await story.authorizes(story.member) == .disallowed(.noMandate))
        let active = try await story.approve(wish, by: story.directors[2])
        #expect(active.mandate.state == .active && Set(active.approvals.map(\.device)).count == 3)
        // One of those who sign together does not act alone.
        let director = try await story.provider.membership(of: story.ada, in: story.company)
        #expect(try await story.authorizes(director) == .disallowed(.jointRepresentation))
        guard case .allowed = try await story.authorizes(story.member) else {
            Issue.record("the employee may not act")
            return
        }
    }

    @Test("I15, I16: two directors who sign together empower one of them, each with their own agreement")
    func directorsTogether() async throws {
        let story = try await MandateStory(directors: 2)
        let (ada, bob) = (story.directors[0], story.directors[1])
        let own = try await story.provider.membership(of: ada, in: story.company)
        #expect(try await story.authorizes(own) == .disallowed(.jointRepresentation))
        let wish = try await story.propose(by: ada) { $0.grantee = .membership(own) }
        #expect(wish.mandate.state == .draft && wish.approvals == [])
        await #expect(throws: selfApproval) { try await story.approve(wish, by: ada) }
        #expect(try await story.approve(wish, by: bob).mandate.state == .awaitingCosign)
        let active = try await story.approve(wish, by: ada)
        #expect(active.mandate.state == .active && active.mandate.isJoint)
        #expect(active.mandate.grantedBy == .legalRepresentative && Set(active.approvals.map(\.account)).count == 2)
        guard case .allowed = try await story.authorizes(own) else {
            Issue.record("the director may not act")
            return
        }
        // Within its limits only, as every mandate.
        #expect(try await story.authorizes(own, amount: "500.01") == .disallowed(.amountExceeded))
    }

    @Test("an employee's wish does not stand in the way of a mandate that a director gives")
    func wish() async throws {
        let story = try await MandateStory()
        let wish = try await story.propose(by: story.max) { $0.powers.limit = nil }
        #expect(wish.mandate.state == .draft)
        await #expect(throws: DeviceRefusal(.mandateOverlap, .mandateOverlap), "one wish at a time") {
            try await story.propose(by: story.max)
        }
        #expect(try await story.propose(by: story.ada).mandate.state == .active)
        #expect(try await story.approve(wish, by: story.ada).mandate.state == .active)
    }

    @Test("a wish that a director's mandate fulfils is answered by it, and is no second right")
    func fulfilledWish() async throws {
        let story = try await MandateStory()
        let wish = try await story.propose(by: story.max)
        #expect(try await story.propose(by: story.ada).mandate.state == .active)
        let holder = try await story.provider.verified(story.max).account.identifier
        let answered = try await story.provider.provider.mandates.mandate(wish.mandate.identifier, for: holder)
        #expect(answered.mandate.state == .revoked)
        await #expect(throws: DeviceRefusal.self) { try await story.approve(wish, by: story.ada) }
    }

    @Test("I16: under joint representation an administrator and a rights administrator of theirs do not act alone")
    func rightsAdministrators() async throws {
        let story = try await MandateStory(directors: 2)
        let rita = try await story.provider.person("Rita", "Rechte", born: "1985-01-01")
        try await story.provider.join(rita, ["rights_admin"], in: story.company, by: story.ada)
        let wish = try await story.propose(by: story.ada)
        await #expect(throws: notEntitled) { try await story.approve(wish, by: rita) }
        #expect(try await story.authorizes(story.member) == .disallowed(.noMandate))
        #expect(try await story.approve(wish, by: story.directors[1]).mandate.state == .active)
        // What a rights administrator prepares waits for as many as sign together.
        let prepared = try await story.propose(by: rita) {
            $0.powers.scopes = [MandateScope(rawValue: "building.application")!]
        }
        #expect(prepared.mandate.state == .draft && prepared.approvals == [])
        #expect(try await story.approve(prepared, by: story.ada).mandate.state == .awaitingCosign)
        #expect(try await story.approve(prepared, by: story.directors[1]).mandate.state == .active)
    }

    @Test("I16: whoever may no longer approve has taken the approval along, and it comes back with the right")
    func approverGone() async throws {
        let story = try await MandateStory(directors: 2)
        let companies = story.provider.companies
        let (ada, bob) = (story.directors[0], story.directors[1])
        let wish = try await story.propose(by: ada)
        try await companies.setConsent(false, in: story.company, by: try await story.provider.verified(ada))
        let noted = try await story.approve(wish, by: bob)
        #expect(noted.mandate.state == .awaitingCosign && noted.approvals.count == 2)
        #expect(try await story.authorizes(story.member) == .disallowed(.noMandate))
        try await companies.setConsent(true, in: story.company, by: try await story.provider.verified(ada))
        let active = try await story.approve(wish, by: bob)
        #expect(active.mandate.state == .active && active.approvals == noted.approvals)
    }

    @Test("whose mandate never counted hears of no end of it")
    func neverCounted() async throws {
        let story = try await MandateStory(directors: 2)
        let waiting = try await story.propose(by: story.ada)
        #expect(waiting.mandate.state == .awaitingCosign)
        #expect(try await story.revoke(waiting, by: story.ada).mandate.state == .revoked)
        let told = try await story.provider.provider.accounts.notices(of: story.provider.verified(story.max))
        #expect(!told.contains { $0.kind == .mandateEnded })
    }

    @Test("I16: an extract that makes representation joint counts for what was asked for before")
    func registerChanged() async throws {
        let story = try await MandateStory()
        let wish = try await story.propose(by: story.max)
        #expect(wish.mandate.approvalsNeeded == 1)
        let bob = try await story.provider.person("Bob", "Direktor", born: "1971-01-31")
        try await story.provider.join(bob, ["org_admin"], in: story.company, by: story.ada)
        try await story.provider.companies.record(
            extract: story.provider.extract([story.ada.power(joint: 2), bob.power(joint: 2)]), of: story.company,
            by: TestCompany.clerk)
        let noted = try await story.approve(wish, by: story.ada)
        #expect(noted.mandate.state == .awaitingCosign && noted.mandate.approvalsNeeded == 2)
        let active = try await story.approve(wish, by: bob)
        #expect(active.mandate.state == .active && active.mandate.isJoint)
    }

    @Test("I17: company, service company, its employee: the chain holds, and no link is wider than the one before")
    func chain() async throws {
        let story = try await MandateStory()
        let service = try await story.serviceCompany()
        let parent = try await story.propose(by: story.ada) {
            $0.grantee = .company(service.company)
            $0.mayDelegate = true
        }
        let delegate: (inout MandateProposal) -> Void = {
            $0.grantor = service.company
            $0.grantee = .membership(service.member)
            $0.parent = parent.mandate.identifier
        }
        for (widen, refusal) in [
            ({ $0.powers.limit = MoneyAmount("500.01", .euro) }, DeviceRefusal(.mandateWider, .mandateWider)),
            ({ $0.powers.limit = nil }, DeviceRefusal(.mandateWider, .mandateWider)),
            ({ $0.mayDelegate = true }, DeviceRefusal(.mandateDelegation, .mandateDelegation)),
            ({ $0.grantee = .company(story.company) }, DeviceRefusal(.mandateCircular, .mandateCircular)),
        ] as [((inout MandateProposal) -> Void, DeviceRefusal)] {
            await #expect(throws: refusal) {
                try await story.propose(by: service.director) {
                    delegate(&$0)
                    widen(&$0)
                }
            }
        }
        // Nobody of the first company delegates for the second.
        await #expect(throws: unknown) { try await story.propose(by: story.ada, delegate) }
        let child = try await story.propose(by: service.director, delegate)
        #expect(child.mandate.company == story.company && child.mandate.depth == 2)
        guard case .allowed(.mandate(let held)) = try await story.authorizes(service.member) else {
            Issue.record("the employee of the service company may not act")
            return
        }
        #expect(held.parent?.identifier == parent.mandate.identifier)
        // For the own company the employee has no mandate.
        #expect(try await story.authorizes(service.member, for: service.company) == .disallowed(.noMandate))
        // I18: the first company ends its own mandate, and with it the other's.
        _ = try await story.revoke(parent, by: story.ada)
        #expect(try await story.authorizes(service.member) == .disallowed(.noMandate))
        let carla = try await story.provider.verified(service.employee).account.identifier
        #expect(try await story.provider.provider.mandates.held(by: carla).map(\.mandate.state) == [.revoked])
    }

    @Test("I17: an employee who may delegate delegates to a colleague; an administrator does not do it in their name")
    func employeeDelegates() async throws {
        let story = try await MandateStory()
        let own = try await story.propose(by: story.ada) { $0.mayDelegate = true }
        let lea = try await story.provider.person("Lea", "Lehrling", born: "2001-02-03")
        let leas = try await story.provider.join(lea, ["member"], in: story.company, by: story.ada)
        let delegate: (inout MandateProposal) -> Void = {
            $0.grantee = .membership(leas)
            $0.parent = own.mandate.identifier
            $0.powers.limit = MoneyAmount("50", .euro)
        }
        await #expect(throws: notEntitled) { try await story.propose(by: story.ada, delegate) }
        await #expect(throws: DeviceRefusal(.mandateCircular, .mandateCircular)) {
            try await story.propose(by: story.max) { $0.parent = own.mandate.identifier }
        }
        let child = try await story.propose(by: story.max, delegate)
        #expect(child.mandate.state == .active && child.mandate.grantedBy == .delegate)
        #expect(try await story.authorizes(leas, amount: "50.01") == .disallowed(.amountExceeded))
        _ = try await story.revoke(child, by: story.max)
        #expect(try await story.authorizes(leas, amount: "50") == .disallowed(.noMandate))
    }

    @Test("I18: a revocation by either side counts at the next question, and stays")
    func revocation() async throws {
        let story = try await MandateStory()
        for side in [story.ada, story.max] {
            let record = try await story.propose(by: story.ada)
            #expect(try await story.authorizes(story.member) != .disallowed(.noMandate))
            #expect(try await story.revoke(record, by: side).mandate.state == .revoked)
            #expect(try await story.authorizes(story.member) == .disallowed(.noMandate))
            // Who gave it back knows that.
            let told = try await story.provider.provider.accounts.notices(of: story.provider.verified(story.max))
                .filter { $0.kind == .mandateEnded && $0.detail == record.mandate.identifier.rawValue }
            #expect(told.count == (side.phone.device == story.ada.phone.device ? 1 : 0))
            await #expect(throws: DeviceRefusal(.notInThisState, .companyState)) {
                try await story.revoke(record, by: story.ada)
            }
            await #expect(throws: DeviceRefusal(.notInThisState, .companyState)) {
                try await story.approve(record, by: story.ada)
            }
        }
    }

    @Test("I18: who leaves the company acts for it no more")
    func leaving() async throws {
        let story = try await MandateStory()
        try await story.propose(by: story.ada)
        try await story.provider.companies.leave(story.company, by: try await story.provider.verified(story.max))
        #expect(try await story.authorizes(story.member) == .disallowed(.membershipNotActive))
    }

    @Test("suspending and resuming is the company's to do, and not the holder's")
    func suspension() async throws {
        let story = try await MandateStory()
        let record = try await story.propose(by: story.ada)
        let mandates = story.provider.provider.mandates
        let identifier = record.mandate.identifier
        await #expect(throws: notEntitled) {
            try await mandates.suspend(identifier, by: try await story.provider.verified(story.max))
        }
        _ = try await mandates.suspend(identifier, by: try await story.provider.verified(story.ada))
        #expect(try await story.authorizes(story.member) == .disallowed(.suspended))
        await #expect(throws: notEntitled) {
            try await mandates.resume(identifier, by: try await story.provider.verified(story.max))
        }
        #expect(
            try await mandates.resume(identifier, by: try await story.provider.verified(story.ada)).mandate.state
                == .active)
    }

    @Test("to a stranger a mandate does not exist, whatever the stranger tries")
    func strangers() async throws {
        let story = try await MandateStory()
        let record = try await story.propose(by: story.ada)
        let identifier = record.mandate.identifier
        let mandates = story.provider.provider.mandates
        let stranger = try await story.provider.verified(try await story.provider.person("Mallory", "Fremd"))
        for name in [identifier, .random()] {
            await #expect(throws: unknown) { try await mandates.approve(name, by: stranger) }
            await #expect(throws: unknown) { try await mandates.revoke(name, by: stranger) }
            await #expect(throws: unknown) { try await mandates.suspend(name, by: stranger) }
            await #expect(throws: unknown) { try await mandates.resume(name, by: stranger) }
            await #expect(throws: unknown) { try await mandates.mandate(name, for: stranger.account.identifier) }
        }
        for company in [story.company, .random()] {
            await #expect(throws: unknown) {
                try await mandates.mandates(of: company, for: stranger.account.identifier)
            }
            await #expect(throws: unknown) {
                try await mandates.propose(story.proposal { $0.grantor = company }, by: stranger)
            }
        }
        #expect(try await mandates.held(by: stranger.account.identifier) == [])
        // A plain member sees the own mandates of the company and no others.
        let max = try await story.provider.verified(story.max).account.identifier
        #expect(try await mandates.mandates(of: story.company, for: max) == [record])
        #expect(try await mandates.mandate(identifier, for: max) == record)
    }

    @Test("portals of two towns call one mandate differently, each always the same")
    func references() async throws {
        let provider = try await TestProvider()
        let references = provider.provider.mandateReferences
        let (mandate, other) = (MandateIdentifier.random(), MandateIdentifier.random())
        let sectors = ["one", "two"].map { SubjectSector.pairwise(SectorIdentifier(rawValue: $0)!) }
        let names = [mandate, other].flatMap { mandate in
            sectors.map { references.reference(to: mandate, in: $0) }
        }
        #expect(Set(names).count == 4 && names.allSatisfy { $0.hasPrefix("md_") && !$0.contains(mandate.rawValue) })
        #expect(references.reference(to: mandate, in: sectors[0]) == names[0])
    }
}
