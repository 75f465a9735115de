internal import AccountDirectory
internal import HTTPTypes
internal import OpenIDMessages
internal import ProviderCore

extension AdministrationAPI {
    /// People as the tenant knows them: by the pairwise subject of its portals. There is no search, and no name.
    static let peopleRoutes: [AdministrationRoute] = [
        AdministrationRoute(
            .post, "/tenants/{tenant}/tickets",
            "Record a person whose identity was proved at the desk; the answer enrols their phone.",
            .tenant(.enrolPerson),
            body: [
                .init("level", .choice(["normal", "substantiell"]), "To which level it was proved."),
                .init("person", .anyObject, "given_name, family_name and what else the desk saw."),
                .optional("evidence", .object(deskEvidence), "What was looked at; it stands behind the person's data."),
                .optional(
                    "same_person", .text(maximum: 64),
                    "After `possible_duplicate`: the candidate who it is; the link enrols a further phone of theirs."),
                .optional("new", .bool, "After `possible_duplicate`: true when it is none of the candidates."),
            ],
            answer: [
                .init("link", .text(maximum: 2048), "For the phone; good once."),
                .init("name", .text(), "A masked name, to compare."), .init("expires_at", .time, "Good until then."),
                .optional(
                    "block_code", .text(maximum: 18),
                    "Of a new account, for the person on paper: it locks the account without a phone."),
            ], status: .created, handle: { call in try await enrol(call) }),
        AdministrationRoute(
            .get, "/tenants/{tenant}/subjects/{subject}", "Whether the tenant knows a subject.",
            .tenant(.readSubject), answer: [.init("subject", .text(maximum: 255), "The subject.")],
            handle: { call in
                let subject = try await call.provider.tenantPeople.show(
                    call["subject"], in: call.scope, by: call.administrator)
                return ["subject": .string(subject.rawValue)]
            }),
        AdministrationRoute(
            .get, "/tenants/{tenant}/subjects/{subject}/sessions",
            "Sessions in which the subject is signed in at the tenant.", .tenant(.readSession),
            answer: [.init("sessions", .list(.object(session)), "The latest first; at most 200.")],
            handle: { call in
                let found = try await call.provider.tenantPeople.sessions(
                    of: call["subject"], in: call.scope, by: call.administrator)
                return ["sessions": .array(found.map { .object($0.json) })]
            }),
        AdministrationRoute(
            .delete, "/tenants/{tenant}/subjects/{subject}/sessions/{session}",
            "End such a session, everywhere.", .tenant(.endSession), answer: nil,
            handle: { call in
                try await call.provider.tenantPeople.end(
                    call["session"], of: call["subject"], in: call.scope, by: call.administrator)
                return [:]
            }),
        AdministrationRoute(
            .get, "/tenants/{tenant}/subjects/{subject}/devices", "The devices of the person behind the subject.",
            .tenant(.readDevice), answer: [.init("devices", .list(.object(device)), "The oldest first.")],
            handle: { call in
                let found = try await call.provider.tenantPeople.devices(
                    of: call["subject"], in: call.scope, by: call.administrator)
                return ["devices": .array(found.map { .object($0.json) })]
            }),
        AdministrationRoute(
            .get, "/tenants/{tenant}/subjects/{subject}/level",
            "Why logins of the person behind the subject have their level, with each device that can log in.",
            .tenant(.readDevice), answer: [.init("levels", .list(.object(level)), "The oldest device first.")],
            handle: { call in
                let levels = try await call.provider.tenantPeople.explainLevel(
                    of: call["subject"], in: call.scope, by: call.administrator)
                return [
                    "levels": .array(
                        levels.map { level in
                            .object([
                                "device": .string(level.device.rawValue),
                                "explanation": .object(level.explained.explanation.json),
                                "statement": .string(level.explained.statement),
                            ])
                        })
                ]
            }),
        AdministrationRoute(
            .post, "/tenants/{tenant}/subjects/{subject}/devices/{device}/suspend",
            "Suspend a device and end its sessions.", .tenant(.suspendDevice), answer: nil,
            handle: { call in
                try await call.provider.tenantPeople.suspend(
                    call["device"], of: call["subject"], in: call.scope, by: call.administrator)
                return [:]
            }),
    ]

