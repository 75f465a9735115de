import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderHarness
import Testing

@testable import ProviderCore

/// What each profile holds a portal to at the authorization endpoint; checklist A1, A8, C1, C2, C4.
@Suite("Client profiles: authorization requests")
struct ClientProfileTests {
    private static let provider = Task { try await TestProvider.withProfiles() }

    /// The error that a request gets, with the operator's reason; nil when it is accepted.
    private static func error(
        _ portal: TestPortal, _ changes: [String: String?], pushed: Bool = false
    ) async throws -> (code: OAuthError.Code, reason: Refusal?, isPage: Bool)? {
        let provider = try await provider.value
        do {
            if pushed {
                _ = try await provider.validated(pushed: portal.request(changes), by: portal)
            } else {
                _ = try await provider.provider.authorization.authorize(FormParameters(portal.request(changes)))
            }
            return nil
        } catch let refusal as ClientRefusal { return (refusal.error.code, refusal.reason, false) } catch {
            switch error as? AuthorizationRefusal {
            case .page(let error, let reason): return (error.code, reason, true)
            case .redirect(let error, _, let reason): return (error.code, reason, false)
            case nil: throw error
            }
        }
    }

    @Test("fapi2-security-profile-final-ensure-unsigned-authorization-request-without-using-par-fails")
    func pushedRequests() async throws {
        let plain = try await Self.error(TestProfiles.fapi, [:])
        #expect(plain?.code == .invalidRequest && plain?.reason == .pushedRequestRequired)
        #expect(try await Self.error(TestProfiles.fapi, [:], pushed: true) == nil)
        #expect(try await Self.error(TestProfiles.baseline, [:]) == nil)
    }

    @Test("RFC 9126 §2: a request that is pushed for another client than the one that authenticated is refused")
    func othersRequest() async throws {
        let posing = try await Self.error(TestProfiles.baseline, ["client_id": "somebody-else"], pushed: true)
        #expect(posing?.code == .invalidRequest && posing?.reason == .clientIdentifierMismatch)
    }

    // fapi2-security-profile-final-ensure-authorization-request-without-nonce-success,
    // fapi2-security-profile-final-ensure-authorization-request-without-state-success
    @Test("fapi2-security-profile-final-ensure-authorization-request-with-64-char-nonce-success")
    func nonceAndState() async throws {
        for changes in [["nonce": String(repeating: "n", count: 64)], ["nonce": nil], ["state": nil]] {
            #expect(try await Self.error(TestProfiles.fapi, changes, pushed: true) == nil)
        }
    }

