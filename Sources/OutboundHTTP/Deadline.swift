internal import ProviderCore

/// The result of `work`, or `timeout` at `deadline`. The work is cancelled then and must end at once.
func within<Success: Sendable>(
    _ deadline: ContinuousClock.Instant, _ work: @escaping @Sendable () async throws(OutboundFailure) -> Success
) async -> Result<Success, OutboundFailure> {
    let first = await withTaskGroup(of: Result<Success, OutboundFailure>.self) { group in
        group.addTask {
            do throws(OutboundFailure) { return .success(try await work()) } catch { return .failure(error) }
        }
        group.addTask {
            try? await Task.sleep(until: deadline)
            return .failure(.timeout)
        }
        defer { group.cancelAll() }
        return await group.next() ?? .failure(.cancelled)
    }
    return Task.isCancelled ? .failure(.cancelled) : first
}
