public import OpenIDMessages

/// Why this device's logins have their level, checked.
public struct ExplainedLevel: Sendable, Equatable {
    /// `level`, `acr`, `reasons`, `summary` and perhaps `advice`, the texts in German (`de`) and English (`en`).
    public let explanation: JSONObject
    /// What the provider signed: the same, to show to others.
    public let statement: String
}
