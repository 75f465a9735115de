import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import SQLiteStore
import Testing

/// Blocking without the phone, and getting the account back (invariants I2, I7; checklist H8, L1).
@Suite("Blocking and reactivating an account")
struct BlockingTests {
    /// Ways to block an account that need no phone of it, and the reason that is written.
    enum Way: CaseIterable, Sendable { case paperCode, ownDevice, desk, lastDevice }

    private func block(_ way: Way, _ person: RegisteredPerson, _ provider: TestProvider) async throws -> LockReason {
        let desk = provider.provider.desk
        switch way {
        case .paperCode:
            #expect(try await provider.provider.block(code: person.blockCode) == .account)
            return .own
        case .ownDevice:
            try await provider.provider.accounts.lock(by: provider.verified(person.phone))
            return .own
        case .desk:
            try await desk.lock(person.account, for: .fraud, in: provider.scope(TestRegion.herten))
            return .fraud
        case .lastDevice:
            #expect(try await provider.provider.block(code: person.phone.blockCode) == .device)
            return .noAuthenticator
        }
    }

    @Test("I7: a locked account gets no token, and what it had is dead at once", arguments: Way.allCases)
    func effectiveAtOnce(way: Way) async throws {
        let provider = try await TestProvider.withGrants()
        let person = try await provider.registered()
        let signedIn = try await provider.signIn(at: TestGrants.refreshing, phone: person.phone)
        let refreshToken = try signedIn.tokens.text("refresh_token")
        let accessToken = try signedIn.tokens.text("access_token")
        let code = try await provider.code(at: TestRegion.basic, phone: person.phone)
        _ = try await provider.userinfo(accessToken)

        let reason = try await block(way, person, provider)
        let profile = try await provider.profile(of: person.account)
        #expect(profile.state == .locked && profile.lockReason == reason)
        #expect(
            try await provider.refusal { _ = try await provider.refreshed(refreshToken, at: TestGrants.refreshing) }
                != nil)
        #expect(try await provider.refusal { _ = try await provider.redeem(code, at: TestRegion.basic) } != nil)
        #expect(try await provider.refusal { _ = try await provider.userinfo(accessToken) } != nil)
        await #expect(throws: DeviceRefusal.self) { try await provider.verified(person.phone) }
        #expect(try await provider.store.sessions(of: person.account, now: provider.now).isEmpty)
        let told = try await provider.store.clientsWithDueLogouts(now: provider.now)
        #expect(told.contains(TestGrants.refreshing.client.identifier))
    }

    @Test("a wrong paper code blocks nobody")
    func wrongCode() async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered()
        await #expect(throws: DeviceRefusal(.unknownBlockCode, .blockCodeUnknown)) {
            try await provider.provider.block(code: String(person.blockCode.reversed()) + "0")
        }
        #expect(try await provider.profile(of: person.account).state == .active)
    }

    @Test("the paper code voids the ticket of an account that has no phone yet")
    func codeBeforeTheFirstPhone() async throws {
        let provider = try await TestProvider()
        guard
            case .issued(let ticket, let account, let code?) = try await provider.provider.desk.ticket(
                for: provider.visit())
        else { throw TestProvider.Unexpected.link }
        #expect(try await provider.provider.block(code: code) == .account)
        await #expect(throws: DeviceRefusal(.unknownTicket, .ticketUnknown)) {
            try await provider.enrol(TestPhone(), with: ticket)
        }
        #expect(try await provider.profile(of: account).state == .pending)
    }

    @Test("the paper code voids the ticket that would take a closing back")
    func codeWhileClosing() async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered()
        _ = try await provider.provider.erasures.close(by: provider.verified(person.phone))
        let answer = try await provider.provider.desk.reactivate(person.account, visit: provider.visit())
        guard case .awaitsDevice(let ticket) = answer else { throw TestProvider.Unexpected.link }
        #expect(try await provider.provider.block(code: person.blockCode) == .account)
        await #expect(throws: DeviceRefusal(.unknownTicket, .ticketUnknown)) {
            try await provider.enrol(TestPhone(), with: ticket)
        }
        #expect(try await provider.profile(of: person.account).state == .closing)
    }

    @Test("a fresh paper code makes the earlier one void")
    func freshCode() async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered()
        let fresh = try await provider.provider.desk.freshBlockCode(of: person.account, visit: provider.visit())
        await #expect(throws: DeviceRefusal.self) { try await provider.provider.block(code: person.blockCode) }
        try await provider.provider.block(code: fresh)
        #expect(try await provider.profile(of: person.account).state == .locked)
    }

    @Test("I2: losing the last active key locks the account; while another is active it does not")
    func lastKey() async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered()
        let second = TestPhone()
        try await provider.furtherPhone(second, of: person.account)
        try await provider.provider.accounts.approve(second.device, by: provider.verified(person.phone))
        try await provider.suspend(person.phone.device, by: provider.verified(second))
        #expect(try await provider.profile(of: person.account).state == .active)
        try await provider.provider.accounts.revoke(second.device, by: provider.verified(second))
        let profile = try await provider.profile(of: person.account)
        #expect(profile.state == .locked && profile.lockReason == .noAuthenticator)
    }

    @Test("I2: three wrong PINs on the only device lock the account with it")
    func wrongPINs() async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered()
        let device = try await provider.verified(person.phone)
        for triesLeft in [2, 1, 0] {
            let login = try await provider.login()
            let request = try await provider.claimed(login, by: device)
            let answer = try person.phone.response(to: request, now: provider.now, pin: .makeES256())
            await #expect(throws: DeviceRefusal.self, "\(triesLeft)") {
                try await provider.answer(request, answer, by: device)
            }
        }
        #expect(try await provider.profile(of: person.account).lockReason == .noAuthenticator)
        let events = try await provider.provider.audit.page(of: person.account).entries
        #expect(events.first { $0.kind == "account.locked" }?.actor == "system", "nobody asked for it")
    }

    @Test("R1, R2: an account comes back by an identification at its level or above, never lower (L1)")
    func reactivation() async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered()
        try await provider.provider.accounts.lock(by: provider.verified(person.phone))
        let desk = provider.provider.desk
        await #expect(throws: DeskRefusal.levelTooLow(needed: .substantiell)) {
            try await desk.reactivate(person.account, visit: provider.visit(level: .normal))
        }
        let eva: JSONObject = ["given_name": "Eva", "family_name": "Anders", "birthdate": "1970-01-01"]
        await #expect(throws: DeskRefusal.otherPerson) {
            try await desk.reactivate(person.account, visit: provider.visit(eva))
        }
        await #expect(throws: DeviceRefusal.self) { try await provider.verified(person.phone) }
        // The phone is still good: the account is active at once.
        guard case .active = try await desk.reactivate(person.account, visit: provider.visit()) else {
            Issue.record("it waits for a device")
            return
        }
        _ = try await provider.verified(person.phone)
        await #expect(throws: DeskRefusal.nothingToLift) {
            try await desk.reactivate(person.account, visit: provider.visit())
        }
    }

    @Test("I2: without an active device the account stays locked until a new one is enrolled")
    func reactivationWithoutDevice() async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered()
        try await provider.provider.block(code: person.phone.blockCode)
        let answer = try await provider.provider.desk.reactivate(person.account, visit: provider.visit())
        guard case .awaitsDevice(let ticket) = answer else {
            Issue.record("active without a device")
            return
        }
        #expect(try await provider.profile(of: person.account).state == .locked)
        let fresh = TestPhone()
        #expect(try await provider.enrol(fresh, with: ticket).waiting == nil)
        #expect(try await provider.profile(of: person.account).state == .active)
        _ = try await provider.signIn(at: TestRegion.basic, phone: fresh)
        await #expect(throws: DeviceRefusal.self) { try await provider.verified(person.phone) }
    }

    @Test("a lock that came after the identification is not lifted by its ticket")
    func laterLock() async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered()
        try await provider.provider.block(code: person.phone.blockCode)
        let answer = try await provider.provider.desk.reactivate(person.account, visit: provider.visit())
        guard case .awaitsDevice(let ticket) = answer else { return }
        try await provider.provider.desk.lock(person.account, for: .fraud, in: provider.scope(TestRegion.herten))
        await #expect(throws: DeviceRefusal(.unknownTicket, .ticketUnknown)) {
            try await provider.enrol(TestPhone(), with: ticket)
        }
        #expect(try await provider.profile(of: person.account).lockReason == .fraud)
    }

    @Test("after fraud the old phone never works again (H8)")
    func fraud() async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered()
        let desk = provider.provider.desk
        try await desk.lock(person.account, for: .fraud, in: provider.scope(TestRegion.herten))
        // A lighter reason does not take its place.
        try await provider.provider.block(code: person.blockCode)
        #expect(try await provider.profile(of: person.account).lockReason == .fraud)
        let answer = try await desk.reactivate(person.account, visit: provider.visit())
        guard case .awaitsDevice(let ticket) = answer else {
            Issue.record("the old phone counts")
            return
        }
        try await provider.enrol(TestPhone(), with: ticket)
        let devices = try await provider.store.devices(of: person.account)
        #expect(devices.map(\.state) == [.revoked, .active])
        await #expect(throws: DeviceRefusal.self) { try await provider.verified(person.phone) }
        await #expect(throws: DeskRefusal.unknownDevice) {
            try await desk.block(
                .random(bytes: 16), of: person.account, forGood: true, in: provider.scope(TestRegion.herten))
        }
    }

    @Test("locks by order and by death", arguments: [LockReason.authority, .deceased])
    func orders(reason: LockReason) async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered()
        let desk = provider.provider.desk
        try await desk.lock(person.account, for: reason, in: provider.scope(TestRegion.herten))
        await #expect(throws: reason == .deceased ? DeskRefusal.deceased : .orderedByAuthority) {
            try await desk.reactivate(person.account, visit: provider.visit())
        }
        let given = try await desk.reactivate(person.account, visit: provider.visit(), lifting: [reason])
        guard reason == .deceased else {
            #expect(try await provider.profile(of: person.account).state == .active)
            return
        }
        // Whoever had the phone of somebody who was called dead has it for nothing.
        guard case .awaitsDevice(let ticket) = given else { throw TestProvider.Unexpected.link }
        #expect(try await provider.profile(of: person.account).state == .locked)
        try await provider.enrol(TestPhone(), with: ticket)
        #expect(try await provider.profile(of: person.account).state == .active)
        #expect(try await provider.store.devices(of: person.account).map(\.state) == [.revoked, .active])
    }

    @Test("a lock gives what it gives, also when the account was closed meanwhile", arguments: LockReason.allCases)
    func closedMeanwhile(reason: LockReason) async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered()
        let (desk, erasures) = (provider.provider.desk, provider.provider.erasures)
        try await desk.lock(person.account, for: reason, in: provider.scope(TestRegion.herten))
        let died = reason == .deceased
        if reason == .authority {
            await #expect(throws: DeskRefusal.orderedByAuthority) {
                try await erasures.close(person.account, visit: provider.visit())
            }
            #expect(try await provider.profile(of: person.account).lockReason == .authority)
        }
        _ = try await erasures.close(
            person.account, visit: provider.visit(), died: died, liftsOrder: reason == .authority)
        if died {
            await #expect(throws: DeskRefusal.deceased) {
                try await desk.reactivate(person.account, visit: provider.visit())
            }
        } else {
            _ = try await desk.reactivate(person.account, visit: provider.visit())
        }
        #expect(
            try await provider.profile(of: person.account).state == .closing, "without a device nothing changes yet")
    }

    @Test(
        "an order stops an erasure that had begun; the person's wish ends as kept by law, and no ticket takes it back")
    func orderWhileClosing() async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered()
        let desk = provider.provider.desk
        let eraseAt = try await provider.provider.erasures.close(by: provider.verified(person.phone))
        guard case .awaitsDevice(let ticket) = try await desk.reactivate(person.account, visit: provider.visit()) else {
            throw TestProvider.Unexpected.link
        }
        try await desk.lock(person.account, for: .authority, in: provider.scope(TestRegion.herten))
        provider.clock.advance(eraseAt.seconds - provider.now.seconds)
        try await provider.provider.erasures.sweep()
        let profile = try await provider.profile(of: person.account)
        #expect(profile.state == .locked && profile.locks == [.authority])
        let requests = try await provider.store.requests(of: person.account)
        #expect(requests.map(\.refusal) == [.keptByLaw])
        await #expect(throws: DeviceRefusal(.unknownTicket, .ticketUnknown)) {
            try await provider.enrol(TestPhone(), with: ticket)
        }
    }

    @Test("an account that an authority has locked stays so, whatever a desk and its person do without the order's end")
    func ordered() async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered()
        let (desk, erasures) = (provider.provider.desk, provider.provider.erasures)
        try await desk.lock(person.account, for: .authority, in: provider.scope(TestRegion.herten))
        var acts: [() async throws -> Void] = [
            { _ = try await desk.reactivate(person.account, visit: provider.visit()) },
            { _ = try await desk.reactivate(person.account, visit: provider.visit(), found: person.phone.device) },
            { _ = try await erasures.close(person.account, visit: provider.visit()) },
            { _ = try await erasures.close(person.account, visit: provider.visit(), died: true) },
            { try await provider.provider.block(code: person.blockCode) },
            { _ = try await provider.furtherPhone(TestPhone(), of: person.account) },
            {
                provider.clock.advance(RetentionPolicy().afterNotice + RetentionPolicy().unused)
                try await erasures.sweep()
            },
        ]
        for reason in LockReason.ofDesk where reason != .deceased {
            acts.append { try await desk.lock(person.account, for: reason, in: provider.scope(TestRegion.herten)) }
        }
        // All of them in both orders, and again when a death was reported as well.
        for isDead in [false, true] {
            if isDead { try await desk.lock(person.account, for: .deceased, in: provider.scope(TestRegion.herten)) }
            for act in acts + acts.reversed() {
                try? await act()
                let profile = try await provider.profile(of: person.account)
                #expect(profile.state == .locked && profile.locks.contains(.authority))
            }
        }
    }

    @Test("the trail and the person's notice say why the account was locked", arguments: LockReason.allCases)
    func why(reason: LockReason) async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered()
        try await provider.provider.desk.lock(person.account, for: reason, in: provider.scope(TestRegion.herten))
        let event = try await provider.auditEntries(.accountLocked).last
        #expect(event?.object == reason.rawValue)
        let notice = try await provider.store.notices(of: person.account, limit: 1).first
        #expect(notice?.kind == .locked(for: reason))
        let read = try await provider.provider.selfService.audit.page(of: person.account).events
            .first { $0.entry.kind == "account.locked" }
        for language in Language.allCases {
            #expect(read != nil && read?.what.text(language) == notice?.kind.text(language))
        }
    }
}
