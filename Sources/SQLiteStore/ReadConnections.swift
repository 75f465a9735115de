internal import GRDB
internal import Synchronization

/// Connections that only read, as many as threads have read at once.
///
/// `DatabasePool` looks at the version of the schema before each read and counts its readers in several places, which
/// costs more than a small SELECT does. The schema does not change after the store was opened.
final class ReadConnections: Sendable {
    private struct State {
        var free: [DatabaseQueue] = []
        var isClosed = false
    }

    private let path: String
    private let configuration: Configuration
    private let state = Mutex(State())

    /// - Parameter configuration: the writer's.
    init(path: String, configuration: Configuration) {
        self.path = path
        self.configuration = {
            var configuration = configuration
            configuration.readonly = true
            return configuration
        }()
    }

    /// Runs `body` on this thread. A single statement sees one state of the database also without a transaction.
    func read<T>(_ body: (Database) throws -> T) throws -> T {
        let free = try state.withLock { state in
            guard !state.isClosed else { throw StorageFault.closed }
            return state.free.popLast()
        }
        let connection = try free ?? DatabaseQueue(path: path, configuration: configuration)
        defer {
            let isClosed = state.withLock { state in
                if !state.isClosed { state.free.append(connection) }
                return state.isClosed
            }
            if isClosed { try? connection.close() }
        }
        return try connection.unsafeRead(body)
    }

    /// Refuses further reads. Those that are not done close their connection themselves.
    func close() {
        let free = state.withLock { state in
            state.isClosed = true
            defer { state.free = [] }
            return state.free
        }
        for connection in free { try? connection.close() }
    }
}
