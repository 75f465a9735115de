/// The `claims` parameter (OpenID Connect Core §5.5): claims that a portal asks for one by one.
///
/// What is not known is ignored, as §5.5 wants; what is malformed is refused.
public struct ClaimsRequest: Sendable, Equatable {
    /// A level that a portal asks for by the claim `acr` (§5.5.1.1).
    public struct LevelWish: Sendable, Equatable {
        /// True when a login without one of the levels must fail.
        public let isEssential: Bool
        /// The levels that are known here, in the portal's order.
        public let levels: [AssuranceLevel]
    }

    /// Names of the claims for the userinfo answer, in the order of the request.
    public let userinfo: [String]
    /// Names of the claims for the ID token, in the order of the request.
    public let idToken: [String]
    /// Claims that are wanted with their evidence, in the userinfo answer and in the ID token.
    public let verifiedUserinfo: [VerifiedClaimsRequest]
    public let verifiedIDToken: [VerifiedClaimsRequest]
    /// The only person that may log in.
    public let subject: SubjectIdentifier?
    /// Nil when no level is named.
    public let level: LevelWish?
    /// What must stand against a relayed login (`rr`, essential): of each list, which has only what is known here, one.
    public let relayResistance: [[RelayResistance]]

    /// A request that asks for nothing.
    public static let none = ClaimsRequest()

    /// The most values that the parameter's text may hold. In its 4096 bytes a request that names each claim with what it
    /// wants of it stays far below.
    static let maximumValues = 256

    private init() {
        (userinfo, idToken, subject, level, relayResistance) = ([], [], nil, nil, [])
        (verifiedUserinfo, verifiedIDToken) = ([], [])
    }

    /// Reads the parameter's JSON text.
    public init(parsing text: String) throws(OAuthError) {
        let object: JSONObject
        do { object = try StrictJSON.parseObject(Array(text.utf8), maximumValues: Self.maximumValues) } catch {
            throw Self.malformed(
                error == .tooManyValues ? "has too many values" : "is not a JSON object without duplicate names")
        }
        verifiedUserinfo = try Self.verified(object, "userinfo")
        verifiedIDToken = try Self.verified(object, "id_token")
        let userinfo = try Self.claims(object, "userinfo")
        let idToken = try Self.claims(object, "id_token")
        let subjects = Set((userinfo + idToken).filter { $0.name == "sub" }.compactMap(\.values))
        guard subjects.count <= 1 else { throw Self.malformed("names two subjects") }
        subject = try subjects.first.map(Self.subject)
        level = try idToken.first { $0.name == "acr" }.flatMap(Self.level)
        relayResistance = try Self.relayResistance(userinfo + idToken)
        self.userinfo = userinfo.map(\.name)
        self.idToken = idToken.map(\.name)
    }

    /// Every claim that is asked for, in whatever form and place.
    public var names: [String] { userinfo + idToken + (verifiedUserinfo + verifiedIDToken).flatMap(\.claims) }

    private static func verified(
        _ object: JSONObject, _ place: String
    ) throws(OAuthError) -> [VerifiedClaimsRequest] {
        guard let value = object[place]?.object?["verified_claims"], value != .null else { return [] }
        return try VerifiedClaimsRequest.list(value)
    }

    private struct Claim {
        let name: String
        let isEssential: Bool
        /// Nil when any value is right.
        let values: [JSONValue]?
    }

    private static func malformed(_ what: String) -> OAuthError { OAuthError(.invalidRequest, "claims \(what)") }

    private static func claims(_ object: JSONObject, _ place: String) throws(OAuthError) -> [Claim] {
        guard let value = object[place] else { return [] }
        guard let members = value.object?.members, members.count <= 64 else {
            throw malformed("has no usable object \(place)")
        }
        var claims: [Claim] = []
        for member in members where member.name != "verified_claims" { claims.append(try claim(member)) }
        return claims
    }

    /// §5.5.1: null, or an object of `essential`, `value` and `values`; its other members are ignored.
    private static func claim(_ member: JSONObject.Member) throws(OAuthError) -> Claim {
        if member.value == .null { return Claim(name: member.name, isEssential: false, values: nil) }
        guard let object = member.value.object, object["essential"] == nil || object["essential"]?.bool != nil,
            object["values"] == nil || object["values"]?.array?.isEmpty == false,
            object["value"] == nil || object["values"] == nil
        else { throw malformed("has a claim that is neither null nor a usable object") }
        return Claim(
            name: member.name, isEssential: object["essential"]?.bool ?? false,
            values: object["values"]?.array ?? object["value"].map { [$0] })
    }

    private static func subject(_ values: [JSONValue]) throws(OAuthError) -> SubjectIdentifier {
        guard values.count == 1, let subject = values[0].string.flatMap(SubjectIdentifier.init(rawValue:)) else {
            throw malformed("names no subject that could exist")
        }
        return subject
    }

    /// A demand is one wherever it stands. One that names no values is for the claim alone, which every ID token has.
    private static func relayResistance(_ claims: [Claim]) throws(OAuthError) -> [[RelayResistance]] {
        var demands: [[RelayResistance]] = []
        for claim in claims where claim.name == "rr" {
            guard let values = claim.values else { continue }
            guard let texts = JSONValue.array(values).strings, texts.count <= 8 else {
                throw malformed("has values of rr that are no strings, or too many")
            }
            if claim.isEssential { demands.append(texts.compactMap(RelayResistance.init(rawValue:))) }
        }
        return demands
    }

    private static func level(_ claim: Claim) throws(OAuthError) -> LevelWish? {
        guard let values = claim.values else { return nil }
        guard let texts = JSONValue.array(values).strings, texts.count <= 8 else {
            throw malformed("has values of acr that are no strings, or too many")
        }
        return LevelWish(
            isEssential: claim.isEssential, levels: texts.compactMap { AssuranceLevel(acr: $0) })
    }
}
