public import AccountDirectory
public import OpenIDMessages

/// In which companies a person may act, asked anew each time: nothing about it is remembered in a token.
///
/// The answer is what the directory says at that moment: membership, account and company are active, and register or a
/// mandate give the right that the service needs in that town (invariants I17, I18).
public protocol ActingContextSource: Sendable {
    /// Every company for which the person may act now, in a stable order.
    func representations(of account: AccountIdentifier, for need: ContextNeed) async throws -> [ActingRight]

    /// The right of one context as it stands now; nil when there is none any more.
    func representation(_ acting: ActingContext, for need: ContextNeed) async throws -> ActingRight?

    /// Why the person may act for none of the companies in which they are a member: of the one that comes nearest. Nil for
    /// a person without a company.
    func obstacle(of account: AccountIdentifier, for need: ContextNeed) async throws -> ActingObstacle?
}

/// For what a right to act is needed, and where.
public struct ContextNeed: Sendable {
    /// Nil for a login that is for no service: nobody acts for a company then.
    public var service: Service?
    public var tenant: TenantIdentifier
    /// Where company and mandate have their names for the portal.
    public var sector: SubjectSector
    public var time: Timestamp

    public init(service: Service?, tenant: TenantIdentifier, sector: SubjectSector, time: Timestamp) {
        self.service = service
        self.tenant = tenant
        self.sector = sector
        self.time = time
    }
}

/// A person's right to act for a company, with what tokens say about it.
public struct ActingRight: Sendable, Equatable {
    public var acting: ActingContext
    public var company: CompanyDescription
    /// The company's own name in the portal's sector.
    public var subject: CompanySubject
    public var limits: CompanyLimits
    /// The claim `…/claims/mandate`; nil where the right needs no mandate.
    public var mandate: JSONObject?
    /// The element of `verified_claims` about the right to act.
    public var verified: JSONObject?

    public init(
        acting: ActingContext, company: CompanyDescription, subject: CompanySubject, limits: CompanyLimits,
        mandate: JSONObject?, verified: JSONObject?
    ) {
        self.acting = acting
        self.company = company
        self.subject = subject
        self.limits = limits
        self.mandate = mandate
        self.verified = verified
    }

    /// True for the company with this `sub` at the portal, or this number.
    func isMeant(by hint: String) -> Bool {
        subject.rawValue == hint || company.numbers.contains { $0.number == hint }
    }

    var possible: PossibleContext { PossibleContext(acting: acting, name: company.name, limits: limits) }
}

/// A company as tokens describe it (docs/domain.md).
public struct CompanyDescription: Sendable, Equatable {
    /// A number by which authorities know the company.
    public struct Number: Sendable, Equatable {
        /// `W-IdNr`, `EUID`, `USt-IdNr` or `LEI`.
        public var type: String
        public var number: String
        /// Who gives such numbers.
        public var issuer: String

        public init(type: String, number: String, issuer: String) {
            self.type = type
            self.number = number
            self.issuer = issuer
        }
    }

    public var name: String
    public var legalForm: String
    /// Three digits.
    public var legalFormCode: String
    /// A natural person in business, whose data are personal data.
    public var isSoleTrader: Bool
    /// What a sole trader does.
    public var occupation: String?
    /// Type, number and court.
    public var register: JSONObject?
    public var numbers: [Number]
    public var address: PostalAddress
    public var level: AssuranceLevel
    /// By which evidence the company was verified.
    public var source: String

    public init(
        name: String, legalForm: String, legalFormCode: String, isSoleTrader: Bool, occupation: String?,
        register: JSONObject?, numbers: [Number], address: PostalAddress, level: AssuranceLevel, source: String
    ) {
        self.name = name
        self.legalForm = legalForm
        self.legalFormCode = legalFormCode
        self.isSoleTrader = isSoleTrader
        self.occupation = occupation
        self.register = register
        self.numbers = numbers
        self.address = address
        self.level = level
        self.source = source
    }
}

/// A directory without companies.
public struct NoCompanies: ActingContextSource {
    public init() {}

    public func representations(
        of account: AccountIdentifier, for need: ContextNeed
    ) async throws -> [ActingRight] { [] }

    public func representation(
        _ acting: ActingContext, for need: ContextNeed
    ) async throws -> ActingRight? { nil }

    public func obstacle(of account: AccountIdentifier, for need: ContextNeed) async throws -> ActingObstacle? { nil }
}
