public import AccountDirectory
public import IdentityCrypto
public import OpenIDMessages

/// The life of accounts and of their devices. Each call is one transaction with its audit events and notices; what a
/// caller saw before (`from`) must still be so, or nothing is written.
public protocol AccountStore: Sendable {
    /// An account that is not closed.
    func profile(of account: AccountIdentifier) async throws -> AccountProfile?

    /// Accounts that are not closed and whose person has this likeness, the oldest first, at most 20.
    func accounts(like likeness: SecretDigest) async throws -> [AccountProfile]

    /// The account with this upstream identity.
    func account(linkedBy digest: SecretDigest) async throws -> AccountProfile?

    /// Opens a case, or gives the one that this town has open for this likeness.
    ///
    /// - Parameter event: what is written when the case is new, with its identifier as the object.
    func openCase(
        like likeness: SecretDigest, in scope: TenantScope, event: SecurityEvent
    ) async throws -> DuplicateCase

    /// Answers this town's open case for this likeness; false when there is none.
    ///
    /// - Parameter event: what is written then, with the case's identifier as the object.
    func answerCase(
        like likeness: SecretDigest, in scope: TenantScope, as state: DuplicateCase.State, event: SecurityEvent
    ) async throws -> Bool

    /// The cases that a town has open.
    func openCases(in scope: TenantScope) async throws -> [DuplicateCase]

    /// Writes a ticket for an account that exists.
    func issue(_ ticket: TicketRecord, event: SecurityEvent) async throws -> AccountChange

    /// Locks an account: its sessions end, its portals hear of it, its unused tickets are void. Of one that is locked one more
    /// reason is noted; an authority's order stops a closing.
    func lock(
        _ account: AccountIdentifier, for reason: LockReason, by author: Author, time: Timestamp
    ) async throws -> AccountChange

    /// Lifts a lock, or cancels a closing. Without an active device the account waits for the one that `ticket` enrols.
    ///
    /// - Parameter found: a suspended or locked device that is active again.
    func reactivate(
        _ from: AccountProfile, as reactivation: AccountRules.Reactivation, found: DeviceIdentifier?,
        ticket: TicketRecord, by author: Author, time: Timestamp
    ) async throws -> AccountChange

    /// What happens to a device of the account. Its last active device takes the account along (I2).
    ///
    /// - Parameter approval: for `approve`, the level of what approved it (I12).
    func change(
        _ device: DeviceIdentifier, of account: AccountIdentifier, by event: DeviceState.Event,
        approval: AssuranceLevel?, author: Author, time: Timestamp
    ) async throws -> DeviceChange

    /// Writes what new evidence proved (I5, I6), and its level, which is not below the account's.
    ///
    /// - Parameters:
    ///   - link: an identity elsewhere that is the account's from now on; not possible when it is another one's.
    ///   - ticket: for a further device; not possible where `issue(_:event:)` is not.
    ///   - events: what is written with it.
    func supersede(
        _ from: AccountProfile, by person: PersonRecord, likeness: SecretDigest?, change: AttributeChange,
        evidence: Evidence, link: IdentityLink?, ticket: TicketRecord?, events: [SecurityEvent], time: Timestamp
    ) async throws -> AccountChange

    /// Replaces the contact data, which nobody verifies.
    func changeContact(
        of account: AccountIdentifier, email: String?, phoneNumber: String?, time: Timestamp
    ) async throws -> AccountChange

    /// Replaces the code that locks the account; the person is told.
    func replaceBlockCode(
        of account: AccountIdentifier, with digest: SecretDigest, by author: Author, time: Timestamp
    ) async throws -> AccountChange

    /// Begins to close an account: sessions end, devices are revoked, and at `eraseAt` it is erased.
    ///
    /// - Parameters:
    ///   - liftsOrder: the authority that ordered a lock has lifted it; else such an account does not close.
    ///   - request: the person's wish to be erased, which begins with the closing and is done with the erasure; nil when it is
    ///     nobody's wish.
    func requestClosing(
        of from: AccountProfile, liftsOrder: Bool, eraseAt: Timestamp, request: DataSubjectRequest?, by author: Author,
        time: Timestamp
    ) async throws -> AccountChange

    /// Closing accounts whose time has come, the oldest first.
    func dueErasures(now: Timestamp, limit: Int) async throws -> [AccountIdentifier]

    /// Who knows the account.
    func relations(of account: AccountIdentifier) async throws -> AccountRelations

    /// Erases a closing account whose time has come, and queues a notice for each portal; false when there is none.
    func erase(_ account: AccountIdentifier, telling notices: [PurgeNotice], time: Timestamp) async throws -> Bool

    /// Makes sure that no copy of an erased row is left in the file, if rows were erased at `time` or before; false when
    /// nothing had to be done.
    func cleanFile(ifErasedBefore time: Timestamp) async throws -> Bool

    /// Everything that is stored about a person, by kind.
    func personalData(of account: AccountIdentifier) async throws -> [PersonalSection]

    /// Writes what did not change anything.
    func record(_ event: SecurityEvent) async throws

    /// What the person was told, the latest first.
    func notices(of account: AccountIdentifier, limit: Int) async throws -> [NoticeRecord]

    /// Notes that the person has seen it; false when the account has no such unread notice.
    func markRead(_ notice: NoticeIdentifier, of account: AccountIdentifier, time: Timestamp) async throws -> Bool
}

extension EnrolmentStore {
    /// Writes a new account of which nothing is known but its person.
    public func register(_ account: AccountRecord, ticket: TicketRecord, events: [SecurityEvent]) async throws {
        let createdAt = events.first?.time ?? ticket.expiresAt - Lifetime.ticket
        _ = try await register(NewAccount(account, ticket: ticket, createdAt: createdAt), events: events)
    }
}
