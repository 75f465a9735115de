internal import IdentityCrypto
internal import Synchronization

/// What the files of a profile held when this process read or wrote them last. Each is taken only for the very bytes that lie
/// there now: other processes use the profile too.
final class OpenedFiles: Sendable {
    private struct Opened {
        let box: [UInt8]
        let value: any Sendable
        let protection: SealedBox.Protection
    }

    private let files = Mutex<[String: Opened]>([:])

    /// What was in `box`; nil when the file held something else then.
    func value<Value: Sendable>(in box: [UInt8], name: String) -> Value? {
        guard let opened = files.withLock({ $0[name] }), opened.box == box else { return nil }
        return opened.value as? Value
    }

    /// What opens `box`; nil when the file held something else then.
    func protection(of box: [UInt8], name: String) -> SealedBox.Protection? {
        guard let opened = files.withLock({ $0[name] }), opened.box == box else { return nil }
        return opened.protection
    }

    func keep(_ value: some Sendable, in box: [UInt8], under protection: SealedBox.Protection, name: String) {
        files.withLock { $0[name] = Opened(box: box, value: value, protection: protection) }
    }

    func forget(_ name: String) { files.withLock { $0[name] = nil } }
}
