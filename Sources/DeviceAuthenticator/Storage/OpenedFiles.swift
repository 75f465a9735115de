internal import Glibc
internal import IdentityCrypto
internal import Synchronization

/// What the files of a profile held when this process read or wrote them last. Each is taken only for the very bytes that lie
/// there now: other processes use the profile too.
final class OpenedFiles: Sendable {
    private struct Opened {
        let box: [UInt8]
        /// A `Held`: to ask an object what it is costs little, and a value that stands for itself a search in the runtime.
        let value: any AnyObject & Sendable
        let protection: SealedBox.Protection
    }

    private final class Held<Value: Sendable>: Sendable {
        let value: Value

        init(_ value: Value) { self.value = value }
    }

    private let files = Mutex<[String: Opened]>([:])

    /// What was in `box`; nil when the file held something else then.
    func value<Value: Sendable>(in box: [UInt8], name: String) -> Value? {
        (opened(in: box, name: name)?.value as? Held<Value>)?.value
    }

    /// What opens `box`; nil when the file held something else then.
    func protection(of box: [UInt8], name: String) -> SealedBox.Protection? {
        opened(in: box, name: name)?.protection
    }

    private func opened(in box: [UInt8], name: String) -> Opened? {
        guard let opened = files.withLock({ $0[name] }), opened.box.count == box.count else { return nil }
        // What was opened is a box, and no box is empty.
        let difference = unsafe opened.box.withUnsafeBytes { known in
            unsafe box.withUnsafeBytes { unsafe memcmp(known.baseAddress!, $0.baseAddress!, $0.count) }
        }
        return difference == 0 ? opened : nil
    }

    func keep<Value: Sendable>(_ value: Value, in box: [UInt8], under protection: SealedBox.Protection, name: String) {
        let opened = Opened(box: box, value: Held(value), protection: protection)
        files.withLock { $0[name] = opened }
    }

    func forget(_ name: String) { files.withLock { $0[name] = nil } }
}
