import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

/// §7 of docs/protocol.md; checklist H3.
@Suite("Evidence: refusal, never a silent lower ceiling")
struct EvidenceTests {
    private static func refusal(_ provider: TestProvider, _ evidence: TestPhone.Evidence) async throws -> [String]? {
        let offer = try await provider.offer(ticket: provider.ticket())
        let phone = TestPhone()
        let message = try phone.registration(for: offer, evidence: evidence, now: provider.now)
        do {
            try await provider.register(phone, message, offer: offer)
            return nil
        } catch let refusal as DeviceRefusal where refusal.code == .evidenceRefused {
            return refusal.verdicts.filter { !$0.passed }.map(\.check)
        }
    }

    @Test("simulated hardware reaches substantiell, and every login says that it is simulated")
    func goodEvidence() async throws {
        let provider = try await TestProvider()
        let cases: [(SimulatorAttestation.KeyStore?, String, String)] = [
            (.strongbox, "sim:http://bsi.bund.de/eID/LoA/substantiell", "hwk"),
            (.tee, "sim:http://bsi.bund.de/eID/LoA/substantiell", "hwk"),
            (.software, "sim:http://bsi.bund.de/eID/LoA/normal", "swk"),
            (nil, "http://bsi.bund.de/eID/LoA/normal", "swk"),
        ]
        for (keyStore, acr, method) in cases {
            let phone = try await provider.enrolledPhone(simulating: keyStore)
            let tokens = try await provider.redeem(provider.code(phone: phone))
            let claims = try unverifiedPayload(tokens["id_token"]?.string)
            #expect(claims["acr"]?.string == acr)
            #expect(claims["amr"]?.strings == [method, "pin", "mfa", "user"])
        }
    }

    @Test("what proves something else proves nothing")
    func badEvidence() async throws {
        let provider = try await TestProvider()
        let foreign = try TestSimulator("Foreign simulator")
        let simulator = provider.simulator
        let about: @Sendable (@escaping @Sendable (inout SimulatorAttestation) -> Void) -> TestPhone.Evidence = {
            change in
            .made { offer, phone in
                var attestation = phone.attestation(for: offer, keyStore: .tee)
                change(&attestation)
                return [try simulator.attester.evidence(for: attestation)]
            }
        }
        let cases: [(String, TestPhone.Evidence)] = [
            ("chain", .simulated(foreign.attester, .tee)),
            ("chain", .simulated(simulator.rootAsAttester, .tee)),
            ("challenge", about { $0.offerDigest = ContentDigest(of: "another offer") }),
            ("keys", about { $0.authenticationKey = SigningKey.makeES256().thumbprint }),
            ("keys", about { $0.installationKey = SigningKey.makeES256().thumbprint }),
            ("keys", about { $0.pinKey = SigningKey.makeES256().thumbprint }),
            ("boot", about { $0.defects = [.unlocked] }), ("revocation", about { $0.defects = [.revoked] }),
            ("patch_level", about { $0.defects = [.outdated] }),
            ("form", .made { _, _ in [DeviceEvidence(format: "simulator", evidence: [:])] }),
            ("format", .made { _, _ in [DeviceEvidence(format: "android-key", evidence: [:])] }),
            // A second piece is no second chance.
            (
                "format",
                .made { offer, phone in
                    let bad = try foreign.attester.evidence(for: phone.attestation(for: offer, keyStore: .tee))
                    return [bad, DeviceEvidence(format: "none", evidence: [:])]
                }
            ),
        ]
        for (check, evidence) in cases {
            #expect(try await Self.refusal(provider, evidence) == [check])
        }
        #expect(try await Self.refusal(provider, .simulated(simulator.attester, .tee)) == nil)
    }

    @Test("a region accepts the formats that it lists and no other")
    func formats() async throws {
        let strict = try await TestProvider(formats: ["simulator"])
        #expect(try await Self.refusal(strict, .none) == ["format"])
        #expect(try await Self.refusal(strict, .simulated(strict.simulator.attester, .tee)) == nil)
        let plain = try await TestProvider(formats: ["none"])
        #expect(try await Self.refusal(plain, .simulated(plain.simulator.attester, .tee)) == ["format"])
        #expect(try await Self.refusal(plain, .none) == nil)
    }

    @Test("the person's proofing bounds the level as the device does")
    func proofingBounds() async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone(level: .normal, simulating: .strongbox)
        let device = try await provider.verified(phone)
        let login = try await provider.login(at: TestRegion.substantial)
        let link = try #require(login.view).qrLink
        await #expect(throws: DeviceRefusal(.levelUnreachable, .levelUnreachable)) {
            try await provider.claim(link, by: device)
        }
    }
}
