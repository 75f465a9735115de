internal import AccountDirectory
internal import HTTPTypes
internal import OpenIDMessages
internal import ProviderCore

extension AdministrationAPI {
    /// Companies that the tenant's office looks after, and applications that no office has taken up yet.
    static let companyRoutes: [AdministrationRoute] = [
        AdministrationRoute(
            .get, "/tenants/{tenant}/companies", "Companies that the tenant looks after, the oldest first.",
            .tenant(.readCompany),
            answer: Schema.Property.page("companies", companySummary, "Submitted, and not closed."), isPaged: true,
            handle: { call in
                let companies = try await call.provider.companyOffices.list(
                    in: call.scope, page: call.page, for: call.administrator)
                return call.list("companies", companies, cursor: { $0.identifier.rawValue }) { $0.summary }
            }),
        AdministrationRoute(
            .get, "/tenants/{tenant}/companies/{company}",
            "A company: its facts and how far it is proved. Of people only how many there are.",
            .tenant(.readCompany), answer: company,
            handle: { call in
                try await call.provider.companyOffices.show(try await opened(call)).json
            }),
        AdministrationRoute(
            .post, "/tenants/{tenant}/companies/{company}/register-extract",
            "Record whom a register's extract names; they sign then, each with the own phone.",
            .tenant(.verifyCompany),
            body: evidence + [
                .init("company", .anyObject, "What it says: register or euid; name, w_idnr, ust_idnr, lei."), powers,
                changed,
            ], answer: company,
            handle: { call in
                try await call.provider.companyOffices.record(extract: call.body, try await opened(call)).json
            }),
        AdministrationRoute(
            .post, "/tenants/{tenant}/companies/{company}/desk-proof",
            "The trade office says whom its register names for a company in no other: a sole trader must be the applicant, "
                + "and is active; others sign, each with the own phone.",
            .tenant(.verifyCompany), body: evidence + [powers, changed], answer: company,
            handle: { call in
                try await call.provider.companyOffices.verifyAtDesk(call.body, try await opened(call)).json
            }),
        AdministrationRoute(
            .post, "/tenants/{tenant}/companies/{company}/freeze", "Freeze a company: nobody acts for it any more.",
            .tenant(.freezeCompany),
            body: [
                .init("reason", .choice(FreezeReason.allCases.filter(\.isClerks).map(\.rawValue)), "Why."),
                .optional(
                    "method", .choice(looked), "What was looked at that says so; for a dispute nothing has to be."),
                .optional("as_of", .text(maximum: 10), "The day of which it speaks, YYYY-MM-DD; with method."),
                .optional(
                    "level", .choice(["normal", "substantiell", "hoch"]), "To which level it was checked; with method."),
            ], answer: company,
            handle: { call in
                try await call.provider.companyOffices.freeze(call.body, try await opened(call)).json
            }),
        AdministrationRoute(
            .post, "/tenants/{tenant}/companies/{company}/cure", "End a freeze with new proof.",
            .tenant(.freezeCompany),
            body: [.init("method", .choice(looked), "What was looked at.")] + evidence + [
                .optional(
                    "administrator", .text(maximum: 255),
                    "The `sub` of who is appointed; needed when the company has no administrator.")
            ], answer: company,
            handle: { call in
                let opened = try await opened(call)
                var proof = call.body
                var reader = MemberReader(proof)
                let subject: SubjectIdentifier? = try reader.optionalWire("administrator")
                proof["administrator"] = nil
                return try await call.provider.companyOffices.cure(
                    proof, appointing: subject, opened, in: call.scope, by: call.administrator
                ).json
            }),
        AdministrationRoute(
            .post, "/tenants/{tenant}/companies/{company}/closing",
            "Close a frozen company with proof that it is over: its mandates end at once, its memberships after the grace.",
            .tenant(.closeCompany), body: [.init("method", .choice(looked), "What was looked at.")] + evidence,
            answer: company,
            handle: { call in
                try await call.provider.companyOffices.close(call.body, try await opened(call)).json
            }),
    ]

