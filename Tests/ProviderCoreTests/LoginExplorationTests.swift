import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderHarness
import Testing

@testable import ProviderCore

/// Every order of events, also those that no honest party causes.
@Suite("Device login: all short sequences of events, steps out of order among them (Keycloak CVE-2026-18963)")
struct LoginExplorationTests {
    enum Event: CaseIterable {
        case claimQR, claimLink, claimByOther, enterRight, enterWrong, approve, deny, report, cancel
        case returnRight, returnWrong, collect, waitAMinute, waitLong
    }

    /// A login, what happened to it, and what must hold.
    struct Walk {
        var login: Login
        var now: Timestamp
        var isApproved = false
        var isCodeRight = false
        var isReturnRight = false
        var hasCode = false
        var collections = 0
        var path: [Event] = []
    }

    private static let device = DeviceIdentifier.random(bytes: 16)
    private static let account = AccountIdentifier.random()
    private static let error = OAuthError(.accessDenied, "no")

    @Test("a code needs an approval and a bound browser; nothing leaves a terminal state; one collection")
    func allShortSequences() async throws {
        let provider = try await TestProvider()
        let request = try await provider.provider.authorization.authorize(FormParameters(TestRegion.basic.request()))
        let browser = BrowserContext(description: "?", area: "local", language: .german)
        let login = Login(request: request, browser: browser, cookie: SecretDigest(of: "cookie"), now: provider.now)
        var visited = 0
        var codes = 0
        Self.explore(Walk(login: login, now: provider.now), depth: 7) { walk in
            visited += 1
            codes += walk.hasCode ? 1 : 0
        }
        #expect(visited > 10_000)
        // The near-miss of all refusals: some sequences do end with a code.
        #expect(codes > 0)
    }

    private static func explore(_ walk: Walk, depth: Int, visit: (Walk) -> Void) {
        visit(walk)
        guard depth > 0 else { return }
        for event in Event.allCases {
            let next = step(walk, event)
            // What changed nothing leads nowhere new: the rest of such a sequence is explored without it.
            guard next.login.version != walk.login.version || next.now != walk.now else { continue }
            explore(next, depth: depth - 1, visit: visit)
        }
    }

    /// Applies one event and checks the invariants.
    private static func step(_ before: Walk, _ event: Event) -> Walk {
        var walk = before
        walk.path.append(event)
        switch event {
        case .waitAMinute: walk.now = walk.now + 61
        case .waitLong: walk.now = walk.now + 200
        default: break
        }
        walk.login.expire(now: walk.now)
        apply(event, to: &walk)
        let login = walk.login
        if before.login.state.isTerminal, login.state != before.login.state {
            Issue.record("\(walk.path) left \(before.login.state)")
        }
        if login.version < before.login.version
            || (login.state != before.login.state) && login.version == before.login.version
        {
            Issue.record("\(walk.path) changed without a new version")
        }
        if walk.hasCode, !walk.isApproved || !(walk.isCodeRight || walk.isReturnRight) {
            Issue.record("\(walk.path) gave a code")
        }
        if walk.collections > 1 { Issue.record("\(walk.path) was collected twice") }
        return walk
    }

    private static func apply(_ event: Event, to walk: inout Walk) {
        switch event {
        case .claimQR: try? walk.login.claim(claim(.qr, device: device, now: walk.now))
        case .claimLink: try? walk.login.claim(claim(.link, device: device, now: walk.now))
        case .claimByOther: try? walk.login.claim(claim(.qr, device: .random(bytes: 16), now: walk.now))
        case .enterRight: if walk.login.enter(code: "12345678", now: walk.now) == .right { walk.isCodeRight = true }
        case .enterWrong: _ = walk.login.enter(code: "12345679", now: walk.now)
        case .approve: if accept(.approve, &walk) { walk.isApproved = true }
        case .deny: _ = accept(.deny, &walk)
        case .report: _ = accept(.report, &walk)
        case .cancel: if !walk.login.state.isTerminal { walk.login.end(.cancelled, error: error, now: walk.now) }
        case .returnRight:
            let before = walk.login.state
            walk.login.comeBack(with: "uv", now: walk.now)
            if before == .awaitingReturn, walk.login.state == .complete { walk.isReturnRight = true }
        case .returnWrong: walk.login.comeBack(with: "vu", now: walk.now)
        case .collect:
            guard let collected = walk.login.collect(now: walk.now) else { return }
            walk.collections += 1
            if case .code = collected.outcome { walk.hasCode = true }
        case .waitAMinute, .waitLong: break
        }
    }

    private static func accept(_ decision: LoginDecision, _ walk: inout Walk) -> Bool {
        let isReturning = walk.login.claim?.flow == .link
        return walk.login.accept(
            Login.Answer(
                responseDigest: ContentDigest(of: "response"), receipt: "receipt",
                returnChallenge: isReturning ? ContentDigest(of: "uv") : nil,
                prize: decision == .approve ? fixedPrize : nil), decision: decision, isReturning: isReturning,
            now: walk.now)
    }

    private static let fixedPrize = Login.Prize()

    private static func claim(_ flow: LoginFlow, device: DeviceIdentifier, now: Timestamp) -> Login.Claim {
        let reached = AssuranceExplanation(
            proofing: .normal, ceiling: DeviceCeiling(level: .normal, isSimulated: false))
        return Login.Claim(
            device: device, account: account, flow: flow, binding: flow == .qr ? .code : .return,
            browser: nil, code: "12345678",
            offers: [ContextOffer(acting: .citizen, name: nil, level: reached.context, limits: nil)], reached: reached,
            claimedAt: now,
            language: .german, sameNetwork: true)
    }
}
