import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

@Suite("The provider's doctor for clients")
struct ClientDoctorTests {
    private typealias Result = IntegrationFinding.Result

    private func findings(
        _ provider: TestProvider, _ client: String
    ) async throws -> [String: IntegrationFinding] {
        let identifier = try #require(ClientIdentifier(rawValue: client))
        let list = try #require(try await provider.provider.clientDoctor.examine(identifier))
        return Dictionary(list.map { ($0.check, $0) }) { first, _ in first }
    }

    private func refused(_ body: () async throws -> Void) async { do { try await body() } catch {} }

    @Test func `a careful client is well`() async throws {
        let provider = try await TestProvider.withProfiles()
        _ = try await provider.validated(pushed: TestProfiles.fapi.request(), by: TestProfiles.fapi)
        let found = try await findings(provider, TestProfiles.fapi.identifier)
        for check in [
            "profile", "authentication", "keys", "algorithms", "pushed_requests", "bound_tokens", "refusals", "clock",
            "requests",
        ] { #expect(found[check]?.result == .ok, "\(check): \(String(describing: found[check]))") }
        #expect(found["key_caching"]?.result == .notTested, "it is said that this is not visible")
        #expect(found["key_caching"]?.remedy?.contains("citizen-phone doctor") == true)
    }

    @Test func `what a registration lacks is found`() async throws {
        let provider = try await TestProvider.withProfiles()
        let legacy = try await findings(provider, TestProfiles.legacy.identifier)
        #expect(legacy["profile"]?.result == .warning)
        #expect(legacy["authentication"]?.result == .warning, "a shared secret")
        #expect(legacy["bound_tokens"]?.result == .warning)
        let rs256 = try await findings(provider, TestRegion.rsa.identifier)
        #expect(rs256["algorithms"]?.result == .warning)
        #expect(rs256["registration"]?.result == .failure, "its host is not the tenant's")
        let untold = try await findings(provider, TestRegion.substantial.identifier)
        #expect(untold["logout"]?.result == .warning)
        #expect(untold["logout_delivery"] == nil)
        #expect(try await findings(provider, TestRegion.basic.identifier)["logout_delivery"]?.result == .notTested)
        #expect(try await provider.provider.clientDoctor.examine(#require(ClientIdentifier(rawValue: "nobody"))) == nil)
    }

    @Test func `a client without a key, and one without a key to encrypt to`() async throws {
        let provider = try await TestProvider()
        var region = provider.provider.registry.region
        var client = TestRegion.pushing.client
        client.identifier = try #require(ClientIdentifier(rawValue: "keyless"))
        client.keys = []
        client.cryptography.idTokenEncryption = .rsaOAEP256
        region.clients.append(client)
        try provider.provider.registry.replace(with: region)
        let found = try await findings(provider, "keyless")
        #expect(found["keys"]?.result == .failure)
        #expect(found["encryption"]?.result == .failure)
    }

    @Test(arguments: [(0, "ok"), (-10, "ok"), (30, "warning"), (-120, "warning"), (90, "failure"), (-301, "failure")])
    func `the clock is read from assertions, also from those that are refused`(
        skew: Int64, result: String
    ) async throws {
        let provider = try await TestProvider()
        let portal = TestRegion.pushing
        let assertion = try portal.assertion(now: provider.now) { $0["iat"] = (provider.now + skew).json }
        await refused { _ = try await provider.provider.authenticate(.assertion(assertion, client: nil)) }
        let found = try await findings(provider, portal.identifier)
        #expect(found["clock"]?.result.rawValue == result, "\(String(describing: found["clock"]))")
        #expect(provider.provider.observations.observation(of: portal.client.identifier).skew?.last == skew)
    }

    @Test func `an assertion of another key says nothing of the clock`() async throws {
        let provider = try await TestProvider()
        let portal = TestRegion.pushing
        let forged = try portal.assertion(now: provider.now, key: .makeES256()) {
            $0["iat"] = (provider.now + 3600).json
        }
        await refused { _ = try await provider.provider.authenticate(.assertion(forged, client: nil)) }
        let seen = provider.provider.observations.observation(of: portal.client.identifier)
        #expect(seen.skew == nil)
        #expect(seen.refusals[.assertionSignature]?.count == 1)
    }

    @Test func `a time beyond all time does no harm`() async throws {
        let provider = try await TestProvider()
        let portal = TestRegion.pushing
        for time in [Int64.min, .max] {
            let assertion = try portal.assertion(now: provider.now) { $0["iat"] = .integer(time) }
            await refused { _ = try await provider.provider.authenticate(.assertion(assertion, client: nil)) }
        }
        #expect(provider.provider.observations.observation(of: portal.client.identifier).skew == nil)
    }

    @Test func `refusals are counted with their last time, and each has a remedy`() async throws {
        let provider = try await TestProvider()
        let portal = TestRegion.basic
        for _ in 1...3 {
            provider.clock.advance(10)
            await refused {
                _ = try await provider.provider.authenticate(.basic(client: portal.client.identifier, secret: "wrong"))
            }
        }
        await refused { _ = try await provider.login(at: portal, ["redirect_uri": "https://elsewhere.example/"]) }
        let seen = provider.provider.observations.observation(of: portal.client.identifier)
        #expect(seen.refusals[.clientSecretWrong]?.count == 3)
        #expect(seen.refusals[.clientSecretWrong]?.lastAt == provider.now)
        #expect(seen.refusals[.redirectURINotRegistered]?.count == 1)
        let refusals = try #require(try await provider.provider.clientDoctor.examine(portal.client.identifier))
            .filter { $0.check == "refusals" }
        #expect(refusals.map(\.result) == [.warning, .warning])
        #expect(refusals.first?.cause.hasPrefix("clientSecretWrong, 3 times") == true, "the most frequent first")
        #expect(refusals.allSatisfy { $0.remedy?.isEmpty == false })
    }

    @Test func `a portal of which nothing was good is not said to be well`() async throws {
        let provider = try await TestProvider()
        let portal = TestRegion.basic
        let unused = try await findings(provider, portal.identifier)
        #expect(unused["requests"]?.cause == "No login was asked for since the start.")
        let mistakes: [([String: String?], Refusal)] = [
            (["code_challenge": nil, "code_challenge_method": nil], .codeChallengeMissing),
            (["code_challenge_method": "plain"], .requestMalformed),
            (["response_type": "code id_token"], .responseTypeUnsupported),
            (["response_mode": "form_post"], .responseModeNotAllowed), (["redirect_uri": nil], .requestMalformed),
        ]
        for (changes, reason) in mistakes {
            let provider = try await TestProvider()
            await refused {
                _ = try await provider.provider.authorization.authorize(FormParameters(portal.request(changes)))
            }
            let found = try await findings(provider, portal.identifier)
            #expect(found["refusals"]?.result == .warning, "\(changes)")
            #expect(found["refusals"]?.cause.hasPrefix(reason.rawValue) == true, "\(changes)")
            #expect(found["requests"]?.cause == "No request for a login was good since the start.", "\(changes)")
        }
        // What the portal heard names the parameter, never its value.
        await refused {
            let request = FormParameters(portal.request(["max_age": "secret"]))
            _ = try await provider.provider.authorization.authorize(request)
        }
        let cause = try #require(try await findings(provider, portal.identifier)["refusals"]?.cause)
        #expect(cause.hasSuffix("The portal heard: max_age is not a number of seconds.") && !cause.contains("secret"))
    }

    @Test func `names that no client has leave nothing`() async throws {
        let provider = try await TestProvider()
        let stranger = try #require(ClientIdentifier(rawValue: "stranger"))
        await refused { _ = try await provider.provider.authenticate(.basic(client: stranger, secret: "x")) }
        #expect(provider.provider.observations.observation(of: stranger) == .init())
    }

    @Test func `what requests lack is counted`() async throws {
        let provider = try await TestProvider.withProfiles()
        let portal = TestProfiles.legacy
        _ = try await provider.provider.authorization.authorize(FormParameters(portal.request()))
        #expect(try await findings(provider, portal.identifier)["requests"]?.result == .ok)
        _ = try await provider.provider.authorization.authorize(FormParameters(portal.request(["state": nil])))
        #expect(try await findings(provider, portal.identifier)["requests"]?.result == .warning)
        _ = try await provider.provider.authorization.authorize(
            FormParameters(
                portal.request(["nonce": nil, "code_challenge": nil, "code_challenge_method": nil])
            ))
        let found = try await findings(provider, portal.identifier)["requests"]
        #expect(found?.result == .failure, "\(String(describing: found))")
    }

    @Test(arguments: [
        (OutboundFailure.tls, Result.failure), (.unresolvable, .failure), (.connect, .failure), (.timeout, .failure),
        (.status(404), .ok), (.mediaType, .ok), (.redirect, .ok), (.busy, .notTested),
    ])
    func `hosts are called`(failure: OutboundFailure, result: IntegrationFinding.Result) async throws {
        let provider = try await TestProvider(documents: { _ in throw failure })
        #expect(try await findings(provider, TestRegion.basic.identifier)["portal_hosts"]?.result == result)
    }

    @Test(arguments: [
        (OutboundFailure.status(404), Result.failure), (.status(410), .failure), (.status(500), .warning),
        (.status(503), .warning), (.status(400), .ok), (.mediaType, .ok), (.redirect, .ok), (.tls, .notTested),
        (.unresolvable, .notTested),
    ])
    func `redirect URIs are called: a dead one is found`(
        failure: OutboundFailure, result: IntegrationFinding.Result
    ) async throws {
        let portal = TestRegion.basic
        let provider = try await TestProvider(documents: { url in
            // The front page answers, whatever becomes of the callback.
            throw url.rawValue == portal.redirectURI ? failure : .mediaType
        })
        let found = try await findings(provider, portal.identifier)
        #expect(found["redirect_uris"]?.result == result, "\(String(describing: found["redirect_uris"]))")
        #expect(found["portal_hosts"]?.result == .ok)
    }

    @Test func `published keys are fetched, and their names cannot act on a terminal`() async throws {
        let key = SigningKey.makeES256()
        let good = key.publicKey.listedJWK(identifier: "a\u{1B}[2Jb")
        let documents: [(JSONValue?, IntegrationFinding.Result)] = [
            (.object(["keys": .array([.object(good)])]), .ok), (.object(["keys": .array([])]), .failure),
            (.string("keys"), .failure), (nil, .failure),
        ]
        for (document, result) in documents {
            let provider = try await TestProvider(documents: { _ in
                guard let document else { throw OutboundFailure.status(500) }
                return document
            })
            let answer = try await provider.register(
                TestRegistrant.metadata([
                    "token_endpoint_auth_method": "private_key_jwt", "jwks_uri": "https://herten.example/keys",
                ]))
            let found = try await findings(provider, answer["client_id"]?.string ?? "")["published_keys"]
            #expect(found?.result == result, "\(String(describing: found))")
            #expect(found?.cause.contains("\u{1B}") == false)
            if result == .ok { #expect(found?.cause.contains("a[2Jb") == true) }
        }
    }
}
