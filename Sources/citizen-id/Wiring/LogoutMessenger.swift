internal import Logging
internal import OutboundHTTP
internal import ProviderCore
internal import ServiceLifecycle

/// Tells portals that a session has ended (OpenID Connect Back-Channel Logout §2.5): at once, and every few seconds
/// what is due again because a portal was not reached.
struct LogoutMessenger: ServiceLifecycle.Service {
    let provider: Provider
    let outbound: OutboundFetcher
    let logger: Logger

    func run() async throws {
        let bell = provider.logoutBell
        // A round for each ring: one that waits for a hanging portal must not hold up the next.
        await withDiscardingTaskGroup { group in
            group.addTask {
                while !Task.isCancelled {
                    bell.ring()
                    try? await Task.sleep(for: .seconds(5))
                }
            }
            for await _ in bell.rings.cancelOnGracefulShutdown() {
                group.addTask { await deliver() }
            }
            // What was not delivered is due again at the next start.
            group.cancelAll()
        }
    }

    private func deliver() async {
        do {
            try await provider.logoutDeliveries.deliverDue { form, url in try await outbound.post(form, to: url) }
        } catch {
            logger.error("logout deliveries failed", metadata: ["fault": "\(String(reflecting: type(of: error)))"])
        }
    }
}
