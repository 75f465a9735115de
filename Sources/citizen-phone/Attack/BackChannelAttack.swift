import DeviceAuthenticator
import IdentityCrypto
import OpenIDMessages

/// Somebody at a portal asks for the victim over the back channel until the victim gives in (docs/protocol.md §11).
extension AttackScene {
    func backChannel() async throws -> AttackOutcome {
        func notTested(_ reason: String) -> AttackOutcome {
            AttackOutcome(attack: .backChannel, result: .notTested, evidence: [reason])
        }
        guard let asking else {
            return notTested(
                "needs --backchannel-client, --backchannel-secret-file and --backchannel-subject: a portal that may ask for "
                    + "the victim without a browser")
        }
        var log = AttackLog()
        let phone = victim()
        // The victim's own: it shows that requests arrive and give tokens, and nothing is held against the portal any more.
        let own = try await asking.ask()
        guard try await receives(phone) != nil else {
            return notTested(
                "the victim's phone hears nothing of the portal: is this the victim's sub there, and is the last attack "
                    + "more than a minute ago?")
        }
        if try await phone.needsCallCode() { try await phone.enter(callCode: own.callCode) }
        _ = try await phone.approve(pin: pin)
        guard try await asking.collect(own) == .tokens else {
            throw CommandFailure(
                .browser, developer: "The portal gets no tokens for what the victim approved: nothing can be stolen.")
        }
        log.note("somebody calls the victim and reads the digits out; the victim approves, and the portal gets tokens")
        let asked = try await asking.ask()
        let shown = try await log.set("the attacker asks, for whom nobody called") { try await receives(phone) }
        // Whom the operator trusts so far the person is asked by without digits, once they have released something.
        guard try await phone.needsCallCode() else {
            _ = try await phone.deny(pin: pin)
            return notTested("the operator lets this portal ask without the digits of a call; name another one")
        }
        try await floods(phone, by: asking, before: shown, &log)
        try await approvesWithoutDigits(asked, by: asking, &log)
        try await reports(phone, to: asking, &log)
        return log.outcome(.backChannel)
    }

    /// The request that has arrived for this phone; nil when none has.
    private func receives(_ phone: DeviceAuthenticator) async throws -> TransactionIdentifier? {
        guard let arrived = try await phone.awaitRequest(seconds: 0) else { return nil }
        return try await phone.take(arrived).transaction
    }

    /// Request after request, while one is before the victim.
    private func floods(
        _ phone: DeviceAuthenticator, by asking: AskingPortal, before shown: TransactionIdentifier?,
        _ log: inout AttackLog
    ) async throws {
        for _ in 1...5 { _ = try await asking.ask() }
        let next = try await receives(phone)
        log.goal(
            next != nil && next != shown, "the attacker asks five times more, and another request is before the victim",
            else: "the attacker asks five times more, and one request is before the victim")
    }

    /// A phone that does not ask its person for the digits, and so signs what they must come before.
    private func approvesWithoutDigits(
        _ asked: AskingPortal.Asked, by asking: AskingPortal, _ log: inout AttackLog
    ) async throws {
        let request = try await victim().currentRequest()
        let careless = victim(through: Wiretap(transport, calls: ("/response", approved(request))))
        let what = "the victim, careless, approves on a phone that wants no digits"
        do throws(DeviceError) {
            _ = try await careless.deny(pin: pin)
            log.note("\(what): done")
        } catch .statementRefused {
            // The receipt is for another answer than the phone's own: the provider took it.
            log.note("\(what): done")
        } catch {
            guard error.refusal == "wrong_call_code" else { throw error }
            log.note("\(what): refused, wrong_call_code")
        }
        let collected = try await asking.collect(asked)
        log.goal(
            collected == .tokens, "the attacker gets tokens without the digits of a call",
            else: "the attacker gets no tokens: \(collected.word)")
    }

    /// Makes an approval of a denial.
    private func approved(_ request: LoginRequestStatement) -> Wiretap.Change {
        resigned { response in
            response.decision = .approve
            response.context = request.contexts.first?.context
            response.released = request.essentialClaims + (request.contexts.first?.claims ?? [])
            response.methods = ["swk", "pin", "mfa", "user"]
        }
    }

    /// The victim reports the request that is there; the attacker goes on asking.
    private func reports(
        _ phone: DeviceAuthenticator, to asking: AskingPortal, _ log: inout AttackLog
    ) async throws {
        // What was approved without digits is over: then there is nothing to report but the next one.
        if try await receives(phone) == nil {
            _ = try await asking.ask()
            guard try await receives(phone) != nil else { return }
        }
        _ = try await log.set("the victim reports the request") { try await phone.report(pin: pin) }
        _ = try await asking.ask()
        log.goal(
            try await receives(phone) != nil, "the attacker asks again, and the victim is asked again",
            else: "the attacker asks again, and the victim is asked no more")
        _ = try? await phone.deny(pin: pin)
        let stops = try await phone.accountView("/stops")["stops"]?.array ?? []
        let isStopped = stops.contains { $0.object?["client_id"]?.string == asking.client.rawValue }
        log.goal(
            !isStopped, "the report stops nothing", else: "the report stopped the portal until the victim takes it back"
        )
        if isStopped {
            let name = FormParameters.percentEncode(asking.client.rawValue)
            _ = try await phone.accountChange("DELETE", "/stops/" + name)
        }
    }
}
