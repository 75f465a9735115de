import AccountDirectory
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import IdentityCrypto
import Logging
import NIOCore
import OpenIDMessages
import ProviderCore
import ProviderHTTP
import ProviderHarness
import Synchronization
import Testing

/// A provider behind its real router, without a network.
struct Site: Sendable {
    let provider: TestProvider
    let client: any TestClientProtocol

    var now: Timestamp { provider.now }

    /// - Parameters:
    ///   - limits: wide, where a test is not about them.
    ///   - log: what the operator's log gets; nowhere without it.
    static func serve(
        _ provider: TestProvider? = nil,
        limits: ProviderApplication.Limits = ProviderApplication.Limits(loginBurst: 1_000_000, codeBurst: 1_000_000),
        log: OperatorLog? = nil, _ body: @Sendable (Site) async throws -> Void
    ) async throws {
        var ready = provider
        if ready == nil { ready = try await TestProvider() }
        guard let provider = ready else { return }
        var logger = Logger(label: "test")
        if let log { logger = Logger(label: "test") { _ in log } }
        logger.logLevel = log == nil ? .critical : .info
        let application = Application(
            router: ProviderApplication.router(provider: provider.provider, limits: limits), logger: logger)
        try await application.test(.router) { client in try await body(Site(provider: provider, client: client)) }
    }

    private static let shared = Task { try await TestProvider() }

    /// One provider for all tests that do not move its clock, with a phone of the test's own.
    static func sharedProvider() async throws -> (TestProvider, TestPhone) {
        let provider = try await shared.value
        return (provider, try await provider.enrolledPhone())
    }

    func get(_ path: String, _ parameters: [String: String] = [:], headers: HTTPFields = [:]) async throws
        -> TestResponse
    {
        let query = parameters.isEmpty ? "" : "?" + FormParameters(parameters).encoded
        return try await client.execute(uri: path + query, method: .get, headers: headers)
    }

    func post(_ path: String, form: [String: String], headers: HTTPFields = [:]) async throws -> TestResponse {
        try await post(path, text: FormParameters(form).encoded, headers: headers)
    }

    func post(
        _ path: String, text: String, type: String? = "application/x-www-form-urlencoded", headers: HTTPFields = [:]
    ) async throws -> TestResponse {
        var headers = headers
        headers[.contentType] = type
        return try await client.execute(uri: path, method: .post, headers: headers, body: ByteBuffer(string: text))
    }

    func post(_ path: String, json: JSONObject, headers: HTTPFields = [:]) async throws -> TestResponse {
        try await post(path, text: json.text, type: "application/json", headers: headers)
    }

    // MARK: Portals

    /// A call of a portal with its own credentials.
    func post(_ path: String, form: [String: String], as portal: TestPortal) async throws -> TestResponse {
        let (form, headers) = try credentials(of: portal, added: form)
        return try await post(path, form: form, headers: headers)
    }

    func credentials(of portal: TestPortal, added form: [String: String]) throws -> ([String: String], HTTPFields) {
        var form = form
        switch try portal.credentials(now: now) {
        case .assertion(let text, _):
            form["client_assertion"] = text
            form["client_assertion_type"] = ClientCredentials.assertionType
        case .post(let client, let secret):
            form["client_id"] = client.rawValue
            form["client_secret"] = secret
        case .basic(let client, let secret):
            return (form, [.authorization: Self.basic(client.rawValue, secret)])
        case .unproved(let client): form["client_id"] = client.rawValue
        }
        return (form, [:])
    }

    static func basic(_ client: String, _ secret: String) -> String {
        let pair = FormParameters.percentEncode(client) + ":" + FormParameters.percentEncode(secret)
        return "Basic " + StandardBase64.encode(Array(pair.utf8))
    }

    /// A pushed request's `request_uri`.
    func pushed(_ portal: TestPortal = TestRegion.pushing, _ changes: [String: String?] = [:]) async throws -> String {
        let response = try await post("/par", form: portal.request(changes), as: portal)
        #expect(response.status == .created)
        return try #require(response.json["request_uri"]?.string)
    }

    /// A portal's form to `/authorize`, as a browser of another site sends it: without cookies, and then on to where it is
    /// sent on this site.
    func postAuthorize(
        _ text: String, type: String? = "application/x-www-form-urlencoded", headers: HTTPFields = [:]
    ) async throws -> TestResponse {
        let answer = try await post("/authorize", text: text, type: type, headers: headers)
        guard let again = answer.headers[.location], again.hasPrefix("/authorize?") else { return answer }
        return try await get(again)
    }

