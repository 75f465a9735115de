internal import AccountDirectory
internal import OpenIDMessages

/// Which claims a request asks for, within what client and service may ask for. Values in, decision out.
struct ClaimDemand: Sendable, Equatable {
    /// In the catalogue's order.
    let claims: [String]

    /// Why a request asks for more than it may.
    enum Mistake: Error, Sendable, Equatable {
        case notTheClients, notTheServices, serviceNotNamed

        var description: String {
            switch self {
            case .notTheClients: "the client may not ask for this claim"
            case .notTheServices: "the service does not need what is asked for"
            case .serviceNotNamed: "the client has several services: name one, scope service:NAME, or ask for no claims"
            }
        }

        var reason: Refusal {
            switch self {
            case .notTheClients: .scopeNotAllowed
            case .notTheServices, .serviceNotNamed: .serviceNotAllowed
            }
        }
    }

    /// A scope asks for what the service needs of it; when that is nothing, or when a claim is named that the service does
    /// not need, the request asks for too much.
    init(_ request: AuthorizationRequest, client: RegisteredClient, service: Service?) throws(Mistake) {
        let scopes = request.scope.tokens
        let named = ClaimCatalogue.meant(by: request.claims.names).filter(ClaimCatalogue.all.contains)
        let clients = ClaimCatalogue.claims(for: client.client.scopes)
        guard named.allSatisfy(clients.contains) else { throw .notTheClients }
        if let service {
            let isNeedless = scopes.contains { scope in
                let claims = ClaimCatalogue.claims(for: [scope])
                return !claims.isEmpty && claims.allSatisfy { !service.claims.contains($0) }
            }
            guard !isNeedless, named.allSatisfy(service.claims.contains) else { throw .notTheServices }
        }
        let asked = Set(ClaimCatalogue.asked(by: scopes, service: service?.claims) + named)
        guard asked.isEmpty || service != nil || client.services.count < 2 else { throw .serviceNotNamed }
        claims = ClaimCatalogue.all.filter(asked.contains)
    }
}
