/// Where a device stands in its life.
public enum DeviceState: String, StateMachine {
    /// Enrolled, and waits for another device's approval or for the time in which the other devices may object.
    case pending
    case active
    /// Reported lost or found to be copied.
    case suspended
    /// Too many wrong PINs: identity must be proved again.
    case locked
    /// Never works again.
    case revoked
    /// Too old: its keys are to be made anew.
    case expired

    /// What can happen to a device.
    public enum Event: String, CaseIterable, Hashable, Sendable {
        /// Approved by another device, or nobody objected in time.
        case approve
        case reportLost
        /// A copy of its key is in use.
        case reportCopied
        case found
        case wrongPINs
        /// Identity was proved again.
        case unlock
        case revoke
        case expire
    }

    /// What blocks a device in this state: one that waits is refused for good, any other may be found again.
    public var blocking: Event { self == .pending ? .revoke : .reportLost }

    public static let initial = DeviceState.pending
    public static let table: [Transition<DeviceState>] = [
        Transition(.pending, .approve, .active),
        Transition(.active, .reportLost, .suspended),
        Transition(.active, .reportCopied, .suspended),
        Transition(.suspended, .found, .active),
        Transition(.active, .wrongPINs, .locked),
        Transition(.locked, .unlock, .active),
        Transition(.pending, .revoke, .revoked),
        Transition(.active, .revoke, .revoked),
        Transition(.suspended, .revoke, .revoked),
        Transition(.locked, .revoke, .revoked),
        Transition(.active, .expire, .expired),
    ]
}

/// Why a device is suspended.
public enum SuspensionReason: String, Sendable, Hashable, CaseIterable {
    case lost
    /// Its counter did not rise: another device has the same key. It is never found again.
    case copied
}

/// Where a key of a device stands.
public enum DeviceKeyState: String, StateMachine {
    case active, revoked
    /// Somebody else has it.
    case compromised

    public enum Event: String, CaseIterable, Hashable, Sendable { case revoke, compromise }

    public static let initial = DeviceKeyState.active
    public static let table: [Transition<DeviceKeyState>] = [
        Transition(.active, .revoke, .revoked),
        Transition(.active, .compromise, .compromised),
        Transition(.revoked, .compromise, .compromised),
    ]
}
