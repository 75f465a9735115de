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

/// Whom portals may ask over the back channel.
public protocol BackChannelStore: Sendable {
    /// The account with this subject in the sector, and whether it wants to hear of the client; nil when there is none.
    /// One look, the same whether there is somebody or not: its time tells nothing.
    func recipient(
        _ subject: SubjectIdentifier, in sector: SubjectSector, of client: ClientIdentifier
    ) async throws -> BackChannelRecipient?
}
