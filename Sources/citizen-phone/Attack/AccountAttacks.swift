import DeviceAuthenticator
import IdentityCrypto
import OpenIDMessages

/// The attacker wears the victim out, poses as the provider, or comes before the victim's device exists.
extension AttackScene {
    func fatigue() async throws -> AttackOutcome {
        var log = AttackLog()
        var links: [String] = []
        for number in 1...4 {
            let login = try await newLogin()
            let link = try login.sameDeviceLink()
            let phone = victim()
            let claimed = try await log.attempt(
                "login \(number) reaches the victim's phone", stoppedBy: ["too_many_logins"]
            ) { try await claim(phone, link) }
            if claimed != nil { links.append(link) }
        }
        log.goal(
            links.count > 3, "as many logins as the attacker likes wait on the phone",
            else: "no more than three logins wait on the phone")
        for link in links { await tidy(link) }
        return log.outcome(.fatigue)
    }

    func fakeIssuer() async throws -> AttackOutcome {
        var log = AttackLog()
        let login = try await newLogin()
        let link = try login.sameDeviceLink()
        guard let site = WebAddress(link), let target = DeviceLink(parsing: link)?.target,
            let similar = IssuerURL(rawValue: "https://\(site.host).login.example")
        else { throw CommandFailure(.browser, developer: "The login page's link is none of the protocol.") }
        let lookAlike = DeviceLink(issuer: similar, target: target).text
        let wire = Wiretap(transport)
        let phone = victim(through: wire)
        _ = try await log.attempt(
            "the victim opens a link of a provider with a similar name", stoppedBy: ["link_refused"]
        ) { try await claim(phone, lookAlike) }
        log.goal(!wire.isSilent, "the phone calls the wrong provider", else: "the phone calls nobody")

        let forged = Wiretap(transport, answers: ("/claims", { [forgerKey] in Self.sign(&$0, by: forgerKey) }))
        let second = victim(through: forged)
        let claimed = try await log.attempt(
            "a request signed by a key of the attacker's reaches the phone", stoppedBy: ["statement_refused"]
        ) { try await claim(second, link) }
        log.goal(
            claimed != nil, "the phone takes a request of somebody else's key", else: "the phone signs nothing")
        await tidy(link)
        return log.outcome(.fakeIssuer)
    }

    private static func sign(_ answer: inout JSONObject, by key: SigningKey) {
        guard let text = answer["request"]?.string, let payload = (try? CompactJWS(parsing: text))?.unverifiedPayload,
            let request = try? LoginRequestStatement(json: payload), let forged = try? key.sign(request)
        else { return }
        answer["request"] = .string(forged)
    }

    func enrolHijack() async throws -> AttackOutcome {
        guard let ticket else {
            return AttackOutcome(
                attack: .enrolHijack, result: .notTested,
                evidence: ["needs --ticket with a fresh enrolment link of a test person (citizen-id desk ticket)"])
        }
        var log = AttackLog()
        let (own, stolen, late) = (besides(), besides(), besides())
        defer { for path in [own, stolen, late] { DeviceCopy.remove(path) } }
        let device = DeviceDescription(name: "attack", model: "citizen-phone", system: "Linux")
        let (person, thief) = (try otherPhone(in: own), try otherPhone(in: stolen))
        let invitation = try await person.beginEnrolment(ticket)
        let photographed = try await log.attempt(
            "the attacker begins with the photographed link", stoppedBy: ["unknown_ticket"]
        ) { try await thief.beginEnrolment(ticket) }
        _ = try await person.complete(
            invitation, pin: pin, device: device, evidence: evidence, reaching: .normal)
        log.note("the person enrols with it")
        if let photographed {
            let enrolled = try await log.attempt("the attacker goes on", stoppedBy: ["unknown_offer"]) {
                try await thief.complete(
                    photographed, pin: pin, device: device, evidence: evidence, reaching: .normal)
            }
            log.goal(
                enrolled != nil, "the attacker's device is enrolled, too", else: "the attacker's device is not enrolled"
            )
        }
        let again = try await log.attempt(
            "the attacker begins anew with the used link", stoppedBy: ["unknown_ticket"]
        ) { try await otherPhone(in: late).beginEnrolment(ticket) }
        log.goal(again != nil, "the used link gives another offer", else: "the used link gives nothing")
        try await hurriedThief(&log)
        return log.outcome(.enrolHijack)
    }

    /// The attacker comes before the person, with the link of somebody who has a device already.
    private func hurriedThief(_ log: inout AttackLog) async throws {
        let phone = victim()
        guard case .request(let request) = try await claim(phone, try await newLogin().sameDeviceLink()) else {
            throw CommandFailure(.browser, developer: "The victim's own login went another way than the protocol's.")
        }
        _ = try await phone.deny(pin: pin)
        let act = try await phone.propose(.addDevice(tenant: request.portal.tenant.rawValue))
        guard let link = try await phone.confirm(act, pin: pin)["link"]?.string else {
            throw DeviceError.unexpectedAnswer(status: 200, what: "there is no link")
        }
        let stolen = besides()
        defer { DeviceCopy.remove(stolen) }
        let thief = try otherPhone(in: stolen)
        let device = DeviceDescription(name: "attack", model: "citizen-phone", system: "Linux")
        let enrolled = try await thief.enrol(
            link: link, pin: pin, device: device, evidence: evidence, reaching: .normal
        ).record.device
        log.note("the attacker enrols with a link for a further device of the victim's, before the victim does")
        let taken = try await log.attempt("the attacker's device takes a login", stoppedBy: ["device_suspended"]) {
            try await claim(thief, try await newLogin().sameDeviceLink())
        }
        log.goal(
            taken != nil, "the attacker's device counts at once",
            else: "the attacker's device waits for the word of the victim's")
        let notices = try await phone.accountView("/notices")["notices"]?.array ?? []
        log.goal(
            !notices.contains { $0.object?["kind"] == "device_pending" }, "the victim is told nothing of it",
            else: "the victim is told that a device waits")
        let refusal = try AccountAct.ofDevice(.revokeDevice, enrolled.rawValue, "revocation")
        _ = try await phone.confirm(try await phone.propose(refusal), pin: pin)
        log.note("the victim refuses it")
    }

    private func besides() -> String { DeviceCopy.path(beside: folderPath) }
}
