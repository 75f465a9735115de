public import AccountDirectory

/// What happened to a company and was done for it, as its administrators read it.
public struct CompanyAuditPage: Sendable, Equatable {
    /// An event, and whose act it was where that is the company's to know.
    public struct Event: Sendable, Equatable {
        public var entry: AuditEntry
        /// The member who did it. Colleagues know each other by the membership; of everybody else there is no name here: not
        /// of clerks, nor of the people of a service company, nor of a member whose account was erased (I21, I39).
        public var member: MembershipIdentifier?

        public init(entry: AuditEntry, member: MembershipIdentifier?) {
            self.entry = entry
            self.member = member
        }
    }

    /// The latest first.
    public var events: [Event]
    /// What to give as `before` for the next page; nil when there is none.
    public var next: Int64?

    /// The families of kinds that are a company's business. A login for it is one, as `mandate.used`; the phone, session and
    /// tokens of the login are its people's own (I21).
    public static let families = ["company", "invitation", "membership", "mandate"]

    public init(events: [Event], next: Int64?) {
        self.events = events
        self.next = next
    }
}

extension AuditFlow {
    /// Who acted for a company, where and when, and what changed in it, the latest first.
    public func page(
        of company: AdministeredCompany, before cursor: Int64? = nil, limit: Int = 100
    ) async throws -> CompanyAuditPage {
        try await store.auditPage(of: company.identifier, before: cursor, limit: min(limit, Self.largestPage))
    }
}
