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
    case attestationStale = "attestation_stale"
    case codeLocked = "code_locked"
    case returnMismatch = "return_mismatch"

    /// True for states that nothing leaves.
    public var isTerminal: Bool {
        switch self {
        case .created, .claimed, .awaitingCode, .awaitingUser, .awaitingReturn: false
        default: true
        }
    }

    /// The states that may follow.
    public var successors: Set<LoginState> {
        let always: Set<LoginState> = [.expired, .cancelled, .failed]
        switch self {
        case .created: return always.union([.claimed, .attestationStale])
        case .claimed: return always.union([.awaitingCode, .awaitingUser])
        // Without the digits nothing can be approved; in the back channel it can be refused (docs/protocol.md §11).
        case .awaitingCode: return always.union([.awaitingUser, .codeLocked, .denied, .reported, .deviceCloned])
        case .awaitingUser: return always.union([.awaitingReturn, .complete, .denied, .reported, .deviceCloned])
        case .awaitingReturn: return always.union([.complete, .returnMismatch])
        default: return []
        }
    }
}
