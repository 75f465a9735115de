import AccountDirectory
import OpenIDMessages
import Testing

@Suite("Mandates: what a proposal may say")
struct MandateProposalTests {
    private static func refusal(
        _ proposal: (inout MandateProposal) -> Void = { _ in }, facts: (inout ProposalFacts) -> Void = { _ in }
    ) -> MandateRefusal? {
        MandateRules.refusal(of: Sample.proposal(proposal), Sample.facts(facts))
    }

    @Test("the sample is not refused")
    func good() {
        #expect(Self.refusal() == nil)
        #expect(MandateRules.refusal(of: Sample.delegation(), Sample.delegationFacts()) == nil)
    }

    @Test(
        "first and last day: not past, in order, at most three years, not too far ahead",
        arguments: [
            ("2026-03-01", "2026-03-01", nil), ("2026-02-28", "2026-12-31", .beginsInThePast),
            ("1800-01-01", "2026-12-31", .beginsInThePast), ("2026-03-02", "2026-03-01", .endsBeforeItBegins),
            ("2027-03-02", "2027-12-31", nil), ("2027-03-03", "2027-12-31", .beginsTooFarAhead),
            ("2999-12-31", "2999-12-31", .beginsTooFarAhead), ("2026-03-01", "2029-02-28", nil),
            ("2026-03-01", "2029-03-01", .lastsTooLong), ("2026-03-01", "2999-12-31", .lastsTooLong),
        ] as [(String, String, MandateRefusal?)])
    func dates(from: String, until: String, refusal: MandateRefusal?) {
        #expect(Self.refusal { $0.powers.validity = Sample.validity(from, until) } == refusal)
    }

    @Test("a policy of a region moves the limits")
    func policy() {
        let long = { (proposal: inout MandateProposal) in
            proposal.powers.validity = Sample.validity("2026-03-01", "2030-12-31")
        }
        #expect(Self.refusal(long) == .lastsTooLong)
        #expect(Self.refusal(long) { $0.policy.longestYears = 5 } == nil)
    }

    @Test("scopes, towns and establishments that do not exist are refused")
    func reach() {
        #expect(Self.refusal { $0.powers.scopes = [Sample.waste] } == .scopeUnknown)
        #expect(Self.refusal { $0.powers.scopes = [Sample.parking, Sample.waste] } == .scopeUnknown)
        #expect(Self.refusal { $0.powers.scopes = [] } == .scopeUnknown)
        #expect(Self.refusal { $0.powers.tenants = .only([Sample.bottrop]) } == nil)
        #expect(Self.refusal { $0.powers.tenants = .only([Sample.bottrop, Sample.marl]) } == .tenantUnknown)
        #expect(Self.refusal { $0.powers.establishments = .only([Sample.north]) } == nil)
        #expect(Self.refusal { $0.powers.establishments = .only([Sample.south]) } == .establishmentUnknown)
    }

