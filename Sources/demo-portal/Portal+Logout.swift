internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import NIOCore
internal import OpenIDMessages
internal import RelyingParty

extension Portal {
    /// Ends the portal's own session, and sends the browser to the provider to end the one there (RP-Initiated Logout §2).
    func logout(_ request: Request) async -> Response {
        let language = Language(of: request)
        guard sameOrigin.sent(request) else { return pages.message(.foreignForm, language: language) }
        var response = Response.seeOther(language.link("/"))
        if let cookie = PortalCookie.session.value(in: request),
            let session = await sessions.end(cookie: cookie, now: now)
        {
            response = await logoutAtProvider(session, request, language)
        }
        response.setCookie(PortalCookie.session.removal)
        return response
    }

    /// The person is logged out here in any case; what fails at the provider they are told.
    private func logoutAtProvider(
        _ session: Sessions.Session, _ request: Request, _ language: Language
    ) async -> Response {
        do throws(RelyingPartyError) {
            let pending = try await relyingParty.beginLogout(
                of: session.login, uiLocales: [language.code, language.other.code])
            let browser = PortalCookie.login.browser(of: request)
            if let state = pending.state {
                await logouts.add(pending, language, browser: browser, state: state, now: now)
            }
            var response = Response.seeOther(pending.logoutURL)
            response.setCookie(PortalCookie.login.cookie(browser, maximumAge: Self.visitLifetime))
            return response
        } catch {
            logger.notice("no logout at the provider", metadata: ["remedy": "\(error.remedy)"])
            return pages.message(.loggedOutHereOnly(error), language: language)
        }
    }

    /// The browser is back from the provider.
    func loggedOut(_ request: Request) async -> Response {
        let query = Array((request.uri.query ?? "").utf8)
        // The state only finds the logout here; the relying party checks it itself.
        let state = (try? FormParameters(parsing: query))?["state"]
        guard let browser = PortalCookie.login.value(in: request), let state,
            let entry = await logouts.take(browser: browser, state: state, now: now),
            (try? relyingParty.finishLogout(returnQuery: query, pending: entry.visit)) != nil
        else { return pages.message(.noLogout, language: Language(of: request)) }
        return pages.message(.loggedOut, language: entry.language)
    }

    /// The provider says that somebody is logged out (Back-Channel Logout §2.5, §2.8).
    func backChannelLogout(_ request: Request) async -> Response {
        guard let body = try? await request.body.collect(upTo: 65_536) else {
            return Self.notLoggedOut(LogoutTokenDefect.malformedForm.remedy)
        }
        do throws(RelyingPartyError) {
            let notice = try await relyingParty.logoutNotice(form: Array(body.readableBytesView))
            let count = await sessions.end(notice)
            logger.info("logout notice", metadata: ["sessions": "\(count)"])
            return Response(status: .ok)
        } catch {
            logger.notice("logout notice refused", metadata: ["remedy": "\(error.remedy)"])
            return Self.notLoggedOut(error.remedy)
        }
    }

    private static func notLoggedOut(_ description: String) -> Response {
        .json(["error": "invalid_request", "error_description": .string(description)], status: .badRequest)
    }
}
