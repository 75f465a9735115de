public import OpenIDMessages

/// What a register says of a company that is otherwise now: a new name, another seat, another legal form.
public struct CompanyFacts: Sendable, Equatable {
    public var name: OrganizationName?
    public var legalForm: LegalForm?
    public var register: RegisterEntry?
    public var euid: EUID?
    public var businessNumber: BusinessIdentificationNumber?
    public var vatNumber: VATIdentificationNumber?
    public var lei: LegalEntityIdentifier?
    public var address: PostalAddress?

    /// Reads the facts as clerks send them; one at least. What kind of company it is, and its trade number, do not change.
    public init(json: JSONObject) throws(MessageError) {
        var reader = MemberReader(json)
        name = reader.has("name") ? try reader.organizationName("name") : nil
        legalForm = try reader.optionalObject("legal_form").map { json throws(MessageError) in try LegalForm(json: json)
        }
        register = try reader.optionalObject("register").map { json throws(MessageError) in
            try RegisterEntry(json: json)
        }
        euid = try reader.optionalWire("euid")
        businessNumber = try reader.optionalWire("w_idnr")
        vatNumber = try reader.optionalWire("ust_idnr")
        lei = try reader.optionalWire("lei")
        address = try reader.optionalObject("address").map { json throws(MessageError) in
            try PostalAddress(json: json)
        }
        try reader.finish()
        try address?.check()
        if json.names.isEmpty { throw .missing("name") }
    }

    /// The company as it is now; nil when its facts would contradict each other, or would tell it from no other.
    public func changed(_ details: CompanyDetails) -> CompanyDetails? {
        var details = details
        details.name = name ?? details.name
        details.legalForm = legalForm ?? details.legalForm
        details.register = register ?? details.register
        details.euid = euid ?? details.euid
        details.businessNumber = businessNumber ?? details.businessNumber
        details.vatNumber = vatNumber ?? details.vatNumber
        details.lei = lei ?? details.lei
        details.address = address ?? details.address
        // The new address was looked at; one that was stored earlier stays as it is.
        guard details.euid == nil || details.register != nil, (try? details.checkConsistency()) != nil else {
            return nil
        }
        return details
    }
}
