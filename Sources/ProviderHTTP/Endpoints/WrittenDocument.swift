internal import NIOCore
internal import OpenIDMessages
internal import Synchronization

/// The bytes of a document, written anew only when that changes of which it is made.
final class WrittenDocument<Source: Equatable & Sendable>: Sendable {
    private let latest = Mutex<(source: Source, bytes: ByteBuffer)?>(nil)

    /// - Parameter document: makes the document of `source` and of nothing else that can change.
    func bytes(of source: Source, _ document: (Source) -> JSONObject) -> ByteBuffer {
        if let latest = latest.withLock({ $0 }), latest.source == source { return latest.bytes }
        let bytes = ByteBuffer(bytes: document(source).serialized)
        latest.withLock { $0 = (source, bytes) }
        return bytes
    }
}
