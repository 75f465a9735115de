/// Where a mandate is in its life.
public enum MandateState: String, StateMachine {
    /// Somebody who may not grant it asked for it.
    case draft
    /// Some have approved it, not yet enough.
    case awaitingCosign = "awaiting_cosign"
    case active
    /// Rests, and can come back.
    case suspended
    case revoked
    /// Its last day is over.
    case expired
    /// Another mandate took its place.
    case superseded

    /// What happens to a mandate.
    public enum Event: String, Sendable, Hashable, CaseIterable {
        /// An approval that is not the last one needed.
        case cosign
        /// The last approval needed.
        case activate
        case suspend, resume, revoke, expire, supersede
    }

    public static let initial = MandateState.draft

    public static let table: [Transition<MandateState>] = [
        Transition(.draft, .cosign, .awaitingCosign), Transition(.awaitingCosign, .cosign, .awaitingCosign),
        Transition(.draft, .activate, .active), Transition(.awaitingCosign, .activate, .active),
        Transition(.active, .suspend, .suspended), Transition(.suspended, .resume, .active),
        Transition(.draft, .revoke, .revoked), Transition(.awaitingCosign, .revoke, .revoked),
        Transition(.active, .revoke, .revoked), Transition(.suspended, .revoke, .revoked),
        Transition(.draft, .expire, .expired), Transition(.awaitingCosign, .expire, .expired),
        Transition(.active, .expire, .expired), Transition(.suspended, .expire, .expired),
        Transition(.active, .supersede, .superseded), Transition(.suspended, .supersede, .superseded),
    ]
}
