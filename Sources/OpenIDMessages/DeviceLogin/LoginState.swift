/// The public states of a login (docs/protocol.md §5). No transition leaves a terminal state.
public enum LoginState: String, Sendable, Hashable, CaseIterable {
    case created
    case claimed
    case awaitingCode = "awaiting_code"
    case awaitingUser = "awaiting_user"
    case awaitingReturn = "awaiting_return"
    case complete

    case expired
    case cancelled
    case failed
    case denied
    case reported
    case deviceCloned = "device_cloned"
    case codeLocked = "code_locked"
    case returnMismatch = "return_mismatch"

    /// True for states that nothing leaves.
    public var isTerminal: Bool {
        switch self {
        case .created, .claimed, .awaitingCode, .awaitingUser, .awaitingReturn: false
        default: true
        }
    }

    /// Whether `next` may follow.
    public func mayBecome(_ next: LoginState) -> Bool {
        switch (self, next) {
        case _ where isTerminal: false
        case (_, .expired), (_, .cancelled), (_, .failed): true
        case (.created, .claimed): true
        case (.claimed, .awaitingCode), (.claimed, .awaitingUser): true
        case (.awaitingCode, .awaitingUser), (.awaitingCode, .codeLocked): true
        // Without the digits nothing can be approved; in the back channel it can be refused (docs/protocol.md §11).
        case (.awaitingCode, .denied), (.awaitingCode, .reported), (.awaitingCode, .deviceCloned): true
        case (.awaitingUser, .awaitingReturn), (.awaitingUser, .complete): true
        case (.awaitingUser, .denied), (.awaitingUser, .reported), (.awaitingUser, .deviceCloned): true
        case (.awaitingReturn, .complete), (.awaitingReturn, .returnMismatch): true
        default: false
        }
    }
}
