internal import AccountDirectory
internal import OpenIDMessages
internal import ProviderCore

extension StorePromise {
    static let mandateOffices: [StorePromise] = [
        StorePromise("I23: a mandate belongs to the office of the company for which somebody acts by it") { store in
            let stage = try await MandateStage(store)
            let (herten, marl) = (try scope("herten"), try scope("marl"))
            let direct = try await stage.mandate(for: .membership(stage.member))
            _ = try await stage.companies.change(stage.company) { _ in
                CompanyDecision([.evidence(evidence(by: "herten"))])
            }
            let chain = try await Chain(stage)
            for mandate in [direct, chain.parent, chain.child] {
                try requireEqual(
                    try await store.mandate(mandate.identifier, in: herten)?.mandate.identifier, mandate.identifier)
                try require(try await store.mandate(mandate.identifier, in: marl) == nil, "another town's")
                try requireEqual(
                    try await store.owner(of: .mandate(mandate.identifier), otherThan: marl),
                    .tenant(herten.tenant.identifier), "who was probed")
                try require(try await store.mandate(mandate.identifier) != nil, "the region's own clerk")
            }
            try require(try await store.mandate(.random()) == nil, "no such mandate")
            try requireEqual(try await store.owner(of: .mandate(.random()), otherThan: marl), nil, "nobody's")
            func listed(_ company: CompanyIdentifier, _ page: PageRequest = PageRequest()) async throws
                -> [MandateIdentifier]
            {
                try await store.mandates(actingFor: company, page: page).map(\.mandate.identifier)
            }
            let all = [direct, chain.parent, chain.child].map(\.identifier)
            try requireEqual(try await listed(stage.company), all, "the oldest first")
            try requireEqual(
                try await listed(stage.company, PageRequest(limit: 1, after: all[0].rawValue)), [all[1]], "a page")
            try requireEqual(try await listed(chain.service), [], "nobody acts for the service company")
        },
        StorePromise(
            "I18: an office ends a mandate with what was delegated from it, in its own chain, and tells whom it concerns"
        ) { store in
            let stage = try await MandateStage(store)
            let chain = try await Chain(stage)
            let office = CompanyActor(.clerk, tenant: Fixtures.tenant)
            try requireEqual(try await stage.refusal(by: chain.member), nil, "before")
            let outcome = try await store.revoke(chain.parent.identifier, by: office, at: Fixtures.now)
            try requireEqual(try MandateStage.done(outcome).mandate.state, .revoked)
            try requireEqual(try await stage.state(of: chain.child), .revoked, "delegated")
            try require(try await stage.refusal(by: chain.member) != nil, "the next question")
            let events = try await store.auditEntries(of: AuditChain(Fixtures.tenant), after: 0, limit: 200)
                .filter { $0.kind == "mandate.revoked" }
            try requireEqual(events.compactMap(\.object), [chain.parent, chain.child].map(\.identifier.rawValue))
            try require(events.allSatisfy { $0.actor == "clerk" && $0.person == nil }, "whose act it was")
            func told(_ account: AccountIdentifier) async throws -> [String?] {
                try await store.notices(of: account, limit: 10).filter { $0.kind == .mandateEndedByOffice }.map(
                    \.detail)
            }
            let both = Set([chain.parent, chain.child].map(\.identifier.rawValue))
            try requireEqual(Set(try await told(stage.admin.account).compactMap(\.self)), both, "administrator")
            try requireEqual(try await told(chain.employee), [chain.child.identifier.rawValue], "holder")
            try requireEqual(try await told(stage.employee.account), [], "a colleague whom it does not concern")
        },
        StorePromise("An office that closes a company tells whoever loses a mandate by that elsewhere") { store in
            let stage = try await MandateStage(store)
            let chain = try await Chain(stage)
            func told(_ account: AccountIdentifier, _ kind: NoticeKind) async throws -> Set<String?> {
                Set(try await store.notices(of: account, limit: 10).filter { $0.kind == kind }.map(\.detail))
            }
            _ = try await stage.companies.change(stage.company) { _ in
                CompanyDecision([.company(.freeze, .dissolved), .company(.close, nil)])
            }
            try requireEqual(try await stage.state(of: chain.child), .revoked)
            try requireEqual(
                try await told(chain.employee, .mandateEndedByOffice), [chain.child.identifier.rawValue], "the holder")
            try requireEqual(try await told(chain.employee, .companyClosedByOffice), [], "of another company")
            try requireEqual(
                try await told(stage.employee.account, .companyClosedByOffice), [stage.company.rawValue],
                "its own people")
            try requireEqual(try await told(stage.employee.account, .mandateEndedByOffice), [])
            for account in [chain.employee, stage.employee.account] {
                try requireEqual(try await told(account, .mandateEnded), [], "once is enough")
            }
        },
        StorePromise("What is over or not there an office does not end, and nothing is written") { store in
            let stage = try await MandateStage(store)
            let office = CompanyActor(.clerk, tenant: Fixtures.tenant)
            let mandate = try await stage.mandate(for: .membership(stage.member))
            let done = try await atOnce(8) { _ -> Bool in
                if case .done = try await store.revoke(mandate.identifier, by: office, at: Fixtures.now) { return true }
                return false
            }
            try requireEqual(done.count { $0 }, 1, "of eight clerks at once one ends it")
            if case .unknown = try await store.revoke(.random(), by: office, at: Fixtures.now) {
            } else {
                throw ConformanceFailure(description: "a mandate that is not there")
            }
            let events = try await store.auditEntries(of: AuditChain(Fixtures.tenant), after: 0, limit: 200)
            try requireEqual(events.count { $0.kind == "mandate.revoked" }, 1)
            try requireEqual(
                try await store.notices(of: stage.employee.account, limit: 10).count {
                    $0.kind == .mandateEndedByOffice
                }, 1)
        },
    ]

    /// A mandate of a service company, and what it delegated to its employee.
    private struct Chain {
        let service: CompanyIdentifier
        let parent: Mandate
        let child: Mandate
        let member: MembershipIdentifier
        let employee: AccountIdentifier

        init(_ stage: MandateStage) async throws {
            let other = try await stage.serviceCompany()
            service = other.company
            member = other.member
            employee = other.employee.account
            parent = try await stage.mandate(for: .company(other.company), mayDelegate: true)
            child = try await stage.mandate(for: .membership(other.member), by: other.company, under: parent)
        }
    }

    private static func evidence(by town: String) -> CompanyEvidence {
        CompanyEvidence(
            identifier: .random(), method: .registerExtract, performer: TenantIdentifier(rawValue: town),
            level: .substantiell, asOf: CalendarDate(Fixtures.now), recordedAt: Fixtures.now)
    }
}
