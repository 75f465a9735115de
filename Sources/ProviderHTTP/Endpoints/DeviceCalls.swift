internal import Hummingbird
internal import OpenIDMessages
internal import ProviderCore

/// How calls of devices are answered (docs/protocol.md §8 and §9): JSON or a problem document.
struct DeviceCalls {
    let provider: Provider

    /// A call with attestation and proof; the answer brings the next nonce.
    func authenticated(
        _ request: Request, _ context: ProviderRequestContext, acceptsExpired: Bool = false,
        _ handle: (inout Request, VerifiedDevice) async throws -> Response
    ) async -> Response {
        var response = await answer(request, context) { request in
            let attestations = request.headers[values: .clientAttestation]
            let proofs = request.headers[values: .dpop]
            guard attestations.count == 1, proofs.count == 1 else {
                throw DeviceRefusal(.invalidAttestation, .attestationSignature)
            }
            let credentials = DeviceCredentials(
                attestation: attestations[0], proof: proofs[0], method: request.method.rawValue,
                path: request.rawPath)
            let device = try await provider.deviceAuthentication.verify(credentials, acceptsExpired: acceptsExpired)
            return try await handle(&request, device)
        }
        response.headers[.dpopNonce] = provider.deviceAuthentication.nonce()
        return response
    }

    /// A call that proves nothing by itself.
    func answer(
        _ request: Request, _ context: ProviderRequestContext, _ handle: (inout Request) async throws -> Response
    ) async -> Response {
        var request = request
        do { return try await handle(&request) } catch let refusal as DeviceRefusal {
            context.log(refusal)
            let verdicts = JSONValue.array(refusal.verdicts.map { .object($0.json) })
            var problem = refusal.code.problem(traceIdentifier: context.trace.text, triesLeft: refusal.triesLeft)
            problem.obstacle = refusal.obstacle
            return Answer.problem(
                problem, extra: refusal.verdicts.isEmpty ? [:] : ["verdicts": verdicts])
        } catch let fault as RequestFault {
            context.log(.callMalformed, answered: fault.problem.rawValue)
            return Answer.problem(fault.problem.problem(traceIdentifier: context.trace.text))
        } catch let mistake as MessageError {
            context.log(.callMalformed, answered: ProblemCode.invalidRequest.rawValue)
            var problem = ProblemCode.invalidRequest.problem(traceIdentifier: context.trace.text)
            problem.mistake = mistake
            return Answer.problem(problem)
        } catch {
            context.logFault(error)
            return Answer.problem(ProblemCode.serverError.problem(traceIdentifier: context.trace.text))
        }
    }
}

extension Request {
    /// A call of the device's leg: whatever answers it, a refusal is a problem document and has the header `Trace-Id`
    /// (docs/protocol.md §9).
    func isOfDevice(_ context: ProviderRequestContext) -> Bool {
        // The route, for a path has many spellings; and the path, for what has none.
        Self.isOfDevice(context.endpointPath) || Self.isOfDevice(head.path)
    }

    private static func isOfDevice(_ path: String?) -> Bool {
        guard let path = path?.utf8 else { return false }
        return placesOfDevices.contains { path.starts(with: $0) }
    }

    private static let placesOfDevices = [DeviceEndpoints.prefix, AccountRoute.prefix].map { [UInt8](($0 + "/").utf8) }
}
