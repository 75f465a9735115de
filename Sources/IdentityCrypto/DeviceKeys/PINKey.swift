internal import Crypto
internal import OpenIDMessages

/// `K_pin`: a P-256 key that exists only while the person's PIN is known (docs/protocol.md §6.3).
///
/// The device keeps the salt and never the public key, a thumbprint or a signature of `K_pin`: whoever steals the
/// device's files has nothing to test guesses against. Only the provider can tell a wrong PIN, and it counts.
public enum PINKey {
    /// Fewest and most digits.
    public static let lengths = 5...12

    /// True when `pin` has only ASCII digits and an allowed length.
    public static func isWellFormed(_ pin: [UInt8]) -> Bool {
        lengths.contains(pin.count) && pin.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    /// Derives the key; nil when the memory for Argon2id cannot be had.
    ///
    /// - Parameter salt: 16 random bytes, made at enrolment.
    public static func derive(pin: [UInt8], salt: [UInt8], cost: SealedBox.Cost = .standard) -> SigningKey? {
        DerivedPIN(pin: SecretBytes(pin), salt: salt, cost: cost)?.key
    }
}

/// What one derivation from a PIN gives; it must not outlive the answer for which it is made.
public struct DerivedPIN: Sendable, CustomStringConvertible, CustomReflectable {
    /// `K_pin`.
    public let key: SigningKey
    /// 32 bytes that open `K_auth` where hardware keeps it and counts wrong tries. Neither they nor `K_pin` can be had from
    /// the other without a guess of the PIN.
    package let authorization: [UInt8]

    /// Nil when the memory for Argon2id cannot be had.
    ///
    /// - Parameter salt: 16 random bytes, made at enrolment.
    public init?(pin: SecretBytes, salt: [UInt8], cost: SealedBox.Cost) {
        guard var seed = Argon2id.derive(pin, salt: salt, cost: cost, length: 32) else { return nil }
        defer { SecretBytes.wipe(&seed) }
        guard let key = Self.key(seed) else { return nil }
        self.key = key
        authorization = Digest.sha256(Array("citizen-id/key-store-pin/v1".utf8) + seed)
    }

    private static func key(_ seed: [UInt8]) -> SigningKey? {
        // A 256-bit value is a P-256 scalar with a chance of all but 2^-32: the next counter gives another.
        for counter in UInt8.min...UInt8.max {
            let scalar = Digest.sha256(Array("citizen-id/pin-key/v1".utf8) + [counter] + seed)
            if let key = try? P256.Signing.PrivateKey(rawRepresentation: scalar) { return SigningKey(key) }
        }
        return nil
    }

    public var description: String { "(derived from a PIN)" }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
