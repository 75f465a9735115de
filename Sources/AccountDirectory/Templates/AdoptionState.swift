/// Where a tenant's adoption of a template stands.
public enum AdoptionState: String, StateMachine {
    /// Terms are there; nothing is in force yet.
    case proposed
    case adopted
    /// In force, and a later version of the template waits for the tenant.
    case updateAvailable = "update_available"
    /// In force; the tenant has decided to stay with its version.
    case diverged
    /// Over. The tenant may propose the template anew.
    case withdrawn

    /// What can happen to an adoption.
    public enum Event: String, Sendable, CaseIterable {
        /// The second of two people has approved the first terms.
        case approve
        /// A later version was published that does not go live by itself.
        case publish
        /// The tenant goes over to another version or to other terms.
        case upgrade
        /// The tenant stays with its version.
        case decline
        case withdraw
    }

    public static let initial = AdoptionState.proposed
    public static let table: [Transition<AdoptionState>] = [
        Transition(.proposed, .approve, .adopted), Transition(.proposed, .publish, .proposed),
        Transition(.proposed, .withdraw, .withdrawn), Transition(.adopted, .publish, .updateAvailable),
        Transition(.adopted, .upgrade, .adopted), Transition(.adopted, .withdraw, .withdrawn),
        Transition(.updateAvailable, .publish, .updateAvailable), Transition(.updateAvailable, .upgrade, .adopted),
        Transition(.updateAvailable, .decline, .diverged), Transition(.updateAvailable, .withdraw, .withdrawn),
        Transition(.diverged, .publish, .diverged), Transition(.diverged, .upgrade, .adopted),
        Transition(.diverged, .withdraw, .withdrawn),
    ]

    /// True when terms are in force in this state.
    public var isInForce: Bool { [.adopted, .updateAvailable, .diverged].contains(self) }
}
