import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderHarness
import Testing

@testable import ProviderCore

/// Checklist G6, docs/protocol.md §11.3: nobody is asked until they give in.
@Suite("Back channel: limits against request fatigue (checklist G6)")
struct BackChannelFatigueTests {
    /// Asks and lets the time run out; true when the phone got the request.
    private func goesUnanswered(_ provider: TestProvider, _ phone: TestPhone, _ subject: String) async throws -> Bool {
        _ = try await provider.ask(for: subject)
        let isShown = try await provider.receive(phone) != nil
        provider.clock.advance(Lifetime.backChannelRequest)
        try await provider.provider.sweep(includingStore: false)
        return isShown
    }

    @Test("100 requests for one person: one prompt, and none of the others later")
    func onePrompt() async throws {
        let (provider, phone, subject) = try await TestProvider.withBackChannel()
        var begun: [JSONObject] = []
        for index in 0..<100 {
            begun.append(
                try await provider.ask(
                    for: subject, at: index.isMultiple(of: 2) ? TestBackChannel.centre : TestBackChannel.otherCentre))
        }
        try await provider.decide(begun[0], .approve, on: phone)
        #expect(try await provider.receive(phone) == nil)
        for index in stride(from: 2, to: 100, by: 2) {
            let refusal = try await provider.refusal { _ = try await provider.tokens(of: begun[index]) }
            #expect(refusal?.error.code == .authorizationPending)
        }
    }

    @Test("two phones of one person: the first that asks has the request, the other has none")
    func onePhone() async throws {
        let (provider, phone, subject) = try await TestProvider.withBackChannel()
        let begun = try await provider.ask(for: subject)
        let first = try #require(try await provider.receive(phone))
        #expect(try await provider.receive(phone)?.transaction == first.transaction)
        let prompts = provider.provider.backChannel.prompts
        let account = try await provider.verified(phone).account.identifier
        #expect(prompts.page(for: account, device: .random(bytes: 16)) == nil)
        #expect(prompts.page(for: account, device: phone.device) != nil)
        #expect(begun["auth_req_id"] != nil)
    }

    @Test("the silence after requests that were not wanted grows, to a day")
    func growth() {
        let silences = (0...9).map(BackChannelPrompts.silence(after:))
        #expect(silences == [60, 60, 240, 960, 3840, 15_360, 61_440, 86_400, 86_400, 86_400])
        #expect(BackChannelPrompts.silence(after: .max) == 86_400)
    }

    @Test("after requests without an answer the portal's next ones are not shown for a while, each time longer")
    func silence() async throws {
        let (provider, phone, subject) = try await TestProvider.withBackChannel()
        #expect(try await goesUnanswered(provider, phone, subject))
        // 60 seconds begin with the end of the first.
        #expect(try await !goesUnanswered(provider, phone, subject))
        #expect(try await goesUnanswered(provider, phone, subject))
        // 240 seconds.
        #expect(try await !goesUnanswered(provider, phone, subject))
        #expect(try await !goesUnanswered(provider, phone, subject))
        #expect(try await goesUnanswered(provider, phone, subject))
    }

    @Test("the silence is the portal's own: others may ask, and an approval ends it")
    func ownSilence() async throws {
        let (provider, phone, subject) = try await TestProvider.withBackChannel()
        try await provider.decide(try await provider.ask(for: subject), .deny, on: phone)
        let silent = try await provider.ask(for: subject)
        #expect(try await provider.receive(phone) == nil)
        let other = try await provider.ask(for: subject, at: TestBackChannel.otherCentre)
        try await provider.decide(other, .approve, on: phone)
        let unheard = try await provider.refusal { _ = try await provider.tokens(of: silent) }
        #expect(unheard?.error.code == .authorizationPending)
        provider.clock.advance(60)
        try await provider.decide(try await provider.ask(for: subject), .approve, on: phone)
        // Nothing was held against it: the next one comes at once.
        try await provider.decide(try await provider.ask(for: subject), .approve, on: phone)
    }

