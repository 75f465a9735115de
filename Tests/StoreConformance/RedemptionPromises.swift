internal import AccountDirectory
internal import IdentityCrypto
internal import OpenIDMessages
internal import ProviderCore

extension StorePromise {
    static let redemption: [StorePromise] = [
        StorePromise("A redeemed grant is live, with its account") { store in
            let login = TransactionIdentifier.random(bytes: 16)
            let code = try await Fixtures.approvedCode(in: store, transaction: login)
            try require(try await store.liveGrant(login) == nil, "a grant lives before its redemption")
            let redemption = try await store.redeem(code, client: Fixtures.client, now: Fixtures.now)
            let live = try await store.liveGrant(login)
            guard let live else { throw ConformanceFailure(description: "no live grant") }
            try requireEqual(redemption, .redeemed(live))
            try requireEqual(live.account.identifier, live.grant.account, "account")
            try require(live.account.isActive, "the account is not active")
            try require(live.isSessionLive, "the session is over")
            try require(live.isDeviceActive, "the device is not active")
        },
        StorePromise("A code that is used again revokes what came from it (RFC 6749 §4.1.2)") { store in
            let login = TransactionIdentifier.random(bytes: 16)
            let code = try await Fixtures.approvedCode(in: store, transaction: login)
            _ = try await store.redeem(code, client: Fixtures.client, now: Fixtures.now)
            for time in [Fixtures.now, Fixtures.now + 3600] {
                try requireEqual(
                    try await store.redeem(code, client: Fixtures.client, now: time), .replayed)
                try require(try await store.liveGrant(login) == nil, "the grant still lives")
            }
        },
        StorePromise("Another client gets nothing with a code and destroys nothing") { store in
            let login = TransactionIdentifier.random(bytes: 16)
            let code = try await Fixtures.approvedCode(in: store, transaction: login)
            try requireEqual(
                try await store.redeem(code, client: Fixtures.otherClient, now: Fixtures.now), .unknown)
            _ = try await store.redeem(code, client: Fixtures.client, now: Fixtures.now)
            try requireEqual(
                try await store.redeem(code, client: Fixtures.otherClient, now: Fixtures.now), .unknown)
            try require(try await store.liveGrant(login) != nil, "another client revoked the grant")
        },
        StorePromise("An unknown code is unknown") { store in
            _ = try await Fixtures.approvedCode(in: store)
            try requireEqual(
                try await store.redeem(OneTimeHandle(.authorizationCode), client: Fixtures.client, now: Fixtures.now),
                .unknown)
        },
        StorePromise("A code is good until the second before it expires, and expired from then on") { store in
            let inTime = try await Fixtures.approvedCode(in: store)
            let tooLate = try await Fixtures.approvedCode(in: store)
            let expiry = Fixtures.now + Lifetime.code
            try requireEqual(
                try await store.redeem(tooLate, client: Fixtures.client, now: expiry), .expired)
            let redemption = try await store.redeem(inTime, client: Fixtures.client, now: expiry - 1)
            guard case .redeemed = redemption else { throw ConformanceFailure(description: "\(redemption)") }
        },
    ]

    static let racing: [StorePromise] = [
        StorePromise("Of 64 redemptions at once, one succeeds and the others are replays; 100 rounds") { store in
            for _ in 0..<100 {
                let code = try await Fixtures.approvedCode(in: store)
                let outcomes = try await atOnce(64) { _ in
                    try await store.redeem(code, client: Fixtures.client, now: Fixtures.now)
                }
                let redeemed = outcomes.count { if case .redeemed = $0 { true } else { false } }
                try requireEqual(redeemed, 1, "redeemed")
                try requireEqual(outcomes.count { $0 == .replayed }, 63, "replayed")
            }
        },
        StorePromise("Of 64 answers at once to one login, one is accepted") { store in
            let device = try await Fixtures.enrolledDevice(in: store)
            let login = TransactionIdentifier.random(bytes: 16)
            let outcomes = try await atOnce(64) { index in
                try await store.accept(
                    Fixtures.answer(from: device, counter: Int64(index) + 1, transaction: login))
            }
            try requireEqual(outcomes.count { $0 == .accepted }, 1, "accepted")
            let over = outcomes.count { if case .answeredAlready = $0 { true } else { false } }
            try requireEqual(over, 63, "answered already")
            try requireEqual(try await store.device(device.identifier)?.0.state, .active)
        },
        StorePromise("Wrong PINs at once get no more than three tries") { store in
            let device = try await Fixtures.enrolledDevice(in: store)
            let outcomes = try await atOnce(32) { _ in
                var outcome = LoginAnswerOutcome.deviceNotActive
                // Whoever finds the counter taken takes the next one: nobody is suspended before the PIN is looked at.
                while let state = try await store.device(device.identifier)?.0, state.state == .active {
                    let wrong = Fixtures.answer(from: device, counter: state.counter + 1, isPINProved: false)
                    outcome = try await store.accept(wrong)
                }
                return outcome
            }
            let after = try await store.device(device.identifier)?.0
            try require(after?.state != .active, "the device is still active")
            try require(outcomes.count { $0 == .locked } <= 1, "locked more than once")
            try require((0...3).contains(after?.pinTriesLeft ?? -1), "tries left: \(after?.pinTriesLeft ?? -1)")
        },
        StorePromise("Of 64 wrong PINs at once with rising counters, three are tried") { store in
            let device = try await Fixtures.enrolledDevice(in: store)
            let outcomes = try await atOnce(64) { index in
                try await store.accept(
                    Fixtures.answer(from: device, counter: Int64(index) + 1, isPINProved: false))
            }
            let tried = outcomes.count {
                switch $0 {
                case .wrongPIN, .locked: true
                default: false
                }
            }
            // A counter that comes out of order suspends the device even earlier.
            try require((1...3).contains(tried), "\(tried) tries")
            try require(try await store.device(device.identifier)?.0.state != .active, "the device is still active")
        },
    ]
}
