public import OpenIDMessages

/// What bounded the level of one login, without the facts on which that rested: it is kept with what the login gave, so that the
/// login can be explained when person, device and company have changed.
public struct LevelBounds: Sendable, Equatable {
    /// Empty for a login of a time when nothing was kept.
    public var levels: [AssuranceExplanation.Kind: AssuranceLevel]

    public init(_ levels: [AssuranceExplanation.Kind: AssuranceLevel] = [:]) { self.levels = levels }

    /// Nil unless each member is a kind with the rank of a level.
    public init?(json: JSONObject) {
        levels = [:]
        for member in json.members {
            guard let kind = AssuranceExplanation.Kind(rawValue: member.name),
                let level = member.value.integer.flatMap({ AssuranceLevel(rawValue: Int($0)) })
            else { return nil }
            levels[kind] = level
        }
    }

    public var json: JSONObject {
        AssuranceExplanation.Kind.allCases.reduce(into: JSONObject()) { object, kind in
            object[kind.rawValue] = levels[kind].map { .integer(Int64($0.rawValue)) }
        }
    }

    /// The same in a company's context.
    public func acting(binding: AssuranceLevel, company: AssuranceLevel) -> LevelBounds {
        LevelBounds(levels.merging([.binding: binding, .company: company]) { $1 })
    }
}

extension AssuranceExplanation {
    public var bounds: LevelBounds {
        LevelBounds(Dictionary(reasons.map { ($0.kind, $0.level) }) { min($0, $1) })
    }

    /// This explanation, made of today's facts, of a login that had these bounds: a bound with another level today says so
    /// (`level_today`). Where no bounds were kept it is today's explanation.
    public func bounded(by bounds: LevelBounds, isSimulated: Bool) -> AssuranceExplanation {
        guard !bounds.levels.isEmpty else { return self }
        let then = Kind.allCases.compactMap { kind in
            bounds.levels[kind].map { level in
                let today = reasons.first { $0.kind == kind }
                var facts = today?.facts ?? [:]
                if let today, today.level != level { facts["level_today"] = .string(today.level.name) }
                return Reason(kind, level, facts: facts)
            }
        }
        return AssuranceExplanation(reasons: then, isSimulated: isSimulated)
    }
}
