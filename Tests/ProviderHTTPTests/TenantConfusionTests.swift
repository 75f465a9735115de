import AccountDirectory
import HTTPTypes
import HummingbirdTesting
import IdentityCrypto
import NIOCore
import OpenIDMessages
import ProviderCore
import ProviderHarness
import SQLiteStore
import Testing

/// Two of everything: browsers, phones, portals, registered clients, in two towns.
struct Neighbours: Sendable {
    let site: Site
    let owner: Browser
    let stranger: Browser
    let phone: TestPhone
    let strangersPhone: TestPhone
    /// What the owner's portal got for the owner.
    let tokens: JSONObject
    let session: String
    let registered: JSONObject
    let strangersRegistered: JSONObject

    init(_ site: Site) async throws {
        self.site = site
        owner = Browser(site)
        stranger = Browser(site)
        phone = try await site.provider.enrolledPhone()
        strangersPhone = try await site.provider.enrolledPhone()
        tokens = try await site.signIn(owner, at: EveryGrant.herten, phone: phone)
        session = try await site.session(of: phone)
        try await site.signIn(stranger, at: EveryGrant.marl, phone: strangersPhone)
        registered = try await site.provider.register(TestRegistrant.metadata())
        strangersRegistered = try await site.provider.register(TestRegistrant.metadata())
    }

    func token(_ name: String) throws -> String { try #require(tokens[name]?.string) }

    /// A code of the owner, fresh.
    func code() async throws -> String {
        try #require(try await site.ask(owner, at: EveryGrant.herten)["code"])
    }

    /// A browser that the owner had remembered.
    func rememberedBrowser() async throws -> String {
        _ = try await site.provider.knownBrowser(of: phone)
        let account = try await site.provider.verified(phone).account.identifier
        let browsers = try await site.provider.store.knownBrowsers(of: account, now: site.now)
        return try #require(browsers.first).identifier.rawValue
    }

    /// A login of the owner that waits for its phone; the page's path.
    func login() async throws -> String { try await owner.begin(EveryGrant.herten, ["prompt": "login"]) }

    /// A login that the owner's phone has claimed.
    func transaction() async throws -> String {
        try await site.claimLogin(owner, page: try await login(), phone: phone)
    }

    func deviceCode() async throws -> String {
        let answer = try await site.post(
            "/device_authorization", form: ["scope": "openid person"], as: EveryGrant.herten)
        return try #require(answer.json["device_code"]?.string)
    }

    /// A request over the back channel that the owner's phone has received: what its portal and its phone call it.
    func backChannel() async throws -> (request: String, transaction: String) {
        let (begun, transaction) = try await site.backChannel(
            for: tokens.idToken["sub"]?.string ?? "", phone: phone)
        return (try begun.text("auth_req_id"), transaction)
    }

    func accessToken(for resource: ResourceURI) async throws -> String {
        let outcome = try await site.ask(owner, at: EveryGrant.herten, ["resource": resource.rawValue])
        return try #require(try await site.tokens(outcome, at: EveryGrant.herten)["access_token"]?.string)
    }
}

/// An object at a route, and how somebody calls the route with its name.
struct NamedObject: Sendable {
    enum Caller: Sendable { case owner, stranger }

    let name: String
    let make: @Sendable (Neighbours) async throws -> String
    let unknown: @Sendable () -> String
    let call: @Sendable (Neighbours, Caller, String) async throws -> TestResponse

    /// A login page; the stranger has a cookie of its name.
    static func page(
        _ method: HTTPRequest.Method, _ rest: String, isCancelled: Bool = false, json: JSONObject? = nil
    ) -> NamedObject {
        NamedObject(
            name: "login",
            make: { neighbours in
                let page = try await neighbours.login()
                if isCancelled {
                    let token = try await neighbours.owner.get(page).formToken
                    _ = try await neighbours.owner.post(page + "/cancel", ["csrf": token])
                }
                return String(page.dropFirst("/login/".count))
            }, unknown: { RandomBytes.text(16) },
            call: { neighbours, caller, page in
                let browser = caller == .owner ? neighbours.owner : neighbours.stranger
                if caller == .stranger { browser.plant(RandomBytes.text(32), as: "__Host-login-\(page)") }
                let path = "/login/\(page)\(rest)"
                guard method == .post else { return try await browser.get(path) }
                // The stranger even knows the form's token.
                let shown = try await neighbours.owner.get("/login/\(page)")
                let token = shown.status == .ok ? try shown.formToken : RandomBytes.text(32)
                guard var json else { return try await browser.post(path, ["code": "12345678", "csrf": token]) }
                json["csrf"] = .string(token)
                return try await browser.post(path, json: json)
            })
    }