    @Test("a company that is not active grants nothing, and nobody gets anything who is not active")
    func parties() {
        #expect(Self.refusal(facts: { $0.grantor.isActive = false }) == .grantorNotActive)
        #expect(Self.refusal(facts: { $0.grantee = .unknown }) == .granteeNotActive)
        #expect(
            Self.refusal(facts: {
                $0.grantee = .member(account: Sample.maxAccount, company: Sample.company, isActive: false)
            }) == .granteeNotActive)
        let company = { (proposal: inout MandateProposal) in proposal.grantee = .company(Sample.serviceCompany) }
        #expect(Self.refusal(company) { $0.grantee = .company(isActive: false) } == .granteeNotActive)
        #expect(Self.refusal(company) { $0.grantee = .company(isActive: true) } == nil)
    }

    @Test("a member of another company gets a mandate through that company only")
    func elsewhere() {
        let refusal = Self.refusal(facts: {
            $0.grantee = .member(account: Sample.carlaAccount, company: Sample.serviceCompany, isActive: true)
        })
        #expect(refusal == .granteeElsewhere)
    }

    @Test("no more approvals than the policy allows")
    func approvals() {
        #expect(Self.refusal { $0.approvals = 8 } == nil)
        #expect(Self.refusal { $0.approvals = 9 } == .tooManyApprovals)
    }

    @Test("a mandate that adds nothing to a standing one is refused; one that adds something overlaps it")
    func covered() {
        let standing = Sample.mandate { $0.powers.validity = Sample.validity("2026-01-01", "2027-06-30") }
        for state in [MandateState.draft, .awaitingCosign, .active, .suspended] {
            var earlier = standing
            earlier.state = state
            let wish = Self.refusal(facts: { ($0.standing, $0.isGranted) = ([earlier], false) })
            #expect(wish == .coveredAlready, "\(state)")
            // What nobody has granted stands in nobody's way who grants.
            let granted = Self.refusal(facts: { $0.standing = [earlier] })
            #expect(granted == (state == .draft ? nil : .coveredAlready), "\(state)")
        }
        let widenings: [(inout MandateProposal) -> Void] = [
            { $0.powers.scopes.insert(Sample.building) }, { $0.powers.limit = Sample.euro("500.01") },
            { $0.powers.validity.until = Sample.day("2027-07-01") },
        ]
        for widen in widenings { #expect(Self.refusal(widen, facts: { $0.standing = [standing] }) == nil) }
        #expect(Self.refusal({ $0.mayDelegate = true }, facts: { $0.standing = [standing] }) == nil)
    }

    @Test("a mandate that leaves nothing of a standing one must take its place")
    func wider() {
        let standing = Sample.mandate { $0.powers.validity = Sample.validity("2026-03-01", "2026-06-30") }
        #expect(Self.refusal(facts: { $0.standing = [standing] }) == .widerThanStanding)
        #expect(Self.refusal({ $0.replaces = standing.identifier }, facts: { $0.standing = [standing] }) == nil)
        #expect(
            Self.refusal({ $0.replaces = Sample.name("foreign") }, facts: { $0.standing = [standing] })
                == .replacedUnknown)
        #expect(Self.refusal { $0.replaces = standing.identifier } == .replacedUnknown)
    }

    @Test("what people send makes a proposal only with every member in its form, and no other member")
    func json() throws {
        let good = Sample.proposal {
            $0.parent = Sample.name("p")
            $0.replaces = Sample.name("r")
            $0.approvals = 2
        }
        #expect(try MandateProposal(json: good.json) == good)
        let unlimited = Sample.proposal { $0.powers.limit = nil }
        #expect(try MandateProposal(json: unlimited.json) == unlimited)
        let changes: [(String, JSONValue?)] = [
            ("company", nil), ("company", ""), ("company", .integer(1)), ("grantee", nil), ("grantee", .object([:])),
            ("grantee", .object(["membership": "a", "company": "b"])), ("grantee", .object(["account": "a"])),
            ("scopes", nil), ("scopes", []), ("scopes", ["parking.permit", "parking.permit"]), ("scopes", ["*"]),
            ("scopes", "parking.permit"), ("tenants", nil), ("tenants", []), ("tenants", ["*", "bottrop"]),
            ("establishments", nil), ("establishments", []), ("limits", nil), ("limits", "500"),
            ("limits", .object(["amount": "500,00", "currency": "EUR"])),
            ("limits", .object(["amount": .integer(500), "currency": "EUR"])),
            ("valid_from", nil), ("valid_until", nil), ("valid_until", "2026-02-30"), ("valid_until", "31.12.2026"),
            ("valid_until", .integer(1_798_757_999)), ("may_delegate", "true"), ("may_delegate", .null),
            ("approvals", 0), ("approvals", -1), ("approvals", 65), ("approvals", "2"), ("reason", nil),
            ("reason", "  "), ("reason", .string(String(repeating: "x", count: 257))), ("reason", "a\u{202E}b"),
            ("reason", "a\u{1B}[2J"),
            // Nobody sets from outside what the rules decide.
            ("state", "active"), ("basis", "register"), ("depth", 1), ("id", "md"), ("granted_by", "org_admin"),
            ("approvals_needed", 1), ("proposed_by", "m-berta"), ("activated_at", 1),
        ]
        for (name, value) in changes {
            var changed = good.json
            changed[name] = value
            #expect(throws: MessageError.self, "\(name): \(String(describing: value))") {
                try MandateProposal(json: changed)
            }
        }
    }
}
