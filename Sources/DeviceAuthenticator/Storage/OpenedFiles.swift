internal import Synchronization

/// What the files of a profile held when this process read or wrote them last. Each is taken only for the very bytes that lie
/// there now: other processes use the profile too.
final class OpenedFiles: Sendable {
    private struct Opened {
        let box: [UInt8]
        let value: any Sendable
    }

    private let files = Mutex<[String: Opened]>([:])

    /// What was in `box`; nil when the file held something else then.
    func value<Value: Sendable>(in box: [UInt8], name: String) -> Value? {
        guard let opened = files.withLock({ $0[name] }), opened.box == box else { return nil }
        return opened.value as? Value
    }

    func keep(_ value: some Sendable, in box: [UInt8], name: String) {
        files.withLock { $0[name] = Opened(box: box, value: value) }
    }
}