    /// People who look like the one at the desk, in the problem `possible_duplicate`.
    static let candidate: [Schema.Property] = [
        .init("candidate", .text(maximum: 64), "Its name at this tenant, for `same_person`; good for nothing else."),
        .init("name", .text(), "Masked."), .init("state", .text(maximum: 32), "The account's."),
        .init("created_at", .time, "Registered then."),
        .optional("locality", .text(), "Where the person lives, so that the clerk can ask."),
    ]

    /// How a clerk proved who stands at the desk.
    static let deskEvidence: [Schema.Property] = [
        .optional("method", .choice(Evidence.Method.allCases.map(\.rawValue)), "Left out for a counter."),
        .optional(
            "document",
            .object([
                .init("type", .choice(DeskEvidence.DocumentType.allCases.map(\.rawValue)), "Its kind."),
                .init("country", .text(maximum: 2), "Who issued it (ISO 3166-1 alpha-2)."),
                .optional("expires_on", .text(maximum: 10), "Its last day; then what it proved counts no more."),
            ]), "The document, of which nothing else is kept."),
    ]

    private static func enrol(_ call: AdministrationCall) async throws -> JSONObject {
        var reader = MemberReader(call.body)
        guard let level = AssuranceLevel(name: try reader.string("level")) else {
            throw AdministrationProblem.unknownLevel
        }
        let person = try reader.object("person")
        let evidence = try reader.optionalObject("evidence")
        let same = try reader.optionalString("same_person", maximumLength: 64)
        let isOther = try reader.optionalBool("new") ?? false
        try reader.finish()
        guard same == nil || !isOther else { throw MessageError.malformed("new") }
        let decision = same.map { DeskFlow.TownDecision.samePerson($0) } ?? (isOther ? .otherPerson : nil)
        let scope = try call.scope
        return try await refusingDesk {
            let ticket = try await call.provider.desk.ticket(
                for: person, level: level, evidence: evidence, decision: decision, in: scope, by: call.administrator)
            switch ticket {
            case .issued(let issued, _, let blockCode):
                var answer: JSONObject = [
                    "link": .string(issued.link.text), "name": .string(issued.maskedName),
                    "expires_at": issued.expiresAt.json,
                ]
                answer["block_code"] = blockCode.map { .string($0) }
                return answer
            case .similar(let candidates, _):
                throw AdministrationRefusal(
                    problem: .possibleDuplicate,
                    details: ["candidates": .array(candidates.map { .object($0.json(in: scope)) })])
            }
        }
    }

    private static let session: [Schema.Property] = [
        .init("session", .text(maximum: 64), "The `sid` of ID tokens."), .init("acr", .text(), "What it reached."),
        .init("started_at", .time, "Since then."), .init("expires_at", .time, "At most until then."),
        .init("clients", .list(.text()), "The tenant's own portals in it."),
    ]

    private static let level: [Schema.Property] = [
        .init("device", .text(maximum: 64), "Its name at this tenant alone."),
        .init("explanation", .anyObject, "level, acr, reasons, summary and advice; no value of a claim."),
        .init("statement", .text(maximum: 16_384), "The same, signed: typ assurance-explanation+jwt."),
    ]

    static let device: [Schema.Property] = [
        .init("device", .text(maximum: 64), "Its name at this tenant alone."),
        .init("ceiling", .text(maximum: 16), "The level that it can reach."),
        .init("simulated", .bool, "True for a simulated device."),
        .init("state", .text(maximum: 16), "Whether it can log in."), .init("created_at", .time, "Enrolled then."),
    ]
}

extension DeskCandidate {
    func json(in scope: TenantScope) -> JSONObject {
        var object: JSONObject = [
            "candidate": .string(name(in: scope)), "name": .string(maskedName), "state": .string(state.rawValue),
            "created_at": createdAt.json,
        ]
        object["locality"] = locality.map { .string($0) }
        return object
    }
}

extension TenantPeopleFlow.Session {
    var json: JSONObject {
        [
            "session": .string(name.rawValue), "acr": .string(session.context.acr),
            "started_at": session.startedAt.json, "expires_at": session.expiresAt.json,
            "clients": .strings(session.clients.map(\.rawValue)),
        ]
    }
}

extension TenantPeopleFlow.Device {
    var json: JSONObject {
        [
            "device": .string(name.rawValue), "ceiling": .string(ceiling.level.name),
            "simulated": .bool(ceiling.isSimulated), "state": .string(state.rawValue),
            "created_at": createdAt.json,
        ]
    }
}
