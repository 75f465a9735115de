import AccountDirectory
import HTTPTypes
import HummingbirdTesting
import IdentityCrypto
import NIOCore
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

/// Keycloak CVE-2026-4282, CVE-2026-11800, GHSA-7fpj: something of one class was good in the place of another.
@Suite("Every artefact at every place where any is taken (Keycloak CVE-2026-4282, CVE-2026-11800)")
struct ArtefactMatrixTests {
    /// A place where a secret or a signed text is taken.
    struct Door: Sendable {
        let name: String
        /// The classes that are taken here.
        let own: Set<String>
        /// Whether a text was taken.
        let takes: @Sendable (String) async throws -> Bool
    }

    /// One of each class.
    private static func artefacts(_ site: Site, _ browser: Browser) async throws -> [String: String] {
        let provider = site.provider
        let phone = try await provider.enrolledPhone()
        let key = SigningKey.makeES256()
        let forFiles = ["resource": TestGrants.files.rawValue]
        let tokens = try await site.signIn(browser, at: TestGrants.everything, phone: phone)
        try await provider.signIn(at: TestRegion.basic, phone: phone).signedOut(provider)
        let logoutToken = try await logoutToken(provider)
        let device = try await provider.beginDevice(at: TestGrants.everything)
        let registered = try await provider.register(TestRegistrant.metadata())
        let uri = try await site.pushed()
        let session = try #require(browser.session)
        let proof = try provider.proof(key, "POST", "/token").text
        return [
            "code": try await provider.code(at: TestGrants.everything, phone: phone),
            "refresh token": try tokens.text("refresh_token"), "access token": try tokens.text("access_token"),
            "access token for a resource": try await provider.granted(
                at: TestGrants.everything, phone: phone, forFiles
            ).text("access_token"),
            "ID token": try tokens.text("id_token"), "logout token": logoutToken,
            "device code": try device.text("device_code"), "user code": try device.text("user_code"),
            "auth_req_id": try await provider.ask(for: "nobody", at: TestGrants.everything).text("auth_req_id"),
            "request_uri": uri, "reference": String(uri.dropFirst("urn:ietf:params:oauth:request_uri:".count)),
            "session": session,
            "initial access token": try await provider.initialAccessToken(uses: 100),
            "registration access token": try registered.text("registration_access_token"),
            "client secret": try registered.text("client_secret"),
            "client assertion": try TestRegion.pushing.assertion(now: site.now),
            "request object": try TestProfiles.baseline.requestObject(now: site.now), "DPoP proof": proof,
            "client attestation": phone.attestation, "ticket": try await provider.ticket(),
            "block code": phone.blockCode, "registered": try registered.text("client_id"),
        ]
    }

    /// A logout token that was just sent.
    private static func logoutToken(_ provider: TestProvider) async throws -> String {
        let (tokens, continuation) = AsyncStream.makeStream(of: String.self)
        try await provider.provider.logoutDeliveries.deliverDue { form, _ in
            continuation.yield(form["logout_token"] ?? "")
            return 200
        }
        continuation.finish()
        var first: String?
        for await token in tokens where first == nil { first = token }
        return try #require(first)
    }

    private static func isTaken(_ response: TestResponse) -> Bool { (200...399).contains(response.status.code) }

