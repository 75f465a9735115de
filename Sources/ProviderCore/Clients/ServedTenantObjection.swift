internal import AccountDirectory
internal import OpenIDMessages

/// Why a client cannot ask for the town that its request names, or for none (invariant I28).
enum ServedTenantObjection: Error, Sendable, Hashable, CaseIterable {
    /// A client of one-for-all services named no town.
    case missing
    /// A client of one tenant named a town; it has nothing to choose.
    case notForThisClient
    /// The town is not one that the client serves now: not declared, not live, or without an adoption in force.
    case notServed

    /// For the caller, who hears the same of every town that the client does not serve now.
    var description: String {
        switch self {
        case .missing: "served_tenant is missing: this client serves several towns"
        case .notForThisClient: "served_tenant is only for clients that serve several towns"
        case .notServed: "served_tenant is not a town that this client serves now"
        }
    }

    var reason: Refusal { self == .notServed ? .tenantNotServed : .servedTenantUnusable }
}

extension RegisteredClient {
    /// The client on behalf of the town that a request names, which an ordinary client never does.
    func acting(naming town: TenantIdentifier?) throws(ServedTenantObjection) -> RegisteredClient {
        guard client.isOneForAll else {
            guard town == nil else { throw .notForThisClient }
            return self
        }
        guard let town else { throw .missing }
        guard let acting = acting(for: town) else { throw .notServed }
        return acting
    }
}
