internal import AccountDirectory
internal import HTTPTypes
internal import OpenIDMessages
internal import ProviderCore

extension AdministrationAPI {
    /// A town's desk: what happens to the account of a person who stands there. Each call names the person, whom the clerk
    /// has identified now; there is no search.
    static let deskRoutes: [AdministrationRoute] = [
        AdministrationRoute(
            .post, "/tenants/{tenant}/people/find",
            "Find the account of the person at the desk; each of the people shown reads that somebody looked.",
            .tenant(.findPerson), body: visitMembers,
            answer: [
                .init("people", .list(.object(found)), "Those with these names and this birth date; at most 20."),
                .init("devices", .list(.object([candidateMember] + device)), "Theirs, of each the oldest first."),
            ],
            handle: { call in
                let visit = try Self.visit(call)
                let people = try await call.provider.desk.findInTown(for: visit)
                let scope = try call.scope
                return [
                    "people": .array(people.map { .object($0.json(in: scope)) }),
                    "devices": .array(people.flatMap { $0.devices(in: scope) }),
                ]
            }),
        AdministrationRoute(
            .get, "/tenants/{tenant}/people/cases",
            "Open questions of this town's desks whether two people are one; nobody is named.", .tenant(.findPerson),
            answer: [
                .init(
                    "cases",
                    .list(
                        .object([
                            .init("case", .text(maximum: 64), "Its identifier."),
                            .init("opened_at", .time, "Open since then."),
                        ])), "The oldest first.")
            ],
            handle: { call in
                let cases = try await call.provider.desk.openCases(in: call.scope)
                return [
                    "cases": .array(
                        cases.map {
                            .object(["case": .string($0.identifier.rawValue), "opened_at": $0.openedAt.json])
                        })
                ]
            }),
        AdministrationRoute(
            .post, "/tenants/{tenant}/people/lock",
            "Lock the account: sessions end, and nothing logs in before a desk gives it back. Or block one device.",
            .tenant(.lockAccount),
            body: visitMembers + [
                candidateMember,
                .optional("reason", .choice(LockReason.ofDesk.map(\.rawValue)), "Without it the person's own wish."),
                .optional("device", .text(maximum: 64), "Only this device, as `find` names it; then without a reason."),
                .optional("revoke", .bool, "True when the device never works again."),
            ], answer: nil,
            handle: { call in
                if let device = call.body["device"]?.string {
                    guard call.body["reason"] == nil else { throw MessageError.malformed("reason") }
                    return try await act(call) { visit, account in
                        try await call.provider.desk.block(
                            device: device, of: account, forGood: call.body["revoke"]?.bool ?? false, in: visit)
                        return [:]
                    }
                }
                guard call.body["revoke"]?.bool != true else { throw MessageError.malformed("revoke") }
                let reason = (call.body["reason"]?.string).flatMap { LockReason(rawValue: $0) } ?? .own
                return try await act(call) { visit, account in
                    try await call.provider.desk.lock(account, for: reason, in: visit)
                    return [:]
                }
            }),
        AdministrationRoute(
            .post, "/tenants/{tenant}/people/reactivate",
            "Give a locked account back to its person, or cancel its closing: at the account's level or above.",
            .tenant(.reactivateAccount),
            body: visitMembers + [
                candidateMember,
                .optional(
                    "found_device", .text(maximum: 64), "A suspended or locked device that the person has again."),
                orderLifted,
                .optional(
                    "alive", .bool, "True when the person stands at the desk whom papers called dead by mistake."),
            ],
            answer: [
                .init("active", .bool, "False while it waits for the phone that the link enrols."),
                .optional("link", .text(maximum: 2048), "For the phone; good once."),
                .optional("name", .text(), "A masked name, to compare."),
                .optional("expires_at", .time, "The link is good until then."),
            ],
            handle: { call in
                try await act(call) { visit, account in
                    let given = try await call.provider.desk.reactivate(
                        account, visit: visit, foundDevice: call.body["found_device"]?.string,
                        lifting: LockReason.lifted { call.body[$0]?.bool })
                    guard case .awaitsDevice(let ticket) = given else { return ["active": true] }
                    return [
                        "active": false, "link": .string(ticket.link.text), "name": .string(ticket.maskedName),
                        "expires_at": ticket.expiresAt.json,
                    ]
                }
            }),
        AdministrationRoute(
            .post, "/tenants/{tenant}/people/rename",
            "Record what new evidence proved, for instance a new name.", .tenant(.renamePerson),
            body: visitMembers + [
                candidateMember,
                .init("former", .anyObject, "The person as the account has them: names and birth date."),
                .optional("evidence", .object(deskEvidence), "What was looked at; it stands behind the person's data."),
            ],
            answer: [
                .init("superseded", .list(.text(maximum: 64)), "Claims with another value now."),
                .init("stale", .list(.text(maximum: 64)), "Claims that must be proved anew."),
                .optional("case", .text(maximum: 64), "The question whether the person is somebody else as well."),
            ],
            handle: { call in
                var former = call.body
                former["person"] = call.body["former"]
                return try await refusingDesk {
                    let account = try await call.provider.desk.account(
                        called: candidateName(of: call), in: Self.visit(call, of: former))
                    var visit = try Self.visit(call)
                    visit.evidence = try call.provider.desk.evidence(call.body["evidence"]?.object, of: visit)
                    let rename = try await call.provider.desk.rename(account, visit: visit)
                    var answer: JSONObject = [
                        "superseded": .strings(rename.change.superseded), "stale": .strings(rename.change.stale),
                    ]
                    answer["case"] = rename.case.map { .string($0.rawValue) }
                    return answer
                }
            }),
        AdministrationRoute(
            .post, "/tenants/{tenant}/people/renew",
            "Record that a known person proved anew who they are, for instance by a new passport.",
            .tenant(.renamePerson),
            body: visitMembers + [
                candidateMember,
                .init("evidence", .object(deskEvidence), "What was looked at; it stands behind the person's data."),
            ],
            answer: [
                .init("superseded", .list(.text(maximum: 64)), "Claims with another value now."),
                .init("stale", .list(.text(maximum: 64)), "Claims that must be proved anew."),
            ],
            handle: { call in
                try await act(call) { visit, account in
                    var visit = visit
                    visit.evidence = try call.provider.desk.evidence(call.body["evidence"]?.object, of: visit)
                    let change = try await call.provider.desk.renew(account, visit: visit).change
                    return ["superseded": .strings(change.superseded), "stale": .strings(change.stale)]
                }
            }),
        AdministrationRoute(
            .post, "/tenants/{tenant}/people/block-code",
            "Make a fresh code that locks the account without a phone; the earlier one is void.",
            .tenant(.replaceBlockCode), body: visitMembers + [candidateMember],
            answer: [.init("block_code", .text(maximum: 18), "For the person, on paper.")],
            handle: { call in
                try await act(call) { visit, account in
                    ["block_code": .string(try await call.provider.desk.freshBlockCode(of: account, visit: visit))]
                }
            }),
        AdministrationRoute(
            .post, "/tenants/{tenant}/people/close",
            "Begin to close the account; until it is erased a desk can cancel that.", .tenant(.closeAccount),
            body: visitMembers + [
                candidateMember,
                .optional("died", .bool, "True when papers prove that the person died; then the visit names them."),
                orderLifted,
            ],
            answer: [.init("erase_at", .time, "When everything about the person goes.")],
            handle: { call in
                try await act(call) { visit, account in
                    let time = try await call.provider.erasures.close(
                        account, visit: visit, died: call.body["died"]?.bool ?? false,
                        liftsOrder: call.body["order_lifted"]?.bool ?? false)
                    return ["erase_at": time.json]
                }
            }),
    ]

