public import OpenIDMessages

/// What a person wants to do for a company.
public struct AuthorityQuestion: Sendable, Equatable {
    /// What is known of the act.
    public enum Act: Sendable, Equatable {
        /// A login: what will be done, and for how much, is not known yet, but what the service costs at most may be: a
        /// mandate with a limit must reach it. Limits go into the token.
        case login(price: MoneyAmount?)
        /// One act. A mandate with a limit answers only when the amount is named, one for some establishments only when
        /// the establishment is: to leave them out by mistake must not open what they close.
        case act(amount: MoneyAmount?, establishment: EstablishmentIdentifier?)
    }

    /// Nil for a service that needs no mandate: then every member may use it for the company.
    public var scope: MandateScope?
    public var tenant: TenantIdentifier
    public var act: Act
    public var today: CalendarDate

    public init(scope: MandateScope?, tenant: TenantIdentifier, act: Act, today: CalendarDate) {
        self.scope = scope
        self.tenant = tenant
        self.act = act
        self.today = today
    }
}

/// What a public register says about a person in a company.
public enum RegisterStanding: Sendable, Equatable {
    case none
    /// Represents it alone.
    case sole
    /// Represents it together with others.
    case joint
}

/// A mandate in somebody's hands, with what it hangs on.
public struct HeldMandate: Sendable, Equatable {
    public var mandate: Mandate
    /// The mandate that it was delegated from.
    public var parent: Mandate?
    /// Company, grantor and, in a chain, service company are active.
    public var areCompaniesActive: Bool

    public init(mandate: Mandate, parent: Mandate?, areCompaniesActive: Bool) {
        self.mandate = mandate
        self.parent = parent
        self.areCompaniesActive = areCompaniesActive
    }
}

/// Everything that decides whether a member may act for a company.
public struct AuthorityFacts: Sendable, Equatable {
    /// The company for which the member would act.
    public var company: CompanyIdentifier
    public var isCompanyActive: Bool
    public var member: MembershipIdentifier
    /// The company that the member belongs to: `company`, or a service company.
    public var home: CompanyIdentifier
    /// Membership and account are active.
    public var isMemberActive: Bool
    /// In `company`.
    public var register: RegisterStanding
    /// The member's own mandates for `company`.
    public var mandates: [HeldMandate]

    public init(
        company: CompanyIdentifier, isCompanyActive: Bool, member: MembershipIdentifier, home: CompanyIdentifier,
        isMemberActive: Bool, register: RegisterStanding, mandates: [HeldMandate]
    ) {
        self.company = company
        self.isCompanyActive = isCompanyActive
        self.member = member
        self.home = home
        self.isMemberActive = isMemberActive
        self.register = register
        self.mandates = mandates
    }
}

/// On what an act rests.
public enum Authority: Sendable, Equatable {
    /// The register names the person as one who represents the company alone.
    case register
    case mandate(HeldMandate)
    /// The service needs no mandate, and the person is a member.
    case membership
}

/// Why somebody may not act, in the words of `POST /authority/check`.
public enum AuthorityRefusal: String, Error, Sendable, Hashable, CaseIterable {
    /// Nobody of that name is known here, or not in this context: both are one answer.
    case unknown
    case companyNotActive = "company_not_active"
    case membershipNotActive = "membership_not_active"
    /// The company has no establishment of that number.
    case establishmentUnknown = "establishment_unknown"
    case noMandate = "no_mandate"
    /// The register names the person, but only together with others.
    case jointRepresentation = "joint_representation"
    // The nearest of the person's mandates fails for:
    case suspended
    case scopeNotCovered = "scope_not_covered"
    case tenantNotCovered = "tenant_not_covered"
    case notYetValid = "not_yet_valid"
    case expired
    case establishmentRequired = "establishment_required"
    case establishmentNotCovered = "establishment_not_covered"
    case amountRequired = "amount_required"
    case currencyNotCovered = "currency_not_covered"
    case amountExceeded = "amount_exceeded"
}

/// ALLOWED or DISALLOWED.
public enum AuthorityDecision: Sendable, Equatable {
    case allowed(Authority)
    case disallowed(AuthorityRefusal)
}
