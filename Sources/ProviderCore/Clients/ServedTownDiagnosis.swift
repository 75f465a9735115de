internal import AccountDirectory
internal import OpenIDMessages

/// For which of its declared towns a client of one-for-all services acts now, and what the others lack (invariant I28). A
/// pure rule.
struct ServedTownDiagnosis {
    /// Why a declared town is not served.
    enum Obstacle: Sendable, Hashable, CaseIterable {
        case townNotLive
        /// The town has proposed a template; the two approvals are not there yet.
        case adoptionWaits
        case nothingAdopted
        /// What the town adopted wants a client that is more strongly secured (invariants I34, I35).
        case clientTooWeak
    }

    /// The declared towns in their order; nil for one that is served.
    let towns: [(name: TenantIdentifier, obstacle: Obstacle?)]

    var findings: [IntegrationFinding] {
        let check = ClientCheck.servedTowns
        let served = towns.filter { $0.obstacle == nil }.map(\.name.rawValue)
        let good = served.isEmpty ? [] : [check.ok("The client acts for \(served.joined(separator: ", ")).")]
        return good
            + towns.compactMap { town in
                town.obstacle.map {
                    check.failure("The client does not act for \(town.name): \($0.cause).", $0.remedy)
                }
            }
    }
}

extension ServedTownDiagnosis.Obstacle {
    fileprivate var cause: String {
        switch self {
        case .townNotLive: "the town is not live"
        case .adoptionWaits: "its adoption waits for approval"
        case .nothingAdopted: "it has adopted none of the client's services"
        case .clientTooWeak: "the client may not ask for what it has adopted"
        }
    }

    fileprivate var remedy: String {
        switch self {
        case .townNotLive: "Wait until the town is live, or take it out of served_tenants."
        case .adoptionWaits: "Let the town's service owner and its data protection officer approve the adoption."
        case .nothingAdopted: "Let the town adopt one of the services, or take it out of served_tenants."
        case .clientTooWeak: "Correct what is said under registration about the service."
        }
    }
}

extension ClientRegistry {
    /// What stands between a client of one-for-all services and each of its declared towns.
    func servedTowns(of registered: RegisteredClient) -> ServedTownDiagnosis {
        ServedTownDiagnosis(towns: registered.client.servedTenants.map { ($0, obstacle(between: registered, and: $0)) })
    }

    private func obstacle(
        between registered: RegisteredClient, and town: TenantIdentifier
    ) -> ServedTownDiagnosis.Obstacle? {
        guard registered.acting(for: town) == nil else { return nil }
        guard tenant(town)?.isLive == true else { return .townNotLive }
        let client = registered.client
        guard adopted(by: town, from: client).isEmpty else { return .clientTooWeak }
        let library = library
        // Terms in force that give no service have become impossible: that is as if nothing were adopted.
        let waits = client.services.compactMap { library.adoption(of: $0, at: town) }.contains { $0.terms == nil }
        return waits ? .adoptionWaits : .nothingAdopted
    }
}
