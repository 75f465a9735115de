internal import CSodium
internal import Synchronization

/// Why a sealed box was not opened. Damage and a wrong passphrase look the same.
public enum SealedBoxError: Error, Sendable, Equatable {
    case cannotOpen
    /// Too little memory to derive the key.
    case outOfMemory
}

/// Bytes sealed with XChaCha20-Poly1305, under a random key or under a passphrase through Argon2id.
///
/// Layout: `CIDSEAL1`, kind (0 key, 1 passphrase), operations (1 byte), memory in KiB (4 bytes, big-endian), salt (16),
/// nonce (24), ciphertext with tag. The whole header is authenticated. Costs below the floor are refused on reading, so
/// that nobody can weaken a box by its header.
public enum SealedBox {
    /// What Argon2id costs.
    public struct Cost: Sendable, Equatable {
        /// Passes over the memory, 1 to 16.
        public var operations: UInt8
        /// 8,192 (8 MiB) to 1,048,576 (1 GiB).
        public var memoryKiB: UInt32

        public init(operations: UInt8, memoryKiB: UInt32) {
            self.operations = operations
            self.memoryKiB = memoryKiB
        }

        /// 64 MiB, three passes.
        public static let standard = Cost(operations: 3, memoryKiB: 65_536)
        /// The lowest cost that is accepted.
        public static let floor = Cost(operations: 1, memoryKiB: 8192)

        var isAcceptable: Bool {
            (Self.floor.operations...16).contains(operations) && (Self.floor.memoryKiB...1_048_576).contains(memoryKiB)
        }
    }

    /// What protects a box.
    public enum Protection: Sendable {
        /// 32 random bytes.
        case key([UInt8])
        case passphrase(Passphrase)
    }

    /// A passphrase, and the key that it gave last: Argon2id is meant to be slow, and one process asks often.
    public final class Passphrase: Sendable {
        private struct Derived {
            let salt: [UInt8]
            let cost: Cost
            let key: [UInt8]
        }

        private let bytes: SecretBytes
        private let last = Mutex<Derived?>(nil)

        public init(_ bytes: [UInt8]) { self.bytes = SecretBytes(bytes) }

        /// The salt of the last key of this cost, so that what is sealed next needs no other one; else a fresh one. Each
        /// box has a nonce of its own, of 192 random bits.
        func salt(for cost: Cost) -> [UInt8] {
            last.withLock { $0.flatMap { $0.cost == cost ? $0.salt : nil } } ?? RandomBytes.make(16)
        }

        func key(salt: [UInt8], cost: Cost) throws(SealedBoxError) -> [UInt8] {
            if let last = last.withLock({ $0 }), last.salt == salt, last.cost == cost { return last.key }
            guard let key = Argon2id.derive(bytes, salt: salt, cost: cost, length: 32) else { throw .outOfMemory }
            last.withLock { $0 = Derived(salt: salt, cost: cost, key: key) }
            return key
        }
    }

    private static let magic = [UInt8]("CIDSEAL1".utf8)
    private static let headerLength = 8 + 1 + 1 + 4 + 16 + 24
    private static let tagLength = 16

    /// Whether the bytes begin as those of a later layout would: the version is the last character of the mark.
    public static func isOfNewerVersion(_ box: [UInt8]) -> Bool {
        guard box.count >= magic.count, box.starts(with: magic.dropLast()) else { return false }
        return (UInt8(ascii: "2")...UInt8(ascii: "9")).contains(box[magic.count - 1])
    }

    /// Seals `plaintext`; a passphrase only at a cost that `open` accepts.
    public static func seal(
        _ plaintext: [UInt8], with protection: Protection, cost: Cost = .standard
    ) throws(SealedBoxError) -> [UInt8] {
        Sodium.requireReady()
        let salt: [UInt8]
        // Under a key the salt says nothing and is random as well; the generator is asked once.
        let random = RandomBytes.make(16 + 24)
        let nonce = Array(random[16...])
        var header = magic
        header.reserveCapacity(headerLength)
        switch protection {
        case .passphrase(let passphrase):
            precondition(cost.isAcceptable, "a box below the floor could never be opened")
            salt = passphrase.salt(for: cost)
            header += [1, cost.operations] + bigEndian(cost.memoryKiB)
        case .key:
            salt = Array(random[..<16])
            header += [0, 0, 0, 0, 0, 0]
        }
        header += salt + nonce
        let key = try key(protection, salt: salt, cost: cost)
        var output = [UInt8](repeating: 0, count: plaintext.count + tagLength)
        var length: UInt64 = 0
        let result = unsafe crypto_aead_xchacha20poly1305_ietf_encrypt(
            &output, &length, plaintext, UInt64(plaintext.count), header, UInt64(header.count), nil, nonce, key)
        guard result == 0, length == UInt64(output.count) else { throw .cannotOpen }
        return header + output
    }

    /// Opens a box; damage, a wrong key and a wrong passphrase give the same error.
    public static func open(_ box: [UInt8], with protection: Protection) throws(SealedBoxError) -> [UInt8] {
        Sodium.requireReady()
        guard box.count >= headerLength + tagLength, Array(box[..<8]) == magic else { throw .cannotOpen }
        let header = Array(box[..<headerLength])
        let cost = Cost(
            operations: header[9], memoryKiB: header[10..<14].reduce(0) { $0 << 8 | UInt32($1) })
        switch (protection, header[8]) {
        case (.key, 0): guard header[9..<14].allSatisfy({ $0 == 0 }) else { throw .cannotOpen }
        case (.passphrase, 1): guard cost.isAcceptable else { throw .cannotOpen }
        default: throw .cannotOpen
        }
        let key = try key(protection, salt: Array(header[14..<30]), cost: cost)
        let sealed = Array(box[headerLength...])
        var output = [UInt8](repeating: 0, count: sealed.count - tagLength)
        var length: UInt64 = 0
        let result = unsafe crypto_aead_xchacha20poly1305_ietf_decrypt(
            &output, &length, nil, sealed, UInt64(sealed.count), header, UInt64(header.count),
            Array(header[30..<54]), key)
        guard result == 0, length == UInt64(output.count) else { throw .cannotOpen }
        return output
    }

    private static func key(
        _ protection: Protection, salt: [UInt8], cost: Cost
    ) throws(SealedBoxError) -> [UInt8] {
        switch protection {
        case .key(let key):
            guard key.count == 32 else { throw .cannotOpen }
            return key
        case .passphrase(let passphrase): return try passphrase.key(salt: salt, cost: cost)
        }
    }

    private static func bigEndian(_ value: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }
}

/// Argon2id, version 1.3 (RFC 9106), with one lane.
enum Argon2id {
    /// Nil when the memory cannot be had.
    static func derive(_ password: SecretBytes, salt: [UInt8], cost: SealedBox.Cost, length: Int) -> [UInt8]? {
        Sodium.requireReady()
        precondition(salt.count == Int(crypto_pwhash_argon2id_SALTBYTES), "Argon2id wants 16 bytes of salt")
        var output = [UInt8](repeating: 0, count: length)
        let result = unsafe password.withBytes { password in
            // There is memory behind the shortest secret, too.
            unsafe crypto_pwhash_argon2id(
                &output, UInt64(length), password.baseAddress!.assumingMemoryBound(to: CChar.self),
                UInt64(password.count), salt, UInt64(cost.operations), Int(cost.memoryKiB) * 1024,
                crypto_pwhash_argon2id_ALG_ARGON2ID13)
        }
        return result == 0 ? output : nil
    }
}
