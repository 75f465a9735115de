import AccountDirectory
import Foundation
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import SQLiteStore

/// Phones that show hardware, in a region that trusts its makers.
enum HardwareStage {
    static let signature = Digest.sha256(Array("release".utf8))
    static let strongbox = SimulatedHardware.androidKey(.strongbox, package: "example.citizen", signature: signature)
    static let iPhone = SimulatedHardware.appAttest(application: "A1B2C3D4E5.example.citizen")
    static let hardware: [SimulatedHardware] = [
        .androidKey(.tee, package: "example.citizen", signature: signature), strongbox, iPhone, .tpm,
    ]
}

extension TestProvider {
    /// A provider whose makers' roots are those of `makers`, and whose simulator's root is the harness's; its list of
    /// revoked certificates is empty.
    static func trusting(
        _ makers: [TestSimulator], formats: [String] = ["android-key", "apple-appattest", "tpm", "none"],
        tee: AssuranceLevel = .substantiell, store: (sqlite: SQLiteStore, wrapped: FaultyStore)? = nil
    ) async throws -> TestProvider {
        let roots = makers.map(\.root)
        let change: (inout Region) -> Void = { region in
            region.evidence.androidKey = AndroidKeyPolicy(
                roots: roots,
                applications: [.init(package: "example.citizen", signatures: [HardwareStage.signature])],
                oldestPatch: 202_601, levels: [.tee: tee, .strongbox: .substantiell])
            region.evidence.appAttest = AppAttestPolicy(roots: roots, applications: ["A1B2C3D4E5.example.citizen"])
            region.evidence.tpm = TPMPolicy(roots: roots)
        }
        // The harness makes its certificates for the real time.
        let clock = SettableClock(Timestamp(seconds: Int64(Date().timeIntervalSince1970)))
        let provider = try await TestProvider(formats: formats, store: store?.sqlite, clock: clock, region: change) {
            sqlite in
            if let store { return store.wrapped }
            return sqlite
        }
        try await provider.provider.evidenceReview.adopt(RevocationList())
        return provider
    }

    /// A phone of a new account, with evidence of this hardware.
    func enrol(
        _ hardware: SimulatedHardware, by simulator: TestSimulator
    ) async throws -> (TestPhone, EnrolledDevice) {
        let (phone, enrolled, _) = try await enrolWithSerials(hardware, by: simulator)
        return (phone, enrolled)
    }

    /// The serial numbers are those of Android's chain.
    func enrolWithSerials(
        _ hardware: SimulatedHardware, by simulator: TestSimulator, level: AssuranceLevel = .substantiell
    ) async throws -> (TestPhone, EnrolledDevice, serials: [String]) {
        let (phone, offer, evidence) = try await shown(hardware, by: simulator, level: level)
        let message = try phone.registration(for: offer, evidence: .made { _, _ in [evidence] }, now: now)
        let enrolled = try await register(phone, message, offer: offer)
        return (phone, enrolled, try TestSimulator.serials(of: evidence))
    }

    /// What a phone of a new account would show.
    func shown(
        _ hardware: SimulatedHardware, by simulator: TestSimulator, level: AssuranceLevel = .substantiell
    ) async throws -> (TestPhone, SignedStatement<EnrolmentOffer>, DeviceEvidence) {
        let phone = TestPhone()
        let offer = try await offer(ticket: ticket(level: level))
        let evidence = try simulator.maker.evidence(
            of: hardware, offer: offer.digest, authentication: phone.authentication.publicKey,
            installation: phone.installation.thumbprint, pin: phone.pin.thumbprint, now: now)
        return (phone, offer, evidence)
    }

    func row(of phone: TestPhone) async throws -> DeviceRecordRow? { try await store.device(phone.device)?.0 }
}
