internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import OpenIDMessages
internal import ProviderCore

/// `/token` (RFC 6749 §3.2) and `/userinfo` (OpenID Connect Core §5.3).
struct TokenEndpoints {
    let provider: Provider

    func add(to router: Router<ProviderRequestContext>) {
        router.post("/token") { request, context in
            await ClientCall(provider: provider, context: context).answer(request) { parameters, client in
                Answer.json(
                    try await provider.tokens.redeem(AuthorizationCodeRequest(parameters: parameters), by: client))
            }
        }
        router.get("/userinfo") { request, context in await userinfo(request, context) }
        router.post("/userinfo") { request, context in await userinfo(request, context) }
    }

    private func userinfo(_ request: Request, _ context: ProviderRequestContext) async -> Response {
        do {
            return Answer.json(try await provider.userinfo.claims(accessToken: bearerToken(request)))
        } catch let refusal as ClientRefusal {
            context.log(refusal.reason, refusal.error)
            return Answer.bearerError(refusal.error)
        } catch is MissingToken {
            return Answer.bearerError(nil)
        } catch let error as OAuthError {
            context.log(nil, error)
            return Answer.bearerError(error)
        } catch {
            context.logFault(error)
            return Answer.oauthError(OAuthError(.serverError, "something went wrong; reference \(context.trace.text)"))
        }
    }

    private struct MissingToken: Error {}

    /// RFC 6750 §2.1: the header alone; tokens in bodies and queries are not taken.
    private func bearerToken(_ request: Request) throws -> String {
        let values = request.headers[values: .authorization]
        guard let value = values.first else { throw MissingToken() }
        guard values.count == 1, value.prefix(7).lowercased() == "bearer ", request.uri.query == nil else {
            throw OAuthError(.invalidRequest, "the token belongs into one Authorization header, as Bearer")
        }
        return value.dropFirst(7).trimmingSpaces()
    }
}
