public import OpenIDMessages

extension ParameterPolicy {
    /// What becomes of a parameter under this policy; nil for one that is absent (OpenID Federation 1.0 §6.1.4.2). The
    /// operators act in the order of `PolicyOperator`.
    public func applied(to metadata: JSONValue?, _ parameter: String) throws(PolicyError) -> JSONValue? {
        var result = metadata
        if let value { result = value == .null ? nil : value }
        if let add {
            guard let list = result.map(\.strings) ?? [] else { throw PolicyError(parameter, .type(.add)) }
            result = .strings((list + add).distinct)
        }
        result = result ?? self.default
        if let atLeast { result = try raised(result, to: atLeast, parameter) }
        if let oneOf, let present = result {
            guard let text = present.string else { throw PolicyError(parameter, .type(.oneOf)) }
            guard oneOf.contains(text) else { throw PolicyError(parameter, .check(.oneOf)) }
        }
        if let subsetOf, let present = result {
            guard let list = present.strings else { throw PolicyError(parameter, .type(.subsetOf)) }
            result = .strings(list.filter(subsetOf.contains))
        }
        if let supersetOf, let present = result {
            guard let list = present.strings else { throw PolicyError(parameter, .type(.supersetOf)) }
            guard supersetOf.isSubset(of: list) else { throw PolicyError(parameter, .check(.supersetOf)) }
        }
        if essential == true, result == nil { throw PolicyError(parameter, .check(.essential)) }
        return result
    }

    private func raised(
        _ present: JSONValue?, to least: AssuranceLevel, _ parameter: String
    ) throws(PolicyError) -> JSONValue {
        guard let present else { return .string(least.name) }
        guard let level = present.level else { throw PolicyError(parameter, .type(.atLeast)) }
        return .string(max(level, least).name)
    }

    /// True when a parameter with this value is as the policy wants it: nothing is forbidden, nothing is missing.
    public func permits(_ metadata: JSONValue?) -> Bool {
        if let value, !(metadata.map { $0.isSame(as: value) } ?? (value == .null)) { return false }
        if essential == true, metadata == nil { return false }
        if let atLeast, !((metadata?.level).map { $0 >= atLeast } ?? false) { return false }
        guard let metadata else { return add == nil }
        if let oneOf, !(metadata.string.map(oneOf.contains) ?? false) { return false }
        let list = metadata.strings
        if let add, !(list.map { add.isSubset(of: $0) } ?? false) { return false }
        if let subsetOf, !(list?.isSubset(of: subsetOf) ?? false) { return false }
        if let supersetOf, !(list.map { supersetOf.isSubset(of: $0) } ?? false) { return false }
        return true
    }
}
