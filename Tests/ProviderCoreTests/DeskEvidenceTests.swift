import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderHarness
import SQLiteStore
import Testing

@testable import ProviderCore

/// What a clerk looked at, what stands behind the person's data from then on, and for how long.
@Suite("Evidence from the desk")
struct DeskEvidenceTests {
    private func passport(until day: String?) -> JSONObject {
        var document: JSONObject = ["type": "passport", "country": "PL"]
        document["expires_on"] = day.map { .string($0) }
        return ["document": .object(document)]
    }

    private func evidence(of account: AccountIdentifier, _ provider: TestProvider) async throws -> Evidence {
        try #require(try await provider.store.verifiedAttributes(of: account).first?.evidence)
    }

    // MARK: What is recorded

    @Test("a desk visit says how identity was proved and by which document; without a word it was a counter")
    func recorded() async throws {
        let provider = try await TestProvider()
        let silent = try await evidence(of: provider.registered().account, provider)
        #expect(silent.method == .counter && silent.documentType == nil && silent.expiresAt == nil)
        let person = try await provider.registered(evidence: passport(until: "2030-06-30"))
        let first = try await evidence(of: person.account, provider)
        #expect(first.method == .counter && first.performer == TestRegion.herten && first.level == .substantiell)
        #expect(first.documentType == "passport" && first.documentCountry == "PL")
        // To the end of the day in Germany, where it is summer then.
        #expect(first.expiresAt == CalendarDate(rawValue: "2030-06-30").map { $0.end - 7_200 })
        // The same data, proved anew by another document.
        provider.clock.advance(60)
        _ = try await provider.provider.desk.rename(
            person.account,
            visit: provider.visit(evidence: [
                "method": "eid", "document": .object(["type": "idcard", "country": "DE"]),
            ]))
        let second = try await evidence(of: person.account, provider)
        #expect(second.method == .eid && second.documentType == "idcard" && second.expiresAt == nil)
    }

