internal import AccountDirectory
internal import HTTPTypes
internal import OpenIDMessages
internal import ProviderCore

extension AccountRoutes {
    /// Invitations and memberships.
    static let members: [AccountRoute] = [
        AccountRoute(
            .post, "/companies/{company}/invitations", "invite somebody into a company", who: manager,
            events: [.invitationCreated, .invitationApproved, .invitationSent],
            .confirmed(.inviteMember) { call in
                try await call.service.companies.inviting(
                    call.body, into: call.identifier("company"), by: call.device, language: call.language)
            }),
        AccountRoute(
            .post, "/companies/{company}/invitations/{invitation}/approval", "agree to an invitation",
            who: "another administrator", events: [.invitationApproved, .invitationSent],
            .confirmed(.approveInvitation) { call in
                let guest = try call.read { (reader) throws(MessageError) in
                    try ExpectedIdentity(json: try reader.object("identity"))
                }
                return try await call.service.companies.approving(
                    call.identifier("invitation"), of: guest, into: call.identifier("company"), by: call.device,
                    language: call.language)
            }),
        AccountRoute(
            .post, "/companies/{company}/invitations/{invitation}/withdrawal", "withdraw an invitation", who: manager,
            events: [.invitationWithdrawn],
            .confirmed(.withdrawInvitation) { call in
                try call.expectNothing()
                return try await call.service.companies.withdrawing(
                    call.identifier("invitation"), of: call.identifier("company"), by: call.device,
                    language: call.language)
            }),
        AccountRoute(
            .post, "/invitations/opening", "read what an invitation's code stands for", who: guest,
            events: [.invitationOpened],
            .change { call in
                try await call.service.companies.flow.open(code: code(call), by: call.device).json
            }),
        AccountRoute(
            .post, "/invitations/acceptance", "join a company", who: guest,
            events: [.invitationAccepted, .membershipCreated],
            .confirmed(.acceptInvitation) { call in
                try await call.service.companies.joining(code: code(call), by: call.device, language: call.language)
            }),
        AccountRoute(
            .post, "/invitations/refusal", "decline an invitation", who: guest, events: [.invitationDeclined],
            .change { call in
                try await call.service.companies.flow.decline(code: code(call), by: call.device)
                return ["outcome": "done"]
            }),
        AccountRoute(
            .post, "/companies/{company}/leaving", "leave a company", who: member, events: [.membershipEnded],
            .confirmed(.leaveCompany) { call in
                try call.expectNothing()
                return try await call.service.companies.leaving(
                    call.identifier("company"), by: call.device, language: call.language)
            }),
        AccountRoute(
            .post, "/companies/{company}/consent", "let the private identity be used for a company, or no more",
            who: member, events: [.membershipSuspended, .membershipResumed],
            .confirmed(.changeConsent) { call in
                let isGiven = try call.read { (reader) throws(MessageError) in try reader.bool("given") }
                return try await call.service.companies.consenting(
                    isGiven, in: call.identifier("company"), by: call.device, language: call.language)
            }),
        onMember(
            "removal", "remove a member", .removeMember, [.membershipRemovalApproved, .membershipEnded],
            OwnCompanies.removing),
        onMember(
            "suspension", "suspend a member", .suspendMember, [.membershipSuspended], OwnCompanies.suspending),
        onMember(
            "resumption", "let a member act again", .resumeMember, [.membershipResumed], OwnCompanies.resuming),
        AccountRoute(
            .post, "/companies/{company}/members/{membership}/roles", "change a member's roles", who: manager,
            events: [.membershipRolesChanged],
            .confirmed(.changeRoles) { call in
                let roles = try call.read { (reader) throws(MessageError) in
                    let words = try reader.strings("roles")
                    let named = words.compactMap(CompanyRole.init(rawValue:))
                    guard named.count == words.count, Set(named).count == named.count,
                        let roles = CompanyRoles(named)
                    else { throw .malformed("roles") }
                    return roles
                }
                return try await call.service.companies.changing(
                    call.identifier("membership"), to: roles, in: call.identifier("company"), by: call.device,
                    language: call.language)
            }),
    ]

    private typealias MemberAct =
        (MembershipIdentifier, CompanyIdentifier, VerifiedDevice, Language) async throws -> ProposedAct

    /// An act on a member of which there is nothing to say but whom it is about.
    private static func onMember(
        _ step: String, _ summary: String, _ action: ConfirmedAction, _ events: [SecurityEvent.Kind],
        _ propose: @escaping @Sendable (OwnCompanies) -> MemberAct
    ) -> AccountRoute {
        AccountRoute(
            .post, "/companies/{company}/members/{membership}/\(step)", summary, who: manager, events: events,
            .confirmed(action) { call in
                try call.expectNothing()
                return try await propose(call.service.companies)(
                    call.identifier("membership"), call.identifier("company"), call.device, call.language)
            })
    }

    private static let manager = "whoever manages members"
    private static let guest = "the invited person"

    private static func code(_ call: AccountCall) throws(MessageError) -> String {
        try call.read { (reader) throws(MessageError) in try reader.string("code", maximumLength: 64) }
    }
}

extension InvitationOffer {
    fileprivate var json: JSONObject {
        var object: JSONObject = [
            "invitation": .string(invitation.rawValue), "company": .string(company.rawValue),
            "company_name": .string(companyName), "roles": .strings(roles.roles.map(\.rawValue)),
            "expires_at": expiresAt.json,
        ]
        object["membership_ends"] = membershipEnds.map(\.json)
        return object
    }
}
