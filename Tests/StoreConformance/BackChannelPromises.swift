internal import AccountDirectory
internal import IdentityCrypto
internal import OpenIDMessages
internal import ProviderCore

extension StorePromise {
    static let backChannel: [StorePromise] = [
        StorePromise("A subject names its account and context, in its own sector alone") { store in
            let login = try await Fixtures.login(in: store)
            let account = login.device.account
            guard
                let subject = try await store.subject(of: account, in: Fixtures.sector, as: .citizen)
            else { throw ConformanceFailure(description: "no subject") }
            let found = try await store.recipient(subject, in: Fixtures.sector, of: Fixtures.client)
            try requireEqual(found, BackChannelRecipient(account: account, context: .citizen))
            try requireEqual(try await store.recipient(subject, in: .public, of: Fixtures.client), nil, "other sector")
            try requireEqual(
                try await store.recipient(.random(bytes: 16), in: Fixtures.sector, of: Fixtures.client), nil, "nobody")
        },
        StorePromise("A report that stops a client stops it for this account, and no other client or account") {
            store in
            let login = try await Fixtures.login(in: store)
            let other = try await Fixtures.login(in: store)
            func recipient(_ account: AccountIdentifier, _ client: ClientIdentifier) async throws
                -> BackChannelRecipient?
            {
                guard
                    let subject = try await store.subject(of: account, in: Fixtures.sector, as: .citizen)
                else { return nil }
                return try await store.recipient(subject, in: Fixtures.sector, of: client)
            }
            for (counter, time) in [(2, Fixtures.now + 5), (3, Fixtures.now + 9)] as [(Int64, Timestamp)] {
                var report = Fixtures.answer(from: login.device, counter: counter, decision: .report, at: time)
                report.stops = Fixtures.client
                try requireEqual(try await store.accept(report), .accepted, "report")
                try requireEqual(
                    try await recipient(login.device.account, Fixtures.client)?.stoppedAt, time, "stopped")
            }
            for stranger in [
                try await recipient(login.device.account, Fixtures.otherClient),
                try await recipient(other.device.account, Fixtures.client),
            ] {
                try require(stranger != nil && stranger?.stoppedAt == nil, "others")
            }
        },
        StorePromise("What stopped a client is lifted once, by this account and for this client alone") {
            store in
            let (login, other) = (try await Fixtures.login(in: store), try await Fixtures.login(in: store))
            let account = login.device.account
            for (counter, client) in [(2, Fixtures.client), (3, Fixtures.otherClient)] as [(Int64, ClientIdentifier)] {
                var report = Fixtures.answer(
                    from: login.device, counter: counter, decision: .report, at: Fixtures.now + counter)
                report.stops = client
                try requireEqual(try await store.accept(report), .accepted, "report")
            }
            let both = [
                BackChannelStop(client: Fixtures.otherClient, stoppedAt: Fixtures.now + 3),
                BackChannelStop(client: Fixtures.client, stoppedAt: Fixtures.now + 2),
            ]
            try requireEqual(try await store.stops(of: account), both, "the latest first")
            try requireEqual(try await store.stops(of: other.device.account), [], "another account's")
            func lift(_ account: AccountIdentifier) async throws -> Bool {
                let event = SecurityEvent(
                    .reportWithdrawn, time: Fixtures.now + 9, object: Fixtures.client.rawValue, actor: .person,
                    person: account)
                return try await store.lift(Fixtures.client, of: account, event: event)
            }
            try requireEqual(try await lift(other.device.account), false, "by another account")
            try requireEqual(try await store.stops(of: account), both, "nothing was lifted")
            try requireEqual(try await lift(account), true, "lifted")
            try requireEqual(try await lift(account), false, "twice")
            try requireEqual(try await store.stops(of: account), [both[0]], "the other client")
        },
        StorePromise("An answer that is refused stops nobody") { store in
            let login = try await Fixtures.login(in: store)
            guard
                let subject = try await store.subject(
                    of: login.device.account, in: Fixtures.sector, as: .citizen)
            else { throw ConformanceFailure(description: "no subject") }
            var report = Fixtures.answer(from: login.device, counter: 1, decision: .report)
            report.stops = Fixtures.client
            try requireEqual(try await store.accept(report), .cloned, "an old counter")
            let found = try await store.recipient(subject, in: Fixtures.sector, of: Fixtures.client)
            try require(found != nil && found?.stoppedAt == nil, "not stopped")
        },
        StorePromise("A grant of the back channel is redeemed by its auth_req_id, and says what bound it") { store in
            let device = try await Fixtures.enrolledDevice(in: store)
            let request = OneTimeHandle(.authenticationRequest)
            var answer = Fixtures.answer(from: device, code: request)
            answer.approval?.grant.flow = .backChannel
            answer.approval?.grant.relayResistance = .code
            answer.approval?.session.flow = .backChannel
            try requireEqual(try await store.accept(answer), .accepted, "approval")
            guard
                case .redeemed(let live) = try await store.redeem(
                    request.digest, client: Fixtures.client, refreshToken: nil, now: Fixtures.now)
            else { throw ConformanceFailure(description: "not redeemed") }
            try requireEqual(live.grant.flow, .backChannel, "flow")
            try requireEqual(live.grant.relayResistance, .code, "relay resistance")
            try requireEqual(
                try await store.redeem(
                    request.digest, client: Fixtures.client, refreshToken: nil, now: Fixtures.now), .replayed, "twice")
        },
    ]
}
