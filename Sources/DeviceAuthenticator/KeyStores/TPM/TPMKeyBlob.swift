/// A key as it lies outside of its TPM: the private area is encrypted and authenticated by the parent.
package struct TPMKeyBlob: Sendable, Equatable {
    /// `TPMT_PUBLIC`.
    let publicArea: [UInt8]
    let privateArea: [UInt8]
}
