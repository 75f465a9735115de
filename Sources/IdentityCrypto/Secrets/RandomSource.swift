internal import Crypto
package import OpenIDMessages
internal import Synchronization

/// Where a device's random values come from: the system's generator, or, for a simulator alone, a seed.
///
/// Whoever knows the seed knows every key that was made from it: nobody outside of this package can make such a source, and
/// `DeviceAuthenticator` takes one only for evidence that is played (docs/decisions/0020-seeded-phones.md).
package struct RandomSource: Sendable {
    /// The seed; nil for the system's generator.
    package let seed: UInt64?
    private let stream: SeededStream?

    /// The system's generator.
    package static let system = RandomSource(seed: nil, stream: nil)

    private init(seed: UInt64?, stream: SeededStream?) {
        self.seed = seed
        self.stream = stream
    }

    /// The same values for the same seed and the same number, in the order in which they are asked for.
    ///
    /// - Parameter stream: another number gives values that have nothing to do with these.
    package static func seeded(_ seed: UInt64, stream: UInt64) -> RandomSource {
        RandomSource(seed: seed, stream: SeededStream(seed: seed, number: stream))
    }

    package func bytes(_ count: Int) -> [UInt8] { stream?.next(count) ?? RandomBytes.make(count) }

    /// `count` random bytes in base64url; as `RandomBytes.text` never with a hyphen at the beginning.
    package func text(_ count: Int) -> String { RandomBytes.text { bytes(count) } }

    /// A fresh value of `count` random bytes. Only for types that accept such text.
    package func value<Value: WireValue>(bytes count: Int) -> Value {
        guard let value = Value(rawValue: text(count)) else {
            preconditionFailure("\(Value.self) does not accept \(count) random bytes in base64url")
        }
        return value
    }

    /// A fresh P-256 key.
    package func signingKey() -> SigningKey {
        guard stream != nil else { return .makeES256() }
        // 0 and numbers from the group's order on are no keys: one in 2³² candidates.
        while true {
            if let key = try? P256.Signing.PrivateKey(rawRepresentation: bytes(32)) { return SigningKey(key) }
        }
    }
}

/// HMAC-SHA256 of a counter, under a key that seed and number give.
private final class SeededStream: Sendable {
    private let key: [UInt8]
    private let count = Mutex<UInt64>(0)

    init(seed: UInt64, number: UInt64) {
        key = Digest.sha256(Array("citizen-phone simulator".utf8) + Self.bigEndian(seed) + Self.bigEndian(number))
    }

    func next(_ count: Int) -> [UInt8] {
        self.count.withLock { block in
            var bytes: [UInt8] = []
            while bytes.count < count {
                bytes += Digest.authenticationCode(Self.bigEndian(block), key: key)
                block += 1
            }
            return Array(bytes.prefix(count))
        }
    }

    private static func bigEndian(_ number: UInt64) -> [UInt8] {
        stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: number >> UInt64($0)) }
    }
}
