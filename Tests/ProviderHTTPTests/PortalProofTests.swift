import HTTPTypes
import HummingbirdTesting
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

/// RFC 9449 at `/token` and `/userinfo`.
@Suite("DPoP of portals (RFC 9449)")
struct PortalProofTests {
    /// A portal of FAPI 2.0 with tokens of a login, and the key that they are bound to.
    struct Holder: Sendable {
        let site: Site
        let key = SigningKey.makeES256()
        let tokens: JSONObject

        init(_ site: Site) async throws {
            self.site = site
            let phone = try await site.provider.enrolledPhone()
            tokens = try await site.provider.granted(at: TestGrants.fapi, phone: phone, key: key)
        }

        var access: String { get throws { try tokens.text("access_token") } }

        /// A proof that may be slightly wrong.
        func proof(
            _ method: String, _ path: String, key other: SigningKey? = nil, type: String = VerifiedDPoPProof.type,
            header: JSONObject = [:], _ change: (inout JSONObject) -> Void = { _ in }
        ) throws -> String {
            let key = other ?? key
            var claims: JSONObject = [
                "jti": .string(RandomBytes.text(16)), "htm": .string(method),
                "htu": .string(TestRegion.issuer.appending(path)), "iat": site.now.json,
                "nonce": .string(site.provider.provider.proofs.nonce()),
            ]
            if path == "/userinfo" { claims["ath"] = .string(ContentDigest(of: try access).rawValue) }
            change(&claims)
            var members: JSONObject = ["jwk": .object(key.publicKey.jwk)]
            for member in header.members { members[member.name] = member.value }
            return try key.sign(type: type, payload: claims, header: members)
        }

        /// Refreshes with these proofs: under DPoP nothing is used up by it.
        func refresh(_ proofs: [String]) async throws -> TestResponse {
            var (form, headers) = try site.credentials(
                of: TestGrants.fapi,
                added: ["grant_type": "refresh_token", "refresh_token": try tokens.text("refresh_token")])
            form["client_id"] = TestGrants.fapi.identifier
            for proof in proofs { headers.append(HTTPField(name: .proof, value: proof)) }
            return try await site.post("/token", form: form, headers: headers)
        }

        func userinfo(_ proofs: [String], token: String? = nil, scheme: String = "DPoP") async throws -> TestResponse {
            var headers: HTTPFields = [.authorization: "\(scheme) \(try token ?? access)"]
            for proof in proofs { headers.append(HTTPField(name: .proof, value: proof)) }
            return try await site.get("/userinfo", headers: headers)
        }

        func call(_ path: String, _ proofs: [String]) async throws -> TestResponse {
            path == "/token" ? try await refresh(proofs) : try await userinfo(proofs)
        }
    }

    private func serve(_ body: @Sendable (Holder) async throws -> Void) async throws {
        try await Site.serve(try await TestProvider.withGrants()) { site in try await body(try await Holder(site)) }
    }

    static let doors = [("/token", "POST"), ("/userinfo", "GET")]

