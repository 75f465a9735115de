internal import HTTPTypes
internal import Hummingbird
internal import OpenIDMessages
internal import ProviderCore

/// `/userinfo` (OpenID Connect Core §5.3), a resource under bearer and DPoP-bound tokens.
struct UserinfoEndpoint {
    let provider: Provider

    func add(to router: Router<ProviderRequestContext>) {
        router.get("/userinfo") { request, context in await answer(request, context) }
        router.post("/userinfo") { request, context in await answer(request, context) }
    }

    private func answer(_ request: Request, _ context: ProviderRequestContext) async -> Response {
        var response = await judge(request, context)
        if request.headers.contains(.dpop) { response.headers[.dpopNonce] = provider.proofs.nonce() }
        return response
    }

    private func judge(_ request: Request, _ context: ProviderRequestContext) async -> Response {
        let authorization = request.headers.first(.authorization)?.authorizationScheme
        let scheme = authorization?.name == "dpop" ? Scheme.dpop : .bearer
        do {
            switch try await provider.userinfo.answer(token(request, authorization, scheme)) {
            case .json(let claims): return Answer.json(claims)
            case .jwt(let text): return Answer.jwt(text, type: "application/jwt")
            }
        } catch let refusal as ClientRefusal {
            context.log(refusal.reason, refusal.error)
            return refuse(refusal.error, scheme)
        } catch let step as UserinfoFlow.StepUpNeeded {
            let error = OAuthError(.insufficientUserAuthentication, "a login at a higher level is needed")
            context.log(.levelUnreachable, error)
            return refuse(error, scheme, parameters: [("acr_values", step.acr)])
        } catch is MissingToken {
            return Response(status: .unauthorized, headers: [.wwwAuthenticate: Scheme.challenges])
        } catch let fault as RequestFault {
            context.log(.callMalformed, fault.oauthError)
            return refuse(fault.oauthError, scheme)
        } catch {
            context.logFault(error)
            return Answer.oauthError(
                OAuthError(.serverError, "something went wrong; reference \(context.trace.text)"), at: .userinfo)
        }
    }

    private struct MissingToken: Error {}

    private enum Scheme {
        case bearer, dpop

        /// RFC 9449 §7.1: which proofs are understood.
        static let algorithms = "algs=\"ES256 PS256 EdDSA\""
        static let challenges = "Bearer, DPoP \(algorithms)"
    }

    /// RFC 6750 §2.1: the header alone; tokens in bodies and queries are not taken.
    private func token(
        _ request: Request, _ authorization: (name: String, credentials: String)?, _ scheme: Scheme
    ) throws -> PresentedAccessToken {
        guard request.headers.contains(.authorization) else { throw MissingToken() }
        guard request.headers.hasAtMostOne(.authorization), request.uri.query == nil,
            let (name, text) = authorization, name == "bearer" || name == "dpop"
        else {
            throw ClientRefusal(
                .invalidRequest, "the token belongs into one Authorization header, as Bearer or DPoP", .callMalformed)
        }
        guard text.utf8.count <= AccessTokenText.maximumLength else {
            throw ClientRefusal(.invalidToken, "the access token is too long", .accessTokenMalformed)
        }
        let proof = try request.presentedProof()
        switch scheme {
        case .bearer: return .bearer(text)
        case .dpop:
            guard let proof else {
                throw ClientRefusal(.invalidDPoPProof, "the DPoP proof is missing", .proofMissing)
            }
            return .dpop(text, proof)
        }
    }

    /// RFC 6750 §3, RFC 9449 §7.1, RFC 9470 §3.
    private func refuse(
        _ error: OAuthError, _ scheme: Scheme, parameters: [(String, String)] = []
    ) -> Response {
        var challenge = scheme == .dpop ? "DPoP \(Scheme.algorithms), " : "Bearer "
        challenge += "error=\"\(error.code.rawValue)\", error_description=\"\(error.description)\""
        for (name, value) in parameters { challenge += ", \(name)=\"\(value)\"" }
        return Answer.oauthError(error, at: .userinfo, headers: [.wwwAuthenticate: challenge])
    }
}
