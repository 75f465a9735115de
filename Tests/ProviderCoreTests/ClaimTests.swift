import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Synchronization
import Testing

/// P-4.2.2 and P-4.2.5 of docs/protocol.md; checklist G1, G2, G5, G8.
@Suite("Claim: the first device that scans a fresh code locks the login")
struct ClaimTests {
    @Test("a claim shows eight digits, and only the right ones let the person answer")
    func digits() async throws {
        let provider = try await TestProvider()
        let device = try await provider.verified(provider.enrolledPhone())
        let login = try await provider.login()
        let claimed = try await provider.claim(#require(login.view).qrLink, by: device)
        let code = try #require(claimed.code)
        #expect(code.utf8.count == 8 && code.allSatisfy(\.isNumber))
        #expect(claimed.state == .awaitingCode)
        #expect(claimed.request == nil)
        #expect(login.enter(Self.wrong(code)) == .wrong(triesLeft: 2))
        #expect(login.state == .awaitingCode)
        #expect(login.enter("\(code.prefix(4)) \(code.suffix(4))") == .right)
        #expect(try await provider.request(of: claimed.transaction, for: device).statement.binding == .code)
    }

    @Test("three wrong entries end the login, and the right digits come too late")
    func threeWrongDigits() async throws {
        let provider = try await TestProvider()
        let device = try await provider.verified(provider.enrolledPhone())
        let login = try await provider.login()
        let link = try #require(login.view).qrLink
        let code = try #require(try await provider.claim(link, by: device).code)
        let entries = (0..<3).map { _ in login.enter(Self.wrong(code)) }
        #expect(entries == [.wrong(triesLeft: 2), .wrong(triesLeft: 1), .locked])
        #expect(login.enter(code) == .notAwaited)
        #expect(login.state == .codeLocked)
        #expect(login.collect()?["error"] == "access_denied")
    }

    @Test("digits are compared only while they are awaited", arguments: ["", "00000000", "١٢٣٤٥٦٧٨"])
    func digitsBeforeTheClaim(entry: String) async throws {
        let provider = try await TestProvider()
        let login = try await provider.login()
        #expect(login.enter(entry) == .notAwaited)
        #expect(login.state == .created)
    }

    @Test(
        "a frame from a screenshot is too old, and the login lives on (G1)",
        arguments: [(7, true), (8, false), (10, false)])
    func staleFrame(seconds: Int64, isFresh: Bool) async throws {
        let provider = try await TestProvider()
        let device = try await provider.verified(provider.enrolledPhone())
        let login = try await provider.login()
        let link = try #require(login.view).qrLink
        provider.clock.advance(seconds)
        if isFresh {
            try await provider.claim(link, by: device)
        } else {
            await #expect(throws: DeviceRefusal(.scanAgain, .frameStale)) { try await provider.claim(link, by: device) }
            #expect(login.state == .created)
            try await provider.claim(#require(login.view).qrLink, by: device)
        }
        #expect(login.state == .awaitingCode)
    }

    @Test("links that were not made here find nothing")
    func forgedLinks() async throws {
        let provider = try await TestProvider()
        let device = try await provider.verified(provider.enrolledPhone())
        let login = try await provider.login()
        let view = try #require(login.view)
        let (issuer, target) = try Self.parts(view.qrLink)
        let (_, direct) = try Self.parts(view.sameDeviceLink)
        let mac = RandomBytes.text(16)
        let forged = [
            DeviceLink(issuer: issuer, target: .qr(handle: target.handle, frame: 0, mac: mac)),
            // A MAC of one frame, flow or login is none of another.
            DeviceLink(issuer: issuer, target: .qr(handle: target.handle, frame: 1, mac: target.mac)),
            DeviceLink(issuer: issuer, target: .qr(handle: target.handle, frame: 60, mac: target.mac)),
            DeviceLink(issuer: issuer, target: .qr(handle: target.handle, frame: 0, mac: direct.mac)),
            DeviceLink(issuer: issuer, target: .sameDevice(handle: target.handle, mac: target.mac)),
            DeviceLink(issuer: issuer, target: .sameDevice(handle: RandomBytes.text(16), mac: direct.mac)),
            DeviceLink(
                issuer: IssuerURL(rawValue: "https://id.evil.example")!,
                target: .sameDevice(handle: direct.handle, mac: direct.mac)),
        ].map(\.text)
        for link in forged {
            await #expect(throws: DeviceRefusal(.unknownLogin, .linkForged), "\(link)") {
                try await provider.claim(link, by: device)
            }
        }
        for link in [
            "", view.qrLink + "A", String(view.qrLink.dropLast()), view.qrLink + "#", "https://id.region.example/",
        ] {
            await #expect(throws: DeviceRefusal(.unknownLogin, .linkMalformed), "\(link)") {
                try await provider.claim(link, by: device)
            }
        }
        #expect(login.state == .created)
        try await provider.claim(view.qrLink, by: device)
    }

