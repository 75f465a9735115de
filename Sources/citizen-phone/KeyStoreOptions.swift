public import ArgumentParser
public import DeviceAuthenticator
import Foundation

extension KeyStoreKind: ExpressibleByArgument {}

/// Where a new device is to make its keys. Afterwards the profile knows.
struct KeyStoreOptions: ParsableArguments {
    @Option(help: "Where the keys will live: file (unless the persona says otherwise), tpm or pkcs11.")
    var keyStore: KeyStoreKind?

    @Option(
        help: ArgumentHelp(
            "How the TPM is reached, as tpm2-tss writes it. Else $CITIZEN_PHONE_TCTI, else device:/dev/tpmrm0.",
            valueName: "tcti"))
    var tcti: String?

    @Option(
        help: ArgumentHelp(
            "The absolute path of the token's PKCS#11 module. Else $CITIZEN_PHONE_PKCS11_MODULE.", valueName: "file"))
    var pkcs11Module: String?

    @Option(help: ArgumentHelp("The label of the token.", valueName: "label"))
    var pkcs11Token: String?

    /// - Parameter keyStore: where the keys will live, whoever says so.
    func validate(for keyStore: KeyStoreKind) throws {
        guard keyStore == .tpm || tcti == nil else { throw ValidationError("--tcti is for --key-store tpm.") }
        guard keyStore == .pkcs11 || pkcs11Module == nil && pkcs11Token == nil else {
            throw ValidationError("--pkcs11-module and --pkcs11-token are for --key-store pkcs11.")
        }
        guard keyStore == .pkcs11 else { return }
        guard let module, module.hasPrefix("/"), pkcs11Token?.isEmpty == false else {
            throw ValidationError(
                "--key-store pkcs11 needs --pkcs11-module with an absolute path, and --pkcs11-token.")
        }
    }

    /// A key store of that kind, with what the options say of it.
    func choice(_ kind: KeyStoreKind) -> KeyStoreChoice {
        switch kind {
        case .file: .file
        case .tpm: .tpm(connection: tcti ?? Self.environment("CITIZEN_PHONE_TCTI") ?? "device:/dev/tpmrm0")
        case .pkcs11: .pkcs11(module: module ?? "", token: pkcs11Token ?? "")
        }
    }

    private var module: String? { pkcs11Module ?? Self.environment("CITIZEN_PHONE_PKCS11_MODULE") }

    private static func environment(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}
