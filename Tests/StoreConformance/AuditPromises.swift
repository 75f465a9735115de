internal import AccountDirectory
internal import OpenIDMessages
internal import ProviderCore

extension StorePromise {
    static let audit: [StorePromise] = [
        StorePromise("Each tenant has a chain of audit events and the region has one, each numbered from 1") { store in
            let events = [tenant, nil, tenant, tenant, nil].map { tenant in
                SecurityEvent(.clientChanged, time: Fixtures.now, tenant: tenant, object: "portal")
            }
            try await store.record(events)
            let heads = try await store.auditHeads()
            try requireEqual(heads.map(\.chain), [.region, .tenant(Fixtures.tenant)], "chains")
            try requireEqual(heads.map(\.number), [2, 3], "numbers")
            for head in heads {
                let entries = try await store.auditEntries(of: head.chain, after: 0, limit: 10)
                try requireEqual(entries.map(\.number), Array(1...Int64(entries.count)))
                try requireEqual(entries.last?.hash, head.hash, "the head is the last event")
                try verify(entries, head)
            }
        },
        StorePromise("A login's events name the person by a pseudonym, and only the person's own key finds them") {
            store in
            let device = try await Fixtures.enrolledDevice(in: store)
            let other = try await Fixtures.enrolledDevice(in: store)
            _ = try await store.accept(Fixtures.answer(from: device))
            _ = try await store.accept(Fixtures.answer(from: other))
            _ = try await store.accept(Fixtures.answer(from: device, counter: 2, decision: .deny))
            let page = try await store.auditPage(of: device.account, before: nil, limit: 10)
            try requireEqual(
                page.entries.map(\.kind),
                [
                    "auth.denied", "auth.approved", "release.granted", "session.created", "account.activated",
                    "device.activated", "key.created", "account.registered",
                ])
            try requireEqual(page.next, nil)
            let all = try await store.auditEntries(of: .tenant(Fixtures.tenant), after: 0, limit: 100)
            try require(
                !all.contains { $0.json.text.contains(device.account.rawValue) }, "an account's identifier in an event")
        },
        StorePromise("A person's events come page by page, the latest first") { store in
            let device = try await Fixtures.enrolledDevice(in: store)
            for counter in 1...5 {
                _ = try await store.accept(Fixtures.answer(from: device, counter: Int64(counter), decision: .deny))
            }
            var (seen, cursor, pages): ([Int64], Int64?, Int) = ([], nil, 0)
            repeat {
                let page = try await store.auditPage(of: device.account, before: cursor, limit: 2)
                try require(page.entries.count <= 2, "a page is too long")
                seen += page.entries.map(\.number)
                cursor = page.next
                pages += 1
            } while cursor != nil && pages < 10
            try requireEqual(seen, seen.sorted(by: >), "order")
            try requireEqual(Set(seen).count, 9, "five refusals, the device, its keys, and the account twice")
        },
        StorePromise("When a person is erased nothing finds the events, and they stay as they are") {
            store in
            let device = try await Fixtures.enrolledDevice(in: store)
            _ = try await store.accept(Fixtures.answer(from: device))
            let chain = AuditChain.tenant(Fixtures.tenant)
            let before = try await store.auditEntries(of: chain, after: 0, limit: 100)
            try await Fixtures.erase(device.account, in: store)
            try requireEqual(try await store.auditPage(of: device.account, before: nil, limit: 10).entries, [])
            try requireEqual(try await store.auditEntries(of: chain, after: 0, limit: 100), before)
            for head in try await store.auditHeads() {
                try verify(try await store.auditEntries(of: head.chain, after: 0, limit: 100), head)
            }
        },
        StorePromise("Events of an account that is not there name nobody") { store in
            let account = AccountIdentifier.random()
            try await store.record([
                SecurityEvent(.accountRegistered, time: Fixtures.now, object: account.rawValue, person: account)
            ])
            let entry = try await store.auditEntries(of: .region, after: 0, limit: 1).first
            try require(entry?.person == nil && entry?.object == nil, "an account that is not there")
        },
        StorePromise("An administrator's deed names administrator and person, each by a pseudonym of its own") {
            store in
            let (clerk, citizen) = (
                try await Fixtures.enrolledDevice(in: store), try await Fixtures.enrolledDevice(in: store)
            )
            try await store.record([
                SecurityEvent(
                    .deviceSuspended, time: Fixtures.now, tenant: Fixtures.tenant,
                    actor: .administrator(clerk.account), person: citizen.account)
            ])
            let seen = try await store.auditPage(of: citizen.account, before: nil, limit: 1).entries.first
            try requireEqual(seen?.actor, "administrator")
            try require(seen?.administrator != nil && seen?.administrator != seen?.person, "the administrator")
        },
        StorePromise("I21: a company reads its own events in all chains, and not what its people do for themselves") {
            store in
            let companies = [CompanyIdentifier.random(), .random()]
            let kinds: [SecurityEvent.Kind] = [
                .sessionReused, .mandateUsed, .contextChosen, .companySeen, .tokenIssued,
            ]
            for kind in kinds {
                try await store.record(
                    companies.map { SecurityEvent(kind, time: Fixtures.now, tenant: Fixtures.tenant, company: $0) })
            }
            try await store.record([SecurityEvent(.companyFrozen, time: Fixtures.now, company: companies[0])])
            let page = try await store.auditPage(of: companies[0], before: nil, limit: 10)
            try requireEqual(Set(page.events.map(\.entry.company)), [companies[0].rawValue])
            try requireEqual(page.events.map(\.entry.kind), ["company.frozen", "company.seen", "mandate.used"])
            try requireEqual(
                page.events.map(\.entry.chain), [.region] + [AuditChain(Fixtures.tenant), .init(Fixtures.tenant)])
            // Page by page it is the same.
            let first = try await store.auditPage(of: companies[0], before: nil, limit: 2)
            try requireEqual(first.events, Array(page.events.prefix(2)))
            let second = try await store.auditPage(of: companies[0], before: first.next, limit: 2)
            try requireEqual(second.events, Array(page.events.suffix(1)))
        },
        StorePromise("Members are named by the membership that they had then; others, and who was erased, by none") {
            store in
            let stage = try await CompanyStage(store)
            let company = try await stage.active()
            let person = stage.people[1]
            let stranger = try await stage.newPerson()
            func act(_ account: AccountIdentifier, at time: Timestamp, in tenant: TenantIdentifier?) async throws {
                try await store.record([
                    SecurityEvent(
                        .mandateUsed, time: time, tenant: tenant, actor: .person, person: account, company: company)
                ])
            }
            func members() async throws -> [MembershipIdentifier?] {
                try await store.auditPage(of: company, before: nil, limit: 50).events
                    .filter { $0.entry.kind == "mandate.used" }.map(\.member)
            }
            try await act(person.account, at: Fixtures.now - 1, in: Fixtures.tenant)
            let member = try await stage.join(person, company, roles: .member)
            for tenant in [Fixtures.tenant, nil] { try await act(person.account, at: Fixtures.now, in: tenant) }
            try await act(stranger.account, at: Fixtures.now, in: Fixtures.tenant)
            try requireEqual(
                try await members(), [nil, member, member, nil], "not before, in every chain, no stranger")
            _ = try await stage.change(company) { _ in CompanyDecision([.end(member, .left)]) }
            try requireEqual(try await members(), [nil, member, member, nil], "after leaving")
            try await act(person.account, at: Fixtures.now + 1, in: Fixtures.tenant)
            try requireEqual(try await members().first, .some(nil), "what was done after leaving is no member's")
            try await Fixtures.erase(person.account, in: store)
            try requireEqual(try await members(), [nil, nil, nil, nil, nil], "erased")
        },
        StorePromise("I21: a company does not read that one of its people works for another") { store in
            let stage = try await MandateStage(store)
            let service = try await stage.serviceCompany()
            let (own, foreign) = (
                try await stage.mandate(for: .membership(stage.member)),
                try await stage.mandate(for: .company(service.company), mayDelegate: true)
            )
            let both = try await stage.companies.join(service.employee, stage.company, roles: .member)
            for mandate in [own, foreign] {
                try await store.record([
                    SecurityEvent(
                        .mandateUsed, time: Fixtures.now, tenant: Fixtures.tenant, object: mandate.identifier.rawValue,
                        actor: .person, person: service.employee.account, company: stage.company)
                ])
            }
            let events = try await store.auditPage(of: stage.company, before: nil, limit: 50).events
            func member(_ mandate: Mandate) -> MembershipIdentifier? {
                events.first { $0.entry.kind == "mandate.used" && $0.entry.object == mandate.identifier.rawValue }?
                    .member
            }
            try requireEqual(member(own), both, "among themselves")
            try requireEqual(member(foreign), nil, "as one of the service company, perhaps")
        },
        StorePromise("A chain is filtered by kind, family and time, the latest first, page by page") { store in
            let kinds: [SecurityEvent.Kind] = [.loginFailed, .tokenIssued, .loginDenied, .loginFailed]
            try await store.record(
                kinds.enumerated().map { SecurityEvent($1, time: Fixtures.now + Int64($0)) })
            func numbers(_ filter: AuditFilter?, _ before: Int64? = nil, _ limit: Int = 10) async throws -> [Int64] {
                try await store.auditPage(of: reach(.region), filter ?? .everything, before: before, limit: limit)
                    .entries
                    .map(\.number)
            }
            try requireEqual(try await numbers(.everything), [4, 3, 2, 1])
            try requireEqual(try await numbers(AuditFilter(kind: "auth.failed")), [4, 1])
            try requireEqual(try await numbers(AuditFilter(kind: "auth")), [4, 3, 1])
            try requireEqual(try await numbers(AuditFilter(since: Fixtures.now + 2)), [4, 3])
            try requireEqual(try await numbers(AuditFilter(until: Fixtures.now + 1)), [2, 1])
            try requireEqual(try await numbers(AuditFilter(kind: "auth"), nil, 2), [4, 3])
            try requireEqual(try await numbers(AuditFilter(kind: "auth"), 3, 2), [1])
            try requireEqual(try await numbers(AuditFilter(kind: "token.revoked")), [])
            let page = try await store.auditPage(
                of: reach(.tenant(Fixtures.tenant)), .everything, before: nil, limit: 10)
            try requireEqual(page, AuditPage(entries: [], next: nil), "a chain without events")
        },
        StorePromise("A call that fails leaves no event") { store in
            let device = try await Fixtures.enrolledDevice(in: store)
            let before = try await store.auditHeads()
            try await requireFault("an approval that does not fit") {
                var answer = Fixtures.answer(from: device)
                answer.approval = nil
                _ = try await store.accept(answer)
            }
            try requireEqual(try await store.auditHeads(), before)
        },
        StorePromise("Old events go up to an anchor, which is there when it is said so, and no others ever") { store in
            let chain = AuditChain.tenant(Fixtures.tenant)
            try await store.record(
                (1...5).map { SecurityEvent(.clientChanged, time: Fixtures.now + $0, tenant: tenant, object: "\($0)") })
            try requireEqual(try await store.removeCutAudit(of: chain, limit: 9), 0, "no anchor, nothing goes")
            let entries = try await store.auditEntries(of: chain, after: 0, limit: 9)
            func cut(behind former: Int64, at number: Int) -> AuditCut {
                let sealed = Fixtures.sealing.anchor(chain, number: Int64(number), hash: entries[number - 1].hash)
                return AuditCut(
                    former: former, anchor: sealed,
                    event: SecurityEvent(
                        .auditSealed, time: Fixtures.now + 9, tenant: tenant, object: sealed.text, actor: .system))
            }
            try requireEqual(try await store.cutAudit(cut(behind: 1, at: 2)), false, "there is no anchor at 1")
            try requireEqual(try await store.cutAudit(cut(behind: 0, at: 2)), true)
            try requireEqual(try await store.cutAudit(cut(behind: 0, at: 5)), false, "somebody else was quicker")
            try requireEqual(try await store.removeCutAudit(of: chain, limit: 1), 1)
            // Whoever was stopped goes on where it was.
            try requireEqual(try await store.removeCutAudit(of: chain, limit: 9), 1)
            try requireEqual(try await store.cutAudit(cut(behind: 2, at: 5)), true)
            try requireEqual(try await store.removeCutAudit(of: chain, limit: 9), 3)
            let head = try await store.auditHeads()[0]
            try requireEqual(head.anchor?.number, 5)
            let left = try await store.auditEntries(of: chain, after: 0, limit: 9)
            try requireEqual(left.map(\.kind), ["audit.sealed", "audit.sealed"])
            try verify(left, head)
            let page = try await store.auditPage(of: reach(chain), .everything, before: nil, limit: 9)
            try requireEqual(page.entries.count, 2)
            try requireEqual(page.next, nil)
        },
        StorePromise("Events that are written at once form one chain") { store in
            _ = try await atOnce(32) { _ in
                try await store.record([SecurityEvent(.clientChanged, time: Fixtures.now)])
                return true
            }
            let head = try await store.auditHeads()[0]
            try requireEqual(head.number, 32)
            try verify(try await store.auditEntries(of: .region, after: 0, limit: 100), head)
        },
    ]

    private static func verify(_ entries: [AuditEntry], _ head: AuditHead) throws {
        var verification = try AuditVerification(head, sealing: Fixtures.sealing)
        for entry in entries { try verification.check(entry) }
        try verification.finish()
    }

    private static let tenant: TenantIdentifier? = Fixtures.tenant

    private static func reach(_ chain: AuditChain) -> AuditReach { AuditReach(chain, for: LocalOperator()) }
}
