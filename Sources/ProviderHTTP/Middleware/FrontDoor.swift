internal import Hummingbird
internal import ProviderCore

/// What every call of the public listener goes through, from outside to inside: headers, log, load and limits. One step and
/// not four: each step of a router costs a call as much as reading its parameters.
struct FrontDoor: RouterMiddleware {
    let load: LoadShedding
    let limits: RateLimit
    let methods: AllowedMethods

    func handle(
        _ request: Request, context: ProviderRequestContext,
        next: @concurrent (Request, ProviderRequestContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        var response: Response
        let takesPlace = LoadShedding.counts(context)
        if takesPlace, !load.places.take() {
            response = load.refusal(request, context)
        } else {
            defer { if takesPlace { load.places.giveBack() } }
            let counted = limits.counted(context)
            do {
                if let counted, let refusal = limits.refusal(counted, request, context) {
                    response = refusal
                } else {
                    response = try await next(request, context)
                    if let counted { limits.settle(counted, response) }
                }
            } catch {
                response =
                    methods.refusal(of: error, request, context) ?? RequestLog.translate(error, request, context)
            }
        }
        // The device keeps it with the login: with it a person can name the call to the operator, also one that went well.
        if request.isOfDevice(context) { response.headers[.traceIdentifier] = context.trace.text }
        RequestLog.write(request, context, response, since: start)
        SecurityHeaders.complete(&response)
        // RFC 9110 §9.3.2: the next answer of a connection that is kept would be read from a body.
        return request.method == .head ? response.createHeadResponse() : response
    }
}
