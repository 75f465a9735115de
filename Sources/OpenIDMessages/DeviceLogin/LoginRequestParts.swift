/// The service that a login is for, and what it needs the claims for, as the person reads it.
public struct ServiceDescription: Sendable, Equatable {
    public var identifier: ServiceIdentifier
    /// The title in the person's language.
    public var title: String
    /// What the claims are needed for, in the person's language; nil when the service asks for none.
    public var purpose: String?
    public var purposeVersion: String?
    /// The law on which the service rests, as people cite it.
    public var legalBasis: String?
    /// The privacy notice for the service, on one of the town's hosts.
    public var privacyURI: String?
    /// How people reach the office that answers for it.
    public var contact: String?

    public init(
        identifier: ServiceIdentifier, title: String, purpose: String?, purposeVersion: String?,
        legalBasis: String? = nil, privacyURI: String? = nil, contact: String? = nil
    ) {
        self.identifier = identifier
        self.title = title
        self.purpose = purpose
        self.purposeVersion = purposeVersion
        self.legalBasis = legalBasis
        self.privacyURI = privacyURI
        self.contact = contact
    }

    init(json: JSONObject) throws(MessageError) {
        var reader = MemberReader(json)
        identifier = try reader.wire("id")
        title = try reader.string("title", maximumLength: ShownText.configured)
        purpose = try reader.optionalString("purpose", maximumLength: ShownText.configured)
        purposeVersion = try reader.optionalString("purpose_version", maximumLength: 64)
        legalBasis = try reader.optionalString("legal_basis", maximumLength: ShownText.configured)
        privacyURI = try reader.optionalString("privacy_uri", maximumLength: 2048)
        contact = try reader.optionalString("contact", maximumLength: ShownText.contact)
        try reader.finish()
        guard (purpose == nil) == (purposeVersion == nil) else { throw .malformed("purpose_version") }
    }

    public var json: JSONObject {
        var object: JSONObject = ["id": .string(identifier.rawValue), "title": .string(title)]
        object["purpose"] = purpose.map { .string($0) }
        object["purpose_version"] = purposeVersion.map { .string($0) }
        object["legal_basis"] = legalBasis.map { .string($0) }
        object["privacy_uri"] = privacyURI.map { .string($0) }
        object["contact"] = contact.map { .string($0) }
        return object
    }
}

/// A hat that the person can wear in a login.
public struct ContextDescription: Sendable, Equatable {
    public var context: ContextName
    /// The company's name; nil for the person as such.
    public var name: String?
    /// The level that the login has in this context.
    public var acr: String
    /// Claims about the company and the power to act for it that go out with this choice.
    public var claims: [String]

    public init(context: ContextName, name: String? = nil, acr: String, claims: [String] = []) {
        self.context = context
        self.name = name
        self.acr = acr
        self.claims = claims
    }

    init(json: JSONObject) throws(MessageError) {
        var reader = MemberReader(json)
        context = try reader.wire("context")
        name = try reader.optionalString("name", maximumLength: ShownText.company)
        acr = try reader.string("acr", maximumLength: 256)
        claims = try reader.strings("claims")
        try reader.finish()
        guard (name == nil) == (context == .citizen) else { throw .malformed("name") }
    }

    public var json: JSONObject {
        var object: JSONObject = ["context": .string(context.rawValue)]
        object["name"] = name.map { .string($0) }
        object["acr"] = .string(acr)
        object["claims"] = .strings(claims)
        return object
    }

    /// At least one, each once.
    static func list(_ objects: [JSONObject]) throws(MessageError) -> [ContextDescription] {
        var contexts: [ContextDescription] = []
        for object in objects { contexts.append(try ContextDescription(json: object)) }
        guard !contexts.isEmpty, Set(contexts.map(\.context)).count == contexts.count else {
            throw .malformed("contexts")
        }
        return contexts
    }
}
