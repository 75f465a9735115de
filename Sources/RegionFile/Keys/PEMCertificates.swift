import IdentityCrypto

/// Reads certificates in their textual encoding (RFC 7468 §5).
enum PEMCertificates {
    /// The DER bytes of each certificate in `text`; nil when there is none or one is no certificate. Text around them
    /// is ignored.
    static func decode(_ text: String) -> [[UInt8]]? {
        guard let certificates = StandardBase64.pemBlocks("CERTIFICATE", in: text), !certificates.isEmpty,
            (try? SimulatorEvidenceVerifier(roots: certificates)) != nil
        else { return nil }
        return certificates
    }
}
