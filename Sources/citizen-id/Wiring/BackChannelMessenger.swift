internal import Logging
internal import OpenIDMessages
internal import OutboundHTTP
internal import ProviderCore
internal import ServiceLifecycle

/// Tells clients in ping mode that a person has decided (OpenID Connect CIBA Core §10.2): once, without a second try. Who
/// was not reached polls.
struct BackChannelMessenger: ServiceLifecycle.Service {
    let provider: Provider
    let outbound: OutboundFetcher
    let logger: Logger

    func run() async throws {
        // One that hangs must not hold up the next.
        await withDiscardingTaskGroup { group in
            for await notification in provider.backChannelNotifications.ready.cancelOnGracefulShutdown() {
                group.addTask { await send(notification) }
            }
            group.cancelAll()
        }
    }

    private func send(_ notification: BackChannelNotification) async {
        let host = "\(notification.endpoint.host)"
        do {
            let status = try await outbound.notify(
                notification.json, bearer: notification.token, at: notification.endpoint)
            guard ![200, 204].contains(status) else { return }
            logger.warning("a portal refused a notification", metadata: ["host": "\(host)", "status": "\(status)"])
        } catch {
            logger.warning("a portal was not notified", metadata: ["host": "\(host)", "reason": "\(error)"])
        }
    }
}
