internal import Dispatch
internal import GRDB
internal import Synchronization

/// Does all writes. Requests that wait are put into one transaction, so that they share one flush to the disk.
///
/// A transaction begins when `crowd` requests wait, or else when all tasks that were ready as its first request came have
/// had their turn: whoever comes alone does not wait for others, and nobody waits while there is nothing else to do. No
/// clock is asked for that. While one transaction runs the next one's requests gather.
///
/// A request that fails takes back its own writes and nobody else's. Nobody is answered before the commit, and a commit
/// that fails is everybody's failure.
final class GroupCommitWriter: Sendable {
    /// The most requests in one transaction.
    static let largestBatch = 64

    /// So many requests make a transaction begin at once. Half of what one can take: so the tasks of one half compute while
    /// the other half's requests are written.
    static let crowd = largestBatch / 2

    private struct State {
        var waiting: [any WaitingRequest] = []
        var isCommitting = false
        var isClosed = false
    }

    /// How the next transaction begins.
    enum Beginning: Equatable {
        case atOnce
        /// Behind the tasks that are ready now.
        case behindOthers
        /// Somebody else sees to it, or there is nothing to write.
        case none
    }

    private let pool: DatabasePool
    private let queue = DispatchQueue(label: "org.citizenid.group-commit")
    private let state = Mutex(State())

    /// How many requests wait for the next transaction.
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    init(_ pool: DatabasePool) { self.pool = pool }

    /// Runs `body` in a transaction and returns its result after the commit.
    ///
    /// `body` does nothing but read and write the database: when another request of the same transaction fails, it runs
    /// a second time.
    func write<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            enqueue(PendingWrite(body: body, continuation: continuation))
        }
    }

    /// Runs `body` outside any transaction, between those of others; what waits meanwhile is written afterwards.
    func alone<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws -> T {
        guard !state.withLock({ $0.isClosed }) else { throw StorageFault.closed }
        return try await withCheckedThrowingContinuation { continuation in
            queue.async { [pool] in
                continuation.resume(with: Result { try pool.writeWithoutTransaction(body) })
            }
        }
    }

    /// Refuses further requests, and runs `last` when those that wait are done.
    func close(_ last: @escaping @Sendable (DatabasePool) throws -> Void) async throws {
        state.withLock { $0.isClosed = true }
        try await withCheckedThrowingContinuation { continuation in
            queue.async { [self] in
                while waitingCount > 0 { transaction() }
                continuation.resume(with: Result { try last(pool) })
            }
        }
    }

    private func enqueue(_ request: any WaitingRequest) {
        let next: Beginning? = state.withLock { state in
            guard !state.isClosed else { return nil }
            state.waiting.append(request)
            return state.isCommitting ? Beginning.none : .whenAdded(state.waiting.count)
        }
        if let next { begin(next) } else { request.answer(StorageFault.closed) }
    }

    private func begin(_ beginning: Beginning) {
        switch beginning {
        case .none: break
        case .atOnce: queue.async { [self] in transaction() }
        // A task of its own stands behind all that are ready.
        case .behindOthers: Task { begin(.atOnce) }
        }
    }

    /// One transaction of what waits now.
    private func transaction() {
        let batch = state.withLock { state in
            let batch = Array(state.waiting.prefix(Self.largestBatch))
            state.waiting.removeFirst(batch.count)
            state.isCommitting = !batch.isEmpty
            return batch
        }
        guard !batch.isEmpty else { return }
        commit(batch)
        begin(
            state.withLock { state in
                state.isCommitting = false
                return .afterTransaction(waiting: state.waiting.count)
            })
    }

    private func commit(_ batch: [any WaitingRequest]) {
        var fault: (any Error)?
        do {
            try pool.writeWithoutTransaction { db in
                let isDone = try db.committed {
                    for request in batch {
                        guard request.perform(in: db) == nil else { return false }
                        guard db.isInsideTransaction else { throw DatabaseError(resultCode: .SQLITE_ABORT) }
                    }
                    return true
                }
                // One request failed, and nothing was written. A failure is rare, and a savepoint for each request costs
                // more than its own writes: so only now each gets one. Alone, the one that failed has its answer.
                guard !isDone, batch.count > 1 else { return }
                try db.committed {
                    for request in batch { try request.performSeparately(in: db) }
                    return true
                }
            }
        } catch { fault = error }
        for request in batch { request.answer(fault) }
    }
}

extension GroupCommitWriter.Beginning {
    /// What the request begins that is the last of `waiting`, while no transaction runs.
    static func whenAdded(_ waiting: Int) -> Self {
        switch waiting {
        case 1: .behindOthers
        case GroupCommitWriter.crowd: .atOnce
        default: .none
        }
    }

    /// What the end of a transaction begins, when so many came meanwhile.
    static func afterTransaction(waiting: Int) -> Self {
        waiting == 0 ? .none : waiting < GroupCommitWriter.crowd ? .behindOthers : .atOnce
    }
}

extension Database {
    /// Runs `body` in a transaction, which it takes back when `body` gives false or throws.
    @discardableResult
    fileprivate func committed(_ body: () throws -> Bool) throws -> Bool {
        do {
            try run("BEGIN IMMEDIATE")
            guard try body() else {
                try rollback()
                return false
            }
            try run("COMMIT")
            return true
        } catch {
            // What is told is why the transaction failed, not how taking it back went.
            try? rollback()
            throw error
        }
    }
}

private protocol WaitingRequest: Sendable {
    /// Runs the request, and returns what it failed with.
    func perform(in db: Database) -> (any Error)?
    /// Runs the request in a savepoint of its own. Throws only what makes the whole transaction fail.
    func performSeparately(in db: Database) throws
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

    func perform(in db: Database) -> (any Error)? {
        let result = Result { try body(db) }
        self.result.withLock { $0 = result }
        guard case .failure(let error) = result else { return nil }
        return error
    }

    func performSeparately(in db: Database) throws {
        try db.run("SAVEPOINT request")
        if let error = perform(in: db) {
            // A full disk or an input/output error may have taken back the whole transaction.
            guard db.isInsideTransaction else { throw error }
            try db.run("ROLLBACK TO request")
        }
        try db.run("RELEASE request")
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
