internal import AccountDirectory
internal import IdentityCrypto
internal import OpenIDMessages

/// A response that fits its request in every part, from the device that holds the login. Only `ResponseRules` makes it;
/// counter and PIN tries are the store's to decide.
struct AuthenticatedLogin: ~Copyable, Sendable {
    let response: DeviceSignedResponse
    /// What took part, as it is recorded; empty unless it approves.
    let methods: [String]
    let isPINProved: Bool

    fileprivate init(response: DeviceSignedResponse, methods: [String], isPINProved: Bool) {
        self.response = response
        self.methods = methods
        self.isPINProved = isPINProved
    }
}

/// The checks of docs/protocol.md P-4.6.1 in their order. Values in, decision out.
enum ResponseRules {
    static func check(
        _ text: String, pinProof: String?, request: Login.SignedRequest, device: VerifiedDevice,
        guards: Guards = .all, now: Timestamp
    ) throws(DeviceRefusal) -> AuthenticatedLogin {
        let keys = device.device.keys
        let response = try AnswerRules.verified(text, keys: keys, as: LoginResponseStatement.self)
        try AnswerRules.check(
            response.statement, to: request.statement, text: request.text, device: device, guards: guards, now: now)
        let methods = try checkFit(response.statement, asked: request.statement, device: device.device)
        guard request.statement.expiresAt > now else { throw DeviceRefusal(.loginOver, .loginOver) }
        let isPINProved = pinProof.map {
            DeviceSignatureVerifier.isProof($0, by: keys.pin, purpose: .login, digest: response.digest)
        }
        return AuthenticatedLogin(response: response, methods: methods, isPINProved: isPINProved ?? false)
    }

    /// What a login's answer has beside what all answers have: flow, return, claims and methods. Gives the methods to
    /// record.
    private static func checkFit(
        _ response: LoginResponseStatement, asked: LoginRequestStatement, device: DeviceRecordRow
    ) throws(DeviceRefusal) -> [String] {
        guard response.flow == asked.flow else { throw DeviceRefusal(.statementRefused, .responseFlow) }
        guard (response.returnChallenge != nil) == (asked.flow == .link) else {
            throw DeviceRefusal(.statementRefused, .responseReturn)
        }
        try checkChoice(response, asked: asked)
        // The methods go into `amr`. Who refuses needs neither PIN nor key of hardware.
        let methods =
            response.decision == .approve
            ? AnswerRules.recorded(response.methods, of: device) : response.methods.isEmpty ? [] : nil
        guard let methods else { throw DeviceRefusal(.statementRefused, .responseClaims) }
        return methods
    }

    /// An approval names one of the contexts that were shown and releases what is essential and what that context brings;
    /// every other answer names and releases nothing.
    private static func checkChoice(
        _ response: LoginResponseStatement, asked: LoginRequestStatement
    ) throws(DeviceRefusal) {
        let released = Set(response.released)
        guard response.decision == .approve else {
            guard response.context == nil else { throw DeviceRefusal(.statementRefused, .responseContext) }
            guard released.isEmpty else { throw DeviceRefusal(.statementRefused, .responseClaims) }
            return
        }
        guard let context = asked.contexts.first(where: { $0.context == response.context }) else {
            throw DeviceRefusal(.statementRefused, .responseContext)
        }
        let wanted = asked.essentialClaims + context.claims
        guard released.isSubset(of: wanted + asked.voluntaryClaims), released.isSuperset(of: wanted),
            released.count == response.released.count
        else { throw DeviceRefusal(.statementRefused, .responseClaims) }
    }
}
