import HTTPTypes
import HummingbirdTesting
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

extension Browser {
    static let sessionCookie = "__Host-session"

    var session: String? { cookies[Self.sessionCookie] }
}

extension Site {
    /// Signs in by phone in this browser; what the portal gets at the token endpoint.
    @discardableResult
    func signIn(
        _ browser: Browser, at portal: TestPortal = TestRegion.basic, phone: TestPhone,
        _ changes: [String: String?] = [:]
    ) async throws -> JSONObject {
        let page = try await browser.begin(portal, changes)
        try #require(page.hasPrefix("/login/"))
        return try await tokens(try await finishLogin(browser, page: page, phone: phone), at: portal)
    }

    /// Asks for a login without any phone: where the browser is sent.
    func ask(
        _ browser: Browser, at portal: TestPortal = TestRegion.basic, _ changes: [String: String?] = [:]
    ) async throws -> ReturnedParameters {
        ReturnedParameters(try await browser.begin(portal, changes))
    }

    /// Single sign-on; what the portal gets at the token endpoint.
    func signOn(
        _ browser: Browser, at portal: TestPortal = TestRegion.basic, _ changes: [String: String?] = [:]
    ) async throws -> JSONObject {
        try await tokens(try await ask(browser, at: portal, changes), at: portal)
    }

    func tokens(_ outcome: ReturnedParameters, at portal: TestPortal) async throws -> JSONObject {
        let code = try #require(outcome["code"], "\(outcome.location)")
        let response = try await post("/token", form: portal.tokenRequest(code: code), as: portal)
        #expect(response.status == .ok)
        return response.json
    }

    /// The sessions of the phone's account.
    func sessions(of phone: TestPhone) async throws -> [SessionRecord] {
        try await provider.sessions(of: phone)
    }
}

extension JSONObject {
    /// The claims of the ID token of a token response.
    var idToken: JSONObject { get throws { try unverifiedPayload(self["id_token"]?.string) } }
    var idTokenText: String { get throws { try #require(self["id_token"]?.string) } }
}

extension ReturnedParameters {
    var isLoginPage: Bool { location.hasPrefix("/login/") }
}
