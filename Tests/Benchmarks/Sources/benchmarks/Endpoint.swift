import NIOCore
import OpenIDMessages

/// One kind of call that is measured.
enum Endpoint: String, CaseIterable, Sendable {
    case discovery, jwks, par
    case parAsserted = "par-private-key-jwt"
    case code
    case codeBound = "code-private-key-jwt-dpop"
    case refresh
    case refreshBound = "refresh-private-key-jwt-dpop"
    case clientCredentials = "client-credentials"
    case introspection, userinfo

    var status: Int {
        switch self {
        case .par, .parAsserted: 201
        default: 200
        }
    }

    /// Signatures of assertions and proofs, of access and ID tokens; commits of assertions' identifiers and of grants.
    var work: EndpointWork {
        switch self {
        case .discovery, .jwks, .par, .introspection, .userinfo: EndpointWork()
        case .parAsserted: EndpointWork(verifies: 1, commits: 1)
        case .code, .refresh: EndpointWork(signs: 2, commits: 1)
        case .codeBound, .refreshBound: EndpointWork(signs: 2, verifies: 2, commits: 2)
        case .clientCredentials: EndpointWork(signs: 1)
        }
    }

    /// True when no request can be sent twice.
    var usesUpRequests: Bool {
        switch self {
        case .parAsserted, .code, .codeBound, .refreshBound: true
        default: false
        }
    }

    /// The client whose codes the endpoint's calls use up, one for each.
    var redeemingClient: String? {
        switch self {
        case .code: EndpointClients.secret
        case .codeBound: EndpointClients.bound
        default: nil
        }
    }
}