    /// A form parameter at an endpoint for portals.
    static func parameter(
        _ name: String, at path: String, of form: [String: String] = [:], unknown: @escaping @Sendable () -> String,
        make: @escaping @Sendable (Neighbours) async throws -> String
    ) -> NamedObject {
        NamedObject(name: name, make: make, unknown: unknown) { neighbours, caller, value in
            let portal = caller == .owner ? EveryGrant.herten : EveryGrant.marl
            return try await neighbours.site.post(path, form: form.merging([name: value]) { $1 }, as: portal)
        }
    }

    /// A client whose secret the caller does not know, and a client that another names as itself.
    static func clients(at path: String) -> [NamedObject] {
        let unknown: @Sendable () -> String = { "nobody" }
        return [
            NamedObject(name: "client with a wrong secret", make: { _ in "everything" }, unknown: unknown) {
                neighbours, caller, client in
                let secret = caller == .owner ? EveryGrant.herten.secret : EveryGrant.marl.secret
                return try await neighbours.site.post(
                    path, form: [:], headers: [.authorization: Site.basic(client, secret ?? "")])
            },
            NamedObject(name: "client_id of another", make: { _ in "everything" }, unknown: unknown) {
                neighbours, caller, client in
                let portal = caller == .owner ? EveryGrant.herten : EveryGrant.marl
                return try await neighbours.site.post(path, form: ["client_id": client], as: portal)
            },
        ]
    }

    /// A registered client under the caller's registration access token.
    static func registration(_ method: HTTPRequest.Method) -> NamedObject {
        NamedObject(
            name: "client", make: { $0.registered["client_id"]?.string ?? "" },
            unknown: { "dyn-" + RandomBytes.text(16) },
            call: { neighbours, caller, client in
                let own = caller == .owner ? neighbours.registered : neighbours.strangersRegistered
                let token = own["registration_access_token"]?.string ?? ""
                var headers: HTTPFields = [.authorization: "Bearer " + token]
                var body: ByteBuffer?
                if method == .put {
                    headers[.contentType] = "application/json"
                    body = ByteBuffer(string: TestRegistrant.metadata(["client_id": .string(client)]).text)
                }
                return try await neighbours.site.client.execute(
                    uri: "/register/\(client)", method: method, headers: headers, body: body)
            })
    }

    static func deviceLogin(
        _ method: HTTPRequest.Method, _ rest: String, body: JSONObject = ["response": "x"],
        make: @escaping @Sendable (Neighbours) async throws -> String = { try await $0.transaction() }
    ) -> NamedObject {
        NamedObject(
            name: "transaction", make: make, unknown: { RandomBytes.text(16) },
            call: { neighbours, caller, transaction in
                try await neighbours.site.call(
                    caller == .owner ? neighbours.phone : neighbours.strangersPhone, method,
                    "/device/v1/logins/\(transaction)\(rest)", json: method == .post ? body : nil)
            })
    }

    static func authorize(_ method: HTTPRequest.Method) -> [NamedObject] {
        @Sendable func send(_ browser: Browser, _ form: [String: String]) async throws -> TestResponse {
            method == .get ? try await browser.get("/authorize", form) : try await browser.post("/authorize", form)
        }
        return [
            NamedObject(
                name: "request_uri", make: { try await $0.site.pushed(EveryGrant.herten) },
                unknown: { "urn:ietf:params:oauth:request_uri:" + OneTimeHandle(.pushedRequest).text },
                call: { neighbours, caller, uri in
                    let portal = caller == .owner ? EveryGrant.herten : EveryGrant.marl
                    let browser = caller == .owner ? neighbours.owner : neighbours.stranger
                    return try await send(browser, ["client_id": portal.identifier, "request_uri": uri])
                }),
            NamedObject(
                name: "id_token_hint", make: { try $0.tokens.idTokenText }, unknown: { "e30.e30.e30" },
                call: { neighbours, caller, hint in
                    let portal = caller == .owner ? EveryGrant.herten : EveryGrant.marl
                    let browser = caller == .owner ? neighbours.owner : neighbours.stranger
                    return try await send(browser, portal.request(["id_token_hint": hint, "prompt": "none"]))
                }),
        ]
    }

