public import IdentityCrypto
public import OpenIDMessages

/// What the device can say about where its keys live (docs/protocol.md §7).
public enum EvidenceSource: Sendable {
    /// Nothing: the keys are in software.
    case none
    /// A simulator of hardware, for development regions.
    case simulator(SimulatorAttester, SimulatorAttestation.KeyStore, defects: [SimulatorAttestation.Defect] = [])
    /// Evidence of hardware in the makers' own formats, made by a simulator, for development regions.
    case played(SimulatedHardware, SimulatedMaker)
    /// What the device's own TPM says about its keys; a test authority certifies its attestation key, for development
    /// regions. Needs the key store `tpm`.
    case attested(SimulatedMaker)

    var format: String {
        switch self {
        case .none: "none"
        case .simulator: "simulator"
        case .played(let hardware, _): hardware.format
        case .attested: SimulatedHardware.tpm.format
        }
    }

    /// The kind of key store that it speaks of, as an offer names it.
    var keyStore: String {
        switch self {
        case .none: SimulatorAttestation.KeyStore.software.rawValue
        case .simulator(_, let keyStore, _): keyStore.rawValue
        case .played(let hardware, _): hardware.keyStore.rawValue
        case .attested: HardwareKeyStore.tpm.rawValue
        }
    }

    /// True where a simulator speaks of hardware that is not there: such evidence reaches no level but `sim:` ones.
    var isPlayed: Bool {
        switch self {
        case .none, .attested: false
        case .simulator, .played: true
        }
    }

    /// Says nothing about a key store that has nothing to say about itself.
    func requireFit(_ kind: KeyStoreKind) throws(KeyStoreRefusal) {
        if case .attested = self, kind != .tpm {
            throw .unfit(kind, reason: "it has no evidence of its own; use the key store tpm")
        }
    }

    func evidence(
        offer: ContentDigest, keys: any DeviceKeyStore, pin credential: PINCredential, now: Timestamp
    ) throws -> DeviceEvidence {
        let authentication = keys.publicKey(.authentication)
        let (installation, pin) = (keys.publicKey(.installation).thumbprint, credential.derived.key.thumbprint)
        switch self {
        case .none: return DeviceEvidence(format: "none", evidence: [:])
        case .simulator(let attester, let keyStore, let defects):
            return try attester.evidence(
                for: SimulatorAttestation(
                    offerDigest: offer, authenticationKey: authentication.thumbprint, installationKey: installation,
                    pinKey: pin,
                    keyStore: keyStore, defects: defects))
        case .played(let hardware, let maker):
            return try maker.evidence(
                of: hardware, offer: offer, authentication: authentication, installation: installation, pin: pin,
                now: now)
        case .attested(let maker):
            try requireFit(keys.kind)
            guard let tpm = keys as? TPMKeyStore, let challenge = Base64URL.decode(offer.rawValue) else {
                throw DeviceError.cryptography
            }
            return try maker.evidence(
                of: try tpm.attestation(challenge: challenge, pin: credential),
                authentication: authentication.thumbprint, now: now)
        }
    }
}
