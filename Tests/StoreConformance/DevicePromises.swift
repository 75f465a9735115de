internal import AccountDirectory
internal import IdentityCrypto
internal import OpenIDMessages
internal import ProviderCore

extension StorePromise {
    static let devices: [StorePromise] = [
        StorePromise("An unknown device is not found") { store in
            try require(try await store.device(.random(bytes: 16)) == nil, "an unknown device was found")
        },
        StorePromise("The devices of an account are listed, the oldest first, without those of others") { store in
            let account = Fixtures.account()
            let first = try await Fixtures.enrolledDevice(in: store, account: account)
            _ = try await Fixtures.enrolledDevice(in: store)
            try requireEqual(try await store.devices(of: account.identifier), [first])
            try requireEqual(try await store.devices(of: .random()), [])
        },
        StorePromise("A block code suspends its device; the device is still found, with its state") { store in
            let phone = Fixtures.Phone()
            let device = try await Fixtures.enrolledDevice(in: store, phone: phone)
            try requireEqual(try await store.block(phone.blockCode.digest, time: Fixtures.now), .device)
            try requireEqual(try await store.device(device.identifier)?.0.state, .suspended)
            try requireEqual(try await store.block(phone.blockCode.digest, time: Fixtures.now), .device, "second use")
        },
        StorePromise("key.created, key.revoked, key.compromised: each once, with the device, when its keys change") {
            store in
            let (lost, copied) = (
                try await Fixtures.enrolledDevice(in: store), try await Fixtures.enrolledDevice(in: store)
            )
            _ = try await Fixtures.login(in: store, device: copied, counter: 5)
            try requireEqual(try await store.accept(Fixtures.answer(from: copied, counter: 5)), .cloned)
            for event in [DeviceState.Event.reportLost, .revoke, .revoke] {
                _ = try await store.change(
                    lost.identifier, of: lost.account, by: event, approval: nil, author: Author(.person, at: nil),
                    time: Fixtures.now)
            }
            _ = try await store.change(
                copied.identifier, of: copied.account, by: .revoke, approval: nil, author: Author(.person, at: nil),
                time: Fixtures.now)
            var events: [AuditEntry] = []
            for chain in [AuditChain.tenant(Fixtures.tenant), .region] {
                events += try await store.auditEntries(of: chain, after: 0, limit: 100)
            }
            func kinds(_ device: DeviceRecordRow) -> [String] {
                events.filter { $0.kind.hasPrefix("key.") && $0.object == device.identifier.rawValue }.map(\.kind)
            }
            try requireEqual(kinds(lost), ["key.created", "key.revoked"])
            // Keys that somebody copied stay so, whatever becomes of the device.
            try requireEqual(kinds(copied), ["key.created", "key.compromised"])
        },
        StorePromise("A wrong block code suspends nothing") { store in
            let device = try await Fixtures.enrolledDevice(in: store)
            try requireEqual(try await store.block(OneTimeSecret().digest, time: Fixtures.now), nil)
            try requireEqual(try await store.device(device.identifier)?.0.state, .active)
        },
        StorePromise("A blocked device is not accepted any more") { store in
            let phone = Fixtures.Phone()
            let device = try await Fixtures.enrolledDevice(in: store, phone: phone)
            _ = try await store.block(phone.blockCode.digest, time: Fixtures.now)
            try requireEqual(try await store.accept(Fixtures.answer(from: device)), .deviceNotActive)
        },
    ]
}
