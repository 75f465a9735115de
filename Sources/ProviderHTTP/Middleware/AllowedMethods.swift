internal import HTTPTypes
internal import Hummingbird
internal import OpenIDMessages
internal import ProviderCore

/// RFC 9110 §15.5.6: who calls an endpoint for programs by another method than it has hears which it has (RFC 9126 §2.3 for
/// `/par`). The router itself says that there is no such address.
struct AllowedMethods {
    /// Endpoints for programs; what lies behind them in the path belongs to them.
    private static let endpoints: Set<String> = {
        typealias Path = DiscoveryDocument.Path
        return [
            Path.jwks, Path.pushedAuthorizationRequest, Path.token, Path.userinfo, Path.introspection, Path.revocation,
            Path.deviceAuthorization, Path.backChannelAuthentication, Path.registration, Path.authorityCheck,
            Path.services, Path.openIDConfiguration, Path.authorizationServer,
        ]
    }()

    private let routes: [(path: [Substring], methods: [HTTPRequest.Method])]

    /// - Parameter routes: paths as the router writes them, e.g. `/register/{client}`, with one method each.
    init(_ routes: [(path: String, method: HTTPRequest.Method)]) {
        let programs = routes.filter { route in
            Self.endpoints.contains { route.path == $0 || route.path.hasPrefix($0 + "/") }
        }
        self.routes = Dictionary(grouping: programs, by: \.path).map { path, same in
            (path.split(separator: "/"), same.map(\.method).sorted { $0.rawValue < $1.rawValue })
        }
    }

    /// The answer to a call that found no route, where another method would have.
    func refusal(of error: any Error, _ request: Request, _ context: ProviderRequestContext) -> Response? {
        // A route that was found has a path; where none was, the router has a word of its own.
        guard let error = error as? HTTPError, error.status == .notFound, context.endpointPath?.hasPrefix("/") != true,
            let allowed = methods(at: request.uri.path)
        else { return nil }
        let refusal = OAuthError(.invalidRequest, "the endpoint has another method")
        context.log(.callMalformed, refusal)
        return Answer.json(
            refusal.json, status: .methodNotAllowed,
            headers: [.allow: allowed.map(\.rawValue).joined(separator: ", ")])
    }

    private func methods(at path: String) -> [HTTPRequest.Method]? {
        let segments = path.split(separator: "/")
        return routes.first { route in
            route.path.count == segments.count
                && zip(route.path, segments).allSatisfy { $0 == $1 || $0.hasPrefix("{") }
        }?.methods
    }
}
