internal import AccountDirectory
internal import OpenIDMessages

/// How many places of a bounded memory each town holds. Whoever floods one town's pages leaves room for the other towns
/// (checklist K4): a town takes a place while it holds fewer than are free. One that is flooded fills a half, and of `n`
/// that are flooded each fills one part of `n + 1`, so that the memory is never full for a quiet town.
struct TenantShares: Sendable {
    let capacity: Int
    private var held: [TenantIdentifier: Int] = [:]
    private(set) var total = 0

    init(capacity: Int) { self.capacity = capacity }

    func hasRoom(for tenant: TenantIdentifier) -> Bool { held[tenant, default: 0] < capacity - total }

    mutating func take(_ tenant: TenantIdentifier) {
        held[tenant, default: 0] += 1
        total += 1
    }

    mutating func giveBack(_ tenant: TenantIdentifier) {
        guard let count = held[tenant] else { return }
        held[tenant] = count == 1 ? nil : count - 1
        total -= 1
    }
}

extension ValidatedAuthorizationRequest {
    /// The town for which its client asks.
    var tenant: TenantIdentifier { client.scope.tenant.identifier }
}
