internal import IdentityCrypto
internal import OpenIDMessages
internal import ProviderCore

extension StorePromise {
    static let sessions: [StorePromise] = [
        StorePromise("An approval begins a session, which is found by its cookie with its account") { store in
            let login = try await Fixtures.login(in: store)
            let found = try await store.session(cookie: login.cookie.digest, now: Fixtures.now)
            try requireEqual(found?.0, login.session, "session")
            try requireEqual(found?.1.identifier, login.device.account, "account")
            let unknown = OneTimeHandle(.session).digest
            try require(try await store.session(cookie: unknown, now: Fixtures.now) == nil, "an unknown cookie")
        },
        StorePromise("A session lives until the second before its absolute limit") { store in
            let login = try await Fixtures.login(in: store)
            let limit = login.session.expiresAt
            try require(try await store.session(cookie: login.cookie.digest, now: limit - 1) != nil, "too early")
            try require(try await store.session(cookie: login.cookie.digest, now: limit) == nil, "too late")
            try requireEqual(try await store.sessions(of: login.device.account, now: limit - 1), [login.session])
            try requireEqual(try await store.sessions(of: login.device.account, now: limit), [])
        },
        StorePromise("The sessions of an account are listed, the latest first, without ended ones and others'") {
            store in
            let device = try await Fixtures.enrolledDevice(in: store)
            let first = try await Fixtures.login(in: store, device: device, counter: 1)
            let ended = try await Fixtures.login(in: store, device: device, counter: 2, at: Fixtures.now + 1)
            let last = try await Fixtures.login(in: store, device: device, counter: 3, at: Fixtures.now + 2)
            _ = try await Fixtures.login(in: store)
            _ = try await store.end(ended)
            try requireEqual(
                try await store.sessions(of: device.account, now: Fixtures.now + 3), [last.session, first.session])
        },
        StorePromise("The session of a device that is not active lets nobody in") { store in
            let device = try await Fixtures.enrolledDevice(in: store)
            let login = try await Fixtures.login(in: store, device: device, counter: 5)
            try requireEqual(try await store.accept(Fixtures.answer(from: device, counter: 5)), .cloned)
            try require(
                try await store.session(cookie: login.cookie.digest, now: Fixtures.now) == nil, "it is found")
        },
        StorePromise("A blocked device's sessions end, and their portals hear of it") { store in
            let phone = Fixtures.Phone()
            let device = try await Fixtures.enrolledDevice(in: store, phone: phone)
            let login = try await Fixtures.login(in: store, device: device)
            let other = try await Fixtures.login(in: store)
            for login in [login, other] { _ = try await store.redeem(login.code) }
            for _ in 0..<2 { _ = try await store.block(phone.blockCode.digest, time: Fixtures.now) }
            try requireEqual(try await store.sessions(of: device.account, now: Fixtures.now), [])
            let queued = try await store.dueLogouts(now: Fixtures.now, limit: 10)
            try requireEqual(queued.map(\.session), [login.session.identifier], "logouts")
            try requireEqual(
                try await store.sessions(of: other.device.account, now: Fixtures.now).count, 1, "the other's")
        },
        StorePromise(
            "A device that ends takes along the sessions in which it logged in, also when another goes on with them"
        ) {
            store in
            let phone = Fixtures.Phone()
            let device = try await Fixtures.enrolledDevice(in: store, phone: phone)
            let second = try await further(of: device, in: store)
            let first = try await Fixtures.login(in: store, device: device)
            try requireRedeemed(try await store.redeem(first.code))
            let next = try await Fixtures.login(
                in: store, device: second, previousSession: first.session.identifier)
            try requireRedeemed(try await store.redeem(next.code))
            let own = try await Fixtures.login(in: store, device: second, counter: 2)
            try requireEqual(
                try await store.sessions(of: device.account, now: Fixtures.now).map(\.device),
                [second.identifier, second.identifier], "a fixture")
            _ = try await store.block(phone.blockCode.digest, time: Fixtures.now)
            try requireEqual(
                try await store.sessions(of: device.account, now: Fixtures.now).map(\.identifier),
                [own.session.identifier], "sessions")
            for login in [first, next] {
                try require(try await store.liveGrant(login.transaction)?.isSessionLive != true, "a grant lives")
            }
        },
        StorePromise("The portals of a session are those with redeemed grants, each once, with its first time") {
            store in
            let login = try await Fixtures.login(in: store)
            try requireEqual(try await store.portals(of: login.session.identifier), [], "before redemption")
            let subject = try requireRedeemed(try await store.redeem(login.code, now: Fixtures.now + 1)).grant.subject
            // In another browser the person has released the same to the other portal.
            _ = try await Fixtures.login(
                in: store, device: login.device, counter: 2, client: Fixtures.otherClient)
            for (client, time) in [(Fixtures.otherClient, Fixtures.now + 2), (Fixtures.client, Fixtures.now + 3)] {
                let code = OneTimeHandle(.authorizationCode)
                let grant = Fixtures.grant(
                    for: login.device.account, code: code, client: client, session: login.session.identifier)
                _ = try await grant.write(in: store, login.cookie)
                try requireRedeemed(try await store.redeem(code, client: client, now: time))
            }
            let portals = try await store.portals(of: login.session.identifier)
            try requireEqual(portals.map(\.client), [Fixtures.client, Fixtures.otherClient])
            try requireEqual(portals.map(\.since), [Fixtures.now + 1, Fixtures.now + 2])
            try requireEqual(portals.map { $0.subject }, [subject, subject].compactMap { $0 })
        },
        StorePromise("A subject is known once there is one, in its sector alone") { store in
            let login = try await Fixtures.login(in: store)
            let subject = try requireRedeemed(try await store.redeem(login.code)).grant.subject
            try require(subject != nil, "no subject")
            let account = login.device.account
            try requireEqual(try await store.subject(of: account, in: Fixtures.sector, as: .citizen), subject)
            try requireEqual(try await store.subject(of: account, in: Fixtures.otherSector, as: .citizen), nil)
            try requireEqual(try await store.subject(of: account, in: .public, as: .citizen), nil)
            try requireEqual(try await store.subject(of: .random(), in: Fixtures.sector, as: .citizen), nil)
        },
    ]

