import Crypto
import IdentityCrypto

/// A P-256 key that is parsed, and a message and a signature for it: signatures and nothing else, as floors have them.
struct SignatureWork {
    private let key = P256.Signing.PrivateKey()
    private let publicKey: P256.Signing.PublicKey
    private let message: [UInt8]
    private let signature: P256.Signing.ECDSASignature

    /// - Parameter length: of the signing input; 200 bytes it has at least.
    init(length: Int = 200) throws {
        message = RandomBytes.make(length)
        publicKey = key.publicKey
        signature = try key.signature(for: message)
    }

    func sign(_ times: Int = 1) throws {
        for _ in 0..<times { keep(try key.signature(for: message)) }
    }

    func verify(_ times: Int = 1) {
        for _ in 0..<times { keep(publicKey.isValidSignature(signature, for: message)) }
    }
}
