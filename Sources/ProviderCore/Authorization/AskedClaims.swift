internal import AccountDirectory
internal import OpenIDMessages

/// The claims that a request asks of one person.
struct AskedClaims: Sendable, Equatable {
    /// Those that the portal cannot go on without.
    let essential: [String]
    let voluntary: [String]
    /// About a company and the power to act for it: they go out with the choice to act for it, and with no other.
    let company: [String]

    /// What is asked in this context, in the order in which people see it.
    func all(in context: Service.Context) -> [String] {
        essential + voluntary + (context == .company ? company : [])
    }

    /// What goes out with every approval in this context.
    func essential(in context: Service.Context) -> [String] { essential + (context == .company ? company : []) }

    /// Only what the person has can be released; names are what a portal cannot go on without.
    init(_ request: ValidatedAuthorizationRequest, person: PersonRecord, issuer: IssuerURL) {
        let asked = request.claims.filter { claim in
            ClaimCatalogue.isPredicate(claim)
                ? person.canAnswer(claim) : person.claim(claim, namespace: issuer.claimNamespace) != nil
        }
        essential = asked.filter(Self.names.contains)
        voluntary = asked.filter { !Self.names.contains($0) }
        company = request.claims.filter(ClaimCatalogue.isAboutCompany)
    }

    private static let names: Set<String> = ["given_name", "family_name"]
}
