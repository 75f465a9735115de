import AccountDirectory
import OpenIDMessages
import Testing

@Suite("Mandates: who approves, ends and resumes")
struct MandateApprovalTests {
    private static func device(_ number: Int) -> DeviceIdentifier {
        DeviceIdentifier(rawValue: "device-0123456789-\(number)")!
    }

    private static func actor(
        _ number: Int, as body: GrantingBody? = .orgAdmin, isSole: Bool = false, isJoint: Bool = false
    ) -> MandateActor {
        MandateActor(
            account: AccountIdentifier(rawValue: "a-\(number)")!,
            membership: MembershipIdentifier(rawValue: "m-\(number)")!,
            grantsAs: body, isSoleRepresentative: isSole, isJointRepresentative: isJoint)
    }

    private static func approval(_ number: Int) -> MandateApproval {
        MandateApproval(
            account: actor(number).account, membership: actor(number).membership, device: device(number),
            approvedAt: Sample.activated)
    }

    private static func decide(
        needed: Int = 1, by actor: MandateActor, on device: DeviceIdentifier? = nil, earlier: [Int] = [],
        grantee: AccountIdentifier? = Sample.maxAccount, parentGrantee: MandateGrantee? = nil,
        state: MandateState = .awaitingCosign, today: CalendarDate = Sample.today,
        _ change: (inout ApprovalFacts) -> Void = { _ in }
    ) -> ApprovalDecision {
        let mandate = Sample.mandate {
            $0.state = state
            $0.approvalsNeeded = needed
        }
        var facts = ApprovalFacts(
            today: today, grantee: grantee, parentGrantee: parentGrantee, signaturesNeeded: 1,
            approvals: earlier.map(approval), approvers: earlier.map { Self.actor($0) })
        change(&facts)
        return MandateApprovalRules.decide(mandate, by: actor, on: device ?? Self.device(1), facts)
    }

    @Test("I15: nobody approves their own mandate, except who represents the company alone by the register")
    func ownMandate() {
        for body in GrantingBody.allCases {
            let own = Self.actor(1, as: body)
            #expect(Self.decide(by: own, grantee: own.account) == .refused(.selfApproval))
            #expect(Self.decide(by: own, grantee: Self.actor(2).account) == .activates(as: body, needed: 1))
        }
        let sole = Self.actor(1, as: .orgAdmin, isSole: true)
        #expect(Self.decide(by: sole, grantee: sole.account) == .activates(as: .legalRepresentative, needed: 1))
    }

    @Test("I15: of those who sign together one agrees to their own mandate as the last, and never before")
    func ownMandateTogether() {
        func decide(
            _ others: [MandateActor], needed: Int = 2, by actor: MandateActor = Self.actor(1, isJoint: true),
            parentGrantee: MandateGrantee? = nil, _ change: (inout ApprovalFacts) -> Void = { _ in }
        ) -> ApprovalDecision {
            Self.decide(
                needed: needed, by: actor, on: Self.device(1), earlier: Array(2..<(2 + others.count)),
                grantee: actor.account, parentGrantee: parentGrantee
            ) {
                $0.signaturesNeeded = needed
                $0.approvers = others
                change(&$0)
            }
        }
        let (second, third) = (Self.actor(2, isJoint: true), Self.actor(3, isJoint: true))
        #expect(decide([second]) == .activates(as: .legalRepresentative, needed: 2))
        #expect(decide([second, third], needed: 3) == .activates(as: .legalRepresentative, needed: 3))
        let refused = [
            decide([]), decide([second], needed: 3),
            // Whom the register does not name does not stand for those whom it names, on neither side.
            decide([Self.actor(2)]), decide([second], by: Self.actor(1)),
            // Alone entitled, or a chain: nobody has to be empowered by the others.
            decide([second], needed: 1), decide([second], parentGrantee: .company(Sample.company)),
            // More were asked for than sign together.
            decide([second]) { $0.signaturesNeeded = 3 },
        ]
        #expect(refused.allSatisfy { $0 == .refused(.selfApproval) }, "\(refused)")
        // The own device does not count for two.
        let shared = decide([second]) { $0.approvals[0].device = Self.device(1) }
        #expect(shared == .refused(.deviceUsedAlready))
    }