    static let continuing: [StorePromise] = [
        StorePromise("The same person's next login continues the browser's session, with a new cookie") { store in
            let first = try await Fixtures.login(in: store)
            let time = Fixtures.now + 600
            let next = try await Fixtures.login(
                in: store, device: first.device, counter: 2, previousSession: first.session.identifier, at: time
            ) { approval in
                approval.session.context = AuthenticationContext(level: .normal, isSimulated: true)
                approval.session.methods = ["swk", "pin"]
                approval.session.flow = .link
                approval.session.browser = "Safari, iOS"
            }
            var expected = next.session
            expected.identifier = first.session.identifier
            expected.startedAt = first.session.startedAt
            expected.expiresAt = first.session.expiresAt
            try requireEqual(try await store.sessions(of: first.device.account, now: time), [expected])
            try requireEqual(try await store.session(cookie: next.cookie.digest, now: time)?.0, expected)
            try require(try await store.session(cookie: first.cookie.digest, now: time) == nil, "the old cookie")
            let live = try requireRedeemed(try await store.redeem(next.code, now: time))
            try requireEqual(live.grant.session, first.session.identifier, "the grant's session")
        },
        StorePromise("Another person's login ends the browser's session, and its portals hear of it") { store in
            let first = try await Fixtures.login(in: store)
            _ = try await store.redeem(first.code)
            let next = try await Fixtures.login(in: store, previousSession: first.session.identifier)
            try require(try await store.session(cookie: first.cookie.digest, now: Fixtures.now) == nil, "it lives")
            try requireEqual(
                try await store.session(cookie: next.cookie.digest, now: Fixtures.now)?.0, next.session)
            try requireEqual(
                try await store.dueLogouts(now: Fixtures.now, limit: 10).map(\.session), [first.session.identifier])
        },
        StorePromise("session.created and session.stepped_up: a browser has a session, and a login lifts it") { store in
            let device = try await Fixtures.enrolledDevice(in: store)
            func login(_ counter: Int64, _ level: AssuranceLevel, of former: ApprovedLogin? = nil) async throws
                -> ApprovedLogin
            {
                try await Fixtures.login(
                    in: store, device: device, counter: counter, previousSession: former?.session.identifier
                ) { $0.session.context = AuthenticationContext(level: level, isSimulated: true) }
            }
            let first = try await login(1, .normal)
            for (counter, level) in [(2, AssuranceLevel.normal), (3, .substantiell), (4, .normal), (5, .substantiell)] {
                _ = try await login(Int64(counter), level, of: first)
            }
            let other = try await login(6, .normal)
            let events = try await store.auditEntries(of: .tenant(Fixtures.tenant), after: 0, limit: 100)
                .filter { $0.kind.hasPrefix("session.") }
            try requireEqual(
                events.map(\.kind),
                ["session.created", "session.stepped_up", "session.stepped_up", "session.created"])
            let (mine, others) = (first.session.identifier.rawValue, other.session.identifier.rawValue)
            try requireEqual(events.map(\.object), [mine, mine, mine, others])
            try require(events.allSatisfy { $0.actor == "person" && $0.person != nil }, "nobody's act")
        },
        StorePromise("A session that is over is not continued") { store in
            let device = try await Fixtures.enrolledDevice(in: store)
            let ended = try await Fixtures.login(in: store, device: device, counter: 1)
            _ = try await store.end(ended)
            let second = try await Fixtures.login(
                in: store, device: device, counter: 2, previousSession: ended.session.identifier)
            try requireEqual(
                try await store.sessions(of: device.account, now: Fixtures.now), [second.session], "after an end")
            let late = second.session.expiresAt
            let third = try await Fixtures.login(
                in: store, device: device, counter: 3, previousSession: second.session.identifier, at: late)
            try requireEqual(try await store.sessions(of: device.account, now: late), [third.session], "expired")
            let fourth = try await Fixtures.login(
                in: store, device: device, counter: 4, previousSession: .random(bytes: 16), at: late)
            try requireEqual(
                try await store.sessions(of: device.account, now: late), [fourth.session, third.session], "unknown")
        },
    ]
}
