/// What a portal asks of `verified_claims` (OpenID Connect for Identity Assurance 1.0 §6): which claims, and which facts
/// about their verification. It only narrows what the person releases.
///
/// Requirements that cannot be met leave `verified_claims` out (§6.4); they never fail the login.
public struct VerifiedClaimsRequest: Sendable, Equatable {
    /// A wish about one member: nil values mean that any will do.
    public struct Wish: Sendable, Equatable {
        public var values: [String]?

        public init(values: [String]? = nil) { self.values = values }

        /// True when `value` is one of those wanted.
        public func accepts(_ value: String) -> Bool { values?.contains(value) ?? true }

        fileprivate var json: JSONValue { values.map { JSONValue.object(["values": .strings($0)]) } ?? .null }
    }

    /// `trust_framework`, which every request names.
    public let framework: Wish
    /// `assurance_level`; nil when it is not asked for.
    public let level: Wish?
    /// How old the verification may be, in seconds; nil for any age.
    public let maximumAge: Int64?
    /// Whether `time`, `verification_process` and `evidence` are asked for.
    public let wantsTime: Bool
    public let wantsProcess: Bool
    public let wantsEvidence: Bool
    /// Names of the claims, in the order of the request; at least one.
    public let claims: [String]

    /// Reads one element of `verified_claims`.
    public init(json: JSONObject) throws(OAuthError) {
        guard let verification = json["verification"]?.object, let claims = json["claims"]?.object,
            let framework = verification["trust_framework"]
        else { throw Self.malformed("needs verification with trust_framework, and claims") }
        guard (1...64).contains(claims.members.count) else { throw Self.malformed("has no usable claims") }
        self.framework = try Self.wish(framework)
        level = try verification["assurance_level"].map { (value) throws(OAuthError) in try Self.wish(value) }
        maximumAge = try verification["time"].flatMap { (value) throws(OAuthError) in try Self.maximumAge(value) }
        wantsTime = verification["time"] != nil
        wantsProcess = verification["verification_process"] != nil
        wantsEvidence = verification["evidence"] != nil
        self.claims = claims.names
    }

    /// What was read, to keep it: the same request when it is read again. Of what was sent nothing else stays in memory,
    /// whatever else stood there.
    public var json: JSONObject {
        var verification: JSONObject = ["trust_framework": framework.json]
        verification["assurance_level"] = level?.json
        if wantsTime { verification["time"] = maximumAge.map { JSONValue.object(["max_age": .integer($0)]) } ?? .null }
        if wantsProcess { verification["verification_process"] = .null }
        if wantsEvidence { verification["evidence"] = .null }
        var named = JSONObject()
        for name in claims { named[name] = .null }
        return ["verification": .object(verification), "claims": .object(named)]
    }

    /// Reads `verified_claims`: an object or a list of at most eight.
    static func list(_ value: JSONValue) throws(OAuthError) -> [VerifiedClaimsRequest] {
        let elements = value.array ?? [value]
        guard (1...8).contains(elements.count) else { throw malformed("is empty or too long") }
        var requests: [VerifiedClaimsRequest] = []
        for element in elements {
            guard let object = element.object else { throw malformed("is no object or list of objects") }
            requests.append(try VerifiedClaimsRequest(json: object))
        }
        return requests
    }

    private static func malformed(_ what: String) -> OAuthError {
        OAuthError(.invalidRequest, "claims: verified_claims \(what)")
    }

    /// null, or `value` or `values`.
    private static func wish(_ value: JSONValue) throws(OAuthError) -> Wish {
        if value == .null { return Wish(values: nil) }
        guard let object = value.object, object["value"] == nil || object["values"] == nil else {
            throw malformed("has a wish that is neither null nor an object")
        }
        guard let wanted = object["values"] ?? object["value"].map({ .array([$0]) }) else { return Wish(values: nil) }
        guard let texts = wanted.strings, (1...16).contains(texts.count) else {
            throw malformed("has a wish whose values are no strings")
        }
        return Wish(values: texts)
    }

    private static func maximumAge(_ value: JSONValue) throws(OAuthError) -> Int64? {
        guard value != .null, let age = value.object?["max_age"] else { return nil }
        guard let seconds = age.integer, seconds >= 0 else { throw malformed("has a max_age that is no number") }
        return seconds
    }
}

/// What a request asks of `verified_claims` in both places.
public struct VerifiedClaimsDemand: Sendable, Equatable {
    public var userinfo: [VerifiedClaimsRequest]
    public var idToken: [VerifiedClaimsRequest]

    public init(userinfo: [VerifiedClaimsRequest] = [], idToken: [VerifiedClaimsRequest] = []) {
        self.userinfo = userinfo
        self.idToken = idToken
    }

    public static let none = VerifiedClaimsDemand()

    public var isEmpty: Bool { userinfo.isEmpty && idToken.isEmpty }

    /// As it is kept with a grant.
    public var json: JSONObject {
        [
            "userinfo": .array(userinfo.map { .object($0.json) }), "id_token": .array(idToken.map { .object($0.json) }),
        ]
    }

    /// Reads what `json` wrote; nil when it is not that.
    public init?(json: JSONObject) {
        func read(_ place: String) -> [VerifiedClaimsRequest]? {
            guard let value = json[place], let elements = value.array else { return nil }
            return elements.isEmpty ? [] : try? VerifiedClaimsRequest.list(value)
        }
        guard let userinfo = read("userinfo"), let idToken = read("id_token") else { return nil }
        self.init(userinfo: userinfo, idToken: idToken)
    }
}
