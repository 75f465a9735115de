/// What a member may do inside the company. What a member may do for the company outside is a mandate's to say.
public enum CompanyRole: String, Sendable, Hashable, CaseIterable, Comparable {
    /// Everything, also appoint and remove administrators and close the account.
    case orgAdmin = "org_admin"
    /// Gives and takes mandates.
    case rightsAdmin = "rights_admin"
    /// Invites, suspends and removes members.
    case userAdmin = "user_admin"
    case member

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    /// Roles that whoever has this one may give to others and take from them: never more than one's own.
    public var grantable: Set<CompanyRole> {
        switch self {
        case .orgAdmin: Set(CompanyRole.allCases)
        case .userAdmin: [.userAdmin, .member]
        case .rightsAdmin, .member: []
        }
    }
}

/// The roles of one member: at least one, in one order.
public struct CompanyRoles: Sendable, Hashable {
    public let roles: [CompanyRole]

    /// Nil when there is none.
    public init?(_ roles: some Sequence<CompanyRole>) {
        let roles = Set(roles)
        guard !roles.isEmpty else { return nil }
        self.roles = roles.sorted()
    }

    public static let member = CompanyRoles(only: .member)
    public static let administrator = CompanyRoles(only: .orgAdmin)

    private init(only role: CompanyRole) { roles = [role] }

    public func contains(_ role: CompanyRole) -> Bool { roles.contains(role) }

    /// These and those.
    public func union(_ other: CompanyRoles) -> CompanyRoles {
        CompanyRoles(roles + other.roles) ?? self
    }

    /// True when whoever has these roles may give and take all of `other`.
    public func mayGrant(_ other: CompanyRoles) -> Bool {
        let grantable = roles.reduce(into: Set<CompanyRole>()) { $0.formUnion($1.grantable) }
        return grantable.isSuperset(of: other.roles)
    }
}
