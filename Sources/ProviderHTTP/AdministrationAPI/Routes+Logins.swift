internal import AccountDirectory
internal import HTTPTypes
internal import OpenIDMessages
internal import ProviderCore

extension AdministrationAPI {
    /// Single logins, as the audit trail names them.
    static let loginRoutes: [AdministrationRoute] = [
        AdministrationRoute(
            .get, "/tenants/{tenant}/logins/{login}/level",
            "Why one login at the tenant has its level; the login is the `txn` of its token and of the audit trail.",
            .tenant(.readAudit),
            answer: [
                .init("explanation", .anyObject, "The level, and the reasons of which it is the lowest."),
                .init("statement", .text(maximum: 16_384), "The same, signed by the provider, with `answered_acr`."),
            ],
            handle: { call in
                let explained = try await call.provider.tenantPeople.explainLogin(
                    call["login"], in: call.scope, by: call.administrator)
                return [
                    "explanation": .object(explained.explanation.json), "statement": .string(explained.statement),
                ]
            })
    ]
}
