public import OpenIDMessages

/// The proof that an administrator may do one thing at one tenant. Only `AdministrationRules.decide` makes it;
/// `Registry.scope(for:)` makes the tenant's scope of it.
public struct TenantCapability: Sendable {
    public let tenant: TenantIdentifier
    public let action: AdministrationAction
    /// By which right.
    public let assignment: AdminAssignment

    fileprivate init(tenant: TenantIdentifier, action: AdministrationAction, assignment: AdminAssignment) {
        self.tenant = tenant
        self.action = action
        self.assignment = assignment
    }
}

/// The proof that an administrator may do one thing for the whole region. Only `AdministrationRules.decideForRegion`
/// makes it.
public struct RegionCapability: Sendable {
    public let action: AdministrationAction
    public let assignment: AdminAssignment

    fileprivate init(action: AdministrationAction, assignment: AdminAssignment) {
        self.action = action
        self.assignment = assignment
    }
}

/// An assignment that its granter may grant. Only `AdministrationRules.grant` makes it, and nothing else can be stored.
public struct ApprovedAssignment: Sendable {
    public let assignment: AdminAssignment

    fileprivate init(_ assignment: AdminAssignment) { self.assignment = assignment }
}

/// What administrators may do. Values in, decision out.
public enum AdministrationRules {
    public enum TenantDecision: Sendable {
        case allowed(TenantCapability)
        /// The person administers something at this tenant, but not this.
        case missingRight
        /// The person has no business at this tenant: it looks as if it did not exist (invariant I23).
        case stranger
    }

    public enum RegionDecision: Sendable {
        case allowed(RegionCapability)
        case missingRight
    }

    /// May one of these assignments do `action` at `tenant` now?
    public static func decide(
        _ action: AdministrationAction, at tenant: Tenant, by assignments: [AdminAssignment], now: Timestamp
    ) -> TenantDecision {
        let covering = assignments.filter { $0.counts(at: now) && covers($0.scope, tenant, at: now) }
        guard !covering.isEmpty else { return .stranger }
        guard let assignment = covering.first(where: { $0.role.actions.contains(action) }) else {
            return .missingRight
        }
        return .allowed(TenantCapability(tenant: tenant.identifier, action: action, assignment: assignment))
    }

    /// May one of these assignments do `action` for the region now?
    public static func decideForRegion(
        _ action: AdministrationAction, by assignments: [AdminAssignment], now: Timestamp
    ) -> RegionDecision {
        let able = assignments.first {
            $0.counts(at: now) && $0.scope == .region && $0.role.actions.contains(action)
        }
        return able.map { .allowed(RegionCapability(action: action, assignment: $0)) } ?? .missingRight
    }

    /// True when the scope reaches the tenant as it is now (invariant I26: operator staff only for the tenant's own
    /// operator, and only on the days of its assignment).
    public static func covers(_ scope: AdministrationScope, _ tenant: Tenant, at now: Timestamp) -> Bool {
        guard names(scope, tenant) else { return false }
        return scope.reach != .operated || tenant.operatorAssignment.isInForce(at: now)
    }

    /// When the right ends at the tenant, if nobody ends it before: what it gives to others lasts no longer (invariant I26:
    /// operator staff not beyond the last day on which their operator works for it).
    public static func end(of right: AdminAssignment, at tenant: Tenant) -> Timestamp {
        guard right.scope.reach == .operated, let last = tenant.operatorAssignment.until else {
            return right.validUntil
        }
        return min(right.validUntil, last.endInGermany)
    }

    /// True when the scope is the tenant's, on whichever day.
    private static func names(_ scope: AdministrationScope, _ tenant: Tenant) -> Bool {
        switch scope {
        case .region: true
        case .tenant(let identifier): identifier == tenant.identifier
        case .operated(let operatorIdentifier, let identifier):
            identifier == tenant.identifier && operatorIdentifier == tenant.operatorIdentifier
        }
    }

    /// Why somebody may not grant an assignment.
    public enum GrantObjection: Error, Sendable, Equatable, CaseIterable {
        /// The granter's role gives no such role (checklist R2).
        case roleNotGrantable
        /// The scope is not inside the granter's own (invariant I27), or the role cannot be held there.
        case scopeExceeded
        /// Nobody grants to themselves: nobody extends their own right.
        case ownAssignment
        /// Whoever has a role for the region gets none at a tenant that sees people while it lasts, nor the other way round
        /// (invariant I25): two of them could appoint each other past the rule of the emergency.
        case conflictingDuty
        /// An assignment begins within 90 days, ends after it begins, and not later than its role allows. One of operator
        /// staff lies within the days of the operator's own assignment.
        case wrongDates
    }