    /// What a clerk looks at when a freeze ends, or the company.
    private static let looked = [CompanyEvidence.Method.registerExtract, .desk].map(\.rawValue)

    /// A company of the tenant; everybody else's is unknown.
    private static func opened(_ call: AdministrationCall) async throws -> CompanyCase {
        try await call.provider.companyOffices.open(call["company"], in: call.scope, by: call.administrator)
    }

    private static let evidence: [Schema.Property] = [
        .init("as_of", .text(maximum: 10), "The day of which it speaks, YYYY-MM-DD."),
        .init("level", .choice(["normal", "substantiell", "hoch"]), "To which level it was checked."),
    ]

    private static let powers = Schema.Property(
        "powers", .list(.anyObject), "Whom the register names, as what, alone or with how many signatories.")

    private static let changed = Schema.Property.optional(
        "changed", .anyObject,
        "What the register says otherwise by now: name, legal_form, register, euid, w_idnr, ust_idnr, lei, address.")

    private static let companySummary: [Schema.Property] = [
        .init("company", .text(maximum: 64), "Its identifier."), .init("name", .text(), "Its name."),
        .init("state", .choice(CompanyState.allCases.map(\.rawValue)), "Where it stands."),
        .optional("freeze_reason", .choice(FreezeReason.allCases.map(\.rawValue)), "Why it is frozen."),
        .init("level", .text(maximum: 16), "To which level it is proved."),
        .init("changed_at", .time, "When its state changed last."),
    ]

    private static let company: [Schema.Property] =
        companySummary + [
            .init("floor", .text(maximum: 16), "The least level of its members."),
            .init("approvers_needed", .count(1...9), "How many administrators agree together."),
            .init("created_at", .time, "When it was described."),
            .init("details", .anyObject, "Its facts as the applicant described them."),
            .init("powers_named", .count(0 ... .max), "How many people the register names."),
            .init("powers_signed", .count(0 ... .max), "How many of them have signed."),
            .init("administrators", .count(0 ... .max), "How many administer it."),
            .init("members", .count(0 ... .max), "How many belong to it."),
            .init(
                "evidence",
                .list(
                    .object([
                        .init(
                            "method", .choice(CompanyEvidence.Method.allCases.map(\.rawValue)), "What was looked at."),
                        .optional("performer", .text(maximum: 63), "The tenant whose clerk looked."),
                        .init("level", .text(maximum: 16), "To which level."),
                        .init("as_of", .text(maximum: 10), "The day of which it speaks."),
                        .init("recorded_at", .time, "When it was recorded."),
                    ])), "The newest first."),
        ]
}

extension CompanyRecord {
    /// As lists show a company to clerks.
    var summary: JSONObject {
        var object: JSONObject = [
            "company": .string(identifier.rawValue), "name": .string(details.name.text),
            "state": .string(state.rawValue),
        ]
        object["freeze_reason"] = freezeReason.map { .string($0.rawValue) }
        object["level"] = .string(level.name)
        object["changed_at"] = changedAt.json
        return object
    }
}

extension CompanyOfficeView {
    var json: JSONObject {
        var object = company.summary
        object["floor"] = .string(company.floor.name)
        object["approvers_needed"] = .integer(Int64(company.approversNeeded))
        object["created_at"] = company.createdAt.json
        object["details"] = .object(company.details.json)
        object["powers_named"] = .integer(Int64(powersNamed))
        object["powers_signed"] = .integer(Int64(powersSigned))
        object["administrators"] = .integer(Int64(administrators))
        object["members"] = .integer(Int64(members))
        object["evidence"] = .array(
            evidence.map { evidence in
                var object: JSONObject = ["method": .string(evidence.method.rawValue)]
                object["performer"] = evidence.performer.map { .string($0.rawValue) }
                object["level"] = .string(evidence.level.name)
                object["as_of"] = .string(evidence.asOf.rawValue)
                object["recorded_at"] = evidence.recordedAt.json
                return .object(object)
            })
        return object
    }
}
