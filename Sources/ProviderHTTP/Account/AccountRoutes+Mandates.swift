internal import AccountDirectory
internal import HTTPTypes
internal import OpenIDMessages
internal import ProviderCore

extension AccountRoutes {
    static let mandates: [AccountRoute] = [
        AccountRoute(
            .get, "/mandates", "see the mandates that one holds",
            .read { call in
                let held = try await call.service.mandates.flow.held(by: call.device.account.identifier)
                return ["mandates": .array(held.map { .object($0.json) })]
            }),
        AccountRoute(
            .get, "/companies/{company}/mandates", "see the mandates of a company", who: member,
            .read { call in
                let all = try await call.service.mandates.flow.mandates(
                    of: call.identifier("company"), for: call.device.account.identifier)
                return ["mandates": .array(all.map { .object($0.json) })]
            }),
        AccountRoute(
            .post, "/mandates", "ask for a mandate, or give it", who: "whoever may grant it, or a member",
            events: [.mandateProposed, .mandateActivated],
            .confirmed(.proposeMandate) { call in
                try await call.service.mandates.proposing(
                    MandateProposal(json: call.body), by: call.device, language: call.language)
            }),
        AccountRoute(
            .post, "/mandates/{mandate}/approval", "agree to a mandate", who: granter,
            events: [.mandateCosigned, .mandateActivated],
            .confirmed(.cosignMandate) { call in
                try call.expectNothing()
                return try await call.service.mandates.cosigning(
                    call.identifier("mandate"), by: call.device, language: call.language)
            }),
        AccountRoute(
            .post, "/mandates/{mandate}/revocation", "end a mandate", who: "its holder, or \(granter)",
            events: [.mandateRevoked],
            .confirmed(.revokeMandate) { call in
                try call.expectNothing()
                return try await call.service.mandates.revoking(
                    call.identifier("mandate"), by: call.device, language: call.language)
            }),
        AccountRoute(
            .post, "/mandates/{mandate}/suspension", "let a mandate rest", who: granter,
            events: [.mandateSuspended],
            .confirmed(.suspendMandate) { call in
                try call.expectNothing()
                return try await call.service.mandates.suspending(
                    call.identifier("mandate"), by: call.device, language: call.language)
            }),
        AccountRoute(
            .post, "/mandates/{mandate}/resumption", "let a mandate count again", who: granter,
            events: [.mandateActivated],
            .confirmed(.resumeMandate) { call in
                try call.expectNothing()
                return try await call.service.mandates.resuming(
                    call.identifier("mandate"), by: call.device, language: call.language)
            }),
    ]

    private static let granter = "whoever grants rights in the company"
}

extension MandateRecord {
    fileprivate var json: JSONObject {
        var object: JSONObject = [
            "mandate": .string(mandate.identifier.rawValue), "company": .string(mandate.company.rawValue),
            "grantor": .string(mandate.grantor.rawValue), "grantee": .object(mandate.grantee.json),
            "state": .string(mandate.state.rawValue),
        ]
        for member in mandate.powers.json.members { object[member.name] = member.value }
        object["may_delegate"] = .bool(mandate.mayDelegate)
        object["parent"] = mandate.parent.map { .string($0.rawValue) }
        object["depth"] = .integer(Int64(mandate.depth))
        object["basis"] = .string(mandate.basis.rawValue)
        object["reason"] = .string(mandate.reason)
        object["approvals"] = .integer(Int64(approvals.count))
        object["approvals_needed"] = .integer(Int64(mandate.approvalsNeeded))
        object["proposed_at"] = mandate.proposedAt.json
        object["activated_at"] = mandate.activatedAt.map(\.json)
        return object
    }
}
