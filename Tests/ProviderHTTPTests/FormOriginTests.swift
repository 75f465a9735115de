import HTTPTypes
import HummingbirdTesting
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

/// A form on a page of ours, filled in rightly.
struct OwnForm: Sendable {
    let path: String
    let fields: [String: String]
    /// True when the form was not taken: everything is as before.
    let isUnchanged: @Sendable () async throws -> Bool
}

/// Dex CVE-2022-39222: a page of consent that anybody could answer. Checklist F5.
@Suite("Forms and state changes: by POST, from our own page, with its token (Dex CVE-2022-39222)")
struct FormOriginTests {
    /// Forms of our pages, by route.
    private static let forms: [String: @Sendable (Neighbours) async throws -> OwnForm] = [
        "POST /login/{page}/code": { neighbours in
            let page = try await neighbours.login()
            let link = try await neighbours.owner.get(page).attribute("data-qr-link")
            let claim = try await neighbours.site.call(
                neighbours.phone, .post, "/device/v1/claims", json: ["link": .string(link)])
            let fields = [
                "code": try #require(claim.json["code"]?.string),
                "csrf": try await neighbours.owner.get(page).formToken,
            ]
            return OwnForm(path: page + "/code", fields: fields) {
                try await neighbours.owner.get(page + "/state").json["state"]?.string
                    == LoginState.awaitingCode.rawValue
            }
        },
        "POST /login/{page}/cancel": { neighbours in
            let page = try await neighbours.login()
            let token = try await neighbours.owner.get(page).formToken
            return OwnForm(path: page + "/cancel", fields: ["csrf": token]) {
                try await neighbours.owner.get(page + "/state").json["state"]?.string == LoginState.created.rawValue
            }
        },
        "POST /sessions/end": { neighbours in
            let token = try await neighbours.owner.get("/sessions").formToken
            return OwnForm(path: "/sessions/end", fields: ["csrf": token, "session": neighbours.session]) {
                try await isSignedIn(neighbours)
            }
        },
        "POST /sessions/forget": { neighbours in
            let browser = try await neighbours.rememberedBrowser()
            let token = try await neighbours.owner.get("/sessions").formToken
            return OwnForm(path: "/sessions/forget", fields: ["csrf": token, "browser": browser]) {
                try await neighbours.owner.get("/sessions").text.contains(browser)
            }
        },
        "POST /logout/confirm": { neighbours in
            let token = try await neighbours.owner.get("/logout").formToken
            return OwnForm(path: "/logout/confirm", fields: ["csrf": token]) { try await isSignedIn(neighbours) }
        },
        "POST /device": { neighbours in
            let begun = try await neighbours.site.post(
                "/device_authorization", form: ["scope": "openid"], as: EveryGrant.herten)
            let code = try #require(begun.json["user_code"]?.string)
            return OwnForm(path: "/device", fields: ["user_code": code]) {
                // While somebody decides about a code, its portal is not shown.
                try await neighbours.site.get("/device", ["user_code": code]).text.contains("Portal everything")
            }
        },
    ]

    /// Portals' forms, which come from elsewhere and change nothing by themselves.
    private static let crossSite: Set<String> = ["POST /authorize", "POST /logout"]

    /// Calls with credentials of their own in header or body; no browser adds those by itself.
    private static let calls: Set<String> = [
        "POST /par", "POST /token", "POST /introspect", "POST /authority/check", "POST /revoke", "POST /userinfo",
        "POST /register", "POST /bc-authorize", "POST /device/v1/logins/{transaction}/call-code",
        "POST /device_authorization", "POST /device/v1/enrolments", "POST /device/v1/enrolments/{offer}",
        "POST /device/v1/blocks", "POST /device/v1/claims", "POST /device/v1/logins/{transaction}/response",
        "POST /device/v1/attestation",
    ]

    /// Calls of a page's own script, in JSON: KnownBrowserEndpointTests ("calls of other pages, in another form or without the
    /// login's cookie are refused").
    private static let scripted: Set<String> = ["POST /login/{page}/browser", "POST /login/{page}/remember"]

