internal import Hummingbird
internal import Logging
internal import OpenIDMessages
internal import RelyingParty

extension Portal {
    /// Begins a login and sends the browser to the provider.
    func login(_ request: Request) async -> Response {
        let language = Language(of: request)
        guard sameOrigin.sent(request) else { return pages.message(.foreignForm, language: language) }
        return await begin(request, language)
    }

    /// Begins a login that another party asks for (OpenID Connect Core §4): only at our own provider, and with nothing
    /// of what the other party sends.
    func start(_ request: Request) async -> Response {
        let language = Language(of: request)
        let query = try? FormParameters(parsing: Array((request.uri.query ?? "").utf8))
        guard let query, query["iss"].map({ $0 == relyingParty.configuration.issuer.rawValue }) ?? true else {
            return pages.message(.foreignForm, language: language)
        }
        return await begin(request, language)
    }

    private func begin(_ request: Request, _ language: Language) async -> Response {
        do throws(RelyingPartyError) {
            let pending = try await relyingParty.beginLogin(uiLocales: [language.code, language.other.code])
            let browser = PortalCookie.login.browser(of: request)
            await logins.add(pending, language, browser: browser, state: pending.state, now: now)
            var response = Response.seeOther(pending.authorizationURL)
            response.setCookie(PortalCookie.login.cookie(browser, maximumAge: Self.visitLifetime))
            return response
        } catch { return failure(error, language: language) }
    }

    /// Finishes the login that this browser began with the callback's `state`.
    func callback(_ request: Request) async -> Response {
        let query = Array((request.uri.query ?? "").utf8)
        // The state only finds the login here; the relying party reads and checks the query itself.
        let state = (try? FormParameters(parsing: query))?["state"]
        guard let browser = PortalCookie.login.value(in: request), let state,
            let entry = await logins.take(browser: browser, state: state, now: now)
        else { return pages.message(.noLogin, language: Language(of: request)) }
        do throws(RelyingPartyError) {
            let login = try await relyingParty.finishLogin(callbackQuery: query, pending: entry.visit)
            let userinfo = try await relyingParty.userinfo(of: login)
            return await start(.init(login: login, userinfo: userinfo, startedAt: now), request, entry.language)
        } catch { return failure(error, language: entry.language) }
    }

    /// Starts the session under a fresh cookie, and ends the one that the browser had.
    private func start(_ session: Sessions.Session, _ request: Request, _ language: Language) async -> Response {
        if let old = PortalCookie.session.value(in: request) { _ = await sessions.end(cookie: old, now: now) }
        var response = Response.seeOther(language.link("/account"))
        response.setCookie(PortalCookie.session.cookie(await sessions.start(session, now: now)))
        return response
    }

    private func failure(_ error: RelyingPartyError, language: Language) -> Response {
        logger.notice("login failed", metadata: ["remedy": "\(error.remedy)"])
        return pages.message(.failure(error), language: language)
    }
}
