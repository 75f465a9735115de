public import OpenIDMessages

extension Adoption {
    /// What is in force and what waits, for a store; tenant, template and state are told apart from it.
    public var json: JSONObject {
        var object = JSONObject()
        object["terms"] = terms.map { .object($0.json) }
        object["review"] = review.map { .object($0.json) }
        object["proposal"] = proposal.map { .object($0.json) }
        return object
    }

    /// Reads what `json` wrote; nil when it is not that.
    public init?(tenant: TenantIdentifier, template: ServiceIdentifier, state: AdoptionState, json object: JSONObject) {
        var parts: [String: JSONObject] = [:]
        for member in object.members {
            guard let part = member.value.object else { return nil }
            parts[member.name] = part
        }
        guard Set(parts.keys).isSubset(of: ["terms", "review", "proposal"]) else { return nil }
        do {
            self.init(
                tenant: tenant, template: template, state: state,
                terms: try parts["terms"].map { part throws(ServiceTemplate.Mistake) in try AdoptionTerms(json: part) },
                review: try parts["review"].map { try Review(json: $0) },
                proposal: try parts["proposal"].map { try Proposal(json: $0) })
        } catch { return nil }
    }
}

extension Adoption.Review {
    public var json: JSONObject {
        var object: JSONObject = ["version": .string(version.rawValue), "approvals": .object(approvals.json)]
        object["note"] = note.map { .string($0) }
        return object
    }

    fileprivate init(json object: JSONObject) throws {
        var reader = MemberReader(object)
        let version: SemanticVersion = try reader.wire("version")
        let approvals = try [Adoption.Role: String](json: reader.object("approvals"))
        let note = try reader.optionalString("note")
        try reader.finish()
        guard let review = Self(version: version, approvals: approvals, note: note) else {
            throw MessageError.malformed("approvals")
        }
        self = review
    }
}

extension Adoption.Proposal {
    public var json: JSONObject { ["terms": .object(terms.json), "approvals": .object(approvals.json)] }

    fileprivate init(json object: JSONObject) throws {
        var reader = MemberReader(object)
        let terms = try AdoptionTerms(json: reader.object("terms"))
        let approvals = try [Adoption.Role: String](json: reader.object("approvals"))
        try reader.finish()
        self.init(terms, approvals: approvals)
    }
}

extension [Adoption.Role: String] {
    var json: JSONObject {
        var object = JSONObject()
        for role in Adoption.Role.allCases { object[role.rawValue] = self[role].map { .string($0) } }
        return object
    }

    fileprivate init(json object: JSONObject) throws(MessageError) {
        var reader = MemberReader(object)
        self = [:]
        for role in Adoption.Role.allCases { self[role] = try reader.optionalString(role.rawValue) }
        try reader.finish()
    }
}
