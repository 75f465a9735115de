import AccountDirectory
import HTTPTypes
import HummingbirdTesting
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

/// Tokens that say another algorithm than their key has.
enum AlgorithmForgery {
    /// Forgeries of a good token, by what is wrong.
    static func all(of good: String, key: SigningKey) throws -> [(name: String, token: String)] {
        let token = try CompactJWS(parsing: good)
        let payload = try unverifiedPayload(good)
        func make(_ algorithm: JSONValue?, _ sign: ([UInt8]) -> [UInt8]) -> String {
            var header = token.header
            header["alg"] = algorithm
            return ForgedJWS.make(header: header, payload: payload, signature: sign)
        }
        let signature = good.split(separator: ".").last.flatMap { Base64URL.decode($0) } ?? []
        var forgeries: [(String, String)] = [("no alg", make(nil) { _ in signature })]
        for value in [JSONValue.null, .integer(0), .array([.string("ES256")]), .object([:])] {
            forgeries.append(("alg \(value)", make(value) { _ in signature }))
        }
        for mask in 0..<16 {
            let name = "none".enumerated().map { mask >> $0 & 1 == 1 ? $1.uppercased() : String($1) }.joined()
            forgeries.append((name, make(.string(name)) { _ in [] }))
            forgeries.append(("\(name) with the signature", make(.string(name)) { _ in signature }))
            forgeries.append((name + ", two parts", String(make(.string(name)) { _ in [] }.dropLast())))
        }
        for (name, secret) in secrets(of: key.publicKey) {
            for algorithm in ["HS256", "hs256", "HS384", "HS512", key.algorithm.rawValue] {
                let forged = make(.string(algorithm)) { Digest.authenticationCode($0, key: secret) }
                forgeries.append(("\(algorithm) with \(name)", forged))
            }
        }
        for algorithm in ["ES256", "ES384", "ES512", "ES256K", "RS256", "RS512", "PS256", "EdDSA", "Ed25519", "es256"]
        where algorithm != key.algorithm.rawValue {
            forgeries.append(("\(algorithm) over the same signature", make(.string(algorithm)) { _ in signature }))
        }
        for other in try otherKeys.get() {
            var header = token.header
            header["alg"] = nil
            header["typ"] = nil
            let type = token.header["typ"]?.string ?? ""
            forgeries.append(
                ("\(other.algorithm) by another key", try other.sign(type: type, payload: payload, header: header)))
            // The forger's key, in the token itself (RFC 8725 §3.10).
            guard header["jwk"] == nil else { continue }
            header["jwk"] = .object(other.publicKey.jwk)
            forgeries.append(
                ("\(other.algorithm) with its key", try other.sign(type: type, payload: payload, header: header)))
        }
        return forgeries
    }

    /// What a careless verifier might take for the secret.
    private static func secrets(of key: VerificationKey) -> [(String, [UInt8])] {
        let parts = ["n", "x", "y"].compactMap { key.jwk[$0]?.string.flatMap { Base64URL.decode($0) } }
        let point = parts.flatMap(\.self)
        return [
            ("the JWK", key.jwk.serialized), ("the key's bytes", point), ("the point", [4] + point),
            ("the first coordinate", parts.first ?? []), ("the thumbprint", Array(key.thumbprint.rawValue.utf8)),
            ("nothing", []),
        ]
    }

    private static let otherKeys = Result {
        [SigningKey.makeES256(), try .makeEdDSA(), try .makeRS256(), try SigningKey.make(.ps256)]
    }
}

