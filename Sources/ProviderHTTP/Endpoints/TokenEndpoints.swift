internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import OpenIDMessages
internal import ProviderCore

/// `/token` (RFC 6749 §3.2), `/introspect` (RFC 7662) and `/revoke` (RFC 7009).
struct TokenEndpoints {
    let provider: Provider

    func add(to router: Router<ProviderRequestContext>) {
        router.post("/token") { request, context in
            await ClientCall(provider: provider, context: context).answer(request) { parameters, caller in
                Answer.json(
                    try await provider.tokens.answer(
                        TokenRequest(parameters: parameters), by: caller.client, key: caller.key))
            }
        }
        router.post("/introspect") { request, context in
            await ClientCall(provider: provider, context: context).answer(request) { parameters, caller in
                let answer = try await provider.introspection.inquire(
                    TokenInquiry(parameters: parameters), by: caller.client)
                guard wantsSigned(request) else { return Answer.json(answer) }
                return Answer.jwt(
                    try provider.introspection.signed(answer, for: caller.client),
                    type: IntrospectionFlow.signedMediaType)
            }
        }
        router.post("/revoke") { request, context in
            await ClientCall(provider: provider, context: context).answer(request) { parameters, caller in
                try await provider.revocation.revoke(TokenInquiry(parameters: parameters), by: caller.client)
                return Response(status: .ok)
            }
        }
    }

    /// RFC 9701 §4: the media type stands in `Accept`, alone or among others, and JSON is not preferred.
    private func wantsSigned(_ request: Request) -> Bool {
        AcceptedMediaTypes(request.headers).names(IntrospectionFlow.signedMediaType, besides: "application/json")
    }
}
