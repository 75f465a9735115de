internal import AccountDirectory
internal import IdentityCrypto
internal import OpenIDMessages
internal import ProviderCore

extension StorePromise {
    static let mandates: [StorePromise] = [
        StorePromise("A mandate is kept with every part, and found by its company, its holder and nobody else") {
            store in
            let stage = try await MandateStage(store)
            let written = try await stage.mandate(for: .membership(stage.member))
            let other = try await stage.mandate(
                for: .membership(stage.member), powers: MandateStage.powers(limit: nil), state: .awaitingCosign,
                needed: 2)
            let found = try await store.mandates(of: stage.company)
            try requireEqual(Set(found.map(\.mandate)), [written, other], "of the company")
            let record = found.first { $0.mandate.identifier == written.identifier }
            try requireEqual(record?.grantee, stage.employee.account, "holder")
            try requireEqual(record?.approvals.map(\.account), [stage.admin.account], "approvals")
            try requireEqual(record?.approvals.map(\.device), [stage.admin.identifier], "devices")
            let held = try await store.mandates(heldBy: stage.employee.account)
            try requireEqual(Set(held.map(\.mandate)), [written, other], "of the holder")
            try requireEqual(try await store.mandates(heldBy: stage.admin.account), [])
            for account in [stage.employee.account, stage.admin.account] {
                try require(
                    try await store.mandate(written.identifier, for: account) != nil, "not found by who takes part")
            }
            let stranger = try await stage.companies.newPerson()
            try require(
                try await store.mandate(written.identifier, for: stranger.account) == nil, "found by a stranger")
        },
        StorePromise("A refusal writes nothing, and what nobody knows is unknown") { store in
            let stage = try await MandateStage(store)
            let mandate = try await stage.mandate(for: .membership(stage.member))
            for outcome in [
                try await store.move(mandate.identifier, .revoke, by: stage.admin.account, at: Fixtures.now) { _ in
                    .refused(.notEntitled)
                },
                try await store.move(.random(), .revoke, by: stage.admin.account, at: Fixtures.now) { _ in .done(()) },
            ] {
                if case .done = outcome { throw ConformanceFailure(description: "something was written") }
            }
            try requireEqual(try await stage.state(of: mandate), .active)
            try require(
                try await store.authority(of: .random(), for: stage.company, now: Fixtures.now) == nil,
                "a membership that is not there")
            try require(
                try await store.authority(of: stage.member, for: .random(), now: Fixtures.now) == nil,
                "a company that is not there")
        },
        StorePromise("I16: one person approves once, and one device, also when both try at the same time") { store in
            let stage = try await MandateStage(store)
            let mandate = try await stage.mandate(
                for: .membership(stage.member), state: .draft, needed: 3)
            let second = try await stage.companies.newPerson()
            _ = try await stage.companies.join(second, stage.company)
            let people = [stage.admin, second]
            let done = try await atOnce(16) { index -> Bool in
                let person = people[index % 2]
                let outcome = try await store.approve(
                    mandate.identifier, by: person.account, on: person.identifier, at: Fixtures.now
                ) { situation in
                    guard let actor = situation.roles[situation.record.mandate.grantor] else { return .unknown }
                    return .done(
                        MandateApprovalRules.decide(
                            situation.record.mandate, by: actor, on: person.identifier,
                            situation.approvalFacts(MandateStage.today)))
                }
                if case .done = outcome { return true }
                return false
            }
            try requireEqual(done.count { $0 }, 2, "approvals that counted")
            try requireEqual(try await stage.state(of: mandate), .awaitingCosign)
        },
        StorePromise("I16: a device that has approved does not approve again, whatever a rule would allow") { store in
            let stage = try await MandateStage(store)
            let mandate = try await stage.mandate(
                for: .membership(stage.member), state: .awaitingCosign, needed: 3)
            let second = try await stage.companies.newPerson()
            _ = try await stage.companies.join(second, stage.company)
            try await requireFault("the device of another's approval") {
                _ = try await store.approve(
                    mandate.identifier, by: second.account, on: stage.admin.identifier, at: Fixtures.now
                ) { _ in .done(.counts(as: .orgAdmin, needed: 3)) }
            }
        },
        StorePromise("I16: who decides about an approval sees whose earlier ones stand, and how many are needed now") {
            store in
            let stage = try await MandateStage(store)
            let mandate = try await stage.mandate(
                for: .membership(stage.member), state: .awaitingCosign, needed: 2)
            let second = try await stage.companies.newPerson()
            _ = try await stage.companies.join(second, stage.company)
            func approve(_ expected: [DeviceRecordRow], signatures: Int, _ decision: ApprovalDecision) async throws
                -> MandateRecord?
            {
                let outcome = try await store.approve(
                    mandate.identifier, by: second.account, on: second.identifier, at: Fixtures.now
                ) { situation in
                    guard Set(situation.approvers.map(\.account)) == Set(expected.map(\.account)),
                        situation.signaturesNeeded == signatures
                    else { return .unknown }
                    return .done(decision)
                }
                if case .done(let record) = outcome { return record }
                return nil
            }
            let administrator = try await store.actor(stage.admin.account, in: stage.company, now: Fixtures.now)
            guard let admin = administrator?.membership else { throw ConformanceFailure(description: "no actor") }
            try await stage.companies.change(stage.company) { _ in
                CompanyDecision([
                    .suspend(admin, .administrator), .standing(level: .substantiell, approversNeeded: 3),
                ])
            }
            let noted = try await approve([], signatures: 3, .counts(as: .orgAdmin, needed: 3))
            try requireEqual(noted?.approvals.count, 2, "approvals that are kept")
            try requireEqual(noted?.mandate.approvalsNeeded, 3, "needed")
            try await stage.companies.change(stage.company) { _ in
                CompanyDecision([.resume(admin), .standing(level: .substantiell, approversNeeded: 2)])
            }
            let active = try await approve(
                [stage.admin, second], signatures: 2, .activates(as: .orgAdmin, needed: 2))
            try requireEqual(active?.mandate.state, .active)
            try requireEqual(active?.approvals, noted?.approvals, "an approval was written twice")
        },
        StorePromise("I18: a parent's end ends its children in the same call, whatever the end") { store in
            for (event, own, childs) in [
                (MandateState.Event.revoke, MandateState.revoked, MandateState.revoked),
                (.supersede, .superseded, .revoked), (.expire, .expired, .expired),
            ] {
                let stage = try await MandateStage(store)
                let service = try await stage.serviceCompany()
                let parent = try await stage.mandate(for: .company(service.company), mayDelegate: true)
                let child = try await stage.mandate(
                    for: .membership(service.member), by: service.company, under: parent)
                try requireEqual(try await stage.refusal(by: service.member), nil, "before")
                try requireEqual(try await stage.move(parent, event), own)
                try requireEqual(try await stage.state(of: child), childs, "\(event)")
                try require(try await stage.refusal(by: service.member) != nil, "the child is still used")
                // Both companies are free for the next round.
                for company in [stage.company, service.company] {
                    try requireEqual(try await stage.companies.move(company, [.close, .complete]), nil)
                }
            }
        },
        StorePromise("I18: after a revocation has returned no use succeeds, however many are on their way") { store in
            let stage = try await MandateStage(store)
            for _ in 0..<8 {
                let mandate = try await stage.mandate(for: .membership(stage.member))
                // Whoever has the answer of the revocation asks at once; nil for the uses that race with it.
                let afterwards = try await atOnce(24) { index -> AuthorityRefusal? in
                    guard index == 12 else {
                        _ = try await stage.use()
                        return nil
                    }
                    try await stage.move(mandate, .revoke)
                    return try await stage.refusal() ?? .unknown
                }
                try requireEqual(afterwards.compactMap(\.self), [.noMandate], "a use after the revocation")
                try requireEqual(try await stage.refusal(), .noMandate)
                try requireEqual(try await stage.state(of: mandate), .revoked)
            }
        },
        StorePromise("I18: the end of a membership ends its mandates, and nobody holds them afterwards") { store in
            let stage = try await MandateStage(store)
            let mandate = try await stage.mandate(for: .membership(stage.member))
            try requireEqual(try await stage.refusal(), nil)
            let member = stage.member
            try await stage.companies.change(stage.company) { _ in CompanyDecision([.end(member, .removed)]) }
            try requireEqual(try await stage.state(of: mandate), .revoked)
            try requireEqual(try await stage.refusal(), .membershipNotActive)
        },
        StorePromise("I18: nobody acts for a frozen company, and everybody does again when it is cured") { store in
            let stage = try await MandateStage(store)
            let mandate = try await stage.mandate(for: .membership(stage.member))
            try await stage.companies.change(stage.company) { _ in CompanyDecision([.company(.freeze, .dispute)]) }
            try requireEqual(try await stage.refusal(), .companyNotActive)
            try requireEqual(try await stage.state(of: mandate), .active)
            try await stage.companies.change(stage.company) { _ in CompanyDecision([.company(.cure, nil)]) }
            try requireEqual(try await stage.refusal(), nil)
            try requireEqual(try await stage.companies.move(stage.company, [.close, .complete]), nil)
            try requireEqual(try await stage.state(of: mandate), .revoked)
        },
        StorePromise("Whom a person might act for: the own companies, and those that a service company acts for") {
            store in
            let stage = try await MandateStage(store)
            let service = try await stage.serviceCompany()
            let parent = try await stage.mandate(for: .company(service.company), mayDelegate: true)
            let child = try await stage.mandate(
                for: .membership(service.member), by: service.company, under: parent)
            let facts = try await store.authorities(of: service.employee.account, now: Fixtures.now)
            try requireEqual(Set(facts.map(\.company)), [service.company, stage.company], "companies")
            for facts in facts {
                let alone = try await store.authority(of: service.member, for: facts.company, now: Fixtures.now)
                try requireEqual(facts, alone, "facts")
                let mandates = facts.company == stage.company ? [child] : []
                try requireEqual(facts.mandates.map(\.mandate), mandates, "mandates")
            }
            try await stage.move(parent, .revoke)
            let rest = try await store.authorities(of: service.employee.account, now: Fixtures.now)
            try requireEqual(rest.map(\.company), [service.company], "after the revocation")
        },
        StorePromise("A suspended mandate allows nothing until it is resumed") { store in
            let stage = try await MandateStage(store)
            let mandate = try await stage.mandate(for: .membership(stage.member))
            try requireEqual(try await stage.move(mandate, .suspend), .suspended)
            try requireEqual(try await stage.refusal(), .suspended)
            try requireEqual(try await stage.move(mandate, .suspend), nil, "a second time")
            try requireEqual(try await stage.move(mandate, .resume), .active)
            try requireEqual(try await stage.refusal(), nil)
            for event in [MandateState.Event.revoke, .resume, .suspend, .expire, .supersede] {
                try requireEqual(try await stage.move(mandate, event), event == .revoke ? .revoked : nil, "\(event)")
            }
        },
        StorePromise("A mandate that takes another's place is active in the moment in which the other ends") { store in
            let stage = try await MandateStage(store)
            let first = try await stage.mandate(
                for: .membership(stage.member), powers: MandateStage.powers(limit: "50"))
            try requireEqual(try await stage.refusal(), .amountExceeded)
            let second = try await stage.mandate(for: .membership(stage.member), replacing: first.identifier)
            try requireEqual(try await stage.state(of: first), .superseded)
            try requireEqual(try await stage.state(of: second), .active)
            try requireEqual(try await stage.refusal(), nil)
            // While it waits for approvals the other goes on.
            let third = try await stage.mandate(
                for: .membership(stage.member), replacing: second.identifier, state: .awaitingCosign, needed: 2)
            try requireEqual(try await stage.state(of: second), .active)
            try requireEqual(try await stage.state(of: third), .awaitingCosign)
        },
        StorePromise("A mandate is used to the end of its last day in Germany, and expires with its children") {
            store in
            let stage = try await MandateStage(store)
            let service = try await stage.serviceCompany()
            let powers = MandateStage.powers(until: "2026-06-30")
            let parent = try await stage.mandate(for: .company(service.company), powers: powers, mayDelegate: true)
            let child = try await stage.mandate(
                for: .membership(service.member), by: service.company, under: parent, powers: powers)
            let lasting = try await stage.mandate(for: .membership(stage.member))
            // 2026-07-01T00:00:00 in Germany, 22:00:00Z the day before.
            let midnight = Timestamp(seconds: 1_782_856_800)
            try requireEqual(try await stage.refusal(by: service.member, at: midnight - 1), nil)
            try requireEqual(try await stage.refusal(by: service.member, at: midnight), .expired)
            try await store.sweep(now: midnight - 1)
            try requireEqual(try await stage.state(of: parent), .active)
            try await store.sweep(now: midnight)
            for mandate in [parent, child] { try requireEqual(try await stage.state(of: mandate), .expired) }
            try requireEqual(try await stage.state(of: lasting), .active)
            try requireEqual(try await stage.refusal(by: service.member, at: midnight), .expired)
        },
        StorePromise("A company has one name in each sector, and no portal finds it by another sector's") { store in
            let stage = try await MandateStage(store)
            let own = try await store.subject(of: stage.company, in: Fixtures.sector)
            let other = try await store.subject(of: stage.company, in: Fixtures.otherSector)
            try require(own != other, "one name in two sectors")
            let again = try await atOnce(8) { _ in try await store.subject(of: stage.company, in: Fixtures.sector) }
            try requireEqual(Set(again), [own], "the name changes")
            try requireEqual(try await store.company(of: own, in: Fixtures.sector), stage.company)
            try requireEqual(try await store.company(of: own, in: Fixtures.otherSector), nil)
            try requireEqual(try await store.company(of: .random(bytes: 16), in: Fixtures.sector), nil)
        },
        StorePromise("A person as such is no member: the name of a citizen's login leads to no membership") { store in
            let login = try await Fixtures.login(in: store)
            let grant = Fixtures.grant(for: login.device.account, session: login.session.identifier)
            guard let subject = try await grant.write(in: store, login.cookie) else {
                throw ConformanceFailure(description: "no subject")
            }
            try requireEqual(try await store.membership(of: subject, in: Fixtures.sector), nil)
        },
    ]
}
