import AccountDirectory
import OpenIDMessages
import Testing

@Suite("Mandates: delegation stays within what was given")
struct MandateDelegationTests {
    private static func refusal(
        _ proposal: (inout MandateProposal) -> Void = { _ in }, facts: (inout ProposalFacts) -> Void = { _ in }
    ) -> MandateRefusal? {
        MandateRules.refusal(of: Sample.delegation(proposal), Sample.delegationFacts(facts))
    }

    /// A parent with a limit in every dimension.
    private static func narrow(_ facts: inout ProposalFacts) {
        facts.parent?.mandate.powers = Sample.powers {
            $0.tenants = .only([Sample.bottrop])
            $0.establishments = .only([Sample.north])
        }
    }

    private static func narrow(_ proposal: inout MandateProposal) {
        proposal.powers.tenants = .only([Sample.bottrop])
        proposal.powers.establishments = .only([Sample.north])
    }

    @Test(
        "I17: a delegated mandate is not wider than its parent in scope, tenant, amount, establishment or time",
        arguments: MandatePowers.Dimension.allCases)
    func widening(dimension: MandatePowers.Dimension) {
        #expect(Self.refusal(Self.narrow, facts: Self.narrow) == nil)
        let refusal = Self.refusal(
            { proposal in
                Self.narrow(&proposal)
                switch dimension {
                case .scope: proposal.powers.scopes.insert(Sample.building)
                case .tenant: proposal.powers.tenants = .only([Sample.bottrop, Sample.herten])
                case .amount: proposal.powers.limit = Sample.euro("500.01")
                case .establishment: proposal.powers.establishments = .only([Sample.north, Sample.south])
                case .time: proposal.powers.validity.until = Sample.day("2027-01-01")
                }
            }, facts: Self.narrow)
        #expect(refusal == dimension.refusal)
    }

    @Test("I17: to leave a limit out, to change its currency or to name all towns is to widen")
    func wideningByOmission() {
        #expect(Self.refusal { $0.powers.limit = nil } == .wideningAmount)
        #expect(Self.refusal { $0.powers.limit = MoneyAmount("1", .swissFranc) } == .wideningAmount)
        #expect(
            Self.refusal(
                {
                    Self.narrow(&$0)
                    $0.powers.tenants = .all
                }, facts: Self.narrow) == .wideningTenant)
        #expect(
            Self.refusal(
                {
                    Self.narrow(&$0)
                    $0.powers.establishments = .all
                }, facts: Self.narrow) == .wideningEstablishment)
        // What is narrower in every dimension is not refused.
        #expect(Self.refusal { $0.powers.limit = Sample.euro("0") } == nil)
    }

    @Test("I17: only a mandate that may be delegated is")
    func mayDelegate() {
        #expect(Self.refusal(facts: { $0.parent?.mandate.mayDelegate = false }) == .delegationNotAllowed)
    }

    @Test("I17: a chain ends after two links: company, service company, its employee")
    func depth() {
        #expect(Self.refusal { $0.mayDelegate = true } == .chainTooLong)
        #expect(
            Self.refusal(
                { $0.grantee = .company(Sample.otherCompany) }, facts: { $0.grantee = .company(isActive: true) })
                == .chainTooLong)
        let third = Self.refusal(facts: {
            $0.parent?.mandate.depth = 2
            $0.parent?.mandate.parent = Sample.name("md-first")
        })
        #expect(third == .chainTooLong)
    }

    @Test("circular delegation is refused: to oneself, back to the company, or to the holder again")
    func circular() {
        #expect(
            MandateRules.refusal(
                of: Sample.proposal { $0.grantee = .company(Sample.company) },
                Sample.facts { $0.grantee = .company(isActive: true) }) == .circular)
        #expect(
            Self.refusal({ $0.grantee = .company(Sample.company) }, facts: { $0.grantee = .company(isActive: true) })
                == .circular)
        #expect(
            Self.refusal(
                { $0.grantee = .company(Sample.serviceCompany) }, facts: { $0.grantee = .company(isActive: true) })
                == .circular)
        // An employee who may delegate delegates to a colleague, not to themself.
        let own = Sample.mandate { $0.mayDelegate = true }
        let employee = { (facts: inout ProposalFacts) in facts.parent = ParentStanding(mandate: own, approvers: []) }
        let toSelf = Sample.proposal { $0.parent = own.identifier }
        #expect(MandateRules.refusal(of: toSelf, Sample.facts(employee)) == .circular)
        let toColleague = Sample.proposal {
            $0.parent = own.identifier
            $0.grantee = .membership(Sample.berta)
        }
        #expect(
            MandateRules.refusal(
                of: toColleague,
                Sample.facts {
                    employee(&$0)
                    $0.grantee = .member(account: Sample.bertaAccount, company: Sample.company, isActive: true)
                }) == nil)
    }

    @Test("nobody delegates from a mandate that is not active, not there or somebody else's")
    func parent() {
        for state in MandateState.allCases where state != .active {
            #expect(Self.refusal(facts: { $0.parent?.mandate.state = state }) == .parentNotActive, "\(state)")
        }
        #expect(Self.refusal(facts: { $0.parent = nil }) == .parentNotActive)
        #expect(
            Self.refusal(facts: { $0.parent?.mandate.grantee = .company(Sample.otherCompany) }) == .parentNotActive)
    }

    @Test("I15: whoever approved the mandate of a service company does not get it back through that company")
    func detour() {
        let berta = { (facts: inout ProposalFacts) in
            facts.grantee = .member(account: Sample.bertaAccount, company: Sample.serviceCompany, isActive: true)
        }
        #expect(Self.refusal(facts: berta) == .selfApproval)
        #expect(
            Self.refusal(facts: {
                berta(&$0)
                $0.parent?.approvers = [Sample.maxAccount]
            }) == nil)
    }
}
