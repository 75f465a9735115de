internal import AccountDirectory
internal import OpenIDMessages
internal import Synchronization

/// Sessions of logins that were approved and whose outcome no browser took (docs/protocol.md P-4.7.6): the phone came back to
/// another browser, or too late, or the page was closed. Nobody has their cookie, so they end. A session that the browser had
/// before goes on without one until it expires.
final class UndeliveredSessions: Sendable {
    private struct Session {
        let identifier: SessionIdentifier
        let account: AccountIdentifier
        let tenant: TenantIdentifier
        let transaction: TransactionIdentifier
    }

    private let waiting = Mutex<[Session]>([])

    /// A login has ended, whatever way.
    func ended(_ login: Login) {
        guard login.state != .complete, let prize = login.answer?.prize else { return }
        note(prize, of: login)
    }

    /// A login is forgotten. What is redeemed by polling needs no browser that takes it.
    func forgotten(_ login: Login) {
        guard login.state == .complete, !login.isDelivered, login.start.redemption == nil,
            let prize = login.answer?.prize
        else { return }
        note(prize, of: login)
    }

    /// The store took the approval of a login that had ended by then.
    func note(_ prize: Login.Prize, of login: Login) {
        guard let claim = login.claim else { return }
        let session = Session(
            identifier: prize.sessionIdentifier, account: claim.account,
            tenant: login.request.client.scope.tenant.identifier, transaction: login.transaction)
        waiting.withLock { $0.append(session) }
    }

    /// Ends them; after a fault of the store the rest waits for the next call.
    func end(in store: any SessionStore, now: Timestamp) async throws {
        while let session = waiting.withLock({ $0.popLast() }) {
            let event = SecurityEvent(
                .sessionEnded, time: now, tenant: session.tenant, object: session.identifier.rawValue,
                transaction: session.transaction, actor: .system)
            do {
                _ = try await store.end(session.identifier, of: session.account, event: event)
            } catch {
                waiting.withLock { $0.append(session) }
                throw error
            }
        }
    }
}
