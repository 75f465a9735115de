internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import OpenIDMessages
internal import ProviderCore

/// One line for each call: the route's pattern, never the path or the query, which may hold secrets. Turns what no
/// endpoint caught into a page or a problem.
enum RequestLog {
    /// - Parameter start: when the call came.
    static func write(
        _ request: Request, _ context: ProviderRequestContext, _ response: Response,
        since start: ContinuousClock.Instant
    ) {
        context.logger.debug(
            "call",
            metadata: [
                "trace_id": "\(context.trace.text)", "method": "\(request.method.rawValue)",
                "route": "\(context.endpointPath ?? "(none)")", "status": "\(response.status.code)",
                "microseconds": "\(Int64((ContinuousClock.now - start) / .microseconds(1)))",
            ])
    }

    static func translate(_ error: any Error, _ request: Request, _ context: ProviderRequestContext) -> Response {
        let language = Language(acceptLanguage: request.headers[.acceptLanguage])
        switch error {
        case let fault as PageFault:
            context.log(fault.reason, answered: fault.problem.rawValue)
            return ErrorPages.fault(fault, language: language, trace: context.trace)
        case let fault as RequestFault:
            context.log(.requestMalformed, fault.oauthError)
            return ErrorPages.badRequest(fault.oauthError, language: language, trace: context.trace)
        case let error as HTTPError where error.status == .notFound:
            return request.isOfDevice(context)
                ? Answer.problem(
                    ProblemDocument(
                        code: "not_found", status: 404, title: "There is no such address.", side: .device, retry: false,
                        traceIdentifier: context.trace.text))
                : ErrorPages.notFound(language: language, trace: context.trace)
        case let error as HTTPError where (400...499).contains(error.status.code):
            if request.isOfDevice(context) {
                var problem = ProblemCode.invalidRequest.problem(traceIdentifier: context.trace.text)
                problem.status = error.status.code
                return Answer.problem(problem)
            }
            return Answer.json(["error": "invalid_request"], status: error.status)
        case let fault where request.isOfDevice(context):
            context.logFault(fault)
            return Answer.problem(ProblemCode.serverError.problem(traceIdentifier: context.trace.text))
        default: return ErrorPages.serverError(error, language: language, context: context)
        }
    }
}
