import IdentityCrypto
import OpenIDMessages
import ProviderHarness
import TestVectors
import Testing

@testable import DeviceAuthenticator

/// What a phone says of where its keys live, explained by whoever holds it.
@Suite("Evidence, explained offline")
struct EvidenceExplanationTests {
    private let workshop = Workshop()
    private let offer = ContentDigest(of: "offer")
    private let now = FakeProvider.now

    private struct Phone {
        let authentication = SigningKey.makeES256()
        let installation = SigningKey.makeES256()
        let pin = SigningKey.makeES256()
    }

    private static let hardware: [(SimulatedHardware, unknowable: Set<String>, subject: Set<String>)] = [
        (
            .androidKey(.strongbox, package: "org.example", signature: [UInt8](repeating: 1, count: 32)),
            ["root", "revocation", "application", "patch_level"], ["challenge", "key"]
        ),
        (.appAttest(application: "TEAM.example"), ["chain", "revocation", "rp_id", "environment"], ["nonce"]),
        (.tpm, ["root", "revocation"], ["challenge", "key"]),
    ]

    private func evidence(of hardware: SimulatedHardware, _ phone: Phone) throws -> DeviceEvidence {
        try TestSimulator().maker.evidence(
            of: hardware, offer: offer, authentication: phone.authentication.publicKey,
            installation: phone.installation.publicKey.thumbprint, pin: phone.pin.publicKey.thumbprint, now: now)
    }

    private func names(_ explanation: Explanation, _ result: StatementCheck.Result) -> Set<String> {
        Set(explanation.checks.filter { $0.result == result }.map(\.name))
    }

    @Test func `each format is told by its members, and what only a region or a registration knows is not checked`()
        throws
    {
        for (hardware, unknowable, subject) in Self.hardware {
            let evidence = try evidence(of: hardware, Phone())
            let wrapped: JSONObject = ["fmt": .string(evidence.format), "evidence": .object(evidence.evidence)]
            for object in [evidence.evidence, wrapped] {
                let explanation = try workshop.phone(FakeProvider()).explain(object.text)
                #expect(explanation.kind == "evidence" && explanation.content["fmt"]?.string == evidence.format)
                #expect(names(explanation, .notChecked) == unknowable.union(subject), "\(evidence.format)")
                #expect(names(explanation, .failed).subtracting(["chain"]) == [], "\(explanation.checks)")
                #expect(names(explanation, .passed).contains("form"))
            }
        }
        let text = try workshop.phone(FakeProvider()).explain(#"{"x5c": ["AAAA"]}"#)
        #expect(names(text, .failed) == ["form"] && !text.isSound)
    }

    @Test func `in a registration it is judged for that offer and those keys`() throws {
        for (hardware, unknowable, subject) in Self.hardware {
            let phone = Phone()
            var registration = DeviceRegistration(
                key: phone.authentication.publicKey.thumbprint, issuer: FakeProvider.issuer, offerDigest: offer,
                nonce: Nonce(rawValue: RandomBytes.text(32))!, installationKey: phone.installation.publicKey.jwk,
                pinKey: phone.pin.publicKey.jwk, evidence: [try evidence(of: hardware, phone)], device: .mine,
                issuedAt: now, identifier: TokenIdentifier(rawValue: RandomBytes.text(16))!)
            func explained() throws -> Explanation {
                let text = try phone.authentication.sign(
                    registration, header: ["jwk": .object(phone.authentication.publicKey.jwk)])
                let part = try #require(try workshop.phone(FakeProvider()).explain(text).parts.first)
                #expect(part.name == "evidence 1")
                return part.explanation
            }
            let good = try explained()
            #expect(names(good, .passed).isSuperset(of: subject) && names(good, .notChecked) == unknowable)
            registration.offerDigest = ContentDigest(of: "another offer")
            #expect(names(try explained(), .failed).contains(subject.contains("nonce") ? "nonce" : "challenge"))
        }
    }

    @Test func `a browser's proof and the word why a login has its level are statements like others`() async throws {
        let provider = FakeProvider()
        let phone = try await workshop.enrolledPhone(provider)
        for (file, type) in [("browser-proof", BrowserProof.type), ("assurance-explanation", LevelExplanation.type)] {
            for token in try #require(StatementVectors(file)).accepted {
                let explained = try phone.explain(token.jws)
                #expect(explained.kind == type && names(explained, .passed).contains("members"))
                #expect(!names(explained, .failed).contains("signature") || type != BrowserProof.type)
            }
        }
        var payload: JSONObject = [
            "iss": .string(FakeProvider.issuer.rawValue), "iat": now.json,
            "aud": .string(FakeProvider.device.rawValue), "level": "normal",
            "acr": .string(AssuranceLevel.normal.acr), "simulated": false,
            "reasons": .array([.object(["kind": "device"])]), "summary": .object(["de": "x", "en": "x"]),
        ]
        func explain(by key: SigningKey) throws -> Explanation {
            try phone.explain(try key.sign(type: AssuranceLevel.explanationType, payload: payload))
        }
        let good = try explain(by: provider.key)
        #expect(good.isSound && names(good, .passed).isSuperset(of: ["type", "members", "signature", "device"]))
        #expect(names(try explain(by: .makeES256()), .failed) == ["signature"])
        (payload["company"], payload["company_name"]) = ("x", "Muster Elektrotechnik GmbH")
        #expect(try explain(by: provider.key).isSound, "logins for a company are explained as well")
        payload["more"] = true
        #expect(names(try explain(by: provider.key), .failed) == ["members"])
    }
}
