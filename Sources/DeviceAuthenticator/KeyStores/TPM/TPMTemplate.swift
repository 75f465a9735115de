/// Templates of the objects that are made in a TPM (Part 2, §12.2.4, `TPMT_PUBLIC`): ECC on P-256, names by SHA-256.
enum TPMTemplate {
    /// `TPMA_OBJECT` (Part 2, §8.3).
    struct Attributes: OptionSet {
        let rawValue: UInt32
        static let fixedTPM = Attributes(rawValue: 1 << 1)
        static let fixedParent = Attributes(rawValue: 1 << 4)
        static let sensitiveDataOrigin = Attributes(rawValue: 1 << 5)
        static let userWithAuth = Attributes(rawValue: 1 << 6)
        /// Wrong authorisations are not counted.
        static let noDA = Attributes(rawValue: 1 << 10)
        static let restricted = Attributes(rawValue: 1 << 16)
        static let decrypt = Attributes(rawValue: 1 << 17)
        static let sign = Attributes(rawValue: 1 << 18)

        /// Made in this TPM and never outside of it (checklist J4).
        static let bound: Attributes = [.fixedTPM, .fixedParent, .sensitiveDataOrigin, .userWithAuth]
    }

    /// The parent of all keys: derived anew from the seed of the owner's hierarchy each time, so that nothing is stored in
    /// the TPM. It has no authorisation of its own; those of its children do not depend on it.
    static let storage = area([.bound, .noDA, .restricted, .decrypt], symmetric: aes128, scheme: null)

    /// `K_inst`: for every call, without a person.
    static let installation = area([.bound, .noDA, .sign], symmetric: null, scheme: ecdsaSHA256)

    /// `K_auth`: opened by the PIN; wrong ones are counted by the TPM, which locks itself.
    static let authentication = area([.bound, .sign], symmetric: null, scheme: ecdsaSHA256)

    /// An attestation key signs nothing but what its TPM says itself.
    static let attestation = area([.bound, .noDA, .restricted, .sign], symmetric: null, scheme: ecdsaSHA256)

    /// `TPMT_SYM_DEF`: AES-128 in CFB mode.
    static let aes128: [UInt8] = [0x00, 0x06, 0x00, 0x80, 0x00, 0x43]
    /// `TPM_ALG_NULL`.
    static let null: [UInt8] = [0x00, 0x10]
    /// `TPM_ALG_SHA256`.
    static let sha256: UInt16 = 0x000b
    private static let ecdsaSHA256: [UInt8] = [0x00, 0x18, 0x00, 0x0b]

    private static func area(_ attributes: Attributes, symmetric: [UInt8], scheme: [UInt8]) -> [UInt8] {
        let flags = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: attributes.rawValue >> $0) }
        // TPM_ALG_ECC, TPM_ALG_SHA256; no policy; the curve P-256 without a KDF; an empty point, for the TPM to fill.
        return [0x00, 0x23, 0x00, 0x0b] + flags + [0, 0] + symmetric + scheme + [0x00, 0x03] + null + [0, 0, 0, 0]
    }
}
