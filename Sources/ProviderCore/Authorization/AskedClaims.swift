internal import AccountDirectory
internal import OpenIDMessages

/// The claims that a request asks of one person.
struct AskedClaims: Sendable, Equatable {
    /// Those that the portal cannot go on without.
    let essential: [String]
    let voluntary: [String]

    var all: [String] { essential + voluntary }

    /// Only what the person has can be released; names are what a portal cannot go on without.
    init(_ request: ValidatedAuthorizationRequest, person: PersonRecord, issuer: IssuerURL) {
        let asked = request.claims.filter { claim in person.claim(claim, namespace: issuer.claimNamespace) != nil }
        essential = asked.filter(Self.names.contains)
        voluntary = asked.filter { !Self.names.contains($0) }
    }

    private static let names: Set<String> = ["given_name", "family_name"]
}
