import HTTPTypes
import HummingbirdTesting
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

/// docs/protocol.md §12.
@Suite("Known browsers: the page, its calls and the account")
struct KnownBrowserEndpointTests {
    private static let own: HTTPFields = [.origin: TestRegion.issuer.rawValue, .fetchSite: "same-origin"]

    @Test("the offer is unticked, hidden until the script shows it, and the page's policy is as strict as ever")
    func offer() async throws {
        let (provider, phone) = try await Site.sharedProvider()
        try await Site.serve(provider) { site in
            let browser = Browser(site)
            let path = try await browser.begin()
            let page = try await browser.get(path)
            #expect(Base64URL.decode(try page.attribute("data-nonce"))?.count == 32)
            let policy = try #require(page.headers[.contentSecurityPolicy])
            #expect(policy.contains("script-src 'nonce-") && policy.contains("connect-src 'self'"))
            #expect(!policy.contains("unsafe") && !policy.contains("blob:") && !policy.contains("worker-src"))
            try await provider.claim(page.attribute("data-qr-link"), by: provider.verified(phone))
            let entry = try await browser.get(path)
            #expect(entry.text.contains("<p id=\"remember-offer\" class=\"soft\" hidden>"))
            #expect(!entry.text.contains("checked") && !entry.text.contains("data-nonce"))
        }
    }

    @Test("remembered, listed, known, forgotten: the whole way over HTTP")
    func wholeWay() async throws {
        let (provider, phone) = try await Site.sharedProvider()
        try await Site.serve(provider) { site in
            let browser = Browser(site)
            let path = try await browser.begin()
            let page = try await browser.get(path)
            let device = try await provider.verified(phone)
            let claimed = try await provider.claim(page.attribute("data-qr-link"), by: device)
            let typed = try await browser.post(
                path + "/code",
                ["csrf": try page.formToken, "code": try #require(claimed.code), "remember": "1"])
            #expect(typed.status == .seeOther)
            let nonce = try await browser.get(path).attribute("data-remember")
            let request = try await provider.request(of: claimed.transaction, for: device)
            try await provider.answer(request, try phone.response(to: request, now: provider.now), by: device)
            let key = SigningKey.makeES256()
            let body: JSONObject = [
                "csrf": .string(try page.formToken), "proof": .string(try key.browserProof(.registration, nonce)),
            ]
            let remembered = try await browser.post(path + "/remember", json: body, Self.own)
            #expect(remembered.status == .ok && remembered.headers[.cacheControl] == "no-store")
            #expect(try await browser.post(path + "/remember", json: body, Self.own).status == .conflict)
            let list = try await site.call(phone, .get, "/account/v1/browsers").json
            #expect(list["browsers"]?.array?.first?.object?["browser"] == remembered.json["browser"])
            let next = try await browser.begin(TestRegion.basic, ["prompt": "login"])
            let again = try await browser.get(next)
            let proof = try key.browserProof(.login, again.attribute("data-nonce"))
            let proved = try await browser.post(
                next + "/browser", json: ["csrf": .string(try again.formToken), "proofs": .string(proof)], Self.own)
            #expect(proved.json["known"]?.strings == [key.thumbprint.rawValue])
            #expect(try await provider.claim(again.attribute("data-qr-link"), by: device).code == nil)
            let identifier = try #require(remembered.json["browser"]?.string)
            let stranger = try await provider.enrolledPhone()
            #expect(try await site.call(stranger, .delete, "/account/v1/browsers/\(identifier)").status == .notFound)
            #expect(try await site.call(phone, .delete, "/account/v1/browsers/\(identifier)").status == .ok)
            #expect(try await site.call(phone, .get, "/account/v1/browsers").json["browsers"] == [])
        }
    }

    @Test(
        "calls of other pages, in another form or without the login's cookie are refused",
        arguments: ["browser", "remember"])
    func refused(call: String) async throws {
        let (provider, _) = try await Site.sharedProvider()
        try await Site.serve(provider) { site in
            let browser = Browser(site)
            let path = try await browser.begin()
            let token = JSONValue.string(try await browser.get(path).formToken)
            let good: JSONObject =
                call == "browser" ? ["csrf": token, "proofs": ""] : ["csrf": token, "proof": "x"]
            for headers in [
                [.origin: "https://evil.example", .fetchSite: "cross-site"], [.fetchSite: "cross-site"], [:],
            ] as [HTTPFields] {
                #expect(try await browser.post(path + "/" + call, json: good, headers).status == .forbidden)
            }
            #expect(try await Browser(site).post(path + "/" + call, json: good, Self.own).status == .forbidden)
            var wrong = good
            wrong["csrf"] = "x"
            #expect(try await browser.post(path + "/" + call, json: wrong, Self.own).status == .forbidden)
            for odd in [["csrf": token], [:], ["csrf": token, "proofs": 1, "proof": 1]] as [JSONObject] {
                #expect(try await browser.post(path + "/" + call, json: odd, Self.own).status == .badRequest)
            }
            let form = try await browser.post(path + "/" + call, ["csrf": "x"])
            #expect(form.status == .badRequest || form.status == .unsupportedMediaType)
        }
    }
}
