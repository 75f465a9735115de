/// What an administrator is for one region or tenant. The table of roles and actions is this file; a test walks it.
public enum AdministrationRole: String, Sendable, Hashable, CaseIterable {
    /// Keeps the region going. Sees no personal data (invariant I25).
    case regionAdministrator = "region_admin"
    /// Reads the region's and every tenant's configuration and log.
    case regionAuditor = "region_auditor"
    case tenantAdministrator = "tenant_admin"
    /// Answers for the tenant's services.
    case serviceOwner = "service_owner"
    /// The tenant's data protection officer (GDPR Art. 37).
    case dataProtectionOfficer = "dpo"
    /// Serves people at the tenant's desk.
    case clerk
    /// Verifies companies at the tenant's trade office.
    case companyClerk = "company_clerk"
    /// Reads the tenant's configuration and log.
    case auditor
    /// Staff of the tenant's IT provider, on the tenant's instruction (GDPR Art. 28).
    case operatorStaff = "operator_staff"
    /// What an approved emergency gives for a few hours; nobody grants it by hand.
    case emergency

    /// Where a role can be held.
    public enum Reach: String, Sendable, CaseIterable { case region, tenant, operated }

    public var reach: Reach {
        switch self {
        case .regionAdministrator, .regionAuditor: .region
        case .operatorStaff: .operated
        case .tenantAdministrator, .serviceOwner, .dataProtectionOfficer, .clerk, .companyClerk, .auditor, .emergency:
            .tenant
        }
    }

    /// What somebody with the role may do inside its scope.
    public var actions: Set<AdministrationAction> {
        switch self {
        case .regionAdministrator:
            [
                .readRegion, .readTenant, .readClient, .readService, .readAssignment, .grantAssignment,
                .revokeAssignment, .readEmergency, .requestEmergency, .approveEmergency,
            ]
        case .regionAuditor:
            [.readRegion, .readTenant, .readClient, .readService, .readAudit, .readAssignment, .readEmergency]
        case .tenantAdministrator:
            [
                .readTenant, .readClient, .examineClient, .admitClient, .removeClient, .readService, .publishTemplate,
                .proposeTemplate, .withdrawTemplate, .countPeople, .readSubject, .readSession, .endSession, .readDevice,
                .suspendDevice, .readAudit, .readAssignment,
                .grantAssignment, .revokeAssignment, .readEmergency,
            ]
        case .serviceOwner:
            [
                .readTenant, .readClient, .examineClient, .readService, .proposeTemplate, .approveTemplate,
                .withdrawTemplate, .countPeople,
            ]
        case .dataProtectionOfficer:
            [
                .readTenant, .readClient, .readService, .approveTemplate, .countPeople, .readSubject, .readAudit,
                .readAssignment, .readNotice, .readEmergency, .approveEmergency, .findPerson, .readRequest,
                .receiveRequest, .decideRequest,
            ]
        case .clerk:
            [
                .readTenant, .enrolPerson, .findPerson, .renamePerson, .lockAccount, .reactivateAccount,
                .replaceBlockCode, .closeAccount, .readSubject, .readSession, .endSession, .readDevice,
                .suspendDevice, .readRequest, .receiveRequest, .decideRequest,
            ]
        case .companyClerk:
            [
                .readTenant, .readCompany, .verifyCompany, .freezeCompany, .closeCompany, .readMandate, .revokeMandate,
            ]
        case .auditor: [.readTenant, .readClient, .readService, .readAudit, .readAssignment, .readEmergency]
        case .operatorStaff: [.readTenant, .readClient, .examineClient, .admitClient, .readService, .countPeople]
        case .emergency:
            [
                .readTenant, .readClient, .examineClient, .readService, .countPeople, .readSubject, .readSession,
                .endSession, .readDevice, .suspendDevice, .readAudit,
            ]
        }
    }

    /// True when somebody with the role has to do with single people's data, other than for the hours of an emergency.
    public var seesPeople: Bool { self != .emergency && actions.contains(where: \.isPersonal) }

    /// The roles that somebody with this role may give to others. Never more than these, whatever the scope.
    public var grants: Set<AdministrationRole> {
        switch self {
        case .regionAdministrator: [.regionAdministrator, .regionAuditor, .tenantAdministrator, .dataProtectionOfficer]
        case .tenantAdministrator:
            [.tenantAdministrator, .serviceOwner, .clerk, .companyClerk, .auditor, .operatorStaff]
        default: []
        }
    }

    /// The longest that one grant may last, in seconds.
    public var longestGrant: Int64 {
        switch self {
        case .emergency: 4 * 3600
        case .operatorStaff: 180 * 86_400
        default: 366 * 86_400
        }
    }
}
