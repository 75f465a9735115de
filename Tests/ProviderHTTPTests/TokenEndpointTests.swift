import AccountDirectory
import HTTPTypes
import HummingbirdTesting
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

/// RFC 6749 §2.3, §3.2, §5; checklist B1, B6, C3, C8, N2.
@Suite("Token endpoint")
struct TokenEndpointTests {
    // oidcc-server-client-secret-post
    @Test("each portal gets tokens with its own method, never stored by a cache")
    func good() async throws {
        let (provider, phone) = try await Site.sharedProvider()
        try await Site.serve(provider) { site in
            for portal in [TestRegion.basic, TestRegion.post, TestRegion.rsa] {
                let code = try await provider.code(at: portal, phone: phone)
                let response = try await site.post("/token", form: portal.tokenRequest(code: code), as: portal)
                #expect(response.status == .ok)
                #expect(response.headers[.cacheControl] == "no-store")
                #expect(response.headers[.contentType] == "application/json")
                #expect(response.json["access_token"] != nil && response.json["refresh_token"] == nil)
            }
        }
    }

    @Test("one way of authentication, one value of a parameter, in the body alone (B6)")
    func ambiguity() async throws {
        let (provider, phone) = try await Site.sharedProvider()
        try await Site.serve(provider) { site in
            let code = try await provider.code(phone: phone)
            let good = TestRegion.basic.tokenRequest(code: code)
            let header: HTTPFields = [.authorization: Site.basic("basic", TestRegion.basic.secret ?? "")]
            let text = FormParameters(good).encoded
            let assertion = try TestRegion.pushing.assertion(now: provider.now)
            let cases: [(String, TestResponse)] = [
                (
                    "basic and post",
                    try await site.post("/token", text: text + "&client_id=basic&client_secret=x", headers: header)
                ),
                (
                    "basic and assertion",
                    try await site.post("/token", text: text + "&client_assertion=\(assertion)", headers: header)
                ),
                (
                    "post and assertion",
                    try await site.post(
                        "/token", text: text + "&client_id=post&client_secret=x&client_assertion=\(assertion)")
                ),
                ("another client_id", try await site.post("/token", text: text + "&client_id=post", headers: header)),
                ("code twice", try await site.post("/token", text: text + "&code=x", headers: header)),
                ("the same code twice", try await site.post("/token", text: text + "&code=\(code)", headers: header)),
                ("scope twice", try await site.post("/token", text: text + "&scope=a&scope=b", headers: header)),
                ("code in the query, too", try await site.post("/token?code=\(code)", text: text, headers: header)),
                ("everything in the query", try await site.post("/token?" + text, text: "", headers: header)),
                ("no assertion type", try await site.post("/token", text: text + "&client_assertion=\(assertion)")),
                ("JSON", try await site.post("/token", text: "{}", type: "application/json", headers: header)),
                ("no type", try await site.post("/token", text: text, type: nil, headers: header)),
                (
                    "gzip",
                    try await site.post(
                        "/token", text: text,
                        headers: [.authorization: header[.authorization] ?? "", .contentEncoding: "gzip"])
                ),
                (
                    "65,537 bytes",
                    try await site.post(
                        "/token", text: text + "&x=" + String(repeating: "a", count: 65_537 - text.utf8.count - 3),
                        headers: header)
                ),
            ]
            for (name, response) in cases {
                #expect(response.status == .badRequest && response.error == "invalid_request", "\(name)")
                #expect(response.headers[.cacheControl] == "no-store")
            }
            // Nothing of this spent the code; unknown parameters are ignored.
            #expect(
                try await site.post("/token", text: text + "&client_id=basic&colour=blue", headers: header).status
                    == .ok)
        }
    }

    @Test("a failed authentication is 401 with a challenge, whatever was tried (B1, RFC 9110 §15.5.2)")
    func failedAuthentication() async throws {
        let (provider, phone) = try await Site.sharedProvider()
        try await Site.serve(provider) { site in
            let code = try await provider.code(phone: phone)
            let form = TestRegion.basic.tokenRequest(code: code)
            for header in [
                Site.basic("basic", "wrong"), Site.basic("nobody", "x"), Site.basic("basic", ""), "Basic",
                "Basic %%%", "Bearer abc", "Basic " + StandardBase64.encode(Array("basic".utf8)), "Digest x",
            ] {
                let response = try await site.post("/token", form: form, headers: [.authorization: header])
                #expect(response.status == .unauthorized && response.error == "invalid_client", "\(header)")
                #expect(response.headers[.wwwAuthenticate]?.hasPrefix("Basic ") == true)
            }
            let anonymous: [[String: String]] = [
                [:], ["client_id": "basic"], ["client_id": "basic", "client_secret": TestRegion.basic.secret ?? ""],
                ["client_id": "post", "client_secret": "wrong"], ["client_secret": "x"],
                ["client_assertion": "x", "client_assertion_type": ClientCredentials.assertionType],
            ]
            for more in anonymous {
                let response = try await site.post("/token", form: form.merging(more) { $1 })
                #expect(response.status == .unauthorized && response.error == "invalid_client", "\(more)")
                #expect(response.headers[.wwwAuthenticate]?.hasPrefix("Basic ") == true)
            }
            #expect(try await site.post("/token", form: form, as: TestRegion.basic).status == .ok)
        }
    }

    @Test("grants that a client does not have are refused, and others do not exist (C8); a code request is whole (C3)")
    func requests() async throws {
        let (provider, phone) = try await Site.sharedProvider()
        try await Site.serve(provider) { site in
            let code = try await provider.code(phone: phone)
            let cases: [([String: String?], String)] = [
                (["grant_type": nil], "invalid_request"), (["grant_type": "password"], "unsupported_grant_type"),
                (["grant_type": "client_credentials", "resource": "https://a.example/"], "unauthorized_client"),
                (["grant_type": "client_credentials"], "invalid_target"),
                (["grant_type": "refresh_token"], "invalid_request"),
                (["grant_type": "refresh_token", "refresh_token": "rt_x"], "invalid_grant"),
                (["grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer"], "unsupported_grant_type"),
                (["grant_type": TokenRequest.deviceCodeGrant], "invalid_request"),
                (["grant_type": TokenRequest.deviceCodeGrant, "device_code": "dc_x"], "invalid_grant"),
                (["grant_type": TokenRequest.tokenExchangeGrant], "invalid_request"),
                (["grant_type": "implicit"], "unsupported_grant_type"), (["code": nil], "invalid_request"),
                (["code": ""], "invalid_request"), (["code": String(repeating: "a", count: 256)], "invalid_grant"),
                (["code": String(repeating: "a", count: 257)], "invalid_grant"), (["code": "ä"], "invalid_grant"),
                (["redirect_uri": nil], "invalid_request"),
                (["code_verifier": String(repeating: "a", count: 42)], "invalid_request"),
                (["code_verifier": String(repeating: "a", count: 129)], "invalid_request"),
                (["code_verifier": String(repeating: "a", count: 42) + "="], "invalid_request"),
                (["code_verifier": String(repeating: "ä", count: 43)], "invalid_request"),
            ]
            for (changes, error) in cases {
                for portal in [TestRegion.basic, TestRegion.rsa] {
                    let form = portal.tokenRequest(code: code, changes)
                    let response = try await site.post("/token", form: form, as: portal)
                    #expect(response.status == .badRequest && response.error == error, "\(changes)")
                }
            }
            let form = TestRegion.basic.tokenRequest(code: code)
            #expect(try await site.post("/token", form: form, as: TestRegion.basic).status == .ok)
        }
    }

    @Test("a parameter beyond its limit is refused, never cut (Keycloak CVE-2026-9704)")
    func oversized() async throws {
        let (provider, phone) = try await Site.sharedProvider()
        try await Site.serve(provider) { site in
            let portal = TestRegion.basic
            let code = try await provider.code(phone: phone)
            func text(_ count: Int) -> String { String(repeating: "a", count: count) }
            func post(_ form: [String: String]) async throws -> TestResponse {
                try await site.post("/token", form: form, as: portal)
            }
            let long = try await post(portal.tokenRequest(code: code, ["redirect_uri": text(2049)]))
            #expect(long.error == "invalid_grant" && long.text.contains("redirect_uri is too long"))
            for (count, isTooLong) in [(8192, false), (8193, true)] {
                let exchange = [
                    "grant_type": TokenRequest.tokenExchangeGrant, "subject_token": text(count),
                    "subject_token_type": TokenExchangeRequest.accessTokenType,
                ]
                #expect(try await post(exchange).text.contains("subject_token is too long") == isTooLong)
                for path in ["/introspect", "/revoke"] {
                    let answer = try await site.post(path, form: ["token": text(count)], as: portal)
                    #expect((answer.error == "invalid_request") == isTooLong, "\(path)")
                }
            }
            for (count, error) in [(1024, "invalid_client"), (1025, "invalid_request")] {
                var form = portal.tokenRequest(code: code)
                (form["client_id"], form["client_secret"]) = (portal.identifier, text(count))
                #expect(try await site.post("/token", form: form).error == error)
            }
            #expect(try await post(portal.tokenRequest(code: code)).status == .ok)
        }
    }

    @Test("RFC 6749 §3.2: a scope in the redemption of a code is ignored; the answer says what was granted")
    func scope() async throws {
        let (provider, phone) = try await Site.sharedProvider()
        try await Site.serve(provider) { site in
            for scope in ["openid person", "openid", "openid person phone", "  "] {
                let code = try await provider.code(phone: phone, ["scope": "openid person"])
                let form = TestRegion.basic.tokenRequest(code: code, ["scope": scope])
                let response = try await site.post("/token", form: form, as: TestRegion.basic)
                #expect(response.status == .ok && response.json["scope"] == "openid person", "\(scope)")
            }
        }
    }

    @Test("what is refused of a client is counted for its doctor, also what is not well-formed")
    func observed() async throws {
        let provider = try await TestProvider()
        let portal = TestRegion.basic
        @Sendable func seen() -> [Refusal: Int64] {
            provider.provider.observations.observation(of: portal.client.identifier).refusals.mapValues(\.count)
        }
        try await Site.serve(provider) { site in
            let malformed: [[String: String?]] = [
                ["grant_type": nil], ["grant_type": "password"], ["code": nil], ["redirect_uri": nil],
                ["code_verifier": "short"], ["resource": "no address"], ["client_secret": "twice"],
            ]
            for (count, changes) in malformed.enumerated() {
                var form = portal.tokenRequest(code: "ac_x", changes)
                form["client_id"] = portal.identifier
                let response = try await site.post("/token", form: form, as: portal)
                #expect(response.status == .badRequest, "\(changes)")
                #expect(seen()[.callMalformed] == Int64(count) + 1, "\(changes)")
            }
            #expect(try await site.post("/introspect", form: [:], as: portal).status == .badRequest)
            #expect(seen()[.callMalformed] == Int64(malformed.count) + 1)
            var (form, headers) = try site.credentials(of: portal, added: portal.tokenRequest(code: "ac_x"))
            form["client_id"] = portal.identifier
            headers[.proof] = "x"
            #expect(try await site.post("/token", form: form, headers: headers).error == "invalid_dpop_proof")
            #expect(seen()[.proofMalformed] == 1)
        }
    }

    @Test("every part of a code counts: shorter, longer and changed ones are unknown")
    func damagedCodes() async throws {
        let (provider, phone) = try await Site.sharedProvider()
        try await Site.serve(provider) { site in
            let code = try await provider.code(phone: phone)
            let bytes = Array(code.utf8)
            var damaged = (1..<bytes.count).map { Array(bytes.prefix($0)) }
            for index in bytes.indices {
                var copy = bytes
                copy[index] = copy[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
                damaged.append(copy)
            }
            damaged += ["A", "=", " "].map { bytes + Array($0.utf8) }
            for copy in damaged {
                let form = TestRegion.basic.tokenRequest(code: String(decoding: copy, as: UTF8.self))
                let response = try await site.post("/token", form: form, as: TestRegion.basic)
                #expect(response.status == .badRequest && response.error == "invalid_grant")
            }
            let form = TestRegion.basic.tokenRequest(code: code)
            #expect(try await site.post("/token", form: form, as: TestRegion.basic).status == .ok)
        }
    }
}
