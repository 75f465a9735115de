internal import AccountDirectory
internal import OpenIDMessages

/// The day and the level that a clerk gives for evidence.
struct StatedEvidence: Sendable {
    let asOf: CalendarDate
    let level: AssuranceLevel

    init(_ reader: inout MemberReader) throws(MessageError) {
        asOf = try reader.wire("as_of")
        guard let level = AssuranceLevel(name: try reader.string("level", maximumLength: 16)) else {
            throw .malformed("level")
        }
        self.level = level
    }

    var json: JSONObject { ["as_of": .string(asOf.rawValue), "level": .string(level.name)] }
}

/// Whom a register names, as a clerk types it, with the day and the level.
struct StatedPowers: Sendable {
    let evidence: StatedEvidence
    let powers: [RegisterPowerEntry]
    /// What the register says otherwise than the company's description.
    let changed: CompanyFacts?
    private let list: [JSONValue]
    private let changes: JSONObject?

    init(json: JSONObject) throws(MessageError) {
        var reader = MemberReader(json)
        try self.init(&reader)
        try reader.finish()
    }

    /// Reads its members of a larger object.
    init(_ reader: inout MemberReader) throws(MessageError) {
        evidence = try StatedEvidence(&reader)
        changes = try reader.optionalObject("changed")
        do throws(MessageError) {
            changed = try changes.map { json throws(MessageError) in try CompanyFacts(json: json) }
        } catch { throw error.inside("changed") }
        guard let list = try reader.value("powers").array else { throw .malformed("powers") }
        self.list = list
        var powers: [RegisterPowerEntry] = []
        for (index, element) in list.enumerated() {
            guard let object = element.object else { throw .malformed("powers[\(index)]") }
            do throws(MessageError) { powers.append(try RegisterPowerEntry(json: object)) } catch {
                throw error.inside("powers[\(index)]")
            }
        }
        self.powers = powers
    }

    /// As `CompanyFlow` reads it.
    var json: JSONObject {
        var json = evidence.json
        json["powers"] = .array(list)
        json["changed"] = changes.map { .object($0) }
        return json
    }
}

/// An extract as a clerk types it: what the register says of the company, and whom it names.
struct StatedExtract: Sendable {
    let company: StatedCompany
    let named: StatedPowers

    init(json: JSONObject) throws(MessageError) {
        var reader = MemberReader(json)
        company = try StatedCompany(json: try reader.object("company"))
        named = try StatedPowers(&reader)
        try reader.finish()
    }
}

/// What an extract says of the company. It must name the entry in the register, so that an extract of one company is not
/// recorded for another.
struct StatedCompany: Sendable {
    private let name: OrganizationName?
    private let register: StatedRegister?
    private let euid: EUID?
    private let businessNumber: BusinessIdentificationNumber?
    private let vatNumber: VATIdentificationNumber?
    private let lei: LegalEntityIdentifier?

    init(json: JSONObject) throws(MessageError) {
        do throws(MessageError) {
            var reader = MemberReader(json)
            name = reader.has("name") ? try reader.organizationName("name") : nil
            register = reader.has("register") ? try StatedRegister(json: try reader.object("register")) : nil
            euid = try reader.optionalWire("euid")
            businessNumber = try reader.optionalWire("w_idnr")
            vatNumber = try reader.optionalWire("ust_idnr")
            lei = try reader.optionalWire("lei")
            try reader.finish()
        } catch { throw error.inside("company") }
        if register == nil, euid == nil { throw .missing("company.register") }
    }

    /// The first fact that differs from what the applicant said; what only one of them says does not count, but at least
    /// one entry in a register must be the same.
    func difference(from details: CompanyDetails) -> String? {
        let facts: [(name: String, isSame: Bool?)] = [
            ("euid", Self.isSame(euid, details.euid)), ("register", register?.isSame(as: details.register)),
            ("name", name?.isSame(as: details.name)),
            ("w_idnr", Self.isSame(businessNumber?.business, details.businessNumber?.business)),
            ("ust_idnr", Self.isSame(vatNumber, details.vatNumber)), ("lei", Self.isSame(lei, details.lei)),
        ]
        if let different = facts.first(where: { $0.isSame == false }) { return different.name }
        let isProved = facts.prefix(2).contains { $0.isSame == true }
        return isProved ? nil : euid == nil ? "register" : "euid"
    }

    /// Nil when only one of them, or neither, is there.
    private static func isSame<Value: Equatable>(_ one: Value?, _ other: Value?) -> Bool? {
        guard let one, let other else { return nil }
        return one == other
    }
}

/// An entry in a register as an extract names it.
private struct StatedRegister: Sendable {
    let type: RegisterType
    let number: RegisterNumber
    let court: OrganizationName

    init(json: JSONObject) throws(MessageError) {
        do throws(MessageError) {
            var reader = MemberReader(json)
            type = try reader.choice("type")
            number = try reader.wire("number")
            court = try reader.organizationName("court")
            try reader.finish()
        } catch { throw error.inside("register") }
    }

    /// Nil when the applicant named no entry.
    func isSame(as entry: RegisterEntry?) -> Bool? {
        entry.map { $0.type == type && $0.number == number && court.isSame(as: $0.court) }
    }
}

extension OrganizationName {
    /// Capitals do not count.
    fileprivate func isSame(as other: OrganizationName) -> Bool { text.lowercased() == other.text.lowercased() }
}

extension MessageError {
    /// The same mistake, in an inner object: `euid` becomes `company.euid`.
    func inside(_ place: String) -> MessageError { MessageError(kind, member: "\(place).\(member)") }
}
