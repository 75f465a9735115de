internal import AccountDirectory
internal import IdentityCrypto
internal import OpenIDMessages
internal import ProviderCore

extension StorePromise {
    static let accounts: [StorePromise] = [
        StorePromise("I1: of 16 registrations with one identity elsewhere, one is written") { store in
            let digest = SecretDigest(of: RandomBytes.text(16))
            let outcomes = try await atOnce(16) { _ in
                let account = Fixtures.account()
                let link = IdentityLink(upstream: .eid, digest: digest, level: .substantiell)
                return try await store.register(
                    NewAccount(account, ticket: Fixtures.ticket(for: account), createdAt: Fixtures.now, link: link),
                    events: [])
            }
            try requireEqual(outcomes.count { $0 == .registered }, 1, "registered")
            let known = try await store.account(linkedBy: digest)
            try require(known != nil, "nobody has the identity")
            for outcome in outcomes where outcome != .registered {
                try requireEqual(outcome, .linkKnown(known!.identifier), "the others")
            }
        },
        StorePromise("I1: of 16 registrations of people who look alike, one is written until a clerk has decided") {
            store in
            let likeness = SecretDigest(of: RandomBytes.text(16))
            @Sendable func register(isOtherPerson: Bool) async throws -> RegistrationOutcome {
                let account = Fixtures.account()
                return try await store.register(
                    NewAccount(
                        account, ticket: Fixtures.ticket(for: account), createdAt: Fixtures.now, likeness: likeness,
                        isOtherPerson: isOtherPerson), events: [])
            }
            let outcomes = try await atOnce(16) { _ in try await register(isOtherPerson: false) }
            try requireEqual(outcomes.count { $0 == .registered }, 1, "registered")
            try requireEqual(outcomes.count { $0 == .similar }, 15, "asked")
            try requireEqual(try await register(isOtherPerson: true), .registered, "decided")
            try requireEqual(try await store.accounts(like: likeness).count, 2, "accounts")
        },
        StorePromise("I2: of two devices that block each other at once, the account is locked when both are gone") {
            store in
            let first = try await Fixtures.enrolledDevice(in: store)
            let second = try await further(of: first, in: store)
            _ = try await atOnce(2) { index in
                try await store.change(
                    (index == 0 ? first : second).identifier, of: first.account, by: .reportLost, approval: nil,
                    author: .person, time: Fixtures.now)
            }
            let profile = try await store.profile(of: first.account)
            try requireEqual(profile?.state, .locked, "state")
            try requireEqual(profile?.lockReason, .noAuthenticator, "reason")
        },
        StorePromise("Approval and refusal of a device at once: one of them happens") { store in
            let first = try await Fixtures.enrolledDevice(in: store)
            for _ in 0..<10 {
                let waiting = try await pending(of: first, in: store)
                async let approval = store.change(
                    waiting.identifier, of: first.account, by: .approve, approval: .substantiell, author: .person,
                    time: Fixtures.now)
                async let refusal = store.change(
                    waiting.identifier, of: first.account, by: .revoke, approval: nil, author: .person,
                    time: Fixtures.now)
                let (approved, refused) = try await (approval, refusal)
                let state = try await store.device(waiting.identifier)?.0.state
                // A device that was approved first can be revoked; one that was refused is never approved.
                try requireEqual(state, .revoked, "state")
                try requireEqual(refused, .changed, "refusal")
                try require(approved == .changed || approved == .notPossible(.revoked), "\(approved)")
            }
        },
        StorePromise("A lock ends the sessions, queues their logouts; the gravest reason is shown, and each is kept") {
            store in
            let login = try await Fixtures.login(in: store)
            _ = try await store.redeem(login.code)
            let account = login.device.account
            for (reason, expected) in [(LockReason.own, LockReason.own), (.fraud, .fraud), (.own, .fraud)] {
                try requireEqual(
                    try await store.lock(account, for: reason, by: .person, time: Fixtures.now), .changed, "\(reason)")
                try requireEqual(try await store.profile(of: account)?.lockReason, expected, "\(reason)")
            }
            try requireEqual(try await store.profile(of: account)?.locks, [.own, .fraud], "reasons")
            try requireEqual(try await store.sessions(of: account, now: Fixtures.now), [], "sessions")
            try requireEqual(try await store.dueLogouts(now: Fixtures.now, limit: 10).count, 1, "logouts")
            try requireEqual(
                try await store.lock(.random(), for: .own, by: .person, time: Fixtures.now), .unknown, "unknown")
        },
        StorePromise("A lock voids unused tickets, also when the account is locked as gravely already") { store in
            let device = try await Fixtures.enrolledDevice(in: store)
            let (account, ticket) = try await awaitingDevice(device, in: store)
            try requireEqual(
                try await store.lock(account, for: .own, by: .person, time: Fixtures.now), .changed, "a second lock")
            try require(try await store.ticket(ticket) == nil, "the ticket still lifts the lock")
        },
        StorePromise("A device that cannot be found again is a refusal, and leaves the account as it was") { store in
            let device = try await Fixtures.enrolledDevice(in: store)
            let account = device.account
            _ = try await store.lock(account, for: .own, by: .person, time: Fixtures.now)
            guard let locked = try await store.profile(of: account) else { throw missing }
            let stranger = DeviceIdentifier.random(bytes: 16)
            for (found, expected) in [(stranger, DeviceChange.unknown), (device.identifier, .notPossible(.active))] {
                let ticket = Fixtures.ticket(for: try await record(account, store))
                try requireEqual(
                    try await store.reactivate(
                        locked, as: lifting, found: found, ticket: ticket, by: Author(.clerk), time: Fixtures.now),
                    .deviceRefused(expected), "found")
            }
            try requireEqual(try await store.profile(of: account), locked, "account")
        },
        StorePromise("A device that waits is refused for good by its account's suspension and by its own block code") {
            store in
            let device = try await Fixtures.enrolledDevice(in: store)
            let event = SecurityEvent(.deviceSuspended, time: Fixtures.now)
            let first = try await pending(of: device, in: store)
            try requireEqual(
                try await store.suspend(first.identifier, of: device.account, event: event), .revoked, "suspended")
            let phone = Fixtures.Phone()
            let second = try await pending(of: device, as: phone, in: store)
            try requireEqual(try await store.block(phone.blockCode.digest, time: Fixtures.now), .device)
            for waiting in [first, second] {
                try requireEqual(try await store.device(waiting.identifier)?.0.state, .revoked)
                try requireEqual(
                    try await store.change(
                        waiting.identifier, of: device.account, by: .approve, approval: .substantiell, author: .person,
                        time: Fixtures.now), .notPossible(.revoked), "approval")
            }
        },
        StorePromise("What a caller saw of an account must still be so") { store in
            let device = try await Fixtures.enrolledDevice(in: store)
            guard let seen = try await store.profile(of: device.account) else { throw missing }
            _ = try await store.lock(device.account, for: .own, by: .person, time: Fixtures.now)
            try requireEqual(
                try await store.requestClosing(
                    of: seen, liftsOrder: false, eraseAt: Fixtures.now + 1, request: nil, by: .person,
                    time: Fixtures.now),
                .notPossible(.locked), "closing")
            guard let locked = try await store.profile(of: device.account) else { throw missing }
            _ = try await store.lock(device.account, for: .fraud, by: .person, time: Fixtures.now)
            let ticket = Fixtures.ticket(for: try await record(device.account, store))
            try requireEqual(
                try await store.reactivate(
                    locked, as: lifting, found: nil, ticket: ticket, by: Author(.clerk), time: Fixtures.now),
                .notPossible(.locked),
                "reactivation")
        },
        StorePromise("I5: only newer evidence takes the place of evidence") { store in
            let device = try await Fixtures.enrolledDevice(in: store)
            guard let standing = try await store.verifiedAttributes(of: device.account).first?.evidence else {
                throw missing
            }
            for (time, takes) in [
                (standing.checkedAt - 1, false), (standing.checkedAt, false), (standing.checkedAt + 1, true),
            ] {
                guard let profile = try await store.profile(of: device.account) else { throw missing }
                let evidence = Evidence(
                    identifier: .random(), account: device.account, method: .counter, performer: Fixtures.tenant,
                    checkedAt: time, level: profile.level)
                try requireEqual(
                    try await store.supersede(
                        profile, by: profile.person, likeness: nil,
                        change: AttributeChange(from: profile.person, to: profile.person), evidence: evidence,
                        link: nil,
                        ticket: nil, events: [], time: Fixtures.now), .changed)
                let now = try await store.verifiedAttributes(of: device.account).map(\.evidence.identifier)
                try requireEqual(Set(now), [takes ? evidence.identifier : standing.identifier], "at \(time)")
            }
        },
        StorePromise(
            "What an authority has ordered to be locked does not close, and what is closing is kept by its order"
        ) {
            store in
            let account = try await Fixtures.enrolledDevice(in: store).account
            func close(liftsOrder: Bool) async throws -> AccountChange {
                guard let seen = try await store.profile(of: account) else { throw missing }
                return try await store.requestClosing(
                    of: seen, liftsOrder: liftsOrder, eraseAt: Fixtures.now + 1, request: nil, by: .person,
                    time: Fixtures.now)
            }
            func order() async throws {
                try requireEqual(
                    try await store.lock(account, for: .authority, by: Author(.clerk), time: Fixtures.now), .changed)
                try requireEqual(try await store.profile(of: account)?.lockReason, .authority)
            }
            _ = try await store.lock(account, for: .fraud, by: .person, time: Fixtures.now)
            try await order()
            try requireEqual(try await close(liftsOrder: false), .notPossible(.locked))
            try requireEqual(try await close(liftsOrder: true), .changed)
            try requireEqual(try await store.profile(of: account)?.locks, [.fraud], "the order was lifted")
            try requireEqual(
                try await store.lock(account, for: .own, by: .person, time: Fixtures.now), .notPossible(.closing))
            try await order()
            try requireEqual(try await store.dueErasures(now: Fixtures.now + 1, limit: 9), [], "due")
            try require(try await !store.erase(account, telling: [], time: Fixtures.now + 1), "erased")
            try requireEqual(try await store.profile(of: account)?.locks, [.fraud, .authority])
        },
        StorePromise("I40: an account is erased once, and only when it is closing and its time has come") { store in
            let device = try await Fixtures.enrolledDevice(in: store)
            let account = device.account
            try require(try await !store.erase(account, telling: [], time: Fixtures.now), "an active one")
            guard let seen = try await store.profile(of: account) else { throw missing }
            _ = try await store.requestClosing(
                of: seen, liftsOrder: false, eraseAt: Fixtures.now + 100, request: nil, by: .person, time: Fixtures.now)
            try requireEqual(try await store.dueErasures(now: Fixtures.now + 99, limit: 9), [], "too early")
            try require(try await !store.erase(account, telling: [], time: Fixtures.now + 99), "too early")
            try requireEqual(try await store.dueErasures(now: Fixtures.now + 100, limit: 9), [account], "due")
            let erased = try await atOnce(8) { _ in
                try await store.erase(account, telling: [], time: Fixtures.now + 100)
            }
            try requireEqual(erased.count { $0 }, 1, "erased")
            try require(try await store.profile(of: account) == nil, "it is found")
            try require(try await store.device(device.identifier) == nil, "its device is found")
        },
        StorePromise("An export has a section for every kind, and only this account's rows") { store in
            let login = try await Fixtures.login(in: store)
            let other = try await Fixtures.login(in: store)
            let sections = try await store.personalData(of: login.device.account)
            let text = "\(sections)"
            try require(text.contains(login.device.identifier.rawValue), "its device is missing")
            try require(!text.contains(other.device.identifier.rawValue), "another one's device")
            try require(!text.contains(other.session.identifier.rawValue), "another one's session")
            try requireEqual(Set(sections.map(\.name)).count, sections.count, "sections")
        },
    ]

