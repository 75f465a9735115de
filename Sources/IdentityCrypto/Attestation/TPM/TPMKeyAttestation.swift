/// What a TPM says about a key of its own, before its attestation key has a certificate.
package struct TPMKeyAttestation: Sendable {
    /// `TPMS_ATTEST`.
    let statement: [UInt8]
    /// By the attestation key: `r ‖ s`.
    let signature: [UInt8]
    /// `TPMT_PUBLIC` of the key that is certified.
    let publicArea: [UInt8]
    let attestationKey: VerificationKey

    package init(statement: [UInt8], signature: [UInt8], publicArea: [UInt8], attestationKey: VerificationKey) {
        self.statement = statement
        self.signature = signature
        self.publicArea = publicArea
        self.attestationKey = attestationKey
    }
}
