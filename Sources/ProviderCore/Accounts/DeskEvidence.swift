public import AccountDirectory
public import OpenIDMessages

/// How a clerk proved who stands at the desk: what was looked at, never what stands in it.
public struct DeskEvidence: Sendable, Equatable {
    /// The documents that a desk looks at, in the words of OpenID Identity Assurance (IDA Schema 1.0).
    public enum DocumentType: String, Sendable, Hashable, CaseIterable {
        case idcard, passport
        case residencePermit = "residence_permit"
    }

    /// A document that proves who somebody is.
    public struct Document: Sendable, Equatable {
        public var type: DocumentType
        /// The country that issued it, ISO 3166-1 alpha-2.
        public var country: String
        /// The last day on which it is valid; nil for one without end.
        public var expiresOn: CalendarDate?
    }

    public var method: Evidence.Method
    public var document: Document?

    /// No document is valid for longer, in years: what expires later was mistyped.
    public static let longestValidity = 20

    /// The last day of a document that was over before `today`; nil when what was shown counts. Such a day is no mistake in
    /// writing: the clerk hears it by name (`DeskRefusal.documentExpired`).
    func expired(before today: CalendarDate) -> CalendarDate? {
        document?.expiresOn.flatMap { $0 < today ? $0 : nil }
    }

    /// Reads `method` and `document` (`type`, `country`, `expires_on`), one of them at least. An identity elsewhere that was
    /// shown is the method, whatever else was looked at. Throws the member that cannot be.
    ///
    /// - Parameters:
    ///   - level: the level that was proved by it; a letter proves no more than an address (TR-03107-1).
    ///   - link: the identity elsewhere that was shown.
    public init(
        json: JSONObject, level: AssuranceLevel, link: PresentedLink?, today: CalendarDate
    ) throws(MessageError) {
        var reader = MemberReader(json)
        let named: Evidence.Method? = reader.has("method") ? try reader.choice("method") : nil
        let shown = link?.upstream.method
        let method = shown ?? named ?? .counter
        guard named == nil || named == method, method != .upstream || shown == .upstream,
            method != .letter || level <= .normal
        else { throw .malformed("method") }
        let document = try reader.optionalObject("document").map { json throws(MessageError) in
            try Document(json: json, today: today)
        }
        guard document != nil || named != nil else { throw .missing("method") }
        guard document == nil || method.isOfDocument else { throw .malformed("document") }
        try reader.finish()
        self.method = method
        self.document = document
    }
}

extension DeskEvidence.Document {
    fileprivate init(json: JSONObject, today: CalendarDate) throws(MessageError) {
        var reader = MemberReader(json)
        type = try reader.choice("type")
        country = try reader.string("country", maximumLength: 2)
        guard PostalAddress.isCountry(country) else { throw .malformed("country") }
        expiresOn = try reader.optionalWire("expires_on")
        if let expiresOn {
            guard expiresOn <= today.adding(years: DeskEvidence.longestValidity) else { throw .malformed("expires_on") }
        }
        try reader.finish()
    }
}

extension IdentityLink.Upstream {
    /// What it says of how an identity was proved.
    var method: Evidence.Method {
        switch self {
        case .eid: .eid
        case .bundid, .muk, .eidas: .upstream
        case .counter: .counter
        }
    }
}

extension DeskVisit {
    /// What stands behind the person's data from this visit on: the document, if there was one, until it expires.
    func proof(of account: AccountIdentifier, now: Timestamp) -> Evidence {
        let document = evidence?.document
        return Evidence(
            identifier: .random(), account: account, method: evidence?.method ?? link?.upstream.method ?? .counter,
            performer: tenant, checkedAt: now, level: level, documentType: document?.type.rawValue,
            documentCountry: document?.country, expiresAt: document?.expiresOn?.endInGermany)
    }
}
