import DeviceAuthenticator
import IdentityCrypto
import OpenIDMessages

/// The attacker has what a known browser of the victim's shows to others, but not its key (docs/protocol.md §12).
extension AttackScene {
    func stolenBrowser() async throws -> AttackOutcome {
        var log = AttackLog()
        let key = SigningKey.makeES256()
        guard let browser = try await remember(key) else {
            return AttackOutcome(
                attack: .stolenBrowser, result: .notTested, evidence: ["the provider remembers no browsers"])
        }
        log.note("the victim types the digits and has the browser remembered")
        let own = try await proved { try Self.proof($0, by: key, issuer: issuer) }
        guard try await needsNoDigits(own.login) else {
            throw CommandFailure(
                .browser, "The victim's own remembered browser needs digits all the same: there is nothing to steal.")
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
                try await needsNoDigits(login), "\(what) spares the attacker's login the digits",
                else: "\(what): the victim's phone shows digits")
        }
        _ = try await victim().accountChange("DELETE", "/browsers/\(browser)")
        return log.outcome(.stolenBrowser)
    }

    /// The victim logs in with typed digits, and the browser registers its key. The provider's name for it; nil where there
    /// is no such offer.
    private func remember(_ key: SigningKey) async throws -> String? {
        var login = try await newLogin()
        let phone = victim()
        guard case .awaitingCode(let digits, _) = try await claim(phone, try login.qrLink()),
            try await login.type(digits, remembers: true)
        else { throw CommandFailure(.browser, "The victim's own login by QR code asks for no digits.") }
        _ = try await phone.waitForRequest(seconds: 10)
        guard let nonce = login.page.rememberNonce else {
            _ = try await phone.deny(pin: pin)
            return nil
        }
        _ = try await phone.approve(pin: pin)
        let proof = try key.sign(
            BrowserProof(issuer: issuer, purpose: .registration, nonce: nonce),
            header: ["jwk": .object(key.publicKey.jwk)])
        let answer = try await login.tell("remember", ["proof": .string(proof)])
        _ = try await login.collectsCode()
        return answer["browser"]?.string
    }

    private static func proof(
        _ nonce: Nonce, by key: SigningKey, named owner: SigningKey? = nil, issuer: IssuerURL
    ) throws -> String {
        try key.sign(
            BrowserProof(issuer: issuer, purpose: .login, nonce: nonce),
            keyIdentifier: (owner ?? key).thumbprint.rawValue)
    }

    /// A new login in which a browser has proved itself, or tried to.
    private func proved(
        _ make: (_ nonce: Nonce) throws -> String
    ) async throws -> (login: BrowserLogin, proof: String) {
        var login = try await newLogin()
        guard let nonce = login.page.browserNonce else {
            throw CommandFailure(.browser, "The login page has nothing for a known browser to sign.")
        }
        let proof = try make(nonce)
        _ = try await login.tell("browser", ["proofs": .string(proof)])
        return (login, proof)
    }

    /// Whether the victim, who scans the login's QR code, is asked to approve at once. The login is denied then, or given up.
    private func needsNoDigits(_ login: BrowserLogin) async throws -> Bool {
        var login = login
        let phone = victim()
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
