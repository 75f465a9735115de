import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import SQLiteStore
import Testing

/// §7.5 of docs/protocol.md; checklist H3.
@Suite("Revoked evidence: what becomes of devices, their logins, their sessions and their people")
struct EvidenceRevocationTests {
    /// A region with a store that does as it is told, and a phone of a maker whose certificate can be revoked.
    private struct Stage {
        let store: FaultyStore
        let sqlite: SQLiteStore
        let maker: TestSimulator
        let provider: TestProvider
        let phone: TestPhone
        let list: RevocationList
        /// Revokes what is in every chain of the maker.
        let listOfAll: RevocationList

        init(formats: [String] = ["android-key", "apple-appattest", "tpm", "none"]) async throws {
            sqlite = try SQLiteStore.inMemory()
            store = FaultyStore(sqlite)
            maker = try TestSimulator("Maker")
            provider = try await TestProvider.trusting([maker], formats: formats, store: (sqlite, store))
            let (phone, _, serials) = try await provider.enrolWithSerials(HardwareStage.strongbox, by: maker)
            self.phone = phone
            list = RevocationList(serials: [try #require(serials.first)])
            listOfAll = RevocationList(serials: [try #require(serials.last)])
        }

        func account() async throws -> AccountIdentifier { try #require(try await provider.row(of: phone)).account }

        func adopt(_ list: RevocationList) async throws -> Int {
            try await provider.provider.evidenceReview.adopt(list)
        }

        func notices() async throws -> [NoticeKind] {
            try await sqlite.notices(of: account(), limit: 10).map(\.kind)
        }
    }

    @Test("a phone that knows nothing of it goes on at normal, and its key is recorded as one in software")
    func goesOn() async throws {
        let stage = try await Stage()
        let provider = stage.provider
        #expect(try await stage.adopt(stage.list) == 1)
        let tokens = try await provider.redeem(provider.code(phone: stage.phone))
        let claims = try unverifiedPayload(tokens["id_token"]?.string)
        #expect(claims["acr"] == "http://bsi.bund.de/eID/LoA/normal")
        #expect(claims["amr"]?.strings == ["swk", "pin", "mfa", "user"])
        #expect(try await provider.sessions(of: stage.phone).map(\.methods) == [["swk", "pin", "mfa", "user"]])
        // Methods that took no part are refused as before.
        let device = try await provider.verified(stage.phone)
        for methods in [["hwk", "swk", "pin", "user"], ["hwk", "pin", "mfa"], ["pin", "mfa", "user", "face"]] {
            let request = try await provider.claimed(provider.login(), by: device)
            let wrong = try stage.phone.response(to: request, now: provider.now) { $0.methods = methods }
            await #expect(throws: DeviceRefusal(.statementRefused, .responseClaims)) {
                try await provider.answer(request, wrong, by: device)
            }
        }
    }

    @Test("hardware that the policy holds for normal is a key in software to the phone, too")
    func policyOfNormal() async throws {
        let maker = try TestSimulator("Maker")
        let provider = try await TestProvider.trusting([maker], tee: .normal)
        let (phone, _) = try await provider.enrol(HardwareStage.hardware[0], by: maker)
        #expect(try await provider.row(of: phone)?.wasLowered == false)
        let tokens = try await provider.redeem(provider.code(phone: phone))
        #expect(try unverifiedPayload(tokens["id_token"]?.string)["amr"]?.strings == ["swk", "pin", "mfa", "user"])
    }

    @Test("a login that was claimed at the higher level is not approved any more, and can still be denied")
    func loginInFlight() async throws {
        let stage = try await Stage()
        let provider = stage.provider
        // The phone was let in at the door before the list came.
        let device = try await provider.verified(stage.phone)
        let login = try await provider.login()
        let (approved, denied) = (
            try await provider.claimed(login, by: device), try await provider.claimed(provider.login(), by: device)
        )
        #expect(try await stage.adopt(stage.list) == 1)
        let approval = try stage.phone.response(to: approved, now: provider.now)
        for refusal in [DeviceRefusal(.levelUnreachable, .levelUnreachable), DeviceRefusal(.loginOver, .loginOver)] {
            await #expect(throws: refusal) { try await provider.answer(approved, approval, by: device) }
        }
        #expect(login.state == .failed)
        #expect(login.collect()?["error"] == "unmet_authentication_requirements")
        #expect(try await provider.sessions(of: stage.phone) == [])
        try await provider.answer(
            denied, stage.phone.response(to: denied, .deny, now: provider.now), by: provider.verified(stage.phone))
    }

    @Test("sessions end, and portals hear of it at once")
    func sessions() async throws {
        let stage = try await Stage()
        let provider = stage.provider
        _ = try await provider.signIn(at: TestRegion.basic, phone: stage.phone)
        #expect(try await provider.sessions(of: stage.phone).count == 1)
        #expect(try await stage.adopt(stage.list) == 1)
        #expect(try await provider.sessions(of: stage.phone) == [])
        let deliveries = try await provider.provider.logoutDeliveries(to: TestRegion.basic.client.identifier, limit: 10)
        #expect(deliveries.map(\.state) == [.pending])
        #expect(await rings(provider.provider.logoutBell))
    }

    @Test("when the store fails in between, portals hear of what was done, and the next look does the rest")
    func halfDone() async throws {
        let stage = try await Stage()
        _ = try await stage.provider.enrol(HardwareStage.strongbox, by: stage.maker)
        // The list of devices, the first device, the second one.
        stage.store.fail(3, .before)
        await #expect(throws: FaultyStore.Fault.self) { try await stage.adopt(stage.listOfAll) }
        #expect(stage.store.heal())
        #expect(await rings(stage.provider.provider.logoutBell))
        #expect(try await stage.adopt(stage.listOfAll) == 1)
    }

    @Test("P-8.1 a device that was not judged when the list came is judged when it renews its attestation")
    func renewal() async throws {
        let stage = try await Stage()
        let provider = stage.provider.provider
        let device = try await stage.provider.verified(stage.phone)
        // The list of devices, then the first of them.
        stage.store.fail(2, .before)
        await #expect(throws: FaultyStore.Fault.self) { try await stage.adopt(stage.list) }
        #expect(stage.store.heal())
        #expect(try await stage.provider.row(of: stage.phone)?.ceiling.level != .normal)
        for _ in 0..<2 { #expect(try await !provider.renewedAttestation(for: device).isEmpty) }
        let row = try #require(try await stage.provider.row(of: stage.phone))
        #expect(row.ceiling.level == .normal && row.wasLowered && row.state == .active)
        #expect(await rings(provider.logoutBell))
        #expect(try await stage.notices().filter { $0 == .deviceLowered }.count == 1, "told once")
    }

    @Test("P-8.1 where devices without evidence are not accepted, it gets no attestation and is never used again")
    func renewalThatEnds() async throws {
        let stage = try await Stage(formats: ["android-key"])
        let device = try await stage.provider.verified(stage.phone)
        stage.store.fail(2, .before)
        await #expect(throws: FaultyStore.Fault.self) { try await stage.adopt(stage.list) }
        #expect(stage.store.heal())
        await #expect(throws: DeviceRefusal(.deviceSuspended, .deviceNotActive)) {
            try await stage.provider.provider.renewedAttestation(for: device)
        }
        #expect(try await stage.provider.row(of: stage.phone)?.state == .suspended)
    }

    @Test("P-8.1 a device whose certificates no list names is renewed as it was")
    func renewalOfGoodEvidence() async throws {
        let stage = try await Stage()
        let device = try await stage.provider.verified(stage.phone)
        _ = try await stage.adopt(RevocationList(serials: ["0abc"]))
        _ = try await stage.provider.provider.renewedAttestation(for: device)
        #expect(try await stage.provider.row(of: stage.phone)?.wasLowered == false)
    }

    /// True when somebody rang since the last time.
    private func rings(_ bell: LogoutBell) async -> Bool {
        // Without a ring the wait ends with this task's children.
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                var rings = bell.rings.makeAsyncIterator()
                return await rings.next() != nil
            }
            group.addTask {
                try? await Task.sleep(for: .seconds(5))
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
    }

    @Test("the person reads that the device was lowered, once")
    func notice() async throws {
        let stage = try await Stage()
        for _ in 0..<2 { _ = try await stage.adopt(stage.list) }
        #expect(try await stage.notices().filter { $0 == .deviceLowered }.count == 1)
    }

    @Test("devices that fell before are not written again, whatever else the list says")
    func written() async throws {
        let stage = try await Stage()
        #expect(try await stage.adopt(stage.list) == 1)
        // After the list of devices nothing is asked of the store.
        stage.store.fail(2, .before)
        #expect(try await stage.adopt(stage.listOfAll) == 0)
        #expect(!stage.store.heal())
        #expect(try await stage.provider.provider.evidenceReview.affected(by: stage.listOfAll).count == 1)
    }

    @Test("an enrolment that was judged by the list before is judged by the new one")
    func race() async throws {
        let stage = try await Stage()
        stage.store.beforeEnrolment { _ = try await stage.adopt(stage.listOfAll) }
        let (phone, enrolled) = try await stage.provider.enrol(HardwareStage.strongbox, by: stage.maker)
        let row = try #require(try await stage.provider.row(of: phone))
        #expect(row.ceiling.level == .normal && row.wasLowered && row.state == .active)
        let record = try SignedStatement<DeviceRecord>.verify(
            enrolled.record, keys: stage.provider.provider.keys.ring.verificationKeys)
        #expect(record.statement.ceiling == "http://bsi.bund.de/eID/LoA/normal")
        _ = try await stage.provider.code(phone: phone)
    }

    @Test("where devices without evidence are not accepted, such an enrolment is refused, and the device is of no use")
    func raceWithoutNone() async throws {
        let stage = try await Stage(formats: ["android-key"])
        stage.store.beforeEnrolment { _ = try await stage.adopt(stage.listOfAll) }
        let refusal = await #expect(throws: DeviceRefusal.self) {
            try await stage.provider.enrol(HardwareStage.strongbox, by: stage.maker)
        }
        #expect(refusal?.code == .evidenceRefused)
        #expect(refusal?.verdicts.filter { !$0.passed }.map(\.check) == ["revocation"])
        let devices = try await stage.sqlite.devices(certifiedBy: stage.listOfAll.serials, leftTo: nil)
        #expect(devices.map(\.state) == [.suspended, .suspended])
    }

    @Test("the list counts for every kind of hardware", arguments: HardwareStage.hardware)
    func enrolment(hardware: SimulatedHardware) async throws {
        let stage = try await Stage()
        _ = try await stage.adopt(stage.listOfAll)
        let refusal = await #expect(throws: DeviceRefusal.self) {
            try await stage.provider.enrol(hardware, by: stage.maker)
        }
        #expect(refusal?.verdicts.filter { !$0.passed }.map(\.check) == ["revocation"])
    }

    @Test(
        "where devices without evidence are not accepted, a device is not found again either",
        arguments: [DeviceState.Event.reportLost, .wrongPINs])
    func ends(event: DeviceState.Event) async throws {
        let stage = try await Stage(formats: ["android-key"])
        let account = try await stage.account()
        let change = { (event: DeviceState.Event) in
            try await stage.sqlite.change(
                stage.phone.device, of: account, by: event, approval: nil, author: .person, time: stage.provider.now)
        }
        #expect(try await change(event) == .changed)
        #expect(try await stage.adopt(stage.list) == 1)
        #expect(try await stage.provider.row(of: stage.phone)?.state == .revoked)
        for way in [DeviceState.Event.found, .unlock] { #expect(try await change(way) == .notPossible(.revoked)) }
        #expect(try await stage.notices().first == .deviceRevoked)
        #expect(try await stage.adopt(stage.list) == 0)
    }
}