    private static func doors(_ site: Site, _ artefacts: [String: String], _ phone: TestPhone) -> [Door] {
        let all = TestGrants.everything
        let registered = artefacts["registered"] ?? ""
        @Sendable func token(_ form: [String: String], _ portal: TestPortal = all) async throws -> Bool {
            isTaken(try await site.post("/token", form: form, as: portal))
        }
        @Sendable func bearer(_ path: String, _ text: String, _ body: JSONObject? = nil) async throws -> Bool {
            let headers: HTTPFields = [.authorization: "Bearer " + text]
            guard let body else { return isTaken(try await site.get(path, headers: headers)) }
            return isTaken(try await site.post(path, json: body, headers: headers))
        }
        return [
            // The first: the places after it use up what it finds.
            Door(name: "introspection", own: ["refresh token", "access token", "access token for a resource"]) {
                try await site.post("/introspect", form: ["token": $0], as: all).json["active"] == true
            },
            Door(name: "code", own: ["code"]) { try await token(all.tokenRequest(code: $0)) },
            Door(name: "refresh_token", own: ["refresh token"]) {
                try await token(["grant_type": "refresh_token", "refresh_token": $0])
            },
            Door(name: "device_code", own: ["device code"]) {
                let form = ["grant_type": TokenRequest.deviceCodeGrant, "device_code": $0]
                return ["authorization_pending", "slow_down"].contains(
                    try await site.post("/token", form: form, as: all).error)
            },
            Door(name: "auth_req_id", own: ["auth_req_id"]) {
                let form = ["grant_type": TokenRequest.backChannelGrant, "auth_req_id": $0]
                return ["authorization_pending", "slow_down"].contains(
                    try await site.post("/token", form: form, as: all).error)
            },
            Door(name: "back channel's id_token_hint", own: ["ID token"]) { text in
                isTaken(
                    try await site.post("/bc-authorize", form: ["scope": "openid", "id_token_hint": text], as: all))
            },
            Door(name: "login_hint_token", own: []) { text in
                isTaken(
                    try await site.post("/bc-authorize", form: ["scope": "openid", "login_hint_token": text], as: all))
            },
            Door(name: "back channel's request", own: []) { text in
                isTaken(try await site.post("/bc-authorize", form: ["request": text], as: all))
            },
            Door(name: "subject_token", own: ["access token for a resource"]) {
                try await token(
                    [
                        "grant_type": TokenRequest.tokenExchangeGrant, "subject_token": $0,
                        "subject_token_type": TokenExchangeRequest.accessTokenType,
                        "resource": TestGrants.archive.rawValue,
                    ], TestGrants.filesService)
            },
            Door(name: "userinfo", own: ["access token"]) { try await bearer("/userinfo", $0) },
            Door(name: "/register", own: ["initial access token"]) {
                try await bearer("/register", $0, TestRegistrant.metadata())
            },
            Door(name: "/register/{client}", own: ["registration access token"]) {
                try await bearer("/register/" + registered, $0)
            },
            Door(name: "request_uri", own: ["request_uri"]) { text in
                isTaken(try await site.get("/authorize", ["client_id": "pushing", "request_uri": text]))
            },
            Door(name: "request", own: ["request object"]) { text in
                try await site.get("/authorize", ["client_id": "baseline", "request": text])
                    .headers[.location]?.hasPrefix("/login/") == true
            },
            Door(name: "id_token_hint", own: ["ID token"]) { text in
                try await site.get("/authorize", all.request(["id_token_hint": text]))
                    .headers[.location]?.hasPrefix("/login/") == true
            },
            Door(name: "client_assertion", own: ["client assertion"]) { text in
                var form = TestRegion.pushing.request()
                form["client_assertion"] = text
                form["client_assertion_type"] = ClientCredentials.assertionType
                return isTaken(try await site.post("/par", form: form))
            },
            Door(name: "client_secret", own: ["client secret"]) { text in
                let headers: HTTPFields = [.authorization: Site.basic(registered, text)]
                return try await site.post("/introspect", form: ["token": "x"], headers: headers).status == .ok
            },
            Door(name: "session", own: ["session"]) { text in
                try await site.get("/sessions", headers: [.cookie: "__Host-session=" + text]).text
                    .contains("class=\"end-form\"")
            },
            Door(name: "ticket", own: ["ticket"]) {
                isTaken(try await site.post("/device/v1/enrolments", json: ["ticket": .string($0)]))
            },
            Door(name: "attestation", own: []) {
                isTaken(try await site.call(phone, .get, "/device/v1/devices", attestation: $0))
            },
            Door(name: "device's proof", own: []) {
                isTaken(try await site.call(phone, .get, "/device/v1/devices", proof: $0))
            },
            Door(name: "portal's proof", own: ["DPoP proof"]) { text in
                let (form, headers) = try site.credentials(
                    of: TestGrants.filesService,
                    added: ["grant_type": "client_credentials", "resource": TestGrants.archive.rawValue])
                var withProof = headers
                withProof[.proof] = text
                return isTaken(try await site.post("/token", form: form, headers: withProof))
            },
            Door(name: "user_code", own: ["user code"]) {
                isTaken(try await Browser(site).post("/device", ["user_code": $0]))
            },
            Door(name: "claim", own: []) {
                isTaken(try await site.call(phone, .post, "/device/v1/claims", json: ["link": .string($0)]))
            },
            // The last: it ends what the others need.
            Door(name: "block code", own: ["block code"]) {
                isTaken(try await site.post("/device/v1/blocks", json: ["code": .string($0)]))
            },
        ]
    }

    @Test("each is taken at its own place, and nowhere else")
    func matrix() async throws {
        let provider = try await TestProvider.withGrants([TestProfiles.baseline])
        let phone = try await provider.enrolledPhone()
        try await Site.serve(provider) { site in
            let artefacts = try await Self.artefacts(site, Browser(site))
            let doors = Self.doors(site, artefacts, phone)
            for door in doors {
                for (name, text) in artefacts.sorted(by: { $0.key < $1.key })
                where !door.own.contains(name) && name != "registered" {
                    let isTaken = try await door.takes(text)
                    #expect(!isTaken, "\(name) at \(door.name)")
                }
            }
            // Revocation takes everything and ends nothing that is not a token of the client.
            for (name, text) in artefacts where !["refresh token", "access token"].contains(name) {
                guard name != "access token for a resource" else { continue }
                let response = try await site.post("/revoke", form: ["token": text], as: TestGrants.everything)
                #expect(response.status == .ok, "\(name)")
            }
            // Nothing of all this used anything up.
            for door in doors {
                for name in door.own.sorted() {
                    let isTaken = try await door.takes(try #require(artefacts[name]))
                    #expect(isTaken, "\(name) at its own place \(door.name)")
                }
            }
        }
    }
}

extension SignedIn {
    /// The person signs out, so that the portal hears of it.
    fileprivate func signedOut(_ provider: TestProvider) async throws { try await provider.signOut(cookie) }
}
