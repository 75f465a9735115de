public import AccountDirectory
public import OpenIDMessages

/// Another account for organisations, such as Mein Unternehmenskonto, that can vouch for a company. A provider that has one
/// is made with it (`Provider.init`, `companyUpstream`); `citizen-id` itself connects none.
public protocol CompanyUpstream: Sendable {
    /// What the upstream says about the organisation behind an assertion that a person brought from it; nil when the
    /// assertion is not acceptable, was used before or is not this person's. Throws when the upstream cannot be asked.
    func organization(behind assertion: String, for account: AccountRecord, now: Timestamp) async throws
        -> UpstreamOrganization?
}

/// An organisation as an upstream account knows it.
public struct UpstreamOrganization: Sendable, Equatable {
    public var name: OrganizationName
    public var euid: EUID?
    public var businessNumber: BusinessIdentificationNumber?
    public var register: RegisterEntry?
    public var level: AssuranceLevel
    /// How many must act together, where the upstream knows; else one.
    public var approversNeeded: Int
    /// Who represents the organisation by law, where the upstream knows; else nobody.
    public var representatives: [RegisterPowerEntry]

    public init(
        name: OrganizationName, euid: EUID?, businessNumber: BusinessIdentificationNumber?, register: RegisterEntry?,
        level: AssuranceLevel, approversNeeded: Int, representatives: [RegisterPowerEntry] = []
    ) {
        self.name = name
        self.euid = euid
        self.businessNumber = businessNumber
        self.register = register
        self.level = level
        self.approversNeeded = approversNeeded
        self.representatives = representatives
    }

    /// True when the facts of a draft are those of this organisation: the name is the same but for capitals, at least
    /// one identifier is known to both, and none of those known to both differs.
    public func fits(_ details: CompanyDetails) -> Bool {
        let euids = Self.agree(euid, details.euid)
        let numbers = Self.agree(businessNumber?.business, details.businessNumber?.business)
        let registers = Self.agree(register, details.register)
        let known = [euids, numbers, registers].compactMap(\.self)
        return name.text.lowercased() == details.name.text.lowercased() && !known.isEmpty && known.allSatisfy(\.self)
    }

    /// Nil when only one of them, or neither, is known.
    private static func agree<Value: Equatable>(_ one: Value?, _ other: Value?) -> Bool? {
        guard let one, let other else { return nil }
        return one == other
    }
}
