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
        let page = try await browser.begin(TestGrants.everything, ["prompt": "login"])
        let login = browser.cookies.first { $0.key == "__Host-login-" + page.dropFirst("/login/".count) }
        let links = try await browser.get(page)
        let asked = try await provider.claimed(provider.login(), by: provider.verified(phone))
        let answer = try phone.response(to: asked, now: provider.now)
        let receipt = try await provider.answer(asked, answer, by: provider.verified(phone))
        let offer = try await provider.offer(ticket: provider.ticket())
        return [
            "login page": String(page.dropFirst("/login/".count)), "login cookie": try #require(login?.value),
            "form token": try links.formToken, "link in a QR code": try links.attribute("data-qr-link"),
            "link on the same device": try links.attribute("data-same-device-link"),
            "transaction": asked.statement.transaction.rawValue, "login request": asked.text,
            "login response": answer.response, "PIN proof": answer.pinProof ?? "", "receipt": receipt.text,
            "offer": offer.text, "offer's name": offer.statement.identifier.rawValue,
            "nonce": provider.provider.proofs.nonce(),
            "bootstrap ticket": try #require(
                try await provider.provider.administration.issueBootstrapTicket(recover: true)
            ).text,
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

    /// Where a handle of each class stands above. A new class does not compile without its place in the matrix.
    private static func name(of handleClass: HandleClass) -> String {
        switch handleClass {
        case .authorizationCode: "code"
        case .refreshToken: "refresh token"
        case .deviceCode: "device code"
        case .authenticationRequest: "auth_req_id"
        case .pushedRequest: "reference"
        case .session: "session"
        case .initialAccessToken: "initial access token"
        case .registrationAccessToken: "registration access token"
        case .bootstrapTicket: "bootstrap ticket"
        }
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
        /// A call of the login page's script.
        @Sendable func scripted(_ call: String, _ members: JSONObject) async throws -> JSONObject {
            let page = artefacts["login page"] ?? ""
            let headers: HTTPFields = [
                .cookie: "__Host-login-\(page)=\(artefacts["login cookie"] ?? "")",
                .origin: TestRegion.issuer.rawValue,
            ]
            var body = members
            body["csrf"] = .string(artefacts["form token"] ?? "")
            let answer = try await site.post("/login/\(page)/\(call)", json: body, headers: headers)
            // The call itself is the page's own.
            #expect(answer.status != .forbidden, "\(call)")
            return isTaken(answer) ? answer.json : [:]
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
            Door(name: "claim", own: ["link in a QR code", "link on the same device"]) {
                isTaken(try await site.call(phone, .post, "/device/v1/claims", json: ["link": .string($0)]))
            },
            Door(name: "answer to a login", own: []) { text in
                let path = "/device/v1/logins/\(artefacts["transaction"] ?? "")/response"
                return isTaken(try await site.call(phone, .post, path, json: ["response": .string(text)]))
            },
            Door(name: "a login's name", own: []) { text in
                let name = FormParameters.percentEncode(text)
                return isTaken(try await site.call(phone, .get, "/device/v1/logins/" + name))
            },
            Door(name: "an offer's name", own: []) { text in
                let path = "/device/v1/enrolments/" + FormParameters.percentEncode(text)
                let body: JSONObject = ["registration": "x", "inst_proof": "x", "pin_proof": "x"]
                return isTaken(try await site.post(path, json: body))
            },
            Door(name: "known browsers' proofs", own: []) { text in
                try await scripted("browser", ["proofs": .string(text)])["known"]?.array?.isEmpty == false
            },
            Door(name: "proof of a browser to be known", own: []) { text in
                try await scripted("remember", ["proof": .string(text)])["browser"] != nil
            },
            Door(name: "login cookie", own: ["login cookie"]) { text in
                let page = artefacts["login page"] ?? ""
                let cookie = "__Host-login-\(page)=\(text)"
                return isTaken(try await site.get("/login/" + page, headers: [.cookie: cookie]))
            },
            Door(name: "id_token_hint of a logout", own: ["ID token"]) { text in
                isTaken(try await site.get("/logout", ["id_token_hint": text]))
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
            for handleClass in HandleClass.allCases {
                let text = try #require(artefacts[Self.name(of: handleClass)])
                #expect(OneTimeHandle(parsing: text, as: handleClass) != nil, "\(handleClass)")
            }
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
                // One login has two links: the first that is taken takes it.
                for name in door.own.sorted() where name != "link on the same device" {
                    let isTaken = try await door.takes(try #require(artefacts[name]))
                    #expect(isTaken, "\(name) at its own place \(door.name)")
                }
            }
        }
    }
}