    static let sessionEnd = NamedObject(
        name: "session", make: { $0.session }, unknown: { RandomBytes.text(16) },
        call: { neighbours, caller, session in
            let browser = caller == .owner ? neighbours.owner : neighbours.stranger
            let token = try await browser.get("/sessions").formToken
            return try await browser.post("/sessions/end", ["csrf": token, "session": session])
        })

    static let rememberedBrowser = NamedObject(
        name: "remembered browser", make: { try await $0.rememberedBrowser() }, unknown: { RandomBytes.text(16) },
        call: { neighbours, caller, identifier in
            let browser = caller == .owner ? neighbours.owner : neighbours.stranger
            let before = try await browser.get("/sessions")
            let form = ["csrf": try before.formToken, "browser": identifier]
            let answer = try await browser.post("/sessions/forget", form)
            // Everybody is led back to the list: there the owner sees that it is gone.
            let after = try await browser.get("/sessions")
            return before.text.contains(identifier) == after.text.contains(identifier) ? answer : after
        })

    static let tokens: [NamedObject] = [
        parameter(
            "code", at: "/token", of: EveryGrant.herten.tokenRequest(code: ""),
            unknown: { OneTimeHandle(.authorizationCode).text }
        ) { try await $0.code() },
        parameter(
            "refresh_token", at: "/token", of: ["grant_type": "refresh_token"],
            unknown: { OneTimeHandle(.refreshToken).text }
        ) { try $0.token("refresh_token") },
        parameter(
            "device_code", at: "/token", of: ["grant_type": GrantType.deviceCode.rawValue],
            unknown: { OneTimeHandle(.deviceCode).text }
        ) { try await $0.deviceCode() },
        parameter(
            "auth_req_id", at: "/token", of: ["grant_type": GrantType.backChannel.rawValue],
            unknown: { OneTimeHandle(.authenticationRequest).text }
        ) { try await $0.backChannel().request },
        parameter(
            "subject_token", at: "/token",
            of: [
                "grant_type": GrantType.tokenExchange.rawValue, "resource": EveryGrant.resource.rawValue,
                "subject_token_type": TokenExchangeRequest.accessTokenType,
            ], unknown: { "e30.e30.e30" }
        ) { try await $0.accessToken(for: EveryGrant.resource) },
    ]

    static let introspected: [NamedObject] = [
        parameter("token", at: "/introspect", unknown: { "e30.e30.e30" }) { try $0.token("access_token") },
        parameter("token", at: "/introspect", unknown: { OneTimeHandle(.refreshToken).text }) {
            try $0.token("refresh_token")
        },
    ]
}

/// Every route with every object that it names and a caller to whom the object does not belong: the answer is that for
/// an object that does not exist. Zitadel CVE-2026-55670, CVE-2026-33132, CVE-2025-64431; Keycloak CVE-2026-1529.
@Suite("Tenant confusion (Zitadel CVE-2026-55670, CVE-2026-33132, CVE-2025-64431; Keycloak CVE-2026-1529)")
struct TenantConfusionTests {
    static let objects: [String: [NamedObject]] = [
        "GET /login/{page}": [.page(.get, "")], "GET /login/{page}/state": [.page(.get, "/state")],
        "GET /login/{page}/events": [.page(.get, "/events", isCancelled: true)],
        "POST /login/{page}/code": [.page(.post, "/code")], "POST /login/{page}/cancel": [.page(.post, "/cancel")],
        "POST /login/{page}/browser": [.page(.post, "/browser", json: ["proofs": ""])],
        "POST /login/{page}/remember": [.page(.post, "/remember", json: ["proof": "x"])],
        "GET /login/{page}/return": [.page(.get, "/return?uv=x")],
        "GET /login/{page}/finish": [.page(.get, "/finish")],
        "GET /register/{client}": [.registration(.get)], "PUT /register/{client}": [.registration(.put)],
        "DELETE /register/{client}": [.registration(.delete)],
        "GET /device/v1/logins/{transaction}": [.deviceLogin(.get, "")],
        "POST /device/v1/logins/{transaction}/response": [.deviceLogin(.post, "/response")],
        "POST /device/v1/logins/{transaction}/call-code": [
            .deviceLogin(.post, "/call-code", body: ["call_code": "1234"]) { try await $0.backChannel().transaction }
        ],
        "POST /bc-authorize": NamedObject.clients(at: "/bc-authorize"),
        "GET /authorize": NamedObject.authorize(.get), "POST /authorize": NamedObject.authorize(.post),
        "POST /sessions/end": [.sessionEnd], "POST /sessions/forget": [.rememberedBrowser],
        "POST /token": NamedObject.tokens + NamedObject.clients(at: "/token"),
        "POST /introspect": NamedObject.introspected + NamedObject.clients(at: "/introspect"),
        "POST /authority/check": NamedObject.clients(at: "/authority/check"),
        "POST /revoke": NamedObject.clients(at: "/revoke"), "POST /par": NamedObject.clients(at: "/par"),
        "POST /device_authorization": NamedObject.clients(at: "/device_authorization"),
    ]

