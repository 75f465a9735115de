internal import AccountDirectory
public import OpenIDMessages

/// Which level a login must reach and which of the levels that are good enough the portal would like to read.
public struct LevelDemand: Sendable, Equatable {
    /// Levels that the portal named, in its order; empty when it named none.
    public let wishes: [AssuranceLevel]
    /// True when a login without one of the wishes must fail.
    public let isBinding: Bool
    /// What client, tenant and service demand together.
    public let required: AssuranceLevel
    /// No login of this client counts for more; what is above it is not asked of anybody.
    public let ceiling: AssuranceLevel

    /// Nil when no login could satisfy request, client and service.
    init?(_ request: AuthorizationRequest, client: RegisteredClient, service: Service? = nil) {
        let wish = request.claims.level
        // An essential `acr` says more than `acr_values`, a voluntary one less (OpenID Connect Core §5.5.1.1).
        isBinding = wish?.isEssential == true || request.asksForLevel
        let wishes =
            wish?.isEssential != true && request.asksForLevel ? request.acrValues : wish?.levels ?? []
        let ceiling = client.levelCeiling ?? AssuranceLevel.offered.max() ?? .undefined
        self.ceiling = ceiling
        self.wishes = wishes.filter { $0 <= ceiling }
        required = client.requiredLevel(for: service)
        guard required <= ceiling, !isBinding || !self.wishes.isEmpty else { return nil }
    }

    /// The level to answer with when a login reaches `reached`; nil when that is not enough: never a silent lower level.
    public func answer(reached: AuthenticationContext) -> AuthenticationContext? {
        var counted = reached
        counted.level = min(reached.level, ceiling)
        let answer = AssuranceRules.answer(acrValues: wishes, required: required, reached: counted)
        guard answer == nil, !isBinding else { return answer }
        return AssuranceRules.answer(acrValues: [], required: required, reached: counted)
    }

    /// The lowest level that would satisfy the request.
    var needed: AssuranceLevel { isBinding ? max(required, wishes.min() ?? required) : required }
}
