import AccountDirectory
import OpenIDMessages
import Testing

private typealias Scene = CompanyScene

@Suite("Members: removing, suspending and changing roles")
struct MembershipRulesTests {
    private static let now = Scene.now
    private static let ada = Scene.member("ada")
    private static let bob = Scene.member("bob")

    private func snapshot(
        _ actor: CompanyMember, _ target: CompanyMember, approvers: Int = 1, earlier: [CompanyMember] = []
    ) -> CompanySnapshot {
        var scene = Scene(approversNeeded: approvers, administrators: [Self.ada, Self.bob])
        scene.snapshot.actor = actor
        scene.snapshot.target = target
        scene.snapshot.approvals = earlier.map { member in
            CompanyApproval(
                act: .remove, subject: target.membership.identifier.rawValue, account: member.membership.account,
                device: Scene.device(member.membership.identifier.rawValue), time: Self.now)
        }
        return scene.snapshot
    }

    private func remove(_ snapshot: CompanySnapshot) -> CompanyDecision {
        MembershipRules.remove(device: Scene.device("actor"), in: snapshot, now: Self.now)
    }

    @Test("every role with every role: who removes and suspends whom")
    func matrix() {
        for role in CompanyRole.allCases {
            for other in CompanyRole.allCases {
                let actor = Scene.member("actor", roles: Scene.roles(role))
                let target = Scene.member("target", roles: Scene.roles(other))
                var snapshot = snapshot(actor, target)
                snapshot.administrators += [actor, target].filter { $0.membership.roles.contains(.orgAdmin) }
                let expected: CompanyRefusal? = role.grantable.contains(other) ? nil : .notPermitted
                #expect(remove(snapshot).refusal == expected, "\(role) removes \(other)")
                #expect(
                    MembershipRules.suspend(in: snapshot, now: Self.now).refusal == expected,
                    "\(role) suspends \(other)")
            }
        }
    }

    @Test("I16: under joint representation one administrator does not remove another alone, nor suspend or demote")
    func joint() {
        let target = Scene.member("target")
        var alone = snapshot(Self.ada, target, approvers: 2)
        alone.administrators.append(target)
        guard case .approval? = remove(alone).changes.first, remove(alone).changes.count == 1 else {
            Issue.record("an agreement is noted, nothing more")
            return
        }
        var both = snapshot(Self.ada, target, approvers: 2, earlier: [Self.bob])
        both.administrators.append(target)
        #expect(remove(both).changes.last == .end(target.membership.identifier, .removed))
        // The agreement of the one who is to go does not count.
        var own = snapshot(Self.ada, target, approvers: 2, earlier: [target])
        own.administrators.append(target)
        #expect(remove(own).changes.count == 1)
        #expect(MembershipRules.suspend(in: alone, now: Self.now) == .refused(.notPermitted))
        #expect(MembershipRules.change(to: .member, in: alone, now: Self.now) == .refused(.notPermitted))
    }

    @Test("I15: nobody whom the register does not name removes, suspends or demotes who represents the company")
    func representatives() {
        let hired = Scene.member("eve")
        func decisions(
            by actor: CompanyMember, named: [String], approvers: Int = 1, earlier: [CompanyMember] = []
        ) -> [CompanyDecision] {
            var company = snapshot(actor, Self.ada, approvers: approvers, earlier: earlier)
            company.administrators.append(hired)
            company.powers = named.map { Scene.power($0, signed: true) }
            return [
                remove(company), MembershipRules.suspend(in: company, now: Self.now),
                MembershipRules.change(to: .member, in: company, now: Self.now),
            ]
        }
        #expect(decisions(by: hired, named: ["ada"]).allSatisfy { $0 == .refused(.representative) })
        // Another one whom it names may, and whom it names no more is an administrator like others.
        for (actor, named) in [(Self.bob, ["ada", "bob"]), (hired, ["bob"]), (hired, [])] {
            #expect(decisions(by: actor, named: named).allSatisfy { $0.refusal == nil }, "\(named)")
        }
        // Where several decide together an agreement counts of those alone whom the register names.
        for (other, removes) in [(hired, false), (Scene.member("bob"), true)] {
            let decision = decisions(
                by: other == hired ? Self.bob : Scene.member("eve"),
                named: other == hired ? ["ada", "bob"] : ["ada", "bob", "eve"], approvers: 2, earlier: [other])[0]
            #expect(
                (decision.changes.last == .end(Self.ada.membership.identifier, .removed)) == removes,
                "\(other.membership.identifier)")
        }
    }

    @Test("in a company that is not active nobody manages others: a dispute is not decided by the faster side")
    func frozen() {
        let target = Scene.member("max", roles: .member)
        for state in CompanyState.allCases where state != .active {
            var frozen = snapshot(Self.ada, target)
            frozen.company.state = state
            let roles = Scene.roles(.userAdmin)
            for decision in [
                remove(frozen), MembershipRules.suspend(in: frozen, now: Self.now),
                MembershipRules.resume(in: frozen, now: Self.now),
                MembershipRules.change(to: roles, in: frozen, now: Self.now),
            ] {
                #expect(decision == .refused(.companyNotActive), "\(state)")
            }
        }
    }

    @Test("nobody removes or suspends themselves: that is leaving")
    func oneself() {
        #expect(remove(snapshot(Self.ada, Self.ada)) == .refused(.notPermitted))
        #expect(
            MembershipRules.suspend(in: snapshot(Self.ada, Self.ada), now: Self.now) == .refused(.notPermitted))
    }

    @Test("I15: nobody raises the own roles, and administrators are made by invitation only")
    func raising() {
        func change(_ actor: CompanyMember, _ target: CompanyMember, to roles: CompanyRoles) -> CompanyRefusal? {
            MembershipRules.change(to: roles, in: snapshot(actor, target), now: Self.now).refusal
        }
        let user = Scene.member("eve", roles: Scene.roles(.userAdmin))
        let member = Scene.member("max", roles: .member)
        #expect(change(user, user, to: Scene.roles(.userAdmin, .rightsAdmin)) == .selfApproval)
        #expect(change(user, user, to: Scene.roles(.userAdmin, .orgAdmin)) == .notAcceptable)
        #expect(change(user, user, to: .member) == nil)
        #expect(change(Self.ada, Self.ada, to: Scene.roles(.orgAdmin, .rightsAdmin)) == .selfApproval)
        #expect(change(Self.ada, member, to: .administrator) == .notAcceptable)
        #expect(change(Self.ada, member, to: Scene.roles(.rightsAdmin, .userAdmin)) == nil)
        #expect(change(user, member, to: Scene.roles(.member, .rightsAdmin)) == .notPermitted)
        #expect(change(user, member, to: Scene.roles(.userAdmin)) == nil)
        #expect(change(member, user, to: .member) == .notPermitted)
        #expect(change(user, Self.ada, to: .member) == .notPermitted)
        #expect(change(Self.ada, Scene.member("max", state: .ended), to: .member) == .notInThisState)
    }

    @Test("a suspension ends by whoever could have made it, and only one that an administrator made")
    func resuming() {
        var resting = Scene.member("max", roles: .member, state: .suspended)
        #expect(
            MembershipRules.resume(in: snapshot(Self.ada, resting), now: Self.now).changes == [
                .resume(resting.membership.identifier)
            ])
        for cause in SuspensionCause.allCases where cause != .administrator {
            resting.membership.suspension = cause
            #expect(
                MembershipRules.resume(in: snapshot(Self.ada, resting), now: Self.now) == .refused(.notInThisState))
        }
        resting.membership.suspension = .administrator
        resting.account.level = .normal
        #expect(MembershipRules.resume(in: snapshot(Self.ada, resting), now: Self.now) == .refused(.levelTooLow))
        let plain = Scene.member("eve", roles: .member)
        #expect(MembershipRules.resume(in: snapshot(plain, resting), now: Self.now) == .refused(.notPermitted))
    }

    @Test("a draft ends when its only administrator leaves")
    func drafts() {
        var scene = Scene(state: .draft, administrators: [Self.ada])
        scene.snapshot.actor = Self.ada
        #expect(
            MembershipRules.leave(in: scene.snapshot, now: Self.now).changes == [
                .end(Self.ada.membership.identifier, .left), .company(.abandon, nil),
            ])
        scene.snapshot.administrators.append(Self.bob)
        #expect(MembershipRules.leave(in: scene.snapshot, now: Self.now).changes.count == 1)
        scene.snapshot.actor = nil
        #expect(MembershipRules.leave(in: scene.snapshot, now: Self.now) == .refused(.unknown))
    }
}
