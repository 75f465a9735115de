/// The life of a company's account.
public enum CompanyState: String, StateMachine {
    /// Its founder describes it.
    case draft
    /// Proof is being gathered.
    case verifying
    case active
    /// Nobody acts for it: dissolved, in dispute or without an administrator.
    case frozen
    /// Its administrators ended it; a while later it is closed.
    case closing
    case closed

    public enum Event: CaseIterable, Hashable, Sendable {
        case submit, verify, freeze, cure, close, complete
        /// A draft or an application that came to nothing.
        case abandon
    }

    public static let initial = CompanyState.draft

    public static let table: [Transition<CompanyState>] = [
        Transition(.draft, .submit, .verifying), Transition(.draft, .abandon, .closed),
        Transition(.verifying, .verify, .active), Transition(.verifying, .abandon, .closed),
        Transition(.active, .freeze, .frozen), Transition(.active, .close, .closing),
        // A clerk's reason takes the place of an earlier one, so that what ended by itself does not end a dispute.
        Transition(.frozen, .freeze, .frozen), Transition(.frozen, .cure, .active),
        Transition(.frozen, .close, .closing),
        Transition(.closing, .complete, .closed),
    ]
}

/// Why a company is frozen.
public enum FreezeReason: String, Sendable, CaseIterable {
    case dissolved, insolvency, dispute, authority
    /// The last administrator went: by closing the own account, by losing it, or by withdrawing the consent.
    case noAdministrator = "no_administrator"

    /// True for what a clerk may give as the reason.
    public var isClerks: Bool { self != .noAdministrator }

    /// True when there is a document of it: an entry in the register, a court's or an authority's order. A dispute is what two
    /// people say, and stopping it does not wait for paper.
    public var needsEvidence: Bool {
        switch self {
        case .dissolved, .insolvency, .authority: true
        case .dispute, .noAdministrator: false
        }
    }

    /// True when an office may close the company for it. A dispute is not decided by closing the company over it, and an
    /// insolvent company lives on.
    public var allowsClosing: Bool {
        switch self {
        case .dissolved, .authority, .noAdministrator: true
        case .insolvency, .dispute: false
        }
    }
}

/// The life of an invitation.
public enum InvitationState: String, StateMachine {
    /// Approvals are missing.
    case created
    /// Its code can be used.
    case sent
    /// The invited person has seen it.
    case opened
    case accepted, declined, withdrawn, expired

    public enum Event: CaseIterable, Hashable, Sendable { case send, open, accept, decline, withdraw, expire }

    public static let initial = InvitationState.created

    public static let table: [Transition<InvitationState>] = [
        Transition(.created, .send, .sent), Transition(.created, .withdraw, .withdrawn),
        Transition(.created, .expire, .expired), Transition(.sent, .open, .opened),
        Transition(.sent, .decline, .declined), Transition(.sent, .withdraw, .withdrawn),
        Transition(.sent, .expire, .expired), Transition(.opened, .accept, .accepted),
        Transition(.opened, .decline, .declined), Transition(.opened, .withdraw, .withdrawn),
        Transition(.opened, .expire, .expired),
    ]
}

/// The life of a membership. What ended stays ended: a return is a new membership, under a new pseudonym.
public enum MembershipState: String, StateMachine {
    case active, suspended, ended

    public enum Event: CaseIterable, Hashable, Sendable { case suspend, resume, end }

    public static let initial = MembershipState.active

    public static let table: [Transition<MembershipState>] = [
        Transition(.active, .suspend, .suspended), Transition(.active, .end, .ended),
        Transition(.suspended, .resume, .active), Transition(.suspended, .end, .ended),
    ]
}

/// Why a membership rests; the same cause must be gone before it is active again.
public enum SuspensionCause: String, Sendable, CaseIterable {
    case administrator
    /// The person no longer wants the private identity to be used for the company.
    case consentWithdrawn = "consent_withdrawn"
    case accountLocked = "account_locked"
}

/// Why a membership ended.
public enum MembershipEnd: String, Sendable, CaseIterable {
    case left, removed, over
    case companyClosed = "company_closed"
    case accountClosed = "account_closed"
}

/// The life of a power that a register names.
public enum RegisterPowerState: String, StateMachine {
    /// In the extract.
    case recorded
    /// The person whom the register names has signed for the company.
    case signed
    /// A newer extract took its place, or the company was verified without this signature.
    case superseded

    public enum Event: CaseIterable, Hashable, Sendable { case sign, supersede }

    public static let initial = RegisterPowerState.recorded

    public static let table: [Transition<RegisterPowerState>] = [
        Transition(.recorded, .sign, .signed), Transition(.recorded, .supersede, .superseded),
        Transition(.signed, .supersede, .superseded),
    ]
}

/// The life of an establishment.
public enum EstablishmentState: String, StateMachine {
    case active, closed

    public enum Event: CaseIterable, Hashable, Sendable { case close }

    public static let initial = EstablishmentState.active

    public static let table: [Transition<EstablishmentState>] = [Transition(.active, .close, .closed)]
}
