import DeviceAuthenticator
import Foundation
import IdentityCrypto
import OpenIDMessages

/// The attacker has something of the victim's: an answer, a value, the wire, the files.
extension AttackScene {
    func replay() async throws -> AttackOutcome {
        var log = AttackLog()
        var first = try await newLogin()
        let wire = Wiretap(transport)
        _ = try await victim(through: wire).claim(try first.sameDeviceLink())
        let outcome = try await victim(through: wire).approve(pin: pin)
        guard let answer = wire.bodies("/response").first, let back = outcome.returnURL else {
            throw CommandFailure(.browser, developer: "The victim's own login went another way than the protocol's.")
        }
        log.note("the victim logs in; the attacker has heard the answer")
        guard try await first.receivesCode(at: back) else {
            throw CommandFailure(
                .browser, developer: "The victim's own browser got no code: there is nothing to replay.")
        }
        log.note("the victim's browser got its code")
        log.goal(
            try await first.receivesCode(at: back), "the same return gives another code",
            else: "the same return again gives no second code")

        var second = try await newLogin()
        let phone = victim(through: Wiretap(transport, calls: ("/response", { $0 = answer })))
        let link = try second.sameDeviceLink()
        _ = try await log.set("the attacker's login is claimed") { try await claim(phone, link) }
        let replayed = try await log.attempt(
            "the old answer is sent to it", stoppedBy: ["statement_refused", "device_cloned"]
        ) { try await phone.deny(pin: pin) }
        var isIn = replayed != nil
        if !isIn {
            isIn = try await second.receivesCode(at: second.address.text + "/return?uv=" + Self.value(of: back))
        }
        log.goal(isIn, "the old answer logs the attacker in", else: "the attacker's browser gets no code")
        _ = try? await victim().deny(pin: pin)
        return log.outcome(.replay)
    }

    /// The `uv` of a return address.
    private static func value(of back: String) -> String {
        back.range(of: "uv=").map { String(back[$0.upperBound...]) } ?? ""
    }

    func tamperText() async throws -> AttackOutcome {
        var log = AttackLog()
        var login = try await newLogin()
        let link = try login.sameDeviceLink()
        let another = "Nur ein Test. Bitte bestätigen."
        let wire = Wiretap(transport, answers: ("/claims", { Self.retell(&$0, as: another) }))
        let phone = victim(through: wire)
        let claimed = try await log.attempt(
            "the wire shows the phone another text", stoppedBy: ["statement_refused"]
        ) { try await claim(phone, link) }
        log.goal(
            claimed != nil, "the phone takes the changed request", else: "the phone signs nothing")

        // A phone that shows another text than it was sent, and signs what it showed.
        let forger = victim(through: Wiretap(transport, calls: ("/response", resigned(over: another))))
        _ = try await log.set("a forged phone takes the login") { try await claim(forger, link) }
        _ = try await log.attempt("it signs the answer over another text", stoppedBy: ["statement_refused"]) {
            try await forger.approve(pin: pin)
        }
        // The phone finds that the receipt is for another answer than its own; what the provider made of it shows here.
        try await login.look()
        log.goal(
            ["awaiting_return", "complete"].contains(login.page.state),
            "the provider takes an answer to another text: the login is \(login.page.state)",
            else: "the provider takes no such answer: the login is \(login.page.state)")
        _ = try? await victim().deny(pin: pin)
        return log.outcome(.tamperText)
    }

    /// Puts another text into a request, as somebody without the provider's key can.
    private static func retell(_ answer: inout JSONObject, as text: String) {
        guard let token = answer["request"]?.string else { return }
        let parts = token.split(separator: ".").map(String.init)
        guard parts.count == 3, let bytes = Base64URL.decode(parts[1]),
            var payload = try? StrictJSON.parseObject(bytes)
        else { return }
        payload["text"] = .string(text)
        payload["text_sha256"] = .string(ContentDigest(of: text).rawValue)
        answer["request"] = .string([parts[0], Base64URL.encode(payload.serialized), parts[2]].joined(separator: "."))
    }

    /// Signs the victim's answer anew over another text.
    private func resigned(over text: String) -> Wiretap.Change {
        resigned { response in response.textDigest = ContentDigest(of: text) }
    }

    /// Changes the victim's answer and signs it anew, with the victim's keys and PIN.
    func resigned(_ change: @escaping @Sendable (inout LoginResponseStatement) -> Void) -> Wiretap.Change {
        let (folder, pin) = (folder, pin)
        return { body in
            guard let old = body["response"]?.string, let token = try? CompactJWS(parsing: old),
                let payload = token.unverifiedPayload, var response = try? LoginResponseStatement(json: payload),
                let keys = try? KeyFile.open(in: folder), let credential = keys.pinDerivation.credential(for: pin)
            else { return }
            change(&response)
            guard
                let signed = try? keys.sign(response, with: .authentication, header: [:], pin: credential),
                let proof = try? credential.proof(.login, of: signed)
            else { return }
            body["response"] = .string(signed)
            body["pin_proof"] = .string(proof)
        }
    }

    func wrongReturn() async throws -> AttackOutcome {
        var log = AttackLog()
        for isOtherBrowser in [false, true] {
            var login = try await newLogin()
            _ = try await victim().claim(try login.sameDeviceLink())
            guard let back = try await victim().approve(pin: pin).returnURL,
                let end = back.range(of: "?uv=")
            else {
                throw CommandFailure(
                    .browser, developer: "The victim's own login went another way than the protocol's.")
            }
            if isOtherBrowser {
                var other = login
                other.browser = BrowserSession(transport: transport, language: language)
                log.goal(
                    try await other.receivesCode(at: back), "another browser gets the code with the victim's value",
                    else: "another browser with the victim's value gets no code")
                _ = try? await login.receivesCode(at: back)
            } else {
                let wrong = String(back[..<end.upperBound]) + RandomBytes.text(32)
                log.goal(
                    try await login.receivesCode(at: wrong), "a return with a made-up value gives the code",
                    else: "a return with a made-up value gives no code")
            }
        }
        return log.outcome(.wrongReturn)
    }

    func clone() async throws -> AttackOutcome {
        var log = AttackLog()
        let copy = try DeviceCopy(of: folderPath) { try copyOfVictim(in: $0) }
        defer { copy.remove() }
        log.note("the attacker copies the files of the victim's device")
        try await logIn()
        log.note("the victim logs in once more")

        var login = try await newLogin()
        let thief = copy.phone
        let link = try login.sameDeviceLink()
        _ = try await log.set("the copy takes a login") { try await claim(thief, link) }
        let outcome = try await log.attempt("the copy answers, with the victim's PIN", stoppedBy: ["device_cloned"]) {
            try await thief.approve(pin: pin)
        }
        var isIn = false
        if let back = outcome?.returnURL { isIn = try await login.receivesCode(at: back) }
        log.goal(isIn, "the copy logs in, and nobody notices", else: "the copy does not log in")
        return log.outcome(.clone)
    }
}
