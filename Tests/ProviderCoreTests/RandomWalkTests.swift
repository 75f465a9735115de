import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

/// The same question as `LoginExplorationTests`, asked of the whole provider with its store and its signatures.
@Suite("Device login: random walks through the real flows")
struct RandomWalkTests {
    /// Always the same walks.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 29)
        }
    }

    private enum Event: CaseIterable {
        case claimQR, claimLink, claimByOther, enterRight, enterWrong, approve, deny, report, cancel, answerByOther
        case returnRight, returnWrong, collect, wait

        /// What leads on comes more often, or no walk would arrive.
        static let choices =
            allCases + Array(repeating: [.claimQR, .claimLink, .enterRight, .approve, .returnRight], count: 4).joined()
    }

    @Test("nobody gets a code without approval and binding, and what refuses leaves nothing half done")
    func walks() async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        let other = try await provider.enrolledPhone()
        let device = try await provider.verified(phone)
        let stranger = try await provider.verified(other)
        var generator = Generator(state: 42)
        var codes = 0
        for _ in 0..<150 {
            let login = try await provider.login()
            var claimed: ClaimedLogin?
            var (isApproved, isBound) = (false, false)
            var uv: String?
            var collected: [ReturnedParameters] = []
            var terminal: LoginState?
            for _ in 0..<10 {
                let before = login.state
                let view = try #require(login.view)
                switch Event.choices.randomElement(using: &generator)! {
                case .claimQR: claimed = (try? await provider.claim(view.qrLink, by: device)) ?? claimed
                case .claimLink: claimed = (try? await provider.claim(view.sameDeviceLink, by: device)) ?? claimed
                case .claimByOther: if claimed != nil { _ = try? await provider.claim(view.qrLink, by: stranger) }
                case .enterRight: if let code = claimed?.code, login.enter(code) == .right { isBound = true }
                case .enterWrong: login.enter("wrong")
                case .approve:
                    guard let claimed, let request = try? await provider.request(of: claimed.transaction, for: device)
                    else { continue }
                    let answer = try phone.response(to: request, now: provider.now)
                    if (try? await provider.answer(request, answer, by: device)) != nil {
                        isApproved = true
                        uv = answer.returnValue
                    }
                case .deny, .report:
                    guard let claimed, let request = try? await provider.request(of: claimed.transaction, for: device)
                    else { continue }
                    _ = try? await provider.answer(
                        request, phone.response(to: request, .deny, now: provider.now), by: device)
                case .answerByOther:
                    guard let claimed, let request = try? await provider.request(of: claimed.transaction, for: device)
                    else { continue }
                    let answer = try other.response(to: request, now: provider.now)
                    #expect((try? await provider.answer(request, answer, by: stranger)) == nil)
                case .cancel: login.cancel()
                case .returnRight:
                    login.comeBack(uv ?? "none")
                    if before == .awaitingReturn, login.state == .complete { isBound = true }
                case .returnWrong: login.comeBack("wrong")
                case .collect: collected += [login.collect()].compactMap(\.self)
                case .wait: provider.clock.advance(25)
                }
                if let terminal { #expect(login.state == terminal || login.view == nil) }
                if let state = login.state, state.isTerminal { terminal = state }
                if login.view == nil { break }
            }
            collected += [login.collect()].compactMap(\.self)
            #expect(collected.count <= 1)
            if collected.first?["code"] != nil {
                codes += 1
                #expect(isApproved && isBound)
            }
            login.cancel()
            provider.clock.advance(400)
            try await provider.provider.sweep(includingStore: true)
        }
        #expect(codes > 0)
        #expect(provider.provider.loginsInFlight <= 2)
    }
}
