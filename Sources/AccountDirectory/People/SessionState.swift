/// Where a browser's session stands. Nothing keeps the word: `SessionRules` tells it by the session's times.
public enum SessionState: String, StateMachine {
    /// It lets other portals in without the phone.
    case active
    /// Nobody used it for too long: it lets nobody in before the person has logged in again, in the same browser.
    case idle
    /// Its absolute limit is over.
    case expired
    /// The person, an administrator or the end of its device ended it.
    case ended

    public enum Event: CaseIterable, Hashable, Sendable {
        /// A login of the same person in the same browser; one that reaches more than the session had steps it up.
        case login
        case rest
        case expire
        case end
    }

    public static let initial = SessionState.active
    public static let table: [Transition<SessionState>] = [
        Transition(.active, .login, .active), Transition(.active, .rest, .idle),
        Transition(.active, .expire, .expired), Transition(.active, .end, .ended),
        Transition(.idle, .login, .active), Transition(.idle, .expire, .expired), Transition(.idle, .end, .ended),
    ]
}
