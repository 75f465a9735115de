import IdentityCrypto
import OpenIDMessages
import Testing

@testable import DeviceAuthenticator

/// Step D-10.8 of docs/protocol.md.
@Suite("§10, why logins have their level")
struct ExplainedLevelTests {
    let workshop = Workshop()
    let provider = FakeProvider()
    static let payload: JSONObject = [
        "iss": .string(FakeProvider.issuer.rawValue), "iat": FakeProvider.now.json,
        "aud": .string(FakeProvider.device.rawValue), "acr": .string(AssuranceLevel.normal.acr), "level": "normal",
        "simulated": false, "reasons": .array([.object(["kind": "device"])]),
        "summary": .object(["de": "x", "en": "x"]),
    ]

    private func answer(
        type: String = AssuranceLevel.explanationType, by key: SigningKey? = nil, _ changes: JSONObject = [:]
    ) throws -> Result<HTTPAnswer, NetworkFailure> {
        var payload = Self.payload
        for member in changes.members { payload[member.name] = member.value }
        let text = try (key ?? provider.key).sign(type: type, payload: payload)
        return .success(HTTPAnswer(status: 200, body: (["statement": .string(text)] as JSONObject).serialized))
    }

    @Test func `what the provider signed for this device is shown`() async throws {
        let phone = try await workshop.enrolledPhone(provider)
        await provider.surprise("/account/v1/level", try answer())
        #expect(try await phone.explainLevel().explanation == Self.payload)
    }

    @Test func `explanations for companies are shown when each of them was signed for this device`() async throws {
        let phone = try await workshop.enrolledPhone(provider)
        func statement(_ audience: String) throws -> String {
            var payload = Self.payload
            (payload["company"], payload["company_name"]) = ("company-1", "Muster GmbH")
            payload["aud"] = .string(audience)
            return try provider.key.sign(type: AssuranceLevel.explanationType, payload: payload)
        }
        let own = try provider.key.sign(type: AssuranceLevel.explanationType, payload: Self.payload)
        for audience in [FakeProvider.device.rawValue, "device-9999999999"] {
            let company: JSONObject = ["name": "Muster GmbH", "statement": .string(try statement(audience))]
            let body: JSONObject = ["statement": .string(own), "companies": .array([.object(company)])]
            await provider.surprise("/account/v1/level", .success(HTTPAnswer(status: 200, body: body.serialized)))
            if audience == FakeProvider.device.rawValue {
                let companies = try await phone.explainLevel().companies
                #expect(companies.map { $0.explanation["company_name"] } == ["Muster GmbH"])
            } else {
                await #expect(throws: DeviceError.statementRefused(.wrongDevice)) { try await phone.explainLevel() }
            }
        }
    }

    @Test func `an explanation for another device, of another provider, kind or key is not shown`() async throws {
        let phone = try await workshop.enrolledPhone(provider)
        let wrong: [(Result<HTTPAnswer, NetworkFailure>, StatementRefusal)] = [
            (try answer(["aud": "device-9999999999"]), .wrongDevice),
            (try answer(["aud": .null]), .malformed), (try answer(["level": "hoch"]), .malformed),
            (try answer(["more": true]), .malformed),
            (try answer(["iss": "https://other.example"]), .wrongIssuer),
            (try answer(type: "confirmation-request+jwt"), .malformed),
            (try answer(by: .makeES256()), .wrongKey),
        ]
        for (answer, refusal) in wrong {
            await provider.surprise("/account/v1/level", answer)
            await #expect(throws: DeviceError.statementRefused(refusal)) { try await phone.explainLevel() }
        }
    }
}
