public import OpenIDMessages

/// Memberships: leaving, removing, resting, and roles. In a company that is not active nobody manages others: a freeze
/// for a dispute must not be the moment in which one side removes the other. Whom the register names as who represents the
/// company is removed, suspended and demoted by nobody but another one whom it names: a role that somebody was given does not
/// reach above those in whose name it was given.
public enum MembershipRules {
    /// A member goes. The last administrator cannot (I14).
    public static func leave(in snapshot: CompanySnapshot, now: Timestamp) -> CompanyDecision {
        guard let member = snapshot.actor?.membership else { return .refused(.unknown) }
        guard !AdministratorRules.isLast(member.identifier, in: snapshot, now: now) else {
            return .refused(.lastAdministrator)
        }
        let isDraftOfLast =
            snapshot.company.state.allows(.abandon)
            && !snapshot.administrators.contains { $0.membership.identifier != member.identifier }
        return CompanyDecision(
            [.end(member.identifier, .left)] + (isDraftOfLast ? [.company(.abandon, nil)] : []))
    }

    /// Somebody is removed. An administrator is removed by as many as must agree to a new one, the removed not among
    /// them.
    public static func remove(
        device: DeviceIdentifier, in snapshot: CompanySnapshot, now: Timestamp
    ) -> CompanyDecision {
        guard let actor = snapshot.effectiveActor(now), let target = snapshot.target?.membership else {
            return .refused(.unknown)
        }
        guard snapshot.company.state == .active else { return .refused(.companyNotActive) }
        guard target.state.allows(.end) else { return .refused(.notInThisState) }
        guard !isAbove(target, actor.membership, in: snapshot) else { return .refused(.representative) }
        // Nobody removes themselves: that is leaving, with the rules of leaving.
        guard actor.membership.roles.mayGrant(target.roles), actor.membership.identifier != target.identifier else {
            return .refused(.notPermitted)
        }
        guard !AdministratorRules.isLast(target.identifier, in: snapshot, now: now) else {
            return .refused(.lastAdministrator)
        }
        let end = CompanyChange.end(target.identifier, .removed)
        guard target.roles.contains(.orgAdmin) else { return CompanyDecision([end]) }
        let approval = CompanyApproval(
            act: .remove, subject: target.identifier.rawValue, account: actor.membership.account, device: device,
            time: now)
        return ApprovalRules.agree(
            approval, to: [end], needed: snapshot.company.approversNeeded, excluding: target.identifier,
            representativesAlone: snapshot.isRepresentative(target.account), in: snapshot, now: now)
    }

    /// Somebody is suspended by whoever could give the roles. Under joint representation no administrator suspends
    /// another alone: removal asks for the others.
    public static func suspend(in snapshot: CompanySnapshot, now: Timestamp) -> CompanyDecision {
        guard let actor = snapshot.effectiveActor(now), let target = snapshot.target?.membership else {
            return .refused(.unknown)
        }
        guard snapshot.company.state == .active else { return .refused(.companyNotActive) }
        guard !isAbove(target, actor.membership, in: snapshot) else { return .refused(.representative) }
        guard mayManage(target, by: actor.membership, in: snapshot) else { return .refused(.notPermitted) }
        guard target.state.allows(.suspend) else { return .refused(.notInThisState) }
        guard !AdministratorRules.isLast(target.identifier, in: snapshot, now: now) else {
            return .refused(.lastAdministrator)
        }
        return CompanyDecision([.suspend(target.identifier, .administrator)])
    }

    /// A suspension by an administrator ends. One that the member asked for, or that comes from the account, does not.
    public static func resume(in snapshot: CompanySnapshot, now: Timestamp) -> CompanyDecision {
        guard let actor = snapshot.effectiveActor(now), let target = snapshot.target else { return .refused(.unknown) }
        guard snapshot.company.state == .active else { return .refused(.companyNotActive) }
        guard mayManage(target.membership, by: actor.membership, in: snapshot) else { return .refused(.notPermitted) }
        guard target.membership.state == .suspended, target.membership.suspension == .administrator else {
            return .refused(.notInThisState)
        }
        guard target.account.isActive, target.account.level >= snapshot.company.floor else {
            return .refused(.levelTooLow)
        }
        return CompanyDecision([.resume(target.membership.identifier)])
    }

    /// True when the register names the one and not the other.
    private static func isAbove(
        _ target: MembershipRecord, _ actor: MembershipRecord, in snapshot: CompanySnapshot
    ) -> Bool {
        snapshot.isRepresentative(target.account) && !snapshot.isRepresentative(actor.account)
    }

    private static func mayManage(
        _ target: MembershipRecord, by actor: MembershipRecord, in snapshot: CompanySnapshot
    ) -> Bool {
        actor.identifier != target.identifier && actor.roles.mayGrant(target.roles)
            && (!target.roles.contains(.orgAdmin) || snapshot.company.approversNeeded == 1)
    }

    /// Roles change. Administrators are made by invitation only, so that the person agrees and the others approve;
    /// nobody raises the own roles (I15), and whoever steps down is not the last (I14).
    public static func change(
        to roles: CompanyRoles, in snapshot: CompanySnapshot, now: Timestamp
    ) -> CompanyDecision {
        guard let actor = snapshot.effectiveActor(now), let target = snapshot.target?.membership else {
            return .refused(.unknown)
        }
        guard target.state != .ended else { return .refused(.notInThisState) }
        let gained = Set(roles.roles).subtracting(target.roles.roles)
        let isDemotion = target.roles.contains(.orgAdmin) && !roles.contains(.orgAdmin)
        guard !gained.contains(.orgAdmin) else { return .refused(.notAcceptable) }
        if actor.membership.identifier == target.identifier {
            guard gained.isSubset(of: [.member]) else { return .refused(.selfApproval) }
        } else {
            guard snapshot.company.state == .active else { return .refused(.companyNotActive) }
            guard !isDemotion || !isAbove(target, actor.membership, in: snapshot) else {
                return .refused(.representative)
            }
            guard mayManage(target, by: actor.membership, in: snapshot), actor.membership.roles.mayGrant(roles) else {
                return .refused(.notPermitted)
            }
        }
        guard !isDemotion || !AdministratorRules.isLast(target.identifier, in: snapshot, now: now) else {
            return .refused(.lastAdministrator)
        }
        return CompanyDecision(roles == target.roles ? [] : [.roles(target.identifier, roles)])
    }

    /// The person no longer wants the private identity to be used for the company. That is a right and not refused: the
    /// membership rests, and a company without administrators is frozen.
    public static func withdrawConsent(in snapshot: CompanySnapshot, now: Timestamp) -> CompanyDecision {
        guard let member = snapshot.actor?.membership else { return .refused(.unknown) }
        guard member.state == .active else { return .refused(.notInThisState) }
        return CompanyDecision(
            [.suspend(member.identifier, .consentWithdrawn)]
                + AdministratorRules.consequence(ofLosing: member.identifier, in: snapshot, now: now))
    }

    /// The person wants it again.
    public static func giveConsent(in snapshot: CompanySnapshot) -> CompanyDecision {
        guard let member = snapshot.actor else { return .refused(.unknown) }
        guard member.membership.state == .suspended, member.membership.suspension == .consentWithdrawn else {
            return .refused(.notInThisState)
        }
        guard member.account.isActive, member.account.level >= snapshot.company.floor else {
            return .refused(.levelTooLow)
        }
        return CompanyDecision(
            [.resume(member.membership.identifier)]
                + AdministratorRules.consequence(ofReturning: member, in: snapshot))
    }
}
