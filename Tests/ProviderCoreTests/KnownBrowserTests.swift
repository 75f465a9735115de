import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderHarness
import SQLiteStore
import Testing

@testable import ProviderCore

/// docs/protocol.md §12, docs/decisions/0016; checklist G3, G5, I1, I2.
@Suite("Known browsers: digits only where nobody is known")
struct KnownBrowserTests {
    private func claim(
        _ login: TestLogin, _ phone: TestPhone, _ provider: TestProvider
    ) async throws -> (claimed: ClaimedLogin, device: VerifiedDevice) {
        let device = try await provider.verified(phone)
        return (try await provider.claim(#require(login.view).qrLink, by: device), device)
    }

    /// True when the phone's person needs no digits in a new login of the browser with this key.
    private func isKnown(_ key: SigningKey, to phone: TestPhone, _ provider: TestProvider) async throws -> Bool {
        let login = try await provider.login()
        _ = try await login.prove(with: key)
        let claimed = try await claim(login, phone, provider).claimed
        login.cancel()
        #expect((claimed.code == nil) == (claimed.state == .awaitingUser))
        return claimed.code == nil
    }

    @Test("P-12: remembered in one login, known in the next: no digits, and rr says known_browser")
    func wholeWay() async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        let key = try await provider.knownBrowser(of: phone)
        provider.clock.advance(60)
        let login = try await provider.login()
        #expect(try await login.prove(with: key) == .done([key.thumbprint]))
        let (claimed, device) = try await claim(login, phone, provider)
        #expect(claimed.state == .awaitingUser && claimed.code == nil)
        let request = try await provider.request(of: claimed.transaction, for: device)
        #expect(request.statement.binding == .knownBrowser && request.statement.flow == .qr)
        #expect(request.statement.initiator.knownSince == provider.now - 60)
        try await provider.answer(request, try phone.response(to: request, now: provider.now), by: device)
        let tokens = try await provider.redeem(#require(login.collect()?["code"]))
        #expect(try unverifiedPayload(tokens.text("id_token"))["rr"] == "known_browser")
        let account = device.account.identifier
        let browser = try #require(try await provider.store.knownBrowsers(of: account, now: provider.now).first)
        #expect(browser.lastUsedAt == provider.now && browser.createdAt == provider.now - 60)
        #expect(browser.name == "Firefox, Linux" && browser.key == key.publicKey)
    }

    @Test("the text that is signed names the browser that will be known, and only then")
    func text() async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        #expect(try await provider.rememberingLogin(of: phone).text.contains("Firefox, Linux“ (192.0.2.x)"))
        let device = try await provider.verified(phone)
        let usual = try await provider.claimed(try await provider.login(), by: device)
        #expect(!usual.statement.text.contains("Firefox"))
    }

    @Test(
        "a relaying attacker's browser is never known: whatever it presents, the victim's phone shows digits",
        arguments: 0..<9)
    func relay(way: Int) async throws {
        let provider = try await TestProvider()
        let (victim, attacker) = (try await provider.enrolledPhone(), try await provider.enrolledPhone())
        let known = try await provider.knownBrowser(of: victim)
        let own = try await provider.knownBrowser(of: attacker)
        let stranger = SigningKey.makeES256()
        let (login, other) = (try await provider.login(), try await provider.login())
        let nonce = try #require(login.view?.browserNonce)
        let foreign = try #require(other.view?.browserNonce)
        let otherIssuer = try #require(IssuerURL(rawValue: "https://id.examp1e"))
        let (name, proof): (String, String) =
            switch way {
            case 0: ("its own key, bound to its own account", try own.browserProof(.login, nonce))
            case 1: ("the victim's signature of another login", try known.browserProof(.login, foreign))
            case 2: ("a key that nobody registered", try stranger.browserProof(.login, nonce))
            case 3:
                (
                    "the victim's key named, another one signing",
                    try own.browserProof(.login, nonce, keyIdentifier: known.thumbprint.rawValue)
                )
            case 4: ("a signature for a registration", try known.browserProof(.registration, nonce))
            case 5: ("another purpose", try known.browserProof(.login, nonce) { $0["purpose"] = "registration" })
            case 6: ("a signature for another issuer", try known.browserProof(.login, nonce, issuer: otherIssuer))
            case 7: ("another kind of statement", try known.browserProof(.login, nonce, type: "device-key-proof+jwt"))
            default: ("one member more", try known.browserProof(.login, nonce) { $0["sub"] = "x" })
            }
        #expect(try await login.prove([proof]) == .done(way == 0 ? [own.thumbprint] : []), "\(name)")
        let (claimed, device) = try await claim(login, victim, provider)
        #expect(claimed.state == .awaitingCode && claimed.code != nil, "\(name)")
        // Nothing is shown, and nothing can be approved, before the digits are typed.
        #expect(claimed.request == nil)
        login.enter(try #require(claimed.code))
        let request = try await provider.request(of: claimed.transaction, for: device)
        #expect(request.statement.binding == .code, "\(name)")
    }

    @Test(
        "P-12.3: relayed in a known browser of the attacker's own, a login has rr code and names no known browser")
    func foreignAccount() async throws {
        let provider = try await TestProvider()
        let (victim, attacker) = (try await provider.enrolledPhone(), try await provider.enrolledPhone())
        let own = try await provider.knownBrowser(of: attacker)
        let login = try await provider.login()
        #expect(try await login.prove(with: own) == .done([own.thumbprint]))
        let (claimed, device) = try await claim(login, victim, provider)
        login.enter(try #require(claimed.code))
        let request = try await provider.request(of: claimed.transaction, for: device)
        #expect(request.statement.binding == .code && request.statement.initiator.knownSince == nil)
        try await provider.answer(request, try victim.response(to: request, now: provider.now), by: device)
        let tokens = try await provider.redeem(#require(login.collect()?["code"]))
        #expect(try unverifiedPayload(tokens.text("id_token"))["rr"] == "code")
    }

    @Test("I1: a signature counts once: recorded and played back it is nothing, in the same login and in others")
    func replay() async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        let key = try await provider.knownBrowser(of: phone)
        let first = try await provider.login()
        let proof = try key.browserProof(.login, #require(first.view?.browserNonce))
        #expect(try await first.prove([proof]) == .done([key.thumbprint]))
        #expect(first.view?.browserNonce == nil)
        #expect(try await first.prove([proof]) == .notAwaited)
        let second = try await provider.login()
        #expect(try await second.prove([proof]) == .done([]))
        // A wrong one uses the nonce up as well.
        #expect(try await second.prove([try key.browserProof(.login, "x")]) == .notAwaited)
        #expect(try await claim(second, phone, provider).claimed.code != nil)
    }

    @Test("what a phone has claimed stays with digits: a proof that comes later changes nothing")
    func late() async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        let key = try await provider.knownBrowser(of: phone)
        let login = try await provider.login()
        let proof = try key.browserProof(.login, #require(login.view?.browserNonce))
        let (claimed, _) = try await claim(login, phone, provider)
        #expect(login.view?.browserNonce == nil)
        #expect(try await login.prove([proof]) == .notAwaited)
        #expect(login.state == .awaitingCode && claimed.code != nil)
    }

    @Test("G3: both calls need the cookie of the browser that began and the token of its page")
    func foreign() async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        let key = try await provider.knownBrowser(of: phone)
        let login = try await provider.login()
        let proof = try key.browserProof(.login, #require(login.view?.browserNonce))
        let stranger = try await provider.login().cookie
        #expect(try await login.prove([proof], cookie: stranger) == .refused)
        #expect(try await login.prove([proof], formToken: "x") == .refused)
        #expect(try await login.prove([proof]) == .done([key.thumbprint]))
        let remembering = try await provider.rememberingLogin(of: phone).login
        let fresh = SigningKey.makeES256()
        let registration = try fresh.browserProof(.registration, #require(remembering.view?.rememberNonce))
        #expect(try await remembering.remember(registration, cookie: stranger) == .refused)
        #expect(try await remembering.remember(registration, formToken: "x") == .refused)
        guard case .done = try await remembering.remember(registration) else {
            Issue.record("not remembered")
            return
        }
        #expect(try await remembering.remember(registration) == .notAwaited)
    }

    @Test("P-12.1: nothing is remembered without the wish, before the approval or after a refusal", arguments: 0..<4)
    func unwanted(way: Int) async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        let device = try await provider.verified(phone)
        let login: TestLogin
        switch way {
        case 0:
            login = try await provider.login()
            let request = try await provider.claimed(login, by: device)
            try await provider.answer(request, try phone.response(to: request, now: provider.now), by: device)
        case 1:
            login = try await provider.login()
            login.enterRemembering(try #require(try await claim(login, phone, provider).claimed.code))
        case 2: login = try await provider.rememberingLogin(of: phone, decision: .deny).login
        default:
            login = try await provider.rememberingLogin(of: phone).login
            _ = login.collect()
        }
        let nonce = login.view?.rememberNonce ?? RandomBytes.text(32)
        #expect(try await login.remember(SigningKey.makeES256().browserProof(.registration, nonce)) == .notAwaited)
        #expect(try await provider.store.knownBrowsers(of: device.account.identifier, now: provider.now) == [])
    }

    @Test("P-12.1, H6: only a new P-256 key that signs for this login is remembered", arguments: 0..<6)
    func registration(way: Int) async throws {
        let provider = try await TestProvider()
        let (phone, other) = (try await provider.enrolledPhone(), try await provider.enrolledPhone())
        let taken = try await provider.knownBrowser(of: other)
        let login = try await provider.rememberingLogin(of: phone).login
        let nonce = try #require(login.view?.rememberNonce)
        let fresh = SigningKey.makeES256()
        let otherIssuer = try #require(IssuerURL(rawValue: "https://id.examp1e"))
        let proof: String =
            switch way {
            case 0: try taken.browserProof(.registration, nonce)
            case 1: try SigningKey.makeEdDSA().browserProof(.registration, nonce)
            case 2: try fresh.browserProof(.registration, RandomBytes.text(32))
            case 3: try fresh.browserProof(.registration, nonce) { $0["purpose"] = "login" }
            case 4: try fresh.browserProof(.registration, nonce, issuer: otherIssuer)
            default: try fresh.browserProof(.login, nonce)
            }
        #expect(try await login.remember(proof) == (way == 0 ? .notAwaited : .refused))
        let account = try await provider.verified(phone).account.identifier
        #expect(try await provider.store.knownBrowsers(of: account, now: provider.now) == [])
        // Whoever's key it was, it is still that one's.
        #expect(try await isKnown(taken, to: other, provider))
    }

    @Test("after 90 days without use a browser is a stranger; each use begins them anew")
    func unused() async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        let key = try await provider.knownBrowser(of: phone)
        provider.clock.advance(KnownBrowser.idleLimit - 1)
        #expect(try await isKnown(key, to: phone, provider))
        provider.clock.advance(1)
        #expect(try await !isKnown(key, to: phone, provider))
    }

    @Test(
        "it ends when the person has it forgotten, reports a login, or the account is locked or closed",
        arguments: 0..<4)
    func ends(way: Int) async throws {
        let provider = try await TestProvider()
        let (phone, other) = (try await provider.enrolledPhone(), try await provider.enrolledPhone())
        let (key, others) = (try await provider.knownBrowser(of: phone), try await provider.knownBrowser(of: other))
        let device = try await provider.verified(phone)
        let account = device.account.identifier
        switch way {
        case 0:
            let browsers = provider.provider.selfService.browsers
            let browser = try #require(try await browsers.list(device).first)
            await #expect(throws: DeviceRefusal(.notFound, .objectUnknown)) {
                try await browsers.forget(browser.identifier, by: provider.verified(other))
            }
            try await browsers.forget(browser.identifier, by: device)
            await #expect(throws: DeviceRefusal(.notFound, .objectUnknown)) {
                try await browsers.forget(browser.identifier, by: device)
            }
        case 1:
            let request = try await provider.claimed(try await provider.login(), by: device)
            try await provider.answer(request, try phone.response(to: request, .report, now: provider.now), by: device)
        case 2: _ = try await provider.store.lock(account, for: .own, by: .person, time: provider.now)
        default:
            let profile = try #require(try await provider.store.profile(of: account))
            _ = try await provider.store.requestClosing(
                of: profile, liftsOrder: false, eraseAt: provider.now + 9, request: nil, by: .person, time: provider.now
            )
        }
        #expect(try await provider.store.knownBrowsers(of: account, now: provider.now) == [])
        let login = try await provider.login()
        #expect(try await login.prove(with: key) == .done([]))
        #expect(try await isKnown(others, to: other, provider))
    }

    @Test("a browser that is forgotten between claim and answer: nothing is approved on its ground")
    func forgottenMeanwhile() async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        let key = try await provider.knownBrowser(of: phone)
        let login = try await provider.login()
        _ = try await login.prove(with: key)
        let (claimed, device) = try await claim(login, phone, provider)
        let request = try await provider.request(of: claimed.transaction, for: device)
        let browsers = provider.provider.selfService.browsers
        for browser in try await browsers.list(device) { try await browsers.forget(browser.identifier, by: device) }
        await #expect(throws: DeviceRefusal(.loginOver, .browserForgotten)) {
            try await provider.answer(request, try phone.response(to: request, now: provider.now), by: device)
        }
        #expect(login.state == .failed && login.collect()?["error"] == "access_denied")
    }

