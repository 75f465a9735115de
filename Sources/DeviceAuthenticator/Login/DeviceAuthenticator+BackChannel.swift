internal import IdentityCrypto
public import OpenIDMessages

/// Requests of portals that come without a browser (docs/protocol.md §11).
extension DeviceAuthenticator {
    /// A portal's request that has arrived and that this device has not taken yet.
    public struct ArrivedRequest: Sendable {
        let answer: ProviderAnswer
    }

    /// Waits for a portal's request (D-11.1); nil when none comes in time. Changes nothing that an answer to a login needs:
    /// while it waits, others can use the profile.
    public func awaitRequest(seconds: Int64) async throws(DeviceError) -> ArrivedRequest? {
        let deadline = ContinuousClock.now + .seconds(max(seconds, 0))
        repeat {
            let left = Int64(((deadline - .now) / .seconds(1)).rounded(.up))
            let wait = max(0, min(25, left))
            let answer = try await authenticatedCall(
                "GET", "/device/v1/requests", query: "?wait=\(wait)", timeoutSeconds: 40)
            guard answer.status == 204 else { return ArrivedRequest(answer: answer) }
            // A provider that answers at once must not make this device call without end.
            try? await Task.sleep(for: .milliseconds(250))
        } while ContinuousClock.now < deadline && !Task.isCancelled
        return nil
    }

    /// Takes a request. A login that waited before is forgotten, as with a claim.
    public func take(_ arrived: ArrivedRequest) async throws(DeviceError) -> LoginRequestStatement {
        let (state, answer) = (try state(), arrived.answer)
        let (transaction, status) = try answer.readState()
        guard status == .awaitingCode || status == .awaitingUser else {
            throw .unexpectedAnswer(status: answer.status, what: "the state does not follow a request")
        }
        var pending = PendingLogin(transaction: transaction, flow: .backChannel, counter: state.counter)
        pending.journal.note(JournalEntry(time: clock.now, .claimed, pending.flow.rawValue, trace: answer.trace))
        let request = try await accept(answer, for: pending, state: state)
        if status == .awaitingUser { try settleCallCode(of: transaction) }
        return request
    }

    /// True while the request that waits can only be refused: the digits of the call are missing (D-11.3).
    public func needsCallCode() async throws(DeviceError) -> Bool {
        let (request, pending, _) = try await checkedRequest()
        return request.statement.binding == .callCode && !pending.isCallCodeSettled
    }

    /// Sends the four digits that somebody read out (D-11.3). After the third wrong ones the login is over.
    public func enter(callCode digits: String) async throws(DeviceError) {
        let state = try state()
        guard let pending = try login(), pending.flow == .backChannel else { throw .noLogin }
        let answer: ProviderAnswer
        do throws(DeviceError) {
            answer = try await authenticatedCall(
                "POST", "/device/v1/logins/\(pending.transaction)/call-code", body: ["call_code": .string(digits)],
                as: state, with: keys())
        } catch {
            if case .provider(let problem) = error {
                let (transaction, code, trace) = (pending.transaction, problem.code, problem.traceIdentifier)
                if ["login_over", "unknown_login"].contains(code) {
                    try forget(transaction, .refused, code, trace: trace)
                } else {
                    try note(transaction, .refused, code, trace: trace)
                }
            }
            throw error
        }
        let (transaction, status) = try answer.readState()
        guard transaction == pending.transaction, status == .awaitingUser else {
            throw .unexpectedAnswer(status: answer.status, what: "the state does not follow the digits")
        }
        try settleCallCode(of: transaction)
        try note(transaction, .callCode, trace: answer.trace)
    }

    private func settleCallCode(of transaction: TransactionIdentifier) throws(DeviceError) {
        try folder.updateLogin { (login) throws(DeviceError) in
            if login?.transaction == transaction { login?.isCallCodeSettled = true }
        }
    }
}
