public import OpenIDMessages

/// A login that a template's author has thought through: whoever adopts the template sees at once whether it still goes
/// as meant.
public struct TemplateCase: Sendable, Equatable {
    public enum Outcome: String, Sendable, CaseIterable {
        case allowed, refused
    }

    /// What the case is about, in a few words.
    public var name: String
    public var context: Service.Context
    /// The level that the login reaches.
    public var level: AssuranceLevel
    /// The claims that the portal asks for.
    public var claims: [String]
    /// The scope of the mandate that the person has, in company context.
    public var mandateScope: String?
    public var expected: Outcome

    public init(
        name: String, context: Service.Context, level: AssuranceLevel, claims: [String] = [],
        mandateScope: String? = nil, expected: Outcome
    ) {
        self.name = name
        self.context = context
        self.level = level
        self.claims = claims
        self.mandateScope = mandateScope
        self.expected = expected
    }

    /// How the login goes at a service.
    ///
    /// - Parameter floor: the lowest level of any login at the tenant.
    public func outcome(at service: Service, floor: AssuranceLevel) -> Outcome {
        let hasRight = context == .citizen || service.mandateScope == nil || mandateScope == service.mandateScope
        return service.contexts.contains(context) && level >= max(service.requiredLevel ?? .undefined, floor)
            && claims.isSubset(of: service.claims) && hasRight ? .allowed : .refused
    }

    public var json: JSONObject {
        var object: JSONObject = [
            "name": .string(name), "context": .string(context.rawValue), "level": .string(level.name),
            "claims": .strings(claims),
        ]
        object["mandate_scope"] = mandateScope.map { .string($0) }
        object["expected"] = .string(expected.rawValue)
        return object
    }

    public init(json object: JSONObject) throws(MessageError) {
        var reader = MemberReader(object)
        name = try reader.string("name", maximumLength: 200)
        context = try reader.choice("context")
        guard let level = JSONValue.string(try reader.string("level")).level else { throw .malformed("level") }
        self.level = level
        claims = try reader.strings("claims")
        guard claims.isSubset(of: ClaimCatalogue.all) else { throw .malformed("claims") }
        mandateScope = try reader.optionalString("mandate_scope", maximumLength: 64)
        expected = try reader.choice("expected")
        try reader.finish()
        guard !name.isEmpty, !DisplayText.hasHiddenCharacters(name) else { throw .malformed("name") }
    }
}

/// What a dry run of a template's cases shows.
public struct DryRun: Sendable, Equatable {
    /// Cases that go as expected.
    public var passed: [String] = []
    /// Logins that the template allows and the tenant's own settings or its floor refuse: meant, if the tenant meant to tighten.
    public var tightened: [String] = []
    /// Cases that go otherwise than the author expects: the adoption is not possible.
    public var failed: [String] = []

    /// Runs every case at `service`, which is `original` with the tenant's settings.
    ///
    /// - Parameter floor: the tenant's; none where the cases are those of the template itself.
    public init(_ cases: [TemplateCase], at service: Service, original: Service, floor: AssuranceLevel = .undefined) {
        for testCase in cases {
            if testCase.outcome(at: service, floor: floor) == testCase.expected {
                passed.append(testCase.name)
            } else if testCase.expected == .allowed, testCase.outcome(at: original, floor: .undefined) == .allowed {
                tightened.append(testCase.name)
            } else {
                failed.append(testCase.name)
            }
        }
    }
}
