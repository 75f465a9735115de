public import OpenIDMessages

/// What a tenant says of its own when it adopts a template: which version, what only the tenant can know, and what it
/// tightens.
public struct AdoptionTerms: Sendable, Equatable {
    /// What only the tenant knows.
    public struct Fields: Sendable, Equatable {
        /// How people reach the office.
        public var contact: String?
        /// The tenant's privacy notice for this service, on one of its hosts.
        public var privacyURI: RedirectURI?
        /// Where a login for this service begins at the tenant (OpenID Connect Core §4), on one of its hosts.
        public var initiateLoginURI: RedirectURI?
        /// The local law, where it is not the template's.
        public var legalBasis: String?
        /// What the service costs here, in cents of EUR.
        public var amount: Int64?

        public init(
            contact: String? = nil, privacyURI: RedirectURI? = nil, initiateLoginURI: RedirectURI? = nil,
            legalBasis: String? = nil, amount: Int64? = nil
        ) {
            self.contact = contact
            self.privacyURI = privacyURI
            self.initiateLoginURI = initiateLoginURI
            self.legalBasis = legalBasis
            self.amount = amount
        }
    }

    /// The parameters on which policies may act.
    public static let parameters = overridable + ["amount", "contact", "initiate_login_uri", "privacy_uri"]
    /// Those of them that a tenant may tighten.
    public static let overridable = ["claims", "contexts", "legal_basis", "mandate_scope", "required_level"]

    /// The pinned version.
    public var version: SemanticVersion
    public var fields: Fields
    /// The tenant's policy, subordinate to the template's.
    public var overrides: MetadataPolicy

    public init(version: SemanticVersion, fields: Fields = Fields(), overrides: MetadataPolicy = MetadataPolicy()) {
        self.version = version
        self.fields = fields
        self.overrides = overrides
    }

    public var json: JSONObject {
        ["version": .string(version.rawValue), "fields": .object(fields.json), "overrides": .object(overrides.json)]
    }

    /// Reads what `json` wrote.
    public init(json object: JSONObject) throws(ServiceTemplate.Mistake) {
        var reader = MemberReader(object)
        let overrides: JSONObject
        do throws(MessageError) {
            version = try reader.wire("version")
            fields = try Fields(json: reader.object("fields"))
            overrides = try reader.object("overrides")
            try reader.finish()
        } catch { throw .message(error) }
        do throws(PolicyError) { self.overrides = try MetadataPolicy(json: overrides) } catch { throw .policy(error) }
    }
}

extension AdoptionTerms {
    /// Terms of which only the version and what changes is named: a field that is left out stays as it is in `standing`, and
    /// null takes one away; overrides that are left out stay as a whole.
    public init(json object: JSONObject, changing standing: AdoptionTerms?) throws(ServiceTemplate.Mistake) {
        var (object, fields) = (object, standing?.fields.json ?? [:])
        if let named = object["fields"] {
            guard let named = named.object else { throw .message(.malformed("fields")) }
            for member in named.members { fields[member.name] = member.value == .null ? nil : member.value }
        }
        object["fields"] = .object(fields)
        object["overrides"] = object["overrides"] ?? .object(standing?.overrides.json ?? [:])
        try self.init(json: object)
    }
}

extension AdoptionTerms.Fields {
    public var json: JSONObject {
        var object = JSONObject()
        object["contact"] = contact.map { .string($0) }
        object["privacy_uri"] = privacyURI.map { .string($0.rawValue) }
        object["initiate_login_uri"] = initiateLoginURI.map { .string($0.rawValue) }
        object["legal_basis"] = legalBasis.map { .string($0) }
        object["amount"] = amount.map { .string(ServiceAmount.text($0)) }
        return object
    }

    /// Reads what `json` wrote; members that are no field are refused (checklist R3).
    public init(json object: JSONObject) throws(MessageError) {
        var reader = MemberReader(object)
        contact = try reader.optionalString("contact", maximumLength: 500)
        privacyURI = try reader.optionalWire("privacy_uri")
        initiateLoginURI = try reader.optionalWire("initiate_login_uri")
        legalBasis = try reader.optionalString("legal_basis", maximumLength: 500)
        amount = try reader.optionalString("amount").map { text throws(MessageError) in
            guard let cents = ServiceAmount.cents(text) else { throw .malformed("amount") }
            return cents
        }
        try reader.finish()
        for (name, text) in [("contact", contact), ("legal_basis", legalBasis)] {
            if let text, text.isEmpty || DisplayText.hasHiddenCharacters(text) { throw .malformed(name) }
        }
    }
}