    @Test("report stops the portal's requests to this person, also after a restart; others still come")
    func report() async throws {
        let (provider, phone, subject) = try await TestProvider.withBackChannel()
        try await provider.decide(try await provider.ask(for: subject), .report, on: phone)
        provider.clock.advance(10 * BackChannelPrompts.longestSilence)
        let stopped = try await provider.ask(for: subject)
        #expect(try await provider.receive(phone) == nil)
        let unheard = try await provider.refusal { _ = try await provider.tokens(of: stopped) }
        #expect(unheard?.error.code == .authorizationPending)
        let restarted = try await TestProvider(store: provider.store, clock: provider.clock)
        try restarted.add(TestBackChannel.portals)
        _ = try await restarted.ask(for: subject)
        #expect(try await restarted.receive(phone) == nil)
        _ = try await restarted.ask(for: subject, at: TestBackChannel.otherCentre)
        #expect(try await restarted.receive(phone) != nil)
    }

    @Test("P-11.5: the person takes a report back, and that portal alone asks again; nobody else can")
    func reportWithdrawn() async throws {
        let (provider, phone, subject) = try await TestProvider.withBackChannel()
        let stranger = try await provider.enrolledPhone()
        for portal in [TestBackChannel.centre, TestBackChannel.otherCentre] {
            try await provider.decide(try await provider.ask(for: subject, at: portal), .report, on: phone)
            provider.clock.advance(60)
        }
        let stops = provider.provider.selfService.stops
        let device = try await provider.verified(phone)
        let names = try await stops.list(device).map(\.name)
        #expect(names == ["Portal other-call-centre", "Portal call-centre"], "the latest first")
        let client = try #require(try await stops.list(device).last).stop.client
        let foreign = try await provider.verified(stranger)
        #expect(try await stops.list(foreign).isEmpty)
        await #expect(throws: DeviceRefusal(.notFound, .objectUnknown)) { try await stops.lift(client, by: foreign) }
        try await stops.lift(client, by: device)
        await #expect(throws: DeviceRefusal(.notFound, .objectUnknown)) { try await stops.lift(client, by: device) }
        provider.clock.advance(BackChannelPrompts.longestSilence)
        _ = try await provider.ask(for: subject, at: TestBackChannel.otherCentre)
        #expect(try await provider.receive(phone) == nil)
        try await provider.decide(try await provider.ask(for: subject), .approve, on: phone)
        let events = try await provider.auditTrail()
        #expect(events.filter { $0.kind == "auth.report_withdrawn" }.map(\.object) == [client.rawValue])
        #expect(events.count { $0.kind == "auth.reported" } == 2, "the reports stay")
    }

    @Test("a report in a browser's login stops nothing: the person began it, or somebody with their browser")
    func reportInBrowser() async throws {
        let (provider, phone, subject) = try await TestProvider.withBackChannel()
        let login = try await provider.login(at: TestBackChannel.centre)
        let device = try await provider.verified(phone)
        let request = try await provider.claimed(login, by: device)
        try await provider.answer(request, try phone.response(to: request, .report, now: provider.now), by: device)
        _ = try await provider.ask(for: subject)
        #expect(try await provider.receive(phone) != nil)
    }

    @Test("the budget of a portal: a burst, then one request each second, whomever they are for")
    func budget() async throws {
        let (provider, _, subject) = try await TestProvider.withBackChannel()
        for _ in 0..<BackChannelBudget.burst { _ = try await provider.ask(for: subject) }
        func refusal(_ portal: TestPortal = TestBackChannel.centre) async throws -> ClientRefusal? {
            try await provider.refusal { _ = try await provider.ask(for: .some("nobody"), at: portal) }
        }
        let spent = try await refusal()
        #expect(spent?.error.code == .temporarilyUnavailable && spent?.reason == .budgetSpent)
        #expect(try await refusal(TestBackChannel.otherCentre) == nil)
        provider.clock.advance(1)
        #expect(try await refusal() == nil)
        #expect(try await refusal()?.reason == .budgetSpent)
    }

    @Test("a request that found no room takes nobody's place")
    func noRoom() async throws {
        let (provider, phone, subject) = try await TestProvider.withBackChannel(
            capacity: Provider.Capacity(logins: 5))
        provider.clock.advance(Lifetime.finishedLogin + 60)
        try await provider.provider.sweep(includingStore: false)
        for _ in 0..<3 { _ = try await provider.ask(for: SubjectIdentifier.random(bytes: 16).rawValue) }
        let refusal = try await provider.refusal { _ = try await provider.ask(for: subject) }
        #expect(refusal?.reason == .overloaded)
        for _ in 0..<2 {
            provider.clock.advance(Lifetime.backChannelRequest + Lifetime.finishedLogin)
            try await provider.provider.sweep(includingStore: false)
        }
        _ = try await provider.ask(for: subject)
        #expect(try await provider.receive(phone) != nil)
    }

