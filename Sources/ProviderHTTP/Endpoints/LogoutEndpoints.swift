internal import HTTPTypes
internal import Hummingbird
internal import OpenIDMessages
internal import ProviderCore

/// `/logout`, the `end_session_endpoint` (OpenID Connect RP-Initiated Logout §2).
struct LogoutEndpoints {
    let provider: Provider

    func add(to router: Router<ProviderRequestContext>) {
        router.get("/logout") { request, context in
            try await answered(request, context) { request in
                try await begin(request.query(), request, isForm: false)
            }
        }
        router.post("/logout") { request, context in
            try await answered(request, context) { request in try await post(&request) }
        }
        router.post("/logout/confirm") { request, context in
            try await answered(request, context) { request in try await confirm(&request) }
        }
    }

    private func answered(
        _ request: Request, _ context: ProviderRequestContext, _ handle: (inout Request) async throws -> Response
    ) async throws -> Response {
        var request = request
        do { return try await handle(&request) } catch let refusal as LogoutRefusal {
            context.log(refusal.reason, refusal.error)
            return ErrorPages.logoutRefused(
                refusal.error, language: Language(acceptLanguage: request.headers[.acceptLanguage]),
                trace: context.trace)
        }
    }

    /// A portal's form comes without our `SameSite=Lax` cookie, so that it does not tell who is signed in: a page of ours
    /// sends it again.
    private func post(_ request: inout Request) async throws -> Response {
        let parameters = try await request.form()
        guard request.sessionCookie == nil, !request.isFromOwnPage(issuer: provider.issuer) else {
            return try await begin(parameters, request, isForm: true)
        }
        let security = PageSecurity.fresh()
        let html = LogoutPage.handOver(parameters, language: language(request, parameters), security: security)
        return Answer.html(html, security: security)
    }

    private func begin(_ parameters: FormParameters, _ request: Request, isForm: Bool) async throws -> Response {
        let answer = try await provider.logout.begin(parameters, cookie: request.sessionCookie)
        return respond(answer, parameters, request, isForm: isForm)
    }

    private func confirm(_ request: inout Request) async throws -> Response {
        guard request.isFromOwnPage(issuer: provider.issuer) else { throw PageFault.foreignForm }
        let form = try await request.form()
        let answer = try await provider.logout.confirm(form, cookie: request.sessionCookie, formToken: form["csrf"])
        guard let answer else { throw PageFault.foreignForm }
        return respond(answer, form, request, isForm: true)
    }

    private func respond(
        _ answer: LogoutFlow.Answer, _ parameters: FormParameters, _ request: Request, isForm: Bool
    ) -> Response {
        let language = language(request, parameters)
        let security = PageSecurity.fresh()
        switch answer {
        case .confirm(let formToken, let portal):
            let html = LogoutPage.confirmation(
                parameters, formToken: formToken, portal: portal, language: language, security: security)
            return Answer.html(html, security: security)
        case .signedOut(let wayBack):
            var response: Response
            if let wayBack, !isForm {
                response = Answer.seeOther(wayBack.location)
            } else {
                // Browsers hold a redirect after a form to the page's `form-action`: the page leads on by itself.
                let html = LogoutPage.signedOut(wayBack?.location, language: language, security: security)
                response = Answer.html(html, security: security)
            }
            response.headers.append(SessionCookie.clear)
            return response
        }
    }

    private func language(_ request: Request, _ parameters: FormParameters) -> Language {
        let asked = parameters["ui_locales"]?.split(separator: " ").lazy
            .compactMap { Language(rawValue: $0.prefix(2).lowercased()) }
        return asked?.first ?? Language(acceptLanguage: request.headers[.acceptLanguage])
    }
}
