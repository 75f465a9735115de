internal import AccountDirectory
internal import OpenIDMessages
internal import Synchronization

/// Logins that were approved and whose outcome no browser took (docs/protocol.md P-4.7.6): the phone came back to another
/// browser, or too late, or not at all. What their approvals wrote is still to be taken back.
final class AbandonedLogins: Sendable {
    private let waiting = Mutex<[AbandonedLogin]>([])

    /// A login has ended, whatever way.
    func ended(_ login: Login) {
        guard login.state != .complete, let session = login.answer?.session else { return }
        note(login, session: session)
    }

    /// A login is forgotten. What is redeemed by polling needs no browser that takes it.
    func forgotten(_ login: Login) {
        guard login.state == .complete, !login.isDelivered, login.start.redemption == nil,
            let session = login.answer?.session
        else { return }
        note(login, session: session)
    }

    /// The store took an approval of a login that had ended by then.
    func note(_ login: Login, session: SessionRecord) {
        let abandoned = AbandonedLogin(
            transaction: login.transaction, account: session.account,
            tenant: login.request.client.scope.tenant.identifier, session: session.identifier, state: login.state)
        waiting.withLock { $0.append(abandoned) }
    }

    /// Takes back what can be taken back; after a fault of the store the rest waits for the next call.
    func settle(in store: any SessionStore, clock: ProviderClock) async throws {
        while let login = waiting.withLock({ $0.popLast() }) {
            do { try await store.abandon(login, now: clock.now()) } catch {
                waiting.withLock { $0.append(login) }
                throw error
            }
        }
    }
}
