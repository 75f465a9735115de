internal import OpenIDMessages

extension ParameterPolicy {
    /// The policy under both: of a superior, and of a subordinate who may only restrict it (OpenID Federation 1.0
    /// §6.1.4.1, third level).
    ///
    /// What each operator says of its merge is associative; a contradiction stays one whatever is merged further. So it
    /// does not matter in which order neighbours are joined.
    public func merged(with subordinate: ParameterPolicy, _ parameter: String) throws(PolicyError) -> ParameterPolicy {
        var result = ParameterPolicy()
        result.value = try Self.equal(value, subordinate.value, .value, parameter)
        result.add = Self.union(add, subordinate.add)
        result.default = try Self.equal(self.default, subordinate.default, .default, parameter)
        result.atLeast = [atLeast, subordinate.atLeast].compactMap(\.self).max()
        result.oneOf = Self.intersection(oneOf, subordinate.oneOf)
        if result.oneOf?.isEmpty == true, oneOf != nil, subordinate.oneOf != nil {
            throw PolicyError(parameter, .merge(.oneOf))
        }
        result.subsetOf = Self.intersection(subsetOf, subordinate.subsetOf)
        result.supersetOf = Self.union(supersetOf, subordinate.supersetOf)
        result.essential =
            essential == nil && subordinate.essential == nil
            ? nil : (essential ?? false) || (subordinate.essential ?? false)
        try result.check(parameter)
        return result
    }

    private static func equal(
        _ one: JSONValue?, _ other: JSONValue?, _ name: PolicyOperator, _ parameter: String
    ) throws(PolicyError) -> JSONValue? {
        guard let one, let other else { return one ?? other }
        guard one.isSame(as: other) else { throw PolicyError(parameter, .merge(name)) }
        return one
    }

    private static func union(_ one: [String]?, _ other: [String]?) -> [String]? {
        guard let one, let other else { return one ?? other }
        return (one + other).distinct
    }

    private static func intersection(_ one: [String]?, _ other: [String]?) -> [String]? {
        guard let one, let other else { return one ?? other }
        return one.filter(other.contains)
    }
}

extension JSONValue {
    /// Equality under which lists of strings are sets.
    func isSame(as other: JSONValue) -> Bool {
        if let strings, let others = other.strings { return Set(strings) == Set(others) }
        return self == other
    }
}
