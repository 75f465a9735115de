public import AccountDirectory
public import IdentityCrypto
public import OpenIDMessages

/// What goes by itself when its time has come, and the requests of people about their data.
public protocol RetentionStore: Sendable {
    /// Does what is due (docs/domain.md, "An account's life"), except erasures, which portals have to hear of. Small
    /// transactions, so that a login waits for none of them.
    func applyRetention(_ policy: RetentionPolicy, now: Timestamp) async throws -> RetentionReport

    /// People whose likeness was not written, at most `limit`.
    func peopleWithoutLikeness(limit: Int) async throws -> [(PersonIdentifier, PersonRecord)]

    func save(likeness: SecretDigest, of person: PersonIdentifier) async throws

    /// Writes a new request, with the steps that led to its state; false, and nothing written, when so many of the person's
    /// wait already. The events stand in the chain of the town that is asked, or at whose desk it happens.
    func open(_ request: DataSubjectRequest, mostOpen: Int, by author: Author, time: Timestamp) async throws -> Bool

    /// The requests of a person, at most a hundred: those that wait first, the latest first.
    func requests(of account: AccountIdentifier) async throws -> [DataSubjectRequest]

    func request(_ identifier: DataSubjectRequestIdentifier) async throws -> DataSubjectRequest?

    /// Requests to the region and to all its towns, that are over or are not, the most urgent first.
    func requests(ended: Bool, page: PageRequest) async throws -> [DataSubjectRequest]

    /// The same for those to one town.
    func requests(in scope: TenantScope, ended: Bool, page: PageRequest) async throws -> [DataSubjectRequest]
    func request(
        _ identifier: DataSubjectRequestIdentifier, in scope: TenantScope
    ) async throws -> DataSubjectRequest?

    /// Moves a request on by events of its table, the author's first and what follows from it; nil, and nothing is written,
    /// when there is no such request or they cannot happen.
    func advance(
        _ request: DataSubjectRequestIdentifier, by events: [DataSubjectRequestState.Event],
        refusal: DataSubjectRefusal?,
        author: Author, time: Timestamp
    ) async throws -> DataSubjectRequest?
}

/// How much a retention run did, by what it did.
public struct RetentionReport: Sendable, Equatable {
    public var counts: [String: Int]

    public init(counts: [String: Int] = [:]) { self.counts = counts }

    public subscript(what: String) -> Int { counts[what] ?? 0 }
}
