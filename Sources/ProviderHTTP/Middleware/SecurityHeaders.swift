internal import HTTPTypes
internal import Hummingbird

/// Headers that every answer carries; what an endpoint set itself stays.
struct SecurityHeaders: RouterMiddleware {
    func handle(
        _ request: Request, context: ProviderRequestContext,
        next: @concurrent (Request, ProviderRequestContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        func setUnlessPresent(_ name: HTTPField.Name, _ value: String) {
            if response.headers[name] == nil { response.headers[name] = value }
        }
        response.headers[.strictTransportSecurity] = "max-age=63072000; includeSubDomains"
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[Self.referrerPolicy] = "no-referrer"
        response.headers[Self.openerPolicy] = "same-origin"
        response.headers[Self.permissionsPolicy] = "camera=(), microphone=(), geolocation=()"
        setUnlessPresent(.cacheControl, "no-store")
        setUnlessPresent(.contentSecurityPolicy, "default-src 'none'; base-uri 'none'; frame-ancestors 'none'")
        return response
    }

    private static let referrerPolicy = HTTPField.Name("Referrer-Policy")!
    private static let openerPolicy = HTTPField.Name("Cross-Origin-Opener-Policy")!
    private static let permissionsPolicy = HTTPField.Name("Permissions-Policy")!
}
