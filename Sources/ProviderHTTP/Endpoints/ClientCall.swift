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
    /// For calls of clients that prove nothing about themselves: anybody can make them in their name. Nil where such a call
    /// takes no room.
    var unproved: RateLimiter?

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
        if request.headers.contains(.dpop) { response.headers[.dpopNonce] = provider.proofs.nonce() }
        return response
    }

    private func judge(
        _ request: Request, _ handle: (FormParameters, Caller) async throws -> Response
    ) async -> Response {
        var request = request
        /// Whose doctor is told of a refusal: whoever the call names, and from its proof on the client itself.
        var told: ClientIdentifier?
        /// Set when the call is one too many.
        var secondsToWait: Int?
        let authorization = request.headers.first(.authorization)
        do {
            guard request.uri.query == nil else { throw RequestFault.malformed("parameters belong into the body") }
            guard request.headers.hasAtMostOne(.authorization) else {
                throw RequestFault.malformed("more than one Authorization header")
            }
            let parameters = try await request.form()
            told = parameters["client_id"].flatMap(ClientIdentifier.init(rawValue:))
            let credentials = try ClientCredentials(parameters: parameters, authorization: authorization)
            told = nil
            let client = try await provider.authenticate(credentials)
            told = client.identifier
            if !client.isProved { secondsToWait = unproved?.take(for: context) }
            guard secondsToWait == nil else {
                throw ClientRefusal(.temporarilyUnavailable, "too many requests; try again later", .rateLimited)
            }
            let key = try request.presentedProof().map { proof in try provider.proofs.verify(proof) }
            return try await handle(parameters, Caller(client: client, key: key))
        } catch {
            guard let refusal = ClientRefusal(ofCall: error) else {
                context.logFault(error)
                return Answer.oauthError(
                    OAuthError(.serverError, "something went wrong; reference \(context.trace.text)"),
                    at: .endpoint)
            }
            provider.observations.refused(told, refusal)
            context.log(refusal.reason, refusal.error)
            var response = Answer.oauthError(refusal.error, at: .endpoint, reason: refusal.reason)
            if let secondsToWait { response.ask(toWait: secondsToWait) }
            return response
        }
    }
}

extension ClientRefusal {
    /// What a client hears whose call cannot be read, is not well-formed or is refused; nil for a fault of ours.
    init?(ofCall error: any Error) {
        switch error {
        case let refusal as ClientRefusal: self = refusal
        case let fault as ProofOfPossession.Fault: self = fault.clientRefusal
        case let error as OAuthError: self.init(error, .callMalformed)
        case let fault as RequestFault: self.init(fault.oauthError, .callMalformed)
        default: return nil
        }
    }
}

extension Request {
    /// The DPoP proof, if there is one; two are refused (RFC 9449 §4.3-1).
    func presentedProof() throws(RequestFault) -> PresentedProof? {
        guard headers.hasAtMostOne(.dpop) else { throw .malformed("more than one DPoP header") }
        return headers.first(.dpop).map { PresentedProof(text: $0, method: method.rawValue, path: rawPath) }
    }
}

extension ProviderRequestContext {
    /// The operator's line about a refusal: typed reason, trace id and what the portal hears, nothing secret or personal.
    func log(_ reason: Refusal, _ error: OAuthError) {
        log(reason, answered: error.code.rawValue, description: error.description)
    }

    func log(_ refusal: DeviceRefusal) { log(refusal.reason, answered: refusal.code.rawValue) }

    /// - Parameter answer: the word that the caller gets or the name of the page.
    func log(_ reason: Refusal, answered answer: String, description: String? = nil) {
        var metadata: Logger.Metadata = [
            "trace_id": "\(trace.text)", "error": "\(answer)", "reason": "\(reason.rawValue)",
        ]
        if let description { metadata["description"] = "\(description)" }
        logger.info("refused", metadata: metadata)
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
