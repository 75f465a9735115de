import HummingbirdTesting
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

/// OpenID Connect Core §5.5.1; docs/integration.md, `rr`.
@Suite("Relay resistance: the login page, sessions and discovery")
struct RelayResistanceEndpointTests {
    private static let sameDevice: [String: String?] = [
        "claims": #"{"id_token":{"rr":{"essential":true,"values":["same_device","known_browser"]}}}"#
    ]

    @Test("no QR code is offered where digits are not enough, and the page says why", arguments: Language.allCases)
    func page(language: Language) async throws {
        try await Site.serve { site in
            let browser = Browser(site)
            let path = try await browser.begin(TestRegion.basic, Self.sameDevice)
            let demanding = try await browser.get(path, ["lang": language.rawValue]).text
            #expect(demanding.contains("data-qr-link=\"\"") && !demanding.contains("id=\"qr\""))
            #expect(demanding.contains("id=\"only-here\"") && demanding.contains("id=\"same-device-link\""))
            let usual = try await browser.get(browser.begin(TestRegion.basic, [:]), ["lang": language.rawValue]).text
            #expect(usual.contains("id=\"qr\"") && !usual.contains("id=\"only-here\""))
        }
    }

    @Test("a session answers only what it had: prompt=none hears unmet_authentication_requirements, the phone is asked")
    func session() async throws {
        let (provider, phone) = try await Site.sharedProvider()
        try await Site.serve(provider) { site in
            let browser = Browser(site)
            #expect(try await site.signIn(browser, phone: phone).idToken["rr"] == "code")
            var silent = Self.sameDevice
            silent["prompt"] = "none"
            let refused = try await site.ask(browser, silent)
            #expect(refused["error"] == "unmet_authentication_requirements" && refused["code"] == nil)
            #expect(try await browser.begin(TestRegion.basic, Self.sameDevice).hasPrefix("/login/"))
            // What it had it still has.
            let code = [
                "claims": #"{"id_token":{"rr":{"essential":true,"value":"code"}}}"#, "prompt": "none",
            ]
            #expect(try await site.signOn(browser, code).idToken["rr"] == "code")
        }
    }

    @Test("discovery names the claim and the values that it can have")
    func discovery() async throws {
        try await Site.serve { site in
            let document = try await site.get("/.well-known/openid-configuration").json
            #expect(document["claims_supported"]?.strings?.contains("rr") == true)
            #expect(document["rr_values_supported"]?.strings == ["none", "code", "same_device", "known_browser"])
        }
    }
}
