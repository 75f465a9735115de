internal import HTTPTypes
internal import Hummingbird

/// Headers that every answer carries; what an endpoint set itself stays.
struct SecurityHeaders: RouterMiddleware {
    func handle(
        _ request: Request, context: ProviderRequestContext,
        next: @concurrent (Request, ProviderRequestContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        Self.complete(&response)
        return response
    }

    static func complete(_ response: inout Response) {
        let own = response.headers
        response.headers.reserveCapacity(own.count + fields.count)
        for field in fields where !own.contains(where: { $0.name == field.name }) { response.headers.append(field) }
    }

    private static let fields = [
        HTTPField(name: .strictTransportSecurity, value: "max-age=63072000; includeSubDomains"),
        HTTPField(name: .xContentTypeOptions, value: "nosniff"),
        HTTPField(name: HTTPField.Name("Referrer-Policy")!, value: "no-referrer"),
        HTTPField(name: HTTPField.Name("Cross-Origin-Opener-Policy")!, value: "same-origin"),
        HTTPField(name: HTTPField.Name("Permissions-Policy")!, value: "camera=(), microphone=(), geolocation=()"),
        HTTPField(name: .cacheControl, value: "no-store"),
        HTTPField(
            name: .contentSecurityPolicy, value: "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"),
    ]
}
