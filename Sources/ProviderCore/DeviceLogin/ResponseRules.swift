internal import AccountDirectory
internal import IdentityCrypto
internal import OpenIDMessages

/// A response that fits its request in every part, from the device that holds the login. Only `ResponseRules` makes it;
/// counter and PIN tries are the store's to decide.
struct AuthenticatedLogin: ~Copyable, Sendable {
    let response: DeviceSignedResponse
    let isPINProved: Bool

    fileprivate init(response: DeviceSignedResponse, isPINProved: Bool) {
        self.response = response
        self.isPINProved = isPINProved
    }
}

/// The checks of docs/protocol.md P-4.6.1 in their order. Values in, decision out.
enum ResponseRules {
    /// How far the device's clock may be off, in seconds.
    static let clockTolerance: Int64 = 300

    static func check(
        _ text: String, pinProof: String?, request: Login.SignedRequest, device: VerifiedDevice, now: Timestamp
    ) throws(DeviceRefusal) -> AuthenticatedLogin {
        let keys = device.device.keys
        guard let response = try? DeviceSignatureVerifier.verify(text, keys: keys) else {
            throw DeviceRefusal(.notAccepted, .responseSignature)
        }
        try checkFit(response.statement, request: request, device: device, now: now)
        guard request.statement.expiresAt > now else { throw DeviceRefusal(.loginOver, .loginOver) }
        let isPINProved = pinProof.map {
            DeviceSignatureVerifier.isProof($0, by: keys.pin, purpose: .login, digest: response.digest)
        }
        return AuthenticatedLogin(response: response, isPINProved: isPINProved ?? false)
    }

    private static func checkFit(
        _ response: LoginResponseStatement, request: Login.SignedRequest, device: VerifiedDevice, now: Timestamp
    ) throws(DeviceRefusal) {
        let asked = request.statement
        guard response.issuer == asked.issuer, response.device == device.device.identifier,
            response.device == asked.device, response.transaction == asked.transaction, response.nonce == asked.nonce
        else { throw DeviceRefusal(.statementRefused, .responseAddress) }
        guard response.requestDigest == ContentDigest(of: request.text) else {
            throw DeviceRefusal(.statementRefused, .responseRequest)
        }
        guard response.flow == asked.flow else { throw DeviceRefusal(.statementRefused, .responseFlow) }
        guard response.textDigest == asked.textDigest else { throw DeviceRefusal(.statementRefused, .responseText) }
        guard (response.returnChallenge != nil) == (asked.flow == .link) else {
            throw DeviceRefusal(.statementRefused, .responseReturn)
        }
        guard ((now - clockTolerance)...(now + clockTolerance)).contains(response.issuedAt) else {
            throw DeviceRefusal(.statementRefused, .responseTime)
        }
        let released = Set(response.released)
        let isWithin = released.isSubset(of: asked.essentialClaims + asked.voluntaryClaims)
        let isComplete =
            response.decision == .approve
            ? released.isSuperset(of: asked.essentialClaims) : released.isEmpty
        guard isWithin, isComplete, released.count == response.released.count else {
            throw DeviceRefusal(.statementRefused, .responseClaims)
        }
        guard areTrue(response.methods, decision: response.decision, ceiling: device.device.ceiling) else {
            throw DeviceRefusal(.statementRefused, .responseClaims)
        }
    }

    /// The methods go into `amr`, so they must be what took part: key, PIN and person for an approval, nothing else and
    /// nothing less. A key in hardware (RFC 8176, `hwk`) is what the evidence at enrolment showed.
    private static func areTrue(_ methods: [String], decision: LoginDecision, ceiling: DeviceCeiling) -> Bool {
        guard decision == .approve else { return methods.isEmpty }
        guard methods.count == 4, Set(methods).isSuperset(of: ["pin", "mfa", "user"]) else { return false }
        return methods.contains("swk") || methods.contains("hwk") && ceiling.level > .normal
    }
}
