public import OpenIDMessages

/// What somebody asks for: a mandate before it is one.
public struct MandateProposal: Sendable, Equatable {
    /// The company that is to give it.
    public var grantor: CompanyIdentifier
    public var grantee: MandateGrantee
    /// The mandate that it is delegated from; nil when the grantor gives it for itself.
    public var parent: MandateIdentifier?
    public var replaces: MandateIdentifier?
    public var powers: MandatePowers
    public var mayDelegate: Bool
    /// How many approvals the proposer wants; the company's own rule may want more.
    public var approvals: Int
    public var reason: String

    public init(
        grantor: CompanyIdentifier, grantee: MandateGrantee, parent: MandateIdentifier? = nil,
        replaces: MandateIdentifier? = nil, powers: MandatePowers, mayDelegate: Bool = false, approvals: Int = 1,
        reason: String
    ) {
        self.grantor = grantor
        self.grantee = grantee
        self.parent = parent
        self.replaces = replaces
        self.powers = powers
        self.mayDelegate = mayDelegate
        self.approvals = approvals
        self.reason = reason
    }

    /// Reads a proposal. State, basis, depth and approvals given are none of its members: nobody sets them from outside.
    public init(json: JSONObject) throws(MessageError) {
        var reader = MemberReader(json)
        grantor = try reader.wire("company")
        grantee = try Self.grantee(try reader.object("grantee"))
        parent = try reader.optionalWire("parent")
        replaces = try reader.optionalWire("replaces")
        powers = try Self.powers(&reader)
        mayDelegate = try Self.mayDelegate(reader.optional("may_delegate"))
        approvals = try Self.approvals(reader.optional("approvals"))
        reason = try reader.string("reason", maximumLength: Mandate.longestReason)
        try reader.finish()
        guard reason.contains(where: { !$0.isWhitespace }), !DisplayText.hasHiddenCharacters(reason) else {
            throw .malformed("reason")
        }
    }

    public var json: JSONObject {
        var object: JSONObject = ["company": .string(grantor.rawValue), "grantee": .object(grantee.json)]
        object["parent"] = parent.map { .string($0.rawValue) }
        object["replaces"] = replaces.map { .string($0.rawValue) }
        for member in powers.json.members { object[member.name] = member.value }
        object["may_delegate"] = .bool(mayDelegate)
        object["approvals"] = .integer(Int64(approvals))
        object["reason"] = .string(reason)
        return object
    }

    private static func grantee(_ json: JSONObject) throws(MessageError) -> MandateGrantee {
        var reader = MemberReader(json)
        let membership: MembershipIdentifier? = try reader.optionalWire("membership")
        let company: CompanyIdentifier? = try reader.optionalWire("company")
        try reader.finish()
        switch (membership, company) {
        case (let membership?, nil): return .membership(membership)
        case (nil, let company?): return .company(company)
        default: throw .malformed("grantee")
        }
    }

    private static func powers(_ reader: inout MemberReader) throws(MessageError) -> MandatePowers {
        let codes = try reader.strings("scopes")
        let scopes = codes.compactMap(MandateScope.init(rawValue:))
        guard !codes.isEmpty, scopes.count == codes.count, Set(scopes).count == codes.count else {
            throw .malformed("scopes")
        }
        guard let tenants = Reach<TenantIdentifier>(words: try reader.strings("tenants")) else {
            throw .malformed("tenants")
        }
        guard let establishments = Reach<EstablishmentIdentifier>(words: try reader.strings("establishments")) else {
            throw .malformed("establishments")
        }
        let limits = try reader.value("limits")
        let limit: MoneyAmount?
        switch limits {
        // To leave it out by mistake must not make a mandate without a limit.
        case .null: limit = nil
        case .object(let object): limit = try MoneyAmount(json: object)
        default: throw .malformed("limits")
        }
        let validity = MandateValidity(from: try reader.wire("valid_from"), until: try reader.wire("valid_until"))
        return MandatePowers(
            scopes: Set(scopes), tenants: tenants, limit: limit, establishments: establishments, validity: validity)
    }

    private static func mayDelegate(_ value: JSONValue?) throws(MessageError) -> Bool {
        guard let value else { return false }
        guard let mayDelegate = value.bool else { throw .malformed("may_delegate") }
        return mayDelegate
    }

    private static func approvals(_ value: JSONValue?) throws(MessageError) -> Int {
        guard let value else { return 1 }
        guard let count = value.integer, (1...64).contains(count) else { throw .malformed("approvals") }
        return Int(count)
    }
}

extension MandateGrantee {
    public var json: JSONObject {
        switch self {
        case .membership(let membership): ["membership": .string(membership.rawValue)]
        case .company(let company): ["company": .string(company.rawValue)]
        }
    }
}

extension MandatePowers {
    /// The members of a proposal that say what it lets somebody do.
    public var json: JSONObject {
        [
            "scopes": .strings(scopes.sorted().map(\.rawValue)), "tenants": .strings(tenants.words),
            "establishments": .strings(establishments.words), "limits": limit.map { .object($0.json) } ?? .null,
            "valid_from": .string(validity.from.rawValue), "valid_until": .string(validity.until.rawValue),
        ]
    }
}
