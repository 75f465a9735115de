public import AccountDirectory
internal import OpenIDMessages

/// Templates at one tenant, for administrators who have logged in. Refusals are `AdministrationProblem`.
extension TemplateFlow {
    /// What the tenant has adopted or is asked to adopt, in the region's order.
    public func adoptions(in scope: TenantScope) -> [Adoption] {
        library.adoptions.filter { $0.tenant == scope.tenant.identifier && $0.state != .withdrawn }
    }

    /// An administrator agrees to what waits, in the role that they hold at the tenant; of two roles in the one that has
    /// not agreed. It takes two people: the same account cannot agree twice.
    public func approve(
        template name: String, in scope: TenantScope, by administrator: Administrator
    ) async throws -> Adoption {
        let adoption = adoptions(in: scope).first { $0.template.rawValue == name }
        guard let adoption else { throw AdministrationProblem.notFound }
        let held = Adoption.Role.allCases.filter { role in
            administrator.assignments.contains {
                $0.scope == .tenant(scope.tenant.identifier) && $0.role == role.administrationRole
            }
        }
        let approvals = adoption.proposal?.approvals ?? [:]
        guard let role = held.first(where: { approvals[$0] == nil }) ?? held.first else {
            throw AdministrationProblem.notAllowed
        }
        do {
            return try await approve(
                adoption.template, at: scope.tenant.identifier, as: role, by: administrator.subject.rawValue,
                administrator: administrator)
        } catch let refusal as TemplateRefusal { throw refusal.problem }
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
    fileprivate var problem: AdministrationProblem {
        switch self {
        case .adoption(.samePerson): .twoPeopleNeeded
        case .changedMeanwhile: .changedMeanwhile
        default: isAboutSomethingUnknown ? .notFound : .notPossibleNow
        }
    }
}
