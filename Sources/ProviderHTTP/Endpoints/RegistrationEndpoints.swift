internal import HTTPTypes
internal import Hummingbird
internal import OpenIDMessages
internal import ProviderCore

/// `/register` (RFC 7591 §3) and `/register/{client_id}` (RFC 7592 §2), under bearer tokens of their own.
struct RegistrationEndpoints {
    static let path = RouterPath(stringLiteral: DiscoveryDocument.Path.registration)

    let provider: Provider

    func add(to router: Router<ProviderRequestContext>) {
        let flow = provider.registrations
        let client = RouterPath(stringLiteral: DiscoveryDocument.Path.registration + "/{client}")
        router.post(Self.path) { request, context in
            await answer(request, context) { request, token, _ in
                Answer.json(try await flow.register(request.json(), token: token), status: .created)
            }
        }
        router.get(client) { request, context in
            await answer(request, context) { _, token, client in
                Answer.json(try flow.configuration(of: client, token: token))
            }
        }
        router.put(client) { request, context in
            await answer(request, context) { request, token, client in
                Answer.json(try await flow.replace(client, with: request.json(), token: token))
            }
        }
        router.delete(client) { request, context in
            await answer(request, context) { _, token, client in
                try await flow.remove(client, token: token)
                return Response(status: .noContent)
            }
        }
    }

    private func answer(
        _ request: Request, _ context: ProviderRequestContext,
        _ handle: (inout Request, _ token: String, _ client: String) async throws -> Response
    ) async -> Response {
        var request = request
        do {
            let token = try token(request)
            return try await handle(&request, token, context.parameters.get("client") ?? "")
        } catch {
            guard let refusal = ClientRefusal(ofCall: error) else {
                context.logFault(error)
                return Answer.oauthError(
                    OAuthError(.serverError, "something went wrong; reference \(context.trace.text)"),
                    at: .registration)
            }
            context.log(refusal.reason, refusal.error)
            return refuse(refusal.error)
        }
    }

    /// RFC 6750 §2.1: the header alone.
    private func token(_ request: Request) throws(ClientRefusal) -> String {
        let values = request.headers[values: .authorization]
        guard values.count <= 1, request.uri.query == nil else {
            throw ClientRefusal(
                .invalidRequest, "the token belongs into one Authorization header", .callMalformed)
        }
        guard let value = values.first, value.prefix(7).lowercased() == "bearer " else {
            throw ClientRefusal(.invalidToken, "a bearer token is needed", .registrationTokenUnknown)
        }
        return value.dropFirst(7).trimmingSpaces()
    }

    /// 401 with a challenge for tokens (RFC 6750 §3); 400 for everything else.
    private func refuse(_ error: OAuthError) -> Response {
        guard error.code == .invalidToken else { return Answer.oauthError(error, at: .registration) }
        let challenge = "Bearer error=\"\(error.code.rawValue)\", error_description=\"\(error.description)\""
        return Answer.oauthError(error, at: .registration, headers: [.wwwAuthenticate: challenge])
    }
}
