internal import HTTPTypes
internal import Hummingbird

/// The headers that every answer has, and an answer for what no route knows.
struct SecurityHeaders<Context: RequestContext>: RouterMiddleware {
    let pages: Pages

    @concurrent func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        var response: Response
        do { response = try await next(request, context) } catch let error as HTTPError {
            response = pages.message(.httpError(error.status), language: Language(of: request))
        }
        response.headers[.strictTransportSecurity] = "max-age=31536000"
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[.cacheControl] = "no-store"
        response.headers[Name.referrerPolicy] = "no-referrer"
        response.headers[Name.openerPolicy] = "same-origin"
        response.headers[Name.resourcePolicy] = "same-origin"
        if response.headers[.contentSecurityPolicy] == nil {
            response.headers[.contentSecurityPolicy] = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"
        }
        return response
    }
}

private enum Name {
    // Constant field names that are tokens, as RFC 9110 §5.1 asks.
    static let referrerPolicy = HTTPField.Name("Referrer-Policy")!
    static let openerPolicy = HTTPField.Name("Cross-Origin-Opener-Policy")!
    static let resourcePolicy = HTTPField.Name("Cross-Origin-Resource-Policy")!
}
