internal import Dispatch
internal import Foundation
internal import GRDB
internal import Synchronization

/// Does all writes. Requests that wait are put into one transaction, so that they share one flush to the disk.
///
/// A request that fails takes back its own writes and nobody else's. Nobody is answered before the commit, and a commit
/// that fails is everybody's failure.
final class GroupCommitWriter: Sendable {
    /// The most requests in one transaction.
    static let largestBatch = 64

    /// Under load, for how long requests are gathered before the next transaction, in microseconds: so long for each
    /// that came lately, and at most so long.
    static let gatheringTime = (perRequest: UInt32(250), atMost: UInt32(4_000))

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
        while let batch = nextBatch() {
            commit(batch)
            let pause = Self.pause(after: batch.count, waiting: waitingCount)
            if pause > 0 { usleep(pause) }
        }
    }

    /// For how long requests are gathered after a transaction of `count` requests, in microseconds.
    ///
    /// Whoever comes alone is written at once, and so is a full batch. When requests came together more will follow:
    /// without a pause each transaction would have but one or two of them, and the machine would be busy with flushes.
    static func pause(after count: Int, waiting: Int) -> UInt32 {
        let lately = count + waiting
        guard lately > 1, waiting < largestBatch else { return 0 }
        return min(UInt32(clamping: lately) * gatheringTime.perRequest, gatheringTime.atMost)
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
