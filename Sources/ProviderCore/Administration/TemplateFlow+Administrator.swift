public import AccountDirectory
internal import OpenIDMessages

/// Templates at one tenant, for administrators who have logged in. Refusals are `AdministrationProblem`.
extension TemplateFlow {
    /// What the tenant has adopted or is asked to adopt, in the region's order.
    public func adoptions(in scope: TenantScope) -> [Adoption] {
        library.adoptions.filter { $0.tenant == scope.tenant.identifier && $0.state != .withdrawn }
    }

    /// One of them, with what somebody reads who agrees to what waits.
    public func review(template name: String, in scope: TenantScope) throws(AdministrationProblem) -> AdoptionReview {
        guard let adoption = adoptions(in: scope).first(where: { $0.template.rawValue == name }) else {
            throw .notFound
        }
        return AdoptionReview(adoption, at: scope.tenant, in: library)
    }

    /// An administrator agrees to what waits, in the role that they hold at the tenant; of two roles in the one that has
    /// not agreed. It takes two people: the same account cannot agree twice.
    ///
    /// - Parameter seen: the digest of what was read (`Adoption.proposalDigest`). What was put in its place meanwhile nobody
    ///   has agreed to.
    public func approve(
        template name: String, seen: String, in scope: TenantScope, by administrator: Administrator
    ) async throws -> Adoption {
        let (adoption, role) = try role(of: administrator, for: name, in: scope)
        do {
            return try await approve(
                adoption.template, in: scope, as: role, by: administrator.subject.rawValue, seen: seen,
                administrator: administrator)
        } catch let refusal as TemplateRefusal { throw refusal.problem }
    }

    /// An administrator in one of the two roles says no to what waits.
    public func refuse(
        template name: String, seen: String, in scope: TenantScope, by administrator: Administrator
    ) async throws -> Adoption {
        let (adoption, role) = try role(of: administrator, for: name, in: scope)
        do {
            return try await refuse(
                adoption.template, in: scope, as: role, seen: seen, administrator: administrator)
        } catch let refusal as TemplateRefusal { throw refusal.problem }
    }

    /// Publishes a template that the administrator's tenant has developed and signed.
    public func publish(
        _ document: String, in scope: TenantScope, by administrator: Administrator
    ) async throws -> ServiceTemplate {
        try await publish(document, as: scope.tenant.identifier, by: administrator)
    }

    private func role(
        of administrator: Administrator, for name: String, in scope: TenantScope
    ) throws(AdministrationProblem) -> (Adoption, Adoption.Role) {
        let adoption = adoptions(in: scope).first { $0.template.rawValue == name }
        guard let adoption else { throw .notFound }
        let held = Adoption.Role.allCases.filter { role in
            administrator.assignments.contains {
                $0.scope == .tenant(scope.tenant.identifier) && $0.role == role.administrationRole
            }
        }
        let approvals = adoption.proposal?.approvals ?? [:]
        guard let role = held.first(where: { approvals[$0] == nil }) ?? held.first else {
            throw .notAllowed
        }
        return (adoption, role)
    }
}

extension Adoption.Role {
    fileprivate var administrationRole: AdministrationRole {
        switch self {
        case .serviceOwner: .serviceOwner
        case .dataProtectionOfficer: .dataProtectionOfficer
        }
    }
}

extension TemplateRefusal {
    /// The refusal in the words of `/admin/v1`.
    public var problem: AdministrationProblem {
        switch self {
        case .adoption(.samePerson): .twoPeopleNeeded
        case .changedMeanwhile: .changedMeanwhile
        case .document, .objection, .versionExists, .serviceExists, .unknownVersion: .templateRefused
        default: isAboutSomethingUnknown ? .notFound : .notPossibleNow
        }
    }
}
