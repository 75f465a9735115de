internal import HTTPTypes
internal import Hummingbird
internal import OpenIDMessages
internal import ProviderCore

/// The person's own interface, `/account/v1` (docs/protocol.md §10): authenticated as the device's leg, answered by the
/// table of `AccountRoutes`.
struct AccountEndpoints {
    let provider: Provider
    private var calls: DeviceCalls { DeviceCalls(provider: provider) }

    func add(to router: Router<ProviderRequestContext>) {
        for route in AccountRoutes.all {
            router.on(RouterPath(AccountRoute.prefix + route.path), method: route.method) { request, context in
                await calls.authenticated(request, context) { request, device in
                    let call = try await read(route, &request, context, device)
                    switch route.effect {
                    case .read(let handle), .change(let handle): return Answer.json(try await handle(call))
                    case .confirmed(_, let propose): return try await ask(propose(call), call)
                    }
                }
            }
        }
        router.post(RouterPath(AccountRoute.prefix + "/confirmations/{transaction}")) { request, context in
            await calls.authenticated(request, context) { request, device in
                try await confirm(&request, context, device)
            }
        }
    }

    private func read(
        _ route: AccountRoute, _ request: inout Request, _ context: ProviderRequestContext, _ device: VerifiedDevice
    ) async throws -> AccountCall {
        var path = JSONObject()
        for name in route.parameters { path[name] = .string(try context.parameters.require(name)) }
        // Only a POST brings a body here.
        let body = route.method == .post ? try await request.json() : [:]
        return AccountCall(
            service: provider.selfService, device: device,
            language: Language(acceptLanguage: request.headers[.acceptLanguage]), path: path,
            query: try request.query(), body: body)
    }

    /// P-10.2: nothing has happened yet.
    private func ask(_ act: ProposedAct, _ call: AccountCall) throws -> Response {
        var parameters = call.path
        for member in call.body.members { parameters[member.name] = member.value }
        let request = try call.service.confirmations.propose(act, parameters: parameters, by: call.device)
        return Answer.json(["confirmation": .string(request)], status: .accepted)
    }

    private func confirm(
        _ request: inout Request, _ context: ProviderRequestContext, _ device: VerifiedDevice
    ) async throws -> Response {
        var reader = MemberReader(try await request.json())
        let response = try reader.string("response", maximumLength: 16_384)
        let pinProof = try reader.optionalString("pin_proof", maximumLength: 16_384)
        try reader.finish()
        guard let transaction = TransactionIdentifier(rawValue: try context.parameters.require("transaction")) else {
            throw DeviceRefusal(.unknownConfirmation, .confirmationUnknown)
        }
        return Answer.json(
            try await provider.selfService.confirmations.confirm(
                transaction, response: response, pinProof: pinProof, device: device))
    }
}
