internal import HTTPTypes
internal import Hummingbird
internal import OpenIDMessages
internal import ProviderCore

/// The device authorization grant (RFC 8628): `/device_authorization` for devices, `/device` for people.
struct DeviceGrantEndpoints {
    let provider: Provider
    /// For devices whose client proves nothing: each code waits in memory.
    let unproved: RateLimiter

    func add(to router: Router<ProviderRequestContext>) {
        router.post("/device_authorization") { request, context in
            let call = ClientCall(provider: provider, context: context, unproved: unproved)
            return await call.answer(request) { parameters, caller in
                Answer.json(try provider.deviceGrants.begin(parameters, by: caller.client))
            }
        }
        router.get("/device") { request, _ in try show(request, notice: nil) }
        router.post("/device") { request, context in try await enter(request, context) }
        router.get("/device/done") { request, _ in try done(request) }
    }

    /// The page with the code to type; `verification_uri_complete` fills it in, and the person still has to say so
    /// (RFC 8628 §3.3.1).
    private func show(_ request: Request, notice: DeviceGrantPage.Notice?) throws -> Response {
        let code = try request.query()["user_code"].flatMap(UserCode.init(typed:))
        let security = PageSecurity.fresh()
        let html = DeviceGrantPage.html(
            code: code?.text, asker: code.flatMap(provider.deviceGrants.asker), notice: notice,
            language: language(request), security: security)
        return Answer.html(html, security: security, status: notice == nil ? .ok : .unprocessableContent)
    }

    private func enter(_ request: Request, _ context: ProviderRequestContext) async throws -> Response {
        var request = request
        guard request.isFromOwnPage(issuer: provider.issuer) else { throw PageFault.foreignForm }
        let form = try await request.form()
        guard let code = form["user_code"].flatMap(UserCode.init(typed:)) else {
            return try show(request, notice: .unknownCode)
        }
        let browser = BrowserContext(
            description: BrowserName.text(request.headers[.userAgent]),
            area: NetworkArea.text(context.remoteAddress), language: language(request))
        switch provider.deviceGrants.enter(code, browser: browser) {
        case .login(let page, let cookie):
            return Answer.seeOther(
                "/login/\(page)", headers: [.setCookie: LoginCookie.set(page: page, value: cookie)])
        case .unknown: return try show(request, notice: .unknownCode)
        case .overloaded:
            context.log(.overloaded, OAuthError(.temporarilyUnavailable, "too many logins are in flight"))
            return try show(request, notice: .overloaded)
        }
    }

    private func done(_ request: Request) throws -> Response {
        let security = PageSecurity.fresh()
        let isApproved = try request.query()["error"] == nil
        let html = DeviceGrantPage.done(isApproved: isApproved, language: language(request), security: security)
        return Answer.html(html, security: security)
    }

    private func language(_ request: Request) -> Language {
        request.chosenLanguage ?? Language(acceptLanguage: request.headers[.acceptLanguage])
    }
}
