import IdentityCrypto
import OpenIDMessages
import Testing

@testable import DeviceAuthenticator

@Suite("§8, authenticated calls")
struct AuthenticatedCallTests {
    let workshop = Workshop()
    let provider = FakeProvider()

    @Test func `a call carries the attestation and a proof for URL, method and nonce`() async throws {
        let phone = try await workshop.enrolledPhone(provider)
        _ = try await phone.claim(provider.qrLink)
        let call = try #require(await provider.calls.last?.call)
        let proof = try #require(call.headers.first { $0.name == "DPoP" }?.value)
        let verified = try VerifiedDPoPProof.verify(
            proof, method: "POST", url: "https://id.example/device/v1/claims", now: FakeProvider.now,
            isAcceptableNonce: { $0 == "nonce-of-the-day" })
        #expect(verified.key == (try phone.keys()).publicKey(.installation))
        #expect(call.headers.contains { $0.name == "OAuth-Client-Attestation" })
    }

    @Test func `use_dpop_nonce repeats the call once with the new nonce`() async throws {
        let phone = try await workshop.enrolledPhone(provider)
        let refusal = FakeProvider.problem("use_dpop_nonce", 401, nonce: "fresh")
        await provider.surprise("/device/v1/claims", .success(refusal))
        _ = try await phone.claim(provider.qrLink)
        let proofs = await provider.calls.suffix(2).compactMap { call in
            call.call.headers.first { $0.name == "DPoP" }.flatMap { try? CompactJWS(parsing: $0.value) }
        }
        #expect(proofs.map { $0.unverifiedPayload?["nonce"] } == ["nonce-of-the-day", "fresh"])
        #expect(proofs[0].unverifiedPayload?["jti"] != proofs[1].unverifiedPayload?["jti"])
        for _ in 1...2 { await provider.surprise("/device/v1/claims", .success(refusal)) }
        await #expect(throws: DeviceError.self) { try await phone.claim(provider.qrLink) }
    }

    @Test(arguments: [(86_400, 0), (601, 0), (600, 1), (30, 1)])
    func `an attestation is renewed ten minutes before its end`(seconds: Int64, renewals: Int) async throws {
        await provider.setAttestationSeconds(seconds)
        let phone = try await workshop.enrolledPhone(provider)
        await provider.setAttestationSeconds(86_400)
        _ = try await phone.claim(provider.qrLink)
        _ = try await phone.waitForRequest()
        #expect(await provider.bodies("/device/v1/attestation").count == renewals)
    }

    @Test func `an attestation that the provider no longer takes is renewed once`() async throws {
        let phone = try await workshop.enrolledPhone(provider)
        await provider.surprise("/device/v1/claims", .success(FakeProvider.problem("invalid_attestation", 401)))
        _ = try await phone.claim(provider.qrLink)
        #expect(await provider.bodies("/device/v1/attestation").count == 1)
    }

    @Test func `what is no problem document is not taken for one`() async throws {
        let phone = try await workshop.enrolledPhone(provider)
        await provider.surprise("/device/v1/claims", .success(HTTPAnswer(status: 502, body: Array("<html>".utf8))))
        await #expect(throws: DeviceError.unexpectedAnswer(status: 502, what: "the body is not JSON")) {
            try await phone.claim(provider.qrLink)
        }
        let other = FakeProvider.problem("rate_limited", 429)
        await provider.surprise("/device/v1/claims", .success(HTTPAnswer(status: 403, body: other.body)))
        await #expect(throws: DeviceError.unexpectedAnswer(status: 403, what: "the body is no problem document")) {
            try await phone.claim(provider.qrLink)
        }
    }
}
