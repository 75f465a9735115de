public import OpenIDMessages

/// What a service is, wherever it is offered: what a template says of it and an adoption may tighten.
public struct ServiceDefinition: Sendable, Equatable {
    public var title: LocalizedText
    public var contexts: [Service.Context]
    /// Nil when the service needs no login.
    public var requiredLevel: AssuranceLevel?
    public var mandateScope: String?
    /// Cents of EUR, where the service costs the same everywhere.
    public var amount: Int64?
    public var claims: [String]
    public var purpose: LocalizedText?
    public var purposeVersion: Int64
    public var legalBasis: String?
    public var leikaKey: String?

    public init(
        title: LocalizedText, contexts: [Service.Context], requiredLevel: AssuranceLevel?, mandateScope: String? = nil,
        amount: Int64? = nil, claims: [String] = [], purpose: LocalizedText? = nil, purposeVersion: Int64 = 1,
        legalBasis: String? = nil, leikaKey: String? = nil
    ) {
        self.title = title
        self.contexts = contexts
        self.requiredLevel = requiredLevel
        self.mandateScope = mandateScope
        self.amount = amount
        self.claims = claims
        self.purpose = purpose
        self.purposeVersion = purposeVersion
        self.legalBasis = legalBasis
        self.leikaKey = leikaKey
    }

    /// The definition as metadata on which a policy acts.
    public var json: JSONObject {
        var object: JSONObject = ["title": .object(title.json), "contexts": .strings(contexts.map(\.rawValue))]
        object["required_level"] = requiredLevel.map { .string($0.name) }
        object["mandate_scope"] = mandateScope.map { .string($0) }
        object["amount"] = amount.map { .string(ServiceAmount.text($0)) }
        object["claims"] = .strings(claims)
        object["purpose"] = purpose.map { .object($0.json) }
        object["purpose_version"] = .integer(purposeVersion)
        object["legal_basis"] = legalBasis.map { .string($0) }
        object["leika_key"] = leikaKey.map { .string($0) }
        return object
    }

    /// Reads what `json` wrote.
    public init(json object: JSONObject) throws(MessageError) {
        var reader = MemberReader(object)
        self = try Self(&reader)
        try reader.finish()
    }

    init(_ reader: inout MemberReader) throws(MessageError) {
        title = try LocalizedText(json: reader.object("title"), "title")
        contexts = try reader.strings("contexts").map { text throws(MessageError) in
            guard let context = Service.Context(rawValue: text) else { throw .malformed("contexts") }
            return context
        }
        guard !contexts.isEmpty, Set(contexts).count == contexts.count else { throw .malformed("contexts") }
        requiredLevel = try reader.optionalString("required_level").map { text throws(MessageError) in
            guard let level = JSONValue.string(text).level else { throw .malformed("required_level") }
            return level
        }
        mandateScope = try reader.optionalString("mandate_scope", maximumLength: 64)
        guard mandateScope.map({ MandateScope(rawValue: $0) != nil }) ?? true else { throw .malformed("mandate_scope") }
        amount = try reader.optionalString("amount").map { text throws(MessageError) in
            guard let cents = ServiceAmount.cents(text) else { throw .malformed("amount") }
            return cents
        }
        claims = try reader.strings("claims")
        guard claims.isSubset(of: ClaimCatalogue.all), claims.distinct == claims else { throw .malformed("claims") }
        purpose = try reader.optional("purpose").map { value throws(MessageError) in
            guard let object = value.object else { throw .malformed("purpose") }
            return try LocalizedText(json: object, "purpose")
        }
        guard claims.isEmpty || purpose != nil else { throw .missing("purpose") }
        purposeVersion = try reader.count("purpose_version")
        guard (1...1_000_000).contains(purposeVersion) else { throw .malformed("purpose_version") }
        legalBasis = try reader.optionalString("legal_basis")
        leikaKey = try reader.optionalString("leika_key", maximumLength: 14)
        guard leikaKey.map(Self.isLeikaKey) ?? true else { throw .malformed("leika_key") }
    }

    /// 14 digits: the key of the Leistungskatalog.
    public static func isLeikaKey(_ text: String) -> Bool {
        text.utf8.count == 14 && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
}

extension LocalizedText {
    /// `{"de": …, "en": …}`.
    public var json: JSONObject {
        var object: JSONObject = ["de": .string(german)]
        object["en"] = english.map { .string($0) }
        return object
    }

    /// Reads what `json` wrote: texts that people can see, at most 500 characters each.
    init(json object: JSONObject, _ name: String) throws(MessageError) {
        var reader = MemberReader(object)
        german = try reader.string("de", maximumLength: 2000)
        english = try reader.optionalString("en", maximumLength: 2000)
        try reader.finish()
        for text in [german, english].compactMap(\.self) {
            guard !text.isEmpty, text.unicodeScalars.count <= 500, !DisplayText.hasHiddenCharacters(text) else {
                throw .malformed(name)
            }
        }
    }
}
