internal import AccountDirectory
internal import IdentityCrypto
internal import OpenIDMessages
internal import ProviderCore

extension StorePromise {
    /// A confirmation of this device.
    private static func confirmation(
        _ device: DeviceRecordRow, counter: Int64 = 1, isPINProved: Bool = true,
        transaction: TransactionIdentifier = .random(bytes: 16)
    ) -> DeviceAnswer {
        DeviceAnswer(
            transaction: transaction, device: device.identifier, decision: .approve,
            responseDigest: ContentDigest(of: "response \(counter)"), counter: counter, isPINProved: isPINProved,
            tenant: nil, time: Fixtures.now)
    }

    private static func event(_ kind: SecurityEvent.Kind, _ device: DeviceRecordRow) -> SecurityEvent {
        SecurityEvent(kind, time: Fixtures.now, object: device.identifier.rawValue)
    }

    static let selfService: [StorePromise] = [
        StorePromise("A confirmation is accepted once, whatever is sent again") { store in
            let device = try await Fixtures.enrolledDevice(in: store)
            let first = confirmation(device)
            try requireEqual(try await store.accept(first), .accepted)
            try requireEqual(try await store.accept(first), .answeredAlready(first.responseDigest))
            var other = confirmation(device, counter: 2, transaction: first.transaction)
            other.responseDigest = ContentDigest(of: "another")
            try requireEqual(try await store.accept(other), .answeredAlready(first.responseDigest))
            try requireEqual(try await store.device(device.identifier)?.0.counter, 1, "counter")
        },
        StorePromise("Of confirmations of one act that come at once, one is accepted") { store in
            let device = try await Fixtures.enrolledDevice(in: store)
            let transaction = TransactionIdentifier.random(bytes: 16)
            let outcomes = try await withThrowingTaskGroup(of: LoginAnswerOutcome.self) { group in
                for counter in 1...8 {
                    group.addTask {
                        try await store.accept(
                            confirmation(device, counter: Int64(counter), transaction: transaction))
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            try requireEqual(outcomes.count { $0 == .accepted }, 1, "accepted")
        },
        StorePromise("Logins and confirmations have one counter: a confirmation that does not rise suspends the device")
        {
            store in
            let device = try await Fixtures.enrolledDevice(in: store)
            try requireEqual(try await store.accept(Fixtures.answer(from: device, counter: 7)), .accepted)
            try requireEqual(try await store.accept(confirmation(device, counter: 7)), .cloned)
            try requireEqual(try await store.device(device.identifier)?.0.state, .suspended)
        },
        StorePromise("Logins and confirmations count the same tries of the PIN") { store in
            let device = try await Fixtures.enrolledDevice(in: store)
            let login = Fixtures.answer(from: device, counter: 1, isPINProved: false)
            try requireEqual(try await store.accept(login), .wrongPIN(triesLeft: 2))
            try requireEqual(
                try await store.accept(confirmation(device, counter: 2, isPINProved: false)), .wrongPIN(triesLeft: 1))
            try requireEqual(try await store.accept(confirmation(device, counter: 3, isPINProved: false)), .locked)
            try requireEqual(try await store.accept(confirmation(device, counter: 4)), .deviceNotActive)
        },
        StorePromise("A confirmation with the PIN gives back the tries") { store in
            let device = try await Fixtures.enrolledDevice(in: store)
            _ = try await store.accept(confirmation(device, counter: 1, isPINProved: false))
            try requireEqual(try await store.accept(confirmation(device, counter: 2)), .accepted)
            try requireEqual(try await store.device(device.identifier)?.0.pinTriesLeft, 3, "tries")
        },
        StorePromise("A device is renamed by its own account and by no other") { store in
            let device = try await Fixtures.enrolledDevice(in: store)
            let other = try await Fixtures.enrolledDevice(in: store)
            try require(
                try await store.rename(
                    device.identifier, of: device.account, to: "Neu", event: event(.deviceRenamed, device)),
                "not renamed")
            try requireEqual(try await store.device(device.identifier)?.0.description.name, "Neu")
            try require(
                try await !store.rename(
                    device.identifier, of: other.account, to: "Fremd", event: event(.deviceRenamed, device)),
                "renamed by a stranger")
            try requireEqual(try await store.device(device.identifier)?.0.description.name, "Neu")
        },
        StorePromise(
            "A device is suspended by its own account and by no other; its sessions end, and it answers no more"
        ) {
            store in
            let device = try await Fixtures.enrolledDevice(in: store)
            let other = try await Fixtures.enrolledDevice(in: store)
            try requireEqual(try await store.accept(Fixtures.answer(from: device)), .accepted)
            try require(
                try await store.suspend(
                    device.identifier, of: other.account, event: event(.deviceSuspended, device)) == nil,
                "by a stranger")
            try requireEqual(try await store.device(device.identifier)?.0.state, .active)
            try requireEqual(
                try await store.suspend(
                    device.identifier, of: device.account, event: event(.deviceSuspended, device)), .suspended,
                "suspended")
            try requireEqual(try await store.device(device.identifier)?.0.state, .suspended)
            try requireEqual(try await store.sessions(of: device.account, now: Fixtures.now).count, 0, "sessions")
            try requireEqual(
                try await store.accept(Fixtures.answer(from: device, counter: 2)), .deviceNotActive)
            try requireEqual(
                try await store.suspend(
                    device.identifier, of: device.account, event: event(.deviceSuspended, device)), .suspended,
                "a second time")
        },
    ]
}
