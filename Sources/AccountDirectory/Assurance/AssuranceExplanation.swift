public import OpenIDMessages

/// Why a login has its level: the lowest of its reasons (invariant I4).
public struct AssuranceExplanation: Sendable, Equatable {
    /// What bounds a level.
    public enum Kind: String, Sendable, CaseIterable {
        /// How the person's identity was proved.
        case proofing
        /// What the person proves at each login: key and PIN.
        case authenticator
        /// How well the device keeps its keys.
        case device
        /// How the person was bound to the company.
        case binding
        /// How the company's identity was proved.
        case company
    }

    /// One bound, and what it rests on.
    public struct Reason: Sendable, Equatable {
        public var kind: Kind
        public var level: AssuranceLevel
        /// Facts behind the bound, by name: methods, models, times. Never a value of a claim.
        public var facts: JSONObject

        public init(_ kind: Kind, _ level: AssuranceLevel, facts: JSONObject = [:]) {
            self.kind = kind
            self.level = level
            self.facts = facts
        }
    }

    public var reasons: [Reason]
    public var isSimulated: Bool

    /// - Parameter reasons: at least one.
    public init(reasons: [Reason], isSimulated: Bool) {
        self.reasons = reasons
        self.isSimulated = isSimulated
    }

    /// The lowest of the reasons; `undefined` where there is none.
    public var level: AssuranceLevel { reasons.map(\.level).min() ?? .undefined }

    public var context: AuthenticationContext { AuthenticationContext(level: level, isSimulated: isSimulated) }

    /// The reasons that hold the level down.
    public var limiting: [Kind] { reasons.filter { $0.level == level }.map(\.kind) }

    /// What must become better before a login reaches `level`: the step-up.
    public func missing(for level: AssuranceLevel) -> [Kind] { reasons.filter { $0.level < level }.map(\.kind) }
}

extension AssuranceExplanation {
    /// A citizen's login with a PIN.
    ///
    /// Key and PIN together are good for *substantiell*; *hoch* needs a means that the region does not have.
    public init(proofing: AssuranceLevel, ceiling: DeviceCeiling) {
        self.init(
            reasons: [
                Reason(.proofing, proofing), Reason(.authenticator, .substantiell), Reason(.device, ceiling.level),
            ], isSimulated: ceiling.isSimulated)
    }

    /// The same login in a company's context.
    public func acting(binding: AssuranceLevel, company: AssuranceLevel) -> AssuranceExplanation {
        AssuranceExplanation(
            reasons: reasons + [Reason(.binding, binding), Reason(.company, company)], isSimulated: isSimulated)
    }
}
