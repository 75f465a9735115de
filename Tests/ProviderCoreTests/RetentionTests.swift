import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import SQLiteStore
import Testing

/// What goes by itself, on both sides of each deadline (invariant I40).
@Suite("Retention")
struct RetentionTests {
    private let policy = RetentionPolicy()

    /// Does `check` before and after the last second of `seconds`, with a sweep before each.
    private func around(
        _ seconds: Int64, _ provider: TestProvider, _ check: (_ isOver: Bool) async throws -> Void
    ) async throws {
        provider.clock.advance(seconds - 1)
        try await provider.provider.erasures.sweep()
        try await check(false)
        provider.clock.advance(1)
        try await provider.provider.erasures.sweep()
        try await check(true)
    }

    @Test("I40: of a registration without a phone nothing is left after a day")
    func pendingAccount() async throws {
        let provider = try await TestProvider()
        let ticket = try await provider.provider.desk.ticket(for: provider.visit())
        guard case .issued(_, let account, _) = ticket else { return }
        try await around(policy.pendingAccount, provider) { isOver in
            let profile = try await provider.store.profile(of: account)
            #expect((profile == nil) == isOver)
            let candidates = try await provider.provider.desk.candidates(for: provider.visit())
            #expect(candidates.isEmpty == isOver)
        }
    }

