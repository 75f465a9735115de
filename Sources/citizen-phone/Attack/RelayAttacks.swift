import DeviceAuthenticator
import OpenIDMessages

/// The attacker began a login and wants the victim to approve it.
extension AttackScene {
    func relay() async throws -> AttackOutcome {
        var log = AttackLog()
        var login = try await newLogin()
        let link = try login.qrLink()
        let phone = victim()
        let claimed = try await log.set("the victim scans the attacker's QR code") { try await claim(phone, link) }
        let shown: String
        switch claimed {
        case .awaitingCode(let digits, _):
            shown = digits
            log.note("the victim's phone shows digits; the attacker does not see them")
        case .request:
            shown = ""
            log.goal(true, "the victim is asked to approve without any digits", else: "")
        }
        for guess in ["00000000", "12345678", "87654321"] where guess != shown {
            guard try await login.type(guess) else { break }
            log.note("the attacker types \(guess): the page is \(login.page.state)")
        }
        let request = try await log.attempt(
            "the victim's phone asks for the request", stoppedBy: ["login_over", "request_not_yet_there"]
        ) { try await phone.waitForRequest(seconds: 10) }
        if request != nil {
            _ = try await log.set("the victim, careless, approves") { try await phone.approve(pin: pin) }
        }
        log.goal(
            try await login.collectsCode(), "the attacker's browser is logged in as the victim",
            else: "the attacker's browser gets no code")
        _ = try? await phone.deny(pin: pin)
        return log.outcome(.relay)
    }

    func linkRelay() async throws -> AttackOutcome {
        var log = AttackLog()
        var login = try await newLogin()
        let link = try login.sameDeviceLink()
        let phone = victim()
        _ = try await log.set("the victim opens the attacker's link on the phone") { try await claim(phone, link) }
        // A phone that refuses where it is led to has approved all the same.
        let outcome = try await log.attempt("the victim, careless, approves", stoppedBy: ["statement_refused"]) {
            try await phone.approve(pin: pin)
        }
        let back = outcome?.returnURL
        if let back {
            var own = login
            own.browser = BrowserSession(transport: transport, language: language)
            log.goal(
                try await own.receivesCode(at: back), "the victim's own browser goes on with a login it did not begin",
                else: "the victim's own browser, where the phone comes back, gets no code")
        }
        log.goal(
            try await login.collectsCode(), "the attacker's browser is logged in as the victim",
            else: "the attacker's browser gets no code")
        // The victim's value stays on the phone: with it the login is over in the browser that began it.
        if let back { _ = try? await login.receivesCode(at: back) }
        return log.outcome(.linkRelay)
    }

    func staleQR() async throws -> AttackOutcome {
        var log = AttackLog()
        let login = try await newLogin()
        let link = try login.qrLink()
        // Three frames behind the current one are accepted, of two seconds each; one more for the picture's own.
        try await wait(.seconds(10))
        let phone = victim()
        let claimed = try await log.attempt(
            "the victim scans a picture of the QR code that is ten seconds old", stoppedBy: ["scan_again"]
        ) { try await claim(phone, link) }
        log.goal(
            claimed != nil, "an old picture leads to a login", else: "the old picture leads nowhere")
        if claimed != nil { _ = try? await phone.deny(pin: pin) }
        return log.outcome(.staleQR)
    }

    func flowSwap() async throws -> AttackOutcome {
        var log = AttackLog()
        let login = try await newLogin()
        guard case .qr(let handle, let frame, let mac)? = DeviceLink(parsing: try login.qrLink())?.target,
            case .sameDevice(_, let linkMAC)? = DeviceLink(parsing: try login.sameDeviceLink())?.target
        else { throw CommandFailure(.browser, developer: "The login page's links are none of the protocol.") }
        let swapped: [(String, DeviceLink.Target)] = [
            ("a same-device link made of the QR code", .sameDevice(handle: handle, mac: mac)),
            ("a QR code made of the same-device link", .qr(handle: handle, frame: frame, mac: linkMAC)),
        ]
        for (what, target) in swapped {
            let link = DeviceLink(issuer: issuer, target: target).text
            let phone = victim()
            // The second link finds the login claimed where the first one led to it.
            let claimed = try await log.attempt(
                "the victim opens \(what)", stoppedBy: ["unknown_login", "already_claimed"]
            ) { try await claim(phone, link) }
            log.goal(claimed != nil, "\(what) leads to the login", else: "\(what) leads nowhere")
        }
        await tidy(login.page.sameDeviceLink)
        return log.outcome(.flowSwap)
    }
}
