internal import IdentityCrypto

/// The digits that a person has just typed; 5 to 12 of them. A PIN describes itself without its digits.
///
/// The digits lie in memory that is wiped when the last copy of this value is gone. Nothing keeps a PIN: each approval asks
/// for it anew (docs/protocol.md D-4.4.1).
public struct PIN: Sendable, CustomStringConvertible, CustomReflectable {
    let digits: SecretBytes

    /// Nil unless the bytes are 5 to 12 ASCII digits. What they came in is the caller's to wipe.
    public init?(_ digits: [UInt8]) {
        guard PINKey.isWellFormed(digits) else { return nil }
        self.digits = SecretBytes(digits)
    }

    public var description: String { "(PIN)" }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