    // oidcc-alternate-happy-flow, fapi-ciba-id1-ensure-other-scope-order-succeeds
    @Test(
        "fapi2-security-profile-final-ensure-other-scope-order-succeeds, oidcc-ensure-request-with-unknown-parameter-succeeds"
    )
    func orderAndUnknownParameters() async throws {
        #expect(
            try await Self.error(TestProfiles.fapi, ["scope": "person openid", "colour": "x"], pushed: true) == nil)
    }

    // MARK: PKCE

    enum Challenge: String, CaseIterable { case none, s256, plain }
    enum Verifier: String, CaseIterable { case none, right, wrong }

    // oidcc-ensure-request-with-valid-pkce-succeeds, fapi2-security-profile-final-ensure-pkce-code-verifier-required,
    // fapi2-security-profile-final-incorrect-pkce-code-verifier-rejected
    @Test(
        "challenge × verifier (authentik CVE-2023-48228, CVE-2024-23647; Spring AS CVE-2024-22258)",
        arguments: [TestProfiles.fapi, TestProfiles.baseline, TestProfiles.legacy], Challenge.allCases)
    func challengeAndVerifier(portal: TestPortal, challenge: Challenge) async throws {
        let provider = try await Self.provider.value
        let phone = try await provider.enrolledPhone()
        let changes: [String: String?] =
            switch challenge {
            case .none: ["code_challenge": nil, "code_challenge_method": nil]
            case .s256: [:]
            case .plain: ["code_challenge_method": "plain"]
            }
        let isPushed = portal.client.profile == .fapi2
        let isAccepted = challenge == .s256 || (challenge == .none && portal.client.profile == .legacy)
        let error = try await Self.error(portal, changes, pushed: isPushed)
        #expect((error == nil) == isAccepted)
        guard isAccepted else {
            #expect(error?.code == .invalidRequest)
            return
        }
        for verifier in Verifier.allCases {
            let validated =
                isPushed
                ? try await provider.validated(pushed: portal.request(changes), by: portal)
                : try await provider.provider.authorization.authorize(FormParameters(portal.request(changes)))
            let code = try await provider.code(for: validated, phone: phone)
            let sent: String? =
                switch verifier {
                case .none: nil
                case .right: portal.verifier.rawValue
                case .wrong: CodeVerifier.random().rawValue
                }
            let isRight = (challenge == .none) == (verifier == .none) && verifier != .wrong
            let key = SigningKey.makeES256()
            do {
                _ = try await provider.tokens(
                    portal.tokenRequest(code: code, ["code_verifier": sent]), at: portal, key: key)
                #expect(isRight, "\(portal.identifier) \(challenge) \(verifier)")
            } catch let refusal as ClientRefusal {
                #expect(!isRight, "\(portal.identifier) \(challenge) \(verifier): \(refusal)")
                // The code is spent whatever was wrong with the verifier (checklist C2).
                await #expect(throws: ClientRefusal.self) {
                    try await provider.tokens(
                        portal.tokenRequest(
                            code: code, ["code_verifier": challenge == .none ? nil : portal.verifier.rawValue]),
                        at: portal, key: key)
                }
            }
        }
    }

    // MARK: Levels

    @Test("a legacy client has no login above normal")
    func legacyLevel() async throws {
        let provider = try await Self.provider.value
        let legacy = TestProfiles.legacy
        for level in ["substantiell", "hoch", "hoch substantiell"] {
            #expect(try await Self.error(legacy, ["acr_values": level])?.code == .unmetAuthenticationRequirements)
        }
        let high = AuthenticationContext(level: .hoch, isSimulated: false)
        for changes in [[:], ["acr_values": "hoch normal"]] as [[String: String]] {
            let validated = try await provider.provider.authorization.authorize(FormParameters(legacy.request(changes)))
            #expect(validated.levels.answer(reached: high)?.level == .normal)
        }
        #expect(try await Self.error(TestProfiles.tooHigh, [:])?.code == .unmetAuthenticationRequirements)
    }

    /// A wish in `claims` or `acr_values`, what is reached, and what is answered; nil for not enough.
    static let wishes: [([String: String], AssuranceLevel, AssuranceLevel?)] = [
        ([:], .substantiell, .substantiell),
        (["acr_values": "hoch substantiell"], .substantiell, .substantiell),
        (["acr_values": "substantiell"], .normal, nil),
        (["acr_values": "hoch substantiell"], .normal, nil),
        (["claims": #"{"id_token":{"acr":{"essential":true,"value":"substantiell"}}}"#], .normal, nil),
        (["claims": #"{"id_token":{"acr":{"essential":true,"values":["hoch","normal"]}}}"#], .substantiell, .normal),
        (["claims": #"{"id_token":{"acr":{"value":"hoch"}}}"#], .substantiell, .substantiell),
        (["claims": #"{"id_token":{"acr":{"value":"normal"}}}"#], .substantiell, .normal),
        (["claims": #"{"id_token":{"acr":{"value":"gold"}}}"#], .normal, .normal),
        (
            ["acr_values": "normal", "claims": #"{"id_token":{"acr":{"essential":true,"value":"substantiell"}}}"#],
            .normal, nil
        ),
        (
            ["acr_values": "substantiell", "claims": #"{"id_token":{"acr":{"value":"normal"}}}"#], .normal, nil
        ),
    ]

    @Test(
        "fapi2-security-profile-final-test-essential-acr-sca-claim: essential levels bind, voluntary ones are a wish",
        arguments: wishes)
    func levels(changes: [String: String], reached: AssuranceLevel, answer: AssuranceLevel?) async throws {
        let provider = try await Self.provider.value
        let validated = try await provider.provider.authorization.authorize(
            FormParameters(TestProfiles.baseline.request(changes)))
        let context = AuthenticationContext(level: reached, isSimulated: true)
        #expect(
            validated.levels.answer(reached: context)
                == answer.map { AuthenticationContext(level: $0, isSimulated: true) })
    }

    @Test("an essential level that is unknown here cannot be met")
    func unknownEssentialLevel() async throws {
        let changes = ["claims": #"{"id_token":{"acr":{"essential":true,"value":"gold"}}}"#]
        #expect(try await Self.error(TestProfiles.baseline, changes)?.code == .unmetAuthenticationRequirements)
    }

    @Test(
        "a level that the region does not have is refused at once; beside one that it has it is passed over",
        arguments: ["hoch", AssuranceLevel.hoch.acr, "http://eidas.europa.eu/LoA/high", "STORK-QAA-Level-4", "HOCH"])
    func levelNotOffered(level: String) async throws {
        let essential = #"{"id_token":{"acr":{"essential":true,"value":"\#(level)"}}}"#
        for changes in [
            ["acr_values": level], ["acr_values": level + " gold"], ["claims": essential],
            ["acr_values": "normal", "claims": essential],
            ["acr_values": level, "claims": #"{"id_token":{"acr":{"value":"normal"}}}"#],
        ] {
            let error = try await Self.error(TestProfiles.baseline, changes)
            #expect(error?.code == .unmetAuthenticationRequirements && error?.reason == .levelUnknown, "\(changes)")
        }
        for changes in [
            ["acr_values": level + " normal"], ["claims": #"{"id_token":{"acr":{"value":"\#(level)"}}}"#],
        ] {
            #expect(try await Self.error(TestProfiles.baseline, changes) == nil, "\(changes)")
        }
    }

    // MARK: Claims, resources, modes

    @Test("oidcc-claims-essential: claims one by one, `name` as its parts, as far as the client's scopes cover them")
    func claims() async throws {
        let provider = try await Self.provider.value
        let portal = TestProfiles.baseline
        let text = #"{"userinfo":{"email":{"essential":true},"name":{"essential":true}},"id_token":{"birthdate":null}}"#
        let validated = try await provider.provider.authorization.authorize(
            FormParameters(portal.request(["scope": "openid", "claims": text])))
        #expect(validated.claims == ["given_name", "family_name", "birthdate", "email"])
        for place in ["userinfo", "id_token"] {
            let error = try await Self.error(portal, ["claims": "{\"\(place)\":{\"phone_number\":null}}"])
            #expect(error?.code == .invalidScope && error?.reason == .scopeNotAllowed)
        }
    }

    @Test("RFC 8707: a resource that is not the client's is no target")
    func resources() async throws {
        let provider = try await Self.provider.value
        let portal = TestProfiles.baseline
        let good = try await provider.provider.authorization.authorize(
            FormParameters(portal.request(["resource": TestProfiles.resource.rawValue])))
        #expect(good.request.resource == TestProfiles.resource)
        for resource in [
            TestProfiles.resource.rawValue + "/", TestProfiles.resource.rawValue + "#x", "https://other.example/api",
            "urn:x:y", "files",
        ] {
            #expect(try await Self.error(portal, ["resource": resource])?.code == .invalidTarget)
        }
        #expect(
            try await Self.error(TestRegion.basic, ["resource": TestProfiles.resource.rawValue])?.code == .invalidTarget
        )
    }

    @Test("a response mode that is not the client's is refused in one that is")
    func responseModes() async throws {
        let provider = try await Self.provider.value
        for mode in ResponseMode.allCases {
            #expect(try await Self.error(TestProfiles.baseline, ["response_mode": mode.rawValue]) == nil)
            let error = try await Self.error(TestRegion.basic, ["response_mode": mode.rawValue])
            #expect(error?.code == (mode == .query ? nil : .invalidRequest))
        }
        // Without a response_mode the answer would be a plain query (OAuth 2.0 Multiple Response Types §2.1).
        let object = try TestProfiles.signing.requestObject(now: provider.now)
        let refusal = try await provider.refusal(ofPushing: ["request": object], by: TestProfiles.signing)
        #expect(refusal?.error.code == .invalidRequest)
    }

    @Test("a client without the authorization code grant gets no login")
    func grantTypes() async throws {
        #expect(try await Self.error(TestProfiles.machine, [:])?.code == .unauthorizedClient)
    }

    // MARK: Loopback

    @Test(
        "RFC 8252 §7.3: a native application may use any port of its loopback address, and nothing else varies (fosite CVE-2020-15233)"
    )
    func loopbackPorts() async throws {
        let native = TestProfiles.native
        for uri in [
            "http://127.0.0.1/callback", "http://127.0.0.1:1/callback", "http://127.0.0.1:65535/callback",
            "http://[::1]:8080/back?way=2", "http://[::1]/back?way=2", "http://[::1]:49152/back?way=2",
            "http://localhost:9000/callback", "https://native.example/callback",
        ] {
            #expect(try await Self.error(native, ["redirect_uri": uri]) == nil, "\(uri)")
        }
        for uri in [
            "http://127.0.0.1:0/callback", "http://127.0.0.1:65536/callback", "http://127.0.0.1:/callback",
            "http://127.0.0.1:08/callback", "http://127.0.0.1:80", "http://127.0.0.1:80/callback/",
            "http://127.0.0.1:80/Callback", "http://127.0.0.1:80/callback?x=1", "http://127.0.0.1:80/callback#x",
            "http://127.0.0.1:80/back?way=2", "https://127.0.0.1:80/callback", "http://127.0.0.2:80/callback",
            "http://127.1:80/callback", "http://127.0.0.1.evil.example:80/callback",
            "http://127.0.0.1@evil.example/callback",
            "http://127.0.0.1:80@evil.example/callback", "http://127.0.0.1:80:80/callback",
            "http://127.0.0.1:+80/callback",
            "http://127.0.0.1: 80/callback", "http://127.0.0.1:８０/callback", "http://localhost:9001/callback",
            "http://localhost/callback", "http://[::1]:80/callback", "http://[::1]:80/back?way=3",
            "http://[::1]:80/back", "http://[0:0:0:0:0:0:0:1]:80/back?way=2", "https://native.example:8443/callback",
        ] {
            let error = try await Self.error(native, ["redirect_uri": uri])
            #expect(error?.isPage == true && error?.reason == .redirectURINotRegistered, "\(uri)")
        }
    }

    @Test("a web portal's loopback URI has the port that is registered")
    func portsOfPortals() async throws {
        let portal = TestProfiles.workstation
        #expect(try await Self.error(portal, [:]) == nil)
        for uri in ["http://127.0.0.1:3001/cb", "http://127.0.0.1/cb"] {
            #expect(try await Self.error(portal, ["redirect_uri": uri])?.isPage == true)
        }
    }
}

extension TestProvider {
    /// A code for a request that was validated, by a whole login in the flow `qr`.
    func code(for validated: ValidatedAuthorizationRequest, phone: TestPhone) async throws -> String {
        let browser = BrowserContext(description: "Firefox, Linux", area: "192.0.2.x", language: .german)
        let begun = try #require(provider.browserLogins.begin(validated, browser: browser))
        let device = try await verified(phone)
        let flow = provider.browserLogins
        let view = try #require(flow.view(page: begun.page, cookie: begun.cookie))
        let claimed = try await claim(view.qrLink, by: device)
        _ = flow.enter(
            code: claimed.code ?? "", page: begun.page, cookie: begun.cookie, formToken: view.formToken)
        let request = try await request(of: claimed.transaction, for: device)
        try await answer(request, try phone.response(to: request, now: now), by: device)
        let outcome = try #require(try flow.collect(page: begun.page, cookie: begun.cookie))
        return try #require(ReturnedParameters(outcome.response)["code"])
    }
}
