public import OpenIDMessages

extension EvidencePolicy {
    /// What evidence that this policy accepts reaches, in the policy's order of preference; of one format the best first.
    public var ceilings: [EvidenceCeiling] {
        formats.flatMap { format in
            levels(of: format).map { EvidenceCeiling(format: format, keyStore: $0.key, level: $0.value) }
                .sorted { ($1.level, $0.keyStore) < ($0.level, $1.keyStore) }
        }
    }

    private func levels(of format: String) -> [String: AssuranceLevel] {
        func named(_ levels: [HardwareKeyStore: AssuranceLevel]?) -> [String: AssuranceLevel] {
            Dictionary(uniqueKeysWithValues: (levels ?? [:]).map { ($0.key.rawValue, $0.value) })
        }
        switch format {
        case "none": return [SimulatorAttestation.KeyStore.software.rawValue: DeviceCeiling.withoutEvidence.level]
        case "simulator":
            return Dictionary(
                uniqueKeysWithValues: SimulatorAttestation.KeyStore.allCases.map {
                    ($0.rawValue, DeviceCeiling.simulated($0).level)
                })
        case "android-key": return named(androidKey?.levels)
        case "apple-appattest": return named(appAttest?.levels)
        case "tpm": return named(tpm?.levels)
        default: return [:]
        }
    }
}
