public import AccountDirectory
public import OpenIDMessages

/// Companies, the people in them, and their invitations.
///
/// Every change is decided by a pure rule on what is in the store at that moment: reading, deciding, writing and the
/// audit events are one transaction, and changes of one company come one after the other. Of two last administrators who
/// leave at once one hears that the other has gone.
public protocol CompanyStore: Sendable {
    /// Writes a draft with its founder. Refused when a verified company has one of the identifiers, or when the founder
    /// has too many unfinished companies.
    func found(_ company: CompanyRecord, founder: MembershipRecord) async throws -> CompanyRefusal?

    /// Decides about a company and writes what was decided: all of it or nothing. Nil when there is no such company.
    ///
    /// - Parameters:
    ///   - decide: a pure function; it may run more than once.
    ///   - actor: who acts, for the audit events.
    func change(
        _ company: CompanyIdentifier, concerning: CompanyConcern, by actor: CompanyActor, now: Timestamp,
        _ decide: @escaping @Sendable (CompanySnapshot) -> CompanyDecision
    ) async throws -> CompanyDecision?

    /// What a decision would rest on now. Nil when there is no such company, or its facts were erased.
    func snapshot(of company: CompanyIdentifier, concerning: CompanyConcern) async throws -> CompanySnapshot?

    /// The companies in which an account has an open membership, the oldest first.
    func companies(of account: AccountIdentifier) async throws -> [CompanyOfPerson]

    /// A company's name; nil when there is no such company, or its facts were erased.
    func name(of company: CompanyIdentifier) async throws -> String?

    /// Everything about one company. Who may see what of it is the caller's to judge.
    func file(of company: CompanyIdentifier) async throws -> CompanyFile?

    /// The verified company with this identity.
    func company(with identity: CompanyIdentity) async throws -> CompanyRecord?

    /// The invitation whose code has this digest, whatever its state.
    func invitation(code: ContentDigest) async throws -> InvitationRecord?
}

/// A company and the membership of a person in it.
public struct CompanyOfPerson: Sendable, Equatable {
    public var company: CompanyRecord
    public var membership: MembershipRecord

    public init(company: CompanyRecord, membership: MembershipRecord) {
        self.company = company
        self.membership = membership
    }
}

/// A member as colleagues see one: the name, and nothing of the private account (I21).
public struct CompanyPerson: Sendable, Equatable {
    public var membership: MembershipRecord
    public var givenName: String
    public var familyName: String

    public init(membership: MembershipRecord, givenName: String, familyName: String) {
        self.membership = membership
        self.givenName = givenName
        self.familyName = familyName
    }
}

/// Everything about one company.
public struct CompanyFile: Sendable, Equatable {
    public var company: CompanyRecord
    /// Open memberships, the oldest first.
    public var people: [CompanyPerson]
    /// Invitations that are kept, the newest first.
    public var invitations: [InvitationRecord]
    /// The powers of the latest extract.
    public var powers: [RegisterPowerRecord]
    public var establishments: [EstablishmentRecord]
    /// The newest first.
    public var evidence: [CompanyEvidence]

    public init(
        company: CompanyRecord, people: [CompanyPerson], invitations: [InvitationRecord],
        powers: [RegisterPowerRecord], establishments: [EstablishmentRecord], evidence: [CompanyEvidence]
    ) {
        self.company = company
        self.people = people
        self.invitations = invitations
        self.powers = powers
        self.establishments = establishments
        self.evidence = evidence
    }
}
