import DeviceAuthenticator
import IdentityCrypto
import OpenIDMessages

/// The attacker has what a known browser of the victim's shows to others, but not its key; or a known browser of another
/// account, with its key (docs/protocol.md §12).
extension AttackScene {
    func stolenBrowser() async throws -> AttackOutcome {
        var log = AttackLog()
        let key = SigningKey.makeES256()
        guard let browser = try await remember(key, for: victim()) else {
            return AttackOutcome(
                attack: .stolenBrowser, result: .notTested, evidence: ["the provider remembers no browsers"])
        }
        log.note("the victim types the digits and has the browser remembered")
        let own = try await proved { try Self.proof($0, by: key, issuer: issuer) }
        guard try await needsNoDigits(own.login, for: victim()) else {
            throw CommandFailure(
                .browser,
                developer: "The victim's own remembered browser needs digits all the same: there is nothing to steal.")
        }
        log.note("the victim's own browser needs no digits; the attacker has heard its proof")
        let stolen: [(String, (_ nonce: Nonce) throws -> String)] = [
            ("the victim's proof of another login", { _ in own.proof }),
            (
                "a proof in the name of the victim's browser, by a key of the attacker's",
                { try Self.proof($0, by: forgerKey, named: key, issuer: issuer) }
            ),
        ]
        for (what, make) in stolen {
            let login = try await proved(make).login
            log.goal(
                try await needsNoDigits(login, for: victim()), "\(what) spares the attacker's login the digits",
                else: "\(what): the victim's phone shows digits")
        }
        _ = try await victim().accountChange("DELETE", "/browsers/\(browser)")
        return log.outcome(.stolenBrowser)
    }

    func foreignBrowser() async throws -> AttackOutcome {
        func notTested(_ reason: String) -> AttackOutcome {
            AttackOutcome(attack: .foreignBrowser, result: .notTested, evidence: [reason])
        }
        guard let attackerTicket else {
            return notTested(
                "needs --attacker-ticket with a fresh enrolment link of another test person (citizen-id desk ticket)")
        }
        var log = AttackLog()
        let path = DeviceCopy.path(beside: folderPath)
        defer { DeviceCopy.remove(path) }
        let attacker = try otherPhone(in: path)
        let device = DeviceDescription(name: "attack", model: "citizen-phone", system: "Linux")
        let enrolled = try await attacker.enrol(
            link: attackerTicket, pin: pin, device: device, evidence: evidence, reaching: .normal)
        guard enrolled.waiting == nil else {
            return notTested("--attacker-ticket is of a person who has a device already, perhaps of the victim")
        }
        let key = SigningKey.makeES256()
        let remembered: String?
        do { remembered = try await remember(key, for: attacker) } catch DeviceError.provider(let problem)
            where problem.code == "level_unreachable"
        {
            return notTested(
                "the portal wants a higher level than the attacker's own device reaches, so that no browser of theirs can be "
                    + "known: give that device evidence with --simulator-key and --simulator-certificate, or name a portal that "
                    + "wants less")
        }
        guard let browser = remembered else { return notTested("the provider remembers no browsers") }
        log.note("the attacker, another person, logs in and has the browser remembered")
        let own = try await proved { try Self.proof($0, by: key, issuer: issuer) }
        guard try await needsNoDigits(own.login, for: attacker) else {
            throw CommandFailure(
                .browser,
                developer: "The attacker's own remembered browser needs digits all the same: there is nothing to relay."
            )
        }
        log.note("for the attacker that browser needs no digits")
        try await relay(through: key, &log)
        _ = try await attacker.accountChange("DELETE", "/browsers/\(browser)")
        return log.outcome(.foreignBrowser)
    }

    /// The victim scans the QR code of a login that the attacker's browser began, having proved its key, and passes on what
    /// the phone shows.
    private func relay(through key: SigningKey, _ log: inout AttackLog) async throws {
        let relayed = try await proved { try Self.proof($0, by: key, issuer: issuer) }
        guard relayed.known == [key.thumbprint.rawValue] else {
            throw CommandFailure(
                .browser, developer: "The attacker's own browser is not known any more: there is nothing to relay.")
        }
        log.note("the attacker begins a login in it; the provider knows the browser")
        var login = relayed.login
        let phone = victim()
        let request: LoginRequestStatement
        switch try await claim(phone, try login.qrLink()) {
        case .request(let shown):
            request = shown
            log.goal(true, "the victim is asked to approve without any digits", else: "")
        case .awaitingCode(let digits, _):
            log.note("the victim's phone shows digits")
            guard try await login.type(digits) else {
                throw CommandFailure(.browser, developer: "The attacker's page has no field for the digits.")
            }
            request = try await phone.waitForRequest(seconds: 10)
            log.note("the victim, careless, tells them, and the attacker types them")
        }
        log.goal(
            request.binding != .code, "the victim's login is signed as one bound by \(request.binding.rawValue)",
            else: "the victim's login is signed as one bound by code: rr is no more than that")
        let familiarity = RequestText.familiarity(request, .english) ?? "nothing"
        log.goal(
            request.initiator.knownSince != nil, "the victim's phone says of the browser: \(familiarity)",
            else: "the victim's phone says of the browser: \(familiarity)")
        _ = try await phone.deny(pin: pin)
    }

    /// A person logs in with typed digits, and the browser registers its key. The provider's name for it; nil where there
    /// is no such offer.
    private func remember(_ key: SigningKey, for phone: DeviceAuthenticator) async throws -> String? {
        var login = try await newLogin()
        guard case .awaitingCode(let digits, _) = try await claim(phone, try login.qrLink()),
            try await login.type(digits, remembers: true)
        else { throw CommandFailure(.browser, developer: "A login by QR code in a new browser asks for no digits.") }
        _ = try await phone.waitForRequest(seconds: 10)
        guard login.page.rememberNonce != nil else {
            _ = try await phone.deny(pin: pin)
            return nil
        }
        _ = try await phone.approve(pin: pin)
        let browser = try await login.register(key)
        _ = try await login.collectsCode()
        return browser
    }

    private static func proof(
        _ nonce: Nonce, by key: SigningKey, named owner: SigningKey? = nil, issuer: IssuerURL
    ) throws -> String {
        try key.sign(
            BrowserProof(issuer: issuer, purpose: .login, nonce: nonce),
            keyIdentifier: (owner ?? key).thumbprint.rawValue)
    }

    /// A new login in which a browser has proved itself, or tried to; and the keys that the provider knows then.
    private func proved(
        _ make: (_ nonce: Nonce) throws -> String
    ) async throws -> (login: BrowserLogin, proof: String, known: [String]) {
        var login = try await newLogin()
        guard let nonce = login.page.browserNonce else {
            throw CommandFailure(.browser, developer: "The login page has nothing for a known browser to sign.")
        }
        let proof = try make(nonce)
        let answer = try await login.tell("browser", ["proofs": .string(proof)])
        return (login, proof, answer["known"]?.strings ?? [])
    }

    /// Whether the person who scans the login's QR code is asked to approve at once. The login is denied then, or given up.
    private func needsNoDigits(_ login: BrowserLogin, for phone: DeviceAuthenticator) async throws -> Bool {
        var login = login
        switch try await claim(phone, try login.qrLink()) {
        case .request:
            _ = try await phone.deny(pin: pin)
            return true
        case .awaitingCode:
            _ = try await login.cancel()
            return false
        }
    }
}
