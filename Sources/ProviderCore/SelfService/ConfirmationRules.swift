internal import IdentityCrypto
internal import OpenIDMessages

/// A confirmation that fits what was asked in every part. Only `ConfirmationRules` makes it; counter and PIN tries are
/// the store's to decide.
struct FittingConfirmation: ~Copyable, Sendable {
    let response: DeviceSigned<ConfirmationResponseStatement>
    let isPINProved: Bool

    fileprivate init(response: DeviceSigned<ConfirmationResponseStatement>, isPINProved: Bool) {
        self.response = response
        self.isPINProved = isPINProved
    }
}

/// The checks of docs/protocol.md P-10.5 in their order. Values in, decision out.
enum ConfirmationRules {
    /// - Parameters:
    ///   - asked: the request, and its exact compact JWS.
    static func check(
        _ text: String, pinProof: String?, asked: (statement: ConfirmationRequestStatement, text: String),
        device: VerifiedDevice, now: Timestamp
    ) throws(DeviceRefusal) -> FittingConfirmation {
        let keys = device.device.keys
        let response = try AnswerRules.verified(text, keys: keys, as: ConfirmationResponseStatement.self)
        try AnswerRules.check(response.statement, to: asked.statement, text: asked.text, device: device, now: now)
        guard AnswerRules.recorded(response.statement.methods, of: device.device) != nil else {
            throw DeviceRefusal(.statementRefused, .responseClaims)
        }
        guard asked.statement.expiresAt > now else { throw DeviceRefusal(.confirmationOver, .confirmationOver) }
        let isPINProved = pinProof.map {
            DeviceSignatureVerifier.isProof($0, by: keys.pin, purpose: .confirmation, digest: response.digest)
        }
        return FittingConfirmation(response: response, isPINProved: isPINProved ?? false)
    }
}
