internal import AccountDirectory
internal import IdentityCrypto
internal import OpenIDMessages
internal import ProviderCore

extension StorePromise {
    static let releases: [StorePromise] = [
        StorePromise("What a person released to a client is remembered for that client alone") { store in
            let device = try await Fixtures.enrolledDevice(in: store)
            let key = Fixtures.releaseKey(of: device.account)
            try require(try await store.release(for: key) == nil, "before the login")
            let login = try await Fixtures.login(in: store, device: device)
            guard let release = try await store.release(for: key) else {
                throw ConformanceFailure(description: "no release")
            }
            try requireEqual(
                release,
                ClaimRelease(
                    identifier: release.identifier, key: key,
                    asked: login.grant.released + ["birthdate"], released: login.grant.released,
                    grantedAt: Fixtures.now))
            let others = [
                Fixtures.releaseKey(of: device.account, client: Fixtures.otherClient),
                Fixtures.releaseKey(of: .random()),
                Fixtures.releaseKey(of: device.account, service: Fixtures.service),
                Fixtures.releaseKey(of: device.account, context: ContextName(rawValue: "company:m-1")!),
            ]
            for other in others {
                try require(try await store.release(for: other) == nil, "\(other)")
            }
            try requireEqual(try await store.releases(of: device.account), [release])
            try requireEqual(try await store.releases(of: .random()), [])
        },
        StorePromise("A claim that is asked for anew has its new decision, and others keep theirs") { store in
            let device = try await Fixtures.enrolledDevice(in: store)
            try await decide(
                store, device, 1, asked: ["given_name", "email", "birthdate"], released: ["given_name", "email"])
            let first = try await store.releases(of: device.account)
            try await decide(
                store, device, 2, asked: ["email", "birthdate", "address"], released: ["birthdate", "address"])
            let release = try await store.release(for: Fixtures.releaseKey(of: device.account))
            try requireEqual(release?.asked.sorted(), ["address", "birthdate", "email", "given_name"], "asked")
            try requireEqual(release?.released.sorted(), ["address", "birthdate", "given_name"], "released")
            try requireEqual(release?.grantedAt, Fixtures.now + 2, "time")
            try requireEqual(release?.identifier, first.first?.identifier, "the same release")
        },
        StorePromise("The same decision again is no new one") { store in
            let device = try await Fixtures.enrolledDevice(in: store)
            try await decide(store, device, 1, asked: ["email"], released: ["email"])
            let first = try await store.releases(of: device.account)
            try await decide(store, device, 2, asked: ["email"], released: ["email"])
            try requireEqual(try await store.releases(of: device.account), first)
        },
        StorePromise("I37: a release for a changed purpose takes the place of the earlier one") { store in
            let device = try await Fixtures.enrolledDevice(in: store)
            try await decide(store, device, 1, purpose: "1", asked: ["email"], released: ["email"])
            let old = try await store.releases(of: device.account)[0]
            try await decide(store, device, 2, purpose: "2", asked: ["email"], released: [])
            let key = Fixtures.releaseKey(of: device.account, service: Fixtures.service, purpose: "2")
            let current = try await store.release(for: key)
            try requireEqual(current?.key, key, "the release in force")
            try requireEqual(current?.released, [], "what it releases")
            let all = try await store.releases(of: device.account)
            try requireEqual(all.count, 2, "both are kept")
            let before = all.first { $0.identifier == old.identifier }
            try requireEqual(before?.state, .superseded, "the earlier one")
            try requireEqual(before?.endedAt, Fixtures.now + 2, "its end")
        },
        StorePromise("A release is withdrawn once, by its person, and then nothing is released on its ground") {
            store in
            let login = try await Fixtures.login(in: store)
            try requireRedeemed(try await store.redeem(login.code))
            let account = login.device.account
            let release = try await store.releases(of: account)[0]
            try requireEqual(
                try await store.liveGrant(login.transaction)?.grant.released, login.grant.released, "before")
            let event = SecurityEvent(.releaseWithdrawn, time: Fixtures.now + 5, object: release.identifier.rawValue)
            try require(
                try await !store.withdraw(release.identifier, of: .random(), event: event), "by somebody else")
            try require(try await store.withdraw(release.identifier, of: account, event: event), "by its person")
            try require(try await !store.withdraw(release.identifier, of: account, event: event), "a second time")
            try requireEqual(try await store.liveGrant(login.transaction)?.grant.released, [], "afterwards")
            try require(try await store.release(for: release.key) == nil, "in force")
            let ended = try await store.releases(of: account)[0]
            try requireEqual(ended.state, .withdrawn)
            try requireEqual(ended.endedAt, Fixtures.now + 5)
            // A session releases nothing on its ground either.
            var grant = login.grant
            grant.transaction = .random(bytes: 16)
            grant.handle = OneTimeHandle(.authorizationCode).digest
            let silent = try await store.grant(
                grant, sector: Fixtures.sector, session: login.cookie.digest, now: Fixtures.now + 6)
            try require(silent == nil, "a silent grant")
        },
        StorePromise("I32: a silent grant releases no more than was released before, for the same purpose") { store in
            let device = try await Fixtures.enrolledDevice(in: store)
            let login = try await Fixtures.login(in: store, device: device) { approval in
                approval.asked = ["given_name", "email"]
                approval.grant.released = ["given_name"]
                approval.grant.service = Fixtures.service
                approval.grant.purposeVersion = "1"
            }
            func isGranted(_ released: [String], purpose: String) async throws -> Bool {
                var grant = login.grant
                grant.transaction = .random(bytes: 16)
                grant.handle = OneTimeHandle(.authorizationCode).digest
                grant.released = released
                grant.purposeVersion = purpose
                return try await store.grant(
                    grant, sector: Fixtures.sector, session: login.cookie.digest, now: Fixtures.now + 1) != nil
            }
            try require(try await isGranted(["given_name"], purpose: "1"), "what was released")
            try require(try await isGranted([], purpose: "1"), "less")
            try require(try await !isGranted(["given_name", "email"], purpose: "1"), "what was kept back")
            try require(try await !isGranted(["given_name"], purpose: "2"), "another purpose")
        },
        StorePromise("What is kept back later is not given any more on an earlier grant") { store in
            let device = try await Fixtures.enrolledDevice(in: store)
            let login = try await Fixtures.login(in: store, device: device) { approval in
                approval.asked = ["given_name", "email"]
                approval.grant.released = ["given_name", "email"]
            }
            try requireRedeemed(try await store.redeem(login.code))
            try await decide(store, device, 2, asked: ["email"], released: [])
            try requireEqual(try await store.liveGrant(login.transaction)?.grant.released, ["given_name"])
        },
        StorePromise("I21: the same person in one sector has another subject in each context") { store in
            let device = try await Fixtures.enrolledDevice(in: store)
            let sector = Fixtures.sector
            let contexts: [ActingContext] = [
                .citizen,
                .company(
                    membership: MembershipIdentifier(rawValue: "m-1")!, company: CompanyIdentifier(rawValue: "c-1")!,
                    mandate: nil),
                .company(
                    membership: MembershipIdentifier(rawValue: "m-2")!, company: CompanyIdentifier(rawValue: "c-2")!,
                    mandate: MandateIdentifier(rawValue: "md-1")!),
            ]
            var subjects: [SubjectIdentifier] = []
            for (index, context) in contexts.enumerated() {
                let login = try await Fixtures.login(in: store, device: device, counter: Int64(index) + 1) { approval in
                    approval.grant.acting = context
                }
                let live = try requireRedeemed(try await store.redeem(login.code))
                try requireEqual(live.grant.acting, context, "the context of the grant")
                guard let subject = live.grant.subject else { throw ConformanceFailure(description: "no subject") }
                try requireEqual(
                    try await store.subject(of: device.account, in: sector, as: context.name), subject)
                subjects.append(subject)
            }
            try requireEqual(Set(subjects).count, contexts.count, "different subjects")
        },
        StorePromise("A denial and a wrong PIN release nothing") { store in
            let device = try await Fixtures.enrolledDevice(in: store)
            _ = try await store.accept(Fixtures.answer(from: device, counter: 1, decision: .deny))
            _ = try await store.accept(Fixtures.answer(from: device, counter: 2, isPINProved: false))
            try requireEqual(try await store.releases(of: device.account), [], "a release")
            try requireEqual(try await store.sessions(of: device.account, now: Fixtures.now), [], "a session")
        },
    ]

    private static func decide(
        _ store: any ProviderStore, _ device: DeviceRecordRow, _ counter: Int64, purpose: String? = nil,
        asked: [String], released: [String]
    ) async throws {
        _ = try await Fixtures.login(in: store, device: device, counter: counter, at: Fixtures.now + counter) {
            approval in
            approval.asked = asked
            approval.grant.released = released
            approval.grant.service = purpose.map { _ in Fixtures.service }
            approval.grant.purposeVersion = purpose ?? ""
        }
    }
}

extension Fixtures {
    static let service = ServiceIdentifier(rawValue: "hundesteuer")!

    static func releaseKey(
        of account: AccountIdentifier, context: ContextName = .citizen, client: ClientIdentifier = client,
        service: ServiceIdentifier? = nil, purpose: String = ""
    ) -> ReleaseKey {
        ReleaseKey(
            account: account, context: context, client: client, tenant: Fixtures.tenant, service: service,
            purposeVersion: purpose)
    }
}
