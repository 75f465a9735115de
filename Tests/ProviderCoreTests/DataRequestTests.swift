import AccountDirectory
import OpenIDMessages
import ProviderCore
import ProviderHarness
import SQLiteStore
import Testing

/// What people ask about their data, from the phone to the desk (GDPR Art. 12, 15 to 18).
@Suite("Requests about data")
struct DataRequestTests {
    private static func wish(_ json: JSONObject) throws -> DataRequestFlow.Wish { try DataRequestFlow.Wish(json: json) }

    @Test(
        "a request from a phone runs at once, is due in a month, and each step is in the person's trail and the town's")
    func filed() async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered()
        let wish = try Self.wish(["kind": "rectify", "tenant": "herten", "claims": ["family_name", "address"]])
        let flow = provider.provider.dataRequests
        let request = try await flow.file(wish, by: provider.verified(person.phone))
        #expect(request.state == .running && request.tenant == TestRegion.herten)
        #expect(request.claims == ["family_name", "address"] && request.account == person.account)
        #expect(request.dueAt == DataSubjectRequest.deadline(for: provider.now))
        #expect(try await flow.requests(of: provider.verified(person.phone)) == [request])
        let steps = ["dsr.received", "dsr.identity_checked", "dsr.running"]
        let own = try await provider.provider.audit.page(of: person.account).entries.map(\.kind)
        #expect(own.filter { $0.hasPrefix("dsr.") } == steps.reversed())
        let town = try await provider.provider.audit.export(.tenant(TestRegion.herten), after: 0)
        #expect(town.map(\.kind).filter { $0.hasPrefix("dsr.") } == steps)
        #expect(try await flow.decide(request.identifier, .done)?.state == .done)
        #expect(try await flow.decide(request.identifier, .done) == nil, "it is over")
        let last = try #require(try await provider.provider.audit.page(of: person.account).entries.first)
        #expect(last.kind == "dsr.done" && last.actor == "clerk")
        let told = try await provider.provider.accounts.notices(of: provider.verified(person.phone))
        #expect(told.filter { $0.kind == .requestDecided }.map(\.detail) == [request.identifier.rawValue])
    }

    @Test(
        "what no desk decides, and what is not there, cannot be asked for",
        arguments: [
            ["kind": "export"], ["kind": "erase"], ["kind": "objection"], [:],
            ["kind": "rectify", "claims": ["shoe_size"]],
            ["kind": "rectify", "claims": ["email", "email"]], ["kind": "access", "tenant": "HERTEN"],
            ["kind": "access", "state": "done"],
        ] as [JSONObject])
    func malformed(json: JSONObject) {
        #expect(throws: MessageError.self) { try Self.wish(json) }
    }

    @Test("a town that is not there or not live is not asked, and nobody has more than twenty requests that wait")
    func bounded() async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered()
        let flow = provider.provider.dataRequests
        let device = try await provider.verified(person.phone)
        await #expect(throws: MessageError.malformed("tenant")) {
            try await flow.file(Self.wish(["kind": "erase", "tenant": "atlantis"]), by: device)
        }
        let wish = try Self.wish(["kind": "access"])
        for _ in 0..<20 { _ = try await flow.file(wish, by: device) }
        await #expect(throws: DeviceRefusal(.notPossible, .changeNotPossible)) { try await flow.file(wish, by: device) }
        let open = try await flow.requests(ended: false, page: PageRequest(limit: 15))
        let rest = try await flow.requests(
            ended: false, page: PageRequest(limit: 15, after: open.last?.identifier.rawValue))
        #expect(open.count == 15 && rest.count == 5 && Set((open + rest).map(\.identifier)).count == 20)
        _ = try await flow.decide(open[0].identifier, .refused(.excessive))
        _ = try await flow.file(wish, by: device)
        let ended = try await flow.requests(ended: true, page: PageRequest())
        #expect(ended.map(\.refusal) == [.excessive])
    }

    @Test("GDPR Art. 21(1): a person objects, to the region or a town; a desk stops it, or names overriding grounds")
    func objection() async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered()
        let flow = provider.provider.dataRequests
        let device = try await provider.verified(person.phone)
        for (decision, tenant) in [(DataSubjectDecision.done, nil), (.refused(.overridingGrounds), "herten")]
            as [(DataSubjectDecision, String?)]
        {
            var wish: JSONObject = ["kind": "object", "claims": ["email"]]
            wish["tenant"] = tenant.map { .string($0) }
            let request = try await flow.file(Self.wish(wish), by: device)
            #expect(request.kind == .object && request.state == .running && request.isDecidedAtDesk)
            _ = try await flow.decide(request.identifier, decision)
            let seen = try await flow.requests(of: device).first { $0.identifier == request.identifier }
            #expect(seen?.state.isOver == true && seen?.refusal == decision.refusal && seen?.claims == ["email"])
        }
        // The grounds are for the desk's ears: no text of them is taken.
        #expect(throws: (any Error).self) { try Self.wish(["kind": "object", "grounds": "private"]) }
    }

    @Test("GDPR Art. 12(3): a letter waits until a desk has seen its person, and its month began when it came")
    func letter() async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered()
        let flow = provider.provider.dataRequests
        let came = CalendarDate(inGermanyAt: provider.now).adding(days: -20)
        let request = try await flow.receive(
            Self.wish(["kind": "access", "tenant": "herten"]), on: came, of: person.account, by: Author(.clerk))
        #expect(request.state == .received && CalendarDate(inGermanyAt: request.receivedAt) == came)
        #expect(
            request.dueAt == DataSubjectRequest.deadline(for: came.start) && request.dueAt < provider.now + 12 * 86_400)
        #expect(try await flow.requests(of: provider.verified(person.phone)) == [request])
        #expect(try await flow.decide(request.identifier, .done) == nil, "nobody has seen who asks")
        let running = try await flow.identify(request, in: provider.visit())
        #expect(running?.state == .running && running?.dueAt == request.dueAt)
        #expect(try await flow.identify(request, in: provider.visit()) == nil, "once")
        let steps = try await provider.provider.audit.export(.tenant(TestRegion.herten), after: 0)
            .filter { $0.kind.hasPrefix("dsr.") }
        #expect(steps.map(\.kind) == ["dsr.received", "dsr.identity_checked", "dsr.running"])
        #expect(steps.map(\.actor) == ["clerk", "clerk", "system"])
        #expect(steps.allSatisfy { $0.time == provider.now }, "the trail has when it was written down")
        #expect(try await flow.decide(request.identifier, .done)?.state == .done)
    }

    @Test("a letter whose person nobody proves is refused for that reason, and then is over")
    func unproved() async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered()
        let flow = provider.provider.dataRequests
        let today = CalendarDate(inGermanyAt: provider.now)
        let request = try await flow.receive(
            Self.wish(["kind": "rectify"]), on: today, of: person.account, by: Author(.clerk))
        #expect(request.receivedAt == provider.now)
        var other = TestRegion.person
        other["family_name"] = "Anders"
        await #expect(throws: DeskRefusal.otherPerson) {
            try await flow.identify(request, in: provider.visit(other))
        }
        await #expect(throws: DeskRefusal.levelTooLow(needed: .substantiell)) {
            try await flow.identify(request, in: provider.visit(level: .normal))
        }
        #expect(try await flow.request(request.identifier)?.state == .received)
        let refused = try await flow.decide(request.identifier, .refused(.identityNotProved))
        #expect(refused?.state == .refused && refused?.endedAt == provider.now)
        #expect(try await flow.requests(ended: false, page: PageRequest()).isEmpty)
        #expect(try await flow.identify(request, in: provider.visit()) == nil)
        #expect(try await flow.decide(request.identifier, .refused(.excessive)) == nil)
    }

    @Test("a letter has a day of the last year and an account, and is taken however many requests wait")
    func letters() async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered()
        let flow = provider.provider.dataRequests
        let today = CalendarDate(inGermanyAt: provider.now)
        let wish = try Self.wish(["kind": "access"])
        for days in [1, -366] as [Int64] {
            await #expect(throws: MessageError.malformed("received_on")) {
                try await flow.receive(wish, on: today.adding(days: days), of: person.account, by: Author(.clerk))
            }
        }
        await #expect(throws: DeskRefusal.unknownAccount) {
            try await flow.receive(wish, on: today, of: .random(), by: Author(.clerk))
        }
        let late = try await flow.receive(
            wish, on: today.adding(days: -360), of: person.account, by: Author(.clerk))
        #expect(late.isOverdue(at: provider.now))
        let device = try await provider.verified(person.phone)
        for _ in 1..<20 { _ = try await flow.file(wish, by: device) }
        await #expect(throws: DeviceRefusal(.notPossible, .changeNotPossible)) { try await flow.file(wish, by: device) }
        _ = try await flow.receive(wish, on: today, of: person.account, by: Author(.clerk))
        #expect(try await flow.withdraw(late.identifier, by: device).refusal == .withdrawn)
    }

    @Test("a person takes back their own request, and nobody else's")
    func withdrawn() async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered()
        let other = try await provider.person("Otto", "Anders")
        let flow = provider.provider.dataRequests
        let request = try await flow.file(Self.wish(["kind": "restrict"]), by: provider.verified(person.phone))
        await #expect(throws: DeviceRefusal(.notFound, .objectUnknown)) {
            try await flow.withdraw(request.identifier, by: provider.verified(other))
        }
        let withdrawn = try await flow.withdraw(request.identifier, by: provider.verified(person.phone))
        #expect(withdrawn.state == .refused && withdrawn.refusal == .withdrawn)
        let told = try await provider.provider.accounts.notices(of: provider.verified(person.phone))
        #expect(!told.contains { $0.kind == .requestDecided }, "nobody else did it")
        await #expect(throws: DeviceRefusal(.notPossible, .changeNotPossible)) {
            try await flow.withdraw(request.identifier, by: provider.verified(person.phone))
        }
    }

    @Test("I40: a request is overdue from the second after its deadline, until it is answered")
    func overdue() async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered()
        var request = try await provider.provider.dataRequests.file(
            Self.wish(["kind": "access"]), by: provider.verified(person.phone))
        #expect(!request.isOverdue(at: request.dueAt) && request.isOverdue(at: request.dueAt + 1))
        request.state = .done
        #expect(!request.isOverdue(at: request.dueAt + 1))
    }

    @Test("a decision is done, or refused for a reason that a desk can give")
    func decisions() {
        #expect(DataSubjectDecision(decision: "done", reason: nil) == .done)
        #expect(DataSubjectDecision(decision: "done", reason: .excessive) == nil)
        #expect(DataSubjectDecision(decision: "refused", reason: nil) == nil)
        #expect(DataSubjectDecision(decision: "refused", reason: .withdrawn) == nil)
        #expect(DataSubjectDecision(decision: "running", reason: nil) == nil)
        for reason in DataSubjectRefusal.ofDesks {
            #expect(DataSubjectDecision(decision: "refused", reason: reason) == .refused(reason))
        }
    }

    @Test("of twenty-four at once twenty are taken, and what the provider does itself is not counted")
    func atOnce() async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered()
        let flow = provider.provider.dataRequests
        let device = try await provider.verified(person.phone)
        let wish = try Self.wish(["kind": "access"])
        let taken = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<24 {
                group.addTask { (try? await flow.file(wish, by: device)) != nil }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(taken == 20)
        _ = try await provider.provider.exports.export(by: device)
        let first = try #require(try await flow.requests(of: device).first)
        #expect(!first.state.isOver, "those that wait come first")
    }

    @Test("no desk decides what closing the account decides, and that ends when the account stays")
    func notForDesks() async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered()
        let device = try await provider.verified(person.phone)
        let flow = provider.provider.dataRequests
        _ = try await provider.provider.erasures.close(by: device)
        let erasure = try #require(try await flow.requests(of: device).first { $0.kind == .erase })
        #expect(try await flow.decide(erasure.identifier, .done) == nil)
        #expect(try await flow.request(erasure.identifier)?.state == .running)
        guard
            case .awaitsDevice(let ticket) = try await provider.provider.desk.reactivate(
                person.account, visit: provider.visit())
        else {
            Issue.record("active without a device")
            return
        }
        try await provider.enrol(TestPhone(), with: ticket)
        let after = try await flow.request(erasure.identifier)
        #expect(after?.state == .refused && after?.refusal == .withdrawn)
        let trail = try await provider.provider.audit.page(of: person.account).entries.map(\.kind)
        #expect(trail.contains("dsr.refused") && trail.contains("account.close_cancelled"))
    }

    @Test("I39: with the erasure of the account nothing waits any more, and the end is in the trail")
    func erased() async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered()
        let device = try await provider.verified(person.phone)
        let flow = provider.provider.dataRequests
        let request = try await flow.file(Self.wish(["kind": "rectify", "tenant": "herten"]), by: device)
        let erasure = try await flow.file(Self.wish(["kind": "erase", "tenant": "herten"]), by: device)
        _ = try await provider.provider.erasures.close(person.account, visit: provider.visit())
        provider.clock.advance(RetentionPolicy().closing)
        #expect(try await provider.provider.erasures.sweep()["erased"] == 1)
        // The rows stay under other names, which no event has.
        for gone in [request, erasure] { #expect(try await flow.request(gone.identifier) == nil) }
        let ended = try await flow.requests(ended: true, page: PageRequest())
        #expect(ended.filter { $0.kind == .rectify }.map(\.refusal) == [.withdrawn])
        #expect(ended.filter { $0.kind == .erase }.map(\.state) == [.done, .done], "of the town, and of the account")
        let ends = try await provider.provider.audit.export(.tenant(TestRegion.herten), after: 0).suffix(2)
        #expect(Set(ends.map(\.kind)) == ["dsr.refused", "dsr.done"] && ends.allSatisfy { $0.person == nil })
    }
}
