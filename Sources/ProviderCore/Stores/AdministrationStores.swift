public import AccountDirectory
public import IdentityCrypto
public import OpenIDMessages

/// A bounded part of a list: the entries behind one of them.
public struct PageRequest: Sendable, Equatable {
    public static let longest = 200

    /// At most `longest`.
    public let limit: Int
    /// The identifier of the last entry of the page before; nil for the first page.
    public let after: String?

    public init(limit: Int = 50, after: String? = nil) {
        self.limit = max(1, min(limit, Self.longest))
        self.after = after
    }
}

/// A right to become the first administrator, as the provider keeps it.
public struct BootstrapTicket: Sendable, Equatable {
    public var handle: HandleDigest
    public var expiresAt: Timestamp

    public init(handle: HandleDigest, expiresAt: Timestamp) {
        self.handle = handle
        self.expiresAt = expiresAt
    }
}

/// Something that a tenant's data protection officer must hear of.
public struct AdministrationNotice: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
        case emergencyApproved = "emergency_approved"
        /// Somebody who administers the region gave a role at the tenant.
        case roleGivenByRegion = "role_given_by_region"
    }

    /// Counts up in the order of the notices.
    public var identifier: Int64
    public var kind: Kind
    /// The identifier of the emergency, or of the right that was given.
    public var object: String
    public var createdAt: Timestamp

    public init(identifier: Int64, kind: Kind, object: String, createdAt: Timestamp) {
        self.identifier = identifier
        self.kind = kind
        self.object = object
        self.createdAt = createdAt
    }
}

/// A name that somebody asked a tenant for and that the tenant does not have.
public enum MissedName: Sendable, Equatable {
    case assignment(AssignmentIdentifier)
    case emergency(EmergencyIdentifier)
    case subject(SubjectIdentifier)
    /// The name that a session of this person has for one of their subjects.
    case session(SessionName, of: AccountIdentifier)
    case company(CompanyIdentifier)
    case mandate(MandateIdentifier)
    case request(DataSubjectRequestIdentifier)
    case login(TransactionIdentifier)
    case registrationToken(RegistrationTokenIdentifier)
}

/// Whose a name is that somebody asked for at another tenant.
public enum NameOwner: Sendable, Equatable {
    case region
    case tenant(TenantIdentifier)
    /// The tenant whose people have their names in this sector.
    case sector(String)
}

/// Administrators, their dated rights, and what they did. Each call is one transaction with its audit event.
public protocol AdministrationStore: Sendable {
    /// The rights of one person that were not revoked and have not ended, also those that begin later.
    func assignments(of account: AccountIdentifier, now: Timestamp) async throws -> [AdminAssignment]

    /// Rights at the tenant, also those that are over, the oldest first.
    func assignments(in scope: TenantScope, page: PageRequest) async throws -> [AdminAssignment]
    func assignment(_ identifier: AssignmentIdentifier, in scope: TenantScope) async throws -> AdminAssignment?

    /// Rights for the region as a whole; those at tenants are the tenants'.
    func assignments(by capability: RegionCapability, page: PageRequest) async throws -> [AdminAssignment]
    func assignment(
        _ identifier: AssignmentIdentifier, by capability: RegionCapability
    ) async throws -> AdminAssignment?

    /// Writes an assignment if that of its granter still counts, no equal one exists and it goes together with what the
    /// person has (`AdministrationRules.conflicts`); false otherwise. The person is told.
    ///
    /// - Parameter town: whose data protection officers and administrators are told, of a right that the region gives there.
    func grant(
        _ approved: ApprovedAssignment, telling town: TenantScope?, now: Timestamp, event: SecurityEvent
    ) async throws -> Bool

    /// Ends an assignment at once; false when it is over. The person is told.
    func revoke(_ assignment: AdminAssignment, event: SecurityEvent) async throws -> Bool

    /// The account behind a name in administration.
    func administrator(named subject: SubjectIdentifier, in sector: SubjectSector) async throws -> AccountIdentifier?

    // The first administrator.

    func hasRegionAdministrator(now: Timestamp) async throws -> Bool
    func save(_ ticket: BootstrapTicket, event: SecurityEvent) async throws
    /// Uses up the ticket and writes the assignment, or writes nothing; false then.
    func bootstrap(
        _ ticket: HandleDigest, _ approved: ApprovedAssignment, now: Timestamp, event: SecurityEvent
    ) async throws -> Bool

    // Emergencies.

