internal import AccountDirectory
internal import IdentityCrypto
internal import OpenIDMessages
internal import ProviderCore

/// What becomes of devices whose evidence counts no more (docs/protocol.md §7.5).
extension StorePromise {
    static let distrusting: [StorePromise] = [
        StorePromise("Devices are found by any certificate of their evidence, the oldest first, until their end") {
            store in
            let first = try await certified(["a1", "ca"], in: store)
            let second = try await certified(["b1", "ca"], in: store)
            _ = try await Fixtures.enrolledDevice(in: store)
            let found = { (serials: Set<String>) in
                try await store.devices(certifiedBy: serials, leftTo: nil).map(\.identifier)
            }
            try requireEqual(try await found(["ca"]), [first.identifier, second.identifier], "of both")
            try requireEqual(try await found(["b1", "0"]), [second.identifier], "leaf")
            try requireEqual(try await found([]), [], "no list")
            try requireEqual(try await store.certificates(of: second.identifier), ["b1", "ca"], "in their order")
            let bare = try await Fixtures.enrolledDevice(in: store)
            try requireEqual(try await store.certificates(of: bare.identifier), [], "without evidence")
            try requireEqual(
                try await store.devices(certifiedBy: ["a1"], leftTo: nil),
                [
                    CertifiedDevice(
                        identifier: first.identifier, account: first.account, ceiling: first.ceiling, state: .active)
                ])
            try requireEqual(try await change(first, by: .revoke, in: store), .changed, "revoked")
            try requireEqual(try await found(["ca"]), [second.identifier], "without what is at its end")
        },
        StorePromise("A lowered device has normal and stays in use; its sessions end; the person hears of it, once") {
            store in
            let login = try await Fixtures.login(in: store, device: try await certified(["a1"], in: store))
            _ = try await store.redeem(login.code)
            let device = login.device
            let stranger = try await Fixtures.enrolledDevice(in: store)
            try require(
                try await !store.distrust(device.identifier, of: stranger.account, .lowers, time: Fixtures.now),
                "somebody else's device")
            try requireEqual(try await distrust(device, .lowers, in: store), [true, false])
            let after = try await store.device(device.identifier)?.0
            try requireEqual(after?.ceiling, DeviceCeiling(level: .normal, isSimulated: true), "ceiling")
            try requireEqual(after?.wasLowered, true, "lowered")
            try requireEqual(after?.state, .active, "state")
            try requireEqual(try await store.sessions(of: device.account, now: Fixtures.now), [], "sessions")
            try requireEqual(try await store.dueLogouts(now: Fixtures.now, limit: 10).count, 1, "logouts")
            let notices = try await store.notices(of: device.account, limit: 10)
            try requireEqual(notices.filter { $0.kind == .deviceLowered }.map(\.detail), ["Erikas Telefon"], "notices")
            let events = try await store.auditEntries(of: .region, after: 0, limit: 100)
            try requireEqual(events.filter { $0.kind == "device.evidence_revoked" }.count, 1, "events")
            try requireEqual(try await store.device(stranger.identifier)?.0.ceiling, stranger.ceiling, "the other's")
        },
        StorePromise("A device that ends is never used again, in whatever state it was") { store in
            let cases: [(DeviceState.Event?, DeviceState)] = [
                (nil, .suspended), (.reportLost, .revoked), (.wrongPINs, .revoked),
            ]
            for (event, expected) in cases {
                let device = try await certified(["a1"], in: store)
                if let event { try requireEqual(try await change(device, by: event, in: store), .changed, "\(event)") }
                try requireEqual(try await distrust(device, .ends, in: store), [true, false], "\(expected)")
                let after = try await store.device(device.identifier)?.0
                try requireEqual(after?.state, expected, "state")
                try requireEqual(after?.ceiling.level, .normal, "ceiling")
                for way in [DeviceState.Event.found, .unlock, .approve] {
                    try requireEqual(try await change(device, by: way, in: store), .notPossible(expected), "\(way)")
                }
            }
            // One that waits is refused, and the one that is in use stays.
            let first = try await Fixtures.enrolledDevice(in: store)
            let waiting = try await pending(of: first, in: store)
            try requireEqual(try await distrust(waiting, .ends, in: store), [true, false], "one that waits")
            try requireEqual(try await store.device(waiting.identifier)?.0.state, .revoked, "one that waits")
            try requireEqual(try await store.device(first.identifier)?.0, first, "the first")
        },
        StorePromise("What is left to do is what would be done") { store in
            let events: [[DeviceState.Event]] = [
                [], [.reportLost], [.reportCopied], [.wrongPINs], [.revoke], [.reportLost, .revoke], [.expire],
            ]
            for distrust in Distrust.allCases {
                for ceiling in [DeviceCeiling.simulated(.strongbox), .withoutEvidence] {
                    for events in events {
                        let serial = "\(RandomBytes.digits(12))"
                        let device = try await certified([serial], ceiling: ceiling, in: store)
                        for event in events { _ = try await change(device, by: event, in: store) }
                        let left = try await store.devices(certifiedBy: [serial], leftTo: distrust)
                        let before = try await store.device(device.identifier)?.0
                        let isDone = try await store.distrust(
                            device.identifier, of: device.account, distrust, time: Fixtures.now)
                        try requireEqual(left.map(\.identifier), isDone ? [device.identifier] : [], "\(events)")
                        if !isDone { try requireEqual(try await store.device(device.identifier)?.0, before, "device") }
                        try requireEqual(
                            try await store.devices(certifiedBy: [serial], leftTo: distrust), [], "\(events)")
                    }
                }
            }
        },
        StorePromise("A device that was lowered approves nothing above normal, even what it had claimed before") {
            store in
            let device = try await Fixtures.enrolledDevice(in: store)
            _ = try await distrust(device, .lowers, in: store)
            let before = try await store.device(device.identifier)?.0
            let answer = Fixtures.answer(from: device)
            try requireEqual(try await store.accept(answer), .levelLowered)
            try requireEqual(try await store.device(device.identifier)?.0, before, "device")
            try require(try await store.liveGrant(answer.transaction) == nil, "there is a grant")
            let denial = Fixtures.answer(from: device, counter: 2, decision: .deny, isPINProved: false)
            try requireEqual(try await store.accept(denial), .accepted, "denial")
            let normal = AuthenticationContext(level: .normal, isSimulated: true)
            for level in [\LoginApproval.session.context, \.grant.context] {
                var half = Fixtures.answer(from: device, counter: 3)
                half.approval?[keyPath: level] = normal
                try requireEqual(try await store.accept(half), .levelLowered, "half of it at normal")
            }
            var low = Fixtures.answer(from: device, counter: 3)
            low.approval?.session.context = normal
            low.approval?.grant.context = normal
            try requireEqual(try await store.accept(low), .accepted, "normal")
        },
        StorePromise("A device that shows more than what approves it counts as lowered") { store in
            let first = try await Fixtures.enrolledDevice(in: store)
            for (level, wasLowered) in [(AssuranceLevel.normal, true), (.substantiell, false)] {
                let waiting = try await pending(of: first, in: store)
                let outcome = try await store.change(
                    waiting.identifier, of: first.account, by: .approve, approval: level, author: .person,
                    time: Fixtures.now)
                try requireEqual(outcome, .changed, "approval")
                try requireEqual(try await store.device(waiting.identifier)?.0.wasLowered, wasLowered, "\(level)")
            }
        },
    ]

    private static func certified(
        _ serials: [String], ceiling: DeviceCeiling = .simulated(.strongbox), in store: any ProviderStore
    ) async throws -> DeviceRecordRow {
        var phone = Fixtures.Phone()
        phone.certificates = serials
        return try await Fixtures.enrolledDevice(in: store, phone: phone, ceiling: ceiling)
    }

    /// What two tries, one after the other, give.
    private static func distrust(
        _ device: DeviceRecordRow, _ distrust: Distrust, in store: any ProviderStore
    ) async throws -> [Bool] {
        var outcomes: [Bool] = []
        for _ in 0..<2 {
            outcomes.append(
                try await store.distrust(device.identifier, of: device.account, distrust, time: Fixtures.now))
        }
        return outcomes
    }

    private static func change(
        _ device: DeviceRecordRow, by event: DeviceState.Event, in store: any ProviderStore
    ) async throws -> DeviceChange {
        try await store.change(
            device.identifier, of: device.account, by: event, approval: nil, author: .person, time: Fixtures.now)
    }
}
