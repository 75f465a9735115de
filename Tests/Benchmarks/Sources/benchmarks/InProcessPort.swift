import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderCore

/// Calls the provider's flows directly. Forms and tokens are parsed and written as behind HTTP; HTTP itself is left out.
struct InProcessPort: LoginPort {
    let provider: Provider

    func push(_ form: String) async throws -> String {
        let parameters = try FormParameters(parsing: Array(form.utf8))
        let client = try await provider.authenticate(ClientCredentials(parameters: parameters, authorization: nil))
        return try await provider.authorization.push(parameters, by: client).text
    }

    func authorize(_ query: String) async throws -> BrowserPage {
        let validated = try await provider.authorization.authorize(FormParameters(parsing: query.utf8))
        let browser = BrowserContext(description: "Firefox, Linux", area: "local", language: .german)
        guard let begun = provider.browserLogins.begin(validated, browser: browser),
            let view = provider.browserLogins.view(page: begun.page, cookie: begun.cookie)
        else { throw BenchmarkFault("too many logins in flight") }
        return BrowserPage(page: begun.page, cookie: begun.cookie, link: view.qrLink, formToken: view.formToken)
    }

    func call(_ call: PhoneCall) async throws -> (answer: JSONObject, nonce: String) {
        // The body crosses as text, as it does over HTTP.
        let body = try StrictJSON.parseObject(call.body?.serialized ?? Array("{}".utf8))
        let device = try await provider.deviceAuthentication.verify(
            DeviceCredentials(
                attestation: call.attestation, proof: call.proof, method: call.method, path: call.path))
        let answer = try await perform(call.step, body, device)
        return (try StrictJSON.parseObject(answer.serialized), provider.deviceAuthentication.nonce())
    }

    private func perform(_ step: PhoneCall.Step, _ body: JSONObject, _ device: VerifiedDevice) async throws
        -> JSONObject
    {
        switch step {
        case .claim:
            let login = try await provider.deviceLogins.claim(
                link: body["link"]?.string ?? "", by: device, language: .german, area: "local")
            return ["txn": .string(login.transaction.rawValue), "code": .string(login.code ?? "")]
        case .wait(let text):
            let login = try await provider.deviceLogins.status(Self.transaction(text), device: device, wait: 25)
            return ["txn": .string(login.transaction.rawValue), "request": .string(login.request ?? "")]
        case .answer(let text):
            let receipt = try await provider.deviceLogins.answer(
                Self.transaction(text), response: body["response"]?.string ?? "",
                pinProof: body["pin_proof"]?.string, device: device)
            return ["receipt": .string(receipt)]
        }
    }

    private static func transaction(_ text: String) throws -> TransactionIdentifier {
        guard let transaction = TransactionIdentifier(rawValue: text) else { throw BenchmarkFault("bad txn") }
        return transaction
    }

    func enter(_ digits: String, _ page: BrowserPage) async throws {
        let entry = provider.browserLogins.enter(
            code: digits, page: page.page, cookie: page.cookie, formToken: page.formToken)
        guard entry == .right else { throw BenchmarkFault("the digits were refused") }
    }

    func finish(_ page: BrowserPage) async throws -> String {
        guard
            case .redirect(let location)? = try provider.browserLogins.collect(page: page.page, cookie: page.cookie)?
                .response
        else { throw BenchmarkFault("nothing to collect") }
        return location
    }

    func token(_ form: String) async throws -> JSONObject {
        let parameters = try FormParameters(parsing: Array(form.utf8))
        let client = try await provider.authenticate(ClientCredentials(parameters: parameters, authorization: nil))
        let answer = try await provider.tokens.answer(TokenRequest(parameters: parameters), by: client, key: nil)
        return try StrictJSON.parseObject(answer.serialized)
    }

    func userinfo(_ accessToken: String) async throws -> JSONObject {
        guard case .json(let claims) = try await provider.userinfo.answer(.bearer(accessToken)) else { return [:] }
        return try StrictJSON.parseObject(claims.serialized)
    }
}
