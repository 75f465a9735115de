internal import OpenIDMessages

/// What a client of one-for-all services ("Einer für alle") is held to by the towns that it serves.
extension ClientRules {
    /// Everything that stands against `client` acting for `towns` (invariant I28). Of an ordinary client nothing is asked.
    public func objections(to client: Client, serving towns: [Tenant]) -> [ClientObjection] {
        guard client.isOneForAll else { return [] }
        return people(client) + towns.flatMap { scopes(client, at: $0) }
    }

    /// People have another name in each town: a sector of the client's own, or one for all clients, would join them.
    private func people(_ client: Client) -> [ClientObjection] {
        var objections: [ClientObjection] = []
        if client.subjectType == .public {
            objections.append(
                ClientObjection(.subjectType, "a client that serves several towns has pairwise subjects"))
        }
        if client.sectorIdentifierURI != nil {
            objections.append(
                ClientObjection(
                    .sectorIdentifierURI,
                    "a client that serves several towns has the sector of each, and none of its own"))
        }
        return objections
    }

    private func scopes(_ client: Client, at town: Tenant) -> [ClientObjection] {
        client.scopes.filter { !(town.allowedScopes?.contains($0) ?? true) }.map { scope in
            ClientObjection(.scope, "tenant `\(town.identifier)` does not allow scope `\(scope)`", value: scope)
        }
    }
}
