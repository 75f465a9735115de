/// What an administrator may do. Every route of `/admin/v1` needs exactly one.
public enum AdministrationAction: String, Sendable, Hashable, CaseIterable {
    case readRegion = "region.read"
    case readTenant = "tenant.read"
    case readClient = "client.read"
    case examineClient = "client.examine"
    /// Hand out rights to register clients of the tenant.
    case admitClient = "client.admit"
    case removeClient = "client.remove"
    case readService = "service.read"
    /// Agree to a template that the tenant is to adopt, in one's own role.
    case approveTemplate = "template.approve"
    /// Publish a template that the tenant has developed and signed.
    case publishTemplate = "template.publish"
    /// Ask the tenant's two people to adopt a template or another version of one, or stay with the version in force.
    case proposeTemplate = "template.propose"
    /// Offer the service of a template no more.
    case withdrawTemplate = "template.withdraw"
    /// How many people, never who.
    case countPeople = "person.count"
    /// Record a person whose identity was proved at the desk.
    case enrolPerson = "person.enrol"
    /// Look for the account of the person at the desk.
    case findPerson = "person.find"
    /// Record what new evidence proved of the person at the desk, for instance a new name.
    case renamePerson = "person.rename"
    case lockAccount = "account.lock"
    /// Give a locked account back to its person, or cancel its closing.
    case reactivateAccount = "account.reactivate"
    /// Make a fresh code that locks the account.
    case replaceBlockCode = "account.block_code"
    case closeAccount = "account.close"
    /// Whether a pairwise subject has a relation with the tenant, and since when.
    case readSubject = "subject.read"
    case readSession = "session.read"
    case endSession = "session.end"
    case readDevice = "device.read"
    case suspendDevice = "device.suspend"
    /// See the companies that the tenant's office looks after.
    case readCompany = "company.read"
    /// Record what proves a company.
    case verifyCompany = "company.verify"
    /// Freeze a company, or end a freeze.
    case freezeCompany = "company.freeze"
    /// Close a company that is frozen.
    case closeCompany = "company.close"
    /// See what the companies of the tenant's office let somebody do for them, and not whom.
    case readMandate = "mandate.read"
    /// End a mandate of such a company.
    case revokeMandate = "mandate.revoke"
    /// See what people ask the tenant about their data.
    case readRequest = "request.read"
    /// Write down a request that came without a phone, and that its person was identified.
    case receiveRequest = "request.receive"
    case decideRequest = "request.decide"
    case readAudit = "audit.read"
    case readAssignment = "assignment.read"
    case grantAssignment = "assignment.grant"
    case revokeAssignment = "assignment.revoke"
    /// Read what the tenant's data protection officer must hear of.
    case readNotice = "notice.read"
    case readEmergency = "emergency.read"
    case requestEmergency = "emergency.request"
    case approveEmergency = "emergency.approve"

    /// True for what shows or touches data of single people. A company's are among them: those of a sole trader are
    /// personal data, and an extract names people.
    public var isPersonal: Bool {
        switch self {
        case .enrolPerson, .findPerson, .renamePerson, .lockAccount, .reactivateAccount, .replaceBlockCode,
            .closeAccount, .readSubject, .readSession, .endSession, .readDevice, .suspendDevice, .readCompany,
            .verifyCompany, .freezeCompany, .closeCompany, .readMandate, .revokeMandate, .readRequest, .receiveRequest,
            .decideRequest:
            true
        default: false
        }
    }
}
