internal import OpenIDMessages
internal import ProviderCore
internal import Synchronization

/// Grants that were read lately, so that the calls with one token do not read and parse thirty columns again and again.
///
/// What was granted never changes, and a transaction never comes again: nothing here can be out of date. Whether a grant
/// still counts is not remembered; it is read at every call.
final class KnownGrants: Sendable {
    private let capacity: Int
    private let grants = Mutex<[TransactionIdentifier: Shared<AuthorizationGrant>]>([:])

    /// - Parameter capacity: how many are remembered; then all are forgotten.
    init(capacity: Int = 8_192) { self.capacity = capacity }

    func grant(_ transaction: TransactionIdentifier) -> Shared<AuthorizationGrant>? {
        grants.withLock { $0[transaction] }
    }

    func remember(_ grant: Shared<AuthorizationGrant>) {
        grants.withLock { grants in
            if grants.count >= capacity { grants.removeAll(keepingCapacity: true) }
            grants[grant.wrappedValue.transaction] = grant
        }
    }

    func forget() { grants.withLock { $0.removeAll() } }
}
