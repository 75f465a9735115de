internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import NIOCore
internal import OpenIDMessages
internal import RelyingParty

/// The portal's routes.
struct Portal: Sendable {
    let relyingParty: RelyingParty
    let pages: Pages
    let sameOrigin: SameOrigin
    let logger: Logger
    let logins = PendingVisits<PendingLogin>(lifetime: Self.visitLifetime)
    let logouts = PendingVisits<PendingLogout>(lifetime: Self.visitLifetime)
    let sessions = Sessions()

    /// How long a visit to the provider may take, in seconds.
    static let visitLifetime = PendingLogin.lifetime

    /// Where the browser returns to, and where the provider says who is logged out; the client is registered with them.
    enum Path {
        static let callback = "/oidc/callback"
        static let loggedOut = "/oidc/logged-out"
        static let backChannelLogout = "/oidc/backchannel-logout"
    }

    var now: Timestamp { Timestamp(seconds: Int64(Date().timeIntervalSince1970)) }

    func router() -> Router<BasicRequestContext> {
        let router = Router(context: BasicRequestContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: SecurityHeaders(pages: pages))
        router.get("/") { request, _ in await home(request) }
        router.post("/login") { request, _ in await login(request) }
        router.get("/oidc/start") { request, _ in await start(request) }
        router.get(RouterPath(Path.callback)) { request, _ in await callback(request) }
        router.get("/account") { request, _ in await account(request) }
        router.post("/logout") { request, _ in await logout(request) }
        router.get(RouterPath(Path.loggedOut)) { request, _ in await loggedOut(request) }
        router.post(RouterPath(Path.backChannelLogout)) { request, _ in await backChannelLogout(request) }
        router.get("/health") { _, _ in Response.json(["status": "ok"]) }
        return router
    }

    private func home(_ request: Request) async -> Response {
        pages.home(language: Language(of: request), isLoggedIn: await session(of: request) != nil)
    }

    private func account(_ request: Request) async -> Response {
        let session = await session(of: request)
        guard !request.wantsJSON else {
            guard let session else { return .json(["error": "login_required"], status: .unauthorized) }
            return .json(["id_token": .object(session.login.idToken), "userinfo": .object(session.userinfo)])
        }
        let language = Language(of: request)
        guard let session else { return .seeOther(language.link("/")) }
        return pages.account(session, language: language)
    }

    func session(of request: Request) async -> Sessions.Session? {
        guard let cookie = PortalCookie.session.value(in: request) else { return nil }
        return await sessions.session(cookie: cookie, now: now)
    }
}

extension Request {
    /// True for a program: it accepts JSON and does not ask for a page.
    var wantsJSON: Bool {
        let accepted = headers[values: .accept].joined(separator: ",").lowercased()
        return accepted.contains("application/json") && !accepted.contains("text/html")
    }
}

extension Response {
    static func seeOther(_ location: String) -> Response {
        Response(status: .seeOther, headers: [.location: location])
    }

    static func json(_ object: JSONObject, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: object.serialized)))
    }
}
