internal import CSodium

/// A secret that a person has typed. It lies in pages of its own, which are not swapped out where the system allows that and
/// which are wiped when the last user lets go of it (libsodium's guarded memory).
///
/// It does not describe itself.
@safe public final class SecretBytes: Sendable, CustomStringConvertible, CustomReflectable {
    /// Never written after `init`.
    private nonisolated(unsafe) let memory: UnsafeMutableRawPointer
    public let count: Int

    /// Copies the bytes; what they came in is the caller's to wipe.
    public init(_ bytes: [UInt8]) {
        Sodium.requireReady()
        // Fails only when the system has no memory left: then nothing may go on.
        guard let memory = unsafe sodium_malloc(max(1, bytes.count)) else { preconditionFailure("no memory") }
        unsafe bytes.withUnsafeBytes { bytes in
            if let source = bytes.baseAddress { unsafe memory.copyMemory(from: source, byteCount: bytes.count) }
        }
        unsafe self.memory = unsafe memory
        count = bytes.count
    }

    deinit { unsafe sodium_free(memory) }

    /// Shows the bytes for the time of `body`.
    public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        unsafe body(UnsafeRawBufferPointer(start: memory, count: count))
    }

    /// Overwrites bytes that are no longer needed. Only this copy: what shares it has copies of its own.
    public static func wipe(_ bytes: inout [UInt8]) {
        unsafe bytes.withUnsafeMutableBytes { bytes in
            if let start = bytes.baseAddress { unsafe sodium_memzero(start, bytes.count) }
        }
    }

    public var description: String { "(secret)" }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
