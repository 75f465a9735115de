internal import Hummingbird
internal import OpenIDMessages
internal import ProviderCore

/// What the login page's script does for a browser that is known or wants to be (docs/protocol.md §12). Forms of other
/// pages cannot send it: JSON, the page's token and the login's cookie are all needed.
struct KnownBrowserEndpoints {
    let provider: Provider

    private var logins: BrowserLoginFlow { provider.browserLogins }

    func add(to router: Router<ProviderRequestContext>) {
        router.post("/login/{page}/browser") { request, context in try await prove(request, context) }
        router.post("/login/{page}/remember") { request, context in try await remember(request, context) }
    }

    private func prove(_ request: Request, _ context: ProviderRequestContext) async throws -> Response {
        try await answer(request, context) { reader, page, cookie, token in
            let proofs = try reader.string("proofs", maximumLength: 16_384).split(separator: " ").map(String.init)
            try reader.finish()
            let call = try await logins.prove(proofs, page: page, cookie: cookie, formToken: token)
            return call.map { keys in ["known": .strings(keys.map(\.rawValue))] }
        }
    }

    private func remember(_ request: Request, _ context: ProviderRequestContext) async throws -> Response {
        try await answer(request, context) { reader, page, cookie, token in
            let proof = try reader.string("proof", maximumLength: 4096)
            try reader.finish()
            let call = try await logins.remember(proof, page: page, cookie: cookie, formToken: token)
            return call.map { browser in ["browser": .string(browser.rawValue)] }
        }
    }

    private func answer(
        _ request: Request, _ context: ProviderRequestContext,
        _ act: (inout MemberReader, _ page: String, _ cookie: String, _ token: String) async throws
            -> BrowserLoginFlow.BrowserCall<JSONObject>
    ) async throws -> Response {
        var request = request
        let page = try context.parameters.require("page")
        guard request.isFromOwnPage(issuer: provider.issuer), let cookie = request.cookie(LoginCookie.name(page: page))
        else { throw PageFault.foreignForm }
        do {
            var reader = MemberReader(try await request.json())
            let token = try reader.string("csrf", maximumLength: 64)
            switch try await act(&reader, page, cookie, token) {
            case .done(let answer): return Answer.json(answer)
            case .notAwaited: return Answer.json(["error": "not_awaited"], status: .conflict)
            case .refused: throw PageFault.foreignForm
            }
        } catch is MessageError { throw RequestFault.malformed("the body is not what the page sends") }
    }
}

extension BrowserLoginFlow.BrowserCall {
    fileprivate func map<Other>(_ transform: (Value) -> Other) -> BrowserLoginFlow.BrowserCall<Other> {
        switch self {
        case .done(let value): .done(transform(value))
        case .notAwaited: .notAwaited
        case .refused: .refused
        }
    }
}
