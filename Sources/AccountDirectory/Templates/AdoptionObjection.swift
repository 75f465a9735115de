/// Why a tenant cannot have a template's service on these terms. Nothing in it is secret or personal.
public enum AdoptionObjection: Error, Sendable, Equatable {
    /// Tenants of this kind are not in charge of the service.
    case notInCharge(Tenant.Kind)
    /// The terms pin another version than the template is.
    case otherVersion
    /// The template's policy and the tenant's contradict each other, or what comes out satisfies one of them not.
    case policy(PolicyError)
    /// The tenant may tighten only some parameters.
    case notOverridable(String)
    /// The terms would widen what the template allows (invariant I30).
    case widens(ServiceChange.Widening)
    /// An address of the terms lies on a host that the tenant has not proved to be its own (invariant I29).
    case foreignHost(String)
    /// Nobody is left who could use the service.
    case nobodyLeft
    /// Cases of the template do not go as its author expects.
    case casesFailed([String])

    public var sentence: String {
        switch self {
        case .notInCharge(let kind): "a tenant of kind \(kind.rawValue) is not in charge of this service"
        case .otherVersion: "the terms pin another version"
        case .policy(let error): error.description
        case .notOverridable(let name): "`\(name)` cannot be overridden"
        case .widens(let widening): "an override may only tighten: \(widening.sentence)"
        case .foreignHost(let host): "host `\(host)` is not one of the tenant's"
        case .nobodyLeft: "no context is left in which somebody could use the service"
        case .casesFailed(let names): "cases fail: " + names.joined(separator: ", ")
        }
    }
}
