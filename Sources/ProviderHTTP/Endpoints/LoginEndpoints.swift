internal import HTTPTypes
internal import Hummingbird
internal import IdentityCrypto
internal import NIOCore
internal import OpenIDMessages
internal import ProviderCore

/// The login page and what it does (docs/protocol.md §4.1, §4.2.5, §4.7).
struct LoginEndpoints {
    let provider: Provider

    private var logins: BrowserLoginFlow { provider.browserLogins }

    func add(to router: Router<ProviderRequestContext>) {
        router.get("/login/{page}") { request, context in try show(request, context, notice: nil) }
        router.get("/login/{page}/state") { request, context in try await state(request, context) }
        router.get("/login/{page}/events") { request, context in try events(request, context) }
        router.post("/login/{page}/code") { request, context in try await enterCode(request, context) }
        router.post("/login/{page}/cancel") { request, context in try await cancel(request, context) }
        router.get("/login/{page}/return") { request, context in try comeBack(request, context) }
        router.get("/login/{page}/finish") { request, context in try await finish(request, context) }
    }

    /// The login and its cookie, as the request names them. Without the cookie there is no login.
    private struct Held {
        let page: String
        let cookie: String
        let view: LoginView
    }

    private func held(_ request: Request, _ context: ProviderRequestContext) throws -> Held {
        let page = try context.parameters.require("page")
        // Without a cookie it is that of no login.
        let cookie = request.cookie(LoginCookie.name(page: page)) ?? ""
        guard Base64URL.decode(page)?.count == 16, let view = logins.view(page: page, cookie: cookie) else {
            throw PageFault.unknownLogin
        }
        return Held(page: page, cookie: cookie, view: view)
    }

    private func show(_ request: Request, _ context: ProviderRequestContext, notice: LoginNotice?) throws -> Response {
        var held = try held(request, context)
        if let language = request.chosenLanguage {
            logins.choose(language, page: held.page, cookie: held.cookie)
            held = try self.held(request, context)
        }
        let view = held.view
        let security = PageSecurity.fresh()
        let svg =
            view.state == .created && view.isQROffered
            ? LoginPage.qrSVG(link: view.qrLink, language: view.language) : nil
        return Answer.html(
            LoginPage.html(view: view, qrSVG: svg, notice: notice, security: security), security: security,
            status: notice == nil ? .ok : .unprocessableContent)
    }

    /// The state as JSON; waits for a change when `after` names the version that the page shows.
    private func state(_ request: Request, _ context: ProviderRequestContext) async throws -> Response {
        let held = try held(request, context)
        var view = held.view
        if let after = try request.query()["after"].flatMap({ Int($0) }), after == view.version, !view.state.isTerminal
        {
            view = await logins.nextView(page: held.page, cookie: held.cookie, after: after, seconds: 20) ?? view
        }
        return Answer.json(StatePayload.json(view: view))
    }

    /// Server-Sent Events: a new QR frame every two seconds and every change of state; ends with the login.
    private func events(_ request: Request, _ context: ProviderRequestContext) throws -> Response {
        let held = try held(request, context)
        let logins = logins
        let body = ResponseBody { writer in
            var view = held.view
            try await writer.write(ServerSentEvent.state(view))
            while !view.state.isTerminal, !Task.isCancelled {
                let shows = view.state == .created && view.isQROffered
                if shows { try await writer.write(ServerSentEvent.qr(view)) }
                let wait = shows ? LinkAuthentication.frameSeconds : 15
                let before = view.version
                guard
                    let next = await logins.nextView(
                        page: held.page, cookie: held.cookie, after: before, seconds: wait)
                else { break }
                view = next
                try await writer.write(
                    view.version == before ? ServerSentEvent.keepAlive : ServerSentEvent.state(view))
            }
            try await writer.finish(nil)
        }
        return Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"], body: body)
    }

