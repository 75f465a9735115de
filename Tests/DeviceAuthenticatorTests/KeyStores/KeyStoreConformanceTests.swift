import Foundation
import IdentityCrypto
import OpenIDMessages
import ProviderHarness
import Testing

@testable import DeviceAuthenticator

/// Checklist J7: what every key store promises, whatever it is made of.
@Suite("Key stores, one behaviour", .enabled(if: KeyStoreStage.isInstalled, KeyStoreStage.needed))
struct KeyStoreConformanceTests {
    private static let proof = KeyProofStatement(purpose: .login, digest: ContentDigest(of: "answer"))

    @Test(arguments: KeyStoreKind.allCases)
    func `keys are made once and found again, and their signatures are theirs`(kind: KeyStoreKind) throws {
        let stage = try KeyStoreStage(kind)
        let made = try stage.keys()
        let opened = try stage.open()
        #expect(made.kind == kind && opened.kind == kind)
        #expect(opened.pinDerivation == made.pinDerivation)
        #expect(made.publicKey(.authentication) != made.publicKey(.installation))
        let pin = try opened.credential(.good)
        for role in DeviceKeyRole.allCases {
            #expect(opened.publicKey(role).thumbprint == made.publicKey(role).thumbprint)
            let text = try opened.sign(Self.proof, with: role, header: [:], pin: pin)
            let signed = try SignedStatement<KeyProofStatement>.verify(text, key: made.publicKey(role))
            #expect(signed.statement == Self.proof)
        }
        let (now, url) = (FakeProvider.now, "https://id.example/device/v1/devices")
        let call = try opened.proof(method: "GET", url: url, now: now, nonce: "n")
        let proved = try VerifiedDPoPProof.verify(
            call, method: "GET", url: url, now: now, isAcceptableNonce: { $0 == "n" })
        #expect(proved.key == made.publicKey(.installation))
    }

    @Test(arguments: KeyStoreKind.allCases)
    func `fresh keys take the place of the old ones`(kind: KeyStoreKind) throws {
        let stage = try KeyStoreStage(kind)
        let first = try stage.keys()
        let second = try stage.keys()
        #expect(first.publicKey(.authentication) != second.publicKey(.authentication))
        #expect(try stage.open().publicKey(.authentication) == second.publicKey(.authentication))
        #expect(first.pinDerivation != second.pinDerivation)
    }

    @Test(arguments: KeyStoreKind.allCases)
    func `a device enrols and answers logins`(kind: KeyStoreKind) async throws {
        let stage = try KeyStoreStage(kind)
        let provider = FakeProvider()
        let phone = try await stage.enrolledPhone(provider)
        #expect(try phone.keyStore() == kind)
        _ = try await phone.claim(provider.qrLink)
        _ = try await phone.waitForRequest()
        let outcome = try await phone.approve(pin: .good)
        #expect(outcome.receipt.state == .complete)
        _ = try await phone.claim(provider.qrLink)
        _ = try await phone.waitForRequest()
        #expect(try await phone.deny(pin: .good).receipt.state == .denied)
    }

    @Test(arguments: KeyStoreKind.allCases)
    func `J7: a wrong PIN is refused before anything is sent, or by the provider where only it can tell`(
        kind: KeyStoreKind
    ) async throws {
        let stage = try KeyStoreStage(kind)
        let provider = FakeProvider()
        let phone = try await stage.enrolledPhone(provider)
        _ = try await phone.claim(provider.qrLink)
        _ = try await phone.waitForRequest()
        if let refusal = stage.wrongPIN {
            await #expect(throws: DeviceError.keyStore(refusal)) { try await phone.approve(pin: .wrong) }
            #expect(await provider.bodies("/response").isEmpty, "nothing was signed")
        } else {
            let path = "/device/v1/logins/\(FakeProvider.transaction)/response"
            await provider.surprise(path, .success(FakeProvider.problem("not_accepted", 403)))
            await #expect(throws: DeviceError.self) { try await phone.approve(pin: .wrong) }
            #expect(await provider.bodies("/response").count == 1)
        }
        // The login lives, and the right PIN ends it.
        #expect(try await phone.approve(pin: .good).receipt.state == .complete)
    }

    @Test(arguments: KeyStoreKind.allCases)
    func `a denial needs the PIN exactly where the store asks for it`(kind: KeyStoreKind) async throws {
        let stage = try KeyStoreStage(kind)
        let provider = FakeProvider()
        let phone = try await stage.enrolledPhone(provider)
        for answer in [LoginDecision.deny, .report] {
            _ = try await phone.claim(provider.qrLink)
            _ = try await phone.waitForRequest()
            let sent = await provider.bodies("/response").count
            if kind.asksForPIN {
                await #expect(throws: DeviceError.keyStore(.pinNeeded)) { try await phone.deny() }
                #expect(await provider.bodies("/response").count == sent)
            } else {
                _ = try await phone.deny()
                continue
            }
            _ = try await answer == .deny ? phone.deny(pin: .good) : phone.report(pin: .good)
            #expect(await provider.bodies("/response").last?["pin_proof"] == nil, "a denial proves no PIN")
        }
    }