    private static let provider = Task { try await TestProvider.withEveryGrant() }

    private static func isSignedIn(_ neighbours: Neighbours) async throws -> Bool {
        try await neighbours.site.ask(neighbours.owner, at: EveryGrant.herten, ["prompt": "none"])["code"] != nil
    }

    @Test("no route that takes a POST is missing here")
    func everyRoute() async throws {
        // The account API has the device's credentials in its headers, as /device/v1 has.
        let posts = try await Self.provider.value.routes.filter {
            $0.hasPrefix("POST ") && !$0.hasPrefix("POST /account/v1/")
        }
        #expect(posts == Set(Self.forms.keys).union(Self.crossSite).union(Self.calls).union(Self.scripted))
    }

    @Test(
        "a form from elsewhere, without the page's token or in another browser changes nothing",
        arguments: forms.keys.sorted())
    func foreignForms(route: String) async throws {
        let issuer = TestRegion.issuer.rawValue
        let origins: [HTTPFields] = [
            [:], [.origin: "https://evil.example"], [.origin: "null"], [.origin: "https://everything.example"],
            [.origin: issuer + ".evil.example"], [.origin: "http://id.region.example"],
            [.origin: issuer, .fetchSite: "cross-site"], [.fetchSite: "same-site"], [.fetchSite: "none"],
            [.origin: "https://evil.example", .fetchSite: "same-origin"],
        ]
        try await Site.serve(Self.provider.value) { site in
            let neighbours = try await Neighbours(site)
            let make = try #require(Self.forms[route])
            let form = try await make(neighbours)
            for origin in origins {
                let answer = try await neighbours.owner.post(form.path, form.fields, origin)
                #expect(answer.status == .forbidden && answer.headers[.location] == nil, "\(origin)")
            }
            if let own = form.fields["csrf"] {
                for token in ["", "x", own + "A", try await neighbours.stranger.get("/sessions").formToken] {
                    let fields = form.fields.merging(["csrf": token]) { $1 }
                    let answer = try await neighbours.owner.post(form.path, fields)
                    #expect(answer.status == .forbidden, "\(token)")
                }
                _ = try await neighbours.stranger.post(form.path, form.fields)
                _ = try await Browser(site).post(form.path, form.fields)
            }
            for method in [HTTPRequest.Method.get, .head, .put, .patch, .delete, .options] where route != "POST /device"
            {
                let query = "?" + FormParameters(form.fields).encoded
                let cookies = neighbours.owner.cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
                let headers: HTTPFields = [.cookie: cookies, .origin: issuer, .fetchSite: "same-origin"]
                let answer = try await site.client.execute(uri: form.path + query, method: method, headers: headers)
                #expect(answer.status == .notFound || answer.status == .methodNotAllowed, "\(method)")
            }
            var isUnchanged = try await form.isUnchanged()
            #expect(isUnchanged)
            let taken = try await neighbours.owner.post(form.path, form.fields)
            #expect(taken.status.code < 400)
            isUnchanged = try await form.isUnchanged()
            #expect(!isUnchanged, "the right form is taken")
        }
    }

    @Test("what is changed by POST, PUT or DELETE alone refuses GET and everything else")
    func methods() async throws {
        let provider = try await Self.provider.value
        let routes = provider.routes
        try await Site.serve(provider) { site in
            for route in routes.union(["GET /nowhere"]) {
                let path = route.split(separator: " ").last.map(String.init) ?? ""
                let filled = path.replacing(/\{[a-z]+\}/, with: "AAAAAAAAAAAAAAAAAAAAAA")
                for method in [HTTPRequest.Method.get, .post, .put, .patch, .delete, .options, .trace]
                where !routes.contains("\(method) \(path)") {
                    let answer = try await site.client.execute(uri: filled, method: method)
                    #expect(
                        answer.status == .notFound || answer.status == .methodNotAllowed, "\(method) \(path)")
                }
            }
        }
    }
}
