public import AccountDirectory
public import OpenIDMessages

/// The audit chains. Events that record a change are written by the call that makes it, in its transaction; nothing here
/// or anywhere changes one, and `removeCutAudit` alone removes some.
public protocol AuditStore: Sendable {
    /// Writes events that record no change, such as a refused attempt.
    func record(_ events: [SecurityEvent]) async throws

    /// The end of every chain that has a head or an event, by name.
    func auditHeads() async throws -> [AuditHead]

    /// Events of a chain in their order, from the one after `number` on. For the walk that verifies a chain, which hands none
    /// of them on, and behind `AuditReach` for the export.
    func auditEntries(of chain: AuditChain, after number: Int64, limit: Int) async throws -> [AuditEntry]

    /// Events of a chain that satisfy the filter, the latest first, before `cursor`. Looks at a bounded number of events:
    /// a page may be empty and still have a next one.
    func auditPage(
        of reach: AuditReach, _ filter: AuditFilter, before cursor: Int64?, limit: Int
    ) async throws -> AuditPage

    /// What concerns a person and what they did in administration, in all chains, the latest first, before `cursor`.
    ///
    /// - Parameter onlyLooks: leaves out all but who else has seen or got data of the person.
    func auditPage(
        of account: AccountIdentifier, onlyLooks: Bool, before cursor: Int64?, limit: Int
    ) async throws -> AuditPage

    /// What is a company's business (`CompanyAuditPage.families`), in all chains, the latest first, before `cursor`; with
    /// the membership that whoever did it had in the company then.
    func auditPage(of company: CompanyIdentifier, before cursor: Int64?, limit: Int) async throws -> CompanyAuditPage

    /// Puts the anchor of a cut in the place of the one that the cut was made behind, and writes its event at the end of the
    /// chain, in one transaction; false, and nothing written, when another anchor is there. Events up to the anchor are no
    /// longer the chain's.
    func cutAudit(_ cut: AuditCut) async throws -> Bool

    /// Removes events of a chain that are behind its anchor, at most `limit`; how many.
    func removeCutAudit(of chain: AuditChain, limit: Int) async throws -> Int
}

extension AuditStore {
    /// What concerns a person or is their act in administration, of every kind.
    public func auditPage(
        of account: AccountIdentifier, before cursor: Int64?, limit: Int
    ) async throws -> AuditPage {
        try await auditPage(of: account, onlyLooks: false, before: cursor, limit: limit)
    }
}

/// Which events of a chain are wanted.
public struct AuditFilter: Sendable, Equatable {
    /// A kind such as `auth.failed`, or a family such as `auth`; nil for all.
    public let kind: String?
    /// From then on.
    public var since: Timestamp?
    /// Until then, inclusive.
    public var until: Timestamp?

    /// Nil when `kind` is neither a kind nor a family of kinds: lower-case letters and `_`, at most one point.
    public init?(kind: String? = nil, since: Timestamp? = nil, until: Timestamp? = nil) {
        guard kind.map({ $0.wholeMatch(of: /[a-z_]{1,32}(\.[a-z_]{1,32})?/) != nil }) ?? true else { return nil }
        self.kind = kind
        self.since = since
        self.until = until
    }

    /// Every event.
    public static let everything = AuditFilter(everything: ())

    private init(everything: ()) { kind = nil }
}

/// Some events, and where the next ones begin.
public struct AuditPage: Sendable, Equatable {
    public var entries: [AuditEntry]
    /// What to give as `before` for the next page; nil when there is none.
    public var next: Int64?
    /// Of the events of one person: under which name the person stands in each chain.
    public var names: [AuditChain: AuditPseudonym]

    public init(entries: [AuditEntry], next: Int64?, names: [AuditChain: AuditPseudonym] = [:]) {
        self.entries = entries
        self.next = next
        self.names = names
    }
}
