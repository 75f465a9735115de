internal import HTTPTypes
public import Hummingbird
internal import Logging
internal import OpenIDMessages
public import ProviderCore

/// `/admin/v1`: administration over the network, on a listener of its own, for people who logged in with their phone.
///
/// Nothing of it is on the public listener (checklist R1).
public enum AdministrationAPI {
    static var path: String { AdministrationPortal.path }

    /// Every route.
    static let routes: [AdministrationRoute] =
        ownRoutes + regionRoutes + assignmentRoutes + tenantRoutes + clientRoutes + templateRoutes
        + templateLibraryRoutes + peopleRoutes
        + deskRoutes + requestRoutes + companyRoutes + mandateRoutes + emergencyRoutes + auditRoutes + loginRoutes

    /// - Parameter unsafeSettings: settings of the program that open a way and must be meant, for those who watch it.
    public static func router(
        provider: Provider, requestsAtOnce: Int = 128, unsafeSettings: [String] = []
    ) -> Router<ProviderRequestContext> {
        let router = Router(context: ProviderRequestContext.self)
        router.add(middleware: SecurityHeaders())
        router.add(middleware: AdministrationLog())
        router.add(middleware: AdministrationPlaces(places: LoadShedding.Places(requestsAtOnce)))
        let door = AdministrationDoor(provider: provider)
        for route in routes {
            router.on(RouterPath(path + route.path), method: route.method) { request, context in
                await door.answer(route, request, context)
            }
        }
        router.get("/health") { _, _ in
            let settings = (provider.isDevelopment ? ["region.development"] : []) + unsafeSettings
            return Answer.json(["status": "ok", "unsafe": .strings(settings)])
        }
        return router
    }

    /// The OpenAPI document (`docs/openapi.json`).
    public static var document: String { OpenAPIDocument.text }
}

/// Answers 503 when too many calls are being worked on.
struct AdministrationPlaces: RouterMiddleware {
    let places: LoadShedding.Places

    func handle(
        _ request: Request, context: ProviderRequestContext,
        next: @concurrent (Request, ProviderRequestContext) async throws -> Response
    ) async throws -> Response {
        guard places.take() else {
            return Answer.problem(
                AdministrationProblem.overloaded.problem(traceIdentifier: context.trace.text),
                headers: [.retryAfter: "2"])
        }
        defer { places.giveBack() }
        return try await next(request, context)
    }
}

/// One line for each call: the route's pattern, never the path, which names people. What no route took is a problem, too.
struct AdministrationLog: RouterMiddleware {
    func handle(
        _ request: Request, context: ProviderRequestContext,
        next: @concurrent (Request, ProviderRequestContext) async throws -> Response
    ) async throws -> Response {
        let response: Response
        do { response = try await next(request, context) } catch {
            let problem: AdministrationProblem
            switch error {
            case let error as HTTPError where error.status == .notFound: problem = .notFound
            case let error as HTTPError where error.status == .methodNotAllowed: problem = .methodNotAllowed
            case let error as HTTPError where (400...499).contains(error.status.code): problem = .invalidRequest
            default:
                context.logFault(error)
                problem = .serverError
            }
            response = Answer.problem(problem.problem(traceIdentifier: context.trace.text))
        }
        context.logger.debug(
            "administration",
            metadata: [
                "trace_id": "\(context.trace.text)", "method": "\(request.method.rawValue)",
                "route": "\(context.endpointPath ?? "(none)")", "status": "\(response.status.code)",
            ])
        return response
    }
}
