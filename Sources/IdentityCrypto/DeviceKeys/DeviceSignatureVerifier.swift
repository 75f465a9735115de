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

/// "This device signed that response"; only `DeviceSignatureVerifier` makes it.
public struct DeviceSignedResponse: Sendable {
    public let statement: LoginResponseStatement
    /// SHA-256 over the exact bytes of the response's compact JWS.
    public let digest: ContentDigest
    /// The exact compact JWS, kept as evidence.
    public let text: String

    fileprivate init(_ response: SignedStatement<LoginResponseStatement>) {
        statement = response.statement
        digest = response.digest
        text = response.text
    }
}

/// The one place that says which key signed a device's statement.
public enum DeviceSignatureVerifier {
    /// Verifies that `K_auth` signed the response and that the response names that key as its issuer.
    public static func verify(_ text: String, keys: DeviceKeys) throws(JWSError) -> DeviceSignedResponse {
        let response = try SignedStatement<LoginResponseStatement>.verify(text, key: keys.authentication)
        guard response.statement.key == keys.authentication.thumbprint else { throw .unknownKey }
        return DeviceSignedResponse(response)
    }

    /// True when `text` is the proof, by `key`, for exactly the statement with `digest` and for that purpose.
    public static func isProof(
        _ text: String, by key: VerificationKey, purpose: KeyProofStatement.Purpose, digest: ContentDigest
    ) -> Bool {
        guard let proof = try? SignedStatement<KeyProofStatement>.verify(text, key: key) else { return false }
        return proof.statement == KeyProofStatement(purpose: purpose, digest: digest)
    }
}