    @Test("I40: without a login for two years the person is told, and sixty days later the account closes")
    func unused() async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered()
        try await around(policy.unused, provider) { isOver in
            let notices = try await provider.store.notices(of: person.account, limit: 10).map(\.kind)
            #expect(notices.contains(.notUsed) == isOver)
            let told = try await provider.auditTrail().filter { $0.kind == "account.unused" }
            #expect(told.map(\.actor) == (isOver ? ["system"] : []))
            let state = try await provider.profile(of: person.account).state
            #expect(state == .active)
        }
        try await around(policy.afterNotice, provider) { isOver in
            let state = try await provider.profile(of: person.account).state
            #expect(state == (isOver ? .closing : .active))
        }
    }

    @Test("a login after the notice keeps the account")
    func usedAgain() async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered()
        provider.clock.advance(policy.unused)
        try await provider.provider.erasures.sweep()
        let unused = try await provider.provider.audit.page(of: person.account).entries
            .first { $0.kind == "account.unused" }
        #expect(unused?.actor == "system", "the person reads in their trail that they were told")
        _ = try await provider.signIn(at: TestRegion.basic, phone: person.phone)
        provider.clock.advance(policy.afterNotice)
        try await provider.provider.erasures.sweep()
        #expect(try await provider.profile(of: person.account).state == .active)
    }

    @Test("I40: a device's keys are too old after three years; the last one takes the account along (I2)")
    func oldDevice() async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered()
        // The person logs in every year, so that the account is not unused.
        for _ in 0..<2 {
            provider.clock.advance(365 * 86_400)
            _ = try await provider.signIn(at: TestRegion.basic, phone: person.phone)
        }
        try await around(policy.deviceAge - 2 * 365 * 86_400, provider) { isOver in
            let states = try await provider.store.devices(of: person.account).map(\.state)
            #expect(states == [isOver ? .expired : .active])
            let reason = try await provider.profile(of: person.account).lockReason
            #expect(reason == (isOver ? .noAuthenticator : nil))
        }
    }

    @Test("I40: an account whose last device is too old closes when it was not used for so long and told for so long")
    func lockedByAge() async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered()
        // The last login is half a year before the device's end.
        for _ in 0..<5 {
            provider.clock.advance(policy.deviceAge / 6)
            _ = try await provider.signIn(at: TestRegion.basic, phone: person.phone)
        }
        let seen = provider.now
        provider.clock.advance(policy.deviceAge / 6)
        try await provider.provider.erasures.sweep()
        #expect(try await provider.profile(of: person.account).lockReason == .noAuthenticator)
        provider.clock.advance((seen + policy.unused).seconds - provider.now.seconds - 1)
        try await around(1, provider) { isOver in
            let state = try await provider.profile(of: person.account).state
            if isOver { #expect(state == .closing) } else { #expect(state == .locked) }
        }
    }

    @Test(
        "I40: each lock has its end: unused for so long, and told for so long; after a death told for so long",
        arguments: LockReason.allCases)
    func locked(reason: LockReason) async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered()
        provider.clock.advance(policy.unused - policy.afterNotice / 2)
        try await provider.provider.desk.lock(person.account, for: reason, in: provider.scope(TestRegion.herten))
        // Unused for two years before, and told for sixty days: the later of both.
        try await around(policy.afterNotice, provider) { isOver in
            let state = try await provider.profile(of: person.account).state
            #expect(state == (isOver && reason != .authority ? .closing : .locked))
        }
        let other = try await provider.registered(person: ["given_name": "Ada", "family_name": "Birke"])
        try await provider.provider.desk.lock(other.account, for: reason, in: provider.scope(TestRegion.herten))
        try await around(policy.afterNotice, provider) { isOver in
            let state = try await provider.profile(of: other.account).state
            #expect(state == (isOver && reason == .deceased ? .closing : .locked), "used not long ago")
        }
    }

    @Test("I40: notices, requests and answered questions go in their time")
    func rest() async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered()
        _ = try await provider.provider.desk.ticket(for: provider.visit())
        _ = try await provider.provider.exports.export(by: provider.verified(person.phone))
        try await provider.provider.desk.lock(person.account, for: .own, in: provider.scope(TestRegion.herten))
        try await around(policy.duplicateCase, provider) { isOver in
            let cases = try await provider.provider.desk.openCases(in: provider.scope(TestRegion.herten))
            #expect(cases.isEmpty == isOver)
        }
        try await around(policy.notices - policy.duplicateCase, provider) { isOver in
            let notices = try await provider.store.notices(of: person.account, limit: 10)
            #expect(notices.isEmpty == isOver)
        }
        try await around(policy.requests - policy.notices, provider) { isOver in
            let requests = try await provider.store.requests(of: person.account)
            #expect(requests.isEmpty == isOver)
        }
    }

    @Test("I40: a release goes three years after its end, one in force stays")
    func releases() async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered()
        _ = try await provider.signIn(at: TestRegion.basic, phone: person.phone)
        let release = try #require(try await provider.store.releases(of: person.account).first)
        let event = SecurityEvent(.releaseWithdrawn, time: provider.clock.now, object: release.identifier.rawValue)
        #expect(try await provider.store.withdraw(release.identifier, of: person.account, event: event))
        _ = try await provider.signIn(at: TestRegion.basic, phone: person.phone)
        // A device does not last so long: the rule is asked without the others.
        func left(after seconds: Int64) async throws -> [ClaimRelease.State] {
            _ = try await provider.store.applyRetention(policy, now: provider.clock.now + seconds)
            return try await provider.store.releases(of: person.account).map(\.state)
        }
        #expect(try await left(after: policy.releases - 1) == [.granted, .withdrawn])
        #expect(try await left(after: policy.releases) == [.granted])
    }

    @Test("I40: the file is written anew a day after an erasure, not before, and not without one")
    func traces() async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered()
        #expect(try await provider.provider.erasures.sweep()["file_cleaned"] == 0)
        _ = try await provider.provider.erasures.close(person.account, visit: provider.visit())
        provider.clock.advance(policy.closing)
        #expect(try await provider.provider.erasures.sweep()["file_cleaned"] == 0)
        provider.clock.advance(policy.traces - 1)
        #expect(try await provider.provider.erasures.sweep()["file_cleaned"] == 0)
        provider.clock.advance(1)
        #expect(try await provider.provider.erasures.sweep()["file_cleaned"] == 1)
        provider.clock.advance(policy.traces)
        #expect(try await provider.provider.erasures.sweep()["file_cleaned"] == 0)
    }

    @Test("people of older databases get their likeness with the first sweep")
    func likeness() async throws {
        let provider = try await TestProvider()
        let account = AccountRecord(
            identifier: .random(), person: try PersonRecord(json: TestRegion.person), level: .substantiell,
            state: .pending)
        let ticket = TicketRecord(
            digest: SecretDigest(of: "ticket"), account: account.identifier, tenant: TestRegion.herten,
            purpose: .first, level: .substantiell, expiresAt: provider.now + 600)
        try await provider.store.register(account, ticket: ticket, events: [])
        #expect(try await provider.provider.desk.candidates(for: provider.visit()).isEmpty)
        try await provider.provider.erasures.sweep()
        #expect(try await provider.provider.desk.candidates(for: provider.visit()).count == 1)
    }
}
