import DeviceAuthenticator
import OpenIDMessages

/// One login from the portal's first page to its last, with the browser's part and the phone's.
struct LoginJourney {
    struct Plan {
        var flow: LoginCommand.Flow
        var answer: Answer
        var released: [String]?
        /// For whom to act, where there is a choice.
        var context: String?
        var stopsAtCallback: Bool
    }

    /// What the phone answers. A PIN beside a denial is for a key store that asks for it.
    enum Answer {
        case approve(PIN)
        case deny(PIN?)
        case report(PIN?)
    }

    struct End {
        /// Nil when the provider did not ask the phone: the browser's session let it in.
        var outcome: LoginOutcome?
        /// The first address off the provider after the answer.
        var callback: WebAddress?
        /// Where the browser came to rest; nil when it stopped before the callback.
        var page: BrowserSession.Page?
    }

    let phone: DeviceAuthenticator
    let issuer: IssuerURL
    var browser: BrowserSession
    let steps: JourneySteps
    /// What is to be given up by whoever ends this program before the journey is at its end.
    let unfinished = UnfinishedLogin()

    /// A journey that does not come to its end leaves no login open.
    mutating func run(from address: WebAddress, plan: Plan) async throws -> End {
        do { return try await travel(from: address, plan: plan) } catch {
            await unfinished.giveUp()
            throw error
        }
    }

    private mutating func travel(from address: WebAddress, plan: Plan) async throws -> End {
        let (first, callback) = try await browser.begin(
            at: address, issuer: issuer, stopsThere: plan.stopsAtCallback)
        if let callback { return try letIn(first, callback: callback) }
        var (page, login) = try loginPage(first)
        unfinished.isOpen(at: page.address, in: browser)
        steps.done(
            "login_page", "Browser: Die Anmeldeseite ist da: \(page.address.text)",
            "Browser: the login page is here: \(page.address.text)")
        let request: LoginRequestStatement
        switch plan.flow {
        case .qr: request = try await byQRCode(&page, &login)
        case .link: request = try await byLink(login)
        }
        let portal = "\(request.portal.name) (\(request.portal.host)), \(request.portal.tenantName):"
        steps.done("request", "Telefon: \(portal)", "Phone: \(portal)")
        steps.done("shown", "Telefon: \(request.text)", "Phone: \(request.text)")
        let outcome = try await answer(plan)
        steps.done("answer", Self.answered(outcome, .german), Self.answered(outcome, .english))
        return try await finish(outcome, login: page.address, plan: plan)
    }

    /// The session at the provider let the browser in, without the phone.
    private func letIn(_ page: BrowserSession.Page, callback: WebAddress) throws -> End {
        if let answer = try? FormParameters(parsing: Array((callback.query ?? "").utf8)), let error = answer["error"] {
            throw CommandFailure(
                .browser,
                "Der Anbieter hat den Browser mit dem Fehler \(error) zu \(callback.authority) zurückgeschickt.",
                "The provider sent the browser back to \(callback.authority) with the error \(error).")
        }
        steps.done(
            "single_sign_on", "Browser: Der Anbieter kennt ihn und lässt ihn ein bei \(callback.authority)",
            "Browser: the provider knows this browser and lets it in at \(callback.authority)")
        return End(outcome: nil, callback: callback, page: page.status == 0 ? nil : page)
    }

    /// Opens an address and expects the provider's login page.
    private mutating func openLogin(_ address: WebAddress) async throws -> (BrowserSession.Page, LoginPage) {
        try loginPage(try await browser.open(address))
    }

    private func loginPage(_ page: BrowserSession.Page) throws -> (BrowserSession.Page, LoginPage) {
        guard page.address.text.hasPrefix(issuer.appending("/login/")), let login = LoginPage(html: page.html) else {
            throw CommandFailure(
                .browser,
                "Der Browser kam zu \(page.address.text) (Status \(page.status)); das ist keine Anmeldeseite von \(issuer).",
                "The browser came to \(page.address.text) (status \(page.status)), which is no login page of \(issuer)."
            )
        }
        return (page, login)
    }