    /// Routes at which nobody's object has a name, and why.
    static let withoutObjects: [String: String] = [
        "GET /.well-known/openid-configuration": "public", "GET /.well-known/oauth-authorization-server": "public",
        "GET /jwks": "public", "GET /health": "public", "GET /services/{service}": "public",
        "HEAD /.well-known/openid-configuration": "public", "HEAD /.well-known/oauth-authorization-server": "public",
        "HEAD /jwks": "public", "HEAD /health": "public",
        "GET /logos/{tenant}": "public",
        "GET /app/e/{rest}": "looks nothing up",
        "GET /app/q/{rest}": "looks nothing up", "GET /app/s/{rest}": "looks nothing up",
        "GET /device/done": "looks nothing up",
        "GET /userinfo": "the token is the credential", "POST /userinfo": "the token is the credential",
        "POST /register": "the token is the credential",
        "GET /sessions": "the cookie is the credential", "GET /logout": "ends the cookie's session alone",
        "POST /logout": "ends the cookie's session alone", "POST /logout/confirm": "ends the cookie's session alone",
        "GET /device": "whoever has the user code may type it", "POST /device": "whoever has the user code may type it",
        "POST /device/v1/enrolments": "the ticket is the credential",
        "POST /device/v1/enrolments/{offer}": "the offer is the credential",
        "POST /device/v1/blocks": "the block code is the credential",
        "POST /device/v1/claims": "whoever has the link may claim it",
        "GET /device/v1/devices": "the attestation is the credential",
        "GET /device/v1/requests": "the attestation is the credential",
        "POST /device/v1/attestation": "the attestation is the credential",
    ]

    private static let provider = Task { try await TestProvider.withEveryGrant() }

    @Test("no route is missing here")
    func everyRoute() async throws {
        // Objects of the account API are looked for in AccountEndpointTests and its neighbours.
        let routes = try await Self.provider.value.routes.filter { !$0.contains(" /account/v1/") }
        #expect(routes == Set(Self.objects.keys).union(Self.withoutObjects.keys))
        #expect(Set(Self.objects.keys).isDisjoint(with: Self.withoutObjects.keys))
    }

    @Test("somebody else's object is answered like an unknown one", arguments: objects.keys.sorted())
    func foreign(route: String) async throws {
        try await Site.serve(Self.provider.value) { site in
            for object in try #require(Self.objects[route]) {
                let neighbours = try await Neighbours(site)
                let name = try await object.make(neighbours)
                let unknown = object.unknown()
                let foreign = try await object.call(neighbours, .stranger, name).comparable(without: name)
                let missing = try await object.call(neighbours, .stranger, unknown).comparable(without: unknown)
                #expect(foreign == missing, "\(object.name)")
                let own = try await object.call(neighbours, .owner, name).comparable(without: name)
                #expect(own != missing, "\(object.name): its owner must be served")
            }
        }
    }

    @Test("a token of another client is not revoked: RFC 7009 §2.1 wants an error, and the token goes on")
    func revocation() async throws {
        try await Site.serve(Self.provider.value) { site in
            let neighbours = try await Neighbours(site)
            for name in ["access_token", "refresh_token"] {
                let form = ["token": try neighbours.token(name)]
                let answer = try await site.post("/revoke", form: form, as: EveryGrant.marl)
                #expect(answer.status == .badRequest && answer.error == "invalid_grant")
                #expect(try await site.post("/introspect", form: form, as: EveryGrant.herten).json["active"] == true)
            }
        }
    }

    @Test("nobody's session ends by another person's ID token")
    func foreignHint() async throws {
        try await Site.serve(Self.provider.value) { site in
            let neighbours = try await Neighbours(site)
            let hint = try neighbours.tokens.idTokenText
            let answer = try await neighbours.stranger.get("/logout", ["id_token_hint": hint])
            #expect(answer.status == .ok && answer.text.contains("id=\"logout-form\""))
            for (browser, portal) in [
                (neighbours.owner, EveryGrant.herten), (neighbours.stranger, EveryGrant.marl),
            ] { #expect(try await site.ask(browser, at: portal, ["prompt": "none"])["code"] != nil) }
        }
    }
}
