import DeviceAuthenticator
import OpenIDMessages
import Synchronization

/// The way between phone and provider, on which calls are late and get lost as `Faults` say, and the acknowledgement of an
/// answer when somebody asks for that.
final class FaultyWire: HTTPTransport {
    private struct State {
        var chance: SeededNumbers
        var losesNext = false
        var hasLost = false
        var response: String?
    }

    /// What becomes of one call.
    private enum Fate { case whole, callLost, answerLost }

    private let base: any HTTPTransport
    private let faults: Faults
    private let state: Mutex<State>

    init(_ base: any HTTPTransport, faults: Faults = Faults()) {
        self.base = base
        self.faults = faults
        state = Mutex(
            State(chance: SeededNumbers(seed: faults.seed), losesNext: faults.losesAcknowledgement))
    }

    /// The next acknowledgement is not asked to get lost any more, and no answer is known: one scenario is none of the next
    /// one's business. Chance goes on.
    func reset() {
        state.withLock { state in (state.losesNext, state.hasLost, state.response) = (false, false, nil) }
    }

    /// The acknowledgement of the next answer arrives nowhere.
    func loseNext() { state.withLock { $0.losesNext = true } }

    /// Whether an acknowledgement that was asked to get lost did since this was asked last.
    func takeLoss() -> Bool {
        state.withLock { state in
            defer { state.hasLost = false }
            return state.hasLost
        }
    }

    /// The last signed answer that the phone sent.
    var response: String? { state.withLock { $0.response } }

    func send(_ call: HTTPCall) async throws(NetworkFailure) -> HTTPAnswer {
        let isAnswer = call.url.contains("/device/v1/logins/") && call.url.hasSuffix("/response")
        if isAnswer, let body = call.body.flatMap({ try? StrictJSON.parseObject($0, maximumLength: 262_144) }) {
            state.withLock { $0.response = body["response"]?.string }
        }
        let fate = state.withLock { Self.fate(dropping: faults.drop, &$0.chance) }
        if faults.latency > .zero { try? await Task.sleep(for: faults.latency) }
        guard fate != .callLost else { throw Self.lost(call) }
        let answer = try await base.send(call)
        let isLost = state.withLock { state in
            // A call that only fetches a nonce is not the answer yet.
            guard isAnswer, state.losesNext, answer.status != 401 else { return false }
            (state.losesNext, state.hasLost) = (false, true)
            return true
        }
        guard !isLost, fate == .whole else { throw Self.lost(call) }
        return answer
    }

    /// One number for each call, whatever becomes of it: the same calls fare the same with the same seed.
    private static func fate(dropping drop: Double, _ chance: inout SeededNumbers) -> Fate {
        let number = Double.random(in: 0..<1, using: &chance)
        guard number < drop else { return .whole }
        return number < drop / 2 ? .callLost : .answerLost
    }

    private static func lost(_ call: HTTPCall) -> NetworkFailure {
        NetworkFailure(.connectionLost, authority: WebAddress(call.url)?.authority ?? "the provider")
    }
}