    @Test("I16: a mandate is active after k approvals of distinct people on distinct devices, not before")
    func joint() {
        for needed in 1...8 {
            for count in 0..<needed {
                let decision = Self.decide(
                    needed: needed, by: Self.actor(100), on: Self.device(100), earlier: Array(0..<count))
                #expect(
                    decision
                        == (count + 1 == needed
                            ? .activates(as: .orgAdmin, needed: needed) : .counts(as: .orgAdmin, needed: needed)),
                    "\(count + 1) of \(needed)")
            }
        }
    }

    @Test("I16: an approval that is sent again, by the same person or from the same device, does not count")
    func replayed() {
        #expect(
            Self.decide(needed: 3, by: Self.actor(1), on: Self.device(9), earlier: [1]) == .refused(.approvedAlready))
        #expect(
            Self.decide(needed: 3, by: Self.actor(2), on: Self.device(1), earlier: [1])
                == .refused(.deviceUsedAlready))
        #expect(
            Self.decide(needed: 3, by: Self.actor(2), on: Self.device(2), earlier: [1])
                == .counts(as: .orgAdmin, needed: 3))
    }

    @Test("I16: an approval counts as long as its giver may give it, and not a moment longer")
    func standing() {
        func decide(_ approvers: [MandateActor], by actor: MandateActor = Self.actor(3)) -> ApprovalDecision {
            Self.decide(needed: 3, by: actor, on: Self.device(3), earlier: [1, 2]) { $0.approvers = approvers }
        }
        let (first, second) = (Self.actor(1), Self.actor(2))
        #expect(decide([first, second]) == .activates(as: .orgAdmin, needed: 3))
        // Who was suspended or went is no approver any more; who lost the role, or was made the holder, does not count.
        for rest in [[first], [first, Self.actor(2, as: nil)], []] {
            #expect(decide(rest) == .counts(as: .orgAdmin, needed: 3))
        }
        let holder = Self.decide(needed: 3, by: Self.actor(3), on: Self.device(3), earlier: [1, 2]) {
            $0.grantee = second.account
        }
        #expect(holder == .counts(as: .orgAdmin, needed: 3))
        // With the rights the approval comes back; whoever approved before can make the mandate active then.
        let again = { approvers in
            Self.decide(needed: 2, by: first, on: Self.device(9), earlier: [1, 2]) { $0.approvers = approvers }
        }
        #expect(again([first]) == .refused(.approvedAlready))
        #expect(again([first, second]) == .activates(as: .orgAdmin, needed: 2))
        // Two approvals on one device are one, whatever was stored.
        let shared = Self.decide(needed: 3, by: Self.actor(3), on: Self.device(3), earlier: [1, 2]) {
            $0.approvals[1].device = $0.approvals[0].device
        }
        #expect(shared == .counts(as: .orgAdmin, needed: 3))
    }

    @Test("I16: as many approve as the register wants when the mandate becomes active, not when it was asked for")
    func registerChanged() {
        func decide(wanted: Int, signatures: Int, parent: MandateGrantee? = nil) -> ApprovalDecision {
            Self.decide(needed: wanted, by: Self.actor(1), parentGrantee: parent) { $0.signaturesNeeded = signatures }
        }
        #expect(decide(wanted: 1, signatures: 1) == .activates(as: .orgAdmin, needed: 1))
        #expect(decide(wanted: 1, signatures: 2) == .counts(as: .orgAdmin, needed: 2))
        #expect(decide(wanted: 2, signatures: 1) == .counts(as: .orgAdmin, needed: 2))
        // What a person delegates is theirs already.
        let own = MandateGrantee.membership(Self.actor(1).membership)
        #expect(decide(wanted: 1, signatures: 2, parent: own) == .activates(as: .delegate, needed: 1))
    }

    @Test("I16: under joint representation a rights administrator's approval is none: one administrator makes one")
    func rightsAdministrator() {
        let rights = Self.actor(2, as: .rightsAdmin)
        #expect(
            Self.decide(needed: 2, by: rights, on: Self.device(2), earlier: [1])
                == .activates(as: .rightsAdmin, needed: 2))
        let joint = { (change: inout ApprovalFacts) in change.signaturesNeeded = 2 }
        #expect(
            Self.decide(needed: 2, by: rights, on: Self.device(2), earlier: [1], joint)
                == .refused(.jointRepresentation))
        let second = Self.decide(needed: 2, by: Self.actor(1), earlier: [2]) {
            joint(&$0)
            $0.approvers = [rights]
        }
        #expect(second == .counts(as: .orgAdmin, needed: 2))
    }

    @Test("I16: a company with joint representation is bound by it in all that it grants")
    func signaturesNeeded() {
        let facts = Sample.facts { $0.grantor.signaturesNeeded = 2 }
        #expect(MandateRules.approvalsNeeded(Sample.proposal(), facts) == 2)
        #expect(MandateRules.approvalsNeeded(Sample.proposal { $0.approvals = 3 }, facts) == 3)
        #expect(MandateRules.approvalsNeeded(Sample.proposal(), Sample.facts()) == 1)
        // The service company's own rule counts for what it delegates; an employee delegates alone what is theirs.
        let delegation = Sample.delegationFacts { $0.grantor.signaturesNeeded = 2 }
        #expect(MandateRules.approvalsNeeded(Sample.delegation(), delegation) == 2)
        let employee = Sample.facts {
            $0.grantor.signaturesNeeded = 2
            $0.parent = ParentStanding(mandate: Sample.mandate { $0.mayDelegate = true }, approvers: [])
        }
        #expect(MandateRules.approvalsNeeded(Sample.proposal(), employee) == 1)
    }

    @Test("a member without a right to grant approves nothing, unless they delegate their own mandate")
    func entitlement() {
        let member = Self.actor(1, as: nil)
        #expect(Self.decide(by: member) == .refused(.notEntitled))
        #expect(Self.decide(by: member, parentGrantee: .membership(Self.actor(2).membership)) == .refused(.notEntitled))
        #expect(
            Self.decide(by: member, parentGrantee: .membership(member.membership))
                == .activates(as: .delegate, needed: 1))
        // What a person delegates nobody else does in their name: a way around joint representation.
        for isSole in [true, false] {
            let admin = Self.actor(3, as: .orgAdmin, isSole: isSole)
            #expect(Self.decide(by: admin, parentGrantee: .membership(member.membership)) == .refused(.notEntitled))
            #expect(Self.decide(by: admin, parentGrantee: .company(Sample.serviceCompany)) != .refused(.notEntitled))
        }
    }

    @Test("only what waits for approval is approved, and only while it can still be used")
    func states() {
        for state in MandateState.allCases {
            let decision = Self.decide(by: Self.actor(1), state: state)
            let waits = state == .draft || state == .awaitingCosign
            #expect(
                decision == (waits ? .activates(as: .orgAdmin, needed: 1) : .refused(.notAwaitingApproval)), "\(state)")
        }
        #expect(Self.decide(by: Self.actor(1), today: Sample.day("2026-12-31")) == .activates(as: .orgAdmin, needed: 1))
        #expect(Self.decide(by: Self.actor(1), today: Sample.day("2027-01-01")) == .refused(.over))
    }

    @Test("either side ends a mandate: who grants, who delegated, who holds; a bystander does not")
    func revocation() {
        func may(_ roles: [MandateActor], grantee: AccountIdentifier? = nil, _ parent: MandateGrantee? = nil) -> Bool {
            MandateApprovalRules.mayRevoke(
                account: Self.actor(1).account, roles: roles, grantee: grantee, parentGrantee: parent)
        }
        #expect(may([Self.actor(1, as: .rightsAdmin)]))
        #expect(may([Self.actor(1, as: nil)], .membership(Self.actor(1).membership)))
        #expect(may([], grantee: Self.actor(1).account))
        #expect(!may([Self.actor(1, as: nil)]))
        #expect(!may([], grantee: Self.actor(2).account))
        #expect(!may([Self.actor(1, as: nil)], .membership(Self.actor(2).membership)))
    }

    @Test("I15: nobody brings back their own suspended mandate")
    func resuming() {
        let grantee = Self.actor(1).account
        #expect(MandateApprovalRules.mayResume(Self.actor(1), grantee: grantee) == .selfApproval)
        #expect(MandateApprovalRules.mayResume(Self.actor(1, isSole: true), grantee: grantee) == nil)
        #expect(MandateApprovalRules.mayResume(Self.actor(2), grantee: grantee) == nil)
        #expect(MandateApprovalRules.mayResume(Self.actor(2, as: nil), grantee: grantee) == .notEntitled)
    }
}
