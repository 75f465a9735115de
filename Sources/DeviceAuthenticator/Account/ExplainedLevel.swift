public import OpenIDMessages

/// Why this device's logins have their level, checked.
public struct ExplainedLevel: Sendable, Equatable {
    /// `level`, `acr`, `reasons`, `summary` and perhaps `advice`, the texts in German (`de`) and English (`en`); about a
    /// company `company` and `company_name` as well.
    public let explanation: JSONObject
    /// What the provider signed: the same, to show to others.
    public let statement: String
    /// The same for logins for each of the person's companies.
    public var companies: [ExplainedLevel] = []
}
