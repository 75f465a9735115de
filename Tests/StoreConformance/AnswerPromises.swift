internal import AccountDirectory
internal import IdentityCrypto
internal import OpenIDMessages
internal import ProviderCore

extension StorePromise {
    static let answers: [StorePromise] = [
        StorePromise("An approval raises the counter, notes the use and makes a grant") { store in
            let device = try await Fixtures.enrolledDevice(in: store)
            let code = OneTimeHandle(.authorizationCode)
            let answer = Fixtures.answer(from: device, counter: 7, code: code, at: Fixtures.now + 9)
            try requireEqual(try await store.accept(answer), .accepted)
            let after = try await store.device(device.identifier)?.0
            try requireEqual(after?.counter, 7, "counter")
            try requireEqual(after?.lastUsedAt, Fixtures.now + 9, "last use")
            let redemption = try await store.redeem(code, client: Fixtures.client, now: Fixtures.now + 10)
            guard case .redeemed(let live) = redemption, let subject = live.grant.subject else {
                throw ConformanceFailure(description: "no grant with a subject: \(redemption)")
            }
            try require(!subject.rawValue.contains(device.account.rawValue), "the subject names the account")
            var grant = live.grant
            grant.subject = nil
            try requireEqual(grant, answer.approval?.grant, "grant")
        },
        StorePromise("A denial and a report count as answers and make no grant") { store in
            for (counter, decision) in [(Int64(1), LoginDecision.deny), (1, .report)] {
                let device = try await Fixtures.enrolledDevice(in: store)
                let answer = Fixtures.answer(
                    from: device, counter: counter, decision: decision, isPINProved: false)
                try requireEqual(try await store.accept(answer), .accepted)
                try requireEqual(try await store.accept(answer), .answeredAlready(answer.responseDigest))
                try requireEqual(try await store.device(device.identifier)?.0.pinTriesLeft, 3, "tries")
                try require(try await store.liveGrant(answer.transaction) == nil, "a \(decision) made a grant")
            }
        },
        StorePromise("A login is answered once; a second answer hears the first one's digest and changes nothing") {
            store in
            let device = try await Fixtures.enrolledDevice(in: store)
            let first = Fixtures.answer(from: device, counter: 1)
            let second = Fixtures.answer(from: device, counter: 2, transaction: first.transaction)
            try requireEqual(try await store.accept(first), .accepted)
            let between = try await store.device(device.identifier)?.0
            try requireEqual(try await store.accept(second), .answeredAlready(first.responseDigest))
            // The very same response again: the counter did not rise, and yet the device is no clone.
            try requireEqual(try await store.accept(first), .answeredAlready(first.responseDigest))
            try requireEqual(try await store.device(device.identifier)?.0, between, "device")
        },
        StorePromise("A counter that does not rise suspends the device") { store in
            for repeated in [Int64(4), 5] {
                let device = try await Fixtures.enrolledDevice(in: store)
                _ = try await store.accept(Fixtures.answer(from: device, counter: 5))
                let answer = Fixtures.answer(from: device, counter: repeated)
                try requireEqual(try await store.accept(answer), .cloned)
                try requireEqual(try await store.device(device.identifier)?.0.state, .suspended)
                try require(try await store.liveGrant(answer.transaction) == nil, "a clone has a grant")
                let next = Fixtures.answer(from: device, counter: 6)
                try requireEqual(try await store.accept(next), .deviceNotActive)
            }
        },
        StorePromise("A wrong PIN costs a try and the counter, and leaves the login to be answered") { store in
            let device = try await Fixtures.enrolledDevice(in: store)
            let login = TransactionIdentifier.random(bytes: 16)
            let wrong = Fixtures.answer(from: device, counter: 1, isPINProved: false, transaction: login)
            try requireEqual(try await store.accept(wrong), .wrongPIN(triesLeft: 2))
            try requireEqual(try await store.device(device.identifier)?.0.counter, 1, "counter")
            try requireEqual(
                try await store.accept(Fixtures.answer(from: device, counter: 2, transaction: login)), .accepted)
            try requireEqual(try await store.device(device.identifier)?.0.pinTriesLeft, 3, "tries")
        },
        StorePromise("The third wrong PIN in a row locks the device, and the right one comes too late") { store in
            let device = try await Fixtures.enrolledDevice(in: store)
            let outcomes: [LoginAnswerOutcome] = [.wrongPIN(triesLeft: 2), .wrongPIN(triesLeft: 1), .locked]
            for (index, outcome) in outcomes.enumerated() {
                let wrong = Fixtures.answer(from: device, counter: Int64(index) + 1, isPINProved: false)
                try requireEqual(try await store.accept(wrong), outcome)
            }
            let after = try await store.device(device.identifier)?.0
            try requireEqual(after?.state, .locked)
            try requireEqual(after?.pinTriesLeft, 0, "tries")
            try requireEqual(
                try await store.accept(Fixtures.answer(from: device, counter: 9)), .deviceNotActive)
        },
        StorePromise("An answer with a wrong PIN that comes again costs no second try, whatever its proof says then") {
            store in
            let device = try await Fixtures.enrolledDevice(in: store)
            let outcomes: [LoginAnswerOutcome] = [.wrongPIN(triesLeft: 2), .wrongPIN(triesLeft: 1), .locked]
            for (index, outcome) in outcomes.enumerated() {
                var wrong = Fixtures.answer(from: device, counter: Int64(index) + 1)
                for isPINProved in [false, true, false] {
                    wrong.isPINProved = isPINProved
                    try requireEqual(try await store.accept(wrong), outcome)
                }
                try require(try await store.liveGrant(wrong.transaction) == nil, "a wrong PIN made a grant")
            }
            try requireEqual(try await store.device(device.identifier)?.0.state, .locked)
            // Another answer with that counter is one of a copied key.
            let copied = try await Fixtures.enrolledDevice(in: store)
            _ = try await store.accept(Fixtures.answer(from: copied, counter: 1, isPINProved: false))
            try requireEqual(
                try await store.accept(Fixtures.answer(from: copied, counter: 1, isPINProved: false)), .cloned)
        },
        StorePromise("A denial gives no try back") { store in
            let device = try await Fixtures.enrolledDevice(in: store)
            _ = try await store.accept(Fixtures.answer(from: device, counter: 1, isPINProved: false))
            let denial = Fixtures.answer(from: device, counter: 2, decision: .deny, isPINProved: true)
            try requireEqual(try await store.accept(denial), .accepted)
            try requireEqual(try await store.device(device.identifier)?.0.pinTriesLeft, 2, "tries")
        },
        StorePromise("A device that nobody knows is not active") { store in
            let stranger = Fixtures.Phone().device(of: .random())
            try requireEqual(try await store.accept(Fixtures.answer(from: stranger)), .deviceNotActive)
        },
        StorePromise(
            "A grant or session for another account, login or device than the answer's is a fault; nothing is written"
        ) { store in
            let device = try await Fixtures.enrolledDevice(in: store)
            let other = try await Fixtures.enrolledDevice(in: store)
            let answer = Fixtures.answer(from: device)
            let changes: [(inout LoginAnswer) -> Void] = [
                { $0.approval?.grant.account = other.account },
                { $0.approval?.grant.transaction = .random(bytes: 16) },
                { $0.approval?.grant.tenant = TenantIdentifier(rawValue: "bottrop")! },
                { $0.approval?.grant.session = .random(bytes: 16) },
                { $0.approval?.session.account = other.account },
                { $0.approval?.session.device = other.identifier },
                { $0.approval = nil },
            ]
            for change in changes {
                var foreign = answer
                change(&foreign)
                try await requireFault("foreign grant") { [foreign] in _ = try await store.accept(foreign) }
            }
            try requireEqual(try await store.device(device.identifier)?.0, device, "device")
        },
        StorePromise("A person has one subject in each sector, and no two people share one") { store in
            let device = try await Fixtures.enrolledDevice(in: store)
            let other = try await Fixtures.enrolledDevice(in: store)
            let first = try await subject(of: device, counter: 1, Fixtures.sector, store)
            let again = try await subject(of: device, counter: 2, Fixtures.sector, store)
            let elsewhere = try await subject(of: device, counter: 3, Fixtures.otherSector, store)
            let stranger = try await subject(of: other, counter: 1, Fixtures.sector, store)
            try requireEqual(again, first, "second login")
            try requireEqual(Set([first, elsewhere, stranger]).count, 3, "different subjects")
        },
    ]

    private static func subject(
        of device: DeviceRecordRow, counter: Int64, _ sector: SubjectSector, _ store: any ProviderStore
    ) async throws -> SubjectIdentifier? {
        let code = OneTimeHandle(.authorizationCode)
        _ = try await store.accept(Fixtures.answer(from: device, counter: counter, code: code, sector: sector))
        guard
            case .redeemed(let live) = try await store.redeem(code, client: Fixtures.client, now: Fixtures.now)
        else { return nil }
        return live.grant.subject
    }
}
