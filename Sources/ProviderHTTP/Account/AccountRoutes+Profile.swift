internal import AccountDirectory
internal import HTTPTypes
internal import OpenIDMessages
internal import ProviderCore

extension AccountRoutes {
    static let profile: [AccountRoute] = [
        AccountRoute(
            .get, "/profile", "see what is recorded about oneself, and to which level it is proved",
            .read { call in
                let account = call.device.account
                let reached = AssuranceExplanation(
                    proofing: account.level, ceiling: call.device.device.ceiling
                ).context
                return [
                    "person": .object(account.person.json), "level": .string(account.level.name),
                    "acr": .string(reached.acr),
                ]
            })
    ]
}
