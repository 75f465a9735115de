internal import AccountDirectory
internal import HTTPTypes
internal import OpenIDMessages
internal import ProviderCore

extension AccountRoutes {
    static let companies: [AccountRoute] = [
        AccountRoute(
            .get, "/companies", "see the companies that one belongs to",
            .read { call in
                let own = try await call.service.companies.flow.companies(of: call.device)
                return ["companies": .array(own.map { .object($0.json) })]
            }),
        AccountRoute(
            .get, "/companies/{company}", "see a company: facts, colleagues and establishments", who: member,
            .read { call in
                try await call.service.companies.flow.company(call.identifier("company"), for: call.device).json
            }),
        AccountRoute(
            .post, "/companies", "create a company", events: [.companyCreated],
            .confirmed(.createCompany) { call in
                try call.service.companies.creating(call.body, language: call.language)
            }),
        AccountRoute(
            .post, "/companies/{company}/facts", "describe a draft otherwise", who: "its founder",
            events: [.companyChanged],
            .confirmed(.changeCompany) { call in
                try await call.service.companies.describing(
                    call.identifier("company"), as: call.body, by: call.device, language: call.language)
            }),
        AccountRoute(
            .post, "/companies/{company}/submission", "submit a company's facts", who: administrator,
            events: [.companySubmitted],
            .confirmed(.submitCompany) { call in
                try call.expectNothing()
                return try await call.service.companies.submitting(
                    call.identifier("company"), by: call.device, language: call.language)
            }),
        AccountRoute(
            .post, "/companies/{company}/assertion", "let another account for organisations vouch for a company",
            who: administrator, events: [.companyEvidenceRecorded, .companyPowersRecorded, .companyVerified],
            .confirmed(.verifyCompany) { call in
                let assertion = try call.read { reader throws(MessageError) in
                    try reader.string("assertion", maximumLength: AccountRoutes.longestAssertion)
                }
                return try await call.service.companies.verifying(
                    call.identifier("company"), upstream: assertion, by: call.device, language: call.language)
            }),
        AccountRoute(
            .post, "/companies/{company}/signature", "sign for a company", who: "whom its register names",
            events: [.companySigned, .companyVerified],
            .confirmed(.signForCompany) { call in
                try call.expectNothing()
                return try await call.service.companies.signing(
                    for: call.identifier("company"), by: call.device, language: call.language)
            }),
        AccountRoute(
            .post, "/companies/{company}/closing", "close a company's account", who: administrator,
            events: [.companyClosingApproved, .companyClosing],
            .confirmed(.closeCompany) { call in
                try call.expectNothing()
                let company: CompanyIdentifier = try call.identifier("company")
                return try await call.service.companies.closing(company, by: call.device, language: call.language)
            }),
        AccountRoute(
            .post, "/companies/{company}/establishments", "add an establishment", who: administrator,
            events: [.companyEstablishmentAdded],
            .confirmed(.addEstablishment) { call in
                try await call.service.companies.adding(
                    call.body, to: call.identifier("company"), by: call.device, language: call.language)
            }),
        AccountRoute(
            .post, "/companies/{company}/establishments/{establishment}/closing", "close an establishment",
            who: administrator, events: [.companyEstablishmentClosed],
            .confirmed(.closeEstablishment) { call in
                try call.expectNothing()
                return try await call.service.companies.closing(
                    call.identifier("establishment"), of: call.identifier("company"), by: call.device,
                    language: call.language)
            }),
    ]

    /// An assertion stands in what the phone signs.
    static let longestAssertion = 8_192
    static let administrator = "an administrator of the company"
    static let member = "a member of the company"
}

extension CompanyOfPerson {
    var json: JSONObject {
        [
            "company": .string(company.identifier.rawValue), "name": .string(company.details.name.text),
            "state": .string(company.state.rawValue), "level": .string(company.level.name),
            "own": .object(membership.ownJSON),
        ]
    }
}

extension CompanyView {
    fileprivate var json: JSONObject {
        var object: JSONObject = [
            "company": .string(company.identifier.rawValue), "facts": .object(company.details.json),
            "state": .string(company.state.rawValue),
        ]
        object["freeze_reason"] = company.freezeReason.map { .string($0.rawValue) }
        object["level"] = .string(company.level.name)
        object["approvers_needed"] = .integer(Int64(company.approversNeeded))
        object["powers"] = .object([
            "named": .integer(Int64(powersNamed)), "signed": .integer(Int64(powersSigned)),
        ])
        object["own"] = .object(own.ownJSON)
        object["people"] = .array(people.map { .object($0.json) })
        object["invitations"] = .array(invitations.map { .object($0.json) })
        object["establishments"] = .array(establishments.map { .object($0.json) })
        return object
    }
}

extension MembershipRecord {
    /// As its person sees it.
    fileprivate var ownJSON: JSONObject {
        var object: JSONObject = [
            "membership": .string(identifier.rawValue), "roles": .strings(roles.roles.map(\.rawValue)),
            "state": .string(state.rawValue),
        ]
        object["suspension"] = suspension.map { .string($0.rawValue) }
        object["level"] = .string(level.name)
        object["since"] = since.json
        object["valid_until"] = validUntil.map(\.json)
        return object
    }
}

extension CompanyPerson {
    /// As colleagues see it: nothing of the private account (I21), not even why somebody does not act now.
    fileprivate var json: JSONObject {
        [
            "membership": .string(membership.identifier.rawValue), "given_name": .string(givenName),
            "family_name": .string(familyName), "roles": .strings(membership.roles.roles.map(\.rawValue)),
            "state": .string(membership.state.rawValue),
        ]
    }
}

extension InvitationRecord {
    fileprivate var json: JSONObject {
        [
            "invitation": .string(identifier.rawValue), "roles": .strings(roles.roles.map(\.rawValue)),
            "state": .string(state.rawValue), "created_at": createdAt.json, "expires_at": expiresAt.json,
        ]
    }
}
