internal import CSodium
internal import OpenIDMessages

/// Starts libsodium once; every use of it comes after this.
enum Sodium {
    static let isReady: Bool = sodium_init() >= 0

    static func requireReady() {
        // libsodium fails to start only when the system has no source of randomness: then nothing may go on.
        precondition(isReady, "libsodium could not be started")
    }
}

/// Random bytes from the system's generator.
public enum RandomBytes {
    /// `count` random bytes.
    public static func make(_ count: Int) -> [UInt8] {
        Sodium.requireReady()
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            if count > 0 { unsafe randombytes_buf(buffer.baseAddress!, count) }
            initialized = count
        }
    }

    /// `count` random bytes in base64url. Never with a hyphen at the beginning: on a command line it would be an option.
    public static func text(_ count: Int) -> String { text { make(count) } }

    /// The first bytes that `make` makes whose base64url begins with no hyphen.
    static func text(_ make: () -> [UInt8]) -> String {
        while true {
            let text = Base64URL.encode(make())
            if !text.hasPrefix("-") { return text }
        }
    }

    /// `count` random decimal digits, each with the same chance.
    public static func digits(_ count: Int) -> String {
        var digits: [UInt8] = []
        digits.reserveCapacity(count)
        while digits.count < count {
            // Above 249 the low digits would come more often.
            for byte in make(count - digits.count) where byte < 250 { digits.append(UInt8(ascii: "0") + byte % 10) }
        }
        return String(decoding: digits, as: UTF8.self)
    }
}

/// A secret that is shown once and used once: a code, a ticket, a cookie. Only its digest is stored.
public struct OneTimeSecret: Sendable, CustomStringConvertible {
    /// The secret as it is sent, base64url.
    public let text: String

    /// A fresh secret of `bytes` random bytes; at least 14 (112 bits).
    public init(bytes: Int = 32) {
        precondition(bytes >= 14, "a secret below 112 bits can be guessed")
        text = RandomBytes.text(bytes)
    }

    /// What is stored.
    public var digest: SecretDigest { SecretDigest(of: text) }

    /// Never the secret itself.
    public var description: String { "(secret)" }
}

/// The SHA-256 digest of a secret, as it is stored and compared.
public struct SecretDigest: Sendable, Hashable {
    /// 32 bytes.
    public let bytes: [UInt8]

    /// The digest of a secret as somebody presents it.
    public init(of secret: String) { bytes = Digest.sha256(Array(secret.utf8)) }

    /// A stored digest; nil unless it has 32 bytes.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    /// Compares in constant time.
    public static func == (left: Self, right: Self) -> Bool { constantTimeEqual(left.bytes, right.bytes) }
}

/// True when both have the same bytes; takes the same time wherever they differ.
public func constantTimeEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    var difference: UInt8 = 0
    for index in left.indices { difference |= left[index] ^ right[index] }
    return difference == 0
}