/// Somewhere a signed token is believed.
struct JWTConsumer: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// A fresh good token, its key, and whether the consumer takes another token in its place.
    let prepare:
        @Sendable (Site) async throws -> (
            good: String, key: SigningKey, takes: (String) async throws -> Bool
        )

    private static func ownKey(_ site: Site) -> SigningKey { site.provider.provider.keys.ring.current(.es256) }

    private static func tokens(_ site: Site) async throws -> (Browser, JSONObject) {
        let browser = Browser(site)
        let phone = try await site.provider.enrolledPhone()
        return (browser, try await site.signIn(browser, at: EveryGrant.herten, phone: phone))
    }

    private static func assertion(_ portal: TestPortal, _ path: String) -> JWTConsumer {
        JWTConsumer(testDescription: "client assertion of \(portal.identifier) at \(path)") { site in
            let good = try portal.assertion(now: site.now)
            let key = try #require(portal.key)
            return (
                good, key,
                { token in
                    var form = path == "/par" ? portal.request() : ["token": "x"]
                    form["client_id"] = nil
                    form["client_assertion"] = token
                    form["client_assertion_type"] = ClientCredentials.assertionType
                    let response = try await site.post(path, form: form)
                    #expect(response.status.code < 300 || response.status == .unauthorized)
                    return response.status.code < 300
                }
            )
        }
    }

    private static func requestObject(_ isPushed: Bool) -> JWTConsumer {
        JWTConsumer(testDescription: "request object, \(isPushed ? "pushed" : "in the query")") { site in
            let portal = TestProfiles.baseline
            let good = try portal.requestObject(now: site.now, [:])
            let key = try #require(portal.key)
            return (
                good, key,
                { token in
                    guard isPushed else {
                        let response = try await site.get(
                            "/authorize", ["client_id": portal.identifier, "request": token])
                        return response.headers[.location]?.hasPrefix("/login/") == true
                    }
                    return try await site.post("/par", form: ["request": token], as: portal).status == .created
                }
            )
        }
    }

    private static let hintAtAuthorize = JWTConsumer(testDescription: "id_token_hint at /authorize") { site in
        let (browser, tokens) = try await tokens(site)
        return (
            try tokens.idTokenText, ownKey(site),
            { token in
                let changes: [String: String?] = ["prompt": "none", "id_token_hint": token]
                return try await site.ask(browser, at: EveryGrant.herten, changes)["code"] != nil
            }
        )
    }

    private static let hintAtLogout = JWTConsumer(testDescription: "id_token_hint at /logout") { site in
        let (browser, tokens) = try await tokens(site)
        return (
            try tokens.idTokenText, ownKey(site),
            { try await browser.get("/logout", ["id_token_hint": $0]).status == .ok }
        )
    }

    private static let proofAtToken = JWTConsumer(testDescription: "DPoP proof at /token") { site in
        let key = SigningKey.makeES256()
        return (
            try site.provider.proof(key, "POST", "/token").text, key,
            { token in
                let form = [
                    "grant_type": "client_credentials", "resource": EveryGrant.resource.rawValue,
                ]
                var (added, headers) = try site.credentials(of: EveryGrant.herten, added: form)
                headers[.proof] = token
                return try await site.post("/token", form: added, headers: headers).status == .ok
            }
        )
    }

    private static let proofAtUserinfo = JWTConsumer(testDescription: "DPoP proof at /userinfo") { site in
        let key = SigningKey.makeES256()
        let (browser, _) = try await tokens(site)
        let code = try #require(try await site.ask(browser, at: EveryGrant.herten)["code"])
        let bound = try await site.provider.tokens(
            EveryGrant.herten.tokenRequest(code: code), at: EveryGrant.herten, key: key)
        let access = try #require(bound["access_token"]?.string)
        return (
            try site.provider.proof(key, "GET", "/userinfo", accessToken: access).text, key,
            { token in
                try await site.get("/userinfo", headers: [.authorization: "DPoP " + access, .proof: token]).status
                    == .ok
            }
        )
    }

    private static func accessToken(
        _ name: String, _ takes: @escaping @Sendable (Site, String) async throws -> Bool
    ) -> JWTConsumer {
        JWTConsumer(testDescription: "access token at \(name)") { site in
            let (_, tokens) = try await tokens(site)
            return (
                try #require(tokens["access_token"]?.string), ownKey(site), { try await takes(site, $0) }
            )
        }
    }

    private static let exchanged = JWTConsumer(testDescription: "subject token at /token") { site in
        let (browser, _) = try await tokens(site)
        let resource = EveryGrant.resource.rawValue
        let outcome = try await site.ask(browser, at: EveryGrant.herten, ["resource": resource])
        let token = try await site.tokens(outcome, at: EveryGrant.herten)["access_token"]?.string
        return (
            try #require(token), ownKey(site),
            { token in
                let form = [
                    "grant_type": GrantType.tokenExchange.rawValue, "resource": resource,
                    "subject_token_type": TokenExchangeRequest.accessTokenType, "subject_token": token,
                ]
                return try await site.post("/token", form: form, as: EveryGrant.herten).status == .ok
            }
        )
    }

    private static let deviceProof = JWTConsumer(testDescription: "DPoP proof of a device") { site in
        let phone = try await site.provider.enrolledPhone()
        let path = "/device/v1/devices"
        let nonce = site.provider.provider.deviceAuthentication.nonce()
        return (
            try phone.proof("GET", path, nonce: nonce, now: site.now), phone.installation,
            { try await site.call(phone, .get, path, proof: $0).status == .ok }
        )
    }

    private static let attestation = JWTConsumer(testDescription: "attestation of a device") { site in
        let phone = try await site.provider.enrolledPhone()
        return (
            phone.attestation, ownKey(site),
            { try await site.call(phone, .get, "/device/v1/devices", attestation: $0).status == .ok }
        )
    }

    private static let deviceResponse = JWTConsumer(testDescription: "response of a device") { site in
        let phone = try await site.provider.enrolledPhone()
        let browser = Browser(site)
        let transaction = try await site.claimLogin(browser, page: try await browser.begin(), phone: phone)
        let path = "/device/v1/logins/\(transaction)"
        let request = try SignedStatement<LoginRequestStatement>.verify(
            #require(try await site.call(phone, .get, path).json["request"]?.string),
            keys: site.provider.provider.keys.ring.verificationKeys)
        let answer = try phone.response(to: request, now: site.now)
        let proof = try #require(answer.pinProof)
        return (
            answer.response, phone.authentication,
            { token in
                let body: JSONObject = ["response": .string(token), "pin_proof": .string(proof)]
                return try await site.call(phone, .post, path + "/response", json: body).status == .ok
            }
        )
    }

    private static let registration = JWTConsumer(testDescription: "registration of a device") { site in
        let phone = TestPhone()
        let offer = try await site.provider.offer(ticket: try await site.provider.ticket())
        let message = try phone.registration(for: offer, now: site.now)
        return (
            message.registration, phone.authentication,
            { token in
                let body: JSONObject = [
                    "registration": .string(token), "inst_proof": .string(message.installationProof),
                    "pin_proof": .string(message.pinProof),
                ]
                return try await site.post("/device/v1/enrolments/\(offer.statement.identifier)", json: body).status
                    == .created
            }
        )
    }

    static let all: [JWTConsumer] = [
        assertion(TestRegion.pushing, "/par"), assertion(TestRegion.rsa, "/introspect"),
        assertion(TestRegion.edDSA, "/introspect"), requestObject(false), requestObject(true), hintAtAuthorize,
        hintAtLogout, proofAtToken, proofAtUserinfo,
        accessToken("/userinfo") { site, token in
            try await site.get("/userinfo", headers: [.authorization: "Bearer " + token]).status == .ok
        },
        accessToken("/introspect") { site, token in
            try await site.post("/introspect", form: ["token": token], as: EveryGrant.herten).json["active"] == true
        },
        exchanged, deviceProof, attestation, deviceResponse, registration,
    ]
}

/// Keycloak CVE-2026-11800, GHSA-7fpj; RFC 8725 §3.1, §3.2.
@Suite("Algorithm confusion at every consumer of a JWT (Keycloak CVE-2026-11800)")
struct AlgorithmConfusionTests {
    private static let provider = Task {
        let provider = try await TestProvider.withEveryGrant()
        try provider.changeRegion { $0.clients += TestProfiles.portals.map(\.client) }
        return provider
    }

    @Test("no forgery is believed, and the token itself is", arguments: JWTConsumer.all)
    func forgeries(consumer: JWTConsumer) async throws {
        try await Site.serve(Self.provider.value) { site in
            let (good, key, takes) = try await consumer.prepare(site)
            let forgeries = try AlgorithmForgery.all(of: good, key: key)
            #expect(forgeries.count > 80)
            for (name, token) in forgeries where token != good {
                let isTaken = try await takes(token)
                #expect(!isTaken, "\(name)")
            }
            let isTaken = try await takes(good)
            #expect(isTaken)
        }
    }
}
