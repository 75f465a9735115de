public import OpenIDMessages

extension AuthenticationContext {
    /// The `acr` in a client's vocabulary; a simulated level keeps its prefix in each.
    public func acr(in vocabulary: LevelVocabulary) -> String {
        (isSimulated ? "sim:" : "") + level.word(in: vocabulary)
    }
}

extension AssuranceLevel {
    fileprivate func word(in vocabulary: LevelVocabulary) -> String {
        switch vocabulary {
        case .bsi: acr
        case .short: name
        // Its `UNTERGEORDNET` asks for the region's lowest level: said of no level at all it would promise something.
        case .akdb: ["UNDEFINIERT", "NORMAL", "SUBSTANTIELL", "HOCH"][rawValue]
        case .eidas: "http://eidas.europa.eu/LoA/" + ["undefined", "low", "substantial", "high"][rawValue]
        // TR-03107-1 has no level that fits QAA level 1.
        case .stork: "STORK-QAA-Level-\(rawValue + 1)"
        }
    }
}
