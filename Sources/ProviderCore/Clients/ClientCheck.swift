internal import OpenIDMessages

/// The checks of `citizen-id client doctor`, with their clauses.
enum ClientCheck: String {
    case registration, profile, authentication, keys, encryption, algorithms, logout, refusals, requests, clock
    case publishedKeys = "published_keys"
    case pushedRequests = "pushed_requests"
    case boundTokens = "bound_tokens"
    case portalHosts = "portal_hosts"
    case redirectURIs = "redirect_uris"
    case logoutDelivery = "logout_delivery"
    case keyCaching = "key_caching"
    case servedTowns = "served_tenants"
    case tenantHosts = "tenant_hosts"

    private var clause: String {
        switch self {
        case .registration: "RFC 7591 §2"
        case .profile: "RFC 9700 §2.1.1"
        case .authentication: "RFC 9700 §2.5"
        case .keys, .publishedKeys: "RFC 7517 §5"
        case .encryption: "OpenID Connect Core §10.2"
        case .algorithms: "FAPI 2.0 Security Profile §5.4.1"
        case .pushedRequests: "RFC 9126 §5"
        case .boundTokens: "RFC 9700 §2.2.1"
        case .portalHosts, .redirectURIs: "RFC 6749 §3.1.2.1"
        case .logout, .logoutDelivery: "OpenID Connect Back-Channel Logout §2.2, §2.5"
        case .refusals: "RFC 6749 §5.2"
        case .requests: "OpenID Connect Core §3.1.2.1, RFC 7636 §4.3"
        case .clock: "RFC 7523 §3"
        case .keyCaching: "OpenID Connect Core §10.1.1"
        case .tenantHosts: "docs/administration.md, Hosts of a town"
        case .servedTowns: "docs/integration.md, One deployment for several towns"
        }
    }

    func ok(_ cause: String) -> IntegrationFinding { finding(.ok, cause, nil) }
    func warning(_ cause: String, _ remedy: String) -> IntegrationFinding { finding(.warning, cause, remedy) }
    func failure(_ cause: String, _ remedy: String) -> IntegrationFinding { finding(.failure, cause, remedy) }
    func notTested(_ cause: String, _ remedy: String?) -> IntegrationFinding { finding(.notTested, cause, remedy) }

    private func finding(
        _ result: IntegrationFinding.Result, _ cause: String, _ remedy: String?
    ) -> IntegrationFinding {
        IntegrationFinding(rawValue, result, cause: cause, remedy: remedy, clause: clause)
    }
}
