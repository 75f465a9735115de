import OpenIDMessages
import TestVectors

@testable import IdentityCrypto

/// A confirmation: what is asked, and the answer.
extension VectorSamples {
    static let confirmationTransaction = TransactionIdentifier(rawValue: "txn-0123456789-act")!
    static let confirmationText = "Gerät „Altes Telefon“ (Muster 1, Linux) sperren?"
    static let otherDevice = "device-9876543210"

    static let confirmationRequest = ConfirmationRequestStatement(
        issuer: issuer, device: device, transaction: confirmationTransaction, nonce: nonce(192), issuedAt: now,
        expiresAt: now + 180, action: .suspendDevice, parameters: ["device": .string(otherDevice)],
        text: confirmationText, textDigest: ContentDigest(of: confirmationText))

    static func confirmationResponse(to request: String) -> ConfirmationResponseStatement {
        ConfirmationResponseStatement(
            key: VectorKey.authentication.thumbprint, device: device, issuer: issuer,
            transaction: confirmationTransaction, nonce: nonce(192), requestDigest: ContentDigest(of: request),
            textDigest: ContentDigest(of: confirmationText), methods: ["swk", "pin", "mfa", "user"], counter: 9,
            issuedAt: now + 30, identifier: TokenIdentifier(rawValue: "response-2")!)
    }
}
