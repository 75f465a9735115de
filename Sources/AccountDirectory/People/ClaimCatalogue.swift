/// Which claims each scope stands for (OpenID Connect Core §5.4; docs/integration.md).
public enum ClaimCatalogue {
    /// The claims of each scope, in the order in which people see them.
    public static let scopes: [(scope: String, claims: [String])] = [
        ("openid", []),
        ("person", ["given_name", "family_name", "title"]),
        ("person_birth", ["birthdate", "birth_family_name", "place_of_birth"]),
        ("person_address", ["address"]),
        ("email", ["email"]),
        ("phone", ["phone_number"]),
    ]

    /// True when `scope` is one that the region knows.
    public static func contains(scope: String) -> Bool { scopes.contains { $0.scope == scope } }

    /// The claims that `requested` scopes stand for, in catalogue order.
    public static func claims(for requested: [String]) -> [String] {
        scopes.filter { requested.contains($0.scope) }.flatMap(\.claims)
    }

    /// Every claim of the catalogue.
    public static let all: [String] = scopes.flatMap(\.claims)
}
