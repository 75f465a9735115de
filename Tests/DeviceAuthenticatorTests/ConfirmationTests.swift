import IdentityCrypto
import OpenIDMessages
import Testing

@testable import DeviceAuthenticator

/// Steps D-10.1 to D-10.7 of docs/protocol.md.
@Suite("§10, confirmations")
struct ConfirmationTests {
    let workshop = Workshop()
    let provider = FakeProvider()

    static let transaction = TransactionIdentifier(rawValue: "txn-act-0123456789")!
    static let path = "/account/v1/devices/d-1/suspension"
    static let confirmationPath = "/account/v1/confirmations/\(transaction)"
    static let loginPath = "/device/v1/logins/\(FakeProvider.transaction)/response"
    let act = AccountAct(
        .suspendDevice, path: "/devices/d-1/suspension", pathParameters: ["device": "d-1"], body: [:])

    /// What the provider asks, changed by a test.
    private func asked(
        _ change: (inout ConfirmationRequestStatement) -> Void = { _ in }
    ) throws -> Result<HTTPAnswer, NetworkFailure> {
        let text = "Gerät „Alt“ sperren?"
        var statement = ConfirmationRequestStatement(
            issuer: FakeProvider.issuer, device: FakeProvider.device, transaction: Self.transaction,
            nonce: Nonce(rawValue: Base64URL.encode([UInt8](repeating: 9, count: 32)))!, issuedAt: FakeProvider.now,
            expiresAt: FakeProvider.now + 180, action: .suspendDevice, parameters: ["device": "d-1"], text: text,
            textDigest: ContentDigest(of: text))
        change(&statement)
        return .success(
            HTTPAnswer(
                status: 202,
                body: (["confirmation": .string(try provider.key.sign(statement))] as JSONObject).serialized))
    }

    private var done: Result<HTTPAnswer, NetworkFailure> {
        .success(HTTPAnswer(status: 200, body: (["state": "suspended"] as JSONObject).serialized))
    }

    @Test func `what was shown is signed with the PIN, with a counter that no answer had`() async throws {
        let phone = try await workshop.enrolledPhone(provider)
        await provider.surprise(Self.path, try asked())
        let shown = try await phone.propose(act)
        #expect(shown.request.text == "Gerät „Alt“ sperren?")
        await provider.surprise(Self.confirmationPath, done)
        #expect(try await phone.confirm(shown, pin: .good) == ["state": "suspended"])
        let body = try #require(await provider.bodies("/confirmations/\(Self.transaction)").first)
        let response = try SignedStatement<ConfirmationResponseStatement>.verify(
            #require(body["response"]?.string), key: phone.keys().publicKey(.authentication))
        #expect(response.statement.requestDigest == shown.signed.digest)
        #expect(response.statement.textDigest == ContentDigest(of: shown.request.text))
        #expect(response.statement.nonce == shown.request.nonce)
        #expect(response.statement.counter == 1)
        #expect(try phone.state().counter == 1)
        let pin = try #require(try phone.keys().pinDerivation.credential(for: .good)).derived.key.publicKey
        let proof = try #require(body["pin_proof"]?.string)
        #expect(
            DeviceSignatureVerifier.isProof(proof, by: pin, purpose: .confirmation, digest: response.digest))
        #expect(!DeviceSignatureVerifier.isProof(proof, by: pin, purpose: .login, digest: response.digest))
        let kept = try StrictJSON.parseObject(workshop.bytes("profile/receipts/\(Self.transaction).json"))
        #expect(kept.names == ["request", "response"], "the PIN proof is not kept")
    }

    @Test func `nothing is signed for another act, another object or another text`() async throws {
        let phone = try await workshop.enrolledPhone(provider)
        let changes: [(StatementRefusal, (inout ConfirmationRequestStatement) -> Void)] = [
            (.wrongAct, { $0.parameters = ["device": "d-2"] }), (.wrongAct, { $0.parameters = [:] }),
            (.wrongAct, { $0.parameters["also"] = "d-2" }), (.wrongTextDigest, { $0.text = "Anders" }),
            (.wrongDevice, { $0.device = DeviceIdentifier(rawValue: "device-0123456780")! }),
            (.expired, { $0.expiresAt = FakeProvider.now - 60 }),
        ]
        for (refusal, change) in changes {
            await provider.surprise(Self.path, try asked(change))
            await #expect(throws: DeviceError.statementRefused(refusal)) { try await phone.propose(act) }
        }
        #expect(try phone.state().counter == 0)
        #expect(await provider.bodies("/confirmations/\(Self.transaction)") == [])
    }

    @Test func `a lost answer is asked for again with the same bytes`() async throws {
        let phone = try await workshop.enrolledPhone(provider)
        await provider.surprise(Self.path, try asked())
        let shown = try await phone.propose(act)
        await provider.surprise(
            Self.confirmationPath, .failure(NetworkFailure(.connectionLost, authority: "id.example")))
        await provider.surprise(Self.confirmationPath, done)
        #expect(try await phone.confirm(shown, pin: .good) == ["state": "suspended"])
        let bodies = await provider.bodies("/confirmations/\(Self.transaction)")
        #expect(bodies.count == 2 && bodies[0] == bodies[1])
        #expect(try phone.state().counter == 1)
    }

    @Test func `D-10.7 what was signed is kept, also when both answers were lost`() async throws {
        let phone = try await workshop.enrolledPhone(provider)
        await provider.surprise(Self.path, try asked())
        let shown = try await phone.propose(act)
        let lost = NetworkFailure(.connectionLost, authority: "id.example")
        for _ in 0..<2 { await provider.surprise(Self.confirmationPath, .failure(lost)) }
        await #expect(throws: DeviceError.network(lost)) { try await phone.confirm(shown, pin: .good) }
        let kept = try StrictJSON.parseObject(workshop.bytes("profile/receipts/\(Self.transaction).json"))
        let sent = try #require(await provider.bodies("/confirmations/\(Self.transaction)").first)
        #expect(kept == ["request": .string(shown.signed.text), "response": sent["response"] ?? .null])
    }

    @Test func `what never reached the provider is no evidence`() async throws {
        let phone = try await workshop.enrolledPhone(provider)
        await provider.surprise(Self.path, try asked())
        let shown = try await phone.propose(act)
        let unreachable = NetworkFailure(.unreachable, authority: "id.example")
        for _ in 0..<2 { await provider.surprise(Self.confirmationPath, .failure(unreachable)) }
        await #expect(throws: DeviceError.network(unreachable)) { try await phone.confirm(shown, pin: .good) }
        #expect(throws: (any Error).self) { try workshop.bytes("profile/receipts/\(Self.transaction).json") }
    }

    @Test func `D-4.5.1 an answer that was lost is not sent after a confirmation with a higher counter`() async throws {
        let phone = try await workshop.enrolledPhone(provider)
        _ = try await phone.claim(provider.sameDeviceLink)
        await provider.surprise(
            Self.loginPath, .failure(NetworkFailure(.connectionLost, authority: "id.example")))
        await #expect(throws: DeviceError.self) { try await phone.approve(pin: .good) }
        await provider.surprise(Self.path, try asked())
        await provider.surprise(Self.confirmationPath, done)
        _ = try await phone.confirm(try await phone.propose(act), pin: .good)
        _ = try await phone.approve(pin: .good)
        let counters = try await provider.bodies("/response").map { body in
            try CompactJWS(parsing: #require(body["response"]?.string)).unverifiedPayload?["counter"]?.integer
        }
        #expect(counters == [1, 3])
    }
}