    private mutating func byQRCode(
        _ page: inout BrowserSession.Page, _ login: inout LoginPage
    ) async throws -> LoginRequestStatement {
        let code = try await claim(&page, &login)
        steps.done(
            "claim", "Telefon: QR-Code gelesen; es zeigt \(code.prefix(4)) \(code.suffix(4))",
            "Phone: scanned the QR code; it shows \(code.prefix(4)) \(code.suffix(4))")
        let form = try await codeForm(page.address)
        let answer = try await browser.submit(form, with: [("code", code)], from: page.address)
        guard answer.status < 400 else {
            throw CommandFailure(
                .browser, "Der Anbieter hat die Ziffern nicht angenommen (Status \(answer.status)).",
                "The provider did not take the digits (status \(answer.status)).")
        }
        steps.done("code", "Browser: Ziffern eingegeben", "Browser: typed the digits")
        let phone = phone
        return try await again { () throws(DeviceError) in try await phone.waitForRequest() }
    }

    /// Scans; a picture that has grown old on the way is scanned again.
    private mutating func claim(
        _ page: inout BrowserSession.Page, _ login: inout LoginPage
    ) async throws -> String {
        for attempt in 1... {
            guard let link = login.qrLink else {
                throw CommandFailure(
                    .browser, "Die Anmeldeseite zeigt keinen QR-Code.", "The login page shows no QR code.")
            }
            do throws(DeviceError) {
                let phone = phone
                let claimed = try await again { () throws(DeviceError) in try await phone.claim(link) }
                unfinished.isTaken(by: phone)
                guard case .awaitingCode(let code, _) = claimed else { break }
                return code
            } catch {
                guard attempt < 3, case .provider(let problem) = error, problem.code == "scan_again" else {
                    throw error
                }
                (page, login) = try await openLogin(page.address)
            }
        }
        throw CommandFailure(
            .browser, "Der Anbieter hat bei einer Anmeldung auf einem anderen Bildschirm keine Ziffern gezeigt.",
            "The provider showed no digits for a login on another screen.")
    }

    /// The page changes when the phone has claimed the login; a person would wait a moment for it.
    private mutating func codeForm(_ address: WebAddress) async throws -> LoginPage.Form {
        for _ in 1...10 {
            let (_, login) = try await openLogin(address)
            if let form = login.codeForm { return form }
            try await Task.sleep(for: .milliseconds(200))
        }
        throw CommandFailure(
            .browser, "Die Anmeldeseite hat kein Feld für die Ziffern.", "The login page has no form for the digits.")
    }

    private func byLink(_ login: LoginPage) async throws -> LoginRequestStatement {
        guard let link = login.sameDeviceLink else {
            throw CommandFailure(
                .browser, "Die Anmeldeseite hat keinen Link für dieses Gerät.",
                "The login page has no link for this device.")
        }
        let claimed = try await again { () throws(DeviceError) in try await phone.claim(link) }
        unfinished.isTaken(by: phone)
        guard case .request(let request) = claimed else {
            throw CommandFailure(
                .browser, "Der Anbieter verlangt bei einer Anmeldung auf demselben Gerät Ziffern.",
                "The provider asks for digits in a login on the same device.")
        }
        return request
    }

    private func answer(_ plan: Plan) async throws -> LoginOutcome {
        try await again { () throws(DeviceError) in
            switch plan.answer {
            case .approve(let pin):
                try await phone.approve(pin: pin, released: plan.released, context: plan.context)
            case .deny(let pin): try await phone.deny(pin: pin)
            case .report(let pin): try await phone.report(pin: pin)
            }
        }
    }

    private static func answered(_ outcome: LoginOutcome, _ language: Language) -> String {
        let answer = WireWord.text(outcome.decision.rawValue, of: .answer, language)
        let (state, name) = (outcome.receipt.state, outcome.receipt.state.rawValue)
        return language.say(
            "Telefon: \(answer); der Anbieter sagt: \(state.text(for: .phone, language: language).title)",
            "Phone: \(answer), the provider says \(name)")
    }

    private mutating func finish(_ outcome: LoginOutcome, login: WebAddress, plan: Plan) async throws -> End {
        let text = outcome.returnURL ?? issuer.appending(login.path + "/finish")
        guard let next = WebAddress(text) else {
            throw CommandFailure(
                .browser, "Die Adresse des Anbieters für den Rückweg lässt sich nicht öffnen.",
                "The provider's return address cannot be opened.")
        }
        let home = login.origin
        var callback: WebAddress?
        let page = try await browser.open(next) { address in
            if callback == nil, address.origin != home { callback = address }
            return plan.stopsAtCallback && callback != nil
        }
        steps.done(
            "portal", "Browser: \(callback.map { "zurück beim Portal: \($0.authority)" } ?? "noch beim Anbieter")",
            "Browser: \(callback.map { "back at the portal: \($0.authority)" } ?? "still at the provider")")
        return End(outcome: outcome, callback: callback, page: page.status == 0 ? nil : page)
    }
}
