import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

/// Counter and tries are the provider's to count (checklist I5, I6).
@Suite("Answer: counter and PIN")
struct CounterAndPINTests {
    @Test("a counter that does not rise suspends the device", arguments: [0, -1, -2])
    func clonedDevice(difference: Int64) async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        let device = try await provider.verified(phone)
        for _ in 0..<2 { _ = try await provider.code(phone: phone) }
        let login = try await provider.login()
        let request = try await provider.claimed(login, by: device)
        let accepted = phone.counter
        let copy = try phone.response(to: request, now: provider.now) { $0.counter = accepted + difference }
        await #expect(throws: DeviceRefusal(.deviceCloned, .counterNotRising)) {
            try await provider.answer(request, copy, by: device)
        }
        #expect(login.state == .deviceCloned)
        #expect(login.collect()?["error"] == "access_denied")
        await #expect(throws: DeviceRefusal(.deviceSuspended, .deviceNotActive)) {
            try await provider.verified(phone)
        }
    }

    @Test("three wrong PINs in a row lock the device; the provider counts, not the phone")
    func threeWrongPINs() async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        let device = try await provider.verified(phone)
        let login = try await provider.login()
        let request = try await provider.claimed(login, by: device)
        for triesLeft in [2, 1] {
            let wrong = try phone.response(to: request, now: provider.now, pin: .makeES256())
            await #expect(throws: DeviceRefusal(.notAccepted, .pinProofWrong, triesLeft: triesLeft)) {
                try await provider.answer(request, wrong, by: device)
            }
            #expect(login.state == .awaitingUser)
        }
        let last = try phone.response(to: request, now: provider.now, pin: .makeES256())
        await #expect(throws: DeviceRefusal(.deviceLocked, .pinLocked, triesLeft: 0)) {
            try await provider.answer(request, last, by: device)
        }
        #expect(login.state == .failed)
        await #expect(throws: DeviceRefusal(.deviceLocked, .deviceNotActive)) { try await provider.verified(phone) }
        // The right PIN comes too late, also with a proof that the device is verified from before.
        let second = try await provider.claimed(provider.login(), by: device)
        let right = try phone.response(to: second, now: provider.now)
        await #expect(throws: DeviceRefusal(.deviceSuspended, .deviceNotActive)) {
            try await provider.answer(second, right, by: device)
        }
    }

    @Test("the right PIN gives all tries back")
    func rightPINResets() async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        let device = try await provider.verified(phone)
        for _ in 0..<3 {
            let request = try await provider.claimed(provider.login(), by: device)
            for triesLeft in [2, 1] {
                let wrong = try phone.response(to: request, now: provider.now, pin: .makeES256())
                await #expect(throws: DeviceRefusal(.notAccepted, .pinProofWrong, triesLeft: triesLeft)) {
                    try await provider.answer(request, wrong, by: device)
                }
            }
            try await provider.answer(request, phone.response(to: request, now: provider.now), by: device)
        }
    }

    @Test("a denial costs no try and gives none back")
    func denialIsNoTry() async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        let device = try await provider.verified(phone)
        for triesLeft in [2, 1] {
            let request = try await provider.claimed(provider.login(), by: device)
            let wrong = try phone.response(to: request, now: provider.now, pin: .makeES256())
            await #expect(throws: DeviceRefusal(.notAccepted, .pinProofWrong, triesLeft: triesLeft)) {
                try await provider.answer(request, wrong, by: device)
            }
            try await provider.answer(request, phone.response(to: request, .deny, now: provider.now), by: device)
        }
    }

    @Test("the proof must be for this answer, for a login, and there")
    func unfitProofs() async throws {
        let provider = try await TestProvider()
        let cases: [@Sendable (TestPhone, String) throws -> String?] = [
            { _, _ in nil },
            { phone, response in
                try phone.pin.sign(KeyProofStatement(purpose: .registration, digest: ContentDigest(of: response)))
            },
            { phone, _ in try phone.pin.sign(KeyProofStatement(purpose: .login, digest: ContentDigest(of: "other"))) },
            { phone, response in
                try phone.authentication.sign(KeyProofStatement(purpose: .login, digest: ContentDigest(of: response)))
            },
        ]
        for proof in cases {
            let phone = try await provider.enrolledPhone()
            let device = try await provider.verified(phone)
            let request = try await provider.claimed(provider.login(), by: device)
            var answer = try phone.response(to: request, now: provider.now)
            answer.pinProof = try proof(phone, answer.response)
            await #expect(throws: DeviceRefusal(.notAccepted, .pinProofWrong, triesLeft: 2)) {
                try await provider.answer(request, answer, by: device)
            }
        }
    }

    @Test("an answer whose refusal was lost may be sent again: it costs no second try and looks like no clone")
    func refusedAnswerAgain() async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        let device = try await provider.verified(phone)
        let request = try await provider.claimed(provider.login(), by: device)
        let wrong = try phone.response(to: request, now: provider.now, pin: .makeES256())
        var guess = wrong
        guess.pinProof = try phone.pin.sign(
            KeyProofStatement(purpose: .login, digest: ContentDigest(of: wrong.response)))
        for answer in [wrong, wrong, guess] {
            await #expect(throws: DeviceRefusal(.notAccepted, .pinProofWrong, triesLeft: 2)) {
                try await provider.answer(request, answer, by: device)
            }
        }
        try await provider.answer(request, phone.response(to: request, now: provider.now), by: device)
    }

    @Test("D-4.5.3: a wrong PIN that comes many times at once costs one try, and looks like no clone")
    func refusedAnswerAtOnce() async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        let device = try await provider.verified(phone)
        let request = try await provider.claimed(provider.login(), by: device)
        let wrong = try phone.response(to: request, now: provider.now, pin: .makeES256())
        let refusals = await withTaskGroup(of: DeviceRefusal?.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    do { try await provider.answer(request, wrong, by: device) } catch {
                        return error as? DeviceRefusal
                    }
                    return nil
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(refusals == Array(repeating: DeviceRefusal(.notAccepted, .pinProofWrong, triesLeft: 2), count: 8))
        _ = try await provider.verified(phone)
        try await provider.answer(request, phone.response(to: request, now: provider.now), by: device)
    }

    @Test("D-4.5.3: a wrong PIN that arrives once more behind the next one is still known")
    func refusedAnswerLate() async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        let device = try await provider.verified(phone)
        let request = try await provider.claimed(provider.login(), by: device)
        let first = try phone.response(to: request, now: provider.now, pin: .makeES256())
        let second = try phone.response(to: request, now: provider.now, pin: .makeES256())
        for (answer, triesLeft) in [(first, 2), (second, 1), (first, 2), (second, 1)] {
            await #expect(throws: DeviceRefusal(.notAccepted, .pinProofWrong, triesLeft: triesLeft)) {
                try await provider.answer(request, answer, by: device)
            }
        }
        try await provider.answer(request, phone.response(to: request, now: provider.now), by: device)
    }

    @Test("nobody can lock the device of somebody else")
    func strangersCannotLock() async throws {
        let provider = try await TestProvider()
        let citizen = try await provider.enrolledPhone()
        let stranger = try await provider.enrolledPhone()
        let device = try await provider.verified(citizen)
        let attacker = try await provider.verified(stranger)
        let request = try await provider.claimed(provider.login(), by: device)
        for _ in 0..<5 {
            let forged = try citizen.response(to: request, now: provider.now, key: stranger.authentication)
            await #expect(throws: DeviceRefusal(.notAccepted, .responseKey)) {
                try await provider.answer(request, forged, by: device)
            }
            await #expect(throws: DeviceRefusal(.unknownLogin, .loginOfOtherDevice)) {
                try await provider.answer(request, forged, by: attacker)
            }
        }
        let wrong = try citizen.response(to: request, now: provider.now, pin: .makeES256())
        await #expect(throws: DeviceRefusal(.notAccepted, .pinProofWrong, triesLeft: 2)) {
            try await provider.answer(request, wrong, by: device)
        }
    }

    @Test("a blocked device answers nothing more, also in a login that it claimed before")
    func blockedDevice() async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        let device = try await provider.verified(phone)
        let login = try await provider.login()
        let request = try await provider.claimed(login, by: device)
        let spaced = phone.blockCode.prefix(6) + " " + phone.blockCode.dropFirst(6)
        await #expect(throws: DeviceRefusal(.unknownBlockCode, .blockCodeUnknown)) {
            try await provider.provider.block(code: ClaimTests.wrong(phone.blockCode))
        }
        try await provider.provider.block(code: String(spaced))
        let answer = try phone.response(to: request, now: provider.now)
        await #expect(throws: DeviceRefusal(.deviceSuspended, .deviceNotActive)) {
            try await provider.answer(request, answer, by: device)
        }
        #expect(login.state == .failed)
        await #expect(throws: DeviceRefusal(.deviceSuspended, .deviceNotActive)) { try await provider.verified(phone) }
    }
}
