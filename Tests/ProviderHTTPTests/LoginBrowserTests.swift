import HTTPTypes
import HummingbirdTesting
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

/// §4.1, §4.7 of docs/protocol.md; checklist F1, F2, F5, F6, A6, G3, G8.
@Suite("Login in the browser: only the browser that began, only by its own forms")
struct LoginBrowserTests {
    // oidcc-server
    @Test("a whole login ends with a code at the portal, once, and the cookie is gone")
    func wholeLogin() async throws {
        let (provider, phone) = try await Site.sharedProvider()
        try await Site.serve(provider) { site in
            let browser = Browser(site)
            let page = try await browser.begin()
            let outcome = try await site.finishLogin(browser, page: page, phone: phone)
            #expect(outcome["iss"] == "https://id.region.example" && outcome["state"] == "state of basic")
            #expect(Array(browser.cookies.keys) == [Browser.sessionCookie])
            #expect(try await browser.get(page + "/finish").status == .notFound)
            let form = TestRegion.basic.tokenRequest(code: try #require(outcome["code"]))
            #expect(try await site.post("/token", form: form, as: TestRegion.basic).status == .ok)
        }
    }

    @Test("the cookie is __Host-, Secure, HttpOnly, SameSite and has 256 random bits; each login has its own (F1, F2)")
    func cookieAttributes() async throws {
        let (provider, _) = try await Site.sharedProvider()
        try await Site.serve(provider) { site in
            let browser = Browser(site)
            let response = try await browser.get("/authorize", TestRegion.basic.request())
            let cookie = try #require(response.headers[.setCookie])
            let parts = cookie.split(separator: "; ").map(String.init)
            #expect(parts[0].hasPrefix("__Host-login-"))
            #expect(Set(parts.dropFirst()) == ["Path=/", "Secure", "HttpOnly", "SameSite=Lax", "Max-Age=600"])
            #expect(Base64URL.decode(browser.cookies.values.first ?? "")?.count == 32)
            // Fixation: a value that was planted is not taken over.
            let second = try await browser.begin()
            #expect(browser.cookies.count == 2)
            #expect(Set(browser.cookies.values).count == 2)
            let planted = "__Host-login-\(second.dropFirst("/login/".count))=\(RandomBytes.text(32))"
            #expect(try await site.get(second, headers: [.cookie: planted]).status == .notFound)
        }
    }

    @Test(
        "the page speaks the portal's first language of ours, else the browser's, else German",
        arguments: [
            ("fr en", "de", "en"), (nil, "en-GB,en;q=0.9", "en"), ("de", "en", "de"), (nil, nil, "de"),
            ("fr", "en", "en"), ("fr", "fr", "de"), ("EN-us de", nil, "en"),
        ] as [(String?, String?, String)])
    func language(locales: String?, accepted: String?, expected: String) async throws {
        let (provider, _) = try await Site.sharedProvider()
        try await Site.serve(provider) { site in
            for portal in [TestRegion.basic, TestRegion.pushing] {
                let browser = Browser(site, acceptLanguage: accepted)
                let page = try await browser.begin(portal, ["ui_locales": locales])
                #expect(try await browser.get(page).attribute("data-language") == expected, "\(portal.identifier)")
            }
        }
    }

    @Test("who cancels comes back to the portal without another click")
    func cancelled() async throws {
        let (provider, _) = try await Site.sharedProvider()
        try await Site.serve(provider) { site in
            let browser = Browser(site)
            let page = try await browser.begin()
            let token = try await browser.get(page).formToken
            #expect(try await browser.post(page + "/cancel", ["csrf": token]).headers[.location] == page)
            let way = "<meta http-equiv=\"refresh\" content=\"0; url=\(page)/finish\">"
            #expect(try await browser.get(page).text.contains(way))
            let outcome = ReturnedParameters(try #require(try await browser.get(page + "/finish").headers[.location]))
            #expect(outcome["error"] == "access_denied" && outcome["state"] == "state of basic")
        }
    }

    /// A page without what is random in each answer.
    private static func normalized(_ response: TestResponse) -> String {
        let withoutNonces = response.text.replacing(/nonce="[^"]*"/, with: "")
        return "\(response.status.code) "
            + withoutNonces.replacing(/\b[A-HJ-NP-Z2-9]{10}\b/, with: "")
            .replacing(/\/login\/[A-Za-z0-9_-]+/, with: "")
    }

    @Test("without the cookie a login looks like one that does not exist (F6, G3, G8)")
    func otherBrowser() async throws {
        let (provider, _) = try await Site.sharedProvider()
        try await Site.serve(provider) { site in
            let browser = Browser(site)
            let page = try await browser.begin()
            let other = Browser(site)
            _ = try await other.begin()
            let token = try await browser.get(page)
            let unknown = "/login/" + RandomBytes.text(16)
            for path in ["", "/state", "/state?after=0", "/events", "/return?uv=x", "/finish"] {
                let foreign = try await other.get(page + path)
                let missing = try await other.get(unknown + path)
                #expect(foreign.status == .notFound, "\(path)")
                #expect(Self.normalized(foreign) == Self.normalized(missing), "\(path)")
                #expect(foreign.headers[.location] == nil && foreign.headers[.setCookie] == nil)
            }
            for path in ["/code", "/cancel"] {
                let form = ["code": "12345678", "csrf": (try? token.formToken) ?? "x"]
                let foreign = try await other.post(page + path, form)
                #expect(foreign.status == .notFound)
                #expect(Self.normalized(foreign) == Self.normalized(try await other.post(unknown + path, form)))
            }
            for malformed in ["/login/", "/login/x", "/login/%00", "/login/..%2f..", "/login/" + RandomBytes.text(32)] {
                #expect(try await other.get(malformed).status == .notFound, "\(malformed)")
            }
            #expect(try await browser.get(page).status == .ok)
        }
    }

    @Test("forms come from the page itself: origin, fetch metadata and token (F5, Dex CVE-2022-39222)")
    func foreignForms() async throws {
        let (provider, phone) = try await Site.sharedProvider()
        try await Site.serve(provider) { site in
            let browser = Browser(site)
            let page = try await browser.begin()
            let link = try await browser.get(page).attribute("data-qr-link")
            let claim = try await site.call(phone, .post, "/device/v1/claims", json: ["link": .string(link)])
            let token = try await browser.get(page).formToken
            let elsewhere = try await browser.begin(TestRegion.post)
            let code = try #require(claim.json["code"]?.string)
            let good = ["code": code, "csrf": token]
            let issuer = TestRegion.issuer.rawValue
            let origins: [HTTPFields] = [
                [:], [.origin: "https://evil.example"], [.origin: "null"], [.origin: issuer + "."],
                [.origin: "https://evil.id.region.example"], [.origin: issuer, .fetchSite: "cross-site"],
                [.origin: issuer, .fetchSite: "same-site"],
                [.origin: "https://evil.example", .fetchSite: "same-origin"],
                [.fetchSite: "cross-site"], [.fetchSite: "none"], [.origin: "null", .fetchSite: "cross-site"],
            ]
            for path in ["/code", "/cancel"] {
                for origin in origins {
                    #expect(try await browser.post(page + path, good, origin).status == .forbidden, "\(path) \(origin)")
                }
                for csrf in ["", "x", token + "A", String(token.dropLast()), RandomBytes.text(16)] {
                    let response = try await browser.post(page + path, ["code": code, "csrf": csrf])
                    #expect(response.status == .forbidden, "\(path) \(csrf)")
                }
                #expect(try await browser.post(page + path, ["code": code]).status == .forbidden)
                let get = try await browser.get(page + path, good)
                #expect(get.status == .notFound || get.status == .methodNotAllowed)
                // The token of one login is none of another in the same browser.
                #expect(try await browser.post(elsewhere + path, good).status == .forbidden)
            }
            for origin in [[.origin: issuer], [.fetchSite: "same-origin"]] as [HTTPFields] {
                let wrong = try await browser.post(page + "/code", ["code": "wrong", "csrf": token], origin)
                #expect(wrong.status == .unprocessableContent)
            }
            // A6: after a POST the browser goes on with GET.
            let right = try await browser.post(page + "/code", good)
            #expect(right.status == .seeOther && right.headers[.location] == page)
            #expect(try await browser.post(page + "/cancel", ["csrf": token]).status == .seeOther)
            let end = try await browser.get(page + "/finish")
            #expect(end.status == .seeOther && end.target?["error"] == "access_denied" && end.target?["iss"] != nil)
        }
    }

    @Test("the return link works in the browser that began, with the phone's value", arguments: [true, false])
    func sameDevice(isRight: Bool) async throws {
        let (provider, phone) = try await Site.sharedProvider()
        try await Site.serve(provider) { site in
            let browser = Browser(site)
            let page = try await browser.begin()
            let link = try await browser.get(page).attribute("data-same-device-link")
            let claim = try await site.call(phone, .post, "/device/v1/claims", json: ["link": .string(link)])
            #expect(claim.status == .ok && claim.json["code"] == nil)
            let transaction = try #require(claim.json["txn"]?.string)
            let request = try SignedStatement<LoginRequestStatement>.verify(
                #require(claim.json["request"]?.string), keys: provider.provider.keys.ring.verificationKeys)
            let answer = try phone.response(to: request, now: provider.now)
            let path = "/device/v1/logins/\(transaction)/response"
            let body: JSONObject = ["response": .string(answer.response), "pin_proof": .string(answer.pinProof ?? "")]
            let first = try await site.call(phone, .post, path, json: body)
            #expect(first.status == .ok)
            #expect(try await site.call(phone, .post, path, json: body).json["receipt"] == first.json["receipt"])
            // Before the return there is nothing to take.
            #expect(try await browser.get(page + "/finish").headers[.location] == page)
            let uv = try #require(answer.returnValue)
            #expect(try await Browser(site).get(page + "/return", ["uv": uv]).status == .notFound)
            #expect(try await browser.get(page + "/return").status == .notFound)
            _ = try await browser.get(page + "/return", ["uv": isRight ? uv : uv + "A"])
            let end = try #require(try await browser.get(page + "/finish").target)
            #expect((end["code"] != nil) == isRight)
            #expect((end["error"] == "access_denied") != isRight)
        }
    }

    @Test("a code whose digits are wrong three times ends the login")
    func lockedCode() async throws {
        let (provider, phone) = try await Site.sharedProvider()
        try await Site.serve(provider) { site in
            let browser = Browser(site)
            let page = try await browser.begin()
            let link = try await browser.get(page).attribute("data-qr-link")
            _ = try await site.call(phone, .post, "/device/v1/claims", json: ["link": .string(link)])
            let token = try await browser.get(page).formToken
            for status in [HTTPResponse.Status.unprocessableContent, .unprocessableContent, .seeOther] {
                #expect(try await browser.post(page + "/code", ["code": "x", "csrf": token]).status == status)
            }
            #expect(try await browser.get(page + "/finish").target?["error"] == "access_denied")
        }
    }
}
