internal import AccountDirectory
internal import HTTPTypes
internal import OpenIDMessages
internal import ProviderCore

extension AdministrationAPI {
    /// Services that other towns have developed, and the two people who must agree.
    static let templateRoutes: [AdministrationRoute] = [
        AdministrationRoute(
            .get, "/tenants/{tenant}/adoptions", "Templates that the tenant has adopted or is asked to adopt.",
            .tenant(.readService), answer: [.init("adoptions", .list(.object(adoption)), "In the region's order.")],
            handle: { call in
                let adoptions = call.provider.templates.adoptions(in: try call.scope)
                return ["adoptions": .array(adoptions.map { .object(listed($0)) })]
            }),
        AdministrationRoute(
            .get, "/tenants/{tenant}/adoptions/{template}",
            "One adoption: what is in force, what waits, and what would be another thing than now.",
            .tenant(.readService), answer: review,
            handle: { call in
                document(try call.provider.templates.review(template: call["template"], in: try call.scope))
            }),
        AdministrationRoute(
            .post, "/tenants/{tenant}/adoptions/{template}/approve",
            "Agree to what was read, in one's own role; with the second person it is in force.",
            .tenant(.approveTemplate), body: [seen], answer: adoption,
            handle: { call in
                listed(
                    try await call.provider.templates.approve(
                        template: call["template"], seen: call.body["proposal"]?.string ?? "", in: call.scope,
                        by: call.administrator))
            }),
        AdministrationRoute(
            .post, "/tenants/{tenant}/adoptions/{template}/refuse",
            "Say no to what was read, in one's own role: it waits no more, and what is in force stays.",
            .tenant(.approveTemplate), body: [seen], answer: adoption,
            handle: { call in
                listed(
                    try await call.provider.templates.refuse(
                        template: call["template"], seen: call.body["proposal"]?.string ?? "", in: call.scope,
                        by: call.administrator))
            }),
    ]

    private static let seen = Schema.Property(
        "proposal", .text(maximum: 64), "`proposal` of what was read. Something else that waits meanwhile is refused.")

    private static let review: [Schema.Property] =
        adoption + [
            .optional("proposal", .text(maximum: 64), "Names what waits; agree to it, or refuse it, by this."),
            .optional("publisher", .text(maximum: 63), "The tenant that has developed the template."),
            .optional("changelog", .text(maximum: 16_384), "What the publisher says is new."),
            .optional(
                "differences",
                .list(
                    .object([
                        .init("member", .text(maximum: 32), "Of the service, as templates name it."),
                        .optional("before", .text(maximum: 16_384), "Absent where there is nothing now."),
                        .optional("after", .text(maximum: 16_384), "Absent where nothing would be left."),
                    ])), "What would be another thing than now; at a first adoption all of it."),
            .optional(
                "widenings", .list(.text(maximum: 1024)),
                "By what more would become possible than now: why two must agree."),
            .optional("passed", .list(.text(maximum: 200)), "Cases of the template that go as its author expects."),
            .optional("tightened", .list(.text(maximum: 200)), "Cases that the tenant's own terms refuse."),
            .optional("objection", .text(maximum: 1024), "Why what waits is not possible at all."),
        ]

    private static func document(_ review: AdoptionReview) -> JSONObject {
        var object = listed(review.adoption)
        object["publisher"] = (review.template?.publisher.rawValue).map { .string($0) }
        object["changelog"] = review.template.map { .string($0.changelog) }
        guard let digest = review.adoption.proposalDigest else { return object }
        object["proposal"] = .string(digest)
        object["differences"] = .array(
            review.differences.map { difference in
                var entry: JSONObject = ["member": .string(difference.member)]
                entry["before"] = difference.before.map { .string($0) }
                entry["after"] = difference.after.map { .string($0) }
                return .object(entry)
            })
        object["widenings"] = .strings(review.widenings)
        object["passed"] = .strings(review.proposed?.dryRun.passed ?? [])
        object["tightened"] = .strings(review.proposed?.dryRun.tightened ?? [])
        object["objection"] = review.objection.map { .string($0) }
        return object
    }

    static let adoption: [Schema.Property] = [
        .init("template", .text(maximum: 63), "Its key."),
        .init("state", .choice(AdoptionState.allCases.map(\.rawValue)), "Where the adoption stands."),
        .optional("version", .text(maximum: 32), "Which is in force."),
        .optional("proposed_version", .text(maximum: 32), "Which waits for approval."),
        .init(
            "approved_as", .list(.choice(Adoption.Role.allCases.map(\.rawValue))),
            "The roles that have agreed to what waits."),
    ]

    static func listed(_ adoption: Adoption) -> JSONObject {
        var object: JSONObject = [
            "template": .string(adoption.template.rawValue), "state": .string(adoption.state.rawValue),
        ]
        object["version"] = adoption.terms.map { .string($0.version.rawValue) }
        object["proposed_version"] = adoption.proposal.map { .string($0.terms.version.rawValue) }
        let approvals = adoption.proposal?.approvals ?? [:]
        object["approved_as"] = .strings(Adoption.Role.allCases.filter { approvals[$0] != nil }.map(\.rawValue))
        return object
    }
}
