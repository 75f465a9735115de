internal import AccountDirectory
internal import HTTPTypes
internal import OpenIDMessages
internal import ProviderCore

extension AccountRoutes {
    static let level: [AccountRoute] = [
        AccountRoute(
            .get, "/level", "see which level one's logins with this device reach, and why, signed",
            .read { call in
                let signed = try await call.service.assurance.explain(call.device)
                return [
                    "explanation": .object(signed.explanation.json), "statement": .string(signed.statement),
                ]
            })
    ]
}
