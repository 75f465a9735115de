internal import HTTPTypes
internal import Hummingbird
internal import OpenIDMessages

/// What a browser sees at a link that was meant for the phone. It says the same for every link and looks nothing up.
struct AppLinkEndpoints {
    func add(to router: Router<ProviderRequestContext>) {
        for kind in ["e", "q", "s"] {
            router.get("/app/\(kind)/{rest}") { request, _ in page(request) }
        }
    }

    private func page(_ request: Request) -> Response {
        let language = Language(acceptLanguage: request.headers[.acceptLanguage])
        let security = PageSecurity.fresh()
        return Answer.html(MessagePage.openInApp(language: language, security: security), security: security)
    }
}
