import DeviceAuthenticator
import Foundation
import IdentityCrypto
import KeyStoreHarness

/// What a signature takes, in one run on one machine: by the key store, as a login waits for it, beside the raw device, whose
/// key is loaded and whose session is open. TPM and token are software here: only the ratios say something about others.
struct KeyStoreMeasurement {
    private static let message = [UInt8](repeating: 7, count: 600)

    static func run() throws {
        guard let pin = PIN(Array("135790".utf8)) else { return }
        let tpm = try SoftTPM()
        _ = try SoftTokens.ofThisProcess.get()
        let choices: [(String, KeyStoreChoice)] = [
            ("file", .file), ("tpm (swtpm)", .tpm(connection: tpm.connection)),
            ("pkcs11 (SoftHSM)", .pkcs11(module: SoftTokens.module, token: "citizen")),
        ]
        print("milliseconds, median of 5 rounds".padding(toLength: 34, withPad: " ", startingAt: 0), terminator: "")
        print("  raw device   K_inst    ratio   K_auth    ratio")
        for (name, choice) in choices {
            let folder = NSTemporaryDirectory() + "measured-" + RandomBytes.text(9)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let derivation = PINDerivation(salt: RandomBytes.make(16), cost: .floor)
            guard let credential = derivation.credential(for: pin) else { return }
            let keys = try KeyFile.create(
                choice, in: SealedFolder(path: folder, cost: .floor), derivation: derivation, pin: credential)
            let raw = try raw(keys)
            let installation = try median {
                _ = try keys.signature(for: message, with: .installation, pin: nil)
            }
            let authentication = try median {
                _ = try keys.signature(for: message, with: .authentication, pin: credential)
            }
            print(
                name.padding(toLength: 34, withPad: " ", startingAt: 0),
                String(
                    format: "%10.3f %10.3f %8.2f %8.3f %8.2f", raw, installation, raw / installation, authentication,
                    raw / authentication))
        }
        withExtendedLifetime(tpm) {}
    }

    /// The device's own signature, and nothing else.
    private static func raw(_ keys: any DeviceKeyStore) throws -> Double {
        let digest = Digest.sha256(message)
        switch keys {
        case let keys as TPMKeyStore:
            return try TPMConnection.open(keys.connection) { (tpm) throws(KeyStoreRefusal) in
                let parent = try tpm.primary().handle
                let key = try tpm.load(keys.installation.blob, below: parent)
                return try median { () throws(KeyStoreRefusal) in
                    _ = try tpm.sign(digest, with: key, authorization: nil, parent: parent)
                }
            }
        case let keys as PKCS11KeyStore:
            return try PKCS11Module.load(keys.module).withSession(keys.token) { (session) throws(KeyStoreRefusal) in
                let key = try PKCS11KeyStore.find(keys.installation, in: session)
                return try median { () throws(KeyStoreRefusal) in _ = try session.sign(digest, with: key) }
            }
        default:
            let key = SigningKey.makeES256()
            return try median { _ = try key.signature(for: message) }
        }
    }

    /// The median time of one call, in milliseconds.
    private static func median<Failure>(_ body: () throws(Failure) -> Void) throws(Failure) -> Double {
        var rounds: [Double] = []
        for _ in 0..<5 {
            var count = 0
            let start = ContinuousClock.now
            repeat {
                try body()
                count += 1
            } while ContinuousClock.now - start < .milliseconds(300)
            rounds.append((ContinuousClock.now - start) / .milliseconds(1) / Double(count))
        }
        return rounds.sorted()[2]
    }
}
