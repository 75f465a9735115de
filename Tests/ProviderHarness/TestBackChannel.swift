import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderCore

/// Portals that ask without a browser (OpenID Connect CIBA Core 1.0).
public enum TestBackChannel {
    public static let centre = TestGrants.portal("call-centre") { polls(&$0) }
    public static let otherCentre = TestGrants.portal("other-call-centre") { polls(&$0) }
    /// The operator lets it ask people who know it without the digits of a call.
    public static let familiar = TestGrants.portal("familiar") {
        polls(&$0)
        $0.backChannel?.needsNoCallCode = true
    }
    public static let pinged = TestGrants.portal("pinged") {
        polls(&$0)
        $0.backChannel = ClientBackChannel(
            delivery: .ping, notificationEndpoint: OutboundURL(rawValue: "https://pinged.example/ciba")!)
    }
    /// FAPI-CIBA: signed requests, bound tokens.
    public static let fapi = TestGrants.portal("fapi-centre", .fapi2, .privateKeyJWT) {
        polls(&$0)
        $0.requiresDPoP = true
        $0.requiresPushedAuthorizationRequests = true
    }
    public static let otherFAPI = TestGrants.portal("other-fapi-centre", .fapi2, .privateKeyJWT) {
        polls(&$0)
        $0.requiresDPoP = true
        $0.requiresPushedAuthorizationRequests = true
    }

    public static let portals = [centre, otherCentre, familiar, pinged, fapi, otherFAPI]

    private static func polls(_ client: inout Client) {
        client.grantTypes = [.authorizationCode, .refreshToken, .backChannel]
        client.backChannel = ClientBackChannel(delivery: .poll)
    }
}

extension TestPortal {
    /// A signed authentication request (CIBA Core §7.1.1); nil removes a member.
    public func authenticationRequest(
        now: Timestamp, key other: SigningKey? = nil, _ changes: [String: JSONValue?] = [:]
    ) throws -> String {
        var claims: JSONObject = [
            "iss": .string(identifier), "aud": .string(TestRegion.issuer.rawValue), "iat": now.json, "nbf": now.json,
            "exp": (now + 300).json, "jti": .string(RandomBytes.text(16)), "scope": "openid person",
            "binding_message": "1234",
        ]
        for (name, value) in changes { claims[name] = value }
        guard let key = other ?? key else { throw MissingKey() }
        return try key.sign(type: "oauth-authz-req+jwt", payload: claims, keyIdentifier: "key-1")
    }
}

extension TestProvider {
    /// A provider whose region has the portals of `TestBackChannel` as well, a phone, and its person's `sub` there.
    public static func withBackChannel(
        clock: SettableClock = SettableClock(), capacity: Provider.Capacity = Provider.Capacity()
    ) async throws -> (TestProvider, TestPhone, subject: String) {
        let provider = try await TestProvider(capacity: capacity, clock: clock)
        try provider.add(TestBackChannel.portals)
        let phone = try await provider.enrolledPhone()
        return (provider, phone, try await provider.subject(of: phone))
    }

    /// The `sub` that the portals of the town know the phone's person by.
    public func subject(of phone: TestPhone, at portal: TestPortal = TestRegion.basic) async throws -> String {
        try unverifiedPayload(try await granted(at: portal, phone: phone).text("id_token")).text("sub")
    }

    /// What a portal hears when it asks for somebody (CIBA Core §7.3); nil removes a parameter.
    public func ask(
        for subject: String?, at portal: TestPortal = TestBackChannel.centre, _ changes: [String: String?] = [:],
        key: SigningKey? = nil
    ) async throws -> JSONObject {
        var parameters = ["scope": "openid person"]
        parameters["login_hint"] = subject
        for (name, value) in changes { parameters[name] = value }
        return try await provider.backChannel.begin(
            FormParameters(parameters), by: try await authenticated(portal), proofKey: key?.thumbprint,
            area: "198.51.100.x")
    }

    /// A portal asks whether its person has decided.
    public func tokens(
        of begun: JSONObject, at portal: TestPortal = TestBackChannel.centre, key: SigningKey? = nil
    ) async throws -> JSONObject {
        try await tokens(
            ["grant_type": TokenRequest.backChannelGrant, "auth_req_id": try begun.text("auth_req_id")], at: portal,
            key: key)
    }

    /// What the phone receives; nil when nobody asks.
    public func receive(_ phone: TestPhone, wait: Int64 = 0) async throws -> ClaimedLogin? {
        try await provider.deviceLogins.receive(
            by: try await verified(phone), language: .german, area: "192.0.2.x", wait: wait)
    }

    /// The request that the phone shows.
    public func shown(_ phone: TestPhone) async throws -> SignedStatement<LoginRequestStatement> {
        guard let login = try await receive(phone), let text = login.request else { throw Unexpected.noRequest }
        return try .verify(text, keys: provider.keys.ring.verificationKeys)
    }

    /// The person types the digits that somebody read out.
    @discardableResult
    public func enter(
        _ begun: JSONObject, for request: SignedStatement<LoginRequestStatement>, _ phone: TestPhone
    ) async throws -> ClaimedLogin {
        try await provider.deviceLogins.enter(
            callCode: try begun.text("call_code"), of: request.statement.transaction, by: try await verified(phone))
    }

    /// The person reads, types the digits where they are wanted, and decides.
    @discardableResult
    public func decide(
        _ begun: JSONObject, _ decision: LoginDecision, on phone: TestPhone
    ) async throws -> SignedStatement<LoginRequestStatement> {
        let request = try await shown(phone)
        if decision == .approve, request.statement.binding == .callCode { try await enter(begun, for: request, phone) }
        try await answer(
            request, try phone.response(to: request, decision, now: now), by: try await verified(phone))
        return request
    }
}
