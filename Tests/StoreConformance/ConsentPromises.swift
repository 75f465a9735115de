internal import IdentityCrypto
internal import OpenIDMessages
internal import ProviderCore

extension StorePromise {
    static let consents: [StorePromise] = [
        StorePromise("What a person released to a client is remembered for that client alone") { store in
            let device = try await Fixtures.enrolledDevice(in: store)
            try require(try await store.consent(of: device.account, to: Fixtures.client) == nil, "before the login")
            let login = try await Fixtures.login(in: store, device: device)
            try requireEqual(
                try await store.consent(of: device.account, to: Fixtures.client),
                ConsentRecord(
                    asked: login.grant.released + ["birthdate"], released: login.grant.released,
                    grantedAt: Fixtures.now))
            try require(try await store.consent(of: device.account, to: Fixtures.otherClient) == nil, "another client")
            try require(try await store.consent(of: .random(), to: Fixtures.client) == nil, "another person")
        },
        StorePromise("A claim that is asked for anew has its new decision, and others keep theirs") { store in
            let device = try await Fixtures.enrolledDevice(in: store)
            try await decide(
                device, 1, asked: ["given_name", "email", "birthdate"], released: ["given_name", "email"])
            try await decide(device, 2, asked: ["email", "birthdate", "address"], released: ["birthdate", "address"])
            let consent = try await store.consent(of: device.account, to: Fixtures.client)
            try requireEqual(consent?.asked.sorted(), ["address", "birthdate", "email", "given_name"], "asked")
            try requireEqual(consent?.released.sorted(), ["address", "birthdate", "given_name"], "released")
            try requireEqual(consent?.grantedAt, Fixtures.now + 2, "time")

            func decide(
                _ device: DeviceRecordRow, _ counter: Int64, asked: [String], released: [String]
            ) async throws {
                _ = try await Fixtures.login(
                    in: store, device: device, counter: counter, at: Fixtures.now + counter
                ) { approval in
                    approval.asked = asked
                    approval.grant.released = released
                }
            }
        },
        StorePromise("A denial and a wrong PIN are no consent") { store in
            let device = try await Fixtures.enrolledDevice(in: store)
            _ = try await store.accept(Fixtures.answer(from: device, counter: 1, decision: .deny))
            _ = try await store.accept(Fixtures.answer(from: device, counter: 2, isPINProved: false))
            try require(try await store.consent(of: device.account, to: Fixtures.client) == nil, "a consent")
            try requireEqual(try await store.sessions(of: device.account, now: Fixtures.now), [], "a session")
        },
    ]
}
