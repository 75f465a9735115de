/// Why policies cannot be joined, or a value does not satisfy one (OpenID Federation 1.0 §6.1: a policy error).
public struct PolicyError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Reason: Sendable, Equatable {
        /// The operator's value has a type that it does not take.
        case malformed(PolicyOperator)
        /// There is no such operator, or no such parameter.
        case unknown(String)
        /// The two cannot stand beside each other with these values.
        case combination(PolicyOperator, PolicyOperator)
        /// The values of the operator in the two policies cannot be merged.
        case merge(PolicyOperator)
        /// The parameter's value does not satisfy the operator.
        case check(PolicyOperator)
        /// The parameter has a type on which the operator does not act.
        case type(PolicyOperator)
    }

    /// The metadata parameter.
    public var parameter: String
    public var reason: Reason

    init(_ parameter: String, _ reason: Reason) {
        self.parameter = parameter
        self.reason = reason
    }

    /// A plain sentence without the values themselves.
    public var description: String {
        switch reason {
        case .malformed(let name): "\(parameter): `\(name.rawValue)` has a value of a wrong type"
        case .unknown(let name): "\(parameter): `\(name)` is not known here"
        case .combination(let one, let other):
            "\(parameter): `\(one.rawValue)` and `\(other.rawValue)` contradict each other"
        case .merge(let name): "\(parameter): the values of `\(name.rawValue)` contradict each other"
        case .check(let name): "\(parameter): the value does not satisfy `\(name.rawValue)`"
        case .type(let name): "\(parameter): `\(name.rawValue)` does not act on a value of this type"
        }
    }
}

/// The standard operators (OpenID Federation 1.0 §6.1.3.1) in their order of application, and one for levels.
public enum PolicyOperator: String, Sendable, CaseIterable {
    case value, add, `default`
    /// Ours: raises a level that is lower, sets one that is absent. As an additional operator that modifies it is applied
    /// after `value`, and before the checks (§6.1.3.2).
    case atLeast = "at_least"
    case oneOf = "one_of"
    case subsetOf = "subset_of"
    case supersetOf = "superset_of"
    case essential
}