    @Test(
        "§4.3: every check of a proof, at both endpoints (fapi2-security-profile-final-dpop-negative-tests)",
        arguments: doors)
    func everyCheck(path: String, method: String) async throws {
        try await serve { holder in
            let site = holder.site
            let good = try holder.proof(method, path)
            let parts = good.split(separator: ".").map(String.init)
            let rsa = try SigningKey.makeRS256()
            var privateJWK = holder.key.publicKey.jwk
            privateJWK["d"] = .string(RandomBytes.text(32))
            let none = ForgedJWS.make(
                header: ["typ": "dpop+jwt", "alg": "none", "jwk": .object(holder.key.publicKey.jwk)],
                payload: try unverifiedPayload(good)
            ) { _ in [] }
            let symmetric = ForgedJWS.make(
                header: [
                    "typ": "dpop+jwt", "alg": "HS256", "jwk": .object(["kty": "oct", "k": "AAAA"]),
                ], payload: try unverifiedPayload(good)
            ) { Digest.authenticationCode($0, key: [0, 0, 0]) }
            var cases: [(String, [String])] = [
                ("1: two proofs", [try holder.proof(method, path), try holder.proof(method, path)]),
                ("2: no JWT", ["x"]), ("2: empty", [""]), ("2: two parts", [parts[0] + "." + parts[1]]),
                ("2: two proofs in one", [good + "," + good]), ("2: four parts", [good + ".x"]),
                ("4: another type", [try holder.proof(method, path, type: "JWT")]),
                ("4: an access token's type", [try holder.proof(method, path, type: "at+jwt")]),
                ("5: no algorithm", [none]), ("5: symmetric", [symmetric]),
                ("5: RS256", [try holder.proof(method, path, key: rsa)]),
                (
                    "6: another's key in the header",
                    [
                        try holder.proof(
                            method, path, header: ["jwk": .object(SigningKey.makeES256().publicKey.jwk)])
                    ]
                ),
                ("6: another's signature", [parts[0] + "." + parts[1] + "." + Base64URL.encode(RandomBytes.make(64))]),
                ("7: a private key", [try holder.proof(method, path, header: ["jwk": .object(privateJWK)])]),
                ("7: no key", [try holder.proof(method, path, header: ["jwk": "x"])]),
                ("8: another method", [try holder.proof(method, path) { $0["htm"] = "PUT" }]),
                (
                    "8: the method in small letters",
                    [
                        try holder.proof(method, path) { $0["htm"] = .string(method.lowercased()) }
                    ]
                ),
                ("11: 61 s old", [try holder.proof(method, path) { $0["iat"] = (site.now - 61).json }]),
                ("11: 61 s early", [try holder.proof(method, path) { $0["iat"] = (site.now + 61).json }]),
                ("11: a text as time", [try holder.proof(method, path) { $0["iat"] = "1800000000" }]),
            ]
            for name in ["jti", "htm", "htu", "iat"] {
                cases.append(("3: no \(name)", [try holder.proof(method, path) { $0[name] = nil }]))
            }
            for url in [
                "https://id.region.example/par", "https://id.evil.example\(path)", "http://id.region.example\(path)",
                "https://id.region.example:8443\(path)", "https://id.region.example/.\(path)", path, "",
                "https://ID.region.example\(path)/",
            ] {
                cases.append(("9: \(url)", [try holder.proof(method, path) { $0["htu"] = .string(url) }]))
            }
            if path == "/userinfo" {
                let other = ContentDigest(of: try holder.access + "x").rawValue
                for value in [nil, .string(other), "", 1] as [JSONValue?] {
                    cases.append(("12: another ath", [try holder.proof(method, path) { $0["ath"] = value }]))
                }
            }
            for (name, proofs) in cases {
                let response = try await holder.call(path, proofs)
                let isTwo = name.hasPrefix("1:")
                #expect(response.error == (isTwo ? "invalid_request" : "invalid_dpop_proof"), "\(name)")
                #expect(response.status == (path == "/token" || isTwo ? .badRequest : .unauthorized), "\(name)")
                if path == "/userinfo" {
                    #expect(response.headers[.wwwAuthenticate]?.hasPrefix("DPoP algs=\"ES256 PS256 EdDSA\"") == true)
                }
            }
            #expect(try await holder.call(path, [good]).status == .ok)
            for url in ["HTTPS://ID.region.example:443\(path)", "https://id.region.example\(path)?x=1#y"] {
                let proof = try holder.proof(method, path) { $0["htu"] = .string(url) }
                #expect(try await holder.call(path, [proof]).status == .ok, "9: \(url)")
            }
        }
    }

    @Test("§8, §9: without the nonce of this server: use_dpop_nonce, with a nonce for the next try", arguments: doors)
    func nonce(path: String, method: String) async throws {
        try await serve { holder in
            for value in [nil, "", "x", .string(RandomBytes.text(16))] as [JSONValue?] {
                let refused = try await holder.call(path, [try holder.proof(method, path) { $0["nonce"] = value }])
                #expect(refused.status == (path == "/token" ? .badRequest : .unauthorized))
                #expect(refused.error == "use_dpop_nonce")
                let nonce = try #require(refused.headers[.nonce])
                if path == "/userinfo" {
                    #expect(refused.headers[.wwwAuthenticate]?.contains("error=\"use_dpop_nonce\"") == true)
                }
                let next = try await holder.call(
                    path, [try holder.proof(method, path) { $0["nonce"] = .string(nonce) }])
                #expect(next.status == .ok && next.headers[.nonce] != nil)
            }
        }
    }

