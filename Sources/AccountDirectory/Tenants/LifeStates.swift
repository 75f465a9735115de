/// Where a tenant stands between the first entry and the last.
public enum TenantState: String, StateMachine {
    /// Entered; nothing of it works.
    case draft
    /// Its portals are being set up; nobody can log in there yet.
    case onboarding
    case live
    /// Stopped for a while; nothing is removed.
    case suspended
    /// It leaves: nobody can log in there any more, its data can still be handed over.
    case offboarding
    /// Its rows and the pseudonyms of its sector are gone; its name and sector stay taken for ever.
    case archived

    public enum Event: CaseIterable, Sendable {
        case onboard, open, suspend, resume, leave, archive
    }

    public static let initial = TenantState.draft
    public static let table: [Transition<TenantState>] = [
        Transition(.draft, .onboard, .onboarding), Transition(.onboarding, .open, .live),
        Transition(.onboarding, .leave, .offboarding), Transition(.live, .suspend, .suspended),
        Transition(.live, .leave, .offboarding), Transition(.suspended, .resume, .live),
        Transition(.suspended, .leave, .offboarding), Transition(.offboarding, .archive, .archived),
    ]

    /// True for a state in which a new entry of a region file may begin.
    public var isBeginning: Bool { [.draft, .onboarding, .live].contains(self) }

    /// True for a state in which an entry may be taken out: it never did anything, or all that it had is gone.
    public var isRemovable: Bool { [.draft, .archived].contains(self) }
}

/// Where a client or a service stands; only one that is live takes part in logins.
public enum OfferState: String, StateMachine {
    case draft
    case inReview = "in_review"
    case live
    case suspended
    /// Over; a new one has a new name.
    case retired

    public enum Event: CaseIterable, Sendable {
        case submit, sendBack, open, suspend, resume, retire
    }

    public static let initial = OfferState.draft
    public static let table: [Transition<OfferState>] = [
        Transition(.draft, .submit, .inReview), Transition(.draft, .retire, .retired),
        Transition(.inReview, .sendBack, .draft), Transition(.inReview, .open, .live),
        Transition(.inReview, .retire, .retired), Transition(.live, .suspend, .suspended),
        Transition(.live, .retire, .retired), Transition(.suspended, .resume, .live),
        Transition(.suspended, .retire, .retired),
    ]
}

extension StateMachine {
    /// True when one step leads from this state to `other`.
    public func leads(to other: Self) -> Bool { Self.table.contains { $0.from == self && $0.to == other } }
}
