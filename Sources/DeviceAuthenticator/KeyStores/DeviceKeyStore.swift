package import IdentityCrypto
package import OpenIDMessages

/// The two keys that a device keeps (docs/protocol.md §1).
package enum DeviceKeyRole: Sendable, Hashable, CaseIterable {
    /// `K_inst`: authenticates every call.
    case installation
    /// `K_auth`: signs registration and answers.
    case authentication
}

/// The kinds of key stores.
public enum KeyStoreKind: String, Sendable, CaseIterable {
    /// A sealed file.
    case file
    /// A TPM 2.0.
    case tpm
    /// A token behind a PKCS#11 module.
    case pkcs11

    /// True where the store asks for the PIN before `K_auth` signs anything, and counts wrong ones. A file cannot: whoever
    /// has it could try one PIN after the other.
    public var asksForPIN: Bool { self != .file }
}

/// Where a device's keys live: in a file, or in hardware that never gives them away. All behave alike
/// (docs/decisions/0015-key-stores.md); there is no way to have a private key from one, and outside of this package none to
/// have anything signed but the protocol's statements.
package protocol DeviceKeyStore: Sendable {
    /// What was chosen when the keys were made: the kind, and which TPM or token.
    var choice: KeyStoreChoice { get }
    func publicKey(_ role: DeviceKeyRole) -> VerificationKey
    /// The header of the DPoP proofs by `K_inst`.
    var proofHeader: JWSHeader { get }
    /// What turns the person's PIN into `K_pin`.
    var pinDerivation: PINDerivation { get }
    /// Signs with ES256: the 64 bytes `r ‖ s`.
    ///
    /// - Parameter pin: needed for `K_auth` where the store asks for the PIN.
    func signature(
        for message: [UInt8], with role: DeviceKeyRole, pin: PINCredential?
    ) throws(KeyStoreRefusal) -> [UInt8]
}

/// A key store as the profile's file keeps it. None of this leaves the room.
protocol SealableKeyStore: DeviceKeyStore {
    /// What `keys.sealed` holds: the keys, or what finds them.
    var sealed: JSONObject { get }
    /// The keys in a token; none elsewhere.
    var inToken: TokenKeys { get }
    /// Removes the keys from hardware in which they would remain.
    func discard(pin: PINCredential) throws(KeyStoreRefusal)
}

extension SealableKeyStore {
    var inToken: TokenKeys { TokenKeys() }
}

extension DeviceKeyStore {
    package var kind: KeyStoreKind { choice.kind }

    /// Encoded for each proof: where hardware signs that is no matter.
    package var proofHeader: JWSHeader { VerifiedDPoPProof.header(of: publicKey(.installation)) }

    /// Signs a statement as a compact JWS.
    package func sign<Statement: DeviceStatement>(
        _ statement: Statement, with role: DeviceKeyRole, header: JSONObject, pin: PINCredential? = nil
    ) throws -> String {
        try CompactJWS.signed(
            type: Statement.type, payload: statement.json, key: publicKey(role), header: header
        ) { try signature(for: $0, with: role, pin: pin) }
    }

    /// A DPoP proof by `K_inst` (docs/protocol.md §8).
    package func proof(
        method: String, url: String, now: Timestamp, nonce: String?, identifier: TokenIdentifier = .random(bytes: 16)
    ) throws -> String {
        try VerifiedDPoPProof.make(
            header: proofHeader, method: method, url: url, now: now, nonce: nonce, identifier: identifier
        ) { try signature(for: $0, with: .installation, pin: nil) }
    }
}
