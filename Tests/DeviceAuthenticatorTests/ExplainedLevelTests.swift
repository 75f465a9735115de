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
        "aud": .string(FakeProvider.device.rawValue), "level": "normal",
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

    @Test func `an explanation for another device, of another provider, kind or key is not shown`() async throws {
        let phone = try await workshop.enrolledPhone(provider)
        let wrong: [(Result<HTTPAnswer, NetworkFailure>, StatementRefusal)] = [
            (try answer(["aud": "device-9999999999"]), .wrongDevice),
            (try answer(["aud": .null]), .wrongDevice),
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