    @Test(
        "an identity elsewhere that was shown is the method",
        arguments: [
            (IdentityLink.Upstream.eid, Evidence.Method.eid), (.bundid, .upstream), (.muk, .upstream),
            (.eidas, .upstream), (.counter, .counter),
        ])
    func links(upstream: IdentityLink.Upstream, method: Evidence.Method) async throws {
        let provider = try await TestProvider()
        let link = PresentedLink(upstream, pseudonym: "pseudonym-elsewhere")
        let person = try await provider.registered(link: link)
        #expect(try await evidence(of: person.account, provider).method == method)
        #expect(throws: MessageError.malformed("method")) {
            try provider.visit(link: link, evidence: ["method": "letter"])
        }
    }

    @Test("what no desk can have seen is refused by name")
    func malformed() async throws {
        let provider = try await TestProvider()
        func document(_ members: JSONObject) -> JSONObject {
            var document: JSONObject = ["type": "idcard", "country": "DE"]
            for member in members.members { document[member.name] = member.value }
            return ["document": .object(document)]
        }
        let today = CalendarDate(inGermanyAt: provider.now)
        let refused: [(JSONObject, MessageError)] = [
            ([:], .missing("method")), (["method": "hearsay"], .malformed("method")),
            // Nobody vouches who was not shown, and a letter proves an address.
            (["method": "upstream"], .malformed("method")), (["method": "letter"], .malformed("method")),
            (["level": "hoch"], .missing("method")), (["method": "counter", "level": "hoch"], .unknown("level")),
            (document(["type": "library_card"]), .malformed("type")),
            (document(["country": "de"]), .malformed("country")),
            (document(["country": "Germany"]), .malformed("country")),
            (document(["number": "L01X00T47"]), .unknown("number")),
            (document(["expires_on": "2026-02-30"]), .malformed("expires_on")),
            (
                document(["expires_on": .string(today.adding(years: 20).adding(days: 1).rawValue)]),
                .malformed("expires_on")
            ),
        ]
        for (evidence, error) in refused {
            #expect(throws: error, "\(evidence.text)") { try provider.visit(evidence: evidence) }
        }
        #expect(throws: MessageError.malformed("document")) {
            try provider.visit(
                level: .normal,
                evidence: ["method": "letter", "document": .object(["type": "idcard", "country": "DE"])])
        }
        #expect(try provider.visit(level: .normal, evidence: ["method": "letter"]).evidence?.method == .letter)
        for day in [today.adding(days: -1), today.adding(years: -30)] {
            #expect(throws: DeskRefusal.documentExpired(day)) {
                try provider.visit(evidence: document(["expires_on": .string(day.rawValue)]))
            }
        }
        let sentence = DeskRefusal.documentExpired(today.adding(days: -1)).text.sentence
        #expect(sentence.contains(today.adding(days: -1).rawValue) && sentence.contains("Ask for a document"))
        for day in [today, today.adding(years: 20)] {
            #expect(try provider.visit(evidence: document(["expires_on": .string(day.rawValue)])).evidence != nil)
        }
    }

    @Test("what a known person showed for a further device stands behind the account, in the ticket's own write")
    func furtherDevice() async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered(level: .normal)
        let desk = provider.provider.desk
        provider.clock.advance(60)
        func ticket(_ visit: DeskVisit) async throws -> DeskTicket {
            try await desk.ticket(for: visit, decision: .samePerson(person.account))
        }
        guard
            case .issued(let issued, person.account, nil) = try await ticket(
                provider.visit(evidence: passport(until: "2030-06-30")))
        else { return #expect(Bool(false), "no ticket") }
        #expect(try await evidence(of: person.account, provider).documentType == "passport")
        #expect(try await provider.profile(of: person.account).level == .substantiell)
        // The evidence's level is the ticket's: the new phone reaches it.
        try await provider.enrol(TestPhone(), with: issued, simulating: .strongbox)
        #expect(try await provider.store.devices(of: person.account).count == 2)

        // Below the account's level nothing is proved, and the question is not answered.
        let written = try await provider.writtenEvents.count
        await #expect(throws: DeskRefusal.levelTooLow(needed: .substantiell)) {
            _ = try await ticket(provider.visit(level: .normal, evidence: ["method": "counter"]))
        }
        #expect(try await provider.writtenEvents.count == written)
        // A locked account gets neither.
        try await desk.lock(person.account, for: .own, in: provider.scope(TestRegion.herten))
        let before = try await provider.store.verifiedAttributes(of: person.account)
        await #expect(throws: DeskRefusal.notOpen(.locked)) {
            _ = try await ticket(provider.visit(evidence: ["method": "eid"]))
        }
        #expect(try await provider.store.verifiedAttributes(of: person.account) == before)
    }

    @Test("a known person with a new passport: the evidence is renewed, for the person of the account alone")
    func renewed() async throws {
        let provider = try await TestProvider()
        let last = lastSecond(provider, days: 20)
        let person = try await provider.registered(evidence: passport(until: last.day))
        let desk = provider.provider.desk
        provider.clock.advance(60)
        let change = try await desk.renew(
            person.account, visit: provider.visit(evidence: passport(until: "2036-06-30"))
        ).change
        #expect(change.superseded.isEmpty && change.stale.isEmpty)
        provider.clock.advance(last.seconds)
        try await provider.provider.erasures.sweep()
        #expect(try await provider.profile(of: person.account).level == .substantiell, "the old passport is gone")
        #expect(try await provider.store.verifiedAttributes(of: person.account).allSatisfy { $0.state == .valid })

        var married = TestRegion.person
        married["family_name"] = "Verheiratet"
        let refused: [(DeskRefusal, JSONObject, AssuranceLevel)] = [
            (.otherPerson, married, .substantiell), (.levelTooLow(needed: .substantiell), TestRegion.person, .normal),
        ]
        for (refusal, record, level) in refused {
            await #expect(throws: refusal) {
                try await desk.renew(
                    person.account,
                    visit: provider.visit(record, level: level, evidence: ["method": "counter"]))
            }
        }
        await #expect(throws: DeskRefusal.nothingChanged, "without evidence") {
            try await desk.renew(person.account, visit: provider.visit())
        }
    }

    // MARK: Until it expires

    /// The last second at which a document of the test counts, from its beginning.
    private func lastSecond(_ provider: TestProvider, days: Int64) -> (day: String, seconds: Int64) {
        let day = CalendarDate(inGermanyAt: provider.now).adding(days: days)
        return (day.rawValue, day.endInGermany.seconds - provider.now.seconds - 1)
    }

    @Test(
        "I40: evidence expires with its document: stale claims, a lower level, an event, a notice, and no session above"
    )
    func expires() async throws {
        let provider = try await TestProvider.withServices()
        let last = lastSecond(provider, days: 20)
        let person = try await provider.registered(
            person: TestServices.erika, evidence: passport(until: last.day), simulating: .strongbox)
        // The session of the day does not last so long: the login is of the last hour.
        provider.clock.advance(last.seconds - 60)
        let signedIn = try await provider.signIn(
            at: TestServices.office, phone: person.phone, ["scope": "openid person"])
        #expect(signedIn.idToken["verified_claims"] != nil)
        let written = try await provider.writtenEvents.count
        provider.clock.advance(60)
        #expect(try await provider.provider.erasures.sweep()["expired_evidence"] == 0)
        #expect(try await provider.profile(of: person.account).level == .substantiell)
        #expect(try await provider.sessions(of: person.phone).count == 1)

        provider.clock.advance(1)
        #expect(try await provider.provider.erasures.sweep()["expired_evidence"] == 1)
        #expect(try await provider.profile(of: person.account).level == .undefined)
        let attributes = try await provider.store.verifiedAttributes(of: person.account)
        #expect(!attributes.isEmpty && attributes.allSatisfy { $0.state == .stale })
        let events = try await provider.writtenEvents.suffix(from: written)
        #expect(events.first == "proofing.expired undefined system", "\(events)")
        #expect(events.contains("attribute.stale family_name system"))
        #expect(events.filter { $0.hasPrefix("session.ended") }.count == 1)
        let notices = try await provider.store.notices(of: person.account, limit: 20).map(\.kind)
        #expect(notices.contains(.proofingExpired))
        let explained = try await provider.provider.assurance.explain(provider.verified(person.phone)).explanation
        let proofing = try #require(explained.reasons.first { $0.kind == .proofing })
        #expect(proofing.level == .undefined && proofing.facts == ["expired": .string(last.day)])
        let day = try #require(CalendarDate(rawValue: last.day))
        #expect(explained.basis(of: proofing, .german) == "Nachweis abgelaufen am \(day.text(.german))")
        #expect(try await provider.sessions(of: person.phone).isEmpty)
        await #expect(throws: OAuthError.self, "the session that said more is over") {
            _ = try await provider.signIn(
                at: TestServices.office, phone: person.phone, cookie: signedIn.cookie,
                ["scope": "openid person", "prompt": "none"])
        }
        #expect(try await provider.provider.erasures.sweep()["expired_evidence"] == 0, "once")

        // A desk proves it anew, with the same data.
        _ = try await provider.provider.desk.rename(person.account, visit: provider.visit(TestServices.erika))
        #expect(try await provider.profile(of: person.account).level == .substantiell)
        let again = try await provider.signIn(
            at: TestServices.office, phone: person.phone, ["scope": "openid person"])
        #expect(again.idToken["verified_claims"] != nil)
    }

    /// Somebody who is proved to *normal* by one piece of evidence and to *substantiell* by a document.
    private func proved(
        _ provider: TestProvider, until day: String
    ) async throws -> (account: AccountIdentifier, phone: TestPhone) {
        let person = try await provider.registered(level: .normal, simulating: .strongbox)
        provider.clock.advance(60)
        _ = try await provider.provider.desk.rename(
            person.account, visit: provider.visit(evidence: passport(until: day)))
        // The first phone was enrolled at the lower level, and stays there: the second one counts after a day.
        let phone = TestPhone()
        try await provider.furtherPhone(phone, of: person.account)
        provider.clock.advance(RetentionPolicy().objection)
        try await provider.provider.sweep(includingStore: true)
        return (person.account, phone)
    }

    @Test("I40: what explains a level is the evidence that is left when a better one has expired")
    func explainedByWhatIsLeft() async throws {
        let provider = try await TestProvider()
        let last = lastSecond(provider, days: 20)
        let person = try await proved(provider, until: last.day)
        func proofing() async throws -> AssuranceExplanation.Reason {
            let explained = try await provider.provider.assurance.explain(provider.verified(person.phone)).explanation
            return try #require(explained.reasons.first { $0.kind == .proofing })
        }
        let before = try await proofing()
        #expect(before.level == .substantiell && before.facts["level"] == "substantiell")
        provider.clock.advance(last.seconds - RetentionPolicy().objection - 59)
        #expect(try await provider.provider.erasures.sweep()["expired_evidence"] == 1)
        let after = try await proofing()
        #expect(after.level == .normal && after.facts["level"] == "normal", "\(after.facts.text)")
        #expect(after.facts["expired"] == nil)
    }

    @Test("I40: a login that was claimed before the evidence was over is not approved at its level afterwards")
    func overAfterClaim() async throws {
        let provider = try await TestProvider()
        let last = lastSecond(provider, days: 20)
        let person = try await proved(provider, until: last.day)
        provider.clock.advance(last.seconds - RetentionPolicy().objection - 120)
        func claimed() async throws -> (TestLogin, VerifiedDevice, SignedStatement<LoginRequestStatement>) {
            let (login, device) = (try await provider.login(), try await provider.verified(person.phone))
            return (login, device, try await provider.claimed(login, by: device))
        }
        let (login, device, request) = try await claimed()
        provider.clock.advance(61)
        #expect(try await provider.provider.erasures.sweep()["expired_evidence"] == 1)
        await #expect(throws: DeviceRefusal(.levelUnreachable, .levelUnreachable)) {
            try await provider.answer(request, person.phone.response(to: request, now: provider.now), by: device)
        }
        #expect(login.state == .failed && login.collect()?["error"] == "unmet_authentication_requirements")
        #expect(try await provider.sessions(of: person.phone).isEmpty)
        // At what is left the person logs in.
        let (again, later, lower) = try await claimed()
        try await provider.answer(lower, person.phone.response(to: lower, now: provider.now), by: later)
        #expect(again.collect()?["code"] != nil)
    }

    @Test("I40: what a login answered with ends with the evidence, also where its session goes on at a lower level")
    func overInLowerSession() async throws {
        let provider = try await TestProvider.withServices()
        let last = lastSecond(provider, days: 20)
        let person = try await proved(provider, until: last.day)
        let weak = TestPhone()
        let ticket = try await provider.provider.accounts.ticketForFurtherDevice(
            by: provider.verified(person.phone), tenant: TestRegion.herten)
        try await provider.enrol(weak, with: ticket, simulating: .software)
        try await provider.provider.accounts.approve(weak.device, by: provider.verified(person.phone))
        provider.clock.advance(last.seconds - RetentionPolicy().objection - 120)
        let portal = TestServices.office
        let scope: [String: String?] = ["scope": "openid person"]
        let high = try await provider.signIn(at: portal, phone: person.phone, scope)
        let low = try await provider.signIn(
            at: portal, phone: weak, cookie: high.cookie, scope.merging(["prompt": "login"]) { $1 })
        #expect(high.idToken["acr"] != low.idToken["acr"] && high.idToken["sid"] == low.idToken["sid"])
        _ = try await provider.userinfo(high.accessToken)
        provider.clock.advance(61)
        #expect(try await provider.provider.erasures.sweep()["expired_evidence"] == 1)
        #expect(try await provider.sessions(of: weak).count == 1, "it says no more than is true")
        let refusal = try await provider.refusal { _ = try await provider.refresh(high.tokens, at: portal) }
        #expect(refusal?.error.code == .invalidGrant && refusal?.reason == .levelUnreachable)
        let ended = try await provider.refusal { _ = try await provider.userinfo(high.accessToken) }
        #expect(ended?.error.code == .invalidToken && ended?.reason == .levelUnreachable)
        for token in [high.accessToken, try high.tokens.text("refresh_token")] {
            let answer = try await provider.provider.introspection.inquire(
                TokenInquiry(parameters: FormParameters(["token": token])), by: provider.authenticated(portal))
            #expect(answer == ["active": false])
        }
        _ = try await provider.userinfo(low.accessToken)
        _ = try await provider.refresh(low.tokens, at: portal)
    }

    @Test("the level that is left is that of the best evidence that still counts")
    func levelLeft() async throws {
        let provider = try await TestProvider()
        let last = lastSecond(provider, days: 20)
        let person = try await provider.registered(level: .normal)
        provider.clock.advance(60)
        _ = try await provider.provider.desk.rename(
            person.account, visit: provider.visit(evidence: passport(until: last.day)))
        #expect(try await provider.profile(of: person.account).level == .substantiell)
        provider.clock.advance(last.seconds)
        try await provider.provider.erasures.sweep()
        #expect(try await provider.profile(of: person.account).level == .normal)
    }

    @Test("where newer evidence stands behind everything the person loses nothing and is not told")
    func newer() async throws {
        let provider = try await TestProvider()
        let last = lastSecond(provider, days: 20)
        let person = try await provider.registered(evidence: passport(until: last.day))
        provider.clock.advance(60)
        _ = try await provider.provider.desk.rename(person.account, visit: provider.visit(evidence: ["method": "eid"]))
        provider.clock.advance(last.seconds)
        #expect(try await provider.provider.erasures.sweep()["expired_evidence"] == 1)
        #expect(try await provider.profile(of: person.account).level == .substantiell)
        let attributes = try await provider.store.verifiedAttributes(of: person.account)
        #expect(attributes.allSatisfy { $0.state == .valid && $0.evidence.method == .eid })
        let notices = try await provider.store.notices(of: person.account, limit: 20).map(\.kind)
        #expect(!notices.contains(.proofingExpired))
    }

    @Test("claims that went stale with their evidence are proved anew at the same level, and only once")
    func provedAnew() async throws {
        let provider = try await TestProvider()
        let last = lastSecond(provider, days: 20)
        let person = try await provider.registered()
        provider.clock.advance(60)
        let desk = provider.provider.desk
        _ = try await desk.rename(person.account, visit: provider.visit(evidence: passport(until: last.day)))
        provider.clock.advance(last.seconds)
        // The first visit at the counter still proves who it is, not what the claims say now.
        try await provider.provider.erasures.sweep()
        #expect(try await provider.profile(of: person.account).level == .substantiell)
        #expect(try await provider.store.verifiedAttributes(of: person.account).allSatisfy { $0.state == .stale })
        _ = try await desk.rename(person.account, visit: provider.visit())
        #expect(try await provider.store.verifiedAttributes(of: person.account).allSatisfy { $0.state == .valid })
        await #expect(throws: DeskRefusal.nothingChanged) {
            try await desk.rename(person.account, visit: provider.visit())
        }
    }

    @Test("I13: a company freezes whose only administrator's evidence expires, and the new proof cures it")
    func company() async throws {
        let provider = try await TestProvider()
        let record: JSONObject = ["given_name": "Ada", "family_name": "Direktorin", "birthdate": "1980-02-29"]
        let last = lastSecond(provider, days: 20)
        let registered = try await provider.registered(
            person: record, evidence: passport(until: last.day), simulating: .strongbox)
        let ada = TestPerson(phone: registered.phone, record: record)
        let company = try await provider.registeredCompany([ada])
        provider.clock.advance(last.seconds + 1)
        try await provider.provider.erasures.sweep()
        #expect(try await provider.profile(of: registered.account).level == .undefined, "nothing proves who it is")
        #expect(try await provider.state(of: company) == .frozen)
        _ = try await provider.provider.desk.rename(registered.account, visit: provider.visit(record))
        #expect(try await provider.state(of: company) == .active)
    }

    // MARK: A rename and who else there is

    @Test("I1: a rename to the names and birth date of somebody with an account is a question for the clerks")
    func alike() async throws {
        let provider = try await TestProvider()
        let gabler: JSONObject = ["given_name": "Erika", "family_name": "Gabler", "birthdate": "1999-01-01"]
        var mustermann = gabler
        mustermann["family_name"] = "Mustermann"
        _ = try await provider.registered(person: gabler)
        let person = try await provider.registered(person: mustermann)
        let desk = provider.provider.desk
        let open = try await desk.openCases(in: provider.scope(TestRegion.herten)).count
        let renamed = try await desk.rename(person.account, visit: provider.visit(gabler))
        #expect(renamed.case != nil && renamed.change.superseded == ["family_name"])
        let cases = try await desk.openCases(in: provider.scope(TestRegion.herten))
        #expect(cases.map(\.identifier).contains(renamed.case!))
        #expect(cases.count == open + 1)
        let back = try await desk.rename(person.account, visit: provider.visit(mustermann))
        #expect(back.case == nil, "nobody else has that name")
    }

    @Test("I1: an identity elsewhere that is shown at a rename is the account's from then on, and nobody else's")
    func linkedLater() async throws {
        let provider = try await TestProvider()
        let link = try #require(PresentedLink(.eid, pseudonym: "dienste-und-kartenspezifisch-7"))
        let person = try await provider.registered()
        let other: JSONObject = ["given_name": "Eva", "family_name": "Anders", "birthdate": "1970-01-01"]
        let eva = try await provider.registered(person: other)
        let desk = provider.provider.desk
        _ = try await desk.rename(person.account, visit: provider.visit(link: link))
        let candidates = try await desk.candidates(for: provider.visit(other, link: link)).map(\.account)
        #expect(candidates == [person.account, eva.account])
        await #expect(throws: DeskRefusal.linkKnown(person.account)) {
            try await desk.rename(eva.account, visit: provider.visit(other, link: link))
        }
        await #expect(throws: DeskRefusal.nothingChanged) {
            try await desk.rename(person.account, visit: provider.visit(link: link))
        }
    }
}
