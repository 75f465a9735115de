public import OpenIDMessages

/// What kind of person a company is.
public enum CompanyKind: String, Sendable, CaseIterable {
    /// A legal person, partnership or association.
    case organization = "NNatPers"
    /// A natural person in business: the data are personal data.
    case soleTrader = "NatPers"
}

/// The facts by which a company is known.
public struct CompanyDetails: Sendable, Equatable {
    public var name: OrganizationName
    public var kind: CompanyKind
    public var legalForm: LegalForm
    /// What a sole trader does.
    public var occupation: OrganizationName?
    public var register: RegisterEntry?
    public var euid: EUID?
    public var businessNumber: BusinessIdentificationNumber?
    public var vatNumber: VATIdentificationNumber?
    public var lei: LegalEntityIdentifier?
    public var trade: TradeRegistration?
    public var address: PostalAddress

    /// Reads the facts as people and clerks send them.
    public init(json: JSONObject) throws(MessageError) {
        var reader = MemberReader(json)
        name = try reader.organizationName("name")
        kind = try reader.choice("kind")
        legalForm = try LegalForm(json: try reader.object("legal_form"))
        occupation = reader.has("occupation") ? try reader.organizationName("occupation") : nil
        register = try reader.optionalObject("register").map { json throws(MessageError) in
            try RegisterEntry(json: json)
        }
        euid = try reader.optionalWire("euid")
        businessNumber = try reader.optionalWire("w_idnr")
        vatNumber = try reader.optionalWire("ust_idnr")
        lei = try reader.optionalWire("lei")
        trade = try reader.optionalObject("trade").map { json throws(MessageError) in try TradeRegistration(json: json)
        }
        address = try PostalAddress(json: try reader.object("address"))
        try reader.finish()
        try checkConsistency()
    }

    /// Facts that contradict each other are not taken, and something must tell the company from all others (I19).
    func checkConsistency() throws(MessageError) {
        if occupation != nil, kind != .soleTrader { throw .malformed("occupation") }
        if let euid, let register, euid.register != register.type || euid.number != register.number {
            throw .malformed("euid")
        }
        if register != nil, euid == nil, businessNumber == nil { throw .missing("euid") }
        if identities.isEmpty { throw .missing("w_idnr") }
    }

    /// What a new description must keep besides its form; those that were stored earlier are read without it. Where an EUID
    /// is known the entry is as well, and tells the company from one that is described by the entry alone (I19).
    public func check() throws(MessageError) {
        if euid != nil, register == nil { throw .missing("register") }
        try address.check()
    }

    /// True for a company that says of itself that it stands in a register.
    public var isRegistered: Bool { register != nil || euid != nil }

    public var json: JSONObject {
        var object: JSONObject = [
            "name": .string(name.text), "kind": .string(kind.rawValue), "legal_form": .object(legalForm.json),
        ]
        object["occupation"] = occupation.map { .string($0.text) }
        object["register"] = register.map { .object($0.json) }
        object["euid"] = euid.map { .string($0.rawValue) }
        object["w_idnr"] = businessNumber.map { .string($0.rawValue) }
        object["ust_idnr"] = vatNumber.map { .string($0.rawValue) }
        object["lei"] = lei.map { .string($0.rawValue) }
        object["trade"] = trade.map { .object($0.json) }
        object["address"] = .object(address.json)
        return object
    }
}

/// What tells a company from all others (I19): the EUID, the business identification number, the entry in a register, town
/// and trade number. Of the companies that were verified no two share any of them.
public enum CompanyIdentity: Sendable, Hashable {
    case euid(EUID)
    case business(BusinessIdentificationNumber)
    case register(RegisterEntry)
    case trade(TradeRegistration)

    /// The words that storage compares.
    public var key: String {
        switch self {
        case .euid(let euid): "euid:\(euid)"
        case .business(let number): "w-idnr:\(number.business)"
        case .register(let entry): "register:\(entry.key)"
        case .trade(let trade): "trade:\(trade.tenant):\(trade.number)"
        }
    }
}

extension CompanyDetails {
    /// Every identity that the facts have, the strongest first.
    public var identities: [CompanyIdentity] {
        [
            euid.map(CompanyIdentity.euid), businessNumber.map(CompanyIdentity.business),
            register.map(CompanyIdentity.register), trade.map(CompanyIdentity.trade),
        ]
        .compactMap(\.self)
    }
}
