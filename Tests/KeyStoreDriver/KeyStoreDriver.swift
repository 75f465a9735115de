import DeviceAuthenticator
import Glibc
import IdentityCrypto

/// Makes the keys of a profile, or uses them, so that a test can kill it at any of its file operations:
///
///     key-store-driver make|use FOLDER file
///     key-store-driver make|use FOLDER tpm CONNECTION
///     key-store-driver make|use FOLDER pkcs11 MODULE TOKEN
///     key-store-driver measure
///
/// `make` prints `ACK` and the thumbprint of `K_auth` once the keys are durable; `use` has both keys sign and prints it.
/// `measure` tells what a signature takes in each store, beside the raw device.
@main
enum KeyStoreDriver {
    struct Usage: Error {}

    static func main() {
        do { try run(Array(CommandLine.arguments.dropFirst())) } catch {
            print("FAILED \(error)")
            exit(1)
        }
    }

    private static func run(_ arguments: [String]) throws {
        if arguments == ["measure"] { return try KeyStoreMeasurement.run() }
        guard arguments.count >= 3, let pin = PIN(Array("135790".utf8)) else { throw Usage() }
        let folder = SealedFolder(path: arguments[1], cost: .floor)
        switch arguments[0] {
        case "make":
            let derivation = PINDerivation(salt: RandomBytes.make(16), cost: .floor)
            guard let credential = derivation.credential(for: pin) else { throw Usage() }
            let choice: KeyStoreChoice
            switch (arguments[2], arguments.count) {
            case ("file", 3): choice = .file
            case ("tpm", 4): choice = .tpm(connection: arguments[3])
            case ("pkcs11", 5): choice = .pkcs11(module: arguments[3], token: arguments[4])
            default: throw Usage()
            }
            let keys = try KeyFile.create(choice, in: folder, derivation: derivation, pin: credential)
            print("ACK \(keys.publicKey(.authentication).thumbprint)")
        case "use":
            guard let keys = try KeyFile.open(in: folder) else { throw Usage() }
            let credential = keys.pinDerivation.credential(for: pin)
            for role in DeviceKeyRole.allCases {
                // A signature that is none of the key throws.
                _ = try keys.signature(for: [1, 2, 3], with: role, pin: credential)
            }
            print(keys.publicKey(.authentication).thumbprint)
        default: throw Usage()
        }
    }
}
