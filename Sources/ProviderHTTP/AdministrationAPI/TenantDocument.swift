internal import AccountDirectory
internal import OpenIDMessages
internal import ProviderCore

extension AdministrationCall {
    /// A tenant as administrators see it, with the operator that works for it.
    func json(_ tenant: Tenant) -> JSONObject {
        var object: JSONObject = [
            "tenant": .string(tenant.identifier.rawValue), "name": .string(tenant.officialName),
            "kind": .string(tenant.kind.rawValue),
        ]
        object["municipality_key"] = tenant.municipalityKey.map { .string($0) }
        object["state"] = .string(tenant.state.rawValue)
        object["floor"] = .string(tenant.floor.name)
        object["hosts"] = .strings(tenant.hostNames)
        object["hosts_verified"] = .strings(
            tenant.hosts.compactMap { host in host.verifiedOn.map { "\(host.name) \($0)" } })
        add(tenant.operatorAssignment, to: &object)
        return object
    }

    private func add(_ assignment: OperatorAssignment, to object: inout JSONObject) {
        let worker = provider.registry.region.operators.first { $0.identifier == assignment.operatorIdentifier }
        object["operator"] = .string(assignment.operatorIdentifier.rawValue)
        object["operator_in_force"] = .bool(assignment.isInForce(at: provider.clock.now()))
        let texts = [
            ("from", assignment.from?.rawValue), ("until", assignment.until?.rawValue),
            ("purpose", assignment.purpose), ("contract", assignment.contract ?? worker?.contract),
            ("name", worker?.name), ("email", worker?.contact.email), ("phone", worker?.contact.phone),
            ("dpo_email", worker?.contact.dataProtectionEmail),
        ]
        for (name, text) in texts { object["operator_" + name] = text.map { .string($0) } }
    }
}
