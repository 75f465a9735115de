public import OpenIDMessages

/// One trust domain: one issuer, one set of signing keys, and the towns and portals that share it.
public struct Region: Sendable, Equatable {
    /// A short name, e.g. `emscher-lippe`.
    public var identifier: TenantIdentifier
    public var name: String
    public var issuer: IssuerURL
    /// True for a region that exists for development and tests: loopback redirect URIs and simulated evidence are
    /// allowed in it, and its simulated logins say so in their `acr`.
    public var isDevelopment: Bool
    public var evidence: EvidencePolicy
    public var operators: [Operator]
    public var tenants: [Tenant]
    public var services: [Service]
    public var clients: [Client]

    public init(
        identifier: TenantIdentifier, name: String, issuer: IssuerURL, isDevelopment: Bool, evidence: EvidencePolicy,
        operators: [Operator], tenants: [Tenant], services: [Service], clients: [Client]
    ) {
        self.identifier = identifier
        self.name = name
        self.issuer = issuer
        self.isDevelopment = isDevelopment
        self.evidence = evidence
        self.operators = operators
        self.tenants = tenants
        self.services = services
        self.clients = clients
    }
}

/// Which evidence of a device's keys the region accepts.
public struct EvidencePolicy: Sendable, Equatable {
    /// Accepted formats in the order of preference: `simulator`, `none`.
    public var formats: [String]
    /// The simulator's root certificates (DER); only a development region may list any.
    public var simulatorRoots: [[UInt8]]

    public init(formats: [String], simulatorRoots: [[UInt8]]) {
        self.formats = formats
        self.simulatorRoots = simulatorRoots
    }
}

/// An IT provider that runs things for tenants on instruction (GDPR Art. 28).
public struct Operator: Sendable, Equatable {
    public var identifier: TenantIdentifier
    public var name: String
    /// The customary abbreviation.
    public var shortName: String

    public init(identifier: TenantIdentifier, name: String, shortName: String) {
        self.identifier = identifier
        self.name = name
        self.shortName = shortName
    }
}

/// A public body that offers services.
public struct Tenant: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
        case kreisfreieStadt = "kreisfreie_stadt"
        case kreis
        case kreisangehoerigeStadt = "kreisangehoerige_stadt"
        case regionalPortal = "regional_portal"
    }

    public enum State: String, Sendable, CaseIterable {
        case active, suspended
    }

    public var identifier: TenantIdentifier
    public var officialName: String
    public var kind: Kind
    /// Amtlicher Gemeindeschlüssel: eight digits, five for a Kreis, none for a regional portal.
    public var municipalityKey: String?
    /// The `identifier` of the operator.
    public var operatorIdentifier: TenantIdentifier
    public var sector: SectorIdentifier
    /// Hosts that the tenant has proved to be its own; redirect URIs lie on them.
    public var hosts: [String]
    /// The lowest level of any login at this tenant.
    public var floor: AssuranceLevel
    /// Scopes that the tenant's clients may ask for; nil when all are allowed.
    public var allowedScopes: [String]?
    public var state: State

    public init(
        identifier: TenantIdentifier, officialName: String, kind: Kind, municipalityKey: String?,
        operatorIdentifier: TenantIdentifier, sector: SectorIdentifier, hosts: [String], floor: AssuranceLevel,
        allowedScopes: [String]?, state: State
    ) {
        self.identifier = identifier
        self.officialName = officialName
        self.kind = kind
        self.municipalityKey = municipalityKey
        self.operatorIdentifier = operatorIdentifier
        self.sector = sector
        self.hosts = hosts
        self.floor = floor
        self.allowedScopes = allowedScopes
        self.state = state
    }
}

/// A Verwaltungsleistung, published by one tenant and offered by those that adopted it.
public struct Service: Sendable, Equatable {
    /// Who can use a service.
    public enum Context: String, Sendable, CaseIterable {
        case citizen, company
    }

    public var identifier: ServiceIdentifier
    /// The title in German, and in English where there is one.
    public var title: LocalizedText
    public var publisher: TenantIdentifier
    /// A semantic version, e.g. `1.0.0`.
    public var version: String
    public var contexts: [Context]
    /// Nil when the service needs no login and offers one only to fill in forms.
    public var requiredLevel: AssuranceLevel?
    /// The scope that a mandate for this service needs.
    public var mandateScope: String?
    public var servedTenants: [TenantIdentifier]
    /// Claims that a login for this service may ask for, in the order of the catalogue; no others leave.
    public var claims: [String]
    /// Why the service wants its claims; nil only when it wants none.
    public var purpose: LocalizedText?
    /// Rises with every change of the purpose: people are asked again then (invariant I37). From 1.
    public var purposeVersion: Int64

    public init(
        identifier: ServiceIdentifier, title: LocalizedText, publisher: TenantIdentifier, version: String,
        contexts: [Context], requiredLevel: AssuranceLevel?, mandateScope: String?,
        servedTenants: [TenantIdentifier], claims: [String] = [], purpose: LocalizedText? = nil,
        purposeVersion: Int64 = 1
    ) {
        self.identifier = identifier
        self.title = title
        self.publisher = publisher
        self.version = version
        self.contexts = contexts
        self.requiredLevel = requiredLevel
        self.mandateScope = mandateScope
        self.servedTenants = servedTenants
        self.claims = claims
        self.purpose = purpose
        self.purposeVersion = purposeVersion
    }

    /// True when the service is offered at `tenant`.
    public func isOffered(at tenant: TenantIdentifier) -> Bool { servedTenants.contains(tenant) }
}

/// A text in German and, where it is known, in English.
public struct LocalizedText: Sendable, Equatable {
    public var german: String
    public var english: String?

    public init(german: String, english: String? = nil) {
        self.german = german
        self.english = english
    }
}
