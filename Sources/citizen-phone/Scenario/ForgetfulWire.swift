import DeviceAuthenticator
import OpenIDMessages
import Synchronization

/// The way between phone and provider, on which the acknowledgement of an answer can get lost.
final class ForgetfulWire: HTTPTransport {
    private struct State {
        var losesNext = false
        var hasLost = false
        var response: String?
    }

    private let base: any HTTPTransport
    private let state = Mutex(State())

    init(_ base: any HTTPTransport) { self.base = base }

    /// Loses nothing any more, and knows of no answer: one scenario is none of the next one's business.
    func reset() { state.withLock { $0 = State() } }

    /// The acknowledgement of the next answer arrives nowhere.
    func loseNext() { state.withLock { $0.losesNext = true } }

    /// Whether an acknowledgement was lost since this was asked last.
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
        let answer = try await base.send(call)
        guard isAnswer else { return answer }
        let body = call.body.flatMap { try? StrictJSON.parseObject($0, maximumLength: 262_144) }
        let isLost = state.withLock { state in
            state.response = body?["response"]?.string
            // A call that only fetches a nonce is not the answer yet.
            guard state.losesNext, answer.status != 401 else { return false }
            (state.losesNext, state.hasLost) = (false, true)
            return true
        }
        if isLost { throw NetworkFailure(.connectionLost, authority: call.url) }
        return answer
    }
}
