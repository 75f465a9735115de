import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import SQLiteStore
import Testing

/// A new phone beside or instead of an old one (invariants I8, I9, I12; checklist H7, L2).
@Suite("Further devices")
struct FurtherDeviceTests {
    private func waiting(
        _ provider: TestProvider, by person: RegisteredPerson, simulating keyStore: SimulatorAttestation.KeyStore = .tee
    ) async throws -> TestPhone {
        let ticket = try await provider.provider.accounts.ticketForFurtherDevice(
            by: provider.verified(person.phone), tenant: TestRegion.herten)
        let phone = TestPhone()
        let enrolled = try await provider.enrol(phone, with: ticket, simulating: keyStore)
        #expect(enrolled.waiting == EnrolledDevice.Waiting(usableFrom: nil))
        return phone
    }

    @Test("H7: a ticket of a device alone adds no device: the device must approve it, knowing what it is")
    func approval() async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered()
        let phone = try await waiting(provider, by: person)
        await #expect(throws: DeviceRefusal(.deviceSuspended, .deviceNotActive)) {
            try await provider.verified(phone)
        }
        let accounts = provider.provider.accounts
        try await accounts.approve(phone.device, by: provider.verified(person.phone))
        _ = try await provider.signIn(at: TestRegion.basic, phone: phone)
        // The other device was told, of both.
        let kinds = try await accounts.notices(of: provider.verified(person.phone)).map(\.kind)
        #expect(kinds == [.deviceAdded, .devicePending])
        await #expect(throws: DeviceRefusal(.notPossible, .changeNotPossible)) {
            try await accounts.approve(phone.device, by: provider.verified(person.phone))
        }
    }

    @Test("I12: a device reaches no more than the one that approved it")
    func level() async throws {
        let provider = try await TestProvider()
        // A phone whose keys may be copied: it reaches normal, though its person was proved to substantiell.
        let person = try await provider.registered(simulating: .software)
        let phone = try await waiting(provider, by: person, simulating: .strongbox)
        try await provider.provider.accounts.approve(phone.device, by: provider.verified(person.phone))
        let device = try await provider.verified(phone)
        #expect(device.device.ceiling.level == .normal)
        let login = try await provider.login(at: TestRegion.substantial)
        await #expect(throws: DeviceRefusal(.levelUnreachable, .levelUnreachable)) {
            try await provider.claimed(login, by: device)
        }
    }

    @Test("I12: a device approved at substantiell by one that reaches it is no lower than its own ceiling")
    func fullLevel() async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered(simulating: .tee)
        let phone = try await waiting(provider, by: person, simulating: .strongbox)
        try await provider.provider.accounts.approve(phone.device, by: provider.verified(person.phone))
        #expect(try await provider.verified(phone).device.ceiling.level == .substantiell)
        let weak = try await waiting(provider, by: person, simulating: .software)
        try await provider.provider.accounts.approve(weak.device, by: provider.verified(person.phone))
        #expect(try await provider.verified(weak).device.ceiling.level == .normal)
    }

    @Test("L2: a device from a desk waits while another is active, and that one can refuse it")
    func veto() async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered()
        let attacker = TestPhone()
        let enrolled = try await provider.furtherPhone(attacker, of: person.account)
        let day = RetentionPolicy().objection
        #expect(enrolled.waiting == EnrolledDevice.Waiting(usableFrom: provider.now + day))
        await #expect(throws: DeviceRefusal.self) { try await provider.verified(attacker) }
        try await provider.provider.accounts.revoke(attacker.device, by: provider.verified(person.phone))
        provider.clock.advance(day)
        try await provider.provider.sweep(includingStore: true)
        await #expect(throws: DeviceRefusal.self) { try await provider.verified(attacker) }
        let states = try await provider.store.devices(of: person.account).map(\.state)
        #expect(states == [.active, .revoked])
    }

    /// Blocks an account or its last device while another one waits.
    enum Alarm: CaseIterable, Sendable { case paperCode, deviceCode, ownDevice, desk, deviceForGoodAtDesk, wrongPINs }

    private func raise(_ alarm: Alarm, _ person: RegisteredPerson, _ provider: TestProvider) async throws {
        let desk = provider.provider.desk
        switch alarm {
        case .paperCode: #expect(try await provider.provider.block(code: person.blockCode) == .account)
        case .deviceCode: #expect(try await provider.provider.block(code: person.phone.blockCode) == .device)
        case .ownDevice: try await provider.provider.accounts.lock(by: provider.verified(person.phone))
        case .desk: try await desk.lock(person.account, for: .own, in: provider.scope(TestRegion.herten))
        case .deviceForGoodAtDesk:
            try await desk.block(
                person.phone.device, of: person.account, forGood: true, in: provider.scope(TestRegion.herten))
        case .wrongPINs:
            let device = try await provider.verified(person.phone)
            for _ in 1...3 {
                let request = try await provider.claimed(provider.login(), by: device)
                let answer = try person.phone.response(to: request, now: provider.now, pin: .makeES256())
                await #expect(throws: DeviceRefusal.self) {
                    try await provider.answer(request, answer, by: device)
                }
            }
        }
    }

    @Test(
        "L2: who blocks the account or its last device refuses what waits: nobody could object any more",
        arguments: Alarm.allCases)
    func nobodyCouldObject(alarm: Alarm) async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered()
        let (attacker, second) = (TestPhone(), try await waiting(provider, by: person))
        try await provider.furtherPhone(attacker, of: person.account)
        try await raise(alarm, person, provider)
        provider.clock.advance(RetentionPolicy().objection)
        try await provider.provider.sweep(includingStore: true)
        let states = try await provider.store.devices(of: person.account).map(\.state)
        #expect(Array(states.dropFirst()) == [.revoked, .revoked])
        #expect(try await provider.profile(of: person.account).state == .locked)
        // Nor does the desk give the account back with it.
        let answer = try await provider.provider.desk.reactivate(person.account, visit: provider.visit())
        if case .active = answer { _ = try await provider.verified(person.phone) }
        for phone in [attacker, second] {
            await #expect(throws: DeviceRefusal.self) { try await provider.verified(phone) }
        }
    }

    /// Ends of the last device that say nothing about who has it.
    enum OrderlyEnd: CaseIterable, Sendable { case takenAway, tooOld }

    @Test(
        "I2, L2: a desk's device goes on waiting when the last one ends in order, and lifts the lock at its day",
        arguments: OrderlyEnd.allCases)
    func oldPhoneIsGone(end: OrderlyEnd) async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered()
        if end == .tooOld {
            for _ in 0..<2 {
                provider.clock.advance(365 * 86_400)
                _ = try await provider.signIn(at: TestRegion.basic, phone: person.phone)
            }
            provider.clock.advance(RetentionPolicy().deviceAge - 2 * 365 * 86_400 - 1)
        }
        let phone = TestPhone()
        try await provider.furtherPhone(phone, of: person.account)
        switch end {
        case .takenAway:
            let device = try await provider.verified(person.phone)
            try await provider.provider.accounts.revoke(person.phone.device, by: device)
        case .tooOld:
            provider.clock.advance(1)
            try await provider.provider.sweep(includingStore: true)
        }
        #expect(try await provider.profile(of: person.account).lockReason == .noAuthenticator)
        provider.clock.advance(RetentionPolicy().objection)
        try await provider.provider.sweep(includingStore: true)
        #expect(try await provider.profile(of: person.account).state == .active)
        _ = try await provider.signIn(at: TestRegion.basic, phone: phone)
        let events = try await provider.provider.audit.page(of: person.account).entries
        #expect(events.first { $0.kind == "account.unlocked" }?.actor == "system")
    }

    @Test("R2: what waits since an identification below the account's level lifts no lock")
    func belowTheAccount() async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered()
        let phone = TestPhone()
        try await provider.furtherPhone(phone, of: person.account, level: .normal)
        try await provider.provider.accounts.revoke(person.phone.device, by: provider.verified(person.phone))
        provider.clock.advance(RetentionPolicy().objection)
        try await provider.provider.sweep(includingStore: true)
        #expect(try await provider.store.devices(of: person.account).map(\.state) == [.revoked, .revoked])
        #expect(try await provider.profile(of: person.account).state == .locked)
    }

    @Test("L2: without an objection the device counts after a day, not before")
    func delay() async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered()
        let phone = TestPhone()
        try await provider.furtherPhone(phone, of: person.account)
        provider.clock.advance(RetentionPolicy().objection - 1)
        try await provider.provider.sweep(includingStore: true)
        await #expect(throws: DeviceRefusal.self) { try await provider.verified(phone) }
        provider.clock.advance(1)
        try await provider.provider.sweep(includingStore: true)
        _ = try await provider.verified(phone)
    }

    @Test("L2: when a desk's device counts without anybody's approval, the sessions of before are gone")
    func sessionsOfBefore() async throws {
        for isApproved in [true, false] {
            let provider = try await TestProvider()
            let person = try await provider.registered()
            let phone = TestPhone()
            try await provider.furtherPhone(phone, of: person.account)
            if !isApproved { provider.clock.advance(RetentionPolicy().objection) }
            let signedIn = try await provider.signIn(at: TestRegion.basic, phone: person.phone)
            if isApproved {
                try await provider.provider.accounts.approve(phone.device, by: provider.verified(person.phone))
            } else {
                try await provider.provider.sweep(includingStore: true)
            }
            _ = try await provider.verified(phone)
            let sessions = try await provider.store.sessions(of: person.account, now: provider.now)
            #expect(sessions.isEmpty != isApproved, "whoever let it in stays signed in")
            #expect(signedIn.idToken["sub"] != nil)
        }
    }

    @Test("I40: a device that nobody approves is refused after a day, not before")
    func unapproved() async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered()
        let phone = try await waiting(provider, by: person)
        provider.clock.advance(RetentionPolicy().pendingDevice - 1)
        try await provider.provider.erasures.sweep()
        #expect(try await provider.store.devices(of: person.account).map(\.state) == [.active, .pending])
        provider.clock.advance(1)
        try await provider.provider.erasures.sweep()
        #expect(try await provider.store.devices(of: person.account).map(\.state) == [.active, .revoked])
        _ = phone
    }

    @Test("I9: a revoked key is never bound again, by nobody")
    func revokedKey() async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered()
        let phone = try await waiting(provider, by: person)
        try await provider.provider.accounts.revoke(phone.device, by: provider.verified(person.phone))
        let again = TestPhone(authentication: phone.authentication)
        let eva: JSONObject = ["given_name": "Eva", "family_name": "Anders", "birthdate": "1970-01-01"]
        await #expect(throws: DeviceRefusal(.keyAlreadyRegistered, .keyRegistered)) {
            try await provider.registered(again, person: eva)
        }
    }

    @Test("a lost device that was found counts again; a copied one never")
    func found() async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered()
        let phone = try await waiting(provider, by: person)
        let accounts = provider.provider.accounts
        try await accounts.approve(phone.device, by: provider.verified(person.phone))
        try await provider.suspend(phone.device, by: provider.verified(person.phone))
        try await accounts.find(phone.device, by: provider.verified(person.phone))
        let device = try await provider.verified(phone)

        // A copy of the phone answers with a counter that was used.
        _ = try await provider.signIn(at: TestRegion.basic, phone: phone)
        let login = try await provider.login()
        let request = try await provider.claimed(login, by: device)
        phone.counter -= 1
        await #expect(throws: DeviceRefusal(.deviceCloned, .counterNotRising)) {
            try await provider.answer(request, phone.response(to: request, now: provider.now), by: device)
        }
        await #expect(throws: DeviceRefusal(.notPossible, .changeNotPossible)) {
            try await accounts.find(phone.device, by: provider.verified(person.phone))
        }
    }

    @Test("nobody touches another person's devices, and an unknown one looks the same")
    func strangers() async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered()
        let eva: JSONObject = ["given_name": "Eva", "family_name": "Anders", "birthdate": "1970-01-01"]
        let stranger = try await provider.registered(person: eva)
        let accounts = provider.provider.accounts
        for device in [person.phone.device, .random(bytes: 16)] {
            for act in [accounts.revoke, accounts.find, accounts.approve] {
                await #expect(throws: DeviceRefusal(.notFound, .objectUnknown)) {
                    try await act(device, provider.verified(stranger.phone))
                }
            }
            await #expect(throws: DeviceRefusal(.notFound, .objectUnknown)) {
                try await provider.provider.selfService.devices.suspending(
                    device, by: provider.verified(stranger.phone), language: .german)
            }
        }
        _ = try await provider.verified(person.phone)
    }

    @Test("notices are read once, by the person whose they are")
    func notices() async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered()
        _ = try await waiting(provider, by: person)
        let accounts = provider.provider.accounts
        let device = try await provider.verified(person.phone)
        let notice = try #require(try await accounts.notices(of: device).first)
        #expect(notice.kind == .devicePending && notice.detail == "Telefon" && notice.readAt == nil)
        let eva: JSONObject = ["given_name": "Eva", "family_name": "Anders", "birthdate": "1970-01-01"]
        let stranger = try await provider.verified(try await provider.registered(person: eva).phone)
        #expect(try await !accounts.markRead(notice.identifier, by: stranger))
        #expect(try await accounts.markRead(notice.identifier, by: device))
        #expect(try await !accounts.markRead(notice.identifier, by: device))
    }
}
