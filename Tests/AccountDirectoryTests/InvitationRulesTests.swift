import AccountDirectory
import OpenIDMessages
import Testing

private typealias Scene = CompanyScene

@Suite("Invitations")
struct InvitationRulesTests {
    private static let now = Scene.now
    private static let ada = Scene.member("ada")
    private static let digest = ContentDigest(rawValue: String(repeating: "d", count: 42) + "A")!

    private func invite(
        _ invitation: InvitationRecord, by inviter: CompanyMember = ada, approvers: Int = 1, isOwn: Bool = false,
        state: CompanyState = .active, open: Int = 0
    ) -> CompanyDecision {
        var scene = Scene(state: state, approversNeeded: approvers, administrators: [Self.ada])
        scene.snapshot.actor = inviter
        scene.snapshot.openInvitations = open
        return InvitationRules.invite(
            invitation, codeDigest: Self.digest, isForInviter: isOwn, device: Scene.device("ada"),
            in: scene.snapshot, now: Self.now)
    }

    private func isSent(_ decision: CompanyDecision) -> Bool {
        decision.changes.contains(.invitation(InvitationIdentifier(rawValue: "invitation")!, .send))
    }

    @Test("whoever may give the roles invites, and nobody else")
    func whoInvites() {
        for role in CompanyRole.allCases {
            let inviter = Scene.member("bob", roles: Scene.roles(role))
            for asked in CompanyRole.allCases {
                let decision = invite(Scene.invitation(Scene.roles(asked), by: inviter), by: inviter)
                let may = role.grantable.contains(asked)
                #expect(decision.refusal == (may ? nil : .notPermitted), "\(role) \(asked)")
            }
        }
        #expect(
            invite(Scene.invitation(by: Self.ada), by: Scene.member("ada", state: .suspended)).refusal == .unknown)
    }

    @Test("I15: nobody invites themselves")
    func oneself() { #expect(invite(Scene.invitation(by: Self.ada), isOwn: true) == .refused(.selfApproval)) }

    @Test("I16: an invitation to administer waits for the others under joint representation")
    func joint() {
        let invitation = Scene.invitation(.administrator, by: Self.ada)
        #expect(isSent(invite(invitation)))
        #expect(!isSent(invite(invitation, approvers: 2)))
        #expect(isSent(invite(Scene.invitation(by: Self.ada), approvers: 2)), "a plain member needs no others")
    }

    @Test("what is not possible is refused: an administrator with an end, the past")
    func unacceptable() {
        let past = Scene.invitation(by: Self.ada, ends: Self.now)
        let bad = [
            Scene.invitation(.administrator, by: Self.ada, ends: Self.now + 9), past,
        ]
        for invitation in bad { #expect(invite(invitation) == .refused(.notAcceptable)) }
        #expect(isSent(invite(Scene.invitation(by: Self.ada, ends: Self.now + 1))))
        let fine = Scene.invitation(by: Self.ada)
        #expect(invite(fine, open: 200) == .refused(.tooMany))
        #expect(isSent(invite(fine, open: 199)))
        for state in CompanyState.allCases where state != .active {
            #expect(invite(fine, state: state) == .refused(.companyNotActive))
        }
    }

    // MARK: The guest

    private func scene(
        _ roles: CompanyRoles = .member, state: InvitationState = .sent, inviter: CompanyMember? = ada,
        expiresAt: Timestamp = now + 1
    ) -> CompanySnapshot {
        var scene = Scene(administrators: [Self.ada])
        scene.snapshot.invitation = Scene.invitation(roles, by: Self.ada, state: state, expiresAt: expiresAt)
        scene.snapshot.inviter = inviter
        return scene.snapshot
    }

    private let guest = InvitationRules.Guest(
        account: Scene.member("eve").membership.account, level: .substantiell, isExpected: true)

    private func accept(
        _ snapshot: CompanySnapshot, by guest: InvitationRules.Guest? = nil, consent: Bool = true
    ) -> CompanyDecision {
        InvitationRules.accept(
            by: guest ?? self.guest, usesPrivateIdentity: consent,
            membership: MembershipIdentifier(rawValue: "new")!, in: snapshot, now: Self.now)
    }

    @Test("the expected person joins with the consent, at the level of the login")
    func joining() throws {
        let changes = accept(scene()).changes
        let invitation = try #require(InvitationIdentifier(rawValue: "invitation"))
        #expect(changes.prefix(2) == [.invitation(invitation, .open), .invitation(invitation, .accept)])
        guard case .newMembership(let membership)? = changes.last else {
            Issue.record("nobody joined")
            return
        }
        #expect(membership.roles == .member && membership.level == .substantiell && membership.since == Self.now)
        #expect(accept(scene(state: .opened)).changes.first == .invitation(invitation, .accept))
        #expect(accept(scene(), consent: false) == .refused(.consentMissing))
    }

    @Test("a forwarded code dies at the identity match: it is refused, and its invitation is over")
    func forwarded() throws {
        var stranger = guest
        stranger.isExpected = false
        let invitation = try #require(InvitationIdentifier(rawValue: "invitation"))
        let dead = CompanyDecision([.invitation(invitation, .withdraw)], refusal: .invitationUnknown)
        #expect(accept(scene(), by: stranger) == dead)
        #expect(InvitationRules.open(by: stranger, in: scene(), now: Self.now) == dead)
        #expect(InvitationRules.decline(by: stranger, in: scene(), now: Self.now) == dead)
    }

    @Test("an invitation dies with the right of its inviter")
    func inviterLostTheRight() {
        let plain = Scene.member("ada", roles: Scene.roles(.rightsAdmin))
        for inviter in [
            nil, Scene.member("ada", state: .suspended), Scene.member("ada", accountIsActive: false), plain,
        ] {
            let decision = accept(scene(inviter: inviter))
            #expect(decision.refusal == .invitationUnknown && decision.changes.count == 1)
        }
    }

    @Test("a code that was used, taken back or is over, or was never sent, is as unknown as any")
    func over() {
        for state in InvitationState.allCases where state != .sent && state != .opened {
            #expect(accept(scene(state: state)) == .refused(.invitationUnknown), "\(state)")
        }
        #expect(accept(scene(expiresAt: Self.now)) == .refused(.invitationUnknown))
        var frozen = scene()
        frozen.company.state = .frozen
        #expect(accept(frozen) == .refused(.invitationUnknown))
    }

    @Test("below the company's floor nobody joins, and the code stays good")
    func level() {
        var weak = guest
        weak.level = .normal
        #expect(accept(scene(), by: weak) == .refused(.levelTooLow))
        #expect(InvitationRules.decline(by: weak, in: scene(), now: Self.now).refusal == nil)
    }

    @Test("a member who accepts gets the further roles; one who has an end date becomes no administrator")
    func further() {
        var snapshot = scene(.administrator)
        snapshot.actor = Scene.member("eve", roles: .member)
        #expect(
            accept(snapshot).changes.last
                == .roles(Scene.member("eve").membership.identifier, .member.union(.administrator)))
        snapshot.actor = Scene.member("eve", roles: .member, validUntil: Self.now + 1)
        #expect(accept(snapshot) == .refused(.notAcceptable))
        snapshot.actor = Scene.member("eve", roles: .member, state: .suspended)
        #expect(accept(snapshot) == .refused(.notInThisState))
        var inviter = guest
        inviter.account = Self.ada.membership.account
        #expect(accept(scene(), by: inviter) == .refused(.selfApproval), "I15")
    }

    @Test("the inviter and administrators withdraw, others do not")
    func withdrawing() {
        let author = Scene.member("bob", roles: Scene.roles(.userAdmin))
        func withdraw(_ actor: CompanyMember, state: InvitationState = .sent) -> CompanyDecision {
            var snapshot = scene(state: state)
            snapshot.invitation = Scene.invitation(by: author, state: state)
            snapshot.actor = actor
            return InvitationRules.withdraw(in: snapshot, now: Self.now)
        }
        #expect(withdraw(author).refusal == nil && withdraw(Self.ada).refusal == nil)
        #expect(withdraw(Scene.member("eve", roles: Scene.roles(.userAdmin))) == .refused(.notPermitted))
        #expect(withdraw(author, state: .accepted) == .refused(.notInThisState))
    }
}