    @Test(
        "fapi2-security-profile-final-check-dpop-proof-nbf-exp: a proof may have both, and then they count",
        arguments: doors)
    func expiry(path: String, method: String) async throws {
        try await serve { holder in
            let now = holder.site.now
            let cases: [(JSONObject, isGood: Bool)] = [
                (["nbf": (now - 10).json, "exp": (now + 60).json], true), (["nbf": (now + 60).json], true),
                (["exp": now.json], false), (["exp": (now - 1).json], false), (["nbf": (now + 61).json], false),
                (["exp": "soon"], false), (["nbf": "now"], false),
            ]
            for (more, isGood) in cases {
                let proof = try holder.proof(method, path) { claims in
                    for member in more.members { claims[member.name] = member.value }
                }
                let response = try await holder.call(path, [proof])
                #expect(response.error == (isGood ? nil : "invalid_dpop_proof"), "\(more)")
            }
        }
    }

    @Test("fapi2-security-profile-final-access-token-type-header-case-sensitivity (RFC 9110 §11.1)")
    func schemeInAnyCase() async throws {
        try await serve { holder in
            for scheme in ["DPoP", "dpop", "DPOP", "dPoP"] {
                let response = try await holder.userinfo([try holder.proof("GET", "/userinfo")], scheme: scheme)
                #expect(response.status == .ok, "\(scheme)")
            }
        }
    }

    @Test("§11.1: a proof is good once", arguments: doors)
    func replay(path: String, method: String) async throws {
        try await serve { holder in
            let proof = try holder.proof(method, path)
            #expect(try await holder.call(path, [proof]).status == .ok)
            let again = try await holder.call(path, [proof])
            #expect(again.error == "invalid_dpop_proof")
            let identifier = try unverifiedPayload(proof)["jti"]
            let same = try await holder.call(path, [try holder.proof(method, path) { $0["jti"] = identifier }])
            #expect(same.error == "invalid_dpop_proof")
        }
    }

    @Test("§7.1: a bound token without its proof, with another key, or as Bearer is 401 (Duende CVE-2024-49755)")
    func bound() async throws {
        try await serve { holder in
            let other = SigningKey.makeES256()
            let cases: [(String, TestResponse, String)] = [
                ("no proof", try await holder.userinfo([]), "invalid_dpop_proof"),
                ("as Bearer", try await holder.userinfo([], scheme: "Bearer"), "invalid_token"),
                (
                    "as Bearer with a proof",
                    try await holder.userinfo([try holder.proof("GET", "/userinfo")], scheme: "Bearer"), "invalid_token"
                ),
                (
                    "another key", try await holder.userinfo([try holder.proof("GET", "/userinfo", key: other)]),
                    "invalid_token"
                ),
            ]
            for (name, response, error) in cases {
                #expect(response.status == .unauthorized && response.error == error, "\(name)")
                #expect(response.headers[.wwwAuthenticate] != nil)
            }
            // A token that is bound to nothing is no DPoP token.
            let phone = try await holder.site.provider.enrolledPhone()
            let free = try await holder.site.provider.granted(at: TestRegion.basic, phone: phone).text("access_token")
            let proof = try holder.proof("GET", "/userinfo") { $0["ath"] = .string(ContentDigest(of: free).rawValue) }
            let response = try await holder.userinfo([proof], token: free)
            #expect(response.status == .unauthorized && response.error == "invalid_token")
            #expect(try await holder.userinfo([try holder.proof("GET", "/userinfo")]).status == .ok)
        }
    }