    /// The assignments by which somebody may grant at `scope`, and what stands against it otherwise.
    ///
    /// - Parameters:
    ///   - held: what the person has already, also later.
    ///   - tenant: the tenant of the scope; nil for the region.
    public static func grant(
        _ wish: AdminAssignment, by assignments: [AdminAssignment], granter: AccountIdentifier, held: [AdminAssignment],
        tenant: Tenant?, now: Timestamp
    ) -> Result<ApprovedAssignment, GrantObjection> {
        guard wish.account != granter else { return .failure(.ownAssignment) }
        let granting = assignments.filter {
            $0.account == granter && $0.counts(at: now) && $0.role.actions.contains(.grantAssignment)
                && $0.role.grants.contains(wish.role)
        }
        guard !granting.isEmpty else { return .failure(.roleNotGrantable) }
        guard let right = granting.first(where: { $0.scope.contains(wish.scope) }), wish.role.reach == wish.scope.reach,
            wish.scope.tenant == tenant?.identifier, tenant.map({ names(wish.scope, $0) }) ?? true
        else { return .failure(.scopeExceeded) }
        guard areSensible(wish, now: now), isInForce(wish, tenant) else { return .failure(.wrongDates) }
        guard !conflicts(wish, with: held) else { return .failure(.conflictingDuty) }
        var granted = wish
        granted.grantedBy = right.identifier
        granted.grantedAt = now
        granted.revokedAt = nil
        return .success(ApprovedAssignment(granted))
    }

    /// True when a role for the region and one that sees people would count for one person at the same time. What an emergency
    /// gives is the one way there, which takes two people and is told (invariant I25).
    public static func conflicts(_ wish: AdminAssignment, with held: [AdminAssignment]) -> Bool {
        held.contains { other in
            let isBoth =
                wish.role.reach == .region && other.role.seesPeople
                || other.role.reach == .region && wish.role.seesPeople
            return isBoth && other.account == wish.account && other.revokedAt == nil
                && other.validFrom < wish.validUntil && wish.validFrom < other.validUntil
        }
    }

    /// The first administrator, by a bootstrap ticket of the machine's operator: for 90 days, so that it is renewed by
    /// others.
    public static func bootstrap(
        account: AccountIdentifier, subject: SubjectIdentifier, identifier: AssignmentIdentifier, now: Timestamp
    ) -> ApprovedAssignment {
        ApprovedAssignment(
            AdminAssignment(
                identifier: identifier, account: account, subject: subject, role: .regionAdministrator,
                scope: .region, validFrom: now, validUntil: now + 90 * 86_400, grantedBy: nil, grantedAt: now))
    }

    private static func areSensible(_ wish: AdminAssignment, now: Timestamp) -> Bool {
        wish.validFrom >= now - 300 && wish.validFrom <= now + 90 * 86_400 && wish.validFrom < wish.validUntil
            && wish.validUntil <= wish.validFrom + wish.role.longestGrant
    }

    /// Invariant I26: staff have no role for days on which their operator does not work for the tenant.
    private static func isInForce(_ wish: AdminAssignment, _ tenant: Tenant?) -> Bool {
        guard wish.scope.reach == .operated, let tenant else { return true }
        return tenant.operatorAssignment.isInForce(from: wish.validFrom, until: wish.validUntil)
    }

    /// May these assignments revoke `assignment`? One's own always; another's when one could have granted it.
    public static func mayRevoke(
        _ assignment: AdminAssignment, by assignments: [AdminAssignment], revoker: AccountIdentifier, now: Timestamp
    ) -> Bool {
        if assignment.account == revoker { return true }
        return assignments.contains {
            $0.account == revoker && $0.counts(at: now) && $0.role.actions.contains(.revokeAssignment)
                && $0.scope.contains(assignment.scope)
                && ($0.role.grants.contains(assignment.role) || assignment.role == .emergency)
        }
    }
}

extension AdministrationRules {
    /// The right that a confirmed emergency gives to who asked for it.
    public static func assignment(
        for emergency: Emergency, identifier: AssignmentIdentifier, approvedBy right: AdminAssignment, now: Timestamp
    ) -> Result<ApprovedAssignment, Emergency.Objection> {
        switch emergency.objection(toApprovalBy: right.account, now: now) {
        case let objection?: .failure(objection)
        case nil:
            .success(
                ApprovedAssignment(
                    AdminAssignment(
                        identifier: identifier, account: emergency.requester, subject: emergency.requesterSubject,
                        role: .emergency, scope: .tenant(emergency.tenant), validFrom: now,
                        validUntil: now + emergency.duration, grantedBy: right.identifier, grantedAt: now)))
        }
    }
}