    private static let missing = ConformanceFailure(description: "no account")

    private static func record(
        _ account: AccountIdentifier, _ store: any ProviderStore
    ) async throws -> AccountRecord {
        guard let profile = try await store.profile(of: account) else { throw missing }
        return AccountRecord(
            identifier: account, person: profile.person, level: profile.level, state: profile.state)
    }

    /// What lifts a lock of the person's own.
    private static var lifting: AccountRules.Reactivation {
        get throws {
            try AccountRules.reactivation(
                of: .locked, locks: [.own], level: .substantiell,
                by: AccountRules.Identification(level: .substantiell, isAccountsPerson: true), now: Fixtures.now)
        }
    }

    /// An account whose lock ends with the device that the ticket enrols.
    private static func awaitingDevice(
        _ device: DeviceRecordRow, in store: any ProviderStore
    ) async throws -> (AccountIdentifier, SecretDigest) {
        let account = device.account
        _ = try await store.change(
            device.identifier, of: account, by: .reportLost, approval: nil, author: .person, time: Fixtures.now)
        _ = try await store.lock(account, for: .own, by: .person, time: Fixtures.now)
        guard let locked = try await store.profile(of: account) else { throw missing }
        let ticket = Fixtures.ticket(for: try await record(account, store))
        try requireEqual(
            try await store.reactivate(
                locked, as: lifting, found: nil, ticket: ticket, by: Author(.clerk), time: Fixtures.now),
            .awaitsDevice, "reactivation")
        try require(try await store.ticket(ticket.digest) != nil, "no ticket")
        return (account, ticket.digest)
    }

    /// A further device that waits.
    static func pending(
        of device: DeviceRecordRow, as phone: Fixtures.Phone = Fixtures.Phone(), in store: any ProviderStore
    ) async throws -> DeviceRecordRow {
        var ticket = Fixtures.ticket(for: try await record(device.account, store))
        ticket.purpose = .device
        let issued = try await store.issue(ticket, event: SecurityEvent(.ticketIssued, time: Fixtures.now))
        try requireEqual(issued, .changed, "ticket")
        let further = phone.device(of: device.account)
        let outcome = try await store.enrol(further, ticket: ticket.digest, event: Fixtures.activation(of: further))
        try requireEqual(outcome, .waits(usableFrom: nil), "enrolment")
        return further
    }

    /// A further device that counts.
    static func further(
        of device: DeviceRecordRow, in store: any ProviderStore
    ) async throws -> DeviceRecordRow {
        let waiting = try await pending(of: device, in: store)
        let change = try await store.change(
            waiting.identifier, of: device.account, by: .approve, approval: .substantiell, author: .person,
            time: Fixtures.now)
        try requireEqual(change, .changed, "approval")
        return waiting
    }
}
