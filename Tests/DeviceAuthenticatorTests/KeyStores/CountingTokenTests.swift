import Foundation
import IdentityCrypto
import KeyStoreHarness
import OpenIDMessages
import Testing

@testable import DeviceAuthenticator

/// Checklist J7: wrong PINs lock, with a token that counts them. SoftHSM does not; cards do.
@Suite(
    "The key store pkcs11 and a token that counts wrong PINs",
    .enabled(if: KeyStoreStage.isInstalled && CountingToken.isInstalled, KeyStoreStage.needed), .serialized)
struct CountingTokenTests {
    private let provider = FakeProvider()

    /// A phone with its keys in the counting token, and a login that waits on it.
    private func phone() async throws -> (phone: DeviceAuthenticator, workshop: Workshop) {
        let token = try CountingToken.ofThisProcess.get()
        try token.unlock()
        let workshop = Workshop()
        let phone = workshop.phone(provider)
        _ = try await phone.enrol(
            link: provider.enrolmentLink, pin: .good, device: .mine,
            keyStore: .pkcs11(module: token.module, token: "counting"))
        _ = try await phone.claim(provider.qrLink)
        _ = try await phone.waitForRequest()
        return (phone, workshop)
    }

    @Test func `the last try is told, the third wrong PIN locks, and then the right one opens nothing`() async throws {
        let (phone, workshop) = try await phone()
        for refusal in [
            KeyStoreRefusal.wrongPIN(triesLeft: nil), .wrongPIN(triesLeft: 1), .locked(.pkcs11, seconds: nil),
        ] {
            await #expect(throws: DeviceError.keyStore(refusal)) { try await phone.approve(pin: .wrong) }
        }
        for _ in 1...2 {
            await #expect(throws: DeviceError.keyStore(.locked(.pkcs11, seconds: nil))) {
                try await phone.approve(pin: .good)
            }
        }
        // Another device object on the same files, and the denial, which needs the PIN as well.
        await #expect(throws: DeviceError.keyStore(.locked(.pkcs11, seconds: nil))) {
            try await workshop.phone(provider).deny(pin: .good)
        }
        #expect(await provider.bodies("/response").isEmpty, "nothing was signed")
        // Calls go on: K_inst asks for no PIN.
        _ = try await phone.claim(provider.qrLink)
        _ = try await phone.waitForRequest()
        try CountingToken.ofThisProcess.get().unlock()
        #expect(try await phone.approve(pin: .good).receipt.state == .complete)
    }

    @Test func `the right PIN ends the count`() async throws {
        let (phone, workshop) = try await phone()
        defer { withExtendedLifetime(workshop) {} }
        for _ in 1...2 {
            for refusal in [KeyStoreRefusal.wrongPIN(triesLeft: nil), .wrongPIN(triesLeft: 1)] {
                await #expect(throws: DeviceError.keyStore(refusal)) { try await phone.deny(pin: .wrong) }
            }
            _ = try await phone.deny(pin: .good)
            _ = try await phone.claim(provider.qrLink)
            _ = try await phone.waitForRequest()
        }
    }
}
