public import OpenIDMessages

/// How somebody whom a register names represents the company.
public enum Representation: Sendable, Hashable {
    case sole
    /// Only together: so many must sign, at least two.
    case joint(Int)

    /// Nil unless the word is `sole` or `joint` with a number from 2 to 9.
    public init?(word: String, signatories: Int64?) {
        switch (word, signatories) {
        case ("sole", nil): self = .sole
        case ("joint", let count?) where (2...9).contains(count): self = .joint(Int(count))
        default: return nil
        }
    }

    /// How many must sign.
    public var signatories: Int { if case .joint(let count) = self { count } else { 1 } }
}

/// As what the register names somebody.
public enum RegisterPowerKind: String, Sendable, CaseIterable {
    case managingDirector = "geschaeftsfuehrer"
    case boardMember = "vorstand"
    case owner = "inhaber"
    case partner = "gesellschafter"
    /// Prokurist: signs beside a legal representative, never without one (§ 49 HGB gives no power over the company's own
    /// affairs).
    case authorizedSignatory = "prokurist"

    public var isLegalRepresentative: Bool { self != .authorizedSignatory }
}

/// A person with power in a register's extract, as the clerk types it.
public struct RegisterPowerEntry: Sendable, Equatable {
    public let person: ExpectedIdentity
    public let kind: RegisterPowerKind
    public let representation: Representation

    public init(person: ExpectedIdentity, kind: RegisterPowerKind, representation: Representation) {
        self.person = person
        self.kind = kind
        self.representation = representation
    }

    public init(json: JSONObject) throws(MessageError) {
        var reader = MemberReader(json)
        person = try ExpectedIdentity(&reader)
        kind = try reader.choice("kind")
        let word = try reader.string("representation", maximumLength: 8)
        let signatories = reader.has("signatories") ? try reader.count("signatories") : nil
        guard let representation = Representation(word: word, signatories: signatories) else {
            throw .malformed("representation")
        }
        self.representation = representation
        try reader.finish()
    }
}

/// A power that a register's extract names. The person's name and day of birth are kept as a keyed hash only.
public struct RegisterPowerRecord: Sendable, Equatable {
    public var identifier: RegisterPowerIdentifier
    public var company: CompanyIdentifier
    public var person: IdentityHash
    public var kind: RegisterPowerKind
    public var representation: Representation
    public var evidence: CompanyEvidenceIdentifier
    /// The day of the extract.
    public var asOf: CalendarDate
    public var state: RegisterPowerState
    public var signature: Signature?

    /// Who signed, with which device and at which level.
    public struct Signature: Sendable, Equatable {
        public var account: AccountIdentifier
        /// Nil when it was signed before a clerk.
        public var device: DeviceIdentifier?
        public var level: AssuranceLevel
        public var time: Timestamp

        public init(account: AccountIdentifier, device: DeviceIdentifier?, level: AssuranceLevel, time: Timestamp) {
            self.account = account
            self.device = device
            self.level = level
            self.time = time
        }
    }

    public init(
        identifier: RegisterPowerIdentifier, company: CompanyIdentifier, person: IdentityHash,
        kind: RegisterPowerKind, representation: Representation, evidence: CompanyEvidenceIdentifier,
        asOf: CalendarDate,
        state: RegisterPowerState = .initial, signature: Signature? = nil
    ) {
        self.identifier = identifier
        self.company = company
        self.person = person
        self.kind = kind
        self.representation = representation
        self.evidence = evidence
        self.asOf = asOf
        self.state = state
        self.signature = signature
    }
}

/// Who founded a company's account, as its register would name them.
public struct CompanyFounder: Sendable, Equatable {
    public var account: AccountIdentifier
    /// The person's identity, hashed for this company.
    public var person: IdentityHash

    public init(account: AccountIdentifier, person: IdentityHash) {
        self.account = account
        self.person = person
    }
}

/// What shows that a company is what it says.
public struct CompanyEvidence: Sendable, Equatable {
    public enum Method: String, Sendable, CaseIterable {
        case registerExtract = "register_extract"
        /// A clerk of a trade office compared it with the trade register.
        case desk
        /// The certificate of another account for organisations.
        case upstream
    }

    public var identifier: CompanyEvidenceIdentifier
    public var method: Method
    /// The town whose clerk looked; nil for an upstream account.
    public var performer: TenantIdentifier?
    public var level: AssuranceLevel
    /// The day that the evidence speaks of.
    public var asOf: CalendarDate
    public var recordedAt: Timestamp

    public init(
        identifier: CompanyEvidenceIdentifier, method: Method, performer: TenantIdentifier?, level: AssuranceLevel,
        asOf: CalendarDate, recordedAt: Timestamp
    ) {
        self.identifier = identifier
        self.method = method
        self.performer = performer
        self.level = level
        self.asOf = asOf
        self.recordedAt = recordedAt
    }
}
