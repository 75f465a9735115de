public import OpenIDMessages

/// The public keys of an enrolled device, as the provider keeps them.
public struct DeviceKeys: Sendable, Equatable {
    /// `K_auth`: signs answers.
    public let authentication: VerificationKey
    /// `K_inst`: authenticates calls.
    public let installation: VerificationKey
    /// `K_pin`: proves the PIN.
    public let pin: VerificationKey

    public init(authentication: VerificationKey, installation: VerificationKey, pin: VerificationKey) {
        self.authentication = authentication
        self.installation = installation
        self.pin = pin
    }
}

/// "This device signed that answer"; only `DeviceSignatureVerifier` makes it.
public struct DeviceSigned<Statement: AnsweringStatement>: Sendable {
    public let statement: Statement
    /// SHA-256 over the exact bytes of the answer's compact JWS.
    public let digest: ContentDigest
    /// The exact compact JWS, kept as evidence.
    public let text: String

    fileprivate init(_ answer: SignedStatement<Statement>) {
        statement = answer.statement
        digest = answer.digest
        text = answer.text
    }
}

/// A login's answer.
public typealias DeviceSignedResponse = DeviceSigned<LoginResponseStatement>

/// The one place that says which key signed a device's statement.
public enum DeviceSignatureVerifier {
    /// Verifies that `K_auth` signed the answer and that the answer names that key as its issuer. An answer of another
    /// kind has another `typ` and is none.
    public static func verify<Statement: AnsweringStatement>(
        _ text: String, keys: DeviceKeys, as type: Statement.Type
    ) throws(JWSError) -> DeviceSigned<Statement> {
        let answer = try SignedStatement<Statement>.verify(text, key: keys.authentication)
        guard answer.statement.key == keys.authentication.thumbprint else { throw .unknownKey }
        return DeviceSigned(answer)
    }

    /// True when `text` is the proof, by `key`, for exactly the statement with `digest` and for that purpose.
    public static func isProof(
        _ text: String, by key: VerificationKey, purpose: KeyProofStatement.Purpose, digest: ContentDigest
    ) -> Bool {
        guard let proof = try? SignedStatement<KeyProofStatement>.verify(text, key: key) else { return false }
        return proof.statement == KeyProofStatement(purpose: purpose, digest: digest)
    }
}