    @Test("a browser that is forgotten between its proof and the claim: there are digits, as for a stranger")
    func forgottenBeforeTheClaim() async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        let key = try await provider.knownBrowser(of: phone)
        let login = try await provider.login()
        #expect(try await login.prove(with: key) == .done([key.thumbprint]))
        let device = try await provider.verified(phone)
        let browsers = provider.provider.selfService.browsers
        for browser in try await browsers.list(device) { try await browsers.forget(browser.identifier, by: device) }
        let claimed = try await claim(login, phone, provider).claimed
        #expect(claimed.state == .awaitingCode && claimed.code?.count == 8)
    }

    @Test("where the portal demands it, a known browser gets a QR code, and a stranger who scans it is refused")
    func demanded() async throws {
        let provider = try await TestProvider()
        let (phone, other) = (try await provider.enrolledPhone(), try await provider.enrolledPhone())
        let key = try await provider.knownBrowser(of: phone)
        let demand = ["claims": #"{"id_token":{"rr":{"essential":true,"value":"known_browser"}}}"#]
        for isOwner in [true, false] {
            let login = try await provider.login(demand)
            #expect(login.view?.isQROffered == false)
            _ = try await login.prove(with: key)
            #expect(login.view?.isQROffered == true)
            guard isOwner else {
                await #expect(throws: DeviceRefusal(.relayResistanceTooLow, .relayResistanceTooLow)) {
                    _ = try await claim(login, other, provider)
                }
                #expect(login.collect()?["error"] == "unmet_authentication_requirements")
                continue
            }
            #expect(try await claim(login, phone, provider).claimed.state == .awaitingUser)
        }
    }

    @Test("two people in one browser: each is known by a key of their own")
    func twoPeople() async throws {
        let provider = try await TestProvider()
        let (erika, max) = (try await provider.enrolledPhone(), try await provider.enrolledPhone())
        let (first, second) = (try await provider.knownBrowser(of: erika), try await provider.knownBrowser(of: max))
        for phone in [erika, max] {
            let login = try await provider.login()
            #expect(try await login.prove(with: first, second) == .done([first.thumbprint, second.thumbprint]))
            #expect(try await claim(login, phone, provider).claimed.code == nil)
        }
    }
}
