internal import Dispatch
internal import GRDB
internal import Synchronization

/// Does all writes. Requests that wait are put into one transaction, so that they share one flush to the disk.
///
/// Each request has a savepoint of its own: a request that fails takes back its own writes and nobody else's. Nobody
/// is answered before the commit, and a commit that fails is everybody's failure.
final class GroupCommitWriter: Sendable {
    /// The most requests in one transaction.
    static let largestBatch = 64

    private struct State {
        var waiting: [any WaitingRequest] = []
        var isDraining = false
        var isClosed = false
    }

    private let pool: DatabasePool
    private let queue = DispatchQueue(label: "org.citizenid.group-commit")
    private let state = Mutex(State())

    /// How many requests wait for the next transaction.
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    init(_ pool: DatabasePool) { self.pool = pool }

    /// Runs `body` in a transaction and returns its result after the commit.
    func write<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            enqueue(PendingWrite(body: body, continuation: continuation))
        }
    }

    /// Refuses further requests, and runs `last` when those that wait are done.
    func close(_ last: @escaping @Sendable (DatabasePool) throws -> Void) async throws {
        state.withLock { $0.isClosed = true }
        try await withCheckedThrowingContinuation { continuation in
            queue.async { [pool] in continuation.resume(with: Result { try last(pool) }) }
        }
    }

    private enum Next { case refuse, wait, drain }

    private func enqueue(_ request: any WaitingRequest) {
        let next: Next = state.withLock { state in
            guard !state.isClosed else { return .refuse }
            state.waiting.append(request)
            defer { state.isDraining = true }
            return state.isDraining ? .wait : .drain
        }
        switch next {
        case .refuse: request.answer(StorageFault.closed)
        case .wait: break
        case .drain: queue.async { [self] in drain() }
        }
    }

    private func drain() {
        while let batch = nextBatch() { commit(batch) }
    }

    /// What waits now; nil, and the draining over, when nothing does.
    private func nextBatch() -> [any WaitingRequest]? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.isDraining = false
                return nil
            }
            let batch = Array(state.waiting.prefix(Self.largestBatch))
            state.waiting.removeFirst(batch.count)
            return batch
        }
    }

    private func commit(_ batch: [any WaitingRequest]) {
        var fault: (any Error)?
        do {
            try pool.writeWithoutTransaction { db in
                do {
                    try db.run("BEGIN IMMEDIATE")
                    for request in batch { try request.perform(in: db) }
                    try db.run("COMMIT")
                } catch {
                    // What is told is why the transaction failed, not how taking it back went.
                    try? db.rollback()
                    throw error
                }
            }
        } catch { fault = error }
        for request in batch { request.answer(fault) }
    }
}

private protocol WaitingRequest: Sendable {
    /// Runs the request in its savepoint. Throws only what makes the whole transaction fail.
    func perform(in db: Database) throws
    /// Tells the caller how it ended; `fault` is what the whole transaction failed with.
    func answer(_ fault: (any Error)?)
}

private final class PendingWrite<T: Sendable>: WaitingRequest {
    private let body: @Sendable (Database) throws -> T
    private let continuation: CheckedContinuation<T, any Error>
    private let result = Mutex<Result<T, any Error>?>(nil)

    init(body: @escaping @Sendable (Database) throws -> T, continuation: CheckedContinuation<T, any Error>) {
        self.body = body
        self.continuation = continuation
    }

    func perform(in db: Database) throws {
        try db.run("SAVEPOINT request")
        let result = Result { try body(db) }
        if case .failure(let error) = result {
            // A full disk or an input/output error may have taken back the whole transaction.
            guard db.isInsideTransaction else { throw error }
            try db.run("ROLLBACK TO request")
        }
        try db.run("RELEASE request")
        self.result.withLock { $0 = result }
    }

    func answer(_ fault: (any Error)?) {
        switch (result.withLock { $0 }, fault) {
        case (.failure(let error)?, _), (_, let error?): continuation.resume(throwing: error)
        case (.success(let value)?, nil): continuation.resume(returning: value)
        // A transaction without fault has performed every request of its batch.
        case (nil, nil): continuation.resume(throwing: StorageFault.closed)
        }
    }
}