    private func enterCode(_ request: Request, _ context: ProviderRequestContext) async throws -> Response {
        var request = request
        guard request.isFromOwnPage(issuer: provider.issuer) else { throw PageFault.foreignForm }
        let form = try await request.form()
        let held = try held(request, context)
        let entry = logins.enter(
            code: form["code"] ?? "", remembering: form["remember"] == "1", page: held.page, cookie: held.cookie,
            formToken: form["csrf"] ?? "")
        switch entry {
        case .wrong(let triesLeft):
            context.log(.digitsWrong, answered: held.view.state.rawValue)
            return try show(request, context, notice: .wrongCode(triesLeft: triesLeft))
        case .refused: throw PageFault.foreignForm
        case .locked:
            context.log(.digitsLocked, answered: LoginState.codeLocked.rawValue)
            return Answer.seeOther("/login/\(held.page)")
        case .right, .notAwaited: return Answer.seeOther("/login/\(held.page)")
        }
    }

    private func cancel(_ request: Request, _ context: ProviderRequestContext) async throws -> Response {
        var request = request
        guard request.isFromOwnPage(issuer: provider.issuer) else { throw PageFault.foreignForm }
        let form = try await request.form()
        let held = try held(request, context)
        guard logins.cancel(page: held.page, cookie: held.cookie, formToken: form["csrf"] ?? "") else {
            throw PageFault.foreignForm
        }
        return Answer.seeOther("/login/\(held.page)")
    }

    /// P-4.7.4: the phone opened the return link in a browser; only the one that began gets on.
    private func comeBack(_ request: Request, _ context: ProviderRequestContext) throws -> Response {
        let held = try held(request, context)
        guard let value = try request.query()["uv"], value.utf8.count <= 128,
            logins.comeBack(page: held.page, cookie: held.cookie, value: value)
        else { throw PageFault.unknownLogin }
        if held.view.state == .awaitingReturn, try self.held(request, context).view.state == .returnMismatch {
            context.log(.returnWrong, answered: LoginState.returnMismatch.rawValue)
        }
        return Answer.seeOther("/login/\(held.page)/finish")
    }

    /// P-4.7.5: takes the outcome to the portal, once, and the session into the browser that began.
    private func finish(_ request: Request, _ context: ProviderRequestContext) async throws -> Response {
        let held = try held(request, context)
        guard held.view.state.isTerminal else { return Answer.seeOther("/login/\(held.page)") }
        guard let outcome = try logins.collect(page: held.page, cookie: held.cookie) else {
            throw PageFault.alreadyFinished
        }
        var response = Answer.authorizationResponse(
            outcome.response, language: held.view.language, headers: [.setCookie: LoginCookie.clear(page: held.page)])
        if let session = outcome.session {
            // The login stands already: a fault here only leaves an older session without its browser.
            do { try await provider.sessions.adopt(session, replacing: request.sessionCookie) } catch {
                context.logFault(error)
            }
            response.headers.append(SessionCookie.set(session))
        }
        return response
    }
}

/// Events of `text/event-stream` (HTML Living Standard §9.2).
enum ServerSentEvent {
    static let keepAlive = ByteBuffer(string: ": still here\n\n")

    static func state(_ view: LoginView) -> ByteBuffer { event("state", StatePayload.json(view: view)) }

    static func qr(_ view: LoginView) -> ByteBuffer {
        event(
            "qr",
            [
                "link": .string(view.qrLink),
                "svg": .string(LoginPage.qrSVG(link: view.qrLink, language: view.language)),
            ])
    }

    /// JSON without line feeds fits one `data` line.
    private static func event(_ name: String, _ data: JSONObject) -> ByteBuffer {
        ByteBuffer(string: "event: \(name)\ndata: \(data.text)\n\n")
    }
}

extension Request {
    /// `?lang=de` or `?lang=en`, where the person chose one.
    var chosenLanguage: Language? { (try? query())?["lang"].flatMap(Language.init(rawValue:)) }
}
