internal import OpenIDMessages
internal import Synchronization

/// The door that `Admission` keeps: those who must wait are asleep here.
final class Gate: Sendable {
    private struct State {
        var admission: Admission
        var sleepers: [Admission.Ticket: CheckedContinuation<Bool, Never>] = [:]
    }

    private let state: Mutex<State>
    private let turn: Duration

    init(_ limits: OutboundLimits) {
        state = Mutex(State(admission: Admission(limits.admission)))
        turn = limits.turn
    }

    /// True when the request may go out; then `leave` must follow.
    func enter(_ url: OutboundURL) async -> Bool {
        await withCheckedContinuation { continuation in
            let answer = state.withLock { state in
                let answer = state.admission.ask(url.authority, now: .now)
                if case .wait(let ticket) = answer { state.sleepers[ticket] = continuation }
                return answer
            }
            switch answer {
            case .enter: continuation.resume(returning: true)
            case .refuse: continuation.resume(returning: false)
            case .wait(let ticket): wake(ticket, after: turn)
            }
        }
    }

    func leave(_ url: OutboundURL, _ outcome: Admission.Outcome) {
        let woken = state.withLock { state in
            state.admission.leave(url.authority, outcome, now: .now).map { ticket, enters in
                (state.sleepers.removeValue(forKey: ticket), enters)
            }
        }
        for (sleeper, enters) in woken { sleeper?.resume(returning: enters) }
    }

    private func wake(_ ticket: Admission.Ticket, after time: Duration) {
        Task {
            try? await Task.sleep(for: time)
            let sleeper = state.withLock { state in
                state.admission.giveUp(ticket) ? state.sleepers.removeValue(forKey: ticket) : nil
            }
            sleeper?.resume(returning: false)
        }
    }
}
