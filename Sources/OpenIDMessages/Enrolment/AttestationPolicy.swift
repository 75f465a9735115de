/// The kind of hardware that keeps a device's key, as its evidence proves it.
public enum HardwareKeyStore: String, Sendable, Hashable, CaseIterable {
    case tee, strongbox
    case secureEnclave = "secure_enclave"
    case tpm
}

/// What a region asks of Android key attestations (docs/protocol.md §7.2).
public struct AndroidKeyPolicy: Sendable, Equatable {
    /// An app that may enrol devices: its package and the SHA-256 digests of the certificates that sign it.
    public struct Application: Sendable, Equatable {
        public var package: String
        public var signatures: [[UInt8]]

        public init(package: String, signatures: [[UInt8]]) {
            self.package = package
            self.signatures = signatures
        }
    }

    /// Published root certificates (DER).
    public var roots: [[UInt8]]
    public var applications: [Application]
    /// The oldest security patch of the system that is accepted, as year × 100 + month.
    public var oldestPatch: Int64
    /// Keys of other systems that may be booted, such as GrapheneOS: SHA-256 digests, as `verifiedBootKey` has them.
    public var bootKeys: [[UInt8]]
    /// The highest level in a trusted execution environment and in a StrongBox.
    public var levels: [HardwareKeyStore: AssuranceLevel]

    public init(
        roots: [[UInt8]], applications: [Application], oldestPatch: Int64, bootKeys: [[UInt8]] = [],
        levels: [HardwareKeyStore: AssuranceLevel] = [.tee: .substantiell, .strongbox: .substantiell]
    ) {
        self.roots = roots
        self.applications = applications
        self.oldestPatch = oldestPatch
        self.bootKeys = bootKeys
        self.levels = levels
    }
}

/// What a region asks of App Attest attestations (docs/protocol.md §7.3).
public struct AppAttestPolicy: Sendable, Equatable {
    /// Where the app's keys are attested: as it is sold, or while it is developed.
    public enum Environment: String, Sendable, CaseIterable {
        case production, development
    }

    /// Published root certificates (DER).
    public var roots: [[UInt8]]
    /// Team identifier and bundle identifier, `A1B2C3D4E5.example.citizen`.
    public var applications: [String]
    public var environment: Environment
    public var levels: [HardwareKeyStore: AssuranceLevel]

    public init(
        roots: [[UInt8]], applications: [String], environment: Environment = .production,
        levels: [HardwareKeyStore: AssuranceLevel] = [.secureEnclave: .substantiell]
    ) {
        self.roots = roots
        self.applications = applications
        self.environment = environment
        self.levels = levels
    }
}

/// What a region asks of TPM attestations (docs/protocol.md §7.4).
public struct TPMPolicy: Sendable, Equatable {
    /// Root certificates (DER) of the authorities that certify attestation keys.
    public var roots: [[UInt8]]
    public var levels: [HardwareKeyStore: AssuranceLevel]

    public init(roots: [[UInt8]], levels: [HardwareKeyStore: AssuranceLevel] = [.tpm: .substantiell]) {
        self.roots = roots
        self.levels = levels
    }
}
