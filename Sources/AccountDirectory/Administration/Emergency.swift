public import OpenIDMessages

/// Access to a tenant's personal data in an emergency (break-glass, invariant I25): two people, a few hours, and the
/// tenant's data protection officer hears of it.
public struct Emergency: Sendable, Equatable {
    /// The life of a request. One that waited for too long stays as it is: nothing can be done with it any more.
    public enum State: String, StateMachine {
        case requested, approved, refused

        public enum Event: CaseIterable, Hashable, Sendable { case approve, refuse }

        public static let initial = State.requested
        public static let table: [Transition<State>] = [
            Transition(.requested, .approve, .approved), Transition(.requested, .refuse, .refused),
        ]
    }

    /// How long a request waits for its second person, in seconds.
    public static let patience: Int64 = 900
    /// The longest access, in seconds.
    public static let longest: Int64 = 4 * 3600

    public var identifier: EmergencyIdentifier
    public var tenant: TenantIdentifier
    public var requester: AccountIdentifier
    public var requesterSubject: SubjectIdentifier
    /// Why, in the requester's words; at most 200 bytes. Not for the log.
    public var reason: String
    /// Seconds of access from the approval on.
    public var duration: Int64
    public var requestedAt: Timestamp
    public var state: State
    public var approver: AccountIdentifier?
    public var decidedAt: Timestamp?

    public init(
        identifier: EmergencyIdentifier, tenant: TenantIdentifier, requester: AccountIdentifier,
        requesterSubject: SubjectIdentifier, reason: String, duration: Int64, requestedAt: Timestamp,
        state: State = .requested, approver: AccountIdentifier? = nil, decidedAt: Timestamp? = nil
    ) {
        self.identifier = identifier
        self.tenant = tenant
        self.requester = requester
        self.requesterSubject = requesterSubject
        self.reason = reason
        self.duration = duration
        self.requestedAt = requestedAt
        self.state = state
        self.approver = approver
        self.decidedAt = decidedAt
    }

    public enum Objection: Error, Sendable, Equatable, CaseIterable {
        /// It takes two people.
        case ownRequest
        /// It was decided before.
        case decided
        /// It waited for too long.
        case expired
    }

    /// What stands against an approval by this person; nil when nothing does.
    public func objection(toApprovalBy approver: AccountIdentifier, now: Timestamp) -> Objection? {
        guard state.allows(.approve) else { return .decided }
        guard requestedAt + Self.patience > now else { return .expired }
        return approver == requester ? .ownRequest : nil
    }
}
