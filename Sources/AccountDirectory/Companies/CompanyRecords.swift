public import OpenIDMessages

/// A company's account as the provider keeps it.
public struct CompanyRecord: Sendable, Equatable {
    public var identifier: CompanyIdentifier
    public var details: CompanyDetails
    public var state: CompanyState
    /// Why nobody acts for it; nil unless it is frozen.
    public var freezeReason: FreezeReason?
    /// To which level the company's identity is proved: that of the weakest evidence. Undefined before.
    public var level: AssuranceLevel
    /// The least level that its members log in with.
    public var floor: AssuranceLevel
    /// How many administrators must agree to what gives or takes rights of administrators: more than one under joint
    /// representation (Gesamtvertretung).
    public var approversNeeded: Int
    public var createdAt: Timestamp
    /// When its state changed last.
    public var changedAt: Timestamp
    /// When it was frozen last, also when the freeze is over; nil if it never was.
    public var frozenAt: Timestamp?

    public init(
        identifier: CompanyIdentifier, details: CompanyDetails, state: CompanyState = .initial,
        freezeReason: FreezeReason? = nil, level: AssuranceLevel = .undefined, floor: AssuranceLevel,
        approversNeeded: Int = 1, createdAt: Timestamp, changedAt: Timestamp, frozenAt: Timestamp? = nil
    ) {
        self.identifier = identifier
        self.details = details
        self.state = state
        self.freezeReason = freezeReason
        self.level = level
        self.floor = floor
        self.approversNeeded = approversNeeded
        self.createdAt = createdAt
        self.changedAt = changedAt
        self.frozenAt = frozenAt
    }
}

/// A person in a company.
public struct MembershipRecord: Sendable, Equatable {
    public var identifier: MembershipIdentifier
    public var company: CompanyIdentifier
    public var account: AccountIdentifier
    public var roles: CompanyRoles
    public var state: MembershipState
    /// Why it rests; nil unless it is suspended.
    public var suspension: SuspensionCause?
    /// The level at which the person was bound to the company.
    public var level: AssuranceLevel
    public var since: Timestamp
    /// When it ends by itself; administrators have no such end, so that none vanishes unseen.
    public var validUntil: Timestamp?

    public init(
        identifier: MembershipIdentifier, company: CompanyIdentifier, account: AccountIdentifier, roles: CompanyRoles,
        state: MembershipState = .initial, suspension: SuspensionCause? = nil, level: AssuranceLevel,
        since: Timestamp, validUntil: Timestamp? = nil
    ) {
        self.identifier = identifier
        self.company = company
        self.account = account
        self.roles = roles
        self.state = state
        self.suspension = suspension
        self.level = level
        self.since = since
        self.validUntil = validUntil
    }
}

/// An invitation into a company.
public struct InvitationRecord: Sendable, Equatable {
    public var identifier: InvitationIdentifier
    public var company: CompanyIdentifier
    public var roles: CompanyRoles
    /// Who is expected, so that a forwarded code opens nothing.
    public var expectation: IdentityHash
    public var invitedBy: MembershipIdentifier
    public var state: InvitationState
    public var createdAt: Timestamp
    public var expiresAt: Timestamp
    /// When the membership will end by itself.
    public var membershipEnds: Timestamp?

    public init(
        identifier: InvitationIdentifier, company: CompanyIdentifier, roles: CompanyRoles,
        expectation: IdentityHash, invitedBy: MembershipIdentifier, state: InvitationState = .initial,
        createdAt: Timestamp, expiresAt: Timestamp, membershipEnds: Timestamp? = nil
    ) {
        self.identifier = identifier
        self.company = company
        self.roles = roles
        self.expectation = expectation
        self.invitedBy = invitedBy
        self.state = state
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.membershipEnds = membershipEnds
    }
}

/// A branch of a company, by the activity's number in the business identification number.
public struct EstablishmentRecord: Sendable, Equatable {
    public var identifier: EstablishmentIdentifier
    public var company: CompanyIdentifier
    /// Five digits, e.g. `00002`.
    public var activity: String
    public var name: OrganizationName
    public var municipality: MunicipalityKey?
    public var address: PostalAddress
    public var state: EstablishmentState

    public init(
        identifier: EstablishmentIdentifier, company: CompanyIdentifier, activity: String, name: OrganizationName,
        municipality: MunicipalityKey?, address: PostalAddress, state: EstablishmentState = .initial
    ) {
        self.identifier = identifier
        self.company = company
        self.activity = activity
        self.name = name
        self.municipality = municipality
        self.address = address
        self.state = state
    }

    /// Reads a new establishment of a company.
    public init(json: JSONObject, identifier: EstablishmentIdentifier, company: CompanyIdentifier) throws(MessageError)
    {
        var reader = MemberReader(json)
        self.identifier = identifier
        self.company = company
        activity = try reader.string("activity", maximumLength: 5)
        guard activity.utf8.count == 5, activity.utf8.allSatisfy(\.isDigit), activity != "00000" else {
            throw .malformed("activity")
        }
        name = try reader.organizationName("name")
        municipality = try reader.optionalWire("ags")
        if municipality?.isDistrict == true { throw .malformed("ags") }
        address = try PostalAddress(json: try reader.object("address"))
        state = .initial
        try reader.finish()
    }

    public var json: JSONObject {
        var object: JSONObject = [
            "id": .string(identifier.rawValue), "activity": .string(activity), "name": .string(name.text),
        ]
        object["ags"] = municipality.map { .string($0.rawValue) }
        object["address"] = .object(address.json)
        object["state"] = .string(state.rawValue)
        return object
    }
}