    @Test("§5.1: every algorithm that the metadata names is accepted")
    func algorithms() async throws {
        let provider = try await TestProvider.withGrants()
        let phone = try await provider.enrolledPhone()
        try await Site.serve(provider) { site in
            let metadata = try await site.get("/.well-known/openid-configuration").json
            let names = try #require(metadata["dpop_signing_alg_values_supported"]?.strings)
            #expect(Set(names) == ["ES256", "PS256", "EdDSA"])
            let keys = [SigningKey.makeES256(), try .makePS256(), try .makeEdDSA()]
            #expect(keys.map { $0.publicKey.algorithm.rawValue } == names)
            for key in keys {
                let tokens = try await provider.granted(at: TestGrants.fapi, phone: phone, key: key)
                let access = try tokens.text("access_token")
                let proof = try provider.proof(key, "GET", "/userinfo", accessToken: access)
                let response = try await site.get(
                    "/userinfo", headers: [.authorization: "DPoP " + access, .proof: proof.text])
                #expect(response.status == .ok, "\(key.publicKey.algorithm)")
            }
        }
    }

    @Test("§10: a code that was asked for with dpop_jkt needs that key, and is spent by another")
    func codeBinding() async throws {
        let provider = try await TestProvider.withGrants()
        let phone = try await provider.enrolledPhone()
        let (key, other) = (SigningKey.makeES256(), SigningKey.makeES256())
        for portal in [TestGrants.fapi, TestGrants.refreshing, TestGrants.native] {
            let asked = ["dpop_jkt": key.thumbprint.rawValue]
            let good = try await provider.granted(at: portal, phone: phone, asked, key: key)
            #expect(good["token_type"] == "DPoP")
            for wrong in [other, nil] {
                let code = try await provider.code(at: portal, phone: phone, asked)
                let refusal = try await provider.refusal { _ = try await provider.redeem(code, at: portal, key: wrong) }
                #expect(refusal?.reason == .proofKeyMismatch || refusal?.reason == .proofMissing)
                let late = try await provider.refusal { _ = try await provider.redeem(code, at: portal, key: key) }
                #expect(late?.reason == .codeReplayed)
            }
        }
    }

    @Test("strangers' proofs shut nobody out: without a token they take no room, and phones have room of their own")
    func flood() async throws {
        let provider = try await TestProvider(capacity: Provider.Capacity(proofs: 8))
        try provider.add(TestGrants.portals)
        try await Site.serve(provider) { site in
            let holder = try await Holder(site)
            let ready = [try holder.proof("GET", "/userinfo"), try holder.proof("POST", "/token")]
            let stranger = SigningKey.makeES256()
            for token in ["x", try holder.access] {
                for _ in 0..<20 {
                    let proof = try holder.proof("GET", "/userinfo", key: stranger) { claims in
                        claims["ath"] = .string(ContentDigest(of: token).rawValue)
                    }
                    #expect(try await holder.userinfo([proof], token: token).error == "invalid_token")
                }
            }
            #expect(try await holder.userinfo([ready[0]]).status == .ok, "its nonce counts still")
            #expect(try await holder.refresh([ready[1]]).status == .ok)
            // In the name of a native application anybody takes room: then everybody needs a new nonce, and no more.
            let late = try holder.proof("POST", "/token")
            var refused: Set<String> = []
            for _ in 0..<20 {
                let answer = try await site.post(
                    "/token",
                    form: [
                        "client_id": TestGrants.native.identifier, "grant_type": "refresh_token",
                        "refresh_token": OneTimeHandle(.refreshToken).text,
                    ],
                    headers: [.proof: try holder.proof("POST", "/token", key: stranger)])
                refused.insert(answer.error ?? "")
            }
            #expect(refused == ["invalid_grant", "use_dpop_nonce"])
            let again = try await holder.refresh([late])
            #expect(again.error == "use_dpop_nonce" && again.headers[.nonce] != nil)
            #expect(try await holder.refresh([try holder.proof("POST", "/token")]).status == .ok)
            let phone = try await provider.enrolledPhone()
            for _ in 0..<4 {
                #expect(try await site.call(phone, .get, "/device/v1/devices").status == .ok)
            }
        }
    }
}