    @Test("the first device gets the login; the same device may claim it again (G2)")
    func secondClaim() async throws {
        let provider = try await TestProvider()
        let first = try await provider.verified(provider.enrolledPhone())
        let second = try await provider.verified(provider.enrolledPhone())
        let login = try await provider.login()
        let view = try #require(login.view)
        let claimed = try await provider.claim(view.qrLink, by: first)
        let again = try await provider.claim(view.qrLink, by: first)
        #expect(again.transaction == claimed.transaction && again.code == claimed.code && claimed.code != nil)
        for (link, device) in [(view.qrLink, second), (view.sameDeviceLink, second), (view.sameDeviceLink, first)] {
            await #expect(throws: DeviceRefusal(.alreadyClaimed, .alreadyClaimed)) {
                try await provider.claim(link, by: device)
            }
        }
    }

    @Test("of two devices that race one gets the login")
    func race() async throws {
        let provider = try await TestProvider()
        let devices = try await [
            provider.verified(provider.enrolledPhone()), provider.verified(provider.enrolledPhone()),
        ]
        for _ in 0..<20 {
            let login = try await provider.login()
            let link = try #require(login.view).qrLink
            let wins = await withTaskGroup(of: Bool.self) { group in
                for device in devices { group.addTask { (try? await provider.claim(link, by: device)) != nil } }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(wins == 1)
            login.cancel()
        }
    }

    @Test("a login waits two minutes for its claim")
    func unclaimed() async throws {
        let provider = try await TestProvider()
        let device = try await provider.verified(provider.enrolledPhone())
        let inTime = try await provider.login()
        let late = try await provider.login()
        provider.clock.advance(119)
        try await provider.claim(#require(inTime.view).qrLink, by: device)
        let link = try #require(late.view).qrLink
        provider.clock.advance(1)
        await #expect(throws: DeviceRefusal(.loginOver, .loginOver)) { try await provider.claim(link, by: device) }
        #expect(late.state == .expired)
        #expect(late.collect()?["error"] == "access_denied")
    }

    @Test("an account has at most three open logins (G6), and ending one makes room")
    func tooManyLogins() async throws {
        let provider = try await TestProvider()
        let device = try await provider.verified(provider.enrolledPhone())
        let other = try await provider.verified(provider.enrolledPhone())
        var logins: [TestLogin] = []
        for _ in 0..<4 { logins.append(try await provider.login()) }
        for login in logins.prefix(3) { try await provider.claim(#require(login.view).qrLink, by: device) }
        let fourth = try #require(logins[3].view).qrLink
        await #expect(throws: DeviceRefusal(.tooManyLogins, .tooManyLogins)) {
            try await provider.claim(fourth, by: device)
        }
        #expect(logins[3].state == .created)
        logins[0].cancel()
        try await provider.claim(fourth, by: device)
        // Another account is not concerned.
        try await provider.claim(#require(try await provider.login().view).qrLink, by: other)
    }

    @Test("G6: of twelve logins that one device claims at once it gets three")
    func tooManyAtOnce() async throws {
        let provider = try await TestProvider.withServices(companies: Gathering(of: 12))
        let device = try await provider.verified(provider.enrolledPhone())
        var links: [String] = []
        for _ in 0..<12 {
            let login = try await provider.login(at: TestServices.townHall, ["scope": "openid service:sperrmuell"])
            links.append(try #require(login.view).sameDeviceLink)
        }
        let refusals = await withTaskGroup(of: DeviceRefusal?.self) { group in
            for link in links {
                group.addTask {
                    do { try await provider.claim(link, by: device) } catch { return error as? DeviceRefusal }
                    return nil
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(refusals.count { $0 == nil } == 3)
        #expect(refusals.count { $0 == DeviceRefusal(.tooManyLogins, .tooManyLogins) } == 9)
    }

    @Test("a level out of reach ends the login with unmet_authentication_requirements, never with a lower level")
    func unreachableLevel() async throws {
        let provider = try await TestProvider()
        let software = try await provider.verified(provider.enrolledPhone())
        let hardware = try await provider.verified(provider.enrolledPhone(simulating: .tee))
        let cases: [(TestPortal, String?)] = [
            (TestRegion.substantial, nil), (TestRegion.substantial, "normal"), (TestRegion.basic, "substantiell"),
            (TestRegion.basic, "hoch substantiell"),
        ]
        for (portal, acr) in cases {
            let login = try await provider.login(at: portal, ["acr_values": acr])
            let link = try #require(login.view).qrLink
            await #expect(throws: DeviceRefusal(.levelUnreachable, .levelUnreachable)) {
                try await provider.claim(link, by: software)
            }
            #expect(login.state == .failed)
            #expect(login.collect()?["error"] == "unmet_authentication_requirements")
            // The near-miss: the same request with a device that reaches the level.
            let second = try await provider.login(at: portal, ["acr_values": acr])
            try await provider.claim(#require(second.view).qrLink, by: hardware)
            second.cancel()
        }
    }

    @Test("a login of another device and one that does not exist look the same (G8)")
    func foreignLogin() async throws {
        let provider = try await TestProvider()
        let mine = try await provider.verified(provider.enrolledPhone())
        let stranger = try await provider.verified(provider.enrolledPhone())
        let claimed = try await provider.claim(#require(try await provider.login().view).qrLink, by: mine)
        for (transaction, reason) in [
            (claimed.transaction, .loginOfOtherDevice), (.random(bytes: 16), .loginUnknown),
        ] as [(TransactionIdentifier, Refusal)] {
            let unknown = DeviceRefusal(.unknownLogin, reason)
            await #expect(throws: unknown) {
                try await provider.provider.deviceLogins.status(transaction, device: stranger, wait: 20)
            }
            await #expect(throws: unknown) {
                try await provider.provider.deviceLogins.answer(
                    transaction, response: "x", pinProof: nil, device: stranger)
            }
        }
        #expect(try await provider.provider.deviceLogins.status(claimed.transaction, device: mine, wait: 0).code != nil)
    }

    /// The same digits with another last one.
    static func wrong(_ code: String) -> String { code.dropLast() + (code.last == "0" ? "1" : "0") }

    private static func parts(_ text: String) throws -> (IssuerURL, (handle: String, mac: String)) {
        let link = try #require(DeviceLink(parsing: text))
        switch link.target {
        case .qr(let handle, _, let mac), .sameDevice(let handle, let mac): return (link.issuer, (handle, mac))
        case .enrolment: throw TestProvider.Unexpected.link
        }
    }
}

/// A directory without companies that answers when so many have asked.
private final class Gathering: ActingContextSource {
    private let size: Int
    private let waiting = Mutex<[CheckedContinuation<Void, Never>]>([])

    init(of size: Int) { self.size = size }

    func representations(of account: AccountIdentifier, for need: ContextNeed) async throws -> [ActingRight] {
        await withCheckedContinuation { continuation in
            let all = waiting.withLock { waiting in
                waiting.append(continuation)
                return waiting.count == size ? waiting : []
            }
            for continuation in all { continuation.resume() }
        }
        return []
    }

    func representation(_ acting: ActingContext, for need: ContextNeed) async throws -> ActingRight? { nil }

    func obstacle(of account: AccountIdentifier, for need: ContextNeed) async throws -> ActingObstacle? { nil }
}
