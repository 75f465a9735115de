public import IdentityCrypto
public import OpenIDMessages

/// What the device can say about where its keys live (docs/protocol.md §7).
public enum EvidenceSource: Sendable {
    /// Nothing: the keys are in software.
    case none
    /// A simulator of hardware, for development regions.
    case simulator(SimulatorAttester, SimulatorAttestation.KeyStore)
    /// Evidence of hardware in the makers' own formats, made by a simulator, for development regions.
    case played(SimulatedHardware, SimulatedMaker)

    var format: String {
        switch self {
        case .none: "none"
        case .simulator: "simulator"
        case .played(let hardware, _): hardware.format
        }
    }

    func evidence(
        offer: ContentDigest, authentication: VerificationKey, installation: KeyThumbprint, pin: KeyThumbprint,
        now: Timestamp
    ) throws -> DeviceEvidence {
        switch self {
        case .none: return DeviceEvidence(format: "none", evidence: [:])
        case .simulator(let attester, let keyStore):
            return try attester.evidence(
                for: SimulatorAttestation(
                    offerDigest: offer, authenticationKey: authentication.thumbprint, installationKey: installation,
                    pinKey: pin,
                    keyStore: keyStore))
        case .played(let hardware, let maker):
            return try maker.evidence(
                of: hardware, offer: offer, authentication: authentication, installation: installation, pin: pin,
                now: now)
        }
    }
}
