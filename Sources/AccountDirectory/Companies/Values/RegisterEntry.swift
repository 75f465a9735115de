public import OpenIDMessages

/// Which register a company stands in.
public enum RegisterType: String, Sendable, CaseIterable {
    /// Handelsregister, department A: traders and partnerships.
    case hra = "HRA"
    /// Handelsregister, department B: companies with share capital.
    case hrb = "HRB"
    /// Vereinsregister.
    case vr = "VR"
    /// Genossenschaftsregister; in an EUID it is written `GnR`.
    case gr = "GR"
    /// Partnerschaftsregister.
    case pr = "PR"
    /// Gesellschaftsregister (since 2024): registered civil-law partnerships.
    case gsr = "GsR"

    fileprivate var euidWord: String { self == .gr ? "GnR" : rawValue }
}

/// The number in a register: digits without a leading zero and, where courts were merged, up to four capital letters
/// for the former court; at most eleven characters.
public struct RegisterNumber: WireValue {
    public let rawValue: String

    public init?(rawValue: String) {
        let digits = rawValue.utf8.prefix(while: \.isDigit)
        let rest = rawValue.utf8.dropFirst(digits.count)
        guard (1...11).contains(rawValue.utf8.count), !digits.isEmpty, digits.first != UInt8(ascii: "0"),
            rest.count <= 4, rest.allSatisfy(\.isCapital)
        else { return nil }
        self.rawValue = rawValue
    }
}

/// A European Unique Identifier of a company in a German register (Implementing Regulation (EU) 2021/1042): `DE`, the
/// code of the register court, a full stop, the register and the number, e.g. `DEX1517R.HRB395KI`.
public struct EUID: WireValue {
    public let rawValue: String
    public let register: RegisterType
    public let number: RegisterNumber

    public init?(rawValue: String) {
        let parts = rawValue.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, Self.isCourt(parts[0]),
            let register = RegisterType.allCases.first(where: { type in
                parts[1].utf8.starts(with: type.euidWord.utf8)
            }),
            let number = RegisterNumber(rawValue: String(parts[1].dropFirst(register.euidWord.utf8.count)))
        else { return nil }
        self.rawValue = rawValue
        self.register = register
        self.number = number
    }

    /// `DE`, the letter of a Land or court district, four digits and, for some courts, one letter more.
    private static func isCourt(_ text: Substring) -> Bool {
        let code = text.utf8.dropFirst(2)
        return text.utf8.starts(with: "DE".utf8) && (5...6).contains(code.count) && code.first?.isCapital == true
            && code.dropFirst().prefix(4).allSatisfy(\.isDigit) && code.dropFirst(5).allSatisfy(\.isCapital)
    }
}

/// Where a company is registered.
public struct RegisterEntry: Sendable, Hashable {
    public let type: RegisterType
    public let number: RegisterNumber
    /// E.g. `Amtsgericht Gelsenkirchen`.
    public let court: OrganizationName

    public init(type: RegisterType, number: RegisterNumber, court: OrganizationName) {
        self.type = type
        self.number = number
        self.court = court
    }

    public init(json: JSONObject) throws(MessageError) {
        var reader = MemberReader(json)
        type = try reader.choice("type")
        number = try reader.wire("number")
        court = try reader.organizationName("court")
        try reader.finish()
    }

    /// What two spellings of one entry have in common: neither capitals nor the court's title count.
    public var key: String {
        let title = ["amtsgericht ", "ag "].first { court.folded.hasPrefix($0) } ?? ""
        return "\(type.rawValue):\(number):\(court.folded.dropFirst(title.count))"
    }

    public var json: JSONObject {
        ["type": .string(type.rawValue), "number": .string(number.rawValue), "court": .string(court.text)]
    }
}

/// A legal form: the tax administration's code of three digits, and the text that people know.
public struct LegalForm: Sendable, Hashable {
    /// E.g. `350` for a GmbH.
    public let code: String
    public let text: OrganizationName

    public init?(code: String, text: OrganizationName) {
        guard code.utf8.count == 3, code.utf8.allSatisfy(\.isDigit), code != "000" else { return nil }
        self.code = code
        self.text = text
    }

    init(json: JSONObject) throws(MessageError) {
        var reader = MemberReader(json)
        let code = try reader.string("code", maximumLength: 3)
        guard let form = LegalForm(code: code, text: try reader.organizationName("text")) else {
            throw .malformed("code")
        }
        try reader.finish()
        self = form
    }

    public var json: JSONObject { ["code": .string(code), "text": .string(text.text)] }
}

/// A registration with a town's trade office, for companies that stand in no register.
public struct TradeRegistration: Sendable, Hashable {
    /// The town.
    public let tenant: TenantIdentifier
    public let number: TradeNumber

    public init(tenant: TenantIdentifier, number: TradeNumber) {
        self.tenant = tenant
        self.number = number
    }

    init(json: JSONObject) throws(MessageError) {
        var reader = MemberReader(json)
        tenant = try reader.wire("tenant")
        number = try reader.wire("number")
        try reader.finish()
    }

    public var json: JSONObject { ["tenant": .string(tenant.rawValue), "number": .string(number.rawValue)] }
}

/// The number of a trade registration: 1 to 32 digits and capital letters with inner `-`, `.` and `/`.
public struct TradeNumber: WireValue {
    public let rawValue: String

    public init?(rawValue: String) {
        let separators = Set("-./".utf8)
        guard (1...32).contains(rawValue.utf8.count),
            rawValue.utf8.allSatisfy({ $0.isDigit || $0.isCapital || separators.contains($0) }),
            let first = rawValue.utf8.first, let last = rawValue.utf8.last, !separators.contains(first),
            !separators.contains(last)
        else { return nil }
        self.rawValue = rawValue
    }
}
