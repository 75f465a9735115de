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

    /// Writes a new request.
    func open(_ request: DataSubjectRequest) async throws

    /// The requests of a person, the latest first.
    func requests(of account: AccountIdentifier) async throws -> [DataSubjectRequest]

    /// Requests that are not over and whose deadline is at `time` or before, the most urgent first.
    func openRequests(dueBy time: Timestamp, limit: Int) async throws -> [DataSubjectRequest]

    /// Moves a request on by an event of its table; nil when there is none or the event cannot happen.
    func advance(
        _ request: DataSubjectRequestIdentifier, by event: DataSubjectRequestState.Event, refusal: DataSubjectRefusal?,
        time: Timestamp
    ) async throws -> DataSubjectRequest?
}

/// How much a retention run did, by what it did.
public struct RetentionReport: Sendable, Equatable {
    public var counts: [String: Int]

    public init(counts: [String: Int] = [:]) { self.counts = counts }

    public subscript(what: String) -> Int { counts[what] ?? 0 }
}
