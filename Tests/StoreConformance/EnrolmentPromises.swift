internal import IdentityCrypto
internal import OpenIDMessages
internal import ProviderCore

extension StorePromise {
    static let enrolment: [StorePromise] = [
        StorePromise("A registered account and its ticket are found by the ticket's digest") { store in
            let account = Fixtures.account()
            let ticket = Fixtures.ticket(for: account)
            try await store.register(account, ticket: ticket, events: [])
            let found = try await store.ticket(ticket.digest)
            try requireEqual(found?.0, ticket, "ticket")
            try requireEqual(found?.1, account, "account")
        },
        StorePromise("An unknown ticket is not found") { store in
            try await store.register(account, ticket: Fixtures.ticket(for: account), events: [])
            try require(try await store.ticket(OneTimeSecret().digest) == nil, "an unknown ticket was found")
        },
        StorePromise("The same account is not registered twice, and the second try writes nothing") { store in
            try await store.register(account, ticket: Fixtures.ticket(for: account), events: [])
            let second = Fixtures.ticket(for: account)
            try await requireFault("second registration") {
                try await store.register(account, ticket: second, events: [])
            }
            try require(try await store.ticket(second.digest) == nil, "the second ticket was written")
        },
        StorePromise("An enrolment uses up its ticket, activates the account and keeps every part of the device") {
            store in
            let ticket = Fixtures.ticket(for: account)
            try await store.register(account, ticket: ticket, events: [])
            let device = Fixtures.Phone().device(of: account.identifier)
            let outcome = try await store.enrol(
                device, ticket: ticket.digest, event: Fixtures.activation(of: device))
            try requireEqual(outcome, .enrolled)
            try require(try await store.ticket(ticket.digest) == nil, "the ticket is still there")
            let found = try await store.device(device.identifier)
            try requireEqual(found?.0, device, "device")
            try requireEqual(found?.1.isActive, true, "account is active")
        },
        StorePromise("A used ticket enrols nothing") { store in
            let ticket = try await usedTicket(store)
            let second = Fixtures.Phone().device(of: account.identifier)
            let outcome = try await store.enrol(second, ticket: ticket, event: Fixtures.activation(of: second))
            try requireEqual(outcome, .ticketUsed)
            try require(try await store.device(second.identifier) == nil, "the device was written")
        },
        StorePromise("The ticket of one account enrols no device of another") { store in
            let other = Fixtures.account()
            let ticket = Fixtures.ticket(for: account)
            try await store.register(account, ticket: ticket, events: [])
            try await store.register(other, ticket: Fixtures.ticket(for: other), events: [])
            let device = Fixtures.Phone().device(of: other.identifier)
            let outcome = try await store.enrol(
                device, ticket: ticket.digest, event: Fixtures.activation(of: device))
            try requireEqual(outcome, .ticketUsed)
            try require(try await store.ticket(ticket.digest) != nil, "the ticket is gone")
        },
        StorePromise("A key that any device has as any kind of key is refused, and the ticket stays good") { store in
            let known = Fixtures.Phone()
            _ = try await Fixtures.enrolledDevice(in: store, phone: known)
            for key in [known.authentication, known.installation, known.pin] {
                for position in [\Fixtures.Phone.authentication, \.installation, \.pin] {
                    var phone = Fixtures.Phone()
                    phone[keyPath: position] = key
                    try await requireKeyKnown(phone, store)
                }
            }
        },
        StorePromise("A device with the same key for two purposes is refused") { store in
            var phone = Fixtures.Phone()
            phone.pin = phone.installation
            try await requireKeyKnown(phone, store)
        },
        StorePromise("Of 16 enrolments at once with one ticket, one succeeds") { store in
            let ticket = Fixtures.ticket(for: account)
            try await store.register(account, ticket: ticket, events: [])
            let outcomes = try await atOnce(16) { _ in
                let device = Fixtures.Phone().device(of: account.identifier)
                return try await store.enrol(
                    device, ticket: ticket.digest, event: Fixtures.activation(of: device))
            }
            try requireEqual(outcomes.count { $0 == .enrolled }, 1, "enrolled")
            try requireEqual(outcomes.count { $0 == .ticketUsed }, 15, "ticket used")
            try requireEqual(try await store.devices(of: account.identifier).count, 1, "devices")
        },
    ]

    private static let account = Fixtures.account()

    private static func usedTicket(_ store: any ProviderStore) async throws -> SecretDigest {
        let ticket = Fixtures.ticket(for: account)
        try await store.register(account, ticket: ticket, events: [])
        let device = Fixtures.Phone().device(of: account.identifier)
        _ = try await store.enrol(device, ticket: ticket.digest, event: Fixtures.activation(of: device))
        return ticket.digest
    }

    private static func requireKeyKnown(_ phone: Fixtures.Phone, _ store: any ProviderStore) async throws {
        let account = Fixtures.account()
        let ticket = Fixtures.ticket(for: account)
        try await store.register(account, ticket: ticket, events: [])
        let device = phone.device(of: account.identifier)
        let outcome = try await store.enrol(device, ticket: ticket.digest, event: Fixtures.activation(of: device))
        try requireEqual(outcome, .keyKnown)
        try require(try await store.device(device.identifier) == nil, "the device was written")
        try requireEqual(try await store.ticket(ticket.digest)?.1.isActive, false, "account is active")
    }
}

/// Runs `body` `count` times at once.
func atOnce<T: Sendable>(_ count: Int, _ body: @escaping @Sendable (Int) async throws -> T) async throws -> [T] {
    try await withThrowingTaskGroup(of: T.self) { group in
        for index in 0..<count { group.addTask { try await body(index) } }
        return try await group.reduce(into: []) { $0.append($1) }
    }
}
