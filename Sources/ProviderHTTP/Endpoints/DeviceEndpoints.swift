internal import AccountDirectory
internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import OpenIDMessages
internal import ProviderCore

/// The device's leg (docs/protocol.md): JSON in, JSON or a problem document out.
struct DeviceEndpoints {
    static let prefix = "/device/v1"

    let provider: Provider
    private var calls: DeviceCalls { DeviceCalls(provider: provider) }

    func add(to router: Router<ProviderRequestContext>) {
        let group = router.group(RouterPath(Self.prefix))
        group.post("/enrolments") { request, context in
            await calls.answer(request, context) { request in try await offer(&request) }
        }
        group.post("/enrolments/{offer}") { request, context in
            await calls.answer(request, context) { request in try await register(&request, context) }
        }
        group.post("/blocks") { request, context in
            await calls.answer(request, context) { request in
                var reader = MemberReader(try await request.json())
                let code = try reader.string("code", maximumLength: 64)
                try reader.finish()
                return Answer.json(["blocked": .string(try await provider.block(code: code).rawValue)])
            }
        }
        group.post("/claims") { request, context in
            await calls.authenticated(request, context) { request, device in try await claim(&request, context, device)
            }
        }
        group.get("/logins/{transaction}") { request, context in
            await calls.authenticated(request, context) { request, device in
                let wait = try request.query()["wait"].flatMap { Int64($0) } ?? 0
                let login = try await provider.deviceLogins.status(
                    transaction(context), device: device, wait: max(0, wait))
                return Answer.json(Self.json(login))
            }
        }
        group.get("/requests") { request, context in
            await calls.authenticated(request, context) { request, device in
                let wait = try request.query()["wait"].flatMap { Int64($0) } ?? 0
                let login = try await provider.deviceLogins.receive(
                    by: device, language: Language(acceptLanguage: request.headers[.acceptLanguage]),
                    area: NetworkArea.text(context.remoteAddress), wait: max(0, wait))
                return login.map { Answer.json(Self.json($0)) } ?? Response(status: .noContent)
            }
        }
        group.post("/logins/{transaction}/call-code") { request, context in
            await calls.authenticated(request, context) { request, device in
                var reader = MemberReader(try await request.json())
                let digits = try reader.string("call_code", maximumLength: 16)
                try reader.finish()
                return Answer.json(
                    Self.json(
                        try await provider.deviceLogins.enter(
                            callCode: digits, of: transaction(context), by: device)))
            }
        }
        group.post("/logins/{transaction}/response") { request, context in
            await calls.authenticated(request, context) { request, device in
                var reader = MemberReader(try await request.json())
                let response = try reader.string("response", maximumLength: 16_384)
                let pinProof = try reader.optionalString("pin_proof", maximumLength: 16_384)
                try reader.finish()
                let receipt = try await provider.deviceLogins.answer(
                    transaction(context), response: response, pinProof: pinProof, device: device)
                return Answer.json(["receipt": .string(receipt)])
            }
        }
        group.get("/devices") { request, context in
            await calls.authenticated(request, context) { _, device in
                let devices = try await provider.selfService.devices.list(device)
                return Answer.json(["devices": .array(devices.map { .object($0.json(current: device)) })])
            }
        }
        group.post("/attestation") { request, context in
            await calls.authenticated(request, context, acceptsExpired: true) { request, device in
                guard try await request.json().isEmpty else { throw MessageError.unknown("body") }
                return Answer.json(
                    ["attestation": .string(try await provider.renewedAttestation(for: device))])
            }
        }
    }

    private func offer(_ request: inout Request) async throws -> Response {
        var reader = MemberReader(try await request.json())
        let ticket = try reader.string("ticket", maximumLength: 64)
        try reader.finish()
        return Answer.json(["offer": .string(try await provider.enrolment.offer(ticket: ticket))])
    }

    private func register(_ request: inout Request, _ context: ProviderRequestContext) async throws -> Response {
        var reader = MemberReader(try await request.json())
        let registration = try reader.string("registration", maximumLength: 16_384)
        let installationProof = try reader.string("inst_proof", maximumLength: 4096)
        let pinProof = try reader.string("pin_proof", maximumLength: 4096)
        try reader.finish()
        let enrolled = try await provider.enrolment.register(
            offer: context.parameters.require("offer"), registration: registration,
            installationProof: installationProof, pinProof: pinProof)
        var answer: JSONObject = [
            "record": .string(enrolled.record), "attestation": .string(enrolled.attestation),
            "verdicts": .array(enrolled.verdicts.map { .object($0.json) }),
            "block_code": .string(enrolled.blockCode),
        ]
        if let waiting = enrolled.waiting {
            answer["state"] = .string(DeviceState.pending.rawValue)
            answer["usable_from"] = waiting.usableFrom?.json
        }
        return Answer.json(answer, status: .created)
    }

    private func claim(
        _ request: inout Request, _ context: ProviderRequestContext, _ device: VerifiedDevice
    ) async throws -> Response {
        var reader = MemberReader(try await request.json())
        let link = try reader.string("link", maximumLength: 1024)
        try reader.finish()
        let login = try await provider.deviceLogins.claim(
            link: link, by: device, language: Language(acceptLanguage: request.headers[.acceptLanguage]),
            area: NetworkArea.text(context.remoteAddress))
        return Answer.json(Self.json(login), status: login.state == .awaitingCode ? .accepted : .ok)
    }

    private func transaction(_ context: ProviderRequestContext) throws -> TransactionIdentifier {
        guard let transaction = TransactionIdentifier(rawValue: try context.parameters.require("transaction")) else {
            throw DeviceRefusal(.unknownLogin, .loginUnknown)
        }
        return transaction
    }

    /// The members that belong to the login's state.
    private static func json(_ login: ClaimedLogin) -> JSONObject {
        var object: JSONObject = [
            "txn": .string(login.transaction.rawValue), "state": .string(login.state.rawValue),
        ]
        object["code"] = login.code.map { .string($0) }
        if login.code != nil {
            object["portal"] = .object([
                "name": .string(login.portalName), "host": .string(login.portalHost),
                "tenant_name": .string(login.tenantName),
            ])
        }
        object["request"] = login.request.map { .string($0) }
        return object
    }
}

extension DeviceRecordRow {
    /// As the person sees it.
    func json(current: VerifiedDevice) -> JSONObject {
        var object: JSONObject = [
            "device": .string(identifier.rawValue), "name": .string(description.name),
            "model": .string(description.model), "system": .string(description.system),
            "state": .string(state.rawValue), "ceiling": .string(ceiling.context.acr), "created_at": createdAt.json,
        ]
        object["last_used_at"] = lastUsedAt.map(\.json)
        object["current"] = .bool(identifier == current.device.identifier)
        return object
    }
}
