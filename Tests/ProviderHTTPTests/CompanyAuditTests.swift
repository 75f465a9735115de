import AccountDirectory
import HTTPTypes
import HummingbirdTesting
import OpenIDMessages
import ProviderCore
import ProviderHarness
import SQLiteStore
import Testing

@Suite("The account API: what a company reads of itself (invariants I21, I24)")
struct CompanyAuditTests {
    private static func serve(_ body: @Sendable (Site, MandateStory) async throws -> Void) async throws {
        let provider = try await TestProvider()
        try provider.changeRegion { $0.services = [MandateStory.parking, MandateStory.building] }
        try await Site.serve(provider) { site in try await body(site, try await MandateStory(provider: provider)) }
    }

    private static func use(_ story: MandateStory) async throws {
        let now = story.provider.now
        let question = AuthorityQuestion(
            scope: MandateScope(rawValue: "parking.permit"), tenant: TestRegion.herten,
            act: .act(amount: MoneyAmount("100", .euro), establishment: nil), today: CalendarDate(inGermanyAt: now))
        let decision = try await story.provider.store.use(
            AuthorityCase(
                membership: story.member, company: story.company, tenant: TestRegion.herten, transaction: nil, time: now
            )
        ) { AuthorityRules.authorizes(question, $0) }
        guard case .allowed = decision else { throw TestProvider.Unexpected.link }
    }

    @Test("an administrator reads who joined, who gave which mandate, who acted where, and what an office did")
    func story() async throws {
        try await Self.serve { site, story in
            let provider = site.provider
            let record = try await story.propose(by: story.ada)
            let mandate = record.mandate.identifier.rawValue
            try await Self.use(story)
            try await provider.companies.freeze(story.company, for: .dispute, by: TestCompany.clerk)
            let ada = try await provider.membership(of: story.ada, in: story.company).rawValue

            let answer = try await site.call(story.ada.phone, .get, "/account/v1/companies/\(story.company)/audit")
            #expect(answer.status == .ok, "\(answer.text)")
            let events = answer.json["events"]?.array?.compactMap(\.object) ?? []
            func last(_ kind: String) -> JSONObject? { events.first { $0["kind"]?.string == kind } }
            #expect(events.first?["kind"] == "company.frozen", "the latest first, also of a frozen company")
            #expect(last("company.frozen")?["actor"] == "clerk" && last("company.frozen")?["tenant"] == "herten")
            #expect(last("company.frozen")?["member"] == nil)
            let used = try #require(last("mandate.used"), "\(answer.text)")
            #expect(used["member"]?.string == story.member.rawValue && used["tenant"] == "herten")
            #expect(used["object"]?.string == mandate)
            #expect(last("mandate.proposed")?["member"]?.string == ada)
            #expect(last("invitation.created")?["member"]?.string == ada)
            #expect(last("membership.created")?["object"]?.string == story.member.rawValue)
            #expect(last("membership.created")?["member"]?.string == story.member.rawValue, "who joined did it")
            #expect(last("company.created")?["member"]?.string == ada)
            #expect(used["text"] == "Mit einer Vollmacht wurde gehandelt.", "each kind has its sentence")
            #expect(events.allSatisfy { $0["text"]?.string?.contains(" ") == true })
        }
    }

