/// In which key store a device is to make its keys.
public enum KeyStoreChoice: Sendable, Equatable {
    case file
    /// - Parameter connection: how the TPM is reached, as tpm2-tss writes it (`TCTI`): `device:/dev/tpmrm0`.
    case tpm(connection: String)
    /// - Parameters:
    ///   - module: the absolute path of the PKCS#11 module.
    ///   - token: the label of the token.
    case pkcs11(module: String, token: String)

    public var kind: KeyStoreKind {
        switch self {
        case .file: .file
        case .tpm: .tpm
        case .pkcs11: .pkcs11
        }
    }
}
