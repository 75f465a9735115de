import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import SQLiteStore

/// A person with a phone, for companies.
public struct TestPerson: Sendable {
    public let phone: TestPhone
    public let record: JSONObject

    public init(phone: TestPhone, record: JSONObject) {
        self.phone = phone
        self.record = record
    }

    /// What a register or an inviter knows of the person.
    public var identity: JSONObject {
        var identity: JSONObject = [:]
        for name in ["given_name", "family_name", "birthdate"] { identity[name] = record[name] }
        return identity
    }

    /// A line of an extract that names the person.
    public func power(
        _ kind: RegisterPowerKind = .managingDirector, joint signatories: Int64? = nil
    ) -> JSONValue {
        var power = identity
        power["kind"] = .string(kind.rawValue)
        power["representation"] = signatories == nil ? "sole" : "joint"
        power["signatories"] = signatories.map { .integer($0) }
        return .object(power)
    }
}

/// Facts about companies that do not exist.
public enum TestCompany {
    public static let clerk = CompanyClerk(
        LocalOperator(),
        at: Registry(region: TestRegion.region()).scope(for: LocalOperator(), at: TestRegion.herten)!)

    /// A GmbH in the register of Gelsenkirchen.
    public static func registered(
        _ name: String = "Muster Elektrotechnik GmbH", number: String = "12345"
    ) -> JSONObject {
        [
            "name": .string(name), "kind": "NNatPers", "legal_form": .object(["code": "350", "text": "GmbH"]),
            "register": .object([
                "type": "HRB", "number": .string(number), "court": "Amtsgericht Gelsenkirchen",
            ]),
            "euid": .string("DER2402.HRB\(number)"), "address": .object(address),
        ]
    }

    /// A partnership in no register, with a trade number of Herten.
    public static func unregistered(_ name: String = "Beispiel & Partner GbR", trade: String = "HE-1") -> JSONObject {
        [
            "name": .string(name), "kind": "NNatPers", "legal_form": .object(["code": "220", "text": "GbR"]),
            "trade": .object(["tenant": "herten", "number": .string(trade)]), "address": .object(address),
        ]
    }

    /// A sole trader.
    public static func soleTrader(_ name: String = "Max Beispiel Elektro", trade: String = "HE-2") -> JSONObject {
        [
            "name": .string(name), "kind": "NatPers",
            "legal_form": .object(["code": "110", "text": "Einzelunternehmen"]),
            "occupation": "Elektrohandwerk", "trade": .object(["tenant": "herten", "number": .string(trade)]),
            "address": .object(address),
        ]
    }

    public static let address: JSONObject = [
        "street": "Musterweg", "house_number": "7a", "postal_code": "45699", "locality": "Herten",
    ]
}

extension TestProvider {
    /// A person of that name with a phone that reaches *substantiell*.
    public func person(
        _ givenName: String, _ familyName: String, born birthdate: String = "1980-02-29", email: String? = nil
    ) async throws -> TestPerson {
        var record: JSONObject = [
            "given_name": .string(givenName), "family_name": .string(familyName), "birthdate": .string(birthdate),
        ]
        record["email"] = email.map { .string($0) }
        let phone = try await enrolledPhone(person: record, simulating: .strongbox)
        return TestPerson(phone: phone, record: record)
    }

    public func verified(_ person: TestPerson) async throws -> VerifiedDevice { try await verified(person.phone) }

    /// A person suspends one of their devices, as the account API does.
    public func suspend(_ device: DeviceIdentifier, by own: VerifiedDevice) async throws {
        let account = own.account.identifier
        let event = SecurityEvent(
            .deviceSuspended, time: now, object: device.rawValue, actor: .person, person: account)
        guard try await store.suspend(device, of: account, event: event) != nil else { throw Unexpected.noDevice }
    }

    public var companies: CompanyFlow { provider.companies }

    /// The day of the provider's clock.
    public var today: String { CalendarDate(now).rawValue }

    /// An extract of today.
    public func extract(_ powers: [JSONValue], level: AssuranceLevel = .substantiell) -> JSONObject {
        ["as_of": .string(today), "level": .string(level.name), "powers": .array(powers)]
    }

    /// A company in a register whose directors, each alone entitled or all together, have signed: active.
    public func registeredCompany(
        _ directors: [TestPerson], together: Bool = false, details: JSONObject = TestCompany.registered()
    ) async throws -> CompanyIdentifier {
        let founder = try await verified(directors[0])
        let company = try await companies.create(details, by: founder).company.identifier
        try await companies.submit(company, by: founder)
        let joint = together ? Int64(directors.count) : nil
        try await companies.record(
            extract: extract(directors.map { $0.power(joint: joint) }), of: company, by: TestCompany.clerk)
        for director in together ? directors : [directors[0]] {
            try await companies.sign(company, usesPrivateIdentity: true, by: try await verified(director))
        }
        return company
    }

    /// A sole trader's business in the register of merchants, which its owner has signed: active.
    public func registeredBusiness(of owner: TestPerson) async throws -> CompanyIdentifier {
        var details = TestCompany.soleTrader()
        details["trade"] = nil
        details["register"] = .object(["type": "HRA", "number": "777", "court": "Amtsgericht Gelsenkirchen"])
        details["euid"] = "DER2402.HRA777"
        let device = try await verified(owner)
        let company = try await companies.create(details, by: device).company.identifier
        try await companies.submit(company, by: device)
        try await companies.record(extract: extract([owner.power(.owner)]), of: company, by: TestCompany.clerk)
        try await companies.sign(company, usesPrivateIdentity: true, by: device)
        return company
    }

    /// Invites a person and accepts; the roles are words such as `member`. Returns the membership.
    @discardableResult
    public func join(
        _ person: TestPerson, _ roles: [String], in company: CompanyIdentifier, by inviter: TestPerson
    ) async throws -> MembershipIdentifier {
        let issued = try await companies.invite(
            ["roles": .strings(roles), "identity": .object(person.identity)], into: company,
            by: try await verified(inviter))
        _ = try await companies.accept(
            code: issued.code, usesPrivateIdentity: true, by: try await verified(person))
        return try await membership(of: person, in: company)
    }

    /// The open membership of a person.
    public func membership(
        of person: TestPerson, in company: CompanyIdentifier
    ) async throws -> MembershipIdentifier {
        try await companies.company(company, for: try await verified(person)).own.identifier
    }

    /// Everything that is kept of a company.
    public func file(of company: CompanyIdentifier) async throws -> CompanyFile {
        guard let file = try await store.file(of: company) else { throw Unexpected.noCompany }
        return file
    }

    /// True while somebody may act for the company by a membership: what every token asks.
    public func hasSeat(_ membership: MembershipIdentifier, in company: CompanyIdentifier) async throws -> Bool {
        guard let facts = try await store.authority(of: membership, for: company, now: now) else { return false }
        return facts.isMemberActive && facts.isCompanyActive
    }

    public func state(of company: CompanyIdentifier) async throws -> CompanyState {
        try await file(of: company).company.state
    }
}
