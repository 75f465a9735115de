internal import IdentityCrypto
internal import OpenIDMessages
internal import ProviderCore

extension StorePromise {
    static let ending: [StorePromise] = [
        StorePromise("A session ends once, and is gone") { store in
            let login = try await Fixtures.login(in: store)
            try require(try await store.end(login), "it did not end")
            try require(try await !store.end(login), "it ended twice")
            try require(
                try await store.session(cookie: login.cookie.digest, now: Fixtures.now) == nil, "it is found")
            let grant = Fixtures.grant(for: login.device.account, session: login.session.identifier)
            try require(try await grant.write(in: store, login.cookie) == nil, "it makes a grant")
        },
        StorePromise("Nobody ends another person's session, an expired one, or one that is not there") { store in
            let login = try await Fixtures.login(in: store)
            let other = try await Fixtures.login(in: store)
            let event = SecurityEvent(.sessionEnded, time: Fixtures.now)
            let session = login.session.identifier
            try require(
                try await !store.end(session, of: other.device.account, event: event), "another person's ended")
            try require(
                try await !store.end(.random(bytes: 16), of: login.device.account, event: event), "an unknown one ended"
            )
            try require(try await !store.end(login, at: login.session.expiresAt), "an expired one ended")
            try require(try await store.session(cookie: login.cookie.digest, now: Fixtures.now) != nil, "it is gone")
        },
        StorePromise("Each portal with a redeemed grant hears once of the end") { store in
            let login = try await Fixtures.login(in: store)
            let subject = try requireRedeemed(try await store.redeem(login.code)).grant.subject
            let clients = [Fixtures.client, Fixtures.otherClient, ClientIdentifier(rawValue: "not-redeemed")!]
            // In another browser the person has released the same to these portals.
            for (index, client) in clients.dropFirst().enumerated() {
                _ = try await Fixtures.login(
                    in: store, device: login.device, counter: Int64(index) + 2, client: client)
            }
            for client in clients {
                let code = OneTimeHandle(.authorizationCode)
                let grant = Fixtures.grant(
                    for: login.device.account, code: code, client: client, session: login.session.identifier)
                _ = try await grant.write(in: store, login.cookie)
                if client != clients[2] { try requireRedeemed(try await store.redeem(code, client: client)) }
            }
            let time = Fixtures.now + 60
            try require(try await store.end(login, at: time), "it did not end")
            try requireEqual(try await store.dueLogouts(now: time - 1, limit: 10), [], "too early")
            let due = try await store.dueLogouts(now: time, limit: 10)
            try requireEqual(due.map(\.client), [Fixtures.client, Fixtures.otherClient], "clients")
            for delivery in due {
                let expected = LogoutDelivery(
                    identifier: delivery.identifier, client: delivery.client, subject: try subject.orFail(),
                    session: login.session.identifier, state: .pending, attempts: 0, createdAt: time,
                    nextAttemptAt: time, lastFailure: nil)
                try requireEqual(delivery, expected, "delivery")
            }
        },
        StorePromise("A portal hears of each subject that was signed in there, and the latest one is shown") { store in
            let login = try await Fixtures.login(in: store)
            _ = try await store.redeem(login.code)
            let code = OneTimeHandle(.authorizationCode)
            let grant = Fixtures.grant(
                for: login.device.account, code: code, session: login.session.identifier)
            let subject = try await store.grant(
                grant, sector: .public, session: login.cookie.digest, now: Fixtures.now)
            _ = try await store.redeem(code)
            try requireEqual(try await store.portals(of: login.session.identifier).map(\.subject), [subject.orFail()])
            _ = try await store.end(login)
            let due = try await store.dueLogouts(now: Fixtures.now, limit: 10).map(\.subject)
            try requireEqual(due.count, 2, "each once")
            try requireEqual(due.last, try subject.orFail())
            try require(due.first != due.last, "the pairwise one")
        },
        StorePromise("Of 64 who end a session at once, one ends it, and its portal hears once") { store in
            let login = try await Fixtures.login(in: store)
            _ = try await store.redeem(login.code)
            let ended = try await atOnce(64) { _ in try await store.end(login) }
            try requireEqual(ended.count { $0 }, 1, "ended")
            try requireEqual(try await store.dueLogouts(now: Fixtures.now, limit: 10).count, 1, "deliveries")
        },
        StorePromise("Redemptions at the same time as the end are heard of, or know that the session is over") {
            store in
            for _ in 0..<10 {
                let login = try await Fixtures.login(in: store)
                var codes: [(client: ClientIdentifier, code: OneTimeHandle)] = []
                for index in 0..<16 {
                    let client = ClientIdentifier(rawValue: "portal-\(index)")!
                    // In another browser the person has released the same to this portal.
                    _ = try await Fixtures.login(
                        in: store, device: login.device, counter: Int64(index) + 2, client: client)
                    let code = OneTimeHandle(.authorizationCode)
                    let grant = Fixtures.grant(
                        for: login.device.account, code: code, client: client, session: login.session.identifier)
                    try require(try await grant.write(in: store, login.cookie) != nil, "no grant")
                    codes.append((client, code))
                }
                let signedIn = try await atOnce(17) { [codes] index -> ClientIdentifier? in
                    guard index != 8 else {
                        _ = try await store.end(login)
                        return nil
                    }
                    let (client, code) = codes[index < 8 ? index : index - 1]
                    let live = try requireRedeemed(try await store.redeem(code, client: client))
                    return live.isSessionLive ? client : nil
                }
                let told = try await store.dueLogouts(now: Fixtures.now, limit: 1000)
                    .filter { $0.session == login.session.identifier }.map(\.client)
                try requireEqual(Set(told), Set(signedIn.compactMap { $0 }), "portals that were told")
            }
        },
        StorePromise("Grants at the same time as the end are written while the session lives, or not at all") { store in
            for _ in 0..<10 {
                let login = try await Fixtures.login(in: store)
                let codes = (0..<16).map { _ in OneTimeHandle(.authorizationCode) }
                let written = try await atOnce(17) { index -> Int? in
                    guard index < 16 else {
                        _ = try await store.end(login)
                        return nil
                    }
                    let grant = Fixtures.grant(
                        for: login.device.account, code: codes[index], session: login.session.identifier)
                    return try await grant.write(in: store, login.cookie) == nil ? nil : index
                }.compactMap { $0 }
                for (index, code) in codes.enumerated() {
                    let redemption = try await store.redeem(code)
                    guard written.contains(index) else {
                        try requireEqual(redemption, .unknown, "a grant that was not written")
                        continue
                    }
                    try requireEqual(try requireRedeemed(redemption).isSessionLive, false, "session")
                }
            }
        },
        StorePromise("A login at the same time as the end continues the session before it, or begins another") {
            store in
            for _ in 0..<20 {
                let first = try await Fixtures.login(in: store)
                async let ended = store.end(first)
                async let login = Fixtures.login(
                    in: store, device: first.device, counter: 2, previousSession: first.session.identifier)
                let (isEnded, next) = try await (ended, login)
                try require(isEnded, "it did not end")
                let live = try requireRedeemed(try await store.redeem(next.code))
                let isContinued = live.grant.session == first.session.identifier
                try requireEqual(live.isSessionLive, !isContinued, "the grant's session lives")
            }
        },
    ]

