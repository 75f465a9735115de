import OpenIDMessages
import Testing

extension LoginState {
    fileprivate var successors: Set<LoginState> { Set(Self.allCases.filter(mayBecome)) }
}

@Suite("Device protocol: the states of a login")
struct LoginStateTests {
    @Test("every step that is allowed stands in this table, and every step in this table is allowed")
    func table() {
        let table = [
            "created": "claimed expired cancelled failed",
            "claimed": "awaiting_code awaiting_user expired cancelled failed",
            "awaiting_code": "awaiting_user code_locked denied reported device_cloned expired cancelled failed",
            "awaiting_user": "awaiting_return complete denied reported device_cloned expired cancelled failed",
            "awaiting_return": "complete return_mismatch expired cancelled failed",
        ]
        for state in LoginState.allCases {
            let expected = (table[state.rawValue] ?? "").split(separator: " ").map(String.init)
            #expect(Set(state.successors.map(\.rawValue)) == Set(expected), "\(state.rawValue)")
        }
    }

    @Test("no transition leaves a terminal state, and every other state can be left", arguments: LoginState.allCases)
    func terminalStatesAreFinal(_ state: LoginState) {
        #expect(state.isTerminal == state.successors.isEmpty)
        #expect(!state.successors.contains(state) && !state.successors.contains(.created))
    }

    @Test("every state is reached from the first, and no walk goes round in a circle")
    func everyStateIsReached() {
        var reached: Set<LoginState> = []
        func walk(_ path: [LoginState]) {
            guard let state = path.last else { return }
            reached.insert(state)
            for next in state.successors {
                #expect(!path.contains(next), "\(path) → \(next)")
                if !path.contains(next) { walk(path + [next]) }
            }
        }
        walk([.created])
        #expect(reached == Set(LoginState.allCases))
    }

    @Test("the terminal states are these")
    func terminalStates() {
        let terminal = LoginState.allCases.filter(\.isTerminal).map(\.rawValue)
        #expect(
            Set(terminal) == [
                "complete", "expired", "cancelled", "failed", "denied", "reported", "device_cloned", "code_locked",
                "return_mismatch",
            ])
    }

    @Test("a login is complete only after the person's answer")
    func completionNeedsThePerson() {
        let before = LoginState.allCases.filter { $0.successors.contains(.complete) }
        #expect(Set(before) == [.awaitingUser, .awaitingReturn])
        #expect(LoginState.allCases.filter { $0.successors.contains(.awaitingReturn) } == [.awaitingUser])
    }

    @Test("any open login can expire, be cancelled and fail", arguments: LoginState.allCases.filter { !$0.isTerminal })
    func openLoginsCanEnd(_ state: LoginState) {
        #expect(state.successors.isSuperset(of: [.expired, .cancelled, .failed]))
    }
}
