internal import HTTPTypes
internal import Hummingbird
internal import OpenIDMessages
internal import ProviderCore

/// What a browser sees at a link that was meant for the phone. It says the same for every link and looks nothing up.
struct AppLinkEndpoints {
    let provider: Provider

    func add(to router: Router<ProviderRequestContext>) {
        for kind in ["e", "q", "s"] {
            router.get("/app/\(kind)/{rest}") { request, context in page(request, context) }
        }
    }

    private func page(_ request: Request, _ context: ProviderRequestContext) -> Response {
        let language = Language(acceptLanguage: request.headers[.acceptLanguage])
        let german = language == .german
        return ErrorPages.page(
            german ? "Dieser Link gehört auf Ihr Telefon" : "This link belongs on your phone",
            german
                ? "Öffnen Sie ihn mit der CitizenID-App."
                : "Open it with the CitizenID app.",
            german
                ? "Unter Linux: citizen-phone enrol LINK oder citizen-phone scan LINK"
                : "On Linux: citizen-phone enrol LINK or citizen-phone scan LINK", language, context.trace, .ok)
    }
}
