public import AccountDirectory
public import OpenIDMessages

/// Whom a portal means that asks without a browser.
public struct BackChannelRecipient: Sendable, Equatable {
    public var account: AccountIdentifier
    /// The hat that the portal's `sub` stands for.
    public var context: ContextName
    /// The person reported a request of this client: it reaches them no more until then.
    public var stoppedAt: Timestamp?

    public init(account: AccountIdentifier, context: ContextName, stoppedAt: Timestamp? = nil) {
        self.account = account
        self.context = context
        self.stoppedAt = stoppedAt
    }
}

/// A client that the person reported, so that it asks them no more (P-11.3).
public struct BackChannelStop: Sendable, Equatable {
    public var client: ClientIdentifier
    public var stoppedAt: Timestamp

    public init(client: ClientIdentifier, stoppedAt: Timestamp) {
        self.client = client
        self.stoppedAt = stoppedAt
    }
}

/// Whom portals may ask over the back channel.
public protocol BackChannelStore: Sendable {
    /// The account with this subject in the sector, and whether it wants to hear of the client; nil when there is none.
    /// One look, the same whether there is somebody or not: its time tells nothing.
    func recipient(
        _ subject: SubjectIdentifier, in sector: SubjectSector, of client: ClientIdentifier
    ) async throws -> BackChannelRecipient?

    /// The clients that may not ask this account, the latest first.
    func stops(of account: AccountIdentifier) async throws -> [BackChannelStop]

    /// Lets a client ask this account again; false, and nothing written, when it may.
    func lift(_ client: ClientIdentifier, of account: AccountIdentifier, event: SecurityEvent) async throws -> Bool
}