    static let deliveries: [StorePromise] = [
        StorePromise("Deliveries are due when their time has come, the oldest first, as many as asked for") { store in
            let queued = try await queuedDeliveries(3, store)
            try requireEqual(try await store.dueLogouts(now: Fixtures.now + 2, limit: 10), queued)
            try requireEqual(try await store.dueLogouts(now: Fixtures.now + 1, limit: 10), Array(queued[..<2]))
            try requireEqual(try await store.dueLogouts(now: Fixtures.now + 2, limit: 1), [queued[0]])
        },
        StorePromise("Each client for which something is due is named once, and what is due to it is its own") {
            store in
            let queued = try await queuedDeliveries(3, store)
            let login = try await Fixtures.login(in: store, client: Fixtures.otherClient)
            _ = try requireRedeemed(try await store.redeem(login.code, client: Fixtures.otherClient))
            _ = try await store.end(login, at: Fixtures.now + 2)
            try requireEqual(try await store.clientsWithDueLogouts(now: Fixtures.now - 1), [])
            try requireEqual(try await store.clientsWithDueLogouts(now: Fixtures.now + 1), [Fixtures.client])
            try requireEqual(
                Set(try await store.clientsWithDueLogouts(now: Fixtures.now + 2)),
                [Fixtures.client, Fixtures.otherClient])
            try requireEqual(try await store.clientsWithDueLogouts(now: Fixtures.now + 2).count, 2)
            let (now, other) = (Fixtures.now + 2, Fixtures.otherClient)
            try requireEqual(try await store.dueLogouts(to: Fixtures.client, now: now, limit: 2), Array(queued[..<2]))
            try requireEqual(try await store.dueLogouts(to: other, now: now, limit: 2).map(\.client), [other])
        },
        StorePromise("What is saved of an attempt comes back; delivered and failed ones are due no more") { store in
            var queued = try await queuedDeliveries(3, store)
            queued[0].attempts = 1
            queued[0].nextAttemptAt = Fixtures.now + 60
            queued[0].lastFailure = "the portal answered 503"
            queued[1].state = .delivered
            queued[2].state = .failed
            for delivery in queued { try await store.save(delivery) }
            try requireEqual(try await store.dueLogouts(now: Fixtures.now + 59, limit: 10), [])
            try requireEqual(try await store.dueLogouts(now: Fixtures.now + 60, limit: 10), [queued[0]])
            try requireEqual(try await store.logouts(to: Fixtures.client, limit: 10), queued.reversed())
        },
        StorePromise("The latest deliveries to a client are listed, the newest first, without others'") { store in
            let queued = try await queuedDeliveries(3, store)
            try requireEqual(try await store.logouts(to: Fixtures.client, limit: 2), [queued[2], queued[1]])
            try requireEqual(try await store.logouts(to: Fixtures.otherClient, limit: 2), [])
        },
        StorePromise("An attempt at a delivery that is not there is a fault") { store in
            var delivery = try await queuedDeliveries(1, store)[0]
            delivery.identifier += 1
            try await requireFault("unknown delivery") { [delivery] in try await store.save(delivery) }
        },
    ]

    /// Deliveries of sessions that ended one after another, a second apart.
    private static func queuedDeliveries(_ count: Int, _ store: any ProviderStore) async throws -> [LogoutDelivery] {
        for index in 0..<count {
            let login = try await Fixtures.login(in: store)
            _ = try await store.redeem(login.code)
            _ = try await store.end(login, at: Fixtures.now + Int64(index))
        }
        let queued = try await store.dueLogouts(now: Fixtures.now + Int64(count), limit: count + 1)
        try requireEqual(queued.count, count, "deliveries")
        return queued
    }
}

extension Optional {
    fileprivate func orFail(line: Int = #line) throws -> Wrapped {
        guard let self else { throw ConformanceFailure(description: "nothing there (EndPromises:\(line))") }
        return self
    }
}