    static let visitMembers: [Schema.Property] = [
        .init("level", .choice(["normal", "substantiell"]), "To which level the identity was proved now."),
        .init("person", .anyObject, "given_name, family_name, birthdate and what else the desk saw."),
    ]

    private static let orderLifted = Schema.Property.optional(
        "order_lifted", .bool, "True when the authority that ordered the lock has lifted it.")

    static let candidateMember = Schema.Property(
        "candidate", .text(maximum: 64), "Whose account it is, as `find` names them at this tenant.")

    private static let found: [Schema.Property] =
        candidate + [
            .optional("lock_reason", .choice(LockReason.allCases.map(\.rawValue)), "Why it is locked."),
            .init("level", .text(maximum: 16), "The account's: nothing less gives it back."),
        ]

    private static func candidateName(of call: AdministrationCall) -> String { call.body["candidate"]?.string ?? "" }

    /// Who stands at the desk.
    static func visit(_ call: AdministrationCall, of body: JSONObject? = nil) throws -> DeskVisit {
        var reader = MemberReader(body ?? call.body)
        guard let level = AssuranceLevel(name: try reader.string("level")) else {
            throw AdministrationProblem.unknownLevel
        }
        return try call.provider.desk.visit(
            of: reader.object("person"), level: level, in: call.scope, by: call.administrator)
    }

    /// An act for the account of the candidate who looks like the person at the desk.
    private static func act(
        _ call: AdministrationCall, _ body: (DeskVisit, AccountIdentifier) async throws -> JSONObject
    ) async throws -> JSONObject {
        try await refusingDesk {
            let visit = try visit(call)
            let account = try await call.provider.desk.account(called: candidateName(of: call), in: visit)
            return try await body(visit, account)
        }
    }

    /// What the desk refuses, as a problem that says why.
    static func refusingDesk(_ body: () async throws -> JSONObject) async throws -> JSONObject {
        do { return try await body() } catch let refusal as DeskRefusal {
            let (code, sentence) = refusal.text
            throw AdministrationRefusal(
                problem: .deskRefused, details: ["reason": .string(code), "detail": .string(sentence)])
        }
    }
}

extension DeskFlow.TownCandidate {
    fileprivate func json(in scope: TenantScope) -> JSONObject {
        var object = candidate.json(in: scope)
        object["lock_reason"] = candidate.lockReason.map { .string($0.rawValue) }
        object["level"] = .string(candidate.level.name)
        return object
    }

    fileprivate func devices(in scope: TenantScope) -> [JSONValue] {
        devices.map { device in
            var object = device.json
            object["candidate"] = .string(candidate.name(in: scope))
            return .object(object)
        }
    }
}
