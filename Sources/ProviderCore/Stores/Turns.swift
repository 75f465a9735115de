internal import Synchronization

/// Lets what concerns one thing happen one after the other: whoever comes second finds what the first one left. Nothing is
/// kept of a thing that nobody is busy with.
final class Turns<Key: Hashable & Sendable>: Sendable {
    /// Who waits, for each thing that somebody is busy with.
    private let lines = Mutex<[Key: [CheckedContinuation<Void, Never>]]>([:])

    /// Does `body` when everybody is done who came before with the same key.
    func take<Result>(_ key: Key, _ body: () async throws -> Result) async rethrows -> Result {
        await enter(key)
        defer { leave(key) }
        return try await body()
    }

    private func enter(_ key: Key) async {
        await withCheckedContinuation { continuation in
            let isFirst = lines.withLock { lines in
                guard lines[key] != nil else {
                    lines[key] = []
                    return true
                }
                lines[key]?.append(continuation)
                return false
            }
            if isFirst { continuation.resume() }
        }
    }

    private func leave(_ key: Key) {
        let next = lines.withLock { lines -> CheckedContinuation<Void, Never>? in
            guard let waiting = lines[key], !waiting.isEmpty else {
                lines[key] = nil
                return nil
            }
            return lines[key]?.removeFirst()
        }
        next?.resume()
    }
}