extension ArtefactMatrixTests {
    /// The doors of each route that takes a POST. None is left out by oversight; the account API's have the device's
    /// credentials in their headers, as /device/v1 has.
    private static let doorsOfRoutes: [String: Set<String>] = [
        "POST /par": ["client_assertion"],
        "POST /token": [
            "code", "refresh_token", "device_code", "auth_req_id", "subject_token", "portal's proof", "client_secret",
        ],
        "POST /introspect": ["introspection"],
        "POST /bc-authorize": [
            "back channel's id_token_hint", "login_hint_token", "back channel's request",
        ],
        "POST /authorize": ["request_uri", "request", "id_token_hint"], "POST /logout": ["id_token_hint of a logout"],
        "POST /userinfo": ["userinfo"], "POST /register": ["/register"], "POST /device": ["user_code"],
        "POST /sessions/end": ["session"], "POST /sessions/forget": ["session"], "POST /logout/confirm": ["session"],
        "POST /login/{page}/code": ["login cookie"], "POST /login/{page}/cancel": ["login cookie"],
        "POST /login/{page}/browser": ["known browsers' proofs"],
        "POST /login/{page}/remember": ["proof of a browser to be known"],
        "POST /device/v1/enrolments": ["ticket"], "POST /device/v1/enrolments/{offer}": ["an offer's name"],
        "POST /device/v1/blocks": ["block code"], "POST /device/v1/claims": ["claim"],
        "POST /device/v1/logins/{transaction}/response": ["answer to a login"],
        "POST /device/v1/logins/{transaction}/call-code": ["attestation", "device's proof"],
        "POST /device/v1/attestation": ["attestation", "device's proof"],
        // Every text is answered alike: the end of the matrix.
        "POST /revoke": [],
        // It takes access tokens of company logins: OneForAllRefusalTests ("…, and no other text is an access token there").
        "POST /authority/check": [], "POST /device_authorization": ["client_secret"],
    ]

    @Test("no route that takes a POST is missing in the matrix")
    func everyRoute() async throws {
        let provider = try await TestProvider.withGrants([TestProfiles.baseline])
        let posts = provider.routes.filter { $0.hasPrefix("POST ") && !$0.hasPrefix("POST /account/v1/") }
        #expect(posts == Set(Self.doorsOfRoutes.keys))
        let phone = try await provider.enrolledPhone()
        try await Site.serve(provider) { site in
            let names = Set(Self.doors(site, [:], phone).map(\.name))
            #expect(names.isSuperset(of: Self.doorsOfRoutes.values.joined()))
        }
    }

    /// Doors whose own artefact is tried with every kind of damage.
    private static let damagedAt: [String: String] = [
        "auth_req_id": "auth_req_id", "userinfo": "access token",
        "/register": "initial access token", "/register/{client}": "registration access token",
        "request": "request object", "id_token_hint": "ID token", "client_assertion": "client assertion",
        "client_secret": "client secret", "session": "session", "ticket": "ticket", "portal's proof": "DPoP proof",
        "claim": "link in a QR code", "login cookie": "login cookie", "id_token_hint of a logout": "ID token",
        "device_code": "device code",
    ]

    @Test(
        "none is taken cut at any length, extended or changed in a byte, and whole it still is (Zitadel CVE-2026-27840)",
        arguments: damagedAt.keys.sorted())
    func damage(name: String) async throws {
        let provider = try await TestProvider.withGrants([TestProfiles.baseline])
        let phone = try await provider.enrolledPhone()
        try await Site.serve(provider) { site in
            let artefacts = try await Self.artefacts(site, Browser(site))
            let door = try #require(Self.doors(site, artefacts, phone).first { $0.name == name })
            let whole = try #require(artefacts[Self.damagedAt[name] ?? ""])
            // Of changed bits of long texts a sample: each costs a signature. Handles and secrets are short.
            let flipped = changed(whole)
            let sample = stride(from: 0, to: flipped.count, by: max(1, flipped.count / 200)).map { flipped[$0] }
            for text in truncated(whole) + sample + extended(whole)
            where text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) && !text.hasPrefix(" ") && !text.hasSuffix(" ") {
                let isTaken = try await door.takes(text)
                #expect(!isTaken, "\(text)")
            }
            let isTaken = try await door.takes(whole)
            #expect(isTaken)
        }
    }
}

extension SignedIn {
    /// The person signs out, so that the portal hears of it.
    fileprivate func signedOut(_ provider: TestProvider) async throws { try await provider.signOut(cookie) }
}