    /// Writes a request and tells the tenant's data protection officers, or its administrators where there are none; false,
    /// and nothing written, when there is nobody to be told.
    func request(_ emergency: Emergency, in scope: TenantScope, event: SecurityEvent) async throws -> Bool
    /// The newest first.
    func emergencies(in scope: TenantScope, page: PageRequest) async throws -> [Emergency]
    func emergency(_ identifier: EmergencyIdentifier, in scope: TenantScope) async throws -> Emergency?
    /// Decides an emergency that waits, gives the right and tells those who heard of the request; false when it waits no
    /// more, there is nobody to be told any more, or the right of the approver or of whoever asked is over.
    func approve(
        _ emergency: Emergency, in scope: TenantScope, _ approved: ApprovedAssignment, approver: AccountIdentifier,
        now: Timestamp, event: SecurityEvent
    ) async throws -> Bool
    /// False when it waits no more.
    func refuse(
        _ emergency: Emergency, in scope: TenantScope, approver: AccountIdentifier, event: SecurityEvent
    ) async throws -> Bool

    /// The newest first.
    func notices(in scope: TenantScope, page: PageRequest) async throws -> [AdministrationNotice]

    // Traces.

    /// Whose a name is that is not this tenant's; nil when nobody else has it (invariant I23).
    func owner(of name: MissedName, otherThan scope: TenantScope) async throws -> NameOwner?
    /// Writes what somebody saw or tried.
    func record(_ event: SecurityEvent) async throws
}

/// How many people have to do with a tenant; nobody's name.
public struct TenantCounters: Sendable, Equatable {
    /// People who have a name (a pairwise subject) in the tenant's sector.
    public var people: Int64
    /// Sessions that live and in which somebody is signed in at one of the tenant's portals.
    public var sessions: Int64
    /// How often people released claims to the tenant's portals, by service.
    public var releases: [ServiceReleases]

    public init(people: Int64, sessions: Int64, releases: [ServiceReleases] = []) {
        self.people = people
        self.sessions = sessions
        self.releases = releases
    }

    /// The releases for one service that are kept.
    public struct ServiceReleases: Sendable, Equatable {
        /// Nil for logins that were for none.
        public var service: ServiceIdentifier?
        /// In force.
        public var granted: Int64
        /// Taken back by the person.
        public var withdrawn: Int64

        public init(service: ServiceIdentifier?, granted: Int64, withdrawn: Int64) {
            self.service = service
            self.granted = granted
            self.withdrawn = withdrawn
        }
    }
}

/// A session as one tenant may see it: what its own portals know of it.
public struct TenantSession: Sendable, Equatable {
    public var identifier: SessionIdentifier
    public var context: AuthenticationContext
    public var startedAt: Timestamp
    public var expiresAt: Timestamp
    /// The tenant's own clients at which the person is signed in.
    public var clients: [ClientIdentifier]

    public init(
        identifier: SessionIdentifier, context: AuthenticationContext, startedAt: Timestamp, expiresAt: Timestamp,
        clients: [ClientIdentifier]
    ) {
        self.identifier = identifier
        self.context = context
        self.startedAt = startedAt
        self.expiresAt = expiresAt
        self.clients = clients
    }
}

/// People as one tenant knows them: by the pairwise subject of its own sector and by nothing else (invariant I24).
public protocol TenantPeopleStore: Sendable {
    func counters(in scope: TenantScope, now: Timestamp) async throws -> TenantCounters

    /// The account behind a subject of the tenant's sector; nil when the tenant has no such subject.
    func account(of subject: SubjectIdentifier, in scope: TenantScope) async throws -> AccountIdentifier?

    /// Sessions in which the subject is signed in at the tenant, the latest first.
    func sessions(
        of subject: SubjectIdentifier, in scope: TenantScope, now: Timestamp
    ) async throws -> [TenantSession]

    /// Ends such a session everywhere; false when there is none.
    func end(
        _ session: SessionIdentifier, of subject: SubjectIdentifier, in scope: TenantScope, event: SecurityEvent
    ) async throws -> Bool

    /// The devices of the person behind a subject, the oldest first; none when the tenant has no such subject.
    func devices(of subject: SubjectIdentifier, in scope: TenantScope) async throws -> [DeviceRecordRow]

    /// Suspends such a device and ends its sessions; false when it is not active or not there.
    ///
    /// - Parameters:
    ///   - actor: who does it, for the event.
    ///   - transaction: the login in which they do it.
    func suspend(
        _ device: DeviceIdentifier, of subject: SubjectIdentifier, in scope: TenantScope, by actor: SecurityEvent.Actor,
        transaction: TransactionIdentifier, time: Timestamp
    ) async throws -> Bool
}
