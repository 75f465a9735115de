/// The provider's word why logins have their level: `assurance-explanation+jwt` (docs/protocol.md §2, D-10.8).
public struct LevelExplanation: DeviceStatement {
    public static let type = AssuranceLevel.explanationType

    /// Whose logins it is about.
    public enum Subject: Sendable, Equatable {
        /// Those of the person with this device: as a citizen, or for a company.
        case device(DeviceIdentifier, company: Company?)
        /// One login, for the town and an auditor.
        case login(TransactionIdentifier, answered: AuthenticationContext, client: ClientIdentifier)
        /// Those of a town's subject with the device of this name there.
        case person(SubjectIdentifier, device: String)
    }

    public struct Company: Sendable, Equatable {
        public var identifier: String
        public var name: String

        public init(identifier: String, name: String) {
            self.identifier = identifier
            self.name = name
        }
    }

    public var issuer: IssuerURL
    public var issuedAt: Timestamp
    public var subject: Subject
    public var context: AuthenticationContext
    /// What bounds the level, at least one; each has `kind`, `level`, `limits`, `facts` and texts.
    public var reasons: [JSONObject]
    public var summary: BilingualText
    public var advice: BilingualText?

    public init(
        issuer: IssuerURL, issuedAt: Timestamp, subject: Subject, context: AuthenticationContext,
        reasons: [JSONObject], summary: BilingualText, advice: BilingualText?
    ) {
        self.issuer = issuer
        self.issuedAt = issuedAt
        self.subject = subject
        self.context = context
        self.reasons = reasons
        self.summary = summary
        self.advice = advice
    }

    public init(json: JSONObject) throws(MessageError) {
        var reader = MemberReader(json)
        issuer = try reader.wire("iss")
        issuedAt = try reader.time("iat")
        subject = try Self.subject(&reader)
        guard let level = AssuranceLevel(name: try reader.string("level")) else { throw .malformed("level") }
        context = AuthenticationContext(level: level, isSimulated: try reader.bool("simulated"))
        // One statement must not say two things.
        guard try reader.string("acr") == context.acr else { throw .malformed("acr") }
        reasons = try reader.objects("reasons")
        guard !reasons.isEmpty else { throw .malformed("reasons") }
        summary = try Self.text(try reader.object("summary"))
        advice = try reader.optionalObject("advice").map { (object) throws(MessageError) in try Self.text(object) }
        try reader.finish()
    }

    private static func subject(_ reader: inout MemberReader) throws(MessageError) -> Subject {
        if reader.has("txn") {
            let transaction = try reader.wire("txn", as: TransactionIdentifier.self)
            guard let answered = AuthenticationContext(acr: try reader.string("answered_acr")) else {
                throw .malformed("answered_acr")
            }
            return .login(transaction, answered: answered, client: try reader.wire("client_id"))
        }
        if reader.has("sub") { return .person(try reader.wire("sub"), device: try reader.string("device")) }
        let device = try reader.wire("aud", as: DeviceIdentifier.self)
        guard reader.has("company") else { return .device(device, company: nil) }
        let company = Company(identifier: try reader.string("company"), name: try reader.string("company_name"))
        return .device(device, company: company)
    }

    private static func text(_ object: JSONObject) throws(MessageError) -> BilingualText {
        var reader = MemberReader(object)
        let text = BilingualText(
            try reader.string("de", maximumLength: 4096), try reader.string("en", maximumLength: 4096))
        try reader.finish()
        return text
    }

    public var json: JSONObject {
        var object: JSONObject = ["iss": .string(issuer.rawValue), "iat": issuedAt.json]
        switch subject {
        case .device(let device, let company):
            object["aud"] = .string(device.rawValue)
            object["company"] = company.map { .string($0.identifier) }
            object["company_name"] = company.map { .string($0.name) }
        case .login(let transaction, let answered, let client):
            object["txn"] = .string(transaction.rawValue)
            object["answered_acr"] = .string(answered.acr)
            object["client_id"] = .string(client.rawValue)
        case .person(let subject, let device):
            object["sub"] = .string(subject.rawValue)
            object["device"] = .string(device)
        }
        object["acr"] = .string(context.acr)
        object["level"] = .string(context.level.name)
        object["simulated"] = .bool(context.isSimulated)
        object["reasons"] = .array(reasons.map { .object($0) })
        object["summary"] = Self.json(summary)
        object["advice"] = advice.map(Self.json)
        return object
    }

    private static func json(_ text: BilingualText) -> JSONValue {
        .object(["de": .string(text.german), "en": .string(text.english)])
    }
}
