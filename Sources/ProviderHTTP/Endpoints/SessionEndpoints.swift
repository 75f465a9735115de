internal import HTTPTypes
internal import Hummingbird
internal import OpenIDMessages
internal import ProviderCore

/// The cookie of a browser's session. `__Host-`: no other host can set it. It ends with the browser; how long the session
/// may last is for the provider to know.
enum SessionCookie {
    static let name = "__Host-session"

    static func set(_ value: String) -> HTTPField {
        HTTPField(name: .setCookie, value: "\(name)=\(value); Path=/; Secure; HttpOnly; SameSite=Lax")
    }

    static var clear: HTTPField {
        HTTPField(name: .setCookie, value: "\(name)=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0")
    }
}

extension Request {
    /// What the browser presents as its session.
    var sessionCookie: String? { cookie(SessionCookie.name) }
}

/// "Where am I signed in", and which browsers know me: lists with buttons.
struct SessionEndpoints {
    let provider: Provider

    func add(to router: Router<ProviderRequestContext>) {
        router.get("/sessions") { request, context in try await show(request, context) }
        router.post("/sessions/end") { request, context in try await end(request, context) }
        router.post("/sessions/forget") { request, context in try await forget(request, context) }
    }

    private func show(_ request: Request, _ context: ProviderRequestContext) async throws -> Response {
        let language = request.chosenLanguage ?? Language(acceptLanguage: request.headers[.acceptLanguage])
        let security = PageSecurity.fresh()
        let list = try await provider.sessionList.list(cookie: request.sessionCookie)
        return Answer.html(SessionsPage.html(list, language: language, security: security), security: security)
    }

    /// What a page of the provider's own sent.
    private func ownForm(_ request: Request) async throws -> FormParameters {
        var request = request
        guard request.isFromOwnPage(issuer: provider.issuer) else { throw PageFault.foreignForm }
        return try await request.form()
    }

    private func forget(_ request: Request, _ context: ProviderRequestContext) async throws -> Response {
        let form = try await ownForm(request)
        let forgetting = try await provider.sessionList.forget(
            form["browser"] ?? "", cookie: request.sessionCookie, formToken: form["csrf"])
        guard forgetting != .refused else { throw PageFault.foreignForm }
        // The list shows what is left.
        return Answer.seeOther("/sessions")
    }

    private func end(_ request: Request, _ context: ProviderRequestContext) async throws -> Response {
        let form = try await ownForm(request)
        let ending = try await provider.sessionList.end(
            form["session"] ?? "", cookie: request.sessionCookie, formToken: form["csrf"])
        switch ending {
        case .refused: throw PageFault.foreignForm
        // The list shows what is left.
        case .unknown, .ended(isThisBrowser: false): return Answer.seeOther("/sessions")
        case .ended(isThisBrowser: true):
            var response = Answer.seeOther("/sessions")
            response.headers.append(SessionCookie.clear)
            return response
        }
    }
}
