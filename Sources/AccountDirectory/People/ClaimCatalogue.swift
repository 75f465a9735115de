/// Which claims each scope stands for (OpenID Connect Core §5.4; docs/domain.md).
public enum ClaimCatalogue {
    /// Ages that a portal may ask about without learning a birth date. A short list: whoever could ask for any age would
    /// learn the birth date in a few questions.
    public static let ages = [12, 14, 16, 18, 21, 60, 65, 67]

    /// The claims of each scope, in the order in which people see them.
    public static let scopes: [(scope: String, claims: [String])] = [
        ("openid", []),
        ("person", ["given_name", "family_name", "title"]),
        ("person_birth", ["birthdate", "birth_family_name", "place_of_birth", "nationalities"]),
        ("person_address", ["address"]),
        ("email", ["email"]),
        ("phone", ["phone_number"]),
        ("residency", [resident]),
        ("age", ages.map(age)),
        ("org", ["organization"]),
        ("org_ids", ["organization_identifiers"]),
        ("org_address", ["organization_address"]),
        ("mandate", ["mandate"]),
        ("mailbox", ["mailbox"]),
    ]

    /// Registered in the portal's own town: yes instead of an address.
    public static let resident = "resident_here"

    /// The claim that somebody is at least so many years old.
    public static func age(_ years: Int) -> String { "age_over_\(years)" }

    /// What the scope `age` stands for in a login that is for no service.
    private static let commonAge = age(18)

    /// True when `scope` is one that the region knows.
    public static func contains(scope: String) -> Bool { scopes.contains { $0.scope == scope } }

    /// The claims that `requested` scopes allow to ask for, in catalogue order.
    public static func claims(for requested: [String]) -> [String] {
        scopes.filter { requested.contains($0.scope) }.flatMap(\.claims)
    }

    /// The claims that `requested` scopes ask for, in catalogue order. One age is asked about: the service's, else that of
    /// legal majority.
    ///
    /// - Parameter service: what the service may ask for; nil for a login that is for none.
    public static func asked(by requested: [String], service: [String]?) -> [String] {
        let claims = claims(for: requested)
        guard let service else { return claims.filter { !isAge($0) || $0 == commonAge } }
        return claims.filter(service.contains)
    }

    /// Every claim of the catalogue.
    public static let all: [String] = scopes.flatMap(\.claims)

    /// What together makes the claim `name` (OpenID Connect Core §5.1), which the catalogue does not have by itself: it goes
    /// with these, and tells nothing that they do not. A title that is released stands before them.
    public static let partsOfName = ["given_name", "family_name"]

    /// The claims that a request means by these names.
    public static func meant(by names: [String]) -> [String] {
        names.flatMap { $0 == "name" ? partsOfName : [$0] }
    }

    /// True for `resident_here` and `age_over_N`: answers that are derived, and only from what is verified.
    public static func isPredicate(_ claim: String) -> Bool { claim == resident || isAge(claim) }

    private static func isAge(_ claim: String) -> Bool { claim.utf8.starts(with: "age_over_".utf8) }

    /// True for claims about a company and the power to act for it: only a login in a company's context has them.
    public static func isAboutCompany(_ claim: String) -> Bool { aboutCompanies.contains(claim) }

    private static let aboutCompanies = Set(claims(for: ["org", "org_ids", "org_address", "mandate"]))

    /// The name under which a claim stands in tokens: registered names as they are, the region's own in its namespace.
    public static func spelling(_ claim: String, namespace: String) -> String {
        claim == "mailbox" ? namespace + claim : claim
    }

    /// Every name of a claim that tokens and userinfo may have (OpenID Connect Discovery §3).
    public static func supported(namespace: String) -> [String] {
        all.filter { !isPredicate($0) && !isAboutCompany($0) }.map { spelling($0, namespace: namespace) }
            + ["name", "email_verified", "phone_number_verified"]
            + ["predicates", "acting_for", "mandate", "context", "tenant"].map { namespace + $0 }
    }

    /// Claims that a clerk verifies; the others a person says of themself (invariant I3).
    public static let verifiable = Set(claims(for: ["person", "person_birth", "person_address"]))
}
