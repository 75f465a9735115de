internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import OpenIDMessages
internal import ProviderCore

/// A call that a client makes for itself: form body, client authentication, JSON answers and errors (RFC 6749 §5).
struct ClientCall {
    let provider: Provider
    let context: ProviderRequestContext

    /// Who calls: the client, and the key that the call's DPoP proof proved, if it has one.
    struct Caller {
        let client: AuthenticatedClient
        let key: ProvedKey?
    }

    /// Every answer to a call with a DPoP proof brings the nonce for the next one (RFC 9449 §8.2).
    func answer(
        _ request: Request, _ handle: (FormParameters, Caller) async throws -> Response
    ) async -> Response {
        var response = await judge(request, handle)
        if request.headers[.dpop] != nil { response.headers[.dpopNonce] = provider.proofs.nonce() }
        return response
    }

    private func judge(
        _ request: Request, _ handle: (FormParameters, Caller) async throws -> Response
    ) async -> Response {
        var request = request
        let authorization = request.headers.first(.authorization)
        do {
            guard request.uri.query == nil else { throw RequestFault.malformed("parameters belong into the body") }
            guard request.headers.hasAtMostOne(.authorization) else {
                throw RequestFault.malformed("more than one Authorization header")
            }
            let parameters = try await request.form()
            let credentials = try ClientCredentials(parameters: parameters, authorization: authorization)
            let client = try await provider.authenticate(credentials)
            let key: ProvedKey?
            do { key = try request.presentedProof().map { proof in try provider.proofs.verify(proof) } } catch let fault
                as ProofOfPossession.Fault
            { throw fault.clientRefusal }
            do { return try await handle(parameters, Caller(client: client, key: key)) } catch let refusal
                as ClientRefusal
            {
                provider.observations.refused(client.identifier, refusal.reason)
                throw refusal
            }
        } catch let refusal as ClientRefusal {
            context.log(refusal.reason, refusal.error)
            return Answer.oauthError(refusal.error, at: .endpoint, usedBasic: authorization != nil)
        } catch let error as OAuthError {
            context.log(nil, error)
            return Answer.oauthError(error, at: .endpoint, usedBasic: authorization != nil)
        } catch let fault as RequestFault {
            context.log(nil, fault.oauthError)
            return Answer.oauthError(fault.oauthError, at: .endpoint)
        } catch {
            context.logFault(error)
            return Answer.oauthError(
                OAuthError(.serverError, "something went wrong; reference \(context.trace.text)"),
                at: .endpoint)
        }
    }
}

extension Request {
    /// The DPoP proof, if there is one; two are refused (RFC 9449 §4.3-1).
    func presentedProof() throws(RequestFault) -> PresentedProof? {
        let proofs = headers[values: .dpop]
        guard proofs.count <= 1 else { throw .malformed("more than one DPoP header") }
        return proofs.first.map { PresentedProof(text: $0, method: method.rawValue, path: rawPath) }
    }
}

extension ProviderRequestContext {
    /// The operator's line about a refusal: typed reason and trace id, nothing secret or personal.
    func log(_ reason: Refusal?, _ error: OAuthError) {
        log(reason?.rawValue ?? error.description, answered: error.code.rawValue)
    }

    func log(_ refusal: DeviceRefusal) { log(refusal.reason, answered: refusal.code.rawValue) }

    /// - Parameter answer: the word that the caller gets or the name of the page.
    func log(_ reason: Refusal, answered answer: String) { log(reason.rawValue, answered: answer) }

    private func log(_ reason: String, answered answer: String) {
        logger.info(
            "refused", metadata: ["trace_id": "\(trace.text)", "error": "\(answer)", "reason": "\(reason)"])
    }

    /// The operator's line about a fault. The error's type says what happened, and its number where it has one (SQLite's
    /// 13 is a full disk, 10 one that fails); its text might hold data.
    func logFault(_ error: any Error) {
        var metadata: Logger.Metadata = [
            "trace_id": "\(trace.text)", "fault": "\(String(reflecting: type(of: error)))",
        ]
        if let numbered = error as? any CustomNSError { metadata["code"] = "\(numbered.errorCode)" }
        logger.error("fault", metadata: metadata)
    }
}
