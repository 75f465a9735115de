public import OpenIDMessages

/// One trust domain: one issuer, one set of signing keys, and the towns and portals that share it.
public struct Region: Sendable, Equatable {
    /// A short name, e.g. `emscher-lippe`.
    public var identifier: RegionIdentifier
    public var name: String
    public var issuer: IssuerURL
    /// True for a region that exists for development and tests: loopback redirect URIs and simulated evidence are
    /// allowed in it, and its simulated logins say so in their `acr`.
    public var isDevelopment: Bool
    /// True when the region's means of identification are notified (Regulation (EU) 910/2014, Article 9): only then may a
    /// login call its level by the words of eIDAS.
    public var isNotified: Bool
    public var evidence: EvidencePolicy
    public var operators: [Operator]
    public var tenants: [Tenant]
    public var services: [Service]
    public var clients: [Client]
    /// Templates and adoptions of the region file.
    public var library: TemplateLibrary

    public init(
        identifier: RegionIdentifier, name: String, issuer: IssuerURL, isDevelopment: Bool, isNotified: Bool = false,
        evidence: EvidencePolicy, operators: [Operator], tenants: [Tenant], services: [Service], clients: [Client],
        library: TemplateLibrary = TemplateLibrary()
    ) {
        self.identifier = identifier
        self.name = name
        self.issuer = issuer
        self.isDevelopment = isDevelopment
        self.isNotified = isNotified
        self.evidence = evidence
        self.operators = operators
        self.tenants = tenants
        self.services = services
        self.clients = clients
        self.library = library
    }
}

/// Which evidence of a device's keys the region accepts.
public struct EvidencePolicy: Sendable, Equatable {
    /// Accepted formats in the order of preference: `android-key`, `apple-appattest`, `tpm`, `simulator`, `none`.
    public var formats: [String]
    /// The simulator's root certificates (DER); only a development region may list any. Evidence of hardware that leads to
    /// one is simulated, too.
    public var simulatorRoots: [[UInt8]]
    /// Nil where the region accepts no such evidence.
    public var androidKey: AndroidKeyPolicy?
    public var appAttest: AppAttestPolicy?
    public var tpm: TPMPolicy?

    public init(
        formats: [String], simulatorRoots: [[UInt8]], androidKey: AndroidKeyPolicy? = nil,
        appAttest: AppAttestPolicy? = nil, tpm: TPMPolicy? = nil
    ) {
        self.formats = formats
        self.simulatorRoots = simulatorRoots
        self.androidKey = androidKey
        self.appAttest = appAttest
        self.tpm = tpm
    }
}
