internal import AccountDirectory
internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import OpenIDMessages
internal import ProviderCore

/// `/par` (RFC 9126) and `/authorize` (RFC 6749 §3.1).
struct AuthorizationEndpoints {
    let provider: Provider
    /// For pushed requests of clients that prove nothing: each waits in memory.
    let unproved: RateLimiter

    func add(to router: Router<ProviderRequestContext>) {
        router.post("/par") { request, context in await push(request, context) }
        router.get("/authorize") { request, context in
            await authorize(request, context) { request in try request.query() }
        }
        router.post("/authorize") { request, context in
            await authorize(request, context) { request in
                try await request.form(maximumLength: Request.maximumAuthorization)
            }
        }
    }

    private func push(_ request: Request, _ context: ProviderRequestContext) async -> Response {
        let call = ClientCall(provider: provider, context: context, unproved: unproved)
        return await call.answer(request) { parameters, caller in
            let uri = try await provider.authorization.push(
                parameters, by: caller.client, proofKey: caller.key?.thumbprint)
            return Answer.json(
                ["request_uri": .string(uri.text), "expires_in": .integer(Lifetime.pushedRequest)], status: .created)
        }
    }

    private func authorize(
        _ request: Request, _ context: ProviderRequestContext,
        reading parameters: (inout Request) async throws -> FormParameters
    ) async -> Response {
        var request = request
        let language = Language(acceptLanguage: request.headers[.acceptLanguage])
        do {
            do {
                let parameters = try await parameters(&request)
                if let again = Self.comingBack(request, parameters) { return again }
                if let page = begun(request, parameters) { return Answer.seeOther("/login/\(page)") }
                let validated = try await provider.authorization.authorize(parameters)
                switch try await provider.sessions.enter(validated, cookie: request.sessionCookie) {
                case .code(let code):
                    return try Answer.authorizationResponse(
                        validated.wayBack.response(code: code), language: language)
                case .login(let start): return try begin(validated, start, request, context, language)
                case .refused(let error, let reason):
                    provider.observations.refused(
                        validated.client.client.identifier, ClientRefusal(error, reason))
                    throw AuthorizationRefusal.redirect(error, validated.wayBack, reason)
                }
            } catch let refusal as AuthorizationRefusal {
                return try refuse(refusal, context, language)
            }
        } catch let fault as RequestFault {
            context.log(.requestMalformed, fault.oauthError)
            return ErrorPages.badRequest(fault.oauthError, language: language, trace: context.trace)
        } catch {
            return ErrorPages.serverError(error, language: language, context: context)
        }
    }

    /// A portal's form comes without our `SameSite=Lax` cookie, so that the session could not be seen: the browser is sent
    /// here once more with GET, which brings it, before anything of the request is used up. What is too long for an address,
    /// and what a portal keeps out of addresses because it tells of the person, is answered as it came.
    private static func comingBack(_ request: Request, _ parameters: FormParameters) -> Response? {
        guard request.method == .post, request.sessionCookie == nil, parameters.encodedLength <= longestHandedOver,
            parameters["id_token_hint"] == nil, parameters["login_hint"] == nil
        else { return nil }
        return Answer.seeOther("/authorize?" + parameters.encoded)
    }

    /// The longest query with which a form comes back, in bytes. The listener takes 16 KiB for the address and all headers
    /// together, and the browser's cookies are among them; servers between here and the browser often take half of it.
    static let longestHandedOver = 8_192

    /// The page of a login that this browser began with the same pushed request: who loads the address again, or comes back
    /// to it, goes on there.
    private func begun(_ request: Request, _ parameters: FormParameters) -> String? {
        guard let uri = parameters["request_uri"].flatMap(PushedRequestURI.init(parsing:)),
            let client = parameters["client_id"].flatMap(ClientIdentifier.init(rawValue:))
        else { return nil }
        return provider.browserLogins.page(pushedAs: uri, by: client, to: LoginCookie.all(of: request))
    }

    private func refuse(
        _ refusal: AuthorizationRefusal, _ context: ProviderRequestContext, _ language: Language
    ) throws -> Response {
        switch refusal {
        case .page(let error, let reason):
            context.log(reason, error)
            return ErrorPages.badRequest(error, language: language, trace: context.trace)
        case .redirect(let error, let wayBack, let reason):
            context.log(reason, error)
            return try Answer.authorizationResponse(wayBack.response(error: error), language: language)
        }
    }

    private func begin(
        _ validated: ValidatedAuthorizationRequest, _ start: LoginStart, _ request: Request,
        _ context: ProviderRequestContext, _ preferred: Language
    ) throws -> Response {
        let asked = validated.request.uiLocales.lazy.compactMap {
            Language(rawValue: String($0.prefix(2)).lowercased())
        }
        let browser = BrowserContext(
            description: BrowserName.text(request.headers[.userAgent]),
            area: NetworkArea.text(context.remoteAddress), language: asked.first ?? preferred)
        guard let begun = provider.browserLogins.begin(validated, browser: browser, start: start) else {
            let error = OAuthError(.temporarilyUnavailable, "too many logins are in flight")
            context.log(.overloaded, error)
            return try Answer.authorizationResponse(
                validated.wayBack.response(error: error), language: browser.language)
        }
        return Answer.seeOther(
            "/login/\(begun.page)", headers: [.setCookie: LoginCookie.set(page: begun.page, value: begun.cookie)])
    }
}

/// The cookie that binds a login to the browser that began it; one for each login, so that two tabs do not disturb
/// each other. `__Host-`: no other host can set it.
enum LoginCookie {
    private static let prefix = "__Host-login-"
    /// Logins at once in one browser, of which a request is looked for.
    private static let most = 32

    static func name(page: String) -> String { prefix + page }

    /// Those that a request brings.
    static func all(of request: Request) -> [BrowserLoginFlow.Presented] {
        request.cookiePairs.filter { $0.name.hasPrefix(prefix) }.prefix(most).map {
            (page: String($0.name.dropFirst(prefix.count)), cookie: $0.value)
        }
    }

    static func set(page: String, value: String) -> String {
        "\(name(page: page))=\(value); Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=600"
    }

    static func clear(page: String) -> String {
        "\(name(page: page))=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0"
    }
}
