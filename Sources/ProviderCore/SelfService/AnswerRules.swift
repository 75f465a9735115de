internal import AccountDirectory
internal import IdentityCrypto
internal import OpenIDMessages

/// What holds of every answer that a phone signs, a login's (docs/protocol.md P-4.6.1) as a confirmation's (P-10.5).
/// Values in, decision out.
enum AnswerRules {
    /// How far the device's clock may be off, in seconds.
    static let clockTolerance: Int64 = 300

    /// The answer as the device signed it. The device hears one refusal whatever is wrong with it; the operator reads what.
    static func verified<Statement: AnsweringStatement>(
        _ text: String, keys: DeviceKeys, as type: Statement.Type
    ) throws(DeviceRefusal) -> DeviceSigned<Statement> {
        do throws(JWSError) { return try DeviceSignatureVerifier.verify(text, keys: keys, as: type) } catch {
            let reason: Refusal =
                switch error {
                case .malformed, .criticalExtension, .wrongPayload: .responseMalformed
                case .wrongType: .responseType
                case .unknownKey: .responseKey
                case .wrongAlgorithm, .wrongSignature: .responseSignature
                }
            throw DeviceRefusal(.notAccepted, reason)
        }
    }

    /// The answer is by this device, now, to exactly what was asked.
    ///
    /// - Parameter text: the exact compact JWS of what was asked.
    static func check(
        _ answer: some AnsweringStatement, to asked: some AskingStatement, text: String, device: VerifiedDevice,
        guards: Guards = .all, now: Timestamp
    ) throws(DeviceRefusal) {
        guard answer.issuer == asked.issuer else { throw DeviceRefusal(.statementRefused, .responseIssuer) }
        guard answer.device == device.device.identifier, answer.device == asked.device
        else { throw DeviceRefusal(.statementRefused, .responseAddress) }
        if guards.contains(.answerBinding) {
            guard answer.transaction == asked.transaction, answer.nonce == asked.nonce else {
                throw DeviceRefusal(.statementRefused, .responseAddress)
            }
            guard answer.requestDigest == ContentDigest(of: text) else {
                throw DeviceRefusal(.statementRefused, .responseRequest)
            }
        }
        guard answer.textDigest == asked.textDigest || !guards.contains(.shownText) else {
            throw DeviceRefusal(.statementRefused, .responseText)
        }
        guard ((now - clockTolerance)...(now + clockTolerance)).contains(answer.issuedAt) else {
            throw DeviceRefusal(.statementRefused, .responseTime)
        }
    }

    /// The methods to record of an answer; nil when they are not what took part in an approval: key, PIN and person,
    /// nothing else and nothing less. A key in hardware (RFC 8176, `hwk`) is what the evidence at enrolment showed. Where
    /// that was taken back later the phone does not know it: its key counts as one in software (§7.5).
    static func recorded(_ methods: [String], of device: DeviceRecordRow) -> [String]? {
        guard methods.count == 4, Set(methods).isSuperset(of: ["pin", "mfa", "user"]) else { return nil }
        if methods.contains("swk") || methods.contains("hwk") && device.ceiling.level > .normal { return methods }
        guard methods.contains("hwk"), device.wasLowered else { return nil }
        return methods.map { $0 == "hwk" ? "swk" : $0 }
    }

    /// What the store's decision means for the device; nil when the answer counts.
    ///
    /// - Parameter over: what it hears when somebody answered before.
    static func refusal(_ outcome: LoginAnswerOutcome, over: DeviceRefusal) -> DeviceRefusal? {
        switch outcome {
        case .accepted: nil
        case .answeredAlready: over
        case .deviceNotActive: DeviceRefusal(.deviceSuspended, .deviceNotActive)
        case .levelLowered: DeviceRefusal(.levelUnreachable, .levelUnreachable)
        case .browserForgotten: DeviceRefusal(.loginOver, .browserForgotten)
        case .cloned: DeviceRefusal(.deviceCloned, .counterNotRising)
        case .wrongPIN(let triesLeft): DeviceRefusal(.notAccepted, .pinProofWrong, triesLeft: triesLeft)
        case .locked: DeviceRefusal(.deviceLocked, .pinLocked, triesLeft: 0)
        }
    }
}
