import ArgumentParser
import OpenIDMessages

/// What `--evidence` names: a format, and after `simulator:` what the simulator plays.
struct EvidenceWord: ExpressibleByArgument, Equatable {
    let format: EnrolCommand.Evidence
    /// The hardware that is played; nil where another option says it.
    private(set) var keyStore: SimulatorAttestation.KeyStore?
    private(set) var defects: [SimulatorAttestation.Defect] = []

    init?(argument: String) {
        let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
        guard let format = EnrolCommand.Evidence(rawValue: String(parts[0])) else { return nil }
        self.format = format
        guard parts.count > 1 else { return }
        let word = String(parts[1])
        keyStore = SimulatorAttestation.KeyStore(rawValue: word)
        defects = [SimulatorAttestation.Defect(rawValue: word)].compactMap(\.self)
        guard format == .simulator, parts.count == 2, keyStore != nil || !defects.isEmpty else { return nil }
    }

    static var allValueStrings: [String] {
        EnrolCommand.Evidence.allCases.map(\.rawValue)
            + ["software", "tee", "strongbox", "unlocked", "revoked", "outdated"].map { "simulator:" + $0 }
    }
}