    // MARK: Phones

    /// An authenticated call; `proof` replaces the good one.
    func call(
        _ phone: TestPhone, _ method: HTTPRequest.Method, _ path: String, query: String = "",
        json: JSONObject? = nil, proof: String? = nil, attestation: String? = nil
    ) async throws -> TestResponse {
        let nonce = provider.provider.deviceAuthentication.nonce()
        var headers = HTTPFields()
        headers[.attestation] = attestation ?? phone.attestation
        headers[.proof] = try proof ?? phone.proof(method.rawValue, path, nonce: nonce, now: now)
        guard let json else { return try await client.execute(uri: path + query, method: method, headers: headers) }
        return try await post(path, json: json, headers: headers)
    }

    /// Answers the login that `browser` shows, in the flow `qr`, and takes the outcome.
    func finishLogin(_ browser: Browser, page: String, phone: TestPhone) async throws -> ReturnedParameters {
        let transaction = try await claimLogin(browser, page: page, phone: phone)
        let receipt = try await approve(transaction, phone: phone)
        #expect(receipt.status == .ok)
        return ReturnedParameters(try #require(try await browser.get(page + "/finish").headers[.location]))
    }

    /// Claims the login that `browser` shows and types the right digits; the transaction.
    func claimLogin(_ browser: Browser, page: String, phone: TestPhone) async throws -> String {
        let html = try await browser.get(page)
        let claim = try await call(
            phone, .post, "/device/v1/claims", json: ["link": .string(try html.attribute("data-qr-link"))])
        let code = try #require(claim.json["code"]?.string)
        _ = try await browser.post(page + "/code", ["code": code, "csrf": try await browser.get(page).formToken])
        return try #require(claim.json["txn"]?.string)
    }

    /// The phone approves a login whose digits were typed.
    func approve(_ transaction: String, phone: TestPhone) async throws -> TestResponse {
        let status = try await call(phone, .get, "/device/v1/logins/\(transaction)")
        let request = try SignedStatement<LoginRequestStatement>.verify(
            #require(status.json["request"]?.string), keys: provider.provider.keys.ring.verificationKeys)
        let answer = try phone.response(to: request, now: now)
        return try await call(
            phone, .post, "/device/v1/logins/\(transaction)/response",
            json: ["response": .string(answer.response), "pin_proof": .string(answer.pinProof ?? "")])
    }
}

extension Site {
    /// A request over the back channel that the person's phone has received, of a portal of `EveryGrant`: the portal's answer
    /// and what the phone calls it.
    func backChannel(
        for subject: String, phone: TestPhone, at portal: TestPortal = EveryGrant.herten
    ) async throws -> (begun: JSONObject, transaction: String) {
        let begun = try await post(
            "/bc-authorize", form: ["scope": "openid person", "login_hint": subject], as: portal)
        let received = try await call(phone, .get, "/device/v1/requests", query: "?wait=5")
        return (begun.json, try #require(received.json["txn"]?.string))
    }

    /// The same, approved: what redeems it at the token endpoint.
    func approvedBackChannel(for subject: String, phone: TestPhone, at portal: TestPortal = EveryGrant.herten)
        async throws -> [String: String]
    {
        let (begun, transaction) = try await backChannel(for: subject, phone: phone, at: portal)
        let digits = try #require(begun["call_code"])
        let entered = try await call(
            phone, .post, "/device/v1/logins/\(transaction)/call-code", json: ["call_code": digits])
        #expect(entered.status == .ok)
        #expect(try await approve(transaction, phone: phone).status == .ok)
        return ["grant_type": TokenRequest.backChannelGrant, "auth_req_id": try begun.text("auth_req_id")]
    }
}

extension Site {
    /// A login on the same device that was approved and waits for its phone to come back.
    func approvedOnSameDevice(
        _ browser: Browser, phone: TestPhone
    ) async throws -> (page: String, transaction: TransactionIdentifier, returnValue: String) {
        let page = try await browser.begin(TestRegion.basic, ["prompt": "login"])
        let link = try await browser.get(page).attribute("data-same-device-link")
        let claim = try await call(phone, .post, "/device/v1/claims", json: ["link": .string(link)])
        let request = try SignedStatement<LoginRequestStatement>.verify(
            #require(claim.json["request"]?.string), keys: provider.provider.keys.ring.verificationKeys)
        let answer = try phone.response(to: request, now: now)
        let transaction = request.statement.transaction
        let accepted = try await call(
            phone, .post, "/device/v1/logins/\(transaction.rawValue)/response",
            json: ["response": .string(answer.response), "pin_proof": .string(answer.pinProof ?? "")])
        #expect(accepted.status == .ok)
        return (page, transaction, try #require(answer.returnValue))
    }
}

/// A browser that keeps cookies and sends forms as its own pages do.
final class Browser: Sendable {
    let site: Site
    private let jar = Mutex<[String: String]>([:])
    private let setCookies = Mutex<[String]>([])

    private let acceptLanguage: String?

    init(_ site: Site, acceptLanguage: String? = nil) {
        self.site = site
        self.acceptLanguage = acceptLanguage
    }

    /// What the last answer set.
    var lastSetCookies: [String] { setCookies.withLock { $0 } }

    /// What an attacker on another host of the domain would like to do.
    func plant(_ cookie: String, as name: String) { jar.withLock { $0[name] = cookie } }

    var cookies: [String: String] { jar.withLock { $0 } }

    private static let shared = Task { try await TestProvider() }

    /// One provider for all tests that do not move its clock, with a phone of the test's own.
    static func sharedProvider() async throws -> (TestProvider, TestPhone) {
        let provider = try await shared.value
        return (provider, try await provider.enrolledPhone())
    }

    func get(_ path: String, _ parameters: [String: String] = [:]) async throws -> TestResponse {
        keep(try await site.get(path, parameters, headers: headers))
    }

    func post(_ path: String, _ form: [String: String], _ changes: HTTPFields? = nil) async throws -> TestResponse {
        var headers = headers
        for field in changes ?? [.origin: TestRegion.issuer.rawValue, .fetchSite: "same-origin"] {
            headers[field.name] = field.value
        }
        return keep(try await site.post(path, form: form, headers: headers))
    }

    /// A call of a page's script.
    func post(
        _ path: String, json: JSONObject,
        _ changes: HTTPFields = [.origin: TestRegion.issuer.rawValue, .fetchSite: "same-origin"]
    ) async throws -> TestResponse {
        var headers = headers
        for field in changes { headers[field.name] = field.value }
        return keep(try await site.post(path, json: json, headers: headers))
    }

    /// Begins a login; the path of its page.
    func begin(_ portal: TestPortal = TestRegion.basic, _ changes: [String: String?] = [:]) async throws -> String {
        var parameters = portal.request(changes)
        if portal.client.requiresPushedAuthorizationRequests {
            parameters = ["client_id": portal.identifier, "request_uri": try await site.pushed(portal, changes)]
        }
        let response = try await get("/authorize", parameters)
        #expect(response.status == .seeOther)
        return try #require(response.headers[.location])
    }

    private var headers: HTTPFields {
        var headers = HTTPFields()
        let cookies = cookies
        if !cookies.isEmpty { headers[.cookie] = cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ") }
        headers[.acceptLanguage] = acceptLanguage
        return headers
    }

    private func keep(_ response: TestResponse) -> TestResponse {
        setCookies.withLock { $0 = response.headers[values: .setCookie] }
        for cookie in response.headers[values: .setCookie] {
            let pair = cookie.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            jar.withLock { $0[String(pair[0])] = cookie.contains("Max-Age=0") ? nil : String(pair[1]) }
        }
        return response
    }
}

extension HTTPField.Name {
    static let attestation = Self("OAuth-Client-Attestation")!
    static let proof = Self("DPoP")!
    static let nonce = Self("DPoP-Nonce")!
    static let fetchSite = Self("Sec-Fetch-Site")!
}

extension TestResponse {
    var text: String { String(buffer: body) }
    var json: JSONObject { (try? StrictJSON.parseObject(Array(body.readableBytesView))) ?? [:] }
    var error: String? { json["error"]?.string ?? json["code"]?.string }
    /// Where an answer leads to.
    var target: ReturnedParameters? { headers[.location].map(ReturnedParameters.init) }

    /// The value of the first attribute of this name in a page.
    func attribute(_ name: String) throws -> String {
        let start = try #require(text.firstRange(of: name + "=\""))
        return String(text[start.upperBound...].prefix { $0 != "\"" })
    }

    var formToken: String {
        get throws {
            let start = try #require(text.firstRange(of: "name=\"csrf\" value=\""))
            return String(text[start.upperBound...].prefix { $0 != "\"" })
        }
    }
}
