import AccountDirectory
import Foundation
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import SQLiteStore
import Testing

/// §7 of docs/protocol.md; checklist H3.
@Suite("Evidence of hardware: the policy's levels, and what a simulator's root makes of them")
struct HardwareEvidenceTests {
    @Test("a maker's root gives the policy's level", arguments: HardwareStage.hardware)
    func real(hardware: SimulatedHardware) async throws {
        let maker = try TestSimulator("Maker")
        let provider = try await TestProvider.trusting([maker])
        let (phone, enrolled) = try await provider.enrol(hardware, by: maker)
        #expect(!enrolled.verdicts.contains { !$0.passed } && enrolled.verdicts.count >= 7)
        #expect(try await provider.row(of: phone)?.ceiling == DeviceCeiling(level: .substantiell, isSimulated: false))
    }

    @Test(
        "I8: the same evidence under a simulator's root never reaches a real level", arguments: HardwareStage.hardware)
    func simulated(hardware: SimulatedHardware) async throws {
        let provider = try await TestProvider.trusting([])
        let (phone, enrolled) = try await provider.enrol(hardware, by: provider.simulator)
        #expect(!enrolled.verdicts.contains { !$0.passed })
        #expect(try await provider.row(of: phone)?.ceiling == DeviceCeiling(level: .substantiell, isSimulated: true))
        let record = try SignedStatement<DeviceRecord>.verify(
            enrolled.record, keys: provider.provider.keys.ring.verificationKeys)
        #expect(record.statement.ceiling == "sim:http://bsi.bund.de/eID/LoA/substantiell")
    }

    @Test("a stranger's root is refused, and so is any evidence that needs a list while there is none")
    func refused() async throws {
        let stranger = try TestSimulator("Stranger")
        let provider = try await TestProvider.trusting([TestSimulator("Maker")])
        for hardware in HardwareStage.hardware {
            await #expect(throws: DeviceRefusal.self) { try await provider.enrol(hardware, by: stranger) }
        }
        try await provider.provider.evidenceReview.adopt(nil)
        let refusal = await #expect(throws: DeviceRefusal.self) {
            try await provider.enrol(HardwareStage.hardware[0], by: provider.simulator)
        }
        #expect(refusal?.verdicts.filter { !$0.passed }.map(\.check) == ["revocation"])
    }

    @Test("the level is the policy's for that kind of hardware")
    func levels() async throws {
        let maker = try TestSimulator("Maker")
        let provider = try await TestProvider.trusting([maker], tee: .normal)
        let (phone, _) = try await provider.enrol(HardwareStage.hardware[0], by: maker)
        #expect(try await provider.row(of: phone)?.ceiling.level == .normal)
    }

    @Test("H3: a device whose certificate is revoked falls to normal, once, with an event, and its neighbours do not")
    func revocation() async throws {
        let maker = try TestSimulator("Maker")
        let provider = try await TestProvider.trusting([maker])
        let review = provider.provider.evidenceReview
        let (phone, _, serials) = try await provider.enrolWithSerials(HardwareStage.hardware[1], by: maker)
        let other = try await provider.enrolledPhone(
            person: ["given_name": "Max", "family_name": "Beispiel", "birthdate": "1970-01-01"])
        let serial = try #require(serials.first)
        let list = RevocationList(serials: [serial, "abc"])
        #expect(try await review.affected(by: list).map(\.identifier) == [phone.device])
        #expect(try await provider.row(of: phone)?.ceiling.level == .substantiell, "asking changes nothing")
        #expect(try await review.adopt(list) == 1)
        #expect(try await provider.row(of: phone)?.ceiling == DeviceCeiling(level: .normal, isSimulated: false))
        #expect(try await provider.store.device(phone.device)?.0.state == .active)
        #expect(try await review.adopt(list) == 0)
        #expect(try await provider.store.device(other.device)?.0.state == .active)
        let events = try await provider.store.auditEntries(of: .region, after: 0, limit: 1000)
        #expect(events.filter { $0.kind == "device.evidence_revoked" }.count == 1)
        // The next phone with the same batch certificate is not enrolled at all.
        let batch = try #require(serials.last)
        try await review.adopt(RevocationList(serials: [batch]))
        await #expect(throws: DeviceRefusal.self) { try await provider.enrol(HardwareStage.hardware[1], by: maker) }
    }

    @Test("where devices without evidence are not accepted, such a device is suspended for good")
    func suspension() async throws {
        let maker = try TestSimulator("Maker")
        let provider = try await TestProvider.trusting([maker], formats: ["android-key"])
        let (phone, _, serials) = try await provider.enrolWithSerials(HardwareStage.hardware[0], by: maker)
        let serial = try #require(serials.first)
        #expect(try await provider.provider.evidenceReview.adopt(RevocationList(serials: [serial])) == 1)
        #expect(try await provider.store.device(phone.device)?.0.state == .suspended)
        #expect(try await provider.provider.evidenceReview.adopt(RevocationList(serials: [serial])) == 0)
        await #expect(throws: DeviceRefusal.self) { try await provider.verified(phone) }
    }
}
