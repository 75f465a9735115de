import HTTPTypes
import HummingbirdTesting
import IdentityCrypto
import OpenIDMessages
import ProviderHTTP
import ProviderHarness
import Testing

@testable import ProviderCore

/// CIBA Core over HTTP: `/bc-authorize`, `/token`, and the phone's long poll.
@Suite("Back-channel authentication: endpoints")
struct BackChannelEndpointTests {
    private static func begin(_ site: Site, _ subject: String, _ more: [String: String] = [:]) async throws
        -> TestResponse
    {
        try await site.post(
            "/bc-authorize", form: ["scope": "openid person", "login_hint": subject].merging(more) { $1 },
            as: TestBackChannel.centre)
    }

    private static func poll(_ site: Site, _ begun: JSONObject) async throws -> TestResponse {
        try await site.post(
            "/token",
            form: ["grant_type": TokenRequest.backChannelGrant, "auth_req_id": try begun.text("auth_req_id")],
            as: TestBackChannel.centre)
    }

    @Test("the whole way: request, long poll, digits, answer, tokens")
    func wholeWay() async throws {
        let (provider, phone, subject) = try await TestProvider.withBackChannel()
        try await Site.serve(provider) { site in
            #expect(try await site.call(phone, .get, "/device/v1/requests").status == .noContent)
            let response = try await Self.begin(site, subject)
            #expect(response.status == .ok && response.headers[.cacheControl] == "no-store")
            let begun = response.json
            let pending = try await Self.poll(site, begun)
            #expect(pending.status == .badRequest && pending.error == "authorization_pending")
            #expect(try await Self.poll(site, begun).error == "slow_down")
            let received = try await site.call(phone, .get, "/device/v1/requests", query: "?wait=5")
            #expect(received.status == .ok && received.json["state"] == "awaiting_code")
            let members = received.json.members.map(\.name).sorted().joined(separator: " ")
            #expect(members == "request state txn")
            let transaction = try received.json.text("txn")
            let path = "/device/v1/logins/\(transaction)/call-code"
            let wrong = try begun.text("call_code") == "1111" ? "2222" : "1111"
            let refused = try await site.call(phone, .post, path, json: ["call_code": .string(wrong)])
            #expect(refused.status == .forbidden && refused.json["code"] == "wrong_call_code")
            #expect(refused.json["tries_left"] == 2)
            let right = try await site.call(phone, .post, path, json: ["call_code": try #require(begun["call_code"])])
            #expect(right.status == .ok && right.json["state"] == "awaiting_user")
            #expect(try await site.approve(transaction, phone: phone).status == .ok)
            provider.clock.advance(30)
            let tokens = try await Self.poll(site, begun)
            #expect(tokens.status == .ok && tokens.json["id_token"] != nil)
            #expect(try await Self.poll(site, begun).error == "invalid_grant")
        }
    }

    // fapi-ciba-id1-ensure-wrong-client-id-in-backchannel-authorization-request
    @Test(
        "fapi-ciba-id1-ensure-without-client-assertion-in-backchannel-authorization-request: a client must prove itself"
    )
    func clientAuthentication() async throws {
        let (provider, phone, subject) = try await TestProvider.withBackChannel()
        try await Site.serve(provider) { site in
            let form = ["scope": "openid", "login_hint": subject, "client_id": "call-centre"]
            #expect(try await site.post("/bc-authorize", form: form).error == "invalid_client")
            let wrong = try await site.post(
                "/bc-authorize", form: ["scope": "openid", "login_hint": subject],
                headers: [.authorization: Site.basic("call-centre", "wrong")])
            #expect(wrong.status == .unauthorized && wrong.error == "invalid_client")
            #expect(try await site.get("/bc-authorize").status != .ok)
            #expect(try await site.call(phone, .get, "/device/v1/requests").status == .noContent)
        }
    }

    @Test("a parameter that is there twice, or beside the body, is refused (Keycloak CVE-2026-9689)")
    func duplicates() async throws {
        let (provider, _, subject) = try await TestProvider.withBackChannel()
        try await Site.serve(provider) { site in
            let headers: HTTPFields = [.authorization: Site.basic("call-centre", TestBackChannel.centre.secret ?? "")]
            let twice = "scope=openid&login_hint=\(subject)&login_hint=\(subject)"
            #expect(try await site.post("/bc-authorize", text: twice, headers: headers).error == "invalid_request")
            let query = try await site.post(
                "/bc-authorize?login_hint=\(subject)", form: ["scope": "openid"], headers: headers)
            #expect(query.error == "invalid_request")
        }
    }

    @Test("docs/decisions/0014: status, headers and members of the answer are the same for nobody and for somebody")
    func alike() async throws {
        let (provider, _, subject) = try await TestProvider.withBackChannel()
        try await Site.serve(provider) { site in
            let somebody = try await Self.begin(site, subject)
            let nobody = try await Self.begin(site, SubjectIdentifier.random(bytes: 16).rawValue)
            #expect(somebody.status == nobody.status)
            let members = [somebody, nobody].map { $0.json.members.map(\.name).joined(separator: " ") }
            #expect(members[0] == members[1])
            func names(_ response: TestResponse) -> [String] { response.headers.map { $0.name.canonicalName }.sorted() }
            #expect(names(somebody) == names(nobody))
            #expect(somebody.text.utf8.count == nobody.text.utf8.count)
            for begun in [somebody, nobody] {
                let answer = try await Self.poll(site, begun.json)
                #expect(answer.status == .badRequest && answer.error == "authorization_pending")
            }
        }
    }

    @Test(
        "discovery names endpoint, modes and algorithms (CIBA Core §4, fapi-ciba-id1-discovery-end-point-verification)")
    func discovery() async throws {
        try await Site.serve { site in
            let document = try await site.get("/.well-known/openid-configuration").json
            #expect(document["backchannel_authentication_endpoint"] == "https://id.region.example/bc-authorize")
            #expect(document["backchannel_token_delivery_modes_supported"] == ["poll", "ping"])
            #expect(document["backchannel_user_code_parameter_supported"] == false)
            let algorithms = document["backchannel_authentication_request_signing_alg_values_supported"]?.strings ?? []
            #expect(algorithms.contains("ES256") && !algorithms.contains("none"))
            #expect(document["grant_types_supported"]?.strings?.contains(TokenRequest.backChannelGrant) == true)
        }
    }

    /// Returns when so many phones wait.
    private func waiting(_ count: Int, at provider: TestProvider) async throws {
        for _ in 0..<3000 where provider.provider.backChannel.prompts.waiting < count {
            try await Task.sleep(for: .milliseconds(10))
        }
        try #require(provider.provider.backChannel.prompts.waiting == count)
    }

    @Test(
        "P-11.2: two phones wait, one gets the request and the other 204; nobody hears of the race",
        .timeLimit(.minutes(5)))
    func twoPhones() async throws {
        let (provider, phone, subject) = try await TestProvider.withBackChannel()
        try await Site.serve(provider) { site in
            let other = try await site.secondPhone(of: phone)
            for round in 1...4 {
                async let first = site.call(phone, .get, "/device/v1/requests", query: "?wait=2")
                async let second = site.call(other, .get, "/device/v1/requests", query: "?wait=2")
                try await waiting(2, at: provider)
                _ = try await Self.begin(site, subject)
                let answers = try await [first, second]
                #expect(Set(answers.map(\.status)) == [.ok, .noContent], "\(answers.map(\.status))")
                provider.clock.advance(Lifetime.backChannelRequest)
                try await provider.provider.sweep(includingStore: false)
                provider.clock.advance(BackChannelPrompts.silence(after: round))
            }
        }
    }

    @Test("P-11.2: a phone that cannot reach the level leaves the request to one that can")
    func weakPhone() async throws {
        let (provider, _, _) = try await TestProvider.withBackChannel()
        let strong = try await provider.enrolledPhone(simulating: .tee)
        let subject = try await provider.subject(of: strong)
        try await Site.serve(provider) { site in
            let weak = try await site.secondPhone(of: strong)
            _ = try await Self.begin(site, subject, ["acr_values": "substantiell"])
            let refused = try await site.call(weak, .get, "/device/v1/requests")
            #expect(refused.status == .forbidden && refused.json["code"] == "level_unreachable")
            #expect(try await site.call(strong, .get, "/device/v1/requests").json["request"] != nil)
        }
    }

    @Test("a phone asks for its requests with attestation and proof, like for everything")
    func phoneAuthentication() async throws {
        let (provider, phone, subject) = try await TestProvider.withBackChannel()
        try await Site.serve(provider) { site in
            _ = try await Self.begin(site, subject)
            #expect(try await site.get("/device/v1/requests").status == .unauthorized)
            let stolen = try await site.call(phone, .get, "/device/v1/requests", proof: "x")
            #expect(stolen.status == .unauthorized)
            #expect(try await site.call(phone, .get, "/device/v1/requests").status == .ok)
        }
    }
}
