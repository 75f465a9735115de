public import OpenIDMessages

/// What may become of the parameters of one piece of metadata: a client's, or a service's (OpenID Federation 1.0 §6.1.2,
/// the policy of one entity type).
public struct MetadataPolicy: Sendable, Equatable {
    /// The policies of the parameters by their names.
    public internal(set) var parameters: [String: ParameterPolicy] = [:]

    /// No policy: everything stays as it is.
    public init() {}

    /// Reads `{parameter: {operator: value}}`.
    public init(json object: JSONObject) throws(PolicyError) {
        for member in object.members {
            guard let operators = member.value.object else { throw PolicyError(member.name, .unknown("no operators")) }
            parameters[member.name] = try ParameterPolicy(member.name, json: Self.listed(operators, member.name))
        }
    }

    /// The policy as it was read, the parameters by their names.
    public var json: JSONObject {
        var object = JSONObject()
        for (name, policy) in parameters.sorted(by: { $0.key < $1.key }) { object[name] = .object(policy.json) }
        return object
    }

    public var isEmpty: Bool { parameters.isEmpty }

    /// The policy under both (§6.1.4.1, second level).
    public func merged(with subordinate: MetadataPolicy) throws(PolicyError) -> MetadataPolicy {
        var result = self
        // By name: which of several contradictions is told must not depend on chance.
        for (name, policy) in subordinate.parameters.sorted(by: { $0.key < $1.key }) {
            result.parameters[name] = try parameters[name]?.merged(with: policy, name) ?? policy
        }
        return result
    }

    /// The metadata as it is under this policy (§6.1.4.2).
    public func applied(to metadata: JSONObject) throws(PolicyError) -> JSONObject {
        var result = metadata
        for (name, policy) in parameters.sorted(by: { $0.key < $1.key }) {
            let value = try policy.applied(to: metadata[name].map { Self.list($0, name) }, name)
            result[name] = value.map { Self.text($0, name) }
        }
        return result
    }

    /// True when the metadata is as the policy wants it.
    public func permits(_ metadata: JSONObject) -> Bool {
        parameters.allSatisfy { name, policy in policy.permits(metadata[name].map { Self.list($0, name) }) }
    }

    // MARK: scope

    // §6.1.3.1.8: the parameter `scope` is one text in metadata and a list for the operators.
    private static let spaced = "scope"

    private static func list(_ value: JSONValue, _ name: String) -> JSONValue {
        guard name == spaced, let text = value.string else { return value }
        return .strings(text.split(separator: " ").map(String.init))
    }

    private static func text(_ value: JSONValue, _ name: String) -> JSONValue {
        guard name == spaced, let list = value.strings else { return value }
        return .string(list.joined(separator: " "))
    }

    private static func listed(_ operators: JSONObject, _ name: String) -> JSONObject {
        guard name == spaced else { return operators }
        var result = operators
        for key in ["value", "default"] { result[key] = operators[key].map { list($0, name) } }
        return result
    }
}
