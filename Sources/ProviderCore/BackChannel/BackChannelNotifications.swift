public import IdentityCrypto
public import OpenIDMessages
internal import Synchronization

/// What a client in ping mode is told: the request whose tokens it can ask for now (CIBA Core §10.2).
public struct BackChannelNotification: Sendable {
    public let request: OneTimeHandle
    /// The client's own token for this request; only who holds it may notify.
    public let token: ClientNotificationToken
    public let endpoint: OutboundURL

    /// The body of the call.
    public var json: JSONObject { ["auth_req_id": .string(request.text)] }
}

/// Notifications that wait for their person's decision, and those that are to be sent. Sent once: a client that was not
/// reached polls (CIBA Core §10.2).
public final class BackChannelNotifications: Sendable {
    /// For one listener.
    public let ready: AsyncStream<BackChannelNotification>
    private let continuation: AsyncStream<BackChannelNotification>.Continuation
    private let expected = Mutex<[String: BackChannelNotification]>([:])

    init() {
        (ready, continuation) = AsyncStream.makeStream(of: BackChannelNotification.self)
    }

    var count: Int { expected.withLock { $0.count } }

    /// The client wants to hear when the login with this page has been decided.
    func expect(_ notification: BackChannelNotification, of page: String) {
        expected.withLock { $0[page] = notification }
    }

    /// The request could not be made: nobody is told.
    func withdraw(_ page: String) { expected.withLock { $0[page] = nil } }

    /// A login has ended. That time ran out is not told: it would come for nobody at the same moment, and the client
    /// knows it by itself.
    func ended(_ login: Login) {
        guard let notification = expected.withLock({ $0.removeValue(forKey: login.page) }) else { return }
        guard login.decision != .open else { return }
        continuation.yield(notification)
    }
}
