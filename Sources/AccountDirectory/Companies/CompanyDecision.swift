public import OpenIDMessages

/// One change to be written, with one audit event.
public enum CompanyChange: Sendable, Equatable {
    /// The company's state moves; a frozen one has a reason.
    case company(CompanyState.Event, FreezeReason?)
    /// What the latest evidence says: the company's level, and how many administrators must agree.
    case standing(level: AssuranceLevel, approversNeeded: Int)
    case evidence(CompanyEvidence)
    /// The facts by which the company is known from now on.
    case details(CompanyDetails)
    /// A new extract takes the place of the earlier one.
    case powers([RegisterPowerRecord])
    case signature(RegisterPowerIdentifier, RegisterPowerRecord.Signature)
    case newMembership(MembershipRecord)
    case roles(MembershipIdentifier, CompanyRoles)
    case suspend(MembershipIdentifier, SuspensionCause)
    case resume(MembershipIdentifier)
    case end(MembershipIdentifier, MembershipEnd)
    case newInvitation(InvitationRecord, codeDigest: ContentDigest)
    case invitation(InvitationIdentifier, InvitationState.Event)
    case approval(CompanyApproval)
    case newEstablishment(EstablishmentRecord)
    case closeEstablishment(EstablishmentIdentifier)
    /// The facts about a closed company are erased: a sole trader's are personal data, and the store erases them with
    /// whatever closes the company.
    case forgetDetails
}

/// Why something about a company is refused.
public enum CompanyRefusal: String, Error, Sendable, Hashable, CaseIterable {
    /// No such company, member or invitation, or not for whoever asks: both look alike.
    case unknown
    /// The code of an invitation is unknown, used, over or meant for somebody else: all look alike.
    case invitationUnknown
    /// The role does not allow it.
    case notPermitted
    /// The register names the member as who represents the company: nobody decides about them whom it does not name.
    case representative
    /// The last administrator cannot go. The ways out: a successor accepts, the company closes, or a clerk freezes it.
    case lastAdministrator
    /// Nobody approves what raises their own rights.
    case selfApproval
    /// This person, or this device, has approved before.
    case approvedBefore
    /// Not in this state of the company, membership or invitation.
    case notInThisState
    /// The company's account is not active.
    case companyNotActive
    /// Another verified company has one of the identifiers.
    case identityTaken
    /// The person has not agreed that the private identity is used for the company.
    case consentMissing
    /// Identity or device is below the level that the company needs.
    case levelTooLow
    /// Evidence is missing, too weak, from the future or does not fit the company.
    case evidenceNotEnough
    /// The asked combination is not possible, e.g. an administrator with an end date.
    case notAcceptable
    /// Too many drafts or invitations are open.
    case tooMany
}

/// What a rule decided: what is to be written, and whether the act is refused nevertheless. Both may be: a code in the
/// wrong hands is refused, and its invitation is over.
public struct CompanyDecision: Sendable, Equatable {
    public var changes: [CompanyChange]
    public var refusal: CompanyRefusal?

    public init(_ changes: [CompanyChange], refusal: CompanyRefusal? = nil) {
        self.changes = changes
        self.refusal = refusal
    }

    public static func refused(_ refusal: CompanyRefusal) -> CompanyDecision { CompanyDecision([], refusal: refusal) }
}
