import IdentityCrypto
import OpenIDMessages

/// The login page as the browser got it.
struct BrowserPage: Sendable {
    let page: String
    let cookie: String
    /// What the QR code says.
    let link: String
    let formToken: String
}

/// The provider as portal, browser and phone reach it: by function calls or over HTTP.
protocol LoginPort: Sendable {
    /// The `request_uri` of a pushed request.
    func push(_ form: String) async throws -> String
    /// Begins a login in the browser.
    func authorize(_ query: String) async throws -> BrowserPage
    /// An authenticated call of the phone (docs/protocol.md §8); the answer and the next nonce.
    func call(_ call: PhoneCall) async throws -> (answer: JSONObject, nonce: String)
    /// Types the digits into the browser.
    func enter(_ digits: String, _ page: BrowserPage) async throws
    /// Where the browser is sent when the login is complete.
    func finish(_ page: BrowserPage) async throws -> String
    func token(_ form: String) async throws -> JSONObject
    func userinfo(_ accessToken: String) async throws -> JSONObject
}

struct PhoneCall: Sendable {
    enum Step: Sendable { case claim, wait(String), answer(String) }

    let step: Step
    let method: String
    let path: String
    let body: JSONObject?
    let attestation: String
    let proof: String

    init(_ step: Step, body: JSONObject?, phone: SimulatedPhone) throws {
        self.step = step
        self.body = body
        switch step {
        case .claim: (method, path) = ("POST", "/device/v1/claims")
        case .wait(let transaction): (method, path) = ("GET", "/device/v1/logins/\(transaction)")
        case .answer(let transaction): (method, path) = ("POST", "/device/v1/logins/\(transaction)/response")
        }
        attestation = phone.attestation
        proof = try phone.proof(method, path)
    }
}

/// One whole login from another screen: pushed request to userinfo.
struct LoginJourney: Sendable {
    /// HTTP calls of one login.
    static let calls = 10

    let port: any LoginPort
    let portal: SimulatedPortal
    let client: ClientWork

    func run(_ phone: inout SimulatedPhone) async throws {
        try phone.beginLogin()
        // 1. The portal pushes its request; the browser begins.
        let (form, begun) = try client.measure { try portal.pushedRequest() }
        let reference = try await port.push(form)
        let query = FormParameters(["client_id": portal.client, "request_uri": reference]).encoded
        let page = try await port.authorize(query)
        // 2. The phone claims the login; the person types its digits.
        let claimed = try await call(.claim, ["link": .string(page.link)], &phone)
        guard let transaction = claimed["txn"]?.string, let digits = claimed["code"]?.string else {
            throw BenchmarkFault("the claim gave no digits")
        }
        try await port.enter(digits, page)
        // 3. The phone fetches the request, and the person approves it.
        guard let request = try await call(.wait(transaction), nil, &phone)["request"]?.string else {
            throw BenchmarkFault("no request")
        }
        let answer = try client.measure { try phone.approve(request) }
        guard let receipt = try await call(.answer(transaction), answer, &phone)["receipt"]?.string else {
            throw BenchmarkFault("no receipt")
        }
        try client.measure { try phone.check(receipt: receipt) }
        // 4. The browser returns to the portal, which fetches tokens and claims.
        let location = try await port.finish(page)
        let tokenForm = try client.measure { try portal.tokenRequest(location: location, begun: begun) }
        let tokens = try await port.token(tokenForm)
        let accessToken = try client.measure { try portal.accepted(tokens, begun: begun) }
        guard try await port.userinfo(accessToken)["family_name"] == "Mustermann" else {
            throw BenchmarkFault("no claims")
        }
    }

    private func call(_ step: PhoneCall.Step, _ body: JSONObject?, _ phone: inout SimulatedPhone) async throws
        -> JSONObject
    {
        let (answer, nonce) = try await port.call(client.measure { try PhoneCall(step, body: body, phone: phone) })
        phone.nonce = nonce
        return answer
    }
}

/// Signatures that one login has, and what they alone would cost.
///
/// The table is the protocol's; a run under a profiler counts the same calls (docs/performance.md).
enum SignatureCount {
    struct Row: Sendable {
        let who: String
        let what: String
        let signs: Int
        let verifies: Int
        let isProvider: Bool
    }

    static let rows = [
        Row(who: "portal", what: "client assertions at /par and /token", signs: 2, verifies: 0, isProvider: false),
        Row(who: "portal", what: "ID token", signs: 0, verifies: 1, isProvider: false),
        Row(who: "phone", what: "DPoP proofs of three calls", signs: 3, verifies: 0, isProvider: false),
        Row(who: "phone", what: "request and receipt", signs: 0, verifies: 2, isProvider: false),
        Row(who: "phone", what: "response and PIN proof", signs: 2, verifies: 0, isProvider: false),
        Row(who: "provider", what: "client assertions", signs: 0, verifies: 2, isProvider: true),
        Row(who: "provider", what: "client attestation, at the first call", signs: 0, verifies: 1, isProvider: true),
        Row(who: "provider", what: "DPoP proofs of three calls", signs: 0, verifies: 3, isProvider: true),
        Row(who: "provider", what: "response and PIN proof", signs: 0, verifies: 2, isProvider: true),
        Row(who: "provider", what: "request and receipt", signs: 2, verifies: 0, isProvider: true),
        Row(who: "provider", what: "access token and ID token", signs: 2, verifies: 0, isProvider: true),
    ]

    static func total(provider: Bool?) -> (signs: Int, verifies: Int) {
        rows.filter { provider == nil || $0.isProvider == provider }.reduce((0, 0)) {
            ($0.0 + $1.signs, $0.1 + $1.verifies)
        }
    }
}

/// What one signature and one verification cost here, in microseconds.
struct SignatureCost: Sendable {
    let sign: Double
    let verify: Double

    func microseconds(provider: Bool?) -> Double {
        let (signs, verifies) = SignatureCount.total(provider: provider)
        return Double(signs) * sign + Double(verifies) * verify
    }
}