    @Test(arguments: KeyStoreKind.allCases.filter(\.asksForPIN))
    func `D-4.4.1 what was signed with the PIN is sent for no other login, and again only with the PIN`(
        kind: KeyStoreKind
    ) async throws {
        let stage = try KeyStoreStage(kind)
        let provider = FakeProvider()
        let phone = try await stage.enrolledPhone(provider)
        let path = "/device/v1/logins/\(FakeProvider.transaction)/response"
        _ = try await phone.claim(provider.qrLink)
        _ = try await phone.waitForRequest()
        _ = try await phone.deny(pin: .good)
        // Another login, of the same name; the answer to it gets lost.
        _ = try await phone.claim(provider.qrLink)
        _ = try await phone.waitForRequest()
        await #expect(throws: DeviceError.keyStore(.pinNeeded)) { try await phone.deny() }
        await #expect(throws: DeviceError.keyStore(try #require(stage.wrongPIN))) {
            try await phone.deny(pin: .wrong)
        }
        #expect(await provider.bodies("/response").count == 1)
        await provider.surprise(path, .failure(NetworkFailure(.timeout, authority: "id.example")))
        await #expect(throws: DeviceError.self) { try await phone.deny(pin: .good) }
        await #expect(throws: DeviceError.keyStore(.pinNeeded)) { try await phone.deny() }
        // A TPM counts on: one try less is left.
        await #expect(throws: DeviceError.self) { try await phone.deny(pin: .wrong) }
        #expect(await provider.bodies("/response").count == 2)
        _ = try await phone.deny(pin: .good)
        let sent = await provider.bodies("/response").compactMap { $0["response"]?.string }
        #expect(sent.count == 3 && sent[0] != sent[1] && sent[1] == sent[2])
    }

    @Test(arguments: KeyStoreKind.allCases)
    func `J1: damage of any byte, a wrong passphrase and a missing key have one message`(kind: KeyStoreKind) throws {
        let stage = try KeyStoreStage(kind)
        let refusal = FileRefusal.cannotOpen(stage.workshop.path + "/profile/keys.sealed")
        _ = try stage.keys(passphrase: "right")
        for passphrase in ["wrong", nil] {
            #expect(throws: refusal) { try KeyFile.open(in: stage.workshop.profile(passphrase: passphrase)) }
        }
        try FileManager.default.removeItem(atPath: stage.workshop.path + "/profile")
        _ = try stage.keys()
        let good = try stage.workshop.bytes("profile/keys.sealed")
        for index in good.indices {
            var damaged = good
            damaged[index] ^= 1
            try stage.workshop.write(damaged, "profile/keys.sealed")
            try stage.workshop.setMode(0o600, "profile/keys.sealed")
            #expect(throws: refusal, "byte \(index)") { try KeyFile.open(in: stage.workshop.profile()) }
        }
    }

    @Test(arguments: KeyStoreKind.allCases)
    func `a member that the store does not know is damage`(kind: KeyStoreKind) throws {
        let stage = try KeyStoreStage(kind)
        _ = try stage.keys()
        let folder = stage.workshop.profile()
        let good = try #require(try folder.read(KeyFile.name))
        for name in good.names {
            var bad = good
            bad[name] = .array([])
            try folder.replace(KeyFile.name, with: bad)
            #expect(throws: FileRefusal.self, "\(name)") { try KeyFile.open(in: folder) }
        }
        try folder.replace(KeyFile.name, with: good.adding(["more": 1]))
        #expect(throws: FileRefusal.self) { try KeyFile.open(in: folder) }
        try folder.replace(KeyFile.name, with: good.adding(["store": "cloud"]))
        #expect(throws: FileRefusal.self) { try KeyFile.open(in: folder) }
    }

    @Test(arguments: KeyStoreKind.allCases)
    func `J2: keys that cannot be written leave the old ones in their place`(kind: KeyStoreKind) throws {
        let stage = try KeyStoreStage(kind)
        let old = try stage.keys()
        try PrivateFolder(path: stage.workshop.path + "/profile/.keys.sealed.new").create()
        #expect(throws: DeviceError.self) { try stage.keys() }
        let kept = try stage.open()
        #expect(kept.publicKey(.authentication) == old.publicKey(.authentication))
        _ = try kept.signature(for: [1], with: .authentication, pin: try kept.credential(.good))
    }

    @Test(arguments: [KeyStoreKind.file, .pkcs11])
    func `what has no evidence of its own gives none`(kind: KeyStoreKind) async throws {
        let stage = try KeyStoreStage(kind)
        let provider = FakeProvider(formats: ["tpm"])
        let phone = stage.workshop.phone(provider)
        let refusal = KeyStoreRefusal.unfit(kind, reason: "it has no evidence of its own; use the key store tpm")
        let evidence = EvidenceSource.attested(try TestSimulator().maker)
        await #expect(throws: DeviceError.keyStore(refusal)) {
            try await phone.enrol(
                link: provider.enrolmentLink, pin: .good, device: .mine, evidence: evidence, keyStore: stage.choice)
        }
        #expect(try phone.keyStore() == nil, "no keys were made")
    }

    @Test func `refusals say what to do and nothing that is secret`() {
        let refusals: [KeyStoreRefusal] =
            [
                .pinNeeded, .wrongPIN(triesLeft: 2), .wrongPIN(triesLeft: nil), .absent(token: "card"),
            ]
            + KeyStoreKind.allCases.flatMap { kind -> [KeyStoreRefusal] in
                [
                    .locked(kind, seconds: 600), .locked(kind, seconds: nil), .unreachable(kind, reason: "no answer"),
                    .foreign(kind), .unfit(kind, reason: "too old"), .failed(kind, operation: "sign", code: 0x1f),
                ]
            }
        #expect(Set(refusals.map(\.description)).count == refusals.count)
        #expect(refusals.allSatisfy { $0.description.hasSuffix(".") })
        #expect("\(KeyStoreRefusal.locked(.tpm, seconds: 601))".hasSuffix("in 11 minutes."))
    }
}
