import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

/// Checklist H8: what is on its way while a device is blocked gets through before or not at all.
@Suite("A login that races with the end of its device")
struct RevocationRaceTests {
    @Test("once the block has returned no answer is accepted, and one that was just before gives no token")
    func race() async throws {
        for round in 0..<16 {
            let provider = try await TestProvider()
            let phone = try await provider.enrolledPhone()
            // Believed before the block, as a call that is already past the door.
            let device = try await provider.verified(phone)
            let (first, second) = (try await provider.login(), try await provider.login())
            let (request, later) = (
                try await provider.claimed(first, by: device), try await provider.claimed(second, by: device)
            )
            let (answer, lateAnswer) = (
                try phone.response(to: request, now: provider.now), try phone.response(to: later, now: provider.now)
            )
            let code = phone.blockCode
            async let answered: Bool = {
                // Now this one is ahead, now that one.
                for _ in 0..<(round % 8) { await Task.yield() }
                return (try? await provider.answer(request, answer, by: device)) != nil
            }()
            async let blocked: Void = {
                for _ in 0..<(7 - round % 8) { await Task.yield() }
                try await provider.provider.block(code: code)
            }()
            try await blocked
            await #expect(throws: DeviceRefusal.self, "round \(round)") {
                try await provider.answer(later, lateAnswer, by: device)
            }
            #expect(second.state != .complete, "round \(round)")
            guard await answered else { continue }
            // It was accepted in time; what it gave died with the device.
            if let code = first.collect()?["code"] {
                #expect(try await provider.refusal { _ = try await provider.redeem(code) } != nil, "round \(round)")
            }
        }
    }
}
