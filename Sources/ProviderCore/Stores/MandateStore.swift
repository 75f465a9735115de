public import AccountDirectory
public import OpenIDMessages

/// Mandates. Each call that changes something loads what the decision rests on, asks the rule that it is given, and
/// writes the result with its audit events, all in one transaction: nothing can come between. The rule is a pure
/// function, and may be asked more than once.
public protocol MandateStore: Sendable {
    /// A mandate that concerns this person: held by them, or given or held by a company that they belong to.
    func mandate(_ identifier: MandateIdentifier, for account: AccountIdentifier) async throws -> MandateRecord?

    /// Mandates that a person holds, the latest first.
    func mandates(heldBy account: AccountIdentifier) async throws -> [MandateRecord]

    /// Mandates for, from and to a company, the latest first.
    func mandates(of company: CompanyIdentifier) async throws -> [MandateRecord]

    /// The person in the company; nil unless both membership and account are active.
    func actor(_ account: AccountIdentifier, in company: CompanyIdentifier, now: Timestamp) async throws
        -> MandateActor?

    /// Who takes part in a proposal; nil when there is no such company.
    func parties(to proposal: MandateProposal, by account: AccountIdentifier, now: Timestamp) async throws
        -> ProposalParties?

    /// Writes the mandate that the rule makes of a proposal. One that is active at once takes the place of the one that
    /// it replaces, whose children end.
    func propose(
        _ proposal: MandateProposal, by account: AccountIdentifier, at time: Timestamp,
        _ rule: @escaping @Sendable (ProposalParties) -> MandateOutcome<NewMandate>
    ) async throws -> MandateOutcome<MandateRecord>

    /// Writes an approval that the rule lets count; one of somebody who has approved before is not written again.
    func approve(
        _ mandate: MandateIdentifier, by account: AccountIdentifier, on device: DeviceIdentifier, at time: Timestamp,
        _ rule: @escaping @Sendable (MandateSituation) -> MandateOutcome<ApprovalDecision>
    ) async throws -> MandateOutcome<MandateRecord>

    /// Lets the event happen if the rule does. What ends takes its children along.
    func move(
        _ mandate: MandateIdentifier, _ event: MandateState.Event, by account: AccountIdentifier, at time: Timestamp,
        _ rule: @escaping @Sendable (MandateSituation) -> MandateOutcome<Void>
    ) async throws -> MandateOutcome<MandateRecord>

    /// What decides whether a member may act for a company; nil when there is no such member or company.
    func authority(
        of membership: MembershipIdentifier, for company: CompanyIdentifier, now: Timestamp
    ) async throws -> AuthorityFacts?

    /// The same for every company that a person might act for, by each of their open memberships: their own companies,
    /// and those that gave them a mandate through a service company. In a stable order.
    func authorities(of account: AccountIdentifier, now: Timestamp) async throws -> [AuthorityFacts]

    /// Who takes part when a member acts for a company; nil when one of them is not there any more.
    func parties(
        of membership: MembershipIdentifier, for company: CompanyIdentifier
    ) async throws -> RepresentationParties?

    /// Decides, and records the use of what allows it. After the revocation of a mandate has returned no call allows
    /// anything by it.
    func use(
        _ authorityCase: AuthorityCase, _ rule: @escaping @Sendable (AuthorityFacts) -> AuthorityDecision
    ) async throws -> AuthorityDecision?

    /// The establishment of a company with this number in its business identification number.
    func establishment(_ activity: String, of company: CompanyIdentifier) async throws -> EstablishmentIdentifier?

    /// The membership behind a name in a sector; nil for a person as such and for nobody.
    func membership(of subject: SubjectIdentifier, in sector: SubjectSector) async throws -> MembershipIdentifier?

    /// The company behind a name in a sector.
    func company(of subject: CompanySubject, in sector: SubjectSector) async throws -> CompanyIdentifier?

    /// A company's name in a sector: random, made at the first need, the same ever after.
    func subject(of company: CompanyIdentifier, in sector: SubjectSector) async throws -> CompanySubject
}
