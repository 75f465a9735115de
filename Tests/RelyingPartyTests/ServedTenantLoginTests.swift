import OpenIDMessages
import Synchronization
import Testing

@testable import RelyingParty

@Suite("I28: a portal of several towns names the town, and the ID token must name the same")
struct ServedTenantLoginTests {
    static let herten = TenantIdentifier(rawValue: "herten")!
    static let marl = TenantIdentifier(rawValue: "marl")!
    static let claim = "https://id.example.test/claims/tenant"

    /// An ID token whose claim says what is given; without the claim for nil.
    static func token(_ value: JSONValue?) throws -> String {
        var claims = IDTokenValidationTests.good
        claims[claim] = value
        return try IDTokenValidationTests.signed(claims)
    }

    @Test func `I28: a token that names the town is accepted, whatever else the claim says of it`() throws {
        for value: JSONObject in [["id": "herten"], ["id": "herten", "ags": "05562020", "name": "Stadt Herten"]] {
            let token = try IDTokenValidationTests.validate(Self.token(.object(value)), for: Self.herten)
            #expect(token.subject.rawValue == "subject-1")
        }
    }

    static let defects: [(JSONValue?, IDTokenDefect)] = [
        (.object(["id": "marl"]), .tenantMismatch), (.object(["id": "herten-2"]), .tenantMismatch),
        (.object(["id": "marl", "name": "Stadt Herten"]), .tenantMismatch), (nil, .missing(claim)),
        (.null, .wrong(claim)), ("herten", .wrong(claim)), ([.object(["id": "herten"])], .wrong(claim)),
        (.object([:]), .wrong(claim)), (.object(["name": "herten"]), .wrong(claim)),
        (.object(["id": .null]), .wrong(claim)), (.object(["id": ["herten"]]), .wrong(claim)),
        (.object(["id": "Herten"]), .wrong(claim)), (.object(["id": "herten "]), .wrong(claim)),
        (.object(["id": ""]), .wrong(claim)),
    ]

    @Test(arguments: defects)
    func `I28: another town, none, or a claim of another shape is refused`(
        value: JSONValue?, defect: IDTokenDefect
    ) throws {
        let token = try Self.token(value)
        #expect(throws: defect) { try IDTokenValidationTests.validate(token, for: Self.herten) }
    }

    @Test func `the claim of another issuer's namespace says nothing`() throws {
        var claims = IDTokenValidationTests.good
        claims["https://other.example.test/claims/tenant"] = .object(["id": "herten"])
        let token = try IDTokenValidationTests.signed(claims)
        #expect(throws: IDTokenDefect.missing(Self.claim)) {
            try IDTokenValidationTests.validate(token, for: Self.herten)
        }
    }

    @Test func `a portal of one tenant asks for no town and compares none`() throws {
        for value: JSONValue? in [nil, .object(["id": "marl"])] {
            _ = try IDTokenValidationTests.validate(Self.token(value))
        }
    }
}

extension LoginTests {
    private func logIn(_ party: RelyingParty, for town: TenantIdentifier, answeredFor named: String) async throws
        -> LoggedIn
    {
        let pending = try await party.beginLogin(servedTenant: town)
        provider.state.withLock {
            $0.claims["nonce"] = .string(pending.nonce.rawValue)
            $0.claims[ServedTenantLoginTests.claim] = .object(["id": .string(named)])
        }
        return try await party.finishLogin(callbackQuery: callback(pending), pending: pending)
    }

    @Test func `I28: the town is pushed, and the login says it`() async throws {
        let party = try party()
        let login = try await logIn(party, for: ServedTenantLoginTests.herten, answeredFor: "herten")
        #expect(login.servedTenant == ServedTenantLoginTests.herten)
        let forms = provider.state.withLock { $0.requests.map { ($0.endpoint, $0.form["served_tenant"]) } }
        #expect(forms.filter { $0.0 == .pushedAuthorizationRequest }.map(\.1) == ["herten"])
        #expect(forms.filter { $0.0 != .pushedAuthorizationRequest }.allSatisfy { $0.1 == nil })
    }

    @Test func `I28: without a pushed request the browser carries the town, and without a town nothing is sent`()
        async throws
    {
        for town in [ServedTenantLoginTests.marl, nil] {
            let pending = try await party(pushed: false).beginLogin(servedTenant: town)
            let query = try #require(pending.authorizationURL.split(separator: "?").last)
            #expect(try FormParameters(parsing: query.utf8)["served_tenant"] == town?.rawValue)
            #expect(pending.servedTenant == town)
        }
    }

    @Test func `I28: a login for Herten that is answered for Marl signs nobody in`() async throws {
        let party = try party()
        await #expect(throws: RelyingPartyError.unacceptableIDToken(.tenantMismatch)) {
            try await logIn(party, for: ServedTenantLoginTests.herten, answeredFor: "marl")
        }
    }
}
