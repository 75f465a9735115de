internal import AccountDirectory
internal import OpenIDMessages

/// Makes a mandate of a proposal, or says why not.
struct Drafting: Sendable {
    let proposal: MandateProposal
    let identifier: MandateIdentifier
    let account: AccountIdentifier
    let device: DeviceIdentifier
    let now: Timestamp
    /// Scopes that services of the region have.
    let scopes: Set<MandateScope>
    let tenants: Set<TenantIdentifier>

    private var today: CalendarDate { CalendarDate(inGermanyAt: now) }

    func draft(_ parties: ProposalParties) -> MandateOutcome<NewMandate> {
        guard let actor = parties.actor else { return .unknown }
        let facts = ProposalFacts(
            today: today, scopes: scopes, tenants: tenants, grantor: parties.grantor, grantee: parties.grantee,
            parent: parties.parent, standing: parties.standing, isGranted: isGranted(by: actor, parties))
        if let refusal = MandateRules.refusal(of: proposal, facts) { return .refused(refusal) }
        return approve(mandate(facts, by: actor), by: actor, parties)
    }

    /// A mandate for oneself is only asked for, whatever one's role, except by who represents the company alone.
    private func isGranted(by actor: MandateActor, _ parties: ProposalParties) -> Bool {
        guard parties.grantee.account != account else { return actor.isSoleRepresentative }
        return MandateApprovalRules.maySuspend(actor)
            || parties.parent?.mandate.grantee == .membership(actor.membership)
    }

    private func mandate(_ facts: ProposalFacts, by actor: MandateActor) -> Mandate {
        Mandate(
            identifier: identifier, company: facts.parent?.mandate.company ?? proposal.grantor,
            grantor: proposal.grantor, grantee: proposal.grantee, parent: proposal.parent,
            depth: (facts.parent?.mandate.depth ?? 0) + 1, replaces: proposal.replaces, powers: proposal.powers,
            mayDelegate: proposal.mayDelegate, approvalsNeeded: MandateRules.approvalsNeeded(proposal, facts),
            basis: .delegated, reason: proposal.reason, state: .initial, proposedBy: actor.membership, proposedAt: now,
            activatedAt: nil, grantedBy: nil)
    }

    /// The proposal counts as the proposer's approval where they may approve. A mandate for oneself is only asked for, and
    /// under joint representation what a rights administrator prepares.
    private func approve(
        _ mandate: Mandate, by actor: MandateActor, _ parties: ProposalParties
    ) -> MandateOutcome<NewMandate> {
        var mandate = mandate
        let approval = MandateApproval(
            account: account, membership: actor.membership, device: device, approvedAt: now)
        let decision = MandateApprovalRules.decide(
            mandate, by: actor, on: device,
            ApprovalFacts(
                today: today, grantee: parties.grantee.account, parentGrantee: parties.parent?.mandate.grantee,
                signaturesNeeded: parties.grantor.signaturesNeeded))
        switch decision {
        case .activates(let body, _):
            mandate.state = .active
            mandate.activatedAt = now
            mandate.grantedBy = body
            return .done(NewMandate(mandate: mandate, approval: approval))
        case .counts:
            mandate.state = .awaitingCosign
            return .done(NewMandate(mandate: mandate, approval: approval))
        case .refused(.selfApproval), .refused(.jointRepresentation):
            return .done(NewMandate(mandate: mandate, approval: nil))
        case .refused(.notEntitled) where parties.grantee.account == account:
            return .done(NewMandate(mandate: mandate, approval: nil))
        case .refused(let refusal): return .refused(refusal)
        }
    }
}

extension GranteeStanding {
    fileprivate var account: AccountIdentifier? { if case .member(let account, _, _) = self { account } else { nil } }
}
