internal import OpenIDMessages

/// A tenant in tokens, under `IssuerURL.tenantClaim`.
extension TenantIdentifier {
    /// What every token says of the tenant; an ID token says more beside it.
    var claim: JSONObject { ["id": .string(rawValue)] }

    /// Reads what `claim` wrote, whatever stands beside it; nil when it is not that.
    init?(claim: JSONValue) {
        guard let name = claim.object?["id"]?.string else { return nil }
        self.init(rawValue: name)
    }
}