    @Test("budgets and silences are forgotten when they mean nothing any more")
    func forgotten() async throws {
        let (provider, _, subject) = try await TestProvider.withBackChannel()
        for _ in 0..<5 { _ = try await provider.ask(for: subject) }
        let flow = provider.provider.backChannel
        #expect(flow.budget.count == 1)
        provider.clock.advance(4)
        try await provider.provider.sweep(includingStore: false)
        #expect(flow.budget.count == 1)
        provider.clock.advance(1)
        try await provider.provider.sweep(includingStore: false)
        #expect(flow.budget.count == 0)
    }

    @Test("a phone that waits is woken by the request", .timeLimit(.minutes(5)))
    func woken() async throws {
        let (provider, phone, subject) = try await TestProvider.withBackChannel()
        let prompts = provider.provider.backChannel.prompts
        async let received = provider.receive(phone, wait: 25)
        while prompts.waiting < 1 { try await Task.sleep(for: .milliseconds(2)) }
        _ = try await provider.ask(for: subject)
        #expect(prompts.waiting == 0, "not by its own time")
        #expect(try await received != nil)
    }

    @Test("a phone that waits anew is let go at its first call: it holds one place", .timeLimit(.minutes(5)))
    func onePlace() async throws {
        let prompts = BackChannelPrompts(clock: SettableClock().asProviderClock)
        let (account, device) = (AccountIdentifier.random(), DeviceIdentifier.random(bytes: 16))
        async let first: Void = prompts.wait(for: account, device: device, seconds: 3600)
        while prompts.waiting < 1 { try await Task.sleep(for: .milliseconds(2)) }
        let second = Task { await prompts.wait(for: account, device: device, seconds: 3600) }
        // By its own time it would be an hour.
        await first
        #expect(prompts.waiting == 1)
        second.cancel()
        await second.value
        #expect(prompts.waiting == 0, "who goes leaves no place behind")
    }

    @Test("docs/decisions/0014: for nobody, for somebody who does not answer, for one who must not be asked: all alike")
    func alike() async throws {
        let (provider, phone, subject) = try await TestProvider.withBackChannel()
        let stranger = try await provider.enrolledPhone(person: TestRegion.person)
        let reporter = try await provider.subject(of: stranger)
        try await provider.decide(try await provider.ask(for: reporter), .report, on: stranger)
        let low = try await provider.enrolledPhone()
        let lowSubject = try await provider.subject(of: low)
        let locked = try await provider.enrolledPhone()
        let lockedSubject = try await provider.subject(of: locked)
        try await provider.provider.block(code: locked.blockCode)
        let nobody = SubjectIdentifier.random(bytes: 16).rawValue
        var begun: [JSONObject] = []
        for hint in [subject, nobody, reporter, lockedSubject] { begun.append(try await provider.ask(for: hint)) }
        // Who cannot reach the level hears it on the phone; the portal does not.
        begun.append(try await provider.ask(for: lowSubject, ["acr_values": "substantiell"]))
        await #expect(throws: DeviceRefusal(.levelUnreachable, .levelUnreachable)) {
            try await provider.receive(low)
        }
        #expect(try await provider.receive(phone) != nil)
        let names = begun.map { $0.members.map(\.name).joined(separator: " ") }
        #expect(Set(names).count == 1)
        #expect(Set(begun.map { $0["expires_in"]?.integer }).count == 1)
        /// What all of them hear; nil when they differ.
        func answer() async throws -> OAuthError? {
            var answers: [OAuthError] = []
            for request in begun {
                let refusal = try await provider.refusal { _ = try await provider.tokens(of: request) }
                answers.append(try #require(refusal).error)
            }
            return answers.allSatisfy { $0 == answers[0] } ? answers[0] : nil
        }
        for _ in 0..<17 {
            #expect(try await answer()?.code == .authorizationPending)
            provider.clock.advance(10)
            try await provider.provider.sweep(includingStore: false)
        }
        provider.clock.advance(10)
        #expect(try await answer()?.code == .expiredToken)
    }
}
