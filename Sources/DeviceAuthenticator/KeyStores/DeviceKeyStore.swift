public import IdentityCrypto
public import OpenIDMessages

/// The two keys that a device keeps (docs/protocol.md §1).
public enum DeviceKeyRole: Sendable, Hashable {
    /// `K_inst`: authenticates every call.
    case installation
    /// `K_auth`: signs registration and answers.
    case authentication
}

/// What turns a PIN into `K_pin` (D-6.3).
public struct PINDerivation: Sendable, Equatable {
    /// 16 random bytes, made at enrolment.
    public let salt: [UInt8]
    public let cost: SealedBox.Cost

    public init(salt: [UInt8], cost: SealedBox.Cost) {
        self.salt = salt
        self.cost = cost
    }

    /// `K_pin`; nil when the memory cannot be had. It must not outlive the answer for which it is made.
    func key(for pin: PIN) -> SigningKey? { PINKey.derive(pin: pin.digits, salt: salt, cost: cost) }
}

/// Where a device's keys live: in a file, or in hardware that never gives them away.
public protocol DeviceKeyStore: Sendable {
    func publicKey(_ role: DeviceKeyRole) -> VerificationKey
    /// Signs a statement as a compact JWS.
    func sign<Statement: DeviceStatement>(_ statement: Statement, with role: DeviceKeyRole, header: JSONObject) throws
        -> String
    /// A DPoP proof by `K_inst` (docs/protocol.md §8).
    func proof(method: String, url: String, now: Timestamp, nonce: String?) throws -> String
    var pinDerivation: PINDerivation { get }
}

extension DeviceKeyStore {
    /// The proof by `K_pin` over a statement (D-4.5.1); nil when the key cannot be derived, for lack of memory.
    public func pinProof(_ pin: PIN, purpose: KeyProofStatement.Purpose, of statement: String) -> String? {
        let proof = KeyProofStatement(purpose: purpose, digest: ContentDigest(of: statement))
        return try? pinDerivation.key(for: pin)?.sign(proof)
    }
}
