import HTTPTypes
import HummingbirdTesting
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

/// OpenID Connect Core §5.3, RFC 6750; checklist D4, E2.
@Suite("Userinfo endpoint, and every secret at every endpoint")
struct UserinfoEndpointTests {
    // oidcc-userinfo-get, oidcc-userinfo-post-header
    @Test("a token in one Authorization header, by GET and POST, and the answer is stored nowhere")
    func bearer() async throws {
        let (provider, phone) = try await Site.sharedProvider()
        try await Site.serve(provider) { site in
            let tokens = try await provider.redeem(provider.code(phone: phone))
            let token = try #require(tokens["access_token"]?.string)
            for (method, scheme) in [(HTTPRequest.Method.get, "Bearer "), (.post, "Bearer "), (.get, "bearer ")] {
                let response = try await site.client.execute(
                    uri: "/userinfo", method: method, headers: [.authorization: scheme + token])
                #expect(response.status == .ok && response.json["given_name"]?.string == "Erika")
                #expect(response.headers[.cacheControl] == "no-store")
            }
            let missing = try await site.get("/userinfo")
            #expect(
                missing.status == .unauthorized
                    && missing.headers[.wwwAuthenticate] == "Bearer, DPoP algs=\"ES256 PS256 EdDSA\"")
            #expect(missing.text.isEmpty)
            for header in ["Basic " + token, token, "Bearer"] {
                let response = try await site.get("/userinfo", headers: [.authorization: header])
                #expect(response.status == .badRequest && response.error == "invalid_request", "\(header)")
                #expect(response.headers[.wwwAuthenticate]?.hasPrefix("Bearer error=\"invalid_request\"") == true)
            }
            for header in ["Bearer x", "Bearer " + token + "x", "Bearer " + token + " " + token] {
                let response = try await site.get("/userinfo", headers: [.authorization: header])
                #expect(response.status == .unauthorized && response.error == "invalid_token", "\(header)")
                #expect(response.headers[.wwwAuthenticate]?.hasPrefix("Bearer error=\"invalid_token\"") == true)
                #expect(response.headers[.cacheControl] == "no-store")
            }
            // Tokens in bodies and queries are in logs sooner or later.
            #expect(try await site.get("/userinfo", ["access_token": token]).status == .unauthorized)
            #expect(try await site.post("/userinfo", form: ["access_token": token]).status == .unauthorized)
            let both = try await site.get(
                "/userinfo", ["access_token": token], headers: [.authorization: "Bearer " + token])
            #expect(both.status == .badRequest)
        }
    }

    @Test("no secret of one class is taken in the place of another (D4, Keycloak CVE-2026-4282)")
    func everySecretEverywhere() async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        try await Site.serve(provider) { site in
            let browser = Browser(site)
            let page = try await browser.begin()
            let html = try await browser.get(page)
            let device = try await provider.verified(phone)
            let request = try await provider.claimed(provider.login(), by: device)
            let answer = try phone.response(to: request, now: provider.now)
            let receipt = try await provider.answer(request, answer, by: device)
            let spent = try await provider.redeem(provider.code(phone: phone))
            let uri = try await site.pushed()
            let offerTicket = try await provider.ticket()
            let offer = try await provider.offer(ticket: offerTicket)
            let registration = try TestPhone().registration(for: offer, now: provider.now)
            let qr = try html.attribute("data-qr-link")
            let secrets: [String: String] = [
                "code": try await provider.code(phone: phone), "access": spent["access_token"]?.string ?? "",
                "id": spent["id_token"]?.string ?? "", "request_uri": uri,
                "reference": String(uri.dropFirst("urn:ietf:params:oauth:request_uri:".count)),
                "ticket": try await provider.ticket(), "qr": qr,
                "same-device": try html.attribute("data-same-device-link"),
                "handle": String(qr.split(separator: "/").last?.split(separator: ".").first ?? ""),
                "page": String(page.dropFirst("/login/".count)), "cookie": browser.cookies.values.first ?? "",
                "csrf": try (try await browser.get(page).text.contains("csrf")) ? html.formToken : "x",
                "assertion": try TestRegion.pushing.assertion(now: provider.now), "attestation": phone.attestation,
                "proof": try phone.proof("POST", "/device/v1/claims", nonce: "x", now: provider.now),
                "login-request": request.text, "login-response": answer.response, "pin-proof": answer.pinProof ?? "",
                "receipt": receipt.text, "offer": offer.text, "registration": registration.registration,
                "block-code": phone.blockCode, "nonce": provider.provider.deviceAuthentication.nonce(),
                "offer-jti": offer.statement.identifier.rawValue, "txn": request.statement.transaction.rawValue,
            ]
            /// Where each secret may be used: an endpoint with the name of the class.
            let doors: [(String, Set<String>, @Sendable (String) async throws -> TestResponse)] = [
                (
                    "token", ["code"],
                    {
                        try await site.post(
                            "/token", form: TestRegion.basic.tokenRequest(code: $0), as: TestRegion.basic)
                    }
                ),
                (
                    "userinfo", ["access"],
                    { try await site.get("/userinfo", headers: [.authorization: "Bearer " + $0]) }
                ),
                (
                    "authorize", ["request_uri"],
                    { try await site.get("/authorize", ["client_id": "pushing", "request_uri": $0]) }
                ),
                (
                    "assertion", ["assertion"],
                    { secret in
                        var form = TestRegion.pushing.request()
                        form["client_assertion"] = secret
                        form["client_assertion_type"] = ClientCredentials.assertionType
                        return try await site.post("/par", form: form)
                    }
                ),
                (
                    "secret", [],
                    {
                        try await site.post(
                            "/par", form: TestRegion.basic.request(), headers: [.authorization: Site.basic("basic", $0)]
                        )
                    }
                ),
                (
                    "enrolment", ["ticket"],
                    { try await site.post("/device/v1/enrolments", json: ["ticket": .string($0)]) }
                ),
                (
                    "registration", [],
                    { secret in
                        try await site.post(
                            "/device/v1/enrolments/\(offer.statement.identifier)",
                            json: [
                                "registration": .string(secret), "inst_proof": .string(registration.installationProof),
                                "pin_proof": .string(registration.pinProof),
                            ])
                    }
                ),
                (
                    "claim", ["qr", "same-device"],
                    { try await site.call(phone, .post, "/device/v1/claims", json: ["link": .string($0)]) }
                ),
                (
                    "attestation", ["attestation"],
                    { try await site.call(phone, .get, "/device/v1/devices", attestation: $0) }
                ),
                ("proof", [], { try await site.call(phone, .get, "/device/v1/devices", proof: $0) }),
                (
                    "login", [],
                    { secret in
                        try await site.get(page, headers: [.cookie: "__Host-login-\(page.dropFirst(7))=\(secret)"])
                    }
                ),
            ]
            for (door, allowed, open) in doors {
                for (name, secret) in secrets.sorted(by: { $0.key < $1.key }) where !allowed.contains(name) {
                    if door == "login", name == "cookie" { continue }
                    if door == "registration", name == "registration" { continue }
                    let response = try await open(secret)
                    #expect((400...499).contains(response.status.code), "\(name) at \(door)")
                }
            }
            // The near-misses: each at its own door.
            for (door, allowed, open) in doors {
                for name in allowed.sorted() where name != "same-device" {
                    let response = try await open(secrets[name] ?? "")
                    #expect((200...399).contains(response.status.code), "\(name) at \(door)")
                }
            }
        }
    }
}