    @Test("a member reads in the own trail what others did to the membership, once, and no name of theirs")
    func changes() async throws {
        try await Self.serve { site, story in
            let provider = site.provider
            let ada = try await provider.verified(story.ada)
            try await provider.companies.suspend(story.member, in: story.company, by: ada)
            try await provider.companies.resume(story.member, in: story.company, by: ada)
            func trail(_ person: TestPerson) async throws -> [JSONObject] {
                let answer = try await site.call(person.phone, .get, "/account/v1/audit")
                return answer.json["events"]?.array?.compactMap(\.object) ?? []
            }
            let read = try await trail(story.max)
            let suspended = read.filter { $0["kind"] == "membership.suspended" }
            #expect(suspended.count == 1 && read.filter { $0["kind"] == "membership.resumed" }.count == 1)
            #expect(suspended.first?["text"] == "Eine Zugehörigkeit zu „Muster Elektrotechnik GmbH“ ruht.")
            #expect(suspended.first?["who"] == "jemand, der das Unternehmen verwaltet")
            for name in ["person", "hash", "previous"] { #expect(suspended.first?[name] == nil, "\(name)") }
            let hers = try await trail(story.ada).filter { $0["kind"] == "membership.suspended" }
            #expect(hers.count == 1 && hers.first?["who"] == "Sie selbst")
            // Who leaves did that, and reads it once.
            try await provider.companies.leave(story.company, by: try await provider.verified(story.max))
            let ended = try await trail(story.max).filter { $0["kind"] == "membership.ended" }
            #expect(ended.count == 1 && ended.first?["who"] == "Sie selbst")
            let stranger = try await provider.person("Sven", "Fremd", born: "1979-09-09")
            #expect(try await trail(stranger).allSatisfy { $0["company_name"] == nil })
        }
    }

    @Test("a notice about a company or a mandate has the company's name, and no other has one")
    func notices() async throws {
        try await Self.serve { site, story in
            let provider = site.provider
            let record = try await story.propose(by: story.ada)
            _ = try await story.revoke(record, by: story.ada)
            try await provider.companies.freeze(story.company, for: .dispute, by: TestCompany.clerk)
            let answer = try await site.call(story.max.phone, .get, "/account/v1/notices")
            let notices = answer.json["notices"]?.array?.compactMap(\.object) ?? []
            for (kind, detail) in [
                ("company_frozen", story.company.rawValue), ("mandate_ended", record.mandate.identifier.rawValue),
            ] {
                let notice = try #require(notices.first { $0["kind"]?.string == kind }, "\(answer.text)")
                #expect(notice["company_name"] == "Muster Elektrotechnik GmbH" && notice["detail"]?.string == detail)
            }
            #expect(notices.allSatisfy { ($0["company_name"] != nil) == ($0["kind"] != "device_added") })
        }
    }

    @Test("I21: it names no account, device, session or office's person, and of another company nobody")
    func people() async throws {
        try await Self.serve { site, story in
            let provider = site.provider
            let service = try await story.serviceCompany()
            let parent = try await story.propose(by: story.ada) {
                $0.grantee = .company(service.company)
                $0.mayDelegate = true
            }
            _ = try await story.propose(by: service.director) {
                $0.grantor = service.company
                $0.grantee = .membership(service.member)
                $0.parent = parent.mandate.identifier
            }
            let answer = try await site.call(story.ada.phone, .get, "/account/v1/companies/\(story.company)/audit")
            #expect(answer.text.contains("mandate.proposed"), "\(answer.text)")
            var secrets = [service.member.rawValue, "Schreiber", "Direktorin", "Beispiel", "person\":"]
            for person in [story.ada, story.max, service.director, service.employee] {
                let device = try await provider.verified(person)
                secrets += [device.account.identifier.rawValue, device.device.identifier.rawValue]
            }
            for secret in secrets { #expect(!answer.text.contains(secret), "\(secret)") }
            // The service company's own people read nothing of the other's, not even what they did there.
            let own = try await site.call(
                service.director.phone, .get, "/account/v1/companies/\(service.company)/audit")
            #expect(own.status == .ok && !own.text.contains(parent.mandate.identifier.rawValue), "\(own.text)")
        }
    }

    @Test("whoever does not administer the company now hears that there is none")
    func others() async throws {
        try await Self.serve { site, story in
            let provider = site.provider
            let path = "/account/v1/companies/\(story.company)/audit"
            let stranger = try await provider.person("Stella", "Fremd")
            let missing = try await site.call(stranger.phone, .get, "/account/v1/companies/no-such-company/audit")
            #expect(missing.status == .notFound, "\(missing.text)")
            for person in [story.max, stranger] {
                let answer = try await site.call(person.phone, .get, path)
                #expect(answer.status == .notFound && answer.code == missing.code, "\(answer.text)")
            }
            #expect(try await site.call(story.ada.phone, .get, path).status == .ok)
            try await provider.companies.setConsent(
                false, in: story.company, by: try await provider.verified(story.ada))
            #expect(try await site.call(story.ada.phone, .get, path).status == .notFound, "rights that rest")
        }
    }

    @Test("pages follow one another, and a cursor that is none is refused")
    func pages() async throws {
        try await Self.serve { site, story in
            let path = "/account/v1/companies/\(story.company)/audit"
            for _ in 0..<101 { try await Self.useAnyway(story) }
            let first = try await site.call(story.ada.phone, .get, path)
            #expect(first.json["events"]?.array?.count == 100)
            let next = try #require(first.json["next"]?.integer)
            let second = try await site.call(story.ada.phone, .get, path, query: "?before=\(next)")
            #expect(second.json["events"]?.array?.last?.object?["kind"] == "company.created", "\(second.text)")
            #expect(try await site.call(story.ada.phone, .get, path, query: "?before=now").status == .badRequest)
        }
    }

    /// An event of the company, as a use writes it.
    private static func useAnyway(_ story: MandateStory) async throws {
        try await story.provider.store.record(
            SecurityEvent(.mandateUsed, time: story.provider.now, tenant: TestRegion.herten, company: story.company))
    }
}
