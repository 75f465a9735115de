internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import OpenIDMessages
internal import ProviderCore

/// A call that a client makes for itself: form body, client authentication, JSON answers and errors (RFC 6749 §5).
struct ClientCall {
    let provider: Provider
    let context: ProviderRequestContext

    func answer(
        _ request: Request, _ handle: (FormParameters, AuthenticatedClient) async throws -> Response
    ) async -> Response {
        var request = request
        let authorization = request.headers[.authorization]
        do {
            guard request.uri.query == nil else { throw RequestFault.malformed("parameters belong into the body") }
            guard request.headers[values: .authorization].count <= 1 else {
                throw RequestFault.malformed("more than one Authorization header")
            }
            let parameters = try await request.form()
            let credentials = try ClientCredentials(parameters: parameters, authorization: authorization)
            return try await handle(parameters, provider.authenticate(credentials))
        } catch let refusal as ClientRefusal {
            context.log(refusal.reason, refusal.error)
            return Answer.oauthError(refusal.error, usedBasic: authorization != nil)
        } catch let error as OAuthError {
            context.log(nil, error)
            return Answer.oauthError(error, usedBasic: authorization != nil)
        } catch let fault as RequestFault {
            context.log(nil, fault.oauthError)
            return Answer.oauthError(fault.oauthError)
        } catch {
            context.logFault(error)
            return Answer.oauthError(OAuthError(.serverError, "something went wrong; reference \(context.trace.text)"))
        }
    }
}

extension ProviderRequestContext {
    /// The operator's line about a refusal: typed reason and trace id, nothing secret or personal.
    func log(_ reason: Refusal?, _ error: OAuthError) {
        logger.info(
            "refused",
            metadata: [
                "trace_id": "\(trace.text)", "error": "\(error.code.rawValue)",
                "reason": "\(reason?.rawValue ?? error.description)",
            ])
    }

    func log(_ refusal: DeviceRefusal) {
        logger.info(
            "refused",
            metadata: [
                "trace_id": "\(trace.text)", "error": "\(refusal.code.rawValue)",
                "reason": "\(refusal.reason.rawValue)",
            ])
    }

    /// The operator's line about a fault. The error's type says what happened; its text might hold data.
    func logFault(_ error: any Error) {
        logger.error(
            "fault", metadata: ["trace_id": "\(trace.text)", "fault": "\(String(reflecting: type(of: error)))"])
    }
}
