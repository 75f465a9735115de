public import OpenIDMessages

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
    /// The scope that a mandate for this service needs; nil when none is needed.
    public var mandateScope: String?
    /// What using the service costs at most, in cents of EUR: a mandate with a limit must reach it. Nil when it costs
    /// nothing.
    public var amount: Int64?
    public var servedTenants: [TenantIdentifier]
    /// Claims that a login for this service may ask for, in the order of the catalogue; no others leave.
    public var claims: [String]
    /// Why the service wants its claims; nil only when it wants none.
    public var purpose: LocalizedText?
    /// Rises with every change of the purpose: people are asked again then (invariant I37). From 1.
    public var purposeVersion: Int64
    /// The law on which the service rests, as people cite it.
    public var legalBasis: String?
    /// The number of the Leistungskatalog, 14 digits.
    public var leikaKey: String?
    /// How people reach the office that answers for the service; nil where the tenant says nothing of its own.
    public var contact: String?
    /// The privacy notice for this service, on one of the tenant's hosts.
    public var privacyURI: RedirectURI?
    public var state: OfferState

    public init(
        identifier: ServiceIdentifier, title: LocalizedText, publisher: TenantIdentifier, version: String,
        contexts: [Context], requiredLevel: AssuranceLevel?, mandateScope: String?, amount: Int64? = nil,
        servedTenants: [TenantIdentifier], claims: [String] = [], purpose: LocalizedText? = nil,
        purposeVersion: Int64 = 1, legalBasis: String? = nil, leikaKey: String? = nil, contact: String? = nil,
        privacyURI: RedirectURI? = nil, state: OfferState = .live
    ) {
        self.identifier = identifier
        self.title = title
        self.publisher = publisher
        self.version = version
        self.contexts = contexts
        self.requiredLevel = requiredLevel
        self.mandateScope = mandateScope
        self.amount = amount
        self.servedTenants = servedTenants
        self.claims = claims
        self.purpose = purpose
        self.purposeVersion = purposeVersion
        self.legalBasis = legalBasis
        self.leikaKey = leikaKey
        self.contact = contact
        self.privacyURI = privacyURI
        self.state = state
    }

    /// What using the service costs at most; nil when it costs nothing.
    public var price: MoneyAmount? { amount.flatMap { $0 > 0 ? MoneyAmount(hundredths: $0, .euro) : nil } }

    /// True when the service is offered at `tenant` and takes part in logins.
    public func isOffered(at tenant: TenantIdentifier) -> Bool { state == .live && servedTenants.contains(tenant) }
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
